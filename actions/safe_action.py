"""An action that answers even when the database is down."""

from __future__ import annotations

import inspect
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.database import DatabaseUnavailable
from bot.dossiers.model import GatewayUnavailable
from bot.identity.check import IdentityCheckUnavailable

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class SafeAction(Action, ABC):
    """Runs `respond`; a database or a procedures system that is down becomes an apology.

    At least one event is always returned: an action without events counts as failed
    (see `bot.engine.outage_policy`).
    """

    @abstractmethod
    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Events | Awaitable[Events]:
        """Say something and return events; what waits for others does so as a coroutine."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Rasa's entry point."""
        try:
            responded = self.respond(dispatcher, tracker)
            events = await responded if inspect.isawaitable(responded) else responded
        except (GatewayUnavailable, IdentityCheckUnavailable):
            # The reason stands in the log of the gateway, which knows no citizen's data.
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_dossier_unavailable")
            events = self.after_outage(tracker)
        except DatabaseUnavailable:
            logger.exception("%s: the database is down", self.name())
            # What was said so far belongs to an answer that could not be finished.
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_service_unavailable")
            events = []
        return events or [SlotSet("procedure_code", tracker.get_slot("procedure_code"))]

    def after_outage(self, tracker: Tracker) -> Events:
        """What is to be forgotten when the procedures system did not answer."""
        return []
