"""Migrations bring a database to exactly what the tables say, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot import database
from bot.migrations.runner import downgrade, upgrade
from bot.settings import Settings, settings
from bot.support import ratings, tickets


def differences() -> list[object]:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, database.metadata))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(
    request: pytest.FixtureRequest,
    fresh_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    require_service: Callable[[str, str, int], None],
) -> Iterator[None]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield
        return
    require_service("PostgreSQL", "127.0.0.1", 5432)
    server = "postgresql+psycopg2://postgres@127.0.0.1:5432"
    name = f"bot_{uuid.uuid4().hex}"
    admin = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    monkeypatch.setenv("BOT_DATABASE_URL", f"{server}/{name}")
    settings.cache_clear()
    try:
        yield
    finally:
        database.engine().dispose()
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name}"))
        admin.dispose()


def test_upgraded_tables_are_those_of_the_code(empty_database: None) -> None:
    upgrade()
    assert differences() == []


def test_an_upgrade_may_be_repeated_and_undone(empty_database: None) -> None:
    upgrade()
    upgrade()
    downgrade("base")
    with database.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]


def test_a_failed_upgrade_leaves_nothing_behind(empty_database: None) -> None:
    # A table that stands in the way of one in the middle of the first migration.
    with database.begin() as connection:
        connection.execute(sa.text("CREATE TABLE procedures (id INTEGER)"))
    with pytest.raises(database.DatabaseUnavailable, match="procedures"):
        upgrade()
    with database.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["procedures"]


def test_ratings_come_and_go_without_the_tickets_beside_them(empty_database: None) -> None:
    upgrade()
    ticket = tickets.open_ticket("feedback", "one", "web", "Chậm")
    ratings.rate("one", "m1", "good", channel="web")
    downgrade("0005")
    with database.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        kept = connection.execute(sa.text("SELECT code, text FROM tickets")).all()
    assert "answer_ratings" not in names
    assert kept == [(ticket.code, "Chậm")]
    upgrade()
    assert ratings.find() == []
    assert tickets.find(ticket.code, "one") == ticket
