"""Leases: a piece of work is one worker's for a while, then whoever comes first gets it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot import database, leases
from bot.database import DatabaseUnavailable
from bot.settings import Settings, settings
from tests.databases import at_the_same_time

pytest_plugins = ("tests.databases",)

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def kept() -> list[tuple[str, dt.datetime]]:
    with database.connect() as connection:
        query = sa.select(leases.leases).order_by(leases.leases.c.name)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.usefixtures("either_database")
def test_nobody_else_gets_a_lease_until_it_has_run_out() -> None:
    moments = (NOON, NOON + MINUTE, NOON + HOUR - MINUTE, NOON + HOUR, NOON + HOUR + MINUTE)
    assert [leases.take("poll", HOUR, now) for now in moments] == [True, False, False, True, False]
    assert kept() == [("poll", NOON + 2 * HOUR)]


@pytest.mark.usefixtures("either_database")
def test_each_piece_of_work_has_its_own_lease() -> None:
    assert leases.take("poll", HOUR, NOON) is True
    assert leases.take("retention", MINUTE, NOON) is True
    assert kept() == [("poll", NOON + HOUR), ("retention", NOON + MINUTE)]


@pytest.mark.usefixtures("either_database")
def test_of_workers_at_the_same_time_one_gets_the_first_lease() -> None:
    taken = at_the_same_time(lambda: leases.take("poll", HOUR, NOON))
    assert sorted(taken) == [False] * 7 + [True]


@pytest.mark.usefixtures("either_database")
def test_of_workers_at_the_same_time_one_gets_a_lease_that_has_run_out() -> None:
    leases.take("poll", HOUR, NOON)
    taken = at_the_same_time(lambda: leases.take("poll", HOUR, NOON + 2 * HOUR))
    assert sorted(taken) == [False] * 7 + [True]
    assert kept() == [("poll", NOON + 3 * HOUR)]


def test_a_database_that_is_down_gives_no_lease(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql+psycopg2://postgres@127.0.0.1:1/name")
    settings.cache_clear()
    with pytest.raises(DatabaseUnavailable):
        leases.take("poll", HOUR, NOON)
