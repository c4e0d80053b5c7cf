"""Who is signed in: sessions that a random token opens, of which only a hash is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.settings import settings
from bot.staff.presence import LONGEST_SESSION, OVERSEERS
from bot.staff.tables import staff, staff_sessions

TOKEN_BYTES = 32
# A page asks every two seconds; the database is told less often.
MOST_SECONDS_UNSEEN = 5.0

_COLUMN = staff_sessions.c


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in; `csrf` is what their page sends along with each change."""

    token_hash: str
    name: str
    shown_name: str
    role: str
    desk: str
    csrf: str
    on_duty: bool
    made_at: dt.datetime
    seen_at: dt.datetime

    @property
    def oversees(self) -> bool:
        """Whether they see all desks."""
        return self.role in OVERSEERS

    @property
    def desks(self) -> tuple[str, ...] | None:
        """Desks whose talks they see; None: all."""
        return None if self.oversees else tuple(dict.fromkeys(("", self.desk)))


def start(connection: Connection, name: str, now: dt.datetime) -> str:
    """A new session, on duty, in a transaction that holds the account's row; its token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    over = sa.or_(_COLUMN.made_at <= now - LONGEST_SESSION, _COLUMN.seen_at <= now - _idle())
    # Only the account's own, whose row is held: sign-ins of others do not wait for each other.
    connection.execute(sa.delete(staff_sessions).where(_COLUMN.name == name, over))
    connection.execute(
        sa.insert(staff_sessions).values(
            token_hash=_hash(token),
            name=name,
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
            made_at=now,
            seen_at=now,
            on_duty=True,
        )
    )
    return token


def find(token: str, now: dt.datetime | None = None) -> Session | None:
    """Who is signed in by a token; None: nobody (any more), or the account is disabled.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    where = (
        _COLUMN.token_hash == _hash(token),
        _COLUMN.made_at > now - LONGEST_SESSION,
        _COLUMN.seen_at > now - _idle(),
        staff.c.is_active,
    )
    columns = (
        _COLUMN.token_hash, staff.c.name, staff.c.shown_name, staff.c.role, staff.c.desk,
        _COLUMN.csrf, _COLUMN.on_duty, _COLUMN.made_at, _COLUMN.seen_at,
    )  # fmt: skip
    joined = staff_sessions.join(staff, staff.c.name == _COLUMN.name)
    query = sa.select(*columns).select_from(joined).where(*where)
    with database.connect() as connection:
        row = connection.execute(query).first()
    return Session(*row) if row else None


def touch(session: Session, now: dt.datetime | None = None) -> bool:
    """Remember that a session was seen; False if that is known well enough.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    unseen = min(MOST_SECONDS_UNSEEN, settings().support_lease_seconds / 4)
    if (now - session.seen_at).total_seconds() < unseen:
        return False
    _change(session, {"seen_at": now})
    return True


def set_duty(session: Session, *, on_duty: bool) -> None:
    """Whether its operator takes talks just now.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    _change(session, {"on_duty": on_duty})


def end(session: Session) -> None:
    """Sign out.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.begin() as connection:
        this = _COLUMN.token_hash == session.token_hash
        connection.execute(sa.delete(staff_sessions).where(this))


def purge(now: dt.datetime | None = None) -> int:
    """Delete sessions that are over; how many.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    over = sa.or_(_COLUMN.made_at <= now - LONGEST_SESSION, _COLUMN.seen_at <= now - _idle())
    with database.begin() as connection:
        return int(connection.execute(sa.delete(staff_sessions).where(over)).rowcount)


def _change(session: Session, values: dict[str, Any]) -> None:
    this = sa.update(staff_sessions).where(_COLUMN.token_hash == session.token_hash)
    with database.begin() as connection:
        connection.execute(this.values(values))


def _idle() -> dt.timedelta:
    return dt.timedelta(minutes=settings().console_idle_minutes)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
