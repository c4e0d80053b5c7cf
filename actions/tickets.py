"""Tickets: one is opened with what the form has asked for, and its state is told."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import dossiers
from actions.answers import CLARIFY, HANDOVER, REFUSED, answer, say
from actions.memory import text_of
from actions.safe_action import Events, SafeAction
from actions.ticket_slots import FORM, LOOK_UP, forget, own_number
from bot import clock
from bot.codes import PHONE
from bot.offices import routing as places
from bot.rendering import procedure_lines as rendering
from bot.rendering.moments import moment_text
from bot.rendering.ticket_lines import kind_name
from bot.support import promises, routing, ticket_codes, tickets
from bot.support.ticket import CALL_BACK, FEEDBACK, MESSAGE, Ticket
from bot.wording import fragment

TOPIC = "ticket"
# A promise is not given to the minute.


class ActionTicket(SafeAction):
    """Does what the filled form was for; its answers are forgotten whatever comes of it."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ticket"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        if tracker.get_slot("ticket_kind") == LOOK_UP:
            _look_up(dispatcher, tracker)
        elif not tracker.get_slot("ticket_text"):
            say(dispatcher, "utter_ticket_given_up", answer(TOPIC, HANDOVER))
        else:
            _open(dispatcher, tracker)
        return forget()


def tell_ticket(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """The state of a ticket, to the conversation that opened it or with the number left there."""
    code = ticket_codes.find(text_of(tracker))
    ticket = tickets.find(code, tracker.sender_id)
    if ticket is not None:
        _tell(dispatcher, ticket)
        return []
    number = dossiers.opened(tracker, dossiers.number_in(tracker, PHONE)) or own_number(tracker)
    if number:
        _tell_of_number(dispatcher, tracker, code, number)
        return []
    kept: Events = [*forget(), SlotSet("ticket_kind", LOOK_UP), SlotSet("ticket_code", code)]
    if (tracker.active_loop or {}).get("name"):
        # An open form asks on by itself; there is no second one meanwhile.
        say(dispatcher, "utter_ticket_refused", answer(TOPIC, REFUSED))
        return []
    say(dispatcher, "utter_ticket_elsewhere", answer(TOPIC, REFUSED))
    return [*kept, FollowupAction(FORM)]


def _look_up(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    number = dossiers.opened(tracker, tracker.get_slot("ticket_contact"))
    _tell_of_number(dispatcher, tracker, tracker.get_slot("ticket_code") or "", number)


def _tell_of_number(
    dispatcher: CollectingDispatcher, tracker: Tracker, code: str, number: str
) -> None:
    found = tickets.find_by_number(code, number, tracker.sender_id) if number else None
    if found is None:
        say(dispatcher, "utter_ticket_refused", answer(TOPIC, REFUSED))
    else:
        _tell(dispatcher, found)


def _tell(dispatcher: CollectingDispatcher, ticket: Ticket) -> None:
    say(
        dispatcher,
        f"utter_ticket_{ticket.state}",
        answer(TOPIC, CLARIFY),
        code=ticket.code,
        made_on=rendering.date(clock.in_vietnam(ticket.made_at).date()),
        answer=ticket.answer or fragment("ticket_without_answer"),
    )


def _open(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    number = dossiers.opened(tracker, tracker.get_slot("ticket_contact"))
    kind = str(tracker.get_slot("ticket_kind") or MESSAGE)
    wanted_call = kind == CALL_BACK
    if wanted_call and not number:
        # Nobody can be called: what was said is passed on all the same.
        kind = MESSAGE
    said, place = str(tracker.get_slot("ticket_text")), str(tracker.get_slot("ticket_place") or "")
    found = routing.route(kind, said, place=place, commune=_commune(tracker, kind, place, said))
    due = promises.due()
    try:
        ticket = tickets.open_ticket(
            kind,
            tracker.sender_id,
            tracker.get_latest_input_channel() or "",
            said,
            contact=number,
            place=place,
            field=found.field,
            level=found.level,
            agency=found.agency,
            due_at=due,
        )
    except tickets.TooManyTickets:
        say(dispatcher, "utter_too_many_tickets", answer(TOPIC, REFUSED))
        return
    if wanted_call:
        response = "utter_call_back_taken" if number else "utter_call_back_without_number"
    else:
        response = "utter_ticket_taken" if number else "utter_ticket_taken_without_number"
    say(
        dispatcher,
        response,
        answer("feedback" if kind in FEEDBACK else TOPIC, HANDOVER),
        code=ticket_codes.spoken(ticket.code),
        kind=kind_name(kind, within=True),
        agency=found.agency,
        due=moment_text(due),
    )


def _commune(tracker: Tracker, kind: str, place: str, said: str) -> str:
    """The present commune that a ticket is about, "" where none is certain.

    Where the citizen lives says nothing of where something happened.
    """
    found = places.find_place(place) or places.find_place(said)
    if found is not None:
        return found.new_wards[0] if len(found.new_wards) == 1 else ""
    return "" if kind in FEEDBACK else str(tracker.get_slot("commune") or "")
