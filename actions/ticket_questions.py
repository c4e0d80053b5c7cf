"""How the form of tickets asks for what it needs."""

from __future__ import annotations

from abc import abstractmethod

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import CLARIFY, answer, say
from actions.safe_action import Events, SafeAction
from actions.ticket_slots import LOOK_UP, UNDECIDED, own_number
from bot.aspects import TICKET_CONTACT, TICKET_PLACE, TICKET_TEXT
from bot.support.ticket import CALL_BACK, FEEDBACK, MESSAGE


class _Ask(SafeAction):
    """Asks the form's question; an answer that failed was told already what it lacked."""

    slot: str

    @abstractmethod
    def name(self) -> str:
        """Name in the domain."""

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        if not _has_just_failed(tracker):
            kind = str(tracker.get_slot("ticket_kind") or MESSAGE)
            is_feedback = kind == UNDECIDED or kind in FEEDBACK
            contract = answer("feedback" if is_feedback else "ticket", CLARIFY)
            say(dispatcher, self.question(tracker, kind, is_feedback), contract)
        return []

    @abstractmethod
    def question(self, tracker: Tracker, kind: str, is_feedback: bool) -> str:
        """The response that asks."""


def _has_just_failed(tracker: Tracker) -> bool:
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "slot" and event.get("name") == "ticket_tries":
            return bool(event.get("value"))
    return False


class ActionAskTicketText(_Ask):
    """Asks for what is to be passed on."""

    slot = TICKET_TEXT

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_ticket_text"

    def question(self, tracker: Tracker, kind: str, is_feedback: bool) -> str:
        """See parent class."""
        if is_feedback:
            return "utter_ask_for_feedback"
        return "utter_ask_for_call_back" if kind == CALL_BACK else "utter_ask_for_message"


class ActionAskTicketPlace(_Ask):
    """Asks where it happened, or which office it is about."""

    slot = TICKET_PLACE

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_ticket_place"

    def question(self, tracker: Tracker, kind: str, is_feedback: bool) -> str:
        """See parent class."""
        return "utter_ask_for_place"


class ActionAskTicketContact(_Ask):
    """Asks for a telephone number, or whether the one that is known may be used."""

    slot = TICKET_CONTACT

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_ticket_contact"

    def question(self, tracker: Tracker, kind: str, is_feedback: bool) -> str:
        """See parent class."""
        if kind == LOOK_UP:
            return "utter_ask_for_number_of_ticket"
        if own_number(tracker):
            return "utter_ask_for_own_number"
        return "utter_ask_for_number_to_call" if kind == CALL_BACK else "utter_ask_for_contact"
