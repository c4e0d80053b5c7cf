"""Picking one of the procedures that were shown."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import CLARIFY, answer, say
from actions.procedure_facts import answer_message, entity, pending_topics, place_of, tell_all
from actions.safe_action import Events, SafeAction
from bot.ordinals import LAST, find_ordinal


class ActionChooseOption(SafeAction):
    """Takes the option named by button, ordinal or code, and answers what was asked."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_choose_option"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        topics = pending_topics(tracker)
        named = entity(tracker, "procedure_code")
        if named:
            return tell_all(dispatcher, topics, named, place_of(tracker))
        options = tracker.get_slot("options") or []
        number = find_ordinal(tracker.latest_message.get("text") or "")
        if number is None:
            # "cấp đổi", "cái khai sinh": words instead of a number.
            return answer_message(dispatcher, tracker, topics)
        if not options:
            say(dispatcher, "utter_no_options", answer(topics[0], CLARIFY))
            return []
        if number != LAST and not 1 <= number <= len(options):
            say(dispatcher, "utter_no_such_option", answer(topics[0], CLARIFY), count=len(options))
            return []
        code = options[-1 if number == LAST else number - 1]
        return tell_all(dispatcher, topics, code, place_of(tracker))
