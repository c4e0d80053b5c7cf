"""What the hotline keeps of its callers: deliveries that were answered, and their screens.

A gateway delivers a message again where its line was lost; it gets the same pages again, also of a
server that was started anew. What is kept comes sealed. Times are UTC, without a zone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.support.tables import hotline_deliveries, hotline_screens

# A turn that has taken longer is given up: its server has ended.
UNDER_WAY_FOR = dt.timedelta(seconds=60)

_D, _S = hotline_deliveries.c, hotline_screens.c


@dataclass(frozen=True)
class Delivery:
    """A message that came before; `pages` are sealed, "" while its turn is under way."""

    body_hash: str
    pages: str
    made_at: dt.datetime


def find(sender: str, message_id: str) -> Delivery | None:
    """A delivery, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return _find(connection, sender, message_id)


def claim(
    sender: str, message_id: str, body_hash: str, now: dt.datetime | None = None
) -> Delivery | None:
    """The delivery as it came before; None if it is new or was given up: it is the caller's now.

    Of some that come at once, one gets None. `now` is the time, UTC; for tests.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    now = now or dt.datetime.utcnow()
    with database.begin() as connection:
        _queue_up(connection, sender)
        known = _find(connection, sender, message_id)
        if known is None:
            values = {"sender": sender, "message_id": message_id, "body_hash": body_hash}
            connection.execute(
                sa.insert(hotline_deliveries).values(**values, pages="", made_at=now)
            )
            return None
        if known.pages or known.body_hash != body_hash or known.made_at > now - UNDER_WAY_FOR:
            return known
        mine = sa.update(hotline_deliveries).where(*_this(sender, message_id))
        connection.execute(mine.values(made_at=now))
    return None


def finish(
    sender: str, message_id: str, pages: str, screen: str | None, now: dt.datetime | None = None
) -> None:
    """Keep what a delivery was answered and what its caller has before them, both or nothing.

    `screen`: see `keep_screen`.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    with database.begin() as connection:
        _queue_up(connection, sender)
        this = sa.update(hotline_deliveries).where(*_this(sender, message_id))
        connection.execute(this.values(pages=pages))
        _keep_screen(connection, sender, screen, now or dt.datetime.utcnow())


def release(sender: str, message_id: str) -> None:
    """Give up a delivery whose turn has failed: it may come again at once.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    under_way = (*_this(sender, message_id), _D.pages == "")
    with database.begin() as connection:
        connection.execute(sa.delete(hotline_deliveries).where(*under_way))


def screen(sender: str) -> str | None:
    """What a caller has before them, sealed, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    query = sa.select(_S.screen).where(_S.sender == sender)
    with database.connect() as connection:
        return connection.execute(query).scalar()


def keep_screen(sender: str, shown: str | None, now: dt.datetime | None = None) -> None:
    """Keep what a caller has before them, sealed; None: nothing.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    with database.begin() as connection:
        _queue_up(connection, sender)
        _keep_screen(connection, sender, shown, now or dt.datetime.utcnow())


def erase(sender: str) -> dict[str, int]:
    """Delete what is kept of a caller; what → how many. A delivery under way ends by itself.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    answered = (_D.sender == sender, _D.pages != "")
    with database.begin() as connection:
        deliveries = connection.execute(sa.delete(hotline_deliveries).where(*answered))
        screens = connection.execute(sa.delete(hotline_screens).where(_S.sender == sender))
        return {"hotline_deliveries": deliveries.rowcount, "hotline_screens": screens.rowcount}


def purge(before: dt.datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Delete what was kept before a moment; what → how many. `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    outlived = {
        "hotline_deliveries": (hotline_deliveries, _D.made_at < before),
        "hotline_screens": (hotline_screens, _S.changed_at < before),
    }
    counts = {}
    with database.begin() as connection:
        for name, (table, is_old) in outlived.items():
            query = sa.select(sa.func.count()).select_from(table).where(is_old)
            counts[name] = int(connection.execute(query).scalar() or 0)
            if not dry_run:
                connection.execute(sa.delete(table).where(is_old))
    return counts


def _find(connection: Connection, sender: str, message_id: str) -> Delivery | None:
    query = sa.select(_D.body_hash, _D.pages, _D.made_at).where(*_this(sender, message_id))
    row = connection.execute(query).first()
    return Delivery(row.body_hash, row.pages, row.made_at) if row else None


def _keep_screen(connection: Connection, sender: str, shown: str | None, now: dt.datetime) -> None:
    connection.execute(sa.delete(hotline_screens).where(_S.sender == sender))
    if shown is not None:
        values = {"sender": sender, "screen": shown, "changed_at": now}
        connection.execute(sa.insert(hotline_screens).values(values))


def _queue_up(connection: Connection, sender: str) -> None:
    database.queue_up(connection, [hashlib.sha256(f"hotline:{sender}".encode()).hexdigest()])


def _this(sender: str, message_id: str) -> tuple[sa.sql.ColumnElement[bool], ...]:
    return _D.sender == sender, _D.message_id == message_id
