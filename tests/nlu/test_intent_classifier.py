"""The classifier as Rasa uses it: trains, persists, loads, answers the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.entities import EntityFinder
from bot.nlu.entity_extractor import VietnameseEntityExtractor
from bot.nlu.features import features
from bot.nlu.intent_classifier import VietnameseIntentClassifier
from bot.nlu.underthesea_tokenizer import UndertheseaTokenizer

EXAMPLES = {
    "ask_fee": ["phí bao nhiêu", "hết bao nhiêu tiền", "lệ phí là mấy đồng", "tốn nhiêu tiền"],
    "ask_where_to_apply": [
        "nộp ở đâu",
        "nộp hồ sơ chỗ nào",
        "đến cơ quan nào nộp",
        "tới đâu để nộp",
    ],
    "inform": ["0912345678", "4567", "H48.16-230512-0003", "8899"],
}
CONTEXT = ExecutionContext(GraphSchema({}))
EXTRACTOR = VietnameseEntityExtractor()
FINDER = EntityFinder()


def tokenized(text: str, intent: str | None = None) -> Message:
    message = Message({"text": text, **({"intent": intent} if intent else {})})
    tokenizer = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
    return EXTRACTOR.process(tokenizer.process([message]))[0]


def training_data() -> TrainingData:
    return TrainingData(
        [tokenized(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    )


def trained(storage: LocalModelStorage) -> VietnameseIntentClassifier:
    component = VietnameseIntentClassifier.create(
        VietnameseIntentClassifier.get_default_config(), storage, Resource("classifier"), CONTEXT
    )
    component.train(training_data())
    return component


def ranking(component: VietnameseIntentClassifier, text: str) -> list[dict[str, Any]]:
    return component.process([tokenized(text)])[0].get("intent_ranking")


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("phí bao nhiêu vậy", "ask_fee"),
        ("phi bao nhieu vay", "ask_fee"),
        ("nop o mo rua", "ask_where_to_apply"),
        ("7788", "inform"),
    ],
)
def test_accented_unaccented_and_dialect_get_the_same_intent(
    storage: LocalModelStorage, text: str, intent: str
) -> None:
    found = ranking(trained(storage), text)
    assert found[0]["name"] == intent
    assert sum(item["confidence"] for item in found) == pytest.approx(1.0, abs=1e-5)


def test_a_loaded_component_answers_exactly_as_the_trained_one(storage: LocalModelStorage) -> None:
    before = trained(storage)
    after = VietnameseIntentClassifier.load(
        VietnameseIntentClassifier.get_default_config(), storage, Resource("classifier"), CONTEXT
    )
    for text in ("phí bao nhiêu", "nộp ở đâu", "xyz", "😀"):
        assert ranking(after, text) == ranking(before, text)


def test_training_is_reproducible(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    first, second = (trained(LocalModelStorage.create(folder)) for folder in folders)
    assert ranking(first, "lệ phí nộp ở đâu") == ranking(second, "lệ phí nộp ở đâu")


def test_an_empty_message_has_no_intent(storage: LocalModelStorage) -> None:
    message = trained(storage).process([tokenized("")])[0]
    assert message.get("intent") == {"name": None, "confidence": 0.0}
    assert message.get("intent_ranking") == []


def test_an_untrained_component_loads_and_stays_silent(storage: LocalModelStorage) -> None:
    component = VietnameseIntentClassifier.load(
        VietnameseIntentClassifier.get_default_config(), storage, Resource("classifier"), CONTEXT
    )
    assert ranking(component, "phí bao nhiêu") == []


def test_folded_features_of_accented_and_unaccented_text_are_the_same() -> None:
    def folded(text: str) -> list[str]:
        return [f for f in features(text) if f[0] in "fc"]

    assert folded("Hồ sơ gồm giấy tờ gì") == folded("ho so gom giay to gi")


def test_what_is_an_entity_stands_for_its_kind() -> None:
    def kinds(text: str) -> list[str]:
        return [f for f in features(text, (), FINDER.find(text)) if f.startswith("m:")]

    assert kinds("phí làm sổ đỏ") == kinds("phí làm hộ chiếu")
    assert kinds("phí bao nhiêu") == []


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("phí bao nhiêu, nộp ở đâu", ["ask_fee", "ask_where_to_apply"]),
        ("nop o dau voi lai het bao nhieu tien", ["ask_where_to_apply", "ask_fee"]),
        ("phí bao nhiêu vậy", ["ask_fee"]),
        ("4567, 8899", ["inform"]),
    ],
)
def test_two_questions_in_one_message_are_seen(
    storage: LocalModelStorage, text: str, questions: list[str]
) -> None:
    found = trained(storage).process([tokenized(text)])[0].get("questions")
    assert sorted(found) == sorted(questions)


def test_a_message_that_asks_two_things_teaches_both(storage: LocalModelStorage) -> None:
    data = training_data()
    both = tokenized("phí với chỗ nộp", "ask_fee")
    both.set("metadata", {"example": {"also": "ask_where_to_apply"}})
    component = VietnameseIntentClassifier.create(
        VietnameseIntentClassifier.get_default_config(), storage, Resource("classifier"), CONTEXT
    )
    component.train(TrainingData([*data.training_examples, *[both] * 5]))
    names = [item["name"] for item in ranking(component, "phí với chỗ nộp")[:2]]
    assert sorted(names) == ["ask_fee", "ask_where_to_apply"]
