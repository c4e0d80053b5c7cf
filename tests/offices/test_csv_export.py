"""What is exported comes back in identical; the commands that do it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot import database
from bot.__main__ import main
from bot.offices import csv_export, service
from bot.offices import tables as t
from bot.offices.csv_export import export, write_templates
from bot.offices.sheet_import import import_sheet, kind_of, load_seed
from bot.offices.units_import import import_units
from bot.settings import Settings
from tests.offices import files as f


def fill(tmp_path: Path) -> None:
    load_seed()
    file = tmp_path / "fill.csv"
    import_sheet(f.write(file, f.OFFICES, f.CENTRE, f.BRANCH, f.COMMUNE.replace("0255", "+84 255")))
    import_sheet(f.write(file, f.HOURS, f.span(0, "07:30", "11:30"), f.span(5, "08:00", "11:00")))
    import_sheet(f.write(file, f.TEAMS, f.team("Thôn 3"), f.team("", unit=f.BA_TO)))


@pytest.mark.parametrize(("kind", "count"), [("offices", 103), ("hours", 1), ("teams", 2)])
def test_an_export_comes_back_identical(
    units_ready: Settings, tmp_path: Path, kind: str, count: int
) -> None:
    fill(tmp_path)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    export(kind, first)
    report = import_sheet(first)
    assert (report.new, report.changed, report.unchanged) == (0, 0, count)
    # And into a database that has none of them.
    with database.begin() as connection:
        tables = {"offices": t.offices, "hours": t.office_hours, "teams": t.digital_teams}
        connection.execute(tables[kind].delete())
    assert import_sheet(first).new == count
    export(kind, second)
    assert second.read_bytes() == first.read_bytes()


def test_exported_units_come_back_identical(units_ready: Settings, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert export("units", first) == 274
    assert import_units(first).changed is False
    with database.begin() as connection:
        connection.execute(t.administrative_units.delete())
    assert import_units(first).changed is True
    export("units", second)
    assert second.read_bytes() == first.read_bytes()


def test_a_failed_export_leaves_the_old_file(
    units_ready: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f.write(tmp_path / "units.csv", "old")

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(csv_export.csv, "writer", broken)
    with pytest.raises(OSError, match="disk"):
        export("units", path)
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.glob("*.part")] == []


def test_templates_have_headers_and_a_guide(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    paths = write_templates(folder)
    assert [p.name for p in paths] == [
        "units.csv", "offices.csv", "hours.csv", "teams.csv", "huong-dan.txt",
    ]  # fmt: skip
    for path in paths[:-1]:
        assert kind_of(path) == path.stem
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) == 1
    guide = paths[-1].read_text(encoding="utf-8")
    assert all(line.startswith("#") or line.startswith("  ") for line in guide.splitlines())
    for sheet in ("offices", "hours", "teams"):
        for column in csv_export.COLUMNS[sheet]:
            assert column in guide, column


def test_templates_overwrite_nothing(tmp_path: Path) -> None:
    f.write(tmp_path / "teams.csv", "mine")
    with pytest.raises(FileExistsError, match="not overwritten"):
        write_templates(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["teams.csv"]


def test_commands(
    fresh_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units, offices = tmp_path / "units.csv", tmp_path / "offices.csv"
    shipped = Path(csv_export.__file__).parent / "seed"
    assert main(["offices", "import", str(shipped / "administrative_units.csv")]) == 0
    assert main(["offices", "export", "units", str(units)]) == 0
    assert main(["offices", "import", str(units), "--dry-run"]) == 0
    assert main(["offices", "import", str(shipped / "offices.csv"), "--dry-run"]) == 0
    assert service.count() == 0
    assert main(["offices", "import", str(shipped / "offices.csv")]) == 0
    assert service.count() == 100
    assert main(["offices", "export", "offices", str(offices)]) == 0
    assert main(["offices", "import", str(offices)]) == 0
    assert main(["offices", "template", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "274 rows, 96 units of today: changed." in said
    assert "Dry run: 274 rows, 96 units of today: unchanged." in said
    assert "Dry run: offices: 100 new, 0 changed, 0 unchanged." in said
    assert "offices: 0 new, 0 changed, 100 unchanged." in said
    f.write(offices, f.OFFICES, f.CENTRE.replace("2026-11-01", ""))
    assert main(["offices", "import", str(offices)]) == 1
    assert "line 2: checked_on must not be empty\nNothing was changed." in capsys.readouterr().err
