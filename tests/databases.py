"""Tests on both databases: `either_database` is SQLite, then PostgreSQL.

A test module takes it in with `pytest_plugins = ("tests.databases",)`.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
import sqlalchemy as sa

from bot import database
from bot.migrations.runner import upgrade
from bot.settings import Settings, settings

POSTGRES = "postgresql+psycopg2://postgres@127.0.0.1:5432/"

Result = TypeVar("Result")


@contextlib.contextmanager
def _made_database(template: str = "template1") -> Iterator[str]:
    name = f"bot_test_{uuid.uuid4().hex}"
    server = sa.create_engine(f"{POSTGRES}postgres", isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        try:
            yield name
        finally:
            with server.connect() as connection:
                # A closed connection may linger on a busy machine.
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        server.dispose()


@contextlib.contextmanager
def _pointed_to(name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_DATABASE_URL", POSTGRES + name)
        settings.cache_clear()
        try:
            yield
        finally:
            database.engine().dispose()
    settings.cache_clear()


@pytest.fixture(scope="session")
def postgres_template(require_service: Callable[[str, str, int], None]) -> Iterator[str]:
    """Name of a database of PostgreSQL with all tables, made once."""
    require_service("PostgreSQL", "127.0.0.1", 5432)
    with _made_database() as name:
        with _pointed_to(name):
            upgrade()
        yield name


@pytest.fixture
def empty_postgres(postgres_template: str, fresh_settings: Settings) -> Iterator[None]:
    """The settings point to a database of PostgreSQL that exists only for the test."""
    with _made_database(postgres_template) as name, _pointed_to(name):
        yield


@pytest.fixture(params=["sqlite", "postgres"])
def either_database(request: pytest.FixtureRequest) -> None:
    """An empty database with all tables, once of each kind."""
    wanted = {"sqlite": "database_ready", "postgres": "empty_postgres"}
    request.getfixturevalue(wanted[request.param])


def at_the_same_time(work: Callable[[], Result], times: int = 8) -> list[Result]:
    """What as many threads bring as start the same work together."""
    start = threading.Barrier(times)

    def run(_: int) -> Result:
        # Opening a connection takes longer than most work: all have theirs before they start.
        with database.connect():
            start.wait(timeout=10)
        return work()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))
