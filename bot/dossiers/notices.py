"""Changes that a poll has found and a citizen is to be told, each of them once.

Who tells a citizen claims the notices first: they count as delivered from then on, so that two
workers or two open pages never tell the same. What could not be sent is given back.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.dossiers import tables as t

# Older ones wait for their citizen to come back; offering them again and again is of no use.
OFFERED_FOR = dt.timedelta(days=1)

_COLUMN = t.notices.c
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """A dossier's new status (text of the source) for one conversation; `made_at` is UTC."""

    id: int
    session: str
    channel: str
    dossier_code: str
    status: str
    made_at: dt.datetime


# Sends a notice to a citizen who is connected; False if they are not.
Tell = Callable[[Notice], Awaitable[bool]]


def pending(session: str) -> list[Notice]:
    """What a conversation has not been told yet, the oldest first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return [_notice(row) for row in connection.execute(_undelivered(session))]


def claim(session: str, now: dt.datetime | None = None) -> list[Notice]:
    """What a conversation has not been told yet, now the caller's to tell; the oldest first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was claimed.
    """
    # Nearly always there is nothing: looking takes no lock for writing.
    if not pending(session):
        return []
    with database.begin() as connection:
        # Who comes second waits here, and then finds nothing undelivered.
        rows = connection.execute(_undelivered(session).with_for_update()).all()
        claimed = [_notice(row) for row in rows]
        _set_delivered(connection, [n.id for n in claimed], now or dt.datetime.utcnow())
    return claimed


def give_back(ids: Iterable[int]) -> None:
    """Claimed notices that could not be told: they are pending again.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.begin() as connection:
        _set_delivered(connection, list(ids), None)


def mark_delivered(ids: Iterable[int], now: dt.datetime | None = None) -> None:
    """Notices that were told without having been claimed.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.begin() as connection:
        _set_delivered(connection, list(ids), now or dt.datetime.utcnow())


async def deliver(tell: Tell, now: dt.datetime | None = None) -> int:
    """Offer the pending notices of the last day to `tell`; how many were told.

    What is not told, because the citizen is not connected or `tell` fails, stays pending.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    since = (now or dt.datetime.utcnow()) - OFFERED_FOR
    told = 0
    for session in await asyncio.to_thread(_waiting, since):
        told += await deliver_to(session, tell, now)
    return told


async def deliver_to(session: str, tell: Tell, now: dt.datetime | None = None) -> int:
    """Offer all pending notices of one conversation to `tell`; how many were told.

    What is not told stays pending; see `deliver`.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    claimed = await _claim_unhurried(session, now)
    told = 0
    try:
        while told < len(claimed) and await tell(claimed[told]):
            told += 1
    except Exception as error:
        # One conversation's fault is not the others'. The text may hold what was to be told.
        _log.error("A notice could not be told: %s", type(error).__name__)
    finally:
        # Also when the server stops meanwhile.
        if told < len(claimed):
            give_back(notice.id for notice in claimed[told:])
    return told


async def _claim_unhurried(session: str, now: dt.datetime | None) -> list[Notice]:
    """`claim` in a thread, which goes on when the waiting is cancelled: nothing gets lost."""
    work = asyncio.ensure_future(asyncio.to_thread(claim, session, now))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        give_back(notice.id for notice in await work)
        raise


def _waiting(since: dt.datetime) -> list[str]:
    """Conversations with notices to be told that were made since then."""
    undelivered = (_COLUMN.delivered_at.is_(None), _COLUMN.made_at >= since)
    query = sa.select(_COLUMN.session).where(*undelivered).group_by(_COLUMN.session)
    with database.connect() as connection:
        return list(connection.execute(query.order_by(sa.func.min(_COLUMN.id))).scalars())


def _undelivered(session: str) -> Any:
    where = (_COLUMN.session == session, _COLUMN.delivered_at.is_(None))
    return sa.select(t.notices).where(*where).order_by(_COLUMN.id)


def _set_delivered(connection: Any, ids: list[int], moment: dt.datetime | None) -> None:
    for some in database.chunks(ids):
        update = sa.update(t.notices).where(_COLUMN.id.in_(some))
        connection.execute(update.values(delivered_at=moment))


def _notice(row: Any) -> Notice:
    return Notice(row.id, row.session, row.channel, row.dossier_code, row.status, row.made_at)
