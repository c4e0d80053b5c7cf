"""The one database engine that the noun folders share.

Embedded SQLite by default, PostgreSQL by URL. Tables of every noun folder hang on
`metadata`; each public function of a noun folder opens its own connection.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from bot.settings import settings

metadata = sa.MetaData()

BUSY_TIMEOUT_SECONDS = 5
# Bound variables of one statement; SQLite takes 32,766 at the most.
CHUNK = 500

Item = TypeVar("Item")


class DatabaseUnavailable(RuntimeError):
    """The database cannot be reached or refuses to answer."""


def _begin_sqlite(connection: Connection) -> None:
    """Begin by hand: the driver would leave DDL out of the transaction.

    A writer takes its lock at once and waits for it; taken late, it could fail instead. A
    migration copies whole tables: dropping the old one must not take its children along.
    """
    options = connection.get_execution_options()
    writes = options.get("writes", False)
    if writes:
        # Set here and not for every connection: reading a message's facts needs none of them.
        state = "OFF" if options.get("migrates", False) else "ON"
        connection.exec_driver_sql(f"PRAGMA foreign_keys={state}")
        # Readers go on while an import writes; the file remembers this one.
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        # What is erased must not be read off the file's free pages.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None


def create_engine(url: str) -> Engine:
    """Engine for a SQLAlchemy URL; the folder of a SQLite file is made if missing.

    Values bound to statements may be personal data: they never stand in error texts.

    Raises:
        DatabaseUnavailable: the URL is malformed, or the folder cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            options: dict[str, Any] = {
                "connect_args": {"timeout": BUSY_TIMEOUT_SECONDS},
                "hide_parameters": True,
            }
            if parsed.database in (None, "", ":memory:"):
                options["poolclass"] = StaticPool
                options["connect_args"]["check_same_thread"] = False
            else:
                # Opening the file and reading its schema takes longer than most queries.
                options["poolclass"] = QueuePool
                options["connect_args"]["check_same_thread"] = False
                Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(url, **options)
            sa.event.listen(engine, "connect", _configure_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
            return engine
        # A dead server must be noticed within a citizen's patience.
        return sa.create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": BUSY_TIMEOUT_SECONDS},
        )
    except OSError as error:
        raise DatabaseUnavailable(f"BOT_DATABASE_URL cannot be used: {error}") from error
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        # The URL may hold a password: neither it nor the parser's message is repeated.
        raise DatabaseUnavailable(
            "BOT_DATABASE_URL cannot be used; examples: sqlite:////srv/bot/bot.db, "
            "postgresql+psycopg2://bot@127.0.0.1/bot"
        ) from None


@functools.lru_cache(maxsize=8)
def _engine_for(url: str) -> Engine:
    return create_engine(url)


def engine() -> Engine:
    """The process-wide engine of `BOT_DATABASE_URL`."""
    return _engine_for(settings().database_url)


def _unavailable(error: SQLAlchemyError) -> DatabaseUnavailable:
    """What went wrong, without the values of the statement.

    PostgreSQL repeats whole rows in the details of its messages, and those may be personal.
    """
    original = getattr(error, "orig", None)
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    words = primary or str(original or error).split("\n", 1)[0]
    return DatabaseUnavailable(f"{type(original or error).__name__}: {words}")


@contextmanager
def connect() -> Iterator[Connection]:
    """A connection for reading.

    Raises:
        DatabaseUnavailable: the database is down, or the statement failed.
    """
    try:
        with engine().connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise _unavailable(error) from None


@contextmanager
def begin(*, migrates: bool = False) -> Iterator[Connection]:
    """A connection in one transaction: all is written, or nothing.

    `migrates`: the tables themselves change, so that foreign keys are minded at the end only.

    Raises:
        DatabaseUnavailable: the database is down, or the statement failed.
    """
    try:
        writer = engine().connect().execution_options(writes=True, migrates=migrates)
        with writer as connection, connection.begin():
            yield connection
            if migrates and connection.dialect.name == "sqlite":
                _mind_foreign_keys(connection)
    except SQLAlchemyError as error:
        raise _unavailable(error) from None


def queue_up(connection: Connection, marks: Iterable[str]) -> None:
    """Wait for whoever else queues up for one of the marks (hex hashes) in a transaction.

    Until this transaction ends, others wait. SQLite has one writer at a time anyway.
    """
    if connection.dialect.name != "postgresql":
        return
    # In one order for all, so that no two wait for each other.
    for key in sorted({int(mark[:16], 16) - 2**63 for mark in marks}):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _mind_foreign_keys(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)
    if orphans:
        raise DatabaseUnavailable(f"a migration left rows without their owner: {orphans}")


def chunks(values: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Parts of which each fits into one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def is_reachable() -> bool:
    """Whether a trivial query is answered; on SQLite one that has to look into the file."""
    try:
        with connect() as connection:
            embedded = connection.dialect.name == "sqlite"
            connection.exec_driver_sql("PRAGMA schema_version" if embedded else "SELECT 1")
    except DatabaseUnavailable:
        return False
    return True
