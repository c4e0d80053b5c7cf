"""Rasa's processor without two searches that it does anew for every message.

Reason: after each message Rasa asks whether its domain is empty, and finds that out by building
an empty one and comparing all of both (0.2 ms, a fifth of our understanding of a message). And
it proves the schema of actions' results for each action (`bot.engine.in_process_actions`).
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, INTENT, INTENT_NAME_KEY

from bot.engine.in_process_actions import InProcessAction, InProcessActions


class LeanProcessor(MessageProcessor):
    """Rasa's processor; warnings of intents and entities that the domain lacks stay."""

    def __init__(self, processor: MessageProcessor) -> None:
        """Takes a processor over with its loaded model and stores."""
        self.__dict__.update(vars(processor))
        self._known_intents = frozenset(self.domain.intents)
        self._known_entities = frozenset(self.domain.entities)

    def _get_action(self, action_name: str) -> Action | None:
        """The action of a name (see parent class)."""
        found = super()._get_action(action_name)
        if type(found) is RemoteAction and isinstance(found.action_endpoint, InProcessActions):
            return InProcessAction(found.name(), found.action_endpoint)
        return found

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        intent = parse_data[INTENT][INTENT_NAME_KEY]
        entities = (entity[ENTITY_ATTRIBUTE_TYPE] for entity in parse_data[ENTITIES])
        if intent not in self._known_intents or not self._known_entities.issuperset(entities):
            super()._check_for_unseen_features(parse_data)
