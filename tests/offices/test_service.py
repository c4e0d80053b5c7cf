"""Which offices and teams serve a place, and when they are open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.clock import VIETNAM
from bot.offices import service
from bot.offices.sheet_import import import_sheet
from bot.settings import Settings
from tests.offices import files as f


@pytest.fixture
def filled(units_ready: Settings, tmp_path: Path) -> None:
    file = tmp_path / "fill.csv"
    import_sheet(f.write(file, f.OFFICES, f.LINE, f.BRANCH, f.COMMUNE, f.CENTRE))
    week = [f.span(day, *half) for day in range(5)
            for half in (("07:30", "11:30"), ("13:30", "17:00"))]  # fmt: skip
    import_sheet(f.write(file, f.HOURS, *week, f.span(5, "08:00", "11:00")))
    import_sheet(
        f.write(
            file,
            f.TEAMS,
            f.team("Thôn Phước Thiện", "Tổ Phước Thiện"),
            f.team("Thôn 1", "Tổ 1"),
            f.team("Thôn 10", "Tổ 10"),
            f.team("", "Tổ xã"),
            f.team("Thôn 1", "Tổ Ba Tơ", unit=f.BA_TO),
        )
    )


def test_offices_that_serve_a_place(filled: None) -> None:
    serving = service.offices_serving("Xã Vạn Tường")
    assert [office.key for office in serving] == ["xa", "tinh", "kon-tum"]
    assert [o.key for o in service.offices_of_commune("Xã Vạn Tường")] == ["xa"]
    assert [o.key for o in service.offices_serving("Xã Ba Tơ")] == ["tinh", "kon-tum"]
    assert [o.key for o in service.offices_of_province()] == ["tinh", "kon-tum"]
    assert service.count() == len(service.all_offices()) == 4


def test_an_office_with_its_source(filled: None) -> None:
    office = service.offices_of_commune("Xã Vạn Tường")[0]
    assert (office.telephone, office.address, office.has_contact) == ("0255 3822868", "", True)
    assert (office.source.title, office.source.checked_on) == ("Thông báo", dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    ("moment", "is_open", "following"),
    [
        ("2026-11-24T07:29", False, "2026-11-24T07:30"),
        ("2026-11-24T07:30", True, "2026-11-24T13:30"),
        ("2026-11-24T11:30", False, "2026-11-24T13:30"),
        ("2026-11-24T16:59", True, "2026-11-25T07:30"),
        ("2026-11-28T09:00", True, "2026-11-30T07:30"),  # Saturday morning
        ("2026-11-28T12:00", False, "2026-11-30T07:30"),
        ("2027-01-01T09:00", False, "2027-01-02T08:00"),  # a holiday on a Friday
        ("2027-02-04T09:00", False, "2027-02-11T07:30"),  # Tết
    ],
)
def test_open_and_next_opening(filled: None, moment: str, is_open: bool, following: str) -> None:
    local = dt.datetime.fromisoformat(moment)
    expected = dt.datetime.fromisoformat(following).replace(tzinfo=VIETNAM)
    assert service.is_open("tinh", local) is is_open
    assert service.next_opening("tinh", local) == expected
    # The same moment as a server elsewhere sees it.
    abroad = local.replace(tzinfo=VIETNAM).astimezone(dt.timezone.utc)
    assert service.is_open("tinh", abroad) is is_open
    assert service.next_opening("tinh", abroad) == expected


def test_unknown_hours_are_neither_open_nor_closed(filled: None) -> None:
    now = dt.datetime(2026, 11, 24, 9, tzinfo=VIETNAM)
    assert service.hours("xa") is None
    assert service.is_open("xa", now) is None
    assert service.next_opening("xa", now) is None


@pytest.mark.parametrize(
    ("hamlet", "names"),
    [
        ("", ["Tổ xã", "Tổ 1", "Tổ 10", "Tổ Phước Thiện"]),
        ("thon phuoc thien", ["Tổ Phước Thiện"]),
        ("tui o Phuoc Thien, to cong nghe so la ai", ["Tổ Phước Thiện"]),
        ("thôn 1", ["Tổ 1"]),
        ("1", ["Tổ 1"]),
        ("có 1 việc ở thôn 10", ["Tổ 10"]),
        ("thôn Không Có", []),
    ],
)
def test_teams_of_a_commune_and_hamlet(filled: None, hamlet: str, names: list[str]) -> None:
    assert [team.name for team in service.teams("Xã Vạn Tường", hamlet)] == names


def test_teams_of_an_unknown_commune(filled: None) -> None:
    assert service.teams("Xã Không Có") == ()
