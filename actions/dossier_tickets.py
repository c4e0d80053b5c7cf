"""A ticket about a dossier that is the citizen's own: one of a kind while it is open."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import dossiers
from actions.answers import ANSWERED, REFUSED, answer, say
from actions.memory import text_of
from bot.dossiers.model import Dossier
from bot.offices.routing import find_place
from bot.support import promises, routing, tickets
from bot.support.tickets import Ticket


def opened(
    dispatcher: CollectingDispatcher, tracker: Tracker, dossier: Dossier, kind: str
) -> Ticket | None:
    """The new ticket; None where there is one already, or too many, which is said."""
    known = tickets.open_for(dossier.code, tracker.sender_id, kind)
    if known is not None:
        contract = answer("ticket", ANSWERED, source=dossiers.source_of(dossier))
        say(dispatcher, "utter_ticket_exists", contract, code=known.code, dossier=dossier.code)
        return None
    channel = tracker.get_latest_input_channel() or ""
    said = text_of(tracker)
    # The dossier's field is not told; its office is, and with it the level.
    place = find_place(dossier.agency)
    commune = place.new_wards[0] if place and len(place.new_wards) == 1 else ""
    found = routing.route(kind, said, commune=commune)
    try:
        return tickets.open_ticket(
            kind,
            tracker.sender_id,
            channel,
            said,
            dossier_code=dossier.code,
            field=found.field,
            level=found.level,
            agency=found.agency,
            due_at=promises.due(),
        )
    except tickets.TooManyTickets:
        say(dispatcher, "utter_too_many_tickets", answer("ticket", REFUSED))
        return None
