"""The features of our intent classifier as a Rasa featurizer, so that DIET can be tried on them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot import text as vn
from bot.codes import Found
from bot.nlu.features import features


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class OurFeaturizer(SparseFeaturizer, GraphComponent):
    """Sentence features: all of ours. Sequence features: each token's folded form."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Tokens are needed."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {**SparseFeaturizer.get_default_config(), "min_count": 2}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, name: str
    ) -> None:
        """Constructs an untrained featurizer."""
        super().__init__(name, config)
        self._storage, self._resource = storage, resource
        self._number: dict[str, int] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OurFeaturizer:
        """Creates a new component (see parent class for full docstring)."""
        return cls(config, model_storage, resource, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to validate."""

    def _features(self, message: Message) -> list[str]:
        tokens = [token.text for token in message.get(TOKENS_NAMES[TEXT]) or []]
        found = [
            Found(e["entity"], str(e["value"]), e["start"], e["end"])
            for e in message.get(ENTITIES) or []
        ]
        return list(features(message.get(TEXT) or "", tokens, found))

    def train(self, training_data: TrainingData) -> Resource:
        """Collects the features that occur twice or more."""
        counts: Counter[str] = Counter()
        for message in training_data.training_examples:
            counts.update(set(self._features(message)))
        known = sorted(f for f, n in counts.items() if n >= self._config["min_count"])
        self._number = {feature: n for n, feature in enumerate(known)}
        with self._storage.write_to(self._resource) as folder:
            (folder / "features.json").write_text(json.dumps(known), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Features of all messages."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the features of each message."""
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT]) or []
            if not tokens:
                continue
            rows = [[f"f:{word}" for word in vn.fold(t.text).split()] for t in tokens]
            whole = self._features(message)
            self.add_features_to_message(self._matrix(rows), self._matrix([whole]), TEXT, message)
        return messages

    def _matrix(self, rows: list[list[str]]) -> csr_matrix:
        owners, columns = [], []
        for owner, row in enumerate(rows):
            for feature in set(row):
                column = self._number.get(feature)
                if column is not None:
                    owners.append(owner)
                    columns.append(column)
        shape = (len(rows), max(1, len(self._number)))
        return csr_matrix((np.ones(len(owners)), (owners, columns)), shape=shape)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OurFeaturizer:
        """Loads the features."""
        component = cls(config, model_storage, resource, execution_context.node_name)
        with model_storage.read_from(resource) as folder:
            known = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        component._number = {feature: n for n, feature in enumerate(known)}
        return component
