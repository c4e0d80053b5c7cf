"""Picking one of the procedures that were shown."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import CLARIFY, answer, say
from actions.procedure_facts import FACTS, OVERVIEW, answer_message, entity, place_of, tell
from actions.safe_action import Events, SafeAction
from bot.ordinals import LAST, find_ordinal


class ActionChooseOption(SafeAction):
    """Takes the option named by button, ordinal or code, and answers what was asked."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_choose_option"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        pending = tracker.get_slot("pending_topic")
        topic = pending if pending in FACTS else OVERVIEW
        named = entity(tracker, "procedure_code")
        if named:
            return tell(dispatcher, topic, named, place_of(tracker))
        options = tracker.get_slot("options") or []
        number = find_ordinal(tracker.latest_message.get("text") or "")
        if number is None:
            # "cấp đổi", "cái khai sinh": words instead of a number.
            return answer_message(dispatcher, tracker, topic)
        if not options:
            say(dispatcher, "utter_no_options", answer(topic, CLARIFY))
            return []
        if number != LAST and not 1 <= number <= len(options):
            say(dispatcher, "utter_no_such_option", answer(topic, CLARIFY), count=len(options))
            return []
        code = options[-1 if number == LAST else number - 1]
        return tell(dispatcher, topic, code, place_of(tracker))
