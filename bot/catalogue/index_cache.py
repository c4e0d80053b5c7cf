"""Something built from the whole catalogue, kept until its revision rises or the day changes.

So changes are searchable at once in every worker, and nothing is built twice.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.engine import Connection, Engine

from bot import clock, database
from bot.catalogue import repository

T = TypeVar("T")


class IndexCache(Generic[T]):
    """What `build` makes of the newest revision; one per process and database."""

    def __init__(self, build: Callable[[Connection, dt.date], T]) -> None:
        """`build` gets an open connection and the day: some procedures begin or end with it."""
        self._build = build
        self._lock = threading.Lock()
        self._kept: tuple[tuple[Engine, int, dt.date], T] | None = None

    def get(self) -> T:
        """The newest.

        Raises:
            bot.database.DatabaseUnavailable: the database is down.
        """
        with database.connect() as connection:
            today = clock.today()
            key = (connection.engine, repository.current_revision(connection), today)
            kept = self._kept
            if kept is None or kept[0] != key:
                with self._lock:
                    kept = self._kept
                    if kept is None or kept[0] != key:
                        kept = self._kept = (key, self._build(connection, today))
            return kept[1]
