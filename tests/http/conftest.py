"""A server without a model, for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.http import console_session
from bot.rate_limits import RateLimit
from bot.settings import Settings, settings
from tests.http.serving import Server
from tests.staff.accounts import quick_hashes

__all__ = ["quick_hashes"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def console_ready(
    server: Server,
    database_ready: Settings,
    quick_hashes: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A console at the server's own address, at which one may sign in as often as one likes."""
    monkeypatch.setenv("BOT_PUBLIC_URL", server.origin)
    settings.cache_clear()
    monkeypatch.setattr(console_session, "_tries", RateLimit(1000))
