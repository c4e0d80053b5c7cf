"""Rasa component that tells the intents of a message (`bot.nlu.intent_model`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    METADATA_EXAMPLE,
    METADATA_INTENT,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import aspects
from bot import text as vn
from bot.codes import Found
from bot.nlu import intent_model
from bot.nlu.clauses import clauses
from bot.nlu.entities import EntityFinder
from bot.nlu.features import features, segment_features, text_features
from bot.nlu.intent_model import IntentModel
from bot.nlu.messages import also_asked, aspect_of
from bot.nlu.underthesea_tokenizer import UndertheseaTokenizer

# What a message asks: names of intents, in the order of its parts.
QUESTIONS = "questions"
# What more is known of a message (`bot.aspects`): that it offers a bribe, or wants to go back …
ASPECT = "aspect"
LEAST_WORDS_OF_DANGER = 4
# Questions that people put together in one message. Of others ("I forgot the code, who sees it?")
# one is answered.
TOGETHER = frozenset(
    f"ask_{topic}"
    for topic in (
        "documents", "fee", "processing_time", "where_to_apply", "how_to_apply_online", "steps",
        "eligibility", "legal_basis", "form", "result_delivery", "service_level",
        "payment_methods", "office_hours", "office_contact",
    )
)  # fmt: skip


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VietnameseIntentClassifier(IntentClassifier, GraphComponent):
    """Sets the intent, the ranking, and `questions`: all intents that a message asks for."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words are features. So are entities, but Rasa runs no extractors while it trains."""
        return [UndertheseaTokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be importable."""
        return ["sklearn", "scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {
            # Intents shown to staff and fallback.
            "ranking_length": 10,
            # How sure a part of a message must be to count as a question of its own.
            "least_sure_part": 0.6,
            # How sure an aspect must be to be told.
            "least_sure_aspect": 0.4,
            # Rather tell somebody a number that is not needed than keep it from one who needs it.
            "least_sure_danger": 0.25,
            "least_sure_short_danger": 0.8,
            # Surer than this, a message is not segmented into words: of the held-out messages
            # none was understood otherwise for it, and it saves a third of the time.
            "sure_without_words": 0.9,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Constructs an untrained classifier."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: IntentModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VietnameseIntentClassifier:
        """Creates a new untrained component (see parent class for full docstring)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the messages, each as written and without diacritics."""
        # Only here: answering needs neither scikit-learn nor scipy.
        from bot.nlu import intent_training

        finder = EntityFinder()
        examples = []
        for message in training_data.intent_examples:
            text, intent = message.get(TEXT), message.get(INTENT)
            if not text or not intent:
                continue
            written = features(text, _words(message), finder.find(text))
            folded = written
            if vn.is_accented(text):
                plain = vn.fold(text)
                folded = features(plain, (), finder.find(plain))
            metadata = message.get(METADATA) or {}
            also = also_asked(metadata.get(METADATA_EXAMPLE))
            aspect = aspect_of(metadata.get(METADATA_INTENT))
            label = f"{intent}{intent_model.ASPECT}{aspect}" if aspect else intent
            examples.append(intent_training.Example(written, folded, (label, *also)))
        if len({example.labels[0] for example in examples}) > 1:
            self._model = intent_training.learn(examples)
            with self._model_storage.write_to(self._resource) as folder:
                self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent, ranking and questions of each message."""
        for message in messages:
            ranking, questions, aspect = self._understand(message)
            message.set(
                INTENT,
                ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0},
                add_to_output=True,
            )
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(QUESTIONS, questions, add_to_output=True)
            message.set(ASPECT, aspect, add_to_output=True)
        return messages

    def _understand(self, message: Message) -> tuple[list[dict[str, Any]], list[str], str]:
        text = message.get(TEXT)
        if not text or self._model is None:
            return [], [], ""
        found = [
            Found(e["entity"], str(e["value"]), e["start"], e["end"])
            for e in message.get(ENTITIES) or []
        ]
        known = text_features(text, found)
        read = self._model.understand(known)
        if read.intents.max() < self._config["sure_without_words"] and vn.is_accented(text):
            read = self._model.understand([*known, *segment_features(_words(message))])
        shares = read.intents
        order = (-shares).argsort(kind="stable")[: self._config["ranking_length"]]
        ranking = [
            {INTENT_NAME_KEY: self._model.intents[n], PREDICTED_CONFIDENCE_KEY: float(shares[n])}
            for n in order
        ]
        questions = self._questions(ranking[0][INTENT_NAME_KEY], text, found)
        kind = "least_sure_aspect"
        if read.aspect in aspects.DANGERS:
            # "Bị mất rồi" says too little for a rash guess.
            is_long = len(text.split()) >= LEAST_WORDS_OF_DANGER
            kind = "least_sure_danger" if is_long else "least_sure_short_danger"
        return ranking, questions, read.aspect if read.aspect_share >= self._config[kind] else ""

    def _questions(self, whole: str, text: str, entities: list[Found]) -> list[str]:
        """What the parts of a message ask for surely, in their order; the whole's among them."""
        questions: list[str] = []
        if whole not in TOGETHER or self._model is None:
            return [whole]
        for part, inside in clauses(text, entities):
            shares = self._model.understand(text_features(part, inside)).intents
            intent = self._model.intents[int(shares.argmax())]
            sure = float(shares.max()) >= self._config["least_sure_part"]
            if sure and intent in TOGETHER and intent not in questions:
                questions.append(intent)
        return questions if whole in questions else [whole, *questions]

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> VietnameseIntentClassifier:
        """Loads a trained component (see parent class for full docstring)."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model = IntentModel.load(folder)
        except ValueError:  # nothing was trained, and so nothing stored
            pass
        return component


def _words(message: Message) -> Iterable[str]:
    return (token.text for token in message.get(TOKENS_NAMES[TEXT]) or ())
