"""Finding a procedure, and picking one of those that were shown."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import choices, dossier_wishes, dossiers
from actions.answers import CLARIFY, answer, say
from actions.memory import intent_of, named_code, text_of
from actions.need import answer_message
from actions.procedure_facts import TOPICS
from actions.safe_action import Events, SafeAction
from actions.telling import pending_topics, tell_topics
from bot.ordinals import LAST, find_ordinal


class ActionAnswerProcedure(SafeAction):
    """Answers the question of the latest message about the procedure it means."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_procedure"

    async def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        of_dossier = await dossier_wishes.about_shown(dispatcher, tracker)
        if of_dossier is not None:
            return of_dossier
        topics = asked_topics(tracker)
        return answer_message(
            dispatcher,
            tracker,
            topics or pending_topics(tracker),
            asks_fact=intent_of(tracker) in TOPICS,
        )


def asked_topics(tracker: Tracker) -> list[str]:
    """The facts that the latest message asks for, in its order."""
    intent = intent_of(tracker)
    questions = tracker.latest_message.get("questions") or ()
    asked = questions if intent in questions else (intent, *questions)
    return list(dict.fromkeys(TOPICS[name] for name in asked if name in TOPICS))


class ActionChooseOption(SafeAction):
    """Takes the option named by button, ordinal or code, and answers what was asked."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_choose_option"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        topics = pending_topics(tracker)
        named = named_code(tracker)
        if named:
            return tell_topics(dispatcher, tracker, topics, named)
        options = tracker.get_slot("options") or []
        # "Cái một chủ" names one of them; its "một" is no number.
        code = choices.picked(tracker)
        if code:
            return tell_topics(dispatcher, tracker, topics, code)
        number = find_ordinal(text_of(tracker))
        if number is None:
            # "cấp đổi", "cái khai sinh": words instead of a number.
            return answer_message(dispatcher, tracker, topics)
        if tracker.get_slot("told") == dossier_wishes.LISTED:
            return _show_dossier(dispatcher, tracker, number)
        if not options:
            say(dispatcher, "utter_no_options", answer(topics[0], CLARIFY))
            return []
        if number != LAST and not 1 <= number <= len(options):
            say(dispatcher, "utter_no_such_option", answer(topics[0], CLARIFY), count=len(options))
            return []
        code = options[-1 if number == LAST else number - 1]
        return tell_topics(dispatcher, tracker, topics, code)


def _show_dossier(dispatcher: CollectingDispatcher, tracker: Tracker, number: int) -> Events:
    """The dossier of the list that was shown, the latest of which stands first."""
    listed = list(reversed(dossiers.proven(tracker)))
    if not listed or (number != LAST and not 1 <= number <= len(listed)):
        contract = answer("status", CLARIFY)
        say(dispatcher, "utter_no_such_option", contract, count=len(listed))
        return []
    code = listed[-1 if number == LAST else number - 1]
    return [SlotSet("dossier_code", code), FollowupAction("dossier_status_form")]
