"""Whose pages may talk to the bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import origins
from bot.settings import Settings, settings

PORTAL = "https://portal.example"
HOSTS = ("127.0.0.1:5005", "tro-ly.example, inner")


@pytest.fixture(autouse=True)
def portal(fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BOT_ALLOWED_ORIGINS", PORTAL)
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://bot.example/tro-ly")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    "origin",
    [PORTAL, PORTAL.upper(), "https://bot.example", "http://127.0.0.1:5005",
     "https://tro-ly.example"],
)  # fmt: skip
def test_the_portal_and_the_bot_itself_may(origin: str) -> None:
    assert origins.is_allowed(origin, *HOSTS)


@pytest.mark.parametrize(
    "origin",
    ["https://portal.example.evil.example", "http://portal.example", "https://portal.example:444",
     "null", "", "https://", "http://127.0.0.1:5006", "https://inner", "*"],
)  # fmt: skip
def test_others_may_not(origin: str) -> None:
    assert not origins.is_allowed(origin, *HOSTS)


def test_without_a_host_only_what_is_configured_may() -> None:
    assert origins.is_allowed(PORTAL)
    assert not origins.is_allowed("http://", "", "")
