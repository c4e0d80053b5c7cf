"""Bringing a database to the newest schema, from Python."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from bot import database


def config(connection: Connection) -> Config:
    """alembic's configuration without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).resolve().parent))
    made.attributes["connection"] = connection
    return made


def upgrade() -> None:
    """Apply the migrations that are missing, all or none; safe to repeat.

    Raises:
        bot.database.DatabaseUnavailable: the database is down, or a migration failed.
    """
    with database.begin(migrates=True) as connection:
        command.upgrade(config(connection), "head")


def downgrade(revision: str) -> None:
    """Undo migrations down to a revision ("base": all of them), all or none.

    Raises:
        bot.database.DatabaseUnavailable: the database is down, or a migration failed.
    """
    with database.begin(migrates=True) as connection:
        command.downgrade(config(connection), revision)


def make_revision(message: str) -> None:
    """Write a new migration from the difference between tables and database (for developers)."""
    with database.begin() as connection:
        command.revision(config(connection), message=message, autogenerate=True)
