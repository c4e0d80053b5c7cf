"""What the REST channel refuses, as pure functions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.rest import apology_messages, find_problem, is_allowed
from bot.settings import settings


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"message": "xin chào"}, None),
        ({"message": "xin chào", "sender": "a", "metadata": {}}, None),
        (None, "not_an_object"),
        ("text", "not_an_object"),
        ({"message": None}, "message_missing"),
        ({"message": "\n"}, "message_missing"),
        ({"message": "a" * 2000}, None),
        ({"message": "a" * 2001}, "message_too_long"),
        ({"message": "a", "sender": ["b"]}, "sender_invalid"),
        ({"message": "a", "sender": "b" * 201}, "sender_invalid"),
        ({"message": "a", "metadata": [1]}, "metadata_invalid"),
    ],
)
def test_bodies(fresh_settings: object, body: Any, problem: str | None) -> None:
    assert find_problem(body) == problem


@pytest.mark.parametrize(
    ("ip", "headers", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("127.8.8.8", {}, True),
        ("192.168.1.5", {}, False),
        ("", {}, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"forwarded": "for=1.2.3.4"}, False),
    ],
)
def test_only_this_machine_is_allowed(
    fresh_settings: object, ip: str, headers: dict[str, str], allowed: bool
) -> None:
    request: Any = SimpleNamespace(ip=ip, headers=headers)
    assert is_allowed(request) is allowed


def test_others_are_allowed_where_configured(
    fresh_settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_REST_PUBLIC", "1")
    settings.cache_clear()
    request: Any = SimpleNamespace(ip="192.168.1.5", headers={"forwarded": "for=1.2.3.4"})
    assert is_allowed(request) is True


def test_the_apology_has_words_and_an_answer_object() -> None:
    text, custom = apology_messages("me")
    assert "1022" in text["text"]
    assert custom["custom"]["answer"]["status"] == "unavailable"
    assert text["recipient_id"] == custom["recipient_id"] == "me"
