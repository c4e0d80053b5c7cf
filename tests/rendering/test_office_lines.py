"""Facts of offices as lines of text."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.clock import VIETNAM
from bot.offices.days import AskedDays
from bot.offices.model import OTHER, Hours, Office, Source, Span, Team
from bot.rendering import office_lines

SOURCE = Source("Thông báo", "", dt.date(2026, 11, 1))
TUESDAY = dt.datetime(2026, 11, 24, 9, tzinfo=VIETNAM)
NOTHING = AskedDays((), holidays=False)


def office(**values: str) -> Office:
    known = {"address": "", "telephone": "", "email": "", "website": "", "note": "", **values}
    return Office(key="a", kind=OTHER, name="Trung tâm A", unit_code="", source=SOURCE, **known)


def span(weekday: int, opens: str, closes: str) -> Span:
    return Span(weekday, dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))


HALVES = (("07:30", "11:30"), ("13:30", "17:00"))
WEEKDAYS = [span(day, *half) for day in range(5) for half in HALVES]
WEEK = Hours((*WEEKDAYS, span(5, "08:00", "11:00")), SOURCE)


def test_a_week_with_equal_days_together() -> None:
    assert office_lines.hours(office(), WEEK, NOTHING, TUESDAY) == [
        "Giờ làm việc của Trung tâm A:",
        "- thứ hai đến thứ sáu: 07:30 đến 11:30, 13:30 đến 17:00",
        "- thứ bảy: 08:00 đến 11:00",
        "Bây giờ đang mở cửa.",
    ]


def test_days_apart_are_not_joined() -> None:
    odd = Hours((span(0, "08:00", "11:00"), span(2, "08:00", "11:00")), SOURCE)
    lines = office_lines.hours(office(), odd, NOTHING, TUESDAY)
    assert lines[1:3] == ["- thứ hai: 08:00 đến 11:00", "- thứ tư: 08:00 đến 11:00"]
    assert lines[3] == "Bây giờ đang đóng cửa. Mở lại lúc 08:00, thứ tư, ngày 25/11/2026."


@pytest.mark.parametrize(
    ("day", "line"),
    [
        ("2026-11-28", "Thứ bảy, ngày 28/11/2026: mở cửa 08:00 đến 11:00."),
        ("2026-11-29", "Chủ nhật, ngày 29/11/2026: không mở cửa."),
        # A public holiday goes before the week's table.
        ("2027-01-01", "Thứ sáu, ngày 01/01/2027: không mở cửa."),
    ],
)
def test_a_day_asked_about(day: str, line: str) -> None:
    asked = AskedDays((dt.date.fromisoformat(day),), holidays=False)
    assert line in office_lines.hours(office(), WEEK, asked, TUESDAY)


@pytest.mark.parametrize(
    ("day", "piece"),
    [
        ("2026-11-24", "ngày làm việc bình thường"),
        ("2026-11-28", "cuối tuần"),
        ("2027-01-01", "ngày nghỉ lễ"),
        # Lunar New Year falls on a weekend, too: the holiday is told.
        ("2027-02-06", "ngày nghỉ lễ"),
    ],
)
def test_the_common_calendar(day: str, piece: str) -> None:
    asked = AskedDays((dt.date.fromisoformat(day),), holidays=False)
    (line,) = office_lines.general_days(asked, TUESDAY.date())
    assert piece in line


def test_today_is_told_where_no_day_is_named() -> None:
    (line,) = office_lines.general_days(NOTHING, TUESDAY.date())
    assert line.startswith("Thứ ba, ngày 24/11/2026")


def test_holidays_to_come() -> None:
    (line,) = office_lines.general_days(AskedDays((), holidays=True), TUESDAY.date())
    assert "01/01/2027; 04/02/2027 đến 10/02/2027; 16/04/2027" in line


def test_contacts_say_what_is_missing() -> None:
    assert office_lines.contact(office(telephone="0255 3822868")) == [
        "Trung tâm A:",
        "- Điện thoại: 0255 3822868",
    ]
    assert office_lines.contact(office(email="a@b.vn", note="Cổng sau")) == [
        "Trung tâm A:",
        "- Địa chỉ: chưa có",
        "- Điện thoại: chưa có",
        "- Thư điện tử: a@b.vn",
        "Lưu ý: Cổng sau",
    ]


def test_many_teams_are_counted() -> None:
    found = [Team("1", f"Thôn {n}", f"Tổ {n}", "", "0912345678", "", SOURCE) for n in range(7)]
    lines = office_lines.teams(found)
    assert lines[0] == "- Thôn 0: Tổ 0. Người liên hệ: chưa có. Điện thoại: 0912345678."
    assert len(lines) == 6
    assert lines[-1].startswith("Còn 2 tổ nữa.")


def test_sources_are_named_with_the_older_day() -> None:
    newer = Source("Cổng tỉnh", "", dt.date(2026, 11, 20))
    assert office_lines.sources([newer, SOURCE, newer]) == {
        "source": "Cổng tỉnh; Thông báo",
        "checked_on": "01/11/2026",
    }
