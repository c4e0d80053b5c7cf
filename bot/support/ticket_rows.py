"""Rows of tickets: written and read here, whatever is wanted of them (`bot.support.tickets`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database, sealing
from bot.support.citizens import session_hash
from bot.support.tables import tickets
from bot.support.ticket import ANSWERED, CLOSED, OPEN, Ticket, TicketRefused, TooManyTickets
from bot.support.ticket_codes import normalised

MOST_PER_HOUR = 5
# Stored instead of "open": the citizen asked for erasure while somebody worked on the ticket.
ERASED_WHEN_CLOSED = "erase_on_close"
# What is left of a citizen's ticket for the province: that there was one, of what kind and when.
BLANK = {
    "text": "",
    "dossier_code": "",
    "answer": "",
    "session_hash": "",
    "contact_hash": "",
    "contact_sealed": "",
    "due_at": None,
    "field": "",
    "level": "",
    "agency": "",
    "place": "",
}
COLUMN = tickets.c
_STORED = ("code", "kind", "dossier_code", "channel", "text", "made_at")
_ROUTE = ("due_at", "field", "level", "agency", "place")


def mark(session: str) -> str:
    """The keyed hash that a conversation's tickets bear."""
    return session_hash(session, "ticket")


def insert(ticket: Ticket, owner: str, contact_hash: str, contact_sealed: str) -> None:
    """Write a new ticket of the conversation with the mark `owner`.

    Raises:
        TooManyTickets: `MOST_PER_HOUR` were opened by this conversation within the hour.
        bot.database.DatabaseUnavailable: the code is taken, or the database is down.
    """
    hour_ago = ticket.made_at - dt.timedelta(hours=1)
    recent = (COLUMN.session_hash == owner, COLUMN.made_at > hour_ago)
    values = {name: getattr(ticket, name) for name in (*_STORED, *_ROUTE)}
    values.update(
        session_hash=owner, contact_hash=contact_hash, contact_sealed=contact_sealed, state=OPEN
    )
    with database.begin() as connection:
        database.queue_up(connection, [owner])
        count = connection.execute(sa.select(sa.func.count(COLUMN.code)).where(*recent)).scalar()
        if int(count or 0) >= MOST_PER_HOUR:
            raise TooManyTickets(f"{count} tickets were opened within the hour.")
        connection.execute(sa.insert(tickets).values(values))


def find(*where: Any) -> list[Ticket]:
    """Tickets under these conditions, the oldest first."""
    with database.connect() as connection:
        return [_ticket(row) for row in connection.execute(_select(*where))]


def contact_sealed(code: str) -> str | None:
    """The sealed telephone number of a ticket, "" if none was left; None: no such ticket."""
    query = sa.select(COLUMN.contact_sealed).where(COLUMN.code == normalised(code))
    with database.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else str(row.contact_sealed)


def change(code: str, values: dict[str, Any]) -> Ticket:
    """The ticket with new values; one that was to be erased is blanked when it is closed.

    Raises:
        TicketRefused: no such ticket, or it is closed.
        bot.database.DatabaseUnavailable: the database is down.
    """
    wanted = normalised(code)
    this = _select(COLUMN.code == wanted)
    with database.begin() as connection:
        row = connection.execute(this.with_for_update()).first()
        if row is None:
            raise TicketRefused(f"There is no ticket {wanted}.")
        if row.state == CLOSED:
            raise TicketRefused(f"Ticket {wanted} is closed.")
        if row.state == ERASED_WHEN_CLOSED and values.get("state") == CLOSED:
            values = {**values, **BLANK}
        _update(connection, values, COLUMN.code == wanted)
        return _ticket(connection.execute(this).one())


def erase(owner: str) -> dict[str, int]:
    """See `bot.support.tickets.erase`; `owner` is the conversation's mark."""
    own = COLUMN.session_hash == owner
    is_closed = COLUMN.state == CLOSED
    with database.begin() as connection:
        kept = _update(connection, {"state": ERASED_WHEN_CLOSED}, own, sa.not_(is_closed))
        blanked = _update(connection, BLANK, own, is_closed)
    return {"tickets": blanked, "tickets_kept": kept}


def purge(before: dt.datetime, *, dry_run: bool) -> int:
    """See `bot.support.tickets.purge`."""
    outlived = (COLUMN.state == CLOSED, COLUMN.closed_at < before)
    with database.begin() as connection:
        query = sa.select(sa.func.count(COLUMN.code)).where(*outlived)
        count = int(connection.execute(query).scalar() or 0)
        if not dry_run:
            connection.execute(sa.delete(tickets).where(*outlived))
    return count


def delete(code: str) -> None:
    """See `bot.support.tickets.withdraw`."""
    with database.begin() as connection:
        connection.execute(sa.delete(tickets).where(COLUMN.code == code))


def _update(connection: Connection, values: dict[str, Any], *where: Any) -> int:
    return int(connection.execute(sa.update(tickets).where(*where).values(values)).rowcount)


def _select(*where: Any) -> Any:
    return sa.select(tickets).where(*where).order_by(COLUMN.made_at, COLUMN.code)


def answer_context(code: str) -> str:
    """What an answer is sealed for."""
    return f"ticket-answer:{code}"


def _ticket(row: Any) -> Ticket:
    known = {name: getattr(row, name) for name in (*_STORED, *_ROUTE, "answer", "closed_at")}
    opened = sealing.unseal(row.answer, answer_context(row.code), None) if row.answer else None
    known["answer"] = row.answer if opened is None else opened
    state = CLOSED if row.state == CLOSED else ANSWERED if row.answer else OPEN
    return Ticket(**known, state=state, has_contact=bool(row.contact_sealed))
