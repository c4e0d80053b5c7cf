"""When staff are there, and what is promised: in their hours, never at night or on holidays."""

from __future__ import annotations

import datetime as dt

import pytest

from bot import clock
from bot.rendering.moments import moment_text
from bot.settings import Settings, SettingsError, settings
from bot.support import promises

pytestmark = pytest.mark.usefixtures("fresh_settings")

WITH_SATURDAY = "1-5 07:00-11:30 13:30-17:00; 6 07:30-11:00"
SECOND = dt.timedelta(seconds=1)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def utc(text: str) -> dt.datetime:
    """A local time as it is stored."""
    return local(text) - dt.timedelta(hours=7)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> object:
    """Sets the staff's hours, and how many are promised."""

    def set_to(text: str, promised: int = 4) -> None:
        monkeypatch.setenv("BOT_SUPPORT_HOURS", text)
        monkeypatch.setenv("BOT_SUPPORT_PROMISE_HOURS", str(promised))
        settings.cache_clear()

    return set_to


# 20 July 2026 is a Monday.
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-07-20T06:59:59", False), ("2026-07-20T07:00:00", True),
        ("2026-07-20T11:29:59", True), ("2026-07-20T11:30:00", False),
        ("2026-07-20T13:30:00", True), ("2026-07-20T17:00:00", False),
        ("2026-07-24T16:59:00", True), ("2026-07-25T09:00:00", False),
        ("2026-07-26T09:00:00", False), ("2026-07-21T00:00:00", False),
        # The Hùng kings' day, the holidays of April and May, and the day off in lieu of 1 May.
        ("2027-04-16T09:00:00", False), ("2027-04-30T09:00:00", False),
        ("2027-05-03T09:00:00", False), ("2027-05-04T09:00:00", True),
        # Tết Đinh Mùi.
        ("2027-02-03T16:59:00", True), ("2027-02-05T09:00:00", False),
        ("2027-02-10T09:00:00", False), ("2027-02-11T09:00:00", True),
    ],
)  # fmt: skip
def test_staff_are_there_in_their_hours(moment: str, is_open: bool) -> None:
    assert promises.is_open(local(moment)) is is_open
    # The same moment with its zone, as other modules have it.
    zoned = utc(moment).replace(tzinfo=dt.timezone.utc)
    assert promises.is_open(zoned) is is_open


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-07-20T07:30:00", "2026-07-20T11:30:00"),
        # Over lunch, over the night, over the weekend.
        ("2026-07-20T09:10:00", "2026-07-20T15:15:00"),
        ("2026-07-20T12:00:00", "2026-07-21T07:30:00"),
        ("2026-07-20T15:00:00", "2026-07-21T09:00:00"),
        ("2026-07-20T23:00:00", "2026-07-21T11:00:00"),
        ("2026-07-21T03:00:00", "2026-07-21T11:00:00"),
        ("2026-07-24T16:00:00", "2026-07-27T10:00:00"),
        ("2026-07-25T10:00:00", "2026-07-27T11:00:00"),
        # On the first minute that is left, and on the last.
        ("2026-07-20T16:59:00", "2026-07-21T11:00:00"),
        ("2026-07-20T17:00:00", "2026-07-21T11:00:00"),
        # Tết 2027: from Thursday, 4 February, to Wednesday.
        ("2027-02-03T15:00:00", "2027-02-11T09:00:00"),
        ("2027-02-06T10:00:00", "2027-02-11T11:00:00"),
        # 30 April and 1 May 2027, a Friday and a Saturday; Monday is off in lieu.
        ("2027-04-29T16:00:00", "2027-05-04T10:00:00"),
        # Over the end of a year.
        ("2026-12-31T16:00:00", "2027-01-04T10:00:00"),
    ],
)  # fmt: skip
def test_an_answer_is_promised_within_the_staffs_hours(moment: str, due: str) -> None:
    assert promises.due(local(moment)) == utc(due)
    zoned = utc(moment).replace(tzinfo=dt.timezone.utc)
    assert promises.due(zoned) == utc(due)


@pytest.mark.parametrize(
    ("promised", "due"),
    [
        (1, "2026-07-24T17:00:00"), (2, "2026-07-25T08:30:00"), (4, "2026-07-25T10:30:00"),
        (5, "2026-07-27T07:30:00"), (40, "2026-07-31T10:30:00"), (200, "2026-08-26T14:30:00"),
    ],
)  # fmt: skip
def test_hours_of_single_days_count(hours, promised: int, due: str) -> None:  # type: ignore[no-untyped-def]
    hours(WITH_SATURDAY, promised)
    assert promises.due(local("2026-07-24T16:00:00")) == utc(due)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-07-20T06:00:00", "2026-07-20T07:00:00"),
        ("2026-07-20T07:00:00", "2026-07-20T13:30:00"),
        ("2026-07-20T12:00:00", "2026-07-20T13:30:00"),
        ("2026-07-20T20:00:00", "2026-07-21T07:00:00"),
        ("2026-07-24T18:00:00", "2026-07-27T07:00:00"),
        ("2027-02-03T18:00:00", "2027-02-11T07:00:00"),
    ],
)
def test_when_staff_come_next(moment: str, opens: str) -> None:
    assert promises.next_opening(local(moment)) == local(opens)


@pytest.mark.parametrize("text", ["always", " Always "])
def test_some_are_there_day_and_night_also_on_holidays(hours, text: str) -> None:  # type: ignore[no-untyped-def]
    hours(text, 4)
    for moment in ("2026-07-20T03:00:00", "2026-07-26T23:59:59", "2027-02-06T12:00:00"):
        assert promises.is_open(local(moment))
        due = promises.due(local(moment)) - utc(moment)
        # Told by the quarter of an hour.
        late = due - dt.timedelta(hours=4)
        assert -SECOND < late < promises.QUARTER
    assert promises.is_always_open()


def test_usual_hours_are_not_always() -> None:
    assert not promises.is_always_open()


def test_a_promise_counts_from_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: local("2026-07-20T15:00:00"))
    assert promises.due() == utc("2026-07-21T09:00:00")
    assert promises.is_open()
    assert promises.next_opening() == local("2026-07-21T07:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "1-5", "07:00-11:30", "1-5 07:00", "1-5 7:00-11:30", "1-5 07:00-11:30,13:30-17:00",
        "5-1 07:00-11:30", "0 07:00-11:30", "8 07:00-11:30", "1-5 11:30-07:00",
        "1-5 07:00-07:00", "1-5 07:00-24:00", "1-5 25:00-26:00", "1-5 07:00-11:60",
        "Mon-Fri 07:00-11:30", ";", "1-5 07:00-11:30 x", "never", "always;1 07:00-11:30",
        # What is written twice would count twice.
        "1 07:00-11:00 09:00-12:00", "1-5 07:00-11:30; 3 08:00-09:00",
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(hours, text: str) -> None:  # type: ignore[no-untyped-def]
    hours(text)
    for ask in (promises.is_open, promises.due, promises.next_opening, promises.hours):
        with pytest.raises(SettingsError, match="BOT_SUPPORT_HOURS"):
            ask()


def test_hours_that_leave_no_time_for_what_is_promised_are_refused(hours) -> None:  # type: ignore[no-untyped-def]
    hours("6 07:30-07:31", 200)
    with pytest.raises(SettingsError, match="leaves no time"):
        promises.due(local("2026-07-20T12:00:00"))


def test_spaces_and_a_last_semicolon_do_no_harm(hours) -> None:  # type: ignore[no-untyped-def]
    hours("  6   07:30-11:00 ;1-5  13:30-17:00 07:00-11:30; ")
    spread = [(span.weekday, f"{span.opens:%H:%M}") for span in promises.hours().spans]
    assert spread == [
        *[(day, opens) for day in range(5) for opens in ("07:00", "13:30")], (5, "07:30"),
    ]  # fmt: skip


def test_the_shipped_hours_are_the_offices(fresh_settings: Settings) -> None:
    assert fresh_settings.support_hours == "1-5 07:00-11:30 13:30-17:00"
    assert len(promises.hours().spans) == 10


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-11-30T10:00:00", "10 giờ thứ hai, ngày 30/11/2026"),
        ("2026-11-30T10:05:59", "10 giờ 05 thứ hai, ngày 30/11/2026"),
        ("2026-11-29T00:30:00", "0 giờ 30 chủ nhật, ngày 29/11/2026"),
        # Early in the morning it is the day before elsewhere.
        ("2026-12-01T06:59:00", "6 giờ 59 thứ ba, ngày 01/12/2026"),
    ],
)
def test_a_moment_is_told_as_people_say_it(moment: str, told: str) -> None:
    assert moment_text(utc(moment)).lower() == told
