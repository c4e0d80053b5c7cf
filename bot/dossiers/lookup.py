"""Where a dossier stands, told only to an asker who knows the second factor."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.dossiers import tables as t
from bot.dossiers.verification import keyed_hash, matches
from bot.settings import settings


@dataclass(frozen=True)
class DossierStatus:
    """What a verified asker may read: never a name, telephone or identity number."""

    code: str
    procedure_code: str
    status: str
    agency: str
    note: str
    received_on: dt.date | None
    due_on: dt.date | None
    finished_on: dt.date | None
    source_title: str
    checked_on: dt.date


SOURCE_TITLE = "Dữ liệu hồ sơ của tỉnh"


def look_up(code: str, digits: str, now: dt.datetime | None = None) -> DossierStatus | None:
    """The dossier's status, or None.

    None says nothing about why: the code may not exist, the digits may be wrong, or too
    many refusals of this code may lie within the hour.

    Args:
        code: normalised dossier code.
        digits: the last four digits, or the whole number.
        now: the time, UTC; for tests.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    secret = settings().secret
    code_hash = keyed_hash(secret, "refusal", code)
    with database.begin() as connection:
        row = connection.execute(sa.select(t.dossiers).where(t.dossiers.c.code == code)).first()
        stored = (
            {
                "phone": row.phone_hash,
                "phone-tail": row.phone_tail_hash,
                "identity": row.identity_hash,
                "identity-tail": row.identity_tail_hash,
            }
            if row
            else {}
        )
        verified = matches(secret, code, digits, stored)
        if _is_locked(connection, code_hash, now):
            return None
        if row is None or not verified:
            connection.execute(sa.insert(t.refusals).values(code_hash=code_hash, refused_at=now))
            return None
    return DossierStatus(
        code=row.code,
        procedure_code=row.procedure_code,
        status=row.status,
        agency=row.agency,
        note=row.note,
        received_on=row.received_on,
        due_on=row.due_on,
        finished_on=row.finished_on,
        source_title=SOURCE_TITLE,
        checked_on=row.imported_at.date(),
    )


def _is_locked(connection: Connection, code_hash: str, now: dt.datetime) -> bool:
    """Whether the code has been refused too often within the last hour."""
    column = t.refusals.c
    hour_ago = now - dt.timedelta(hours=1)
    connection.execute(sa.delete(t.refusals).where(column.refused_at < hour_ago))
    count = connection.execute(
        sa.select(sa.func.count()).where(column.code_hash == code_hash)
    ).scalar()
    return int(count or 0) >= settings().lookup_failures_per_hour
