"""The time in Vietnam, wherever the server stands."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest

from bot import clock


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Ho_Chi_Minh", "Pacific/Kiritimati"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server whose own clock is set to another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_now_is_seven_hours_ahead_of_greenwich_and_has_no_zone(elsewhere: None) -> None:
    before = dt.datetime.utcnow()
    now = clock.now()
    after = dt.datetime.utcnow()
    assert now.tzinfo is None
    assert before <= now - dt.timedelta(hours=7) <= after


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-24T23:59:59", dt.date(2026, 11, 24)),
        ("2026-11-25T00:00:00", dt.date(2026, 11, 25)),
    ],
)
def test_today_is_the_day_of_now(
    monkeypatch: pytest.MonkeyPatch, moment: str, day: dt.date
) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat(moment))
    assert clock.today() == day


def test_a_day_begins_in_vietnam_while_greenwich_has_the_evening_before() -> None:
    evening = dt.datetime(2026, 12, 31, 17, 0, tzinfo=dt.timezone.utc)
    assert evening.astimezone(clock.VIETNAM).date() == dt.date(2027, 1, 1)
    assert (evening - dt.timedelta(seconds=1)).astimezone(clock.VIETNAM).date() == dt.date(
        2026, 12, 31
    )
