"""Sealed values open here, for a while, and nowhere else."""

from __future__ import annotations

import base64
import time

import pytest

from bot import sealing
from bot.settings import Settings, settings

NUMBER = "0905111222"


def test_a_sealed_number_opens_and_shows_nothing(fresh_settings: Settings) -> None:
    token = sealing.seal(NUMBER, "a talk")
    assert sealing.unseal(token, "a talk") == NUMBER
    assert NUMBER not in token
    assert NUMBER.encode() not in base64.urlsafe_b64decode(token)
    assert sealing.seal(NUMBER, "a talk") != token


def test_it_opens_in_its_own_conversation_only(fresh_settings: Settings) -> None:
    assert sealing.unseal(sealing.seal(NUMBER, "a talk"), "another talk") is None


def test_it_opens_for_a_quarter_of_an_hour(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_at = time.time()
    token = sealing.seal(NUMBER, "a talk")
    monkeypatch.setattr(time, "time", lambda: sealed_at + sealing.LIFETIME - 1)
    assert sealing.unseal(token, "a talk") == NUMBER
    monkeypatch.setattr(time, "time", lambda: sealed_at + sealing.LIFETIME + 2)
    assert sealing.unseal(token, "a talk") is None


def test_another_secret_opens_nothing(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sealing.seal(NUMBER, "a talk")
    monkeypatch.setenv("BOT_SECRET", "another secret")
    settings.cache_clear()
    assert sealing.unseal(token, "a talk") is None


@pytest.mark.parametrize("text", ["", NUMBER, "H48", "gAAAAA", "\ud800", "…", "•" * 10])
def test_what_was_not_sealed_here_is_refused(fresh_settings: Settings, text: str) -> None:
    assert sealing.unseal(text, "a talk") is None


def test_an_address_for_later_opens_as_long_as_it_is_kept(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_at = time.time()
    token = sealing.seal(NUMBER, "a talk")
    monkeypatch.setattr(time, "time", lambda: sealed_at + 90 * 24 * 60 * 60)
    assert sealing.unseal(token, "a talk", None) == NUMBER
    assert sealing.unseal(token, "a talk", lifetime=60) is None
    # However long it lasts, it is its conversation's, and of this secret.
    assert sealing.unseal(token, "another talk", None) is None
    monkeypatch.setenv("BOT_SECRET", "another secret")
    settings.cache_clear()
    assert sealing.unseal(token, "a talk", None) is None


@pytest.mark.parametrize("text", ["", NUMBER, "gAAAAA", "\ud800"])
def test_what_was_not_sealed_here_never_opens(fresh_settings: Settings, text: str) -> None:
    assert sealing.unseal(text, "a talk", None) is None
