"""Rasa tokenizer that segments Vietnamese words with underthesea."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.segmentation import segment


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

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Words of the message's attribute."""
        words = segment(message.get(attribute) or "")
        return self._apply_token_pattern([Token(w.text, w.start, w.end) for w in words])
