"""An action that answers even when the database is down."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.database import DatabaseUnavailable

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class SafeAction(Action, ABC):
    """Runs `respond`; a database that is down becomes an apology.

    At least one event is always returned: an action without events counts as failed
    (see `bot.engine.outage_policy`).
    """

    @abstractmethod
    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say something and return events."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Rasa's entry point."""
        try:
            events = self.respond(dispatcher, tracker)
        except DatabaseUnavailable:
            logger.exception("%s: the database is down", self.name())
            # What was said so far belongs to an answer that could not be finished.
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_service_unavailable")
            events = []
        return events or [SlotSet("procedure_code", tracker.get_slot("procedure_code"))]
