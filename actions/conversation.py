"""Values out of the blue, stopping, and what lies outside the bot's field."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import offices
from actions.procedure_facts import (
    OVERVIEW,
    WELL_KNOWN,
    answer_message,
    entity,
    named_place,
    pending_topics,
    tell,
)
from actions.safe_action import Events, SafeAction
from bot.catalogue import finder
from bot.catalogue.finder import Outcome

# Below this confidence a message is looked up before it is turned away.
SURE_OUT_OF_SCOPE = 0.6
# What may be the end, or the whole, of an applicant's number.
SECOND_FACTORS = ("digits", "phone", "identity_number")
FORGOTTEN_ON_CANCEL = (
    "procedure_code",
    "commune",
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
        number = next(filter(None, (entity(tracker, kind) for kind in SECOND_FACTORS)), None)
        if entity(tracker, "dossier_code") or (number and tracker.get_slot("dossier_code")):
            return [FollowupAction("dossier_status_form")]
        place = named_place(tracker)
        pending = tracker.get_slot("pending_topic")
        if place is not None and pending in offices.QUESTIONS:
            return offices.tell(dispatcher, tracker, pending)
        current = tracker.get_slot("procedure_code")
        if place is not None and current and not finder.find(place.rest).need:
            return tell(dispatcher, "place", current, place)
        found = finder.find(tracker.latest_message.get("text") or "").outcome
        if found is Outcome.FOUND or (pending and found is Outcome.SEVERAL):
            return answer_message(dispatcher, tracker, pending_topics(tracker))
        if place is not None:
            return answer_message(dispatcher, tracker, ["place"])
        dispatcher.utter_message(response="utter_inform_unused")
        return []


class ActionOutOfScope(SafeAction):
    """Says what the bot is for, unless the message may name a procedure after all."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_out_of_scope"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        intent = tracker.latest_message.get("intent") or {}
        if float(intent.get("confidence") or 0.0) < SURE_OUT_OF_SCOPE:
            matches = finder.find(tracker.latest_message.get("text") or "").matches
            if matches and matches[0].score >= WELL_KNOWN:
                return answer_message(dispatcher, tracker, [OVERVIEW])
        dispatcher.utter_message(response="utter_out_of_scope")
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
