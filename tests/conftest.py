"""What most tests start from: their own settings, database and, where present, real data."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from sanic import Sanic

from bot import database
from bot.catalogue.seed_import import load_seed
from bot.migrations.runner import upgrade
from bot.settings import PROJECT_ROOT, Settings, settings

# Sanic rewrites its own methods when an app starts; in this mode it does so for every app anew.
Sanic.test_mode = True

SECRET = "a-secret-of-the-tests"
HOTLINE_SECRET = "a-hotline-secret-of-the-tests"


def _forget_settings() -> None:
    settings.cache_clear()
    database._engine_for.cache_clear()


def _missing(reason: str) -> NoReturn:
    """Skips on a developer's machine; in CI a silent skip would hide a gap."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (CI is set)")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _no_database_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test that forgets to ask for a database must not find the one below `var/`."""
    folder = tmp_path_factory.mktemp("nobody")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_VAR_DIR", str(folder))
        patch.setenv("BOT_DATABASE_URL", f"sqlite:///{folder / 'bot.db'}")
        _forget_settings()
        yield
    _forget_settings()


@pytest.fixture
def fresh_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a process that has just started in an empty folder."""
    for name in [name for name in os.environ if name.startswith("BOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BOT_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{tmp_path / 'bot.db'}")
    monkeypatch.setenv("BOT_SECRET", SECRET)
    monkeypatch.setenv("BOT_HOTLINE_SECRET", HOTLINE_SECRET)
    _forget_settings()
    yield settings()
    _forget_settings()


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, made once: upgrading anew takes longer than most tests."""
    folder = tmp_path_factory.mktemp("upgraded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_VAR_DIR", str(folder))
        patch.setenv("BOT_DATABASE_URL", f"sqlite:///{folder / 'bot.db'}")
        _forget_settings()
        upgrade()
        database.engine().dispose()
        # All into the one file that is copied.
        with sqlite3.connect(folder / "bot.db") as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _forget_settings()
    return folder / "bot.db"


@pytest.fixture(scope="session")
def seeded_file(upgraded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the shipped seed, made once."""
    file = tmp_path_factory.mktemp("seeded") / "bot.db"
    shutil.copyfile(upgraded_file, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_VAR_DIR", str(file.parent))
        patch.setenv("BOT_DATABASE_URL", f"sqlite:///{file}")
        _forget_settings()
        load_seed()
        database.engine().dispose()
        with sqlite3.connect(file) as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _forget_settings()
    return file


@pytest.fixture
def shipped_seed(seeded_file: Path, fresh_settings: Settings) -> Settings:
    """A database that holds what ships with the project."""
    shutil.copyfile(seeded_file, fresh_settings.var_dir / "bot.db")
    return fresh_settings


@pytest.fixture
def database_ready(upgraded_file: Path, fresh_settings: Settings) -> Settings:
    """An empty database with all tables."""
    shutil.copyfile(upgraded_file, fresh_settings.var_dir / "bot.db")
    return fresh_settings


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real national data, which is not part of the repository."""
    folder = PROJECT_ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        _missing(f"{folder} is not there")
    return folder


@pytest.fixture(scope="session")
def require_service() -> Callable[[str, str, int], None]:
    """`require_service(name, host, port)`: goes on only where the port is open."""

    def require(name: str, host: str, port: int) -> None:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            _missing(f"{name} does not listen at {host}:{port}")

    return require
