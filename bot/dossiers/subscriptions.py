"""Who is told when the status of their dossier changes, and when they agreed to it.

A subscription lasts until it is ended, until the dossier's last status, or 180 days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.dossiers import tables as t
from bot.dossiers.marks import mark
from bot.dossiers.model import Dossier

LASTS = dt.timedelta(days=180)
MOST_ACTIVE = 10

_COLUMN = t.subscriptions.c


class TooManySubscriptions(RuntimeError):
    """The conversation has as many active subscriptions as one may have."""


@dataclass(frozen=True)
class Subscription:
    """One conversation's wish to be told of one dossier. Times are UTC, without a zone.

    `last_status` is the text of the source that the citizen knows already.
    """

    session: str
    channel: str
    dossier_code: str
    last_status: str
    consented_at: dt.datetime


def subscribe(session: str, channel: str, dossier: Dossier, now: dt.datetime | None = None) -> bool:
    """Keep a citizen's consent to be told of changes; False if it is kept already.

    Only for a dossier that `lookup` has just shown to this conversation: who asks is not
    verified here again.

    Args:
        session: the conversation.
        channel: name of the channel on which to tell.
        dossier: as shown; its status is the one that the citizen knows.
        now: the time, UTC; for tests.

    Raises:
        TooManySubscriptions: `MOST_ACTIVE` others of this conversation are active.
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    with database.begin() as connection:
        database.queue_up(connection, [mark("subscriptions", session)])
        codes = {item.dossier_code for item in _select(connection, now, _COLUMN.session == session)}
        if dossier.code in codes:
            return False
        if len(codes) >= MOST_ACTIVE:
            raise TooManySubscriptions(f"{len(codes)} subscriptions are active already.")
        connection.execute(
            sa.insert(t.subscriptions).values(
                session=session,
                channel=channel,
                dossier_code=dossier.code,
                last_status=dossier.status,
                consented_at=now,
            )
        )
    return True


def end(session: str, code: str | None = None, now: dt.datetime | None = None) -> int:
    """End a conversation's subscriptions, of one dossier or all; how many there were.

    What it has not been told yet is dropped: who wants no more notices gets no more.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    ended, dropped = [_COLUMN.session == session], [t.notices.c.session == session]
    if code is not None:
        ended.append(_COLUMN.dossier_code == code)
        dropped.append(t.notices.c.dossier_code == code)
    with database.begin() as connection:
        # In this order: a poll that was faster has written its notice when this gets its turn.
        update = sa.update(t.subscriptions).where(is_active(now), *ended).values(ended_at=now)
        count = connection.execute(update).rowcount
        undelivered = t.notices.c.delivered_at.is_(None)
        connection.execute(sa.delete(t.notices).where(undelivered, *dropped))
    return int(count)


def of_session(session: str, now: dt.datetime | None = None) -> list[Subscription]:
    """A conversation's active subscriptions, the oldest first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return _select(connection, now or dt.datetime.utcnow(), _COLUMN.session == session)


def active(now: dt.datetime | None = None) -> list[Subscription]:
    """All active subscriptions, the oldest first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return _select(connection, now or dt.datetime.utcnow())


def is_active(now: dt.datetime) -> Any:
    """SQL condition: neither ended nor as old as `LASTS`."""
    return sa.and_(_COLUMN.ended_at.is_(None), _COLUMN.consented_at > now - LASTS)


def _select(connection: Connection, now: dt.datetime, *where: Any) -> list[Subscription]:
    columns = (
        _COLUMN.session,
        _COLUMN.channel,
        _COLUMN.dossier_code,
        _COLUMN.last_status,
        _COLUMN.consented_at,
    )
    query = sa.select(*columns).where(is_active(now), *where).order_by(_COLUMN.id)
    return [Subscription(*row) for row in connection.execute(query)]
