"""When a dossier filed now is due, and what is said of facts that may hold no longer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot import clock
from bot.catalogue.model import Channel, Duration, Fee, Procedure, Source
from bot.rendering import dating
from bot.settings import Settings, settings

TUESDAY = "2026-11-24T09:00"
CHECKED = Source("Nguồn thử", "https://example.vn", dt.date(2026, 7, 1))
PROCEDURE = Procedure("1.000001", "Đăng ký thử", "Lĩnh vực thử", "commune", source=CHECKED)


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat(moment))


def taking(value: float | None, unit: str | None, note: str = "") -> Procedure:
    """A procedure whose both ways to file take this time."""
    time = Duration(value, unit, note)
    return replace(PROCEDURE, channels=(Channel("online", time), Channel("direct", time)))


def today_until(day: str) -> list[str]:
    return [f"Nếu anh/chị nộp đủ hồ sơ hôm nay thì hẹn trả chậm nhất ngày {day}."]


@pytest.mark.parametrize(
    ("moment", "value", "unit", "day"),
    [
        (TUESDAY, 3, "working_day", "27/11/2026"),
        (TUESDAY, 4, "working_day", "30/11/2026"),
        (TUESDAY, 4, "day", "30/11/2026"),  # the fourth day is a Saturday
        (TUESDAY, 15, "day", "09/12/2026"),
        (TUESDAY, 1, "month", "24/12/2026"),
        ("2026-12-31T08:00", 2, "month", "01/03/2027"),  # 28/2 is a Sunday
        ("2026-12-31T08:00", 1, "working_day", "04/01/2027"),  # over New Year
        ("2027-02-03T08:00", 1, "working_day", "11/02/2027"),  # over Tết
        ("2027-02-03T08:00", 1, "day", "11/02/2027"),
        # Without the rule of 15:00 the evening counts like the morning.
        ("2026-11-24T23:59", 3, "working_day", "27/11/2026"),
    ],
)
def test_a_dossier_filed_on_a_working_day_is_due_on_a_day(
    monkeypatch: pytest.MonkeyPatch, moment: str, value: float, unit: str, day: str
) -> None:
    set_clock(monkeypatch, moment)
    assert dating.due(taking(value, unit)) == today_until(day)


@pytest.mark.parametrize(
    ("moment", "start", "day"),
    [
        ("2026-11-28T09:00", "30/11/2026", "03/12/2026"),  # Saturday
        ("2026-11-29T09:00", "30/11/2026", "03/12/2026"),
        ("2027-01-01T09:00", "04/01/2027", "07/01/2027"),
        ("2027-02-05T10:00", "11/02/2027", "16/02/2027"),  # in the middle of Tết
    ],
)
def test_on_a_day_off_the_next_working_day_counts(
    monkeypatch: pytest.MonkeyPatch, moment: str, start: str, day: str
) -> None:
    set_clock(monkeypatch, moment)
    line = (
        "Hôm nay là ngày nghỉ. Nếu anh/chị nộp đủ hồ sơ ngày làm việc tới "
        f"({start}) thì hẹn trả chậm nhất ngày {day}."
    )
    assert dating.due(taking(3, "working_day")) == [line]
    late = replace(taking(3, "working_day"), steps=("Nhận sau 15 giờ thì trả ngày sau.",))
    assert dating.due(late) == [line], "nobody files after 15:00 on a day off"


LATE = [
    replace(taking(3, "working_day"), steps=("Gửi.", "- Nhận sau 15 giờ thì tính từ ngày sau.")),
    replace(taking(3, "working_day"), steps=("Hồ sơ nhận SAU 15H tính từ ngày sau.",)),
    taking(3, "working_day", "nhận sau 15 giờ thì thêm một ngày"),
    replace(
        PROCEDURE,
        channels=(Channel("direct", Duration(3, "working_day"), note="Sau 15 giờ là ngày sau"),),
    ),
]


@pytest.mark.parametrize("procedure", LATE)
def test_the_rule_of_15_00_gives_two_days(
    monkeypatch: pytest.MonkeyPatch, procedure: Procedure
) -> None:
    set_clock(monkeypatch, TUESDAY)
    assert dating.due(procedure) == [
        "Nếu anh/chị nộp đủ hồ sơ hôm nay trước 15 giờ thì hẹn trả chậm nhất ngày 27/11/2026. "
        "Nộp sau 15 giờ thì chậm nhất ngày 30/11/2026."
    ]


def test_after_15_00_on_a_friday_counts_from_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, "2026-11-27T10:00")
    (line,) = dating.due(replace(taking(1, "month"), steps=("Sau 15 giờ thì tính ngày sau",)))
    assert "ngày 28/12/2026. Nộp sau 15 giờ thì chậm nhất ngày 30/12/2026." in line


@pytest.mark.parametrize(
    "text", ["Nhận lúc 15 giờ", "Làm việc đến 15 giờ", "Sau 15 ngày thì trả", "Sau 150 giờ"]
)
def test_other_hours_and_days_are_no_rule_of_15_00(text: str) -> None:
    assert not dating.has_late_rule(replace(PROCEDURE, steps=(text,)))


@pytest.mark.parametrize(
    "channels",
    [
        (),
        (Channel("direct"),),
        (Channel("direct", Duration(note="Trong buổi làm việc")),),
        (Channel("direct", Duration(2, "hour")),),
        (Channel("direct", Duration(1, "year")),),
        (Channel("direct", Duration(3.5, "working_day")),),
        (Channel("online", Duration(3, "day")), Channel("direct", Duration(5, "day"))),
        (Channel("online", Duration(3, "day")), Channel("direct", Duration(3, "working_day"))),
        (Channel("online", Duration(3, "day")), Channel("direct", Duration(note="theo hẹn"))),
    ],
    ids=["no way", "unpublished", "words", "hours", "years", "half", "two", "units", "mixed"],
)
def test_where_there_is_no_single_time_in_days_no_day_is_promised(
    monkeypatch: pytest.MonkeyPatch, channels: tuple[Channel, ...]
) -> None:
    set_clock(monkeypatch, TUESDAY)
    assert dating.due(replace(PROCEDURE, channels=channels)) == []


def test_a_way_whose_time_is_unpublished_does_not_hide_that_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_clock(monkeypatch, TUESDAY)
    channels = (Channel("online", Duration(3, "working_day")), Channel("postal"))
    assert dating.due(replace(PROCEDURE, channels=channels)) == today_until("27/11/2026")


# What may hold no longer.

FEES = replace(PROCEDURE, channels=(Channel("direct", fees=(Fee(7000),)),))
EXPIRED = (
    "Xin anh/chị lưu ý: thông tin này hết hiệu lực sau ngày 31/10/2026, em chưa có thông tin "
    "mới. Anh/chị gọi 1022 để hỏi lại trước khi đi."
)
STALE = (
    "Xin anh/chị lưu ý: thông tin này đã lâu chưa được kiểm tra lại, có thể đã thay đổi. "
    "Anh/chị gọi 1022 để hỏi lại trước khi đi."
)
UPCOMING = "Từ ngày 01/01/2027, thông tin này thay đổi."


def test_a_fact_that_holds_and_was_checked_is_not_doubted(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, TUESDAY)
    assert dating.doubt(FEES, "channels") == []


def test_doubts_are_of_one_group_only(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, TUESDAY)
    doubtful = replace(
        FEES,
        expired=(("channels", dt.date(2026, 10, 31)),),
        upcoming=(("channels", dt.date(2027, 1, 1)), ("agency", dt.date(2027, 6, 1))),
    )
    assert dating.doubt(doubtful, "channels") == [EXPIRED, UPCOMING]
    assert dating.doubt(doubtful, "documents") == []


@pytest.mark.parametrize(
    ("moment", "lines"), [("2027-07-01T09:00", []), ("2027-07-02T00:00", [STALE])]
)
def test_a_fact_is_stale_after_a_year_without_a_check(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch, moment: str, lines: list[str]
) -> None:
    set_clock(monkeypatch, moment)
    assert dating.doubt(FEES, "channels") == lines


def test_the_groups_own_source_tells_when_it_was_checked(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, "2027-07-02T00:00")
    newer = replace(FEES, sources=(("channels", Source("Khác", "", dt.date(2027, 6, 1))),))
    assert dating.doubt(newer, "channels") == []
    assert dating.doubt(newer, "documents") == [STALE]


def test_after_how_many_days_is_a_setting(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, "2026-07-12T09:00")
    monkeypatch.setenv("BOT_STALE_AFTER_DAYS", "10")
    settings.cache_clear()
    assert dating.doubt(FEES, "channels") == [STALE]
    assert dating.doubt(replace(FEES, source=None), "channels") == []


@pytest.mark.usefixtures("fresh_settings")
def test_papers_that_ended_are_told_whatever_is_said_of_fees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_clock(monkeypatch, TUESDAY)
    ended = replace(FEES, expired=(("documents", dt.date(2026, 10, 31)),))
    assert dating.doubt(ended, "documents", of_fees=False) == [EXPIRED]
    fees_alone = replace(FEES, expired=(("channels", dt.date(2026, 10, 31)),))
    assert dating.doubt(fees_alone, "channels", of_fees=False) == []
