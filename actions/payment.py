"""Ways to pay."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, NOT_PUBLISHED, answer, say
from actions.safe_action import Events, SafeAction
from bot.catalogue import service
from bot.rendering import procedure_lines as rendering


class ActionPaymentMethods(SafeAction):
    """Explains how fees are paid, whatever the procedure."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_payment_methods"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        fact = service.general_fact("payment")
        if fact is None:
            say(dispatcher, "utter_payment_not_published", answer("payment", NOT_PUBLISHED))
            return []
        text, source = fact
        say(
            dispatcher,
            "utter_payment",
            answer("payment", ANSWERED, source=source),
            lines=text,
            source=source.title,
            checked_on=rendering.date(source.checked_on),
        )
        return []
