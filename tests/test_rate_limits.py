"""So many times a minute, for each key."""

from __future__ import annotations

import pytest

from bot import rate_limits
from bot.rate_limits import RateLimit


def test_a_minutes_worth_at_once_and_then_one_by_one() -> None:
    limit = RateLimit(30)
    assert [limit.seconds_to_wait("a", 0) for _ in range(30)] == [0] * 30
    assert limit.seconds_to_wait("a", 0) == pytest.approx(2)
    assert limit.seconds_to_wait("a", 1) == pytest.approx(1)
    assert limit.seconds_to_wait("a", 2) == 0
    assert limit.seconds_to_wait("a", 2) == pytest.approx(2)


def test_what_was_refused_does_not_count() -> None:
    limit = RateLimit(1)
    assert limit.seconds_to_wait("a", 0) == 0
    assert [limit.seconds_to_wait("a", 30) for _ in range(100)] == [pytest.approx(30)] * 100
    assert limit.seconds_to_wait("a", 60) == 0


def test_a_steady_rate_is_never_refused() -> None:
    limit = RateLimit(7)
    assert {limit.seconds_to_wait("a", n * 60 / 7) for n in range(1000)} == {0}


def test_keys_do_not_share_and_a_pause_fills_up_no_further_than_the_burst() -> None:
    limit = RateLimit(2)
    assert [limit.seconds_to_wait("a", 0), limit.seconds_to_wait("a", 0)] == [0, 0]
    assert limit.seconds_to_wait("b", 0) == 0
    day = 86_400
    assert [limit.seconds_to_wait("a", day) for _ in range(3)] == [0, 0, pytest.approx(30)]


def test_keys_are_forgotten_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MOST_KEYS", 2)
    limit = RateLimit(1)
    for key in ("a", "b", "c"):
        assert limit.seconds_to_wait(key, 0) == 0
    assert limit.seconds_to_wait("c", 0) > 0
    assert limit.seconds_to_wait("b", 0) > 0
    assert limit.seconds_to_wait("a", 0) == 0
