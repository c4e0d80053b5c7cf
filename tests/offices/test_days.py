"""Days as citizens name them. Today is a Tuesday, 24 November 2026."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.offices.days import asked_days

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("message", "days"),
    [
        ("hôm nay có làm việc không", ["2026-11-24"]),
        ("bữa ni có mần hông", ["2026-11-24"]),
        ("ngày mai mở cửa không", ["2026-11-25"]),
        ("mai le co lam khong", ["2026-11-25"]),
        ("ngày kia", ["2026-11-26"]),
        ("thứ bảy có làm không", ["2026-11-28"]),
        ("t7 co mo ko", ["2026-11-28"]),
        ("thu hai mo luc may gio", ["2026-11-30"]),
        ("thứ ba", ["2026-11-24"]),
        ("thứ bảy, chủ nhật", ["2026-11-28", "2026-11-29"]),
        ("thứ hai thứ ba thứ tư", ["2026-11-24", "2026-11-25", "2026-11-30"]),
        ("cuối tuần", ["2026-11-28", "2026-11-29"]),
        ("cn", ["2026-11-29"]),
        ("30/4 nghỉ không", ["2027-04-30"]),
        ("ngày 2 tháng 9", ["2027-09-02"]),
        ("24-11", ["2026-11-24"]),
        ("1/1/2027", ["2027-01-01"]),
        # No days at all.
        ("31/2", []),
        ("29/2", []),
        ("khuyến mãi", []),
        ("thủ tục mai táng", []),
        ("mấy giờ mở cửa", []),
        ("làm 7-11h", []),
        ("đầu tư", []),
    ],
)
def test_days(message: str, days: list[str]) -> None:
    assert [day.isoformat() for day in asked_days(message, TODAY).days] == days


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("lễ có mở cửa không", True),
        ("nghi tet may ngay", True),
        ("quốc khánh", True),
        ("lệ phí bao nhiêu", False),
        ("thứ bảy", False),
    ],
)
def test_holidays(message: str, asked: bool) -> None:
    assert asked_days(message, TODAY).holidays is asked


def test_the_29th_of_february_is_found_when_the_year_has_one() -> None:
    assert asked_days("29/2", dt.date(2028, 1, 5)).days == (dt.date(2028, 2, 29),)
