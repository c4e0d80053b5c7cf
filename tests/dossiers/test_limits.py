"""Locks after failed look-ups: what is borne, how locks grow, when failures are forgotten."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

import pytest

from bot.dossiers.limits import (
    FORGOTTEN_AFTER,
    HOUR,
    Limit,
    address_limit,
    dossier_limit,
    is_locked,
    locked_until,
    sending_limit,
    session_limit,
)
from bot.settings import Settings

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)
SHORT = Limit(per_hour=10, longest=HOUR, per_day=40)
LONG = Limit(per_hour=10, longest=DAY)
SEEDS = range(50)


def at(*minutes: float) -> list[dt.datetime]:
    return [NOON + minute * MINUTE for minute in minutes]


def some_failures(seed: int) -> tuple[list[dt.datetime], Limit, dt.datetime]:
    """Failures of up to two days, a limit, and a time at or after the last."""
    dice = random.Random(seed)
    spread = dice.choice([30, 600, 3000])
    failures = sorted(at(*(dice.uniform(0, spread) for _ in range(dice.randrange(1, 60)))))
    longest = dice.choice([HOUR, DAY])
    limit = Limit(dice.randrange(1, 15), longest, dice.choice([None, 20, 40]))
    return failures, limit, failures[-1] + dice.uniform(0, 90) * MINUTE


def failures_of_who_never_rests(
    limit: Limit, days: int, pace: dt.timedelta = 20 * SECOND
) -> list[dt.datetime]:
    """All tries that are let through of somebody who tries at a pace."""
    failures: list[dt.datetime] = []
    now = NOON
    while now < NOON + days * DAY:
        if not is_locked(failures[-200:], limit, now):
            failures.append(now)
        now += pace
    return failures


def most_within(failures: list[dt.datetime], span: dt.timedelta) -> int:
    return max(sum(start <= f < start + span for f in failures) for start in failures)


@pytest.mark.parametrize("count", range(10))
def test_fewer_failures_than_the_limit_lock_nothing(count: int) -> None:
    assert locked_until(at(*range(count)), SHORT, NOON + 10 * MINUTE) is None


def test_the_first_lock_lasts_a_minute_from_the_last_failure() -> None:
    failures = at(*range(10))
    assert locked_until(failures, SHORT, failures[-1]) == NOON + 10 * MINUTE
    assert is_locked(failures, SHORT, failures[-1]) is True
    assert is_locked(failures, SHORT, NOON + 10 * MINUTE - SECOND) is True
    assert is_locked(failures, SHORT, NOON + 10 * MINUTE) is False


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (SHORT, [1, 2, 4, 8, 16, 32, 60, 60, 60]),
        (LONG, [1, 2, 4, 8, 16, 32, 64, 128, 256]),
        (Limit(10, HOUR, first=HOUR), [60, 60, 60]),
        (Limit(10, 5 * MINUTE), [1, 2, 4, 5, 5]),
    ],
)
def test_each_failure_after_a_lock_doubles_it_up_to_the_longest(
    limit: Limit, expected: list[int]
) -> None:
    failures = at(*[0] * 10)
    durations = []
    for _ in expected:
        until = locked_until(failures, limit, failures[-1])
        assert until is not None
        durations.append((until - failures[-1]) / MINUTE)
        failures.append(until)
    assert durations == expected


def test_failures_count_within_a_sliding_hour() -> None:
    nine = at(*range(9))
    assert locked_until([*nine, *at(60)], SHORT, NOON + HOUR) is None
    assert locked_until([*nine, *at(59)], SHORT, NOON + HOUR) == NOON + HOUR


def test_who_stays_below_the_hourly_limit_is_locked_by_the_daily_one() -> None:
    # One failure each seven minutes: nine an hour.
    failures = at(*range(0, 7 * 40, 7))
    assert locked_until(failures[:-1], SHORT, failures[-1]) is None
    assert locked_until(failures, SHORT, failures[-1]) == failures[-1] + MINUTE
    assert locked_until(failures, LONG, failures[-1]) is None


def test_a_day_later_all_is_forgotten() -> None:
    failures = at(*[0] * 10, 1, 3, 7)
    assert locked_until(failures, LONG, NOON + DAY - SECOND) == NOON + 15 * MINUTE
    assert locked_until(failures, LONG, NOON + DAY) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_older_than_a_day_changes_nothing(seed: int) -> None:
    failures, limit, now = some_failures(seed)
    recent = [f for f in failures if f > now - FORGOTTEN_AFTER]
    assert locked_until(failures, limit, now) == locked_until(recent, limit, now)


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_order_nor_the_calendar_matter(seed: int) -> None:
    failures, limit, now = some_failures(seed)
    shuffled = random.Random(seed).sample(failures, len(failures))
    until = locked_until(failures, limit, now)
    assert locked_until(shuffled, limit, now) == until
    moved = locked_until([f + 100 * DAY for f in failures], limit, now + 100 * DAY)
    assert moved == (until and until + 100 * DAY)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_further_failure_never_shortens_a_lock(seed: int) -> None:
    failures, limit, now = some_failures(seed)
    before = locked_until(failures, limit, now)
    for other in [*failures[::5], now - MINUTE, now]:
        after = locked_until([*failures, other], limit, now)
        assert before is None or (after is not None and after >= before)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_lock_is_longer_than_the_longest_or_shorter_than_the_first(seed: int) -> None:
    failures, limit, now = some_failures(seed)
    until = locked_until(failures, limit, now)
    last = max(f for f in failures if f <= now)
    if until is not None:
        assert limit.first <= until - last <= limit.longest


@pytest.mark.parametrize("pace", [20, 120, 400, 420])
def test_who_guesses_for_three_days_gets_few_tries_a_day(pace: int) -> None:
    failures = failures_of_who_never_rests(SHORT, days=3, pace=pace * SECOND)
    # Ten and then one each lock; slowly, forty and then one each lock: not 9 an hour for ever.
    assert most_within(failures, DAY) <= 70
    assert most_within(failures, HOUR) <= 16


def test_who_guesses_all_day_in_one_conversation_gets_hardly_more_than_the_limit() -> None:
    failures = failures_of_who_never_rests(LONG, days=2)
    assert most_within(failures, DAY) <= 21


@pytest.mark.parametrize(
    ("limit_of", "expected"),
    [
        (session_limit, Limit(10, DAY, 40)),
        (address_limit, Limit(50, HOUR, 200)),
        (dossier_limit, Limit(10, HOUR, 40)),
        (lambda _: sending_limit(), Limit(3, HOUR, first=HOUR)),
    ],
)
def test_limits_follow_the_settings(
    fresh_settings: Settings, limit_of: Callable[[Settings], Limit], expected: Limit
) -> None:
    assert limit_of(fresh_settings) == expected
