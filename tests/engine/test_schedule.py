"""The server's own work: due work is done by one worker, and no failure ends it."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sanic import Sanic

from bot import database, leases
from bot.dossiers import notices, subscriptions
from bot.dossiers import tables as t
from bot.dossiers.model import Dossier
from bot.dossiers.notices import Notice
from bot.engine import schedule
from bot.settings import Settings, settings

pytestmark = pytest.mark.usefixtures("database_ready")

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
CODE = "H48.16-230512-0003"
BEFORE, AFTER, LAST = "Đang xử lý", "Có kết quả", "Đã trả kết quả"


def set_status(status: str) -> None:
    """Of the one dossier of the local database."""
    with database.begin() as connection:
        connection.execute(sa.delete(t.dossiers))
        values = {"code": CODE, "status": status, "imported_at": NOON}
        connection.execute(sa.insert(t.dossiers).values(values))


def subscribe(session: str, at: dt.datetime = NOON) -> None:
    set_status(BEFORE)
    subscriptions.subscribe(session, "web", Dossier(CODE, BEFORE, "Nguồn thử", at.date()), at)


class Citizens:
    """Tells those who are connected, and remembers what."""

    def __init__(self, *connected: str) -> None:
        self.connected = connected
        self.told: list[tuple[str, str]] = []

    async def tell(self, notice: Notice) -> bool:
        if notice.session in self.connected:
            self.told.append((notice.session, notice.status))
        return notice.session in self.connected


def do(citizens: Citizens, now: dt.datetime) -> None:
    asyncio.run(schedule.do_what_is_due(citizens.tell, now))


def test_changes_are_told_to_who_is_connected_and_wait_for_others() -> None:
    subscribe("here")
    subscribe("away")
    set_status(AFTER)
    citizens = Citizens("here")
    do(citizens, NOON + HOUR)
    assert citizens.told == [("here", AFTER)]
    assert [notice.status for notice in notices.pending("away")] == [AFTER]
    # They come back between two polls: their worker tells them, though it does not poll.
    citizens.connected = ("here", "away")
    do(citizens, NOON + HOUR + MINUTE)
    assert citizens.told == [("here", AFTER), ("away", AFTER)]


def test_polls_keep_their_distance_whoever_makes_them() -> None:
    subscribe("here")
    set_status(AFTER)
    citizens = Citizens("here")
    do(citizens, NOON + HOUR)
    set_status(LAST)
    interval = dt.timedelta(minutes=settings().poll_minutes)
    do(citizens, NOON + HOUR + interval / 2)
    assert citizens.told == [("here", AFTER)]
    do(citizens, NOON + HOUR + interval)
    assert citizens.told == [("here", AFTER), ("here", LAST)]


def test_another_workers_poll_is_left_to_it() -> None:
    subscribe("here")
    set_status(AFTER)
    citizens = Citizens("here")
    assert leases.take(schedule.POLL, HOUR, NOON + HOUR) is True
    do(citizens, NOON + HOUR + MINUTE)
    assert citizens.told == []


def failures() -> list[str]:
    with database.connect() as connection:
        return list(connection.execute(sa.select(t.lookup_failures.c.key_hash)).scalars())


def put_failure(name: str) -> None:
    with database.begin() as connection:
        values = {"kind": "session", "key_hash": name, "failed_at": NOON - 2 * DAY}
        connection.execute(sa.insert(t.lookup_failures).values(values))


def test_what_was_kept_long_enough_goes_once_a_day() -> None:
    put_failure("old")
    do(Citizens(), NOON)
    assert failures() == []
    put_failure("old, too")
    do(Citizens(), NOON + DAY - MINUTE)
    assert failures() == ["old, too"]
    do(Citizens(), NOON + DAY)
    assert failures() == []


def test_a_poll_that_fails_is_logged_without_its_words_and_the_rest_is_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise KeyError("0905111222")

    monkeypatch.setattr(schedule, "gateway", broken)
    put_failure("old")
    with caplog.at_level(logging.DEBUG, "bot"):
        do(Citizens(), NOON)
    (message,) = caplog.messages
    assert message.startswith("The poll failed: KeyError at ")
    assert "test_schedule.py:" in message
    assert "0905111222" not in caplog.text
    assert failures() == []


def test_a_database_that_is_down_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql+psycopg2://postgres@127.0.0.1:1/name")
    settings.cache_clear()
    with caplog.at_level(logging.DEBUG, "bot"):
        do(Citizens(), NOON)
    assert [message.partition(" at ")[0] for message in caplog.messages] == [
        "The poll failed: DatabaseUnavailable",
        "The retention failed: DatabaseUnavailable",
    ]


class FakeApp:
    """Keeps listeners as Sanic does, and calls them."""

    def __init__(self) -> None:
        self.ctx = SimpleNamespace()
        self.listeners: dict[str, Callable[[Any, Any], Awaitable[None]]] = {}

    def register_listener(self, listener: Callable[..., Awaitable[None]], event: str) -> None:
        self.listeners[event] = listener

    async def reach(self, event: str) -> None:
        await self.listeners[event](self, asyncio.get_running_loop())


def serve(
    until: Callable[[list[float]], bool],
    citizens: Citizens,
    purge_own: schedule.Work | None = None,
) -> list[float]:
    """Seconds that the loop slept (in no time) between rounds until the server stopped."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def hurried(seconds: float) -> None:
        slept.append(seconds)
        await sleep(60 if until(slept) else 0)

    async def start_and_stop() -> None:
        app = FakeApp()
        schedule.add(cast(Sanic, app), citizens.tell, purge_own)
        assert sorted(app.listeners) == ["after_server_start", "before_server_stop"]
        await app.reach("after_server_start")
        while not until(slept):
            await sleep(0.001)
        task = app.ctx.schedule
        assert task.done() is False
        await app.reach("before_server_stop")
        assert task.cancelled() is True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": hurried}))
        asyncio.run(start_and_stop())
    return slept


def test_the_server_works_from_its_start_to_its_end(
    monkeypatch: pytest.MonkeyPatch, database_ready: Settings
) -> None:
    monkeypatch.setenv("BOT_POLL_MINUTES", "2")
    settings.cache_clear()
    subscribe("here", dt.datetime.utcnow() - HOUR)
    set_status(AFTER)
    citizens = Citizens("here")
    assert serve(lambda slept: len(slept) == 3, citizens) == [120, 120, 120]
    assert citizens.told == [("here", AFTER)]


def test_failures_do_not_end_the_servers_rounds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("0905111222")

    monkeypatch.setattr(schedule, "_poll", broken)
    rounds = serve(lambda slept: len(slept) == 3, Citizens())
    assert rounds == [settings().poll_minutes * 60] * 3
    polls = [message for message in caplog.messages if message.startswith("The poll failed")]
    assert len(polls) == 3
    assert "0905111222" not in caplog.text


def test_each_worker_forgets_its_own_once_a_day_even_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BOT_POLL_MINUTES", "720")
    settings.cache_clear()
    rounds: list[int] = []
    purged_in: list[int] = []

    async def purge_own() -> None:
        purged_in.append(len(rounds))
        raise RuntimeError("0905111222")

    async def count(*_: object) -> None:
        rounds.append(1)

    monkeypatch.setattr(schedule, "do_what_is_due", count)
    serve(lambda slept: len(slept) == 5, Citizens(), purge_own)
    assert purged_in == [1, 3, 5]
    assert [message.partition(" at ")[0] for message in caplog.messages] == [
        "The purge of this worker failed: RuntimeError"
    ] * 3
