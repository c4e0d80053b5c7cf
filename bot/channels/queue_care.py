"""What happens in the queue by itself: operators who vanish, places that move up, long waits, and
the end of the staff's hours. Each citizen is told, once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from bot import clock, sealing
from bot.channels import operators
from bot.rendering.moments import moment_text
from bot.settings import settings
from bot.staff import presence
from bot.support import handover as h
from bot.support import handover_rows, handover_talk, handovers, promises, routing, tickets
from bot.support.citizens import storable
from bot.support.handover import Handover
from bot.support.ticket import DENUNCIATION, MESSAGE, TicketRefused
from bot.support.ticket_contacts import national

logger = logging.getLogger(__name__)

# Behind it nobody is told each step; who writes hears their place.
LAST_PLACE_TOLD = 20
# Between two of the staff's spans of a day.
LONGEST_BREAK = dt.timedelta(hours=3)


async def care() -> None:
    """Look after the queue once; safe to do in several processes at a time.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    await asyncio.to_thread(look_after)


def look_after(now: dt.datetime | None = None) -> None:
    """See `care`; `now` is the time, UTC, for tests."""
    now = now or dt.datetime.utcnow()
    for talk, name in handovers.return_vanished(now):
        operators.vanished(talk, name)
    waiting = handovers.listed(h.WAITING)
    places = handovers.places() if waiting else {}
    for talk in waiting:
        waits_long = now - talk.opened_at > _long_wait()
        if _is_over(now) and (waits_long or not presence.on_duty(talk.desk)):
            try:
                _make_ticket(talk, now)
            except (h.HandoverRefused, TicketRefused) as error:
                # One talk's fault is not the others'.
                logger.error("A talk was not made a ticket: %s", type(error).__name__)
        elif waits_long and handovers.note_told(talk.id, long=True):
            due = moment_text(promises.due())
            operators.tell(talk, "utter_handover_long", "long", due=due)
        else:
            _tell_place(talk, places.get(talk.id, 1), now)


def _is_over(now: dt.datetime) -> bool:
    """Whether the staff's hours are over, at a moment (UTC); a break at noon is waited for."""
    moment = now.replace(tzinfo=dt.timezone.utc)
    if promises.is_open(moment):
        return False
    opens = promises.next_opening(moment)
    return opens is None or opens - clock.in_vietnam(now) > LONGEST_BREAK


def _long_wait() -> dt.timedelta:
    return dt.timedelta(minutes=settings().support_wait_minutes)


def _tell_place(talk: Handover, place: int, now: dt.datetime) -> None:
    """Tell a place that has become better; one that became worse, by urgent talks, is not told."""
    if talk.told_place is None or place >= talk.told_place or place > LAST_PLACE_TOLD:
        return
    if handovers.note_told(talk.id, place):
        # `note_told` sees to it that it is said once; later it may be said again.
        key = f"place-{talk.claim}-{place}-{now:%H%M%S%f}"
        operators.tell(talk, "utter_handover_place", key, place=place)


def _make_ticket(talk: Handover, now: dt.datetime) -> None:
    """A talk that nobody came to becomes a ticket, which somebody answers later."""
    # First the ticket, then the end: a fault in between costs nobody what they have said.
    if not handover_rows.reserve(talk.id, now):
        return
    due = promises.due()
    written = [
        line.text
        for line in handover_talk.read(talk.id)
        if line.author == h.CITIZEN and not line.earlier
    ]
    said = "\n".join(filter(None, (talk.summary.need, talk.summary.procedure_name, *written)))
    # No more is kept of it, and looking for words takes its time.
    about = storable(said)[: tickets.LONGEST_TEXT] or "?"
    begun = DENUNCIATION if talk.reason == h.DENUNCIATION else MESSAGE
    kind = routing.kind_of(about, begun)
    route = routing.route(kind, about)
    number = sealing.unseal(talk.reply_to, talk.session, None) if talk.reply_to else ""
    told = {"due": moment_text(due)}
    response, code = "utter_handover_ticket", ""
    try:
        ticket = tickets.open_ticket(
            kind,
            talk.session,
            talk.channel,
            about,
            contact=national(number or ""),
            field=route.field,
            level=route.level,
            agency=talk.desk or route.agency,
            due_at=due,
        )
        told["code"] = code = ticket.code
    except tickets.TooManyTickets:
        response = "utter_handover_closed"
    # Unless an operator was faster: then they answer, and the ticket is there as well.
    try:
        ended = handovers.end(talk.id, h.TICKET, now=now, states=(h.WAITING,))
    except h.HandoverRefused:
        # Erased meanwhile: nothing of it may stay.
        tickets.withdraw(code)
        return
    if ended is not None:
        operators.tell(talk, response, "ticket", **told)
