"""A record of every try to look a dossier up: who, what, how and with what outcome.

Nobody and nothing is named in clear (`marks`). Who holds a dossier's code finds what was tried
with it; from the record alone nobody finds a code.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from bot import database
from bot.dossiers.marks import address_mark, dossier_mark, session_mark
from bot.dossiers.model import Asker
from bot.dossiers.tables import lookup_audit

# Ways of asking.
DIGITS, NUMBER, PERSON, ONE_TIME_CODE = "digits", "number", "person", "one_time_code"
# Once more, after one of the others.
AGAIN = "again"
# Outcomes.
SHOWN, REFUSED, LOCKED, SENT, UNAVAILABLE = "shown", "refused", "locked", "sent", "unavailable"
LONGEST_CHANNEL = 32


@dataclass(frozen=True)
class Entry:
    """One try; the time is UTC, hashes are keyed, an empty address is this machine's."""

    tried_at: dt.datetime
    channel: str
    session_hash: str
    address_hash: str
    subject_hash: str
    way: str
    outcome: str


def record(asker: Asker, subject: str, way: str, outcome: str, now: dt.datetime) -> None:
    """Write one try down; `subject` is the mark of a dossier or a person.

    Raises:
        bot.database.DatabaseUnavailable: it could not be written: then nothing may be shown.
    """
    values = {
        "tried_at": now,
        "channel": asker.channel[:LONGEST_CHANNEL],
        "session_hash": session_mark(asker),
        "address_hash": address_mark(asker),
        "subject_hash": subject,
        "way": way,
        "outcome": outcome,
    }
    with database.begin() as connection:
        connection.execute(sa.insert(lookup_audit).values(values))


def entries(code: str | None = None, since: dt.datetime | None = None) -> list[Entry]:
    """Tries, the earliest first: of one dossier's code (official spelling), or all; since a time.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    column = lookup_audit.c
    query = sa.select(lookup_audit).order_by(column.tried_at, column.id)
    if code is not None:
        query = query.where(column.subject_hash == dossier_mark(code))
    if since is not None:
        query = query.where(column.tried_at >= since)
    with database.connect() as connection:
        return [Entry(*row[1:]) for row in connection.execute(query)]


def purge(before: dt.datetime) -> int:
    """Delete what was tried before a time (UTC); returns how many tries.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    with database.begin() as connection:
        old = sa.delete(lookup_audit).where(lookup_audit.c.tried_at < before)
        return int(connection.execute(old).rowcount)
