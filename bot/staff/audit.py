"""The record of what staff did: never what citizens wrote, and no number of theirs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from bot import database
from bot.staff.tables import staff_audit

SIGN_IN, SIGN_IN_FAILED, LOCKED, SIGN_OUT = "sign_in", "sign_in_failed", "locked", "sign_out"
READ = "read"
MOST_READ = 1000
LONGEST_DETAIL = 200
_COLUMN = staff_audit.c


@dataclass(frozen=True)
class Entry:
    """What somebody did, and to what ("handover:12", "ticket:PA012345"); the time is UTC."""

    at: dt.datetime
    name: str
    action: str
    subject: str
    detail: str


def record(name: str, action: str, subject: str = "", detail: str = "", address: str = "") -> None:
    """Write down what was done; `address` is the keyed hash of a network.

    Raises:
        bot.database.DatabaseUnavailable: it could not be written.
    """
    values = {
        "at": dt.datetime.utcnow(),
        "name": name,
        "action": action,
        "subject": subject[:64],
        "detail": detail[:LONGEST_DETAIL],
        "address_hash": address[:64],
    }
    with database.begin() as connection:
        connection.execute(sa.insert(staff_audit).values(values))


def read(limit: int = 200) -> list[Entry]:
    """What was done last, the latest first, at most `MOST_READ`.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    columns = (_COLUMN.at, _COLUMN.name, _COLUMN.action, _COLUMN.subject, _COLUMN.detail)
    query = sa.select(*columns).order_by(_COLUMN.id.desc()).limit(min(limit, MOST_READ))
    with database.connect() as connection:
        return [Entry(*row) for row in connection.execute(query)]


def purge(before: dt.datetime, *, dry_run: bool = False) -> int:
    """Delete what was done before a time (UTC); how much. `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    old = _COLUMN.at < before
    with database.begin() as connection:
        count = connection.execute(sa.select(sa.func.count(_COLUMN.id)).where(old)).scalar()
        if not dry_run:
            connection.execute(sa.delete(staff_audit).where(old))
    return int(count or 0)
