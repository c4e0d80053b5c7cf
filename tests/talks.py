"""Talks that are handed over (chuyển cán bộ), and staff who take them, for tests."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from bot import database
from bot.settings import settings
from bot.staff.tables import staff, staff_sessions
from bot.support import handover as h
from bot.support import handovers
from bot.support.handover import Handover, Summary
from bot.support.tables import handover_messages
from bot.support.tables import handovers as table

NOON = dt.datetime.fromisoformat("2026-07-20T05:00:00")  # UTC without zone, as stored
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
LEASE = dt.timedelta(seconds=60)

Result = TypeVar("Result")


def opened(
    session: str = "one",
    now: dt.datetime = NOON,
    *,
    reason: str = h.REQUEST,
    channel: str = "web",
    desk: str = "",
    need: str = "",
    **more: Any,
) -> Handover:
    """A talk that waits."""
    return handovers.open_handover(
        session, channel, reason, Summary(need=need), desk=desk, now=now, **more
    )


def held(session: str = "one", name: str = "an", now: dt.datetime = NOON, **more: Any) -> Handover:
    """A talk that an operator has."""
    return handovers.claim(opened(session, now, **more).id, name, f"Cán bộ {name}", now)


def known(talk: Handover) -> Handover:
    """A talk as it is stored now."""
    found = handovers.find(talk.id)
    assert found is not None
    return found


def rows() -> tuple[int, int]:
    """How many hand-overs and messages are stored."""
    with database.connect() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count(each.c.id))).scalar()
            for each in (table, handover_messages)
        ]
    return int(counts[0] or 0), int(counts[1] or 0)


def sealed() -> list[str]:
    """What lies sealed beside messages."""
    with database.connect() as connection:
        query = sa.select(handover_messages.c.sealed).order_by(handover_messages.c.id)
        return [text for text in connection.execute(query).scalars() if text]


def put_on_duty(name: str = "an", *, desk: str = "", seen_at: dt.datetime | None = None) -> None:
    """An operator's account with a session that takes talks."""
    seen = seen_at or dt.datetime.utcnow()
    account = {"name": name, "shown_name": name, "password_hash": "", "role": "operator"}
    session = {"token_hash": name, "name": name, "csrf": "", "on_duty": True}
    with database.begin() as connection:
        connection.execute(sa.insert(staff).values({**account, "desk": desk, "made_at": seen}))
        stamps = {"made_at": seen, "seen_at": seen}
        connection.execute(sa.insert(staff_sessions).values({**session, **stamps}))


def take_the_database_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody answers."""
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql+psycopg2://postgres@127.0.0.1:1/name")
    settings.cache_clear()


def race(works: Sequence[Callable[[], Result]]) -> list[Result | Exception]:
    """What different works bring that start together in threads of their own, or their errors.

    More of them than the database has connections, unlike `tests.databases.at_the_same_time`.
    """
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Result]) -> Result | Exception:
        start.wait(timeout=10)
        try:
            return work()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))
