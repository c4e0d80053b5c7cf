"""Tries to look a dossier up, and how many of them failed: shared by all workers, and lasting.

A try is reserved as failed before anything is verified, and taken back when it turns out to be
right. So of many tries at the same moment no more are verified than the limits allow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.dossiers import limits
from bot.dossiers.marks import address_mark, dossier_mark, mark, session_mark
from bot.dossiers.model import Asker
from bot.dossiers.tables import lookup_failures
from bot.settings import settings

SESSION, ADDRESS, DOSSIER, PERSON, SENDING = "session", "address", "dossier", "person", "sending"
# Rows that one try deletes at the most: forgetting must not make an answer slow.
FORGOTTEN_AT_ONCE = 100
_column = lookup_failures.c


@dataclass(frozen=True)
class Key:
    """What failures are counted by, named by a keyed hash, and how many are borne."""

    kind: str
    hash: str
    limit: limits.Limit


@dataclass(frozen=True)
class Attempt:
    """A try: refused because of a lock, or standing as failed in `rows` until taken back.

    `wants_whole_number`: see `wants_whole_number`, as of the moment of reserving.
    """

    is_locked: bool
    wants_whole_number: bool = False
    rows: tuple[int, ...] = ()


def session_key(asker: Asker) -> Key:
    """Failures of the conversation."""
    return Key(SESSION, session_mark(asker), limits.session_limit(settings()))


def address_keys(asker: Asker) -> tuple[Key, ...]:
    """Failures of the network address; none for a direct connection from this machine."""
    if not asker.address:
        return ()
    return (Key(ADDRESS, address_mark(asker), limits.address_limit(settings())),)


def dossier_key(code: str) -> Key:
    """Failures of a dossier's code, whether such a dossier exists or not."""
    return Key(DOSSIER, dossier_mark(code), limits.dossier_limit(settings()))


def person_keys(phone: str, identity_number: str) -> tuple[Key, ...]:
    """Failures of each number: who knows the one must not guess the other."""
    limit = limits.dossier_limit(settings())
    return (
        Key(PERSON, mark("phone", phone), limit),
        Key(PERSON, mark("identity", identity_number), limit),
    )


def sending_key(asker: Asker, code: str) -> Key:
    """One-time codes that the conversation had sent for a dossier."""
    return Key(SENDING, mark("sending", asker.session, code), limits.sending_limit())


def reserve(keys: Sequence[Key], now: dt.datetime) -> Attempt:
    """Count a try as failed under all keys, or under none if one of them is locked.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was counted.
    """
    with database.begin() as connection:
        database.queue_up(connection, _shared(keys))
        _forget(connection, now)
        if _is_any_locked(connection, keys, now):
            return Attempt(is_locked=True)
        has_address = any(key.kind == ADDRESS for key in keys)
        return Attempt(
            is_locked=False,
            wants_whole_number=has_address and _is_overall_limit_passed(connection, now),
            rows=tuple(_insert(connection, key, now) for key in keys),
        )


def take_back(attempt: Attempt) -> None:
    """A try was right, or could not be verified: it no longer counts as failed.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; the try goes on counting.
    """
    with database.begin() as connection:
        connection.execute(sa.delete(lookup_failures).where(_column.id.in_(attempt.rows)))


def wants_whole_number(asker: Asker, now: dt.datetime) -> bool:
    """Whether four digits no longer do: failures of all addresses together are too many.

    Somebody guesses from many addresses. A direct connection from this machine is not affected
    and not counted.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    if not asker.address:
        return False
    with database.connect() as connection:
        return _is_overall_limit_passed(connection, now)


def _shared(keys: Sequence[Key]) -> list[str]:
    """What nobody else may count under meanwhile: the keys, and the count of all addresses."""
    marks = [key.hash for key in keys]
    return [*marks, mark("overall")] if any(key.kind == ADDRESS for key in keys) else marks


def _forget(connection: Connection, now: dt.datetime) -> None:
    # Rows that another worker is deleting are passed over.
    old = (
        sa.select(_column.id)
        .where(_column.failed_at <= now - limits.FORGOTTEN_AFTER)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    connection.execute(sa.delete(lookup_failures).where(_column.id.in_(old)))


def _is_any_locked(connection: Connection, keys: Sequence[Key], now: dt.datetime) -> bool:
    failures: dict[str, list[dt.datetime]] = {key.hash: [] for key in keys}
    query = sa.select(_column.key_hash, _column.failed_at).where(
        _column.key_hash.in_(list(failures)), _column.failed_at > now - limits.FORGOTTEN_AFTER
    )
    for key_hash, failed_at in connection.execute(query):
        failures[key_hash].append(failed_at)
    return any(limits.is_locked(failures[key.hash], key.limit, now) for key in keys)


def _is_overall_limit_passed(connection: Connection, now: dt.datetime) -> bool:
    hourly = settings().lookup_failures_overall
    # Who stays just below the hourly limit could go on all day.
    windows = ((limits.HOUR, hourly), (limits.FORGOTTEN_AFTER, limits.HOURS_A_DAY * hourly))
    for window, most in windows:
        # Counting goes no further than it has to.
        some = (
            sa.select(_column.id)
            .where(_column.failed_at > now - window, _column.kind == ADDRESS)
            .limit(most + 1)
            .subquery()
        )
        found = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar()
        if int(found or 0) > most:
            return True
    return False


def _insert(connection: Connection, key: Key, now: dt.datetime) -> int:
    values = {"kind": key.kind, "key_hash": key.hash, "failed_at": now}
    return int(
        connection.execute(sa.insert(lookup_failures).values(values)).inserted_primary_key[0]
    )
