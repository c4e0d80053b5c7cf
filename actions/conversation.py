"""Yes and no, values out of the blue, stopping, and what lies outside the bot's field."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cases, misunderstanding, offices, privacy, ticket_slots
from actions.answers import CLARIFY, answer, say
from actions.dossiers import QUESTION_SLOTS, forget_all
from actions.memory import (
    awaited,
    counts_again,
    entity,
    keep_situation,
    named_place,
    text_of,
)
from actions.need import answer_message
from actions.procedure_facts import OVERVIEW, tell
from actions.safe_action import Events, SafeAction
from actions.telling import WELL_KNOWN, ask_which, pending_topics, remind, tell_topics
from bot import corrections
from bot.catalogue import finder, situation
from bot.catalogue.finder import Outcome

# Below this confidence a message is looked up before it is turned away.
SURE_OUT_OF_SCOPE = 0.6
# What may be the end, or the whole, of an applicant's number.
SECOND_FACTORS = ("digits", "phone", "identity_number")
# Both together find what a person has filed: who sends one is asked for the other.
WHOLE_NUMBERS = ("phone", "identity_number")
FORGOTTEN_ON_CANCEL = (
    "procedure_code",
    "commune",
    "pending_topic",
    "options",
    "told",
    "trail",
    "need",
    "situation",
    "quantity",
    "life_event",
    "awaiting",
    "dossiers",
    "dossier_wish",
    *QUESTION_SLOTS,
    *ticket_slots.SLOTS,
)


class ActionInform(SafeAction):
    """Makes use of a value that nobody asked for."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_inform"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A dossier code starts the look-up; words that name a need are searched for."""
        if counts_again(tracker):
            return answer_message(dispatcher, tracker, ["fee"])
        number = next(filter(None, (entity(tracker, kind) for kind in SECOND_FACTORS)), None)
        is_person = any(entity(tracker, kind) for kind in WHOLE_NUMBERS)
        has_code = entity(tracker, "dossier_code") or (number and tracker.get_slot("dossier_code"))
        if has_code or is_person:
            return [FollowupAction("dossier_status_form")]
        place = named_place(tracker)
        pending = tracker.get_slot("pending_topic")
        if place is not None and pending in offices.QUESTIONS:
            return offices.tell(dispatcher, tracker, pending)
        current = tracker.get_slot("procedure_code")
        if place is not None and current and not finder.find(place.rest).need:
            return tell(dispatcher, "place", current, place, tracker=tracker)
        corrected = corrections.read(text_of(tracker))
        if cases.tells(tracker) or (corrected is not None and finder.find(corrected.meant).need):
            return answer_message(dispatcher, tracker, pending_topics(tracker))
        case = situation.read(text_of(tracker))
        found = finder.find(text_of(tracker)).outcome
        if case and place is None and found is not Outcome.FOUND:
            contract = answer("procedure", CLARIFY)
            say(dispatcher, "utter_case_noted", contract, case=case.label())
            return keep_situation(tracker)
        if found is Outcome.FOUND or (pending and found is Outcome.SEVERAL):
            return answer_message(dispatcher, tracker, pending_topics(tracker))
        if place is not None:
            return answer_message(dispatcher, tracker, ["place"])
        return misunderstanding.unused(dispatcher, tracker)


class ActionAffirm(SafeAction):
    """Takes a yes for the only option that was shown, or asks for a number."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_affirm"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        if awaited(tracker) == privacy.ERASE:
            return privacy.erase(dispatcher, tracker)
        options = tracker.get_slot("options") or []
        topics = pending_topics(tracker)
        if len(options) == 1:
            return tell_topics(dispatcher, tracker, topics, options[0])
        if options:
            return ask_which(dispatcher, topics, finder.options(options))
        current = tracker.get_slot("procedure_code")
        if current:
            remind(dispatcher, tracker, current)
            dispatcher.utter_message(response="utter_what_more")
            return []
        dispatcher.utter_message(response="utter_affirm")
        return []


class ActionDeny(SafeAction):
    """Takes a no for none of the options, or for what the message says instead."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_deny"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        if awaited(tracker) == privacy.ERASE:
            say(dispatcher, "utter_not_erased", answer("privacy", CLARIFY))
            return [SlotSet("awaiting", None)]
        if counts_again(tracker):
            return answer_message(dispatcher, tracker, ["fee"])
        corrected = corrections.read(text_of(tracker))
        if corrected is not None and finder.find(corrected.meant).need:
            return answer_message(dispatcher, tracker, pending_topics(tracker))
        if tracker.get_slot("options"):
            say(dispatcher, "utter_none_of_these", answer("procedure", CLARIFY))
            return [SlotSet("options", None)]
        dispatcher.utter_message(response="utter_deny")
        return []


class ActionOutOfScope(SafeAction):
    """Says what the bot is for, unless the message may name a procedure after all."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_out_of_scope"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        if counts_again(tracker):
            return answer_message(dispatcher, tracker, ["fee"])
        intent = tracker.latest_message.get("intent") or {}
        if float(intent.get("confidence") or 0.0) < SURE_OUT_OF_SCOPE:
            matches = finder.find(text_of(tracker)).matches
            if matches and matches[0].score >= WELL_KNOWN:
                return answer_message(dispatcher, tracker, [OVERVIEW])
        return misunderstanding.outside(dispatcher, tracker)


class ActionCancel(SafeAction):
    """Forgets what the talk was about and offers a fresh start."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_cancel"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        dispatcher.utter_message(response="utter_cancelled")
        return forgotten()


class ActionGoodbye(SafeAction):
    """Takes leave: whoever takes the telephone next proves anew what is theirs."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_goodbye"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        dispatcher.utter_message(response="utter_goodbye")
        return [*forget_all(), *ticket_slots.forget()]


def forgotten() -> Events:
    """The slots of a talk that begins anew."""
    return [SlotSet(name, None) for name in FORGOTTEN_ON_CANCEL]
