"""Messages that are answered by what more is known of them than their intent (`bot.aspects`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    checklist,
    dossier_wishes,
    dossiers,
    life_events,
    privacy,
    scams,
    ticket_form,
    tickets,
)
from actions.answers import ANSWERED, CLARIFY, HANDOVER, OUT_OF_SCOPE, REFUSED, answer, say
from actions.conversation import forgotten
from actions.handover import hand_over_if_attended
from actions.memory import place_of, text_of
from actions.need import answer_message
from actions.procedure_facts import OVERVIEW, tell
from actions.safe_action import Events, SafeAction
from actions.telling import ask_which, pending_topics, tell_topics, told_topics
from bot import aspects
from bot.catalogue import finder, service
from bot.catalogue.question import without_checklist_words
from bot.support.handover import DANGER

STATUSES = {
    **dict.fromkeys(aspects.LIMITS, REFUSED),
    # Whoever wants a judgement is told who gives legal aid.
    "legal": HANDOVER,
    "politics": OUT_OF_SCOPE,
}


class ActionAspect(SafeAction):
    """Answers a message with an aspect; leaves an open form where it must not go on."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_aspect"

    async def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        loop = tracker.active_loop or {}
        in_form = bool(loop.get("name"))
        said = [event for event in tracker.events if event.get("event") == "user"][-2:]
        before = said[0].get("parse_data") if len(said) > 1 else None
        asked = str(tracker.get_slot("requested_slot") or "")
        aspect = aspects.aspect_of(
            tracker.latest_message, in_form=in_form, before=before, asked=asked
        )
        if aspect in aspects.DANGERS:
            events = _tell_danger(dispatcher, tracker, aspect)
        elif aspect in STATUSES:
            say(dispatcher, f"utter_limit_{aspect}", answer("other", STATUSES[aspect]))
            events = []
        else:
            moved = MOVES.get(aspect, _calm)(dispatcher, tracker)
            events = await moved if isawaitable(moved) else moved
        if not in_form:
            return events
        if aspect in aspects.ENDING_A_FORM:
            return [*events, ActiveLoop(None), SlotSet("requested_slot", None)]
        # What was said is no answer to the form's question, whatever the form took it for.
        requested = tracker.get_slot("requested_slot")
        if requested == "dossier_code" and dossiers.codes_in(tracker):
            return events
        return [*events, SlotSet(requested, None)] if requested else events


def _tell_danger(dispatcher: CollectingDispatcher, tracker: Tracker, kind: str) -> Events:
    """The number to call at once, before anything else; then a person, if one is there."""
    fact = service.general_fact(f"danger.{kind}")
    source = fact[1] if fact else None
    contract = answer("emergency", ANSWERED if source else HANDOVER, source=source)
    say(dispatcher, f"utter_danger_{kind}", contract)
    return hand_over_if_attended(dispatcher, tracker, DANGER) or []


def _calm(dispatcher: CollectingDispatcher, _: Tracker) -> Events:
    say(dispatcher, "utter_calm", answer("other", CLARIFY))
    return []


def _go_back(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """To the procedure before the present one."""
    current = tracker.get_slot("procedure_code")
    earlier = [code for code in tracker.get_slot("trail") or [] if code != current]
    if not earlier:
        say(dispatcher, "utter_nothing_before", answer("procedure", CLARIFY))
        return []
    return tell(dispatcher, OVERVIEW, earlier[-1], place_of(tracker), tracker=tracker)


def _tell_more(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """All of what was told in short; everything of the procedure where that was told already."""
    code, topics = tracker.get_slot("procedure_code"), told_topics(tracker)
    if not code:
        return answer_message(dispatcher, tracker, pending_topics(tracker))
    if topics == [OVERVIEW]:
        return tell_topics(dispatcher, tracker, [checklist.TOPIC], code)
    place = place_of(tracker)
    if topics == [checklist.TOPIC]:
        return tell(dispatcher, "steps", code, place, tracker=tracker, whole=True)
    return [
        event
        for topic in topics
        for event in tell(dispatcher, topic, code, place, tracker=tracker, whole=True)
    ]


def _repeat(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """What was told last, or asked."""
    code, options = tracker.get_slot("procedure_code"), tracker.get_slot("options")
    if options:
        return ask_which(dispatcher, pending_topics(tracker), finder.options(options))
    if code:
        return tell_topics(dispatcher, tracker, told_topics(tracker), code)
    dispatcher.utter_message(response="utter_help")
    return []


def _tell_checklist(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Everything of the procedure that the message means, or of the present one."""
    said = without_checklist_words(text_of(tracker))
    return answer_message(dispatcher, tracker, [checklist.TOPIC], asks_fact=True, said=said)


def _next_step(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """The next procedure of a life event, or the steps of the present one."""
    events = life_events.next_step(dispatcher, tracker)
    return events or answer_message(dispatcher, tracker, ["steps"], asks_fact=True)


def _leave(dispatcher: CollectingDispatcher, _: Tracker) -> Events:
    dispatcher.utter_message(response="utter_cancelled")
    return forgotten()


Move = Callable[[CollectingDispatcher, Tracker], Events | Awaitable[Events]]
MOVES: dict[str, Move] = {
    aspects.GO_BACK: _go_back,
    aspects.MORE: _tell_more,
    aspects.REPEAT: _repeat,
    aspects.CHECKLIST: _tell_checklist,
    aspects.NEXT_STEP: _next_step,
    aspects.LEAVE: _leave,
    aspects.SUBSCRIBE: dossier_wishes.subscribe,
    aspects.UNSUBSCRIBE: dossier_wishes.unsubscribe,
    aspects.OPEN_TICKET: dossier_wishes.open_ticket,
    aspects.TICKET: tickets.tell_ticket,
    aspects.LEAVE_MESSAGE: ticket_form.leave_message,
    aspects.CALL_BACK: ticket_form.call_back,
    aspects.LEAVE_FEEDBACK: ticket_form.leave_feedback,
    aspects.SCAM: scams.warn,
    aspects.PAYMENT_STATE: dossier_wishes.tell_payment,
    aspects.PAY: dossier_wishes.pay,
    aspects.ERASE: privacy.ask_or_erase,
    aspects.ERASE_NOW: privacy.erase,
}
