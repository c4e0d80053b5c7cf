"""A talk is handed over only where somebody takes it."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.database import DatabaseUnavailable
from bot.settings import Settings, settings
from bot.support import attendance, handovers
from tests.talks import HOUR, SECOND, opened, put_on_duty, take_the_database_away

OPEN = dt.datetime.fromisoformat("2026-07-20T09:00:00")  # local; a Monday
NIGHT = dt.datetime.fromisoformat("2026-07-20T22:00:00")
TET = dt.datetime.fromisoformat("2027-02-08T09:00:00")


@pytest.fixture(autouse=True)
def own_processor(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendance, "hands_over", True)


def test_somebody_on_duty_within_the_hours_attends() -> None:
    assert not attendance.is_attended("", OPEN)
    put_on_duty("an")
    assert attendance.is_attended("", OPEN)
    for moment in (NIGHT, TET):
        assert not attendance.is_attended("", moment)


def test_each_desk_needs_somebody_of_its_own() -> None:
    put_on_duty("an", desk="Sở Y tế")
    assert attendance.is_attended("Sở Y tế", OPEN)
    assert not attendance.is_attended("", OPEN)
    assert not attendance.is_attended("Sở Tư pháp", OPEN)


def test_who_was_not_seen_for_a_while_is_not_there() -> None:
    lease = settings().support_lease_seconds
    put_on_duty("an", seen_at=dt.datetime.utcnow() - (lease + 5) * SECOND)
    assert not attendance.is_attended("", OPEN)
    put_on_duty("ba", seen_at=dt.datetime.utcnow() - (lease - 30) * SECOND)
    assert attendance.is_attended("", OPEN)


def test_under_stock_rasa_nothing_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_duty("an")
    monkeypatch.setattr(attendance, "hands_over", False)
    assert not attendance.is_attended("", OPEN)


def test_another_helpdesk_attends_within_the_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_CHATWOOT_URL", "https://chat.example.vn")
    settings.cache_clear()
    assert attendance.is_attended("", OPEN)
    assert not attendance.is_attended("", NIGHT)


def test_all_are_busy_when_each_has_as_many_as_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SUPPORT_TALKS_PER_OPERATOR", "2")
    settings.cache_clear()
    # Nobody is there: that is another matter.
    assert not attendance.are_all_busy()
    put_on_duty("an")
    put_on_duty("ba")
    put_on_duty("ca", desk="Sở Y tế")
    for number, name in enumerate(("an", "an", "ba")):
        handovers.claim(opened(f"session-{number}").id, name, name)
        assert not attendance.are_all_busy()
    handovers.claim(opened("last").id, "ba", "ba")
    assert attendance.are_all_busy()
    assert not attendance.are_all_busy("Sở Y tế")
    # One that waits is nobody's work yet, one that ended no more.
    opened("waits")
    handovers.close(1, "an", 1, "solved")
    assert not attendance.are_all_busy()


def test_a_database_that_is_down_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    take_the_database_away(monkeypatch)
    for ask in (lambda: attendance.is_attended("", OPEN), attendance.are_all_busy):
        with pytest.raises(DatabaseUnavailable):
            ask()
    # Outside the hours there is nothing to look up.
    assert not attendance.is_attended("", NIGHT + HOUR)
