"""Tokens of a message are found when they are asked for, and only then."""

from __future__ import annotations

from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.underthesea_tokenizer import LazyTokens, UndertheseaTokenizer

TOKENIZER = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
TEXT = "Nộp hồ sơ H48.16-230512-0003 ở đâu?"
WORDS = ["Nộp", "hồ sơ", "H48.16-230512-0003", "ở", "đâu", "?"]


def test_words_of_a_message_slice_back() -> None:
    tokens = TOKENIZER.process([Message({"text": TEXT})])[0].get("text_tokens")
    assert [token.text for token in tokens] == WORDS
    assert [TEXT[token.start : token.end] for token in tokens] == WORDS
    assert tokens[1].text == "hồ sơ"
    assert [token.text for token in tokens[:2]] == WORDS[:2]


def test_training_and_answering_see_the_same_words() -> None:
    data = TOKENIZER.process_training_data(TrainingData([Message({"text": TEXT})]))
    assert [token.text for token in data.training_examples[0].get("text_tokens")] == WORDS


def test_words_are_looked_for_once_and_not_before_they_are_needed() -> None:
    calls = []

    def find() -> list[Token]:
        calls.append(1)
        return [Token("a", 0), Token("b", 2)]

    tokens = LazyTokens(find)
    assert calls == []
    assert len(tokens) == 2
    assert [token.text for token in tokens] == ["a", "b"]
    assert calls == [1]


def test_what_rasa_stores_of_a_message_does_not_ask_for_words() -> None:
    message = TOKENIZER.process([Message({"text": TEXT}, output_properties={"text_tokens"})])[0]
    assert message.as_dict(only_output_properties=True) == {"text": TEXT}
    assert len(message.as_dict()["text_tokens"]) == len(WORDS)
