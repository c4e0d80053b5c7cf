"""Tickets (phiếu phản ánh): what a citizen leaves for a person to answer.

A citizen gets a ticket's code told and may ask for its answer in the same conversation. What
they write is kept without personal data. Times are UTC, without a zone.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.personal_data import mask
from bot.support.citizens import session_hash, storable
from bot.support.tables import tickets

OPEN, ANSWERED, CLOSED = STATES = ("open", "answered", "closed")
# Stored instead of "open": the citizen asked for erasure while somebody worked on the ticket.
_ERASED_WHEN_CLOSED = "erase_on_close"

LONGEST_TEXT = 2000
MOST_PER_HOUR = 5
# A code that is taken already is rare until hundreds of thousands are kept.
_MOST_DRAWN = 20

_COLUMN = tickets.c


class TicketRefused(ValueError):
    """What is asked of a ticket cannot be done; the text says why, for operators."""


class TooManyTickets(RuntimeError):
    """The conversation has opened as many tickets as it may within an hour."""


@dataclass(frozen=True)
class Ticket:
    """A ticket; `state` is one of `STATES`, `kind` what it is about (late_dossier …)."""

    code: str
    kind: str
    dossier_code: str
    channel: str
    text: str
    made_at: dt.datetime
    state: str = OPEN
    answer: str = ""
    closed_at: dt.datetime | None = None


def open_ticket(
    kind: str,
    session: str,
    channel: str,
    text: str,
    dossier_code: str = "",
    now: dt.datetime | None = None,
) -> Ticket:
    """Keep what a citizen wrote, personal data masked and cut to `LONGEST_TEXT` letters.

    Raises:
        TooManyTickets: `MOST_PER_HOUR` were opened by this conversation within the hour.
        TicketRefused: there is neither a text nor a dossier.
        bot.database.DatabaseUnavailable: the database is down.
    """
    written = mask(storable(text))[:LONGEST_TEXT]
    if not written and not dossier_code:
        raise TicketRefused("A ticket needs a text or a dossier.")
    for _ in range(_MOST_DRAWN):
        # Drawn, not counted: a serial number would tell others' codes.
        code = f"PA{secrets.randbelow(10**6):06}"
        ticket = Ticket(code, kind, dossier_code, channel, written, now or dt.datetime.utcnow())
        try:
            _insert(ticket, _session_hash(session))
        except database.DatabaseUnavailable:
            # Unless the code is another ticket's, it is the database that failed.
            if not _is_taken(code):
                raise
        else:
            return ticket
    raise database.DatabaseUnavailable("No free code was found for a ticket.")


def _insert(ticket: Ticket, session_hash: str) -> None:
    hour_ago = ticket.made_at - dt.timedelta(hours=1)
    recent = (_COLUMN.session_hash == session_hash, _COLUMN.made_at > hour_ago)
    with database.begin() as connection:
        database.queue_up(connection, [session_hash])
        count = connection.execute(sa.select(sa.func.count(_COLUMN.code)).where(*recent)).scalar()
        if int(count or 0) >= MOST_PER_HOUR:
            raise TooManyTickets(f"{count} tickets were opened within the hour.")
        connection.execute(
            sa.insert(tickets).values(
                code=ticket.code,
                kind=ticket.kind,
                dossier_code=ticket.dossier_code,
                session_hash=session_hash,
                channel=ticket.channel,
                text=ticket.text,
                made_at=ticket.made_at,
                state=OPEN,
            )
        )


def _is_taken(code: str) -> bool:
    with database.connect() as connection:
        return connection.execute(_select(_COLUMN.code == code)).first() is not None


def find(code: str, session: str) -> Ticket | None:
    """The ticket with a code as citizens write it ("pa 012345"), or None.

    None also for a ticket of another conversation: codes are short.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    own = (_COLUMN.code == _normalised(code), _COLUMN.session_hash == _session_hash(session))
    with database.connect() as connection:
        row = connection.execute(_select(*own)).first()
    return _ticket(row) if row else None


def open_for(dossier_code: str, session: str, kind: str) -> Ticket | None:
    """The conversation's latest ticket of a kind about a dossier that is not closed, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    own = (
        _COLUMN.dossier_code == dossier_code,
        _COLUMN.session_hash == _session_hash(session),
        _COLUMN.kind == kind,
    )
    with database.connect() as connection:
        found = [_ticket(row) for row in connection.execute(_select(*own))]
    return next((ticket for ticket in reversed(found) if ticket.state != CLOSED), None)


def listed(state: str = OPEN) -> list[Ticket]:
    """All tickets in a state, the oldest first.

    Raises:
        TicketRefused: there is no such state.
        bot.database.DatabaseUnavailable: the database is down.
    """
    if state not in STATES:
        raise TicketRefused(f"{state!r} is no state of tickets: {', '.join(STATES)}.")
    with database.connect() as connection:
        found = [_ticket(row) for row in connection.execute(_select())]
    return [ticket for ticket in found if ticket.state == state]


def answer(code: str, text: str) -> Ticket:
    """Keep the office's answer, which the citizen may read; a second one replaces the first.

    Raises:
        TicketRefused: no such ticket, it is closed, or the answer is empty or too long.
        bot.database.DatabaseUnavailable: the database is down.
    """
    text = storable(text)
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise TicketRefused(f"An answer has 1 to {LONGEST_TEXT} letters.")
    return _change(code, {"answer": text})


def close(code: str, now: dt.datetime | None = None) -> Ticket:
    """Close a ticket. If its citizen asked for erasure, it keeps nothing of them from now on.

    Raises:
        TicketRefused: no such ticket, or it is closed already.
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _change(code, {"state": CLOSED, "closed_at": now or dt.datetime.utcnow()})


def _change(code: str, values: dict[str, Any]) -> Ticket:
    normalised = _normalised(code)
    this = _select(_COLUMN.code == normalised)
    with database.begin() as connection:
        row = connection.execute(this.with_for_update()).first()
        if row is None:
            raise TicketRefused(f"There is no ticket {normalised}.")
        if row.state == CLOSED:
            raise TicketRefused(f"Ticket {normalised} is closed.")
        if row.state == _ERASED_WHEN_CLOSED and values.get("state") == CLOSED:
            values = {**values, **_BLANK}
        update = sa.update(tickets).where(_COLUMN.code == normalised).values(values)
        connection.execute(update)
        return _ticket(connection.execute(this).one())


# What is left of a citizen's ticket for the province: that there was one, of what kind and when.
_BLANK = {"text": "", "dossier_code": "", "answer": "", "session_hash": ""}


def erase(session: str) -> dict[str, int]:
    """Blank a conversation's closed tickets and unlink them from it, all or none.

    A ticket that is not closed stays, because somebody works on it: it is blanked when it is
    closed. Returned are `tickets` (blanked) and `tickets_kept` (until they are closed).

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    own = _COLUMN.session_hash == _session_hash(session)
    is_closed = _COLUMN.state == CLOSED
    with database.begin() as connection:
        mark = sa.update(tickets).where(own, sa.not_(is_closed))
        kept = connection.execute(mark.values(state=_ERASED_WHEN_CLOSED)).rowcount
        blank = sa.update(tickets).where(own, is_closed)
        blanked = connection.execute(blank.values(_BLANK)).rowcount
    return {"tickets": int(blanked), "tickets_kept": int(kept)}


def purge(before: dt.datetime, *, dry_run: bool = False) -> int:
    """Delete the tickets that were closed before a moment; how many. `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    outlived = (_COLUMN.state == CLOSED, _COLUMN.closed_at < before)
    with database.begin() as connection:
        query = sa.select(sa.func.count(_COLUMN.code)).where(*outlived)
        count = int(connection.execute(query).scalar() or 0)
        if not dry_run:
            connection.execute(sa.delete(tickets).where(*outlived))
    return count


def _normalised(code: str) -> str:
    return re.sub(r"[\s.\-]", "", code).upper()


def _session_hash(session: str) -> str:
    return session_hash(session, "ticket")


def _select(*where: Any) -> Any:
    return sa.select(tickets).where(*where).order_by(_COLUMN.made_at, _COLUMN.code)


def _ticket(row: Any) -> Ticket:
    state = CLOSED if row.state == CLOSED else ANSWERED if row.answer else OPEN
    kept = (row.code, row.kind, row.dossier_code, row.channel, row.text, row.made_at)
    return Ticket(*kept, state=state, answer=row.answer, closed_at=row.closed_at)
