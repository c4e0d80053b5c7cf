"""Rasa tokenizer that segments Vietnamese words with underthesea."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, overload

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ACTION_TEXT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.segmentation import segment


class LazyTokens(Sequence[Token]):
    """Tokens that are looked for when somebody asks for them.

    Reason: segmenting takes a third of the time of a message, and most messages are understood
    without (docs/adr/0003-intent-classifier.md).
    """

    def __init__(self, find: Callable[[], list[Token]]) -> None:
        """`find` is called once at most."""
        self._find = find

    @cached_property
    def _found(self) -> list[Token]:
        return self._find()

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Token: ...

    @overload
    def __getitem__(self, index: slice) -> list[Token]: ...

    def __getitem__(self, index: int | slice) -> Token | list[Token]:
        return self._found[index]

    def __iter__(self) -> Iterator[Token]:
        return iter(self._found)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class UndertheseaTokenizer(Tokenizer):
    """Tokens are words of one or more syllables ("thủ tục"); offsets slice back."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Vietnamese only."""
        return ["vi"]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be importable."""
        return ["underthesea"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {
            # Intents are single labels here.
            "intent_tokenization_flag": False,
            # Where Rasa would split them.
            "intent_split_symbol": "_",
            # Words are taken whole.
            "token_pattern": None,
            # No prefixes are split off.
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UndertheseaTokenizer:
        """Creates a new component (see parent class for full docstring)."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Gives each message its tokens, which are found at the first look.

        Rasa would list their offsets in what it stores of each message, where nobody reads them.
        """
        for message in messages:
            message.output_properties.discard(TEXT_TOKENS)
            for attribute in (TEXT, ACTION_TEXT):
                if message.get(attribute):
                    tokens = LazyTokens(partial(self.tokenize, message, attribute))
                    message.set(TOKENS_NAMES[attribute], tokens)
        return messages

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Words of the message's attribute."""
        words = segment(message.get(attribute) or "")
        return self._apply_token_pattern([Token(w.text, w.start, w.end) for w in words])
