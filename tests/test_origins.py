"""Whose pages may talk to the bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import origins
from bot.settings import Settings, settings

PORTAL = "https://portal.example"
HOST = "127.0.0.1:5005"


@pytest.fixture(autouse=True)
def portal(fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BOT_ALLOWED_ORIGINS", PORTAL)
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://bot.example/tro-ly")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    "origin", [PORTAL, PORTAL.upper(), "https://bot.example", f"http://{HOST}", f"https://{HOST}"]
)
def test_the_portal_and_the_bot_itself_may(origin: str) -> None:
    assert origins.is_allowed(origin, HOST)


@pytest.mark.parametrize(
    "origin",
    ["https://portal.example.evil.example", "http://portal.example", "https://portal.example:444",
     "null", "", "https://", "http://127.0.0.1:5006", "*"],
)  # fmt: skip
def test_others_may_not(origin: str) -> None:
    assert not origins.is_allowed(origin, HOST)


@pytest.mark.parametrize("host", ["localhost:5005", "192.168.1.7", "[::1]:5005"])
def test_the_bot_may_be_called_by_number(host: str) -> None:
    assert origins.is_allowed(f"http://{host}", host)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:5005", "127.0.0.1.evil.example", ""]
)
def test_a_name_that_leads_here_is_not_the_bots_unless_configured(host: str) -> None:
    # Whoever owns a name decides where it leads, and may change that while a page is open.
    assert not origins.is_allowed(f"http://{host}", host)


def test_without_a_host_only_what_is_configured_may() -> None:
    assert origins.is_allowed(PORTAL)
    assert not origins.is_allowed("http://")
