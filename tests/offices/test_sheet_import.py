"""Import of offices, hours and digital teams: whole or not at all, and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.imports import ImportRefused
from bot.offices import service, sheet_import
from bot.offices.sheet_import import Report, import_sheet, kind_of
from bot.settings import Settings
from tests.offices import files as f


@pytest.fixture
def file(units_ready: Settings, tmp_path: Path) -> Path:
    """Where a test writes its file; the database knows the units."""
    return tmp_path / "file.csv"


def offices(file: Path, *lines: str) -> Path:
    return f.write(file, f.OFFICES, *lines)


def hours(file: Path, *lines: str) -> Path:
    return f.write(file, f.HOURS, *lines)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("old_province,old_district,old_ward,old_ward_code,new_ward,new_type,new_ward_code,divided",
         "units"),
        (f.OFFICES, "offices"),
        (f.HOURS, "hours"),
        (f.TEAMS, "teams"),
        ("\ufeff" + f.TEAMS, "teams"),
        (",".join(reversed(f.HOURS.split(","))), "hours"),
    ],
)  # fmt: skip
def test_the_header_tells_the_kind(tmp_path: Path, header: str, kind: str) -> None:
    assert kind_of(f.write(tmp_path / "a.csv", header)) == kind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: this header is of no known format. Formats: units"),
        ("a,b,c\n", "line 1: this header is of no known format. Formats: units"),
        (f.OFFICES.replace(",address", "") + "\n", "Nearest is offices, which lacks address"),
        (f.HOURS + ",opens\n", "line 1: the columns opens stand twice"),
        ('"a\n', "line 1"),
    ],
)
def test_a_wrong_header_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ImportRefused, match=said):
        kind_of(path)


def test_the_line_that_is_not_utf8_is_named(file: Path) -> None:
    file.write_bytes(f"{f.OFFICES}\n{f.CENTRE}\n".encode() + "Điểm".encode("cp1258", "replace"))
    with pytest.raises(ImportRefused, match=r"file\.csv, line 3, is not UTF-8"):
        import_sheet(file)


def test_offices_are_added_updated_and_left(file: Path) -> None:
    assert import_sheet(offices(file, f.CENTRE, f.COMMUNE)) == Report("offices", 2, 0, 0)
    assert import_sheet(file) == Report("offices", 0, 0, 2)
    moved = f.CENTRE.replace("54 Hùng Vương", "56 Hùng Vương")
    assert import_sheet(offices(file, moved, f.LINE)) == Report("offices", 1, 1, 0)
    assert {o.key: o.address for o in service.all_offices()} == {
        "tinh": "56 Hùng Vương",
        "xa": "",
        "duong-day": "",
    }


def test_a_dry_run_counts_and_writes_nothing(file: Path) -> None:
    assert import_sheet(offices(file, f.CENTRE), dry_run=True) == Report("offices", 1, 0, 0)
    assert service.count() == 0


def test_hours_of_the_named_offices_are_replaced(file: Path) -> None:
    import_sheet(offices(file, f.CENTRE, f.COMMUNE))
    first = hours(file, f.span(0, "7:30", "11:30"), f.span(0, "13:30", "17:00"),
                  f.span(1, "07:30", "11:30", "xa"))  # fmt: skip
    assert import_sheet(first) == Report("hours", 2, 0, 0)
    assert import_sheet(first) == Report("hours", 0, 0, 2)
    assert import_sheet(hours(file, f.span(2, "08:00", "11:00"))) == Report("hours", 0, 1, 0)
    centre, commune = service.hours("tinh"), service.hours("xa")
    assert centre is not None
    assert [(s.weekday, f"{s.opens:%H:%M}", f"{s.closes:%H:%M}") for s in centre.spans] == [
        (2, "08:00", "11:00")
    ]
    assert commune is not None
    assert [s.weekday for s in commune.spans] == [1]


def test_an_updated_office_keeps_its_hours(file: Path) -> None:
    import_sheet(offices(file, f.CENTRE))
    import_sheet(hours(file, f.span(0, "07:30", "11:30")))
    import_sheet(offices(file, f.CENTRE.replace("54", "55")))
    assert service.hours("tinh") is not None


def test_teams_are_known_by_commune_and_hamlet(file: Path) -> None:
    teams = f.write(file, f.TEAMS, f.team("Thôn Phước Thiện"), f.team(""), f.team("Thôn 3"),
                    f.team("Thôn 3", unit=f.BA_TO))  # fmt: skip
    assert import_sheet(teams) == Report("teams", 4, 0, 0)
    again = f.write(file, f.TEAMS, f.team("thôn phước thiện", name="Tổ mới"))
    assert import_sheet(again) == Report("teams", 0, 1, 0)
    assert sorted(team.name for team in service.teams("Xã Vạn Tường")) == ["Tổ", "Tổ", "Tổ mới"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f.COMMUNE.replace(f.VAN_TUONG, "99999"), "unit_code '99999' is unknown"),
        (f.COMMUNE.replace(f.VAN_TUONG, ""), "unit_code must not be empty"),
        (f.CENTRE.replace("Trung tâm tỉnh,", f"Trung tâm tỉnh,{f.VAN_TUONG}"), "must be empty"),
        (f.CENTRE.replace("province_centre", "centre"), "kind must be one of"),
        (f.CENTRE.replace("tinh,", "Tỉnh A,"), "key must be small letters"),
        (f.CENTRE.replace("Trung tâm tỉnh", ""), "name must not be empty"),
        (f.COMMUNE.replace("0255 3822868", "2553822868"), "telephone '2553822868' is no"),
        (f.CENTRE.replace("54 Hùng", "=HYPERLINK(1) Hùng"), "address must not begin with ="),
        (f.CENTRE.replace("54 Hùng", "@SUM Hùng"), "address must not begin with @"),
        (f.CENTRE.replace("54 Hùng", "+84 Hùng"), r"address must not begin with \+"),
        (f.CENTRE.replace("54 Hùng", "-1 Hùng"), "address must not begin with -"),
        (f.CENTRE.replace("54 Hùng Vương", '"54\nHùng"'), "address must be one line"),
        (f.CENTRE.replace("54 Hùng Vương", "x" * 501), "address is longer than 500"),
        (f.CENTRE.replace("Thông báo", ""), "source_title must not be empty"),
        (f.CENTRE.replace("https:", "javascript:"), "source_url must begin with http"),
        (f.CENTRE.replace("2026-11-01", ""), "checked_on must not be empty"),
        (f.CENTRE.replace("2026-11-01", "01/11/2026"), "checked_on must be a date"),
        (f.BRANCH.replace("kon-tum,branch", "xa,branch"), "key stands in line 2 already"),
    ],
)
def test_a_faulty_office_is_refused_with_its_line(file: Path, line: str, said: str) -> None:
    offices(file, f.COMMUNE, line, f.LINE)
    with pytest.raises(ImportRefused, match=rf"line [34]: .*{said}"):
        import_sheet(file)
    assert service.count() == 0


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([f.span(0, "11:30", "07:30")], "line 2: closes 07:30 is not after opens 11:30"),
        ([f.span(0, "07:30", "07:30")], "line 2: closes 07:30 is not after"),
        ([f.span(0, "07:30", "24:00")], "line 2: closes must be a time"),
        ([f.span(0, "7h30", "11:30")], "line 2: opens must be a time"),
        ([f.span(7, "07:30", "11:30")], "line 2: weekday must be 0"),
        ([f.span("thứ hai", "07:30", "11:30")], "line 2: weekday must be 0"),
        ([f.span(0, "07:30", "11:30", "khong")], "line 2: office_key 'khong' is unknown"),
        ([f.span(0, "07:30", "11:30"), f.span(0, "11:00", "17:00")],
         "line 3: the hours overlap with those of line 2"),
        ([f.span(0, "07:30", "11:30"), f.span(0, "07:30", "11:30")], "line 3: the hours overlap"),
    ],
)  # fmt: skip
def test_faulty_hours_are_refused_and_the_old_stay(file: Path, lines: list[str], said: str) -> None:
    import_sheet(offices(file, f.CENTRE))
    import_sheet(hours(file, f.span(4, "08:00", "12:00")))
    with pytest.raises(ImportRefused, match=said):
        import_sheet(hours(file, *lines))
    known = service.hours("tinh")
    assert known is not None
    assert [span.weekday for span in known.spans] == [4]


def test_spans_that_touch_do_not_overlap(file: Path) -> None:
    import_sheet(offices(file, f.CENTRE))
    touching = hours(file, f.span(0, "07:30", "11:30"), f.span(0, "11:30", "17:00"))
    assert import_sheet(touching) == Report("hours", 1, 0, 0)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([f.team("Thôn 3", unit="")], "line 2: unit_code '' is unknown"),
        ([f.team("Thôn 3", name="")], "line 2: name must not be empty"),
        ([f.team("Thôn 3", telephone="12")], "line 2: telephone '12' is no"),
        ([f.team("Thôn 3"), f.team("thôn 3")], "line 3: unit_code, hamlet stands in line 2"),
    ],
)
def test_a_faulty_team_is_refused(file: Path, lines: list[str], said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        import_sheet(f.write(file, f.TEAMS, *lines))
    assert service.teams("Xã Vạn Tường") == ()


def test_all_faulty_lines_are_named(file: Path) -> None:
    bad = f.CENTRE.replace("2026-11-01", "?")
    with pytest.raises(ImportRefused, match=r"(?s)line 2: .*line 3: .*and 5 more"):
        import_sheet(offices(file, *[bad] * 25))


def test_a_file_too_large_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_import, "LARGEST_FILE", 100)
    with pytest.raises(ImportRefused, match="is larger than"):
        import_sheet(offices(file, f.CENTRE))


def test_a_file_without_rows_is_refused(file: Path) -> None:
    with pytest.raises(ImportRefused, match="holds no offices"):
        import_sheet(offices(file))
