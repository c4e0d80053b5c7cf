"""Endpoints over a real connection: catalogue, health, and bad input."""

from __future__ import annotations

import json
import re

import pytest

from tests.running_bot import RunningBot


def test_search_gives_procedures_best_first(bot: RunningBot) -> None:
    status, found = bot.request("/api/procedures?q=dang+ky+tam+tru&limit=3")
    assert status == 200
    assert found[0]["code"] == "1.004194"
    assert [set(item) for item in found] == [{"code", "name", "field", "level", "score"}] * 3
    scores = [item["score"] for item in found]
    assert scores == sorted(scores, reverse=True)


def test_one_procedure_whole_with_sources(bot: RunningBot) -> None:
    status, procedure = bot.request("/api/procedures/1.004194")
    assert status == 200
    assert procedure["name"] == "Đăng ký tạm trú"
    assert procedure["sources"]["documents"]["checked_on"] == "2026-07-20"
    assert {channel["kind"] for channel in procedure["channels"]} == {"online", "direct"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/procedures", 400, "query_missing"),
        ("/api/procedures?q=%20", 400, "query_missing"),
        ("/api/procedures?q=a&limit=0", 400, "limit_invalid"),
        ("/api/procedures?q=a&level=ward", 400, "level_invalid"),
        ("/api/procedures?q=a&limit=abc", 400, "limit_invalid"),
        ("/api/procedures?q=a&limit=%D9%A3", 400, "limit_invalid"),
        (f"/api/procedures?q={'a' * 3000}", 400, "query_too_long"),
        ("/api/procedures/9.999999", 404, "procedure_not_found"),
        ("/no/such/page", 404, "not_found"),
    ],
)
def test_bad_requests_get_a_clear_error(bot: RunningBot, path: str, status: int, code: str) -> None:
    found_status, body = bot.request(path)
    assert (found_status, body["error"]["code"]) == (status, code)
    assert body["error"]["message"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_request"),
        (b"[]", "not_an_object"),
        (b"{}", "message_missing"),
        (b'{"message": 5}', "message_missing"),
        (b'{"message": "  "}', "message_missing"),
        (json.dumps({"message": "a" * 2001}).encode(), "message_too_long"),
        (b'{"message": "a", "sender": 5}', "sender_invalid"),
        (b'{"message": "a", "metadata": 5}', "metadata_invalid"),
        (b'\xff\xfe{"message"', "bad_request"),
    ],
)
def test_bad_messages_get_a_clear_error(bot: RunningBot, body: bytes, code: str) -> None:
    status, answer = bot.request("/webhooks/rest/webhook", body)
    assert (status, answer["error"]["code"]) == (400, code)


def test_rest_refuses_proxied_callers_unless_configured(bot: RunningBot) -> None:
    body = json.dumps({"sender": "x", "message": "xin chào"}).encode()
    status, answer = bot.request("/webhooks/rest/webhook", body, {"X-Forwarded-For": "203.0.113.7"})
    assert (status, answer["error"]["code"]) == (403, "forbidden")


def test_health(bot: RunningBot) -> None:
    assert bot.request("/health/live") == (200, {"status": "ok"})
    assert bot.request("/health/ready") == (200, {"status": "ok"})


def test_conversations_are_not_served(bot: RunningBot) -> None:
    # Rasa's own API would show them to anybody.
    bot.say("someone", "xin chào")
    assert bot.request("/conversations/someone/tracker")[0] == 404
    assert bot.request("/domain")[0] == 404


def test_the_page_loads_nothing_from_elsewhere(bot: RunningBot) -> None:
    status, page = bot.request("/")
    assert status == 200
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*\b(?:src|href)="([^"]*)"', page)
    assert "/widget.js" in loaded
    for path in loaded:
        assert path.startswith(("/", "data:,")), path
        if path.startswith("/"):
            assert bot.request(path)[0] == 200, path
