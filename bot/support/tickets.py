"""Tickets (phiếu): what a citizen leaves for a person to answer.

A citizen gets a ticket's code told and may ask for its answer in the same conversation, or
anywhere with the telephone number that was left. What they write is kept without personal data.
Times are UTC, without a zone.
"""

from __future__ import annotations

import datetime as dt
import secrets

from bot import database
from bot.personal_data import mask
from bot.support import ticket_contacts
from bot.support import ticket_rows as rows
from bot.support.citizens import storable
from bot.support.ticket import (
    ANSWERED,
    CLOSED,
    KINDS,
    OPEN,
    STATES,
    Ticket,
    TicketRefused,
    TooManyTickets,
)
from bot.support.ticket_codes import DIGITS, PREFIX, normalised
from bot.support.ticket_contacts import contact, find_by_number
from bot.support.ticket_rows import MOST_PER_HOUR

LONGEST_TEXT = 2000
LONGEST_PLACE = 300
# Lengths of the columns.
_LONGEST_FIELD, _LONGEST_AGENCY = 128, 255
# A code that is taken already is rare until hundreds of thousands are kept.
_MOST_DRAWN = 20


def open_ticket(
    kind: str,
    session: str,
    channel: str,
    text: str,
    dossier_code: str = "",
    now: dt.datetime | None = None,
    *,
    contact: str = "",
    place: str = "",
    field: str = "",
    level: str = "",
    agency: str = "",
    due_at: dt.datetime | None = None,
) -> Ticket:
    """Keep what a citizen wrote, personal data masked and cut to `LONGEST_TEXT` letters.

    `contact` is a telephone number in clear, which is kept hashed and sealed only.

    Raises:
        TooManyTickets: `MOST_PER_HOUR` were opened by this conversation within the hour.
        TicketRefused: there is neither a text nor a dossier, or the contact is no number.
        bot.database.DatabaseUnavailable: the database is down.
    """
    written = mask(storable(text))[:LONGEST_TEXT]
    if not written and not dossier_code:
        raise TicketRefused("A ticket needs a text or a dossier.")
    for _ in range(_MOST_DRAWN):
        # Drawn, not counted: a serial number would tell others' codes.
        code = f"{PREFIX}{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        hashed, sealed = ticket_contacts.kept(code, contact)
        ticket = Ticket(
            code,
            kind,
            dossier_code,
            channel,
            written,
            now or dt.datetime.utcnow(),
            due_at=due_at,
            field=field[:_LONGEST_FIELD],
            level=level,
            agency=agency[:_LONGEST_AGENCY],
            place=mask(storable(place))[:LONGEST_PLACE],
            has_contact=bool(sealed),
        )
        try:
            rows.insert(ticket, rows.mark(session), hashed, sealed)
        except database.DatabaseUnavailable:
            # Unless the code is another ticket's, it is the database that failed.
            if by_code(code) is None:
                raise
        else:
            return ticket
    raise database.DatabaseUnavailable("No free code was found for a ticket.")


def find(code: str, session: str) -> Ticket | None:
    """The ticket with a code as citizens write it ("pa 012345"), or None.

    None also for a ticket of another conversation: codes are short.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    own = (rows.COLUMN.code == normalised(code), rows.COLUMN.session_hash == rows.mark(session))
    return next(iter(rows.find(*own)), None)


def by_code(code: str) -> Ticket | None:
    """The ticket with a code, whoever opened it, or None; for staff.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return next(iter(rows.find(rows.COLUMN.code == normalised(code))), None)


def open_for(dossier_code: str, session: str, kind: str) -> Ticket | None:
    """The conversation's latest ticket of a kind about a dossier that is not closed, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    own = (
        rows.COLUMN.dossier_code == dossier_code,
        rows.COLUMN.session_hash == rows.mark(session),
        rows.COLUMN.kind == kind,
    )
    found = rows.find(*own)
    return next((ticket for ticket in reversed(found) if ticket.state != CLOSED), None)


def listed(state: str = OPEN, kind: str = "") -> list[Ticket]:
    """All tickets in a state, of a kind if one is named, the oldest first.

    Raises:
        TicketRefused: there is no such state.
        bot.database.DatabaseUnavailable: the database is down.
    """
    if state not in STATES:
        raise TicketRefused(f"{state!r} is no state of tickets: {', '.join(STATES)}.")
    found = rows.find(*((rows.COLUMN.kind == kind,) if kind else ()))
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
    return rows.change(code, {"answer": ticket_contacts.sealed_answer(code, text)})


def close(code: str, now: dt.datetime | None = None) -> Ticket:
    """Close a ticket. If its citizen asked for erasure, it keeps nothing of them from now on.

    Raises:
        TicketRefused: no such ticket, or it is closed already.
        bot.database.DatabaseUnavailable: the database is down.
    """
    return rows.change(code, {"state": CLOSED, "closed_at": now or dt.datetime.utcnow()})


def erase(session: str) -> dict[str, int]:
    """Blank a conversation's closed tickets and unlink them from it, all or none.

    A ticket that is not closed stays, because somebody works on it: it is blanked when it is
    closed. Returned are `tickets` (blanked) and `tickets_kept` (until they are closed).

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    return rows.erase(rows.mark(session))


def withdraw(code: str) -> None:
    """Delete a ticket whose citizen was erased while it was made; "": none.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    rows.delete(code)


def purge(before: dt.datetime, *, dry_run: bool = False) -> int:
    """Delete the tickets that were closed before a moment; how many. `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    return rows.purge(before, dry_run=dry_run)


__all__ = [
    "ANSWERED", "CLOSED", "KINDS", "LONGEST_PLACE", "LONGEST_TEXT", "MOST_PER_HOUR", "OPEN",
    "STATES", "Ticket", "TicketRefused", "TooManyTickets", "answer", "by_code", "close", "contact",
    "erase", "find", "find_by_number", "listed", "open_for", "open_ticket", "purge",
]  # fmt: skip
