"""Values out of the blue, and stopping."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.procedure_facts import FACTS, OVERVIEW, answer_message, entity
from actions.safe_action import Events, SafeAction
from bot.catalogue import finder
from bot.catalogue.finder import Outcome

FORGOTTEN_ON_CANCEL = (
    "procedure_code",
    "pending_topic",
    "options",
    "dossier_code",
    "dossier_digits",
    "dossier_tries",
)


class ActionInform(SafeAction):
    """Makes use of a value that nobody asked for."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_inform"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A dossier code starts the look-up; words that name a need are searched for."""
        given = {name: entity(tracker, name) for name in ("dossier_code", "digits")}
        if given["dossier_code"] or (given["digits"] and tracker.get_slot("dossier_code")):
            return [FollowupAction("dossier_status_form")]
        pending = tracker.get_slot("pending_topic")
        found = finder.find(tracker.latest_message.get("text") or "").outcome
        if found is Outcome.FOUND or (pending and found is Outcome.SEVERAL):
            topic = pending if pending in FACTS else OVERVIEW
            return answer_message(dispatcher, tracker, topic)
        dispatcher.utter_message(response="utter_inform_unused")
        return []


class ActionCancel(SafeAction):
    """Forgets what the talk was about and offers a fresh start."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_cancel"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        dispatcher.utter_message(response="utter_cancelled")
        return [SlotSet(name, None) for name in FORGOTTEN_ON_CANCEL]
