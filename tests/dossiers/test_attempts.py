"""Tries are counted before they are verified: not even many at once slip past a limit."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers import attempts, lookup, one_time_codes
from bot.dossiers.attempts import Key, reserve, take_back
from bot.dossiers.limits import Limit
from bot.dossiers.marks import mark
from bot.dossiers.model import Asker
from bot.dossiers.tables import lookup_failures
from bot.migrations.runner import upgrade
from bot.settings import Settings, settings
from tests.dossiers.files import CODE, PHONE
from tests.dossiers.gateways import WatchedGateway
from tests.dossiers.looking_up import (
    MINUTE,
    NOON,
    OWNER,
    change_setting,
    counted,
    import_and_watch,
    look_up,
    somebody,
)

POSTGRES = "postgresql+psycopg2://postgres@127.0.0.1:5432/"
DAY = dt.timedelta(days=1)
WORKERS, AT_ONCE = 5, 10


@pytest.fixture(params=["sqlite", "postgresql"])
def gateway(
    request: pytest.FixtureRequest,
    database_ready: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    require_service: Callable[[str, str, int], None],
) -> Iterator[WatchedGateway]:
    """Three dossiers, in SQLite and in a database of PostgreSQL that exists only for the test."""
    if request.param == "sqlite":
        yield import_and_watch(tmp_path, monkeypatch)
        return
    require_service("PostgreSQL", "127.0.0.1", 5432)
    name = f"bot_test_{uuid.uuid4().hex}"
    server = sa.create_engine(f"{POSTGRES}postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    change_setting(monkeypatch, "BOT_DATABASE_URL", POSTGRES + name)
    try:
        upgrade()
        yield import_and_watch(tmp_path, monkeypatch)
    finally:
        database.engine().dispose()
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name}"))
        server.dispose()


def all_at_once(code_of: Callable[[int], str], asker_of: Callable[[int], Asker]) -> list[object]:
    """Fifty wrong tries: ten at a time in each of five event loops, as if of five workers."""

    async def worker(first: int) -> list[object]:
        numbers = range(first, first + AT_ONCE)
        tries = (lookup.look_up(code_of(n), "0000", asker_of(n), NOON) for n in numbers)
        return list(await asyncio.gather(*tries))

    with ThreadPoolExecutor(WORKERS) as threads:
        parts = threads.map(lambda n: asyncio.run(worker(n * AT_ONCE)), range(WORKERS))
        return [shown for part in parts for shown in part]


def many_codes(number: int) -> str:
    return f"H48.16-230512-{number + 100:04}"


@pytest.mark.parametrize(
    ("code_of", "asker_of", "most"),
    [
        (lambda _: CODE, somebody, 10),
        (many_codes, lambda _: Asker("one-session", "rest"), 10),
        (many_codes, lambda n: Asker(f"session-{n}", "web", "one-address"), 20),
    ],
    ids=["one code", "one conversation", "one address"],
)
def test_fifty_tries_at_once_are_verified_up_to_the_limit(
    gateway: WatchedGateway,
    monkeypatch: pytest.MonkeyPatch,
    code_of: Callable[[int], str],
    asker_of: Callable[[int], Asker],
    most: int,
) -> None:
    change_setting(monkeypatch, "BOT_LOOKUP_FAILURES_PER_ADDRESS", "20")
    assert all_at_once(code_of, asker_of) == [None] * 50
    assert len(gateway.asked) == most


def test_the_overall_limit_holds_for_tries_at_once(
    gateway: WatchedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_setting(monkeypatch, "BOT_LOOKUP_FAILURES_OVERALL", "20")
    assert all_at_once(many_codes, somebody) == [None] * 50
    assert len(gateway.asked) == 21
    assert counted()["address"] == 50


def test_of_many_who_use_a_one_time_code_at_once_one_gets_in(gateway: WatchedGateway) -> None:
    code = one_time_codes.make(CODE, OWNER, NOON)
    barrier = threading.Barrier(8)

    def use_at_once(_: int) -> bool:
        barrier.wait(timeout=10)
        return one_time_codes.use(CODE, code, OWNER, NOON)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(use_at_once, range(8))) == [False] * 7 + [True]


def test_a_lock_survives_a_restart(gateway: WatchedGateway) -> None:
    for number in range(10):
        assert look_up(CODE, "0000", somebody(number)) is None
    database.engine().dispose()
    settings.cache_clear()
    database._engine_for.cache_clear()
    assert look_up(CODE, PHONE) is None
    assert look_up(CODE, PHONE, now=NOON + MINUTE) is not None


def key(name: str, per_hour: int = 3) -> Key:
    return Key("dossier", mark("test", name), Limit(per_hour, DAY))


def test_a_try_stands_under_each_of_its_keys_until_it_is_taken_back(
    gateway: WatchedGateway,
) -> None:
    first = reserve([key("a"), key("b")], NOON)
    second = reserve([key("a")], NOON)
    assert (first.is_locked, second.is_locked) == (False, False)
    assert (len(first.rows), len(second.rows)) == (2, 1)
    assert counted() == {"dossier": 3}
    take_back(first)
    assert counted() == {"dossier": 1}
    take_back(second)
    assert counted() == {}


def test_one_locked_key_refuses_a_try_and_counts_it_under_none(gateway: WatchedGateway) -> None:
    for _ in range(3):
        assert reserve([key("a")], NOON).is_locked is False
    refused = reserve([key("b"), key("a")], NOON)
    assert (refused.is_locked, refused.rows) == (True, ())
    assert counted() == {"dossier": 3}
    assert reserve([key("b")], NOON).is_locked is False


def test_old_failures_are_deleted_a_few_at_a_time(
    gateway: WatchedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FORGOTTEN_AT_ONCE", 2)
    column = lookup_failures.c
    with database.begin() as connection:
        for age in (DAY + MINUTE, DAY, DAY, DAY - MINUTE):
            values = {"kind": "dossier", "key_hash": "x", "failed_at": NOON - age}
            connection.execute(sa.insert(lookup_failures).values(values))
    kept = []
    for _ in range(3):
        reserve([key("a", per_hour=9)], NOON)
        with database.connect() as connection:
            query = sa.select(sa.func.count()).where(column.key_hash == "x")
            kept.append(connection.execute(query).scalar())
    assert kept == [2, 1, 1]
