"""Intent classifier: one linear model over accented, folded and letter features.

Trained with scikit-learn, answered with numpy alone; persisted as JSON and npz.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import text as vn
from bot.nlu.features import features
from bot.nlu.underthesea_tokenizer import UndertheseaTokenizer


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Logistic regression over TF-IDF weights of `bot.nlu.features`."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The tokenizer's words are features."""
        return [UndertheseaTokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be importable."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {
            # Inverse regularisation; 10 to 60 gave the same accuracy in cross-validation.
            "C": 20.0,
            # Enough for lbfgs to converge on some thousand messages.
            "max_iter": 300,
            # Features seen once are mostly typos; the letters inside them still count.
            "min_count": 2,
            # Intents shown to staff and fallback.
            "ranking_length": 10,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Constructs an untrained classifier."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._labels: list[str] = []
        self._vocabulary: dict[str, int] = {}
        self._idf: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        # One row a feature, so that a message picks its rows.
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._bias: NDArray[np.float32] = np.zeros(0, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Creates a new untrained component (see parent class for full docstring)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model on the messages, each as written and without diacritics."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression

        counts: list[dict[str, int]] = []
        labels: list[str] = []
        for message in training_data.intent_examples:
            text, intent = message.get(TEXT), message.get(INTENT)
            if not text or not intent:
                continue
            variants = [self._features(message)]
            if vn.is_accented(text):
                variants.append(features(vn.fold(text)))
            counts += [dict(Counter(variant)) for variant in variants]
            labels += [intent] * len(variants)
        if len(set(labels)) < 2:
            return self._resource
        frequency = Counter(feature for count in counts for feature in count)
        known = sorted(f for f, n in frequency.items() if n >= self._config["min_count"])
        self._vocabulary = {feature: i for i, feature in enumerate(known)}
        self._idf = np.array(
            [np.log((1 + len(counts)) / (1 + frequency[f])) + 1 for f in known], dtype=np.float32
        )
        rows = [{f: n for f, n in count.items() if f in self._vocabulary} for count in counts]
        matrix = DictVectorizer(dtype=np.float32).fit_transform(rows)
        matrix.data = np.log(matrix.data) + 1
        matrix = matrix.multiply(self._idf).tocsr()
        norms = np.sqrt(matrix.multiply(matrix).sum(axis=1)).A1
        norms[norms == 0] = 1
        matrix = matrix.multiply(1 / norms[:, None]).tocsr()
        model = LogisticRegression(
            C=self._config["C"],
            max_iter=self._config["max_iter"],
            class_weight="balanced",
            random_state=0,
        ).fit(matrix, labels)
        self._labels = [str(label) for label in model.classes_]
        self._weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self._bias = model.intercept_.astype(np.float32)
        self._persist()
        return self._resource

    @staticmethod
    def _features(message: Message) -> list[str]:
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        return features(message.get(TEXT), [token.text for token in tokens])

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking of each message."""
        for message in messages:
            ranking = self._rank(message) if message.get(TEXT) and self._labels else []
            message.set(
                INTENT,
                ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0},
                add_to_output=True,
            )
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        counts = Counter(f for f in self._features(message) if f in self._vocabulary)
        rows = np.fromiter((self._vocabulary[f] for f in counts), dtype=np.int64)
        values = np.log(np.fromiter(counts.values(), dtype=np.float32)) + 1
        values = values * self._idf[rows]
        norm = float(np.sqrt((values * values).sum())) or 1.0
        logits = (values / norm) @ self._weights[rows] + self._bias
        exponents = np.exp(logits - logits.max())
        confidences = exponents / exponents.sum()
        order = np.argsort(-confidences)[: self._config["ranking_length"]]
        return [
            {INTENT_NAME_KEY: self._labels[i], PREDICTED_CONFIDENCE_KEY: float(confidences[i])}
            for i in order
        ]

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            described = {"labels": self._labels, "vocabulary": list(self._vocabulary)}
            (folder / "model.json").write_text(
                json.dumps(described, ensure_ascii=False), encoding="utf-8"
            )
            np.savez(folder / "model.npz", idf=self._idf, weights=self._weights, bias=self._bias)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Loads a trained component (see parent class for full docstring)."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
                arrays = np.load(folder / "model.npz", allow_pickle=False)
                component._labels = described["labels"]
                component._vocabulary = {f: i for i, f in enumerate(described["vocabulary"])}
                component._idf = arrays["idf"]
                component._weights = arrays["weights"]
                component._bias = arrays["bias"]
        except ValueError:  # nothing was trained, and so nothing stored
            pass
        return component
