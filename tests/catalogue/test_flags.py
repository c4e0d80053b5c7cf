"""Levels and flags of online services come in from a file; what is empty stays unknown."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.__main__ import main
from bot.catalogue import service
from bot.catalogue.import_run import Report
from bot.catalogue.importing import import_path
from bot.catalogue.model import Dates, Source
from bot.catalogue.service_import import COLUMNS, import_services
from bot.catalogue.tables import NATIONAL, STAFF
from bot.imports import ImportRefused
from tests.catalogue.exports import procedure
from tests.catalogue.fact_files import (
    CHECKED,
    CODE,
    COUNCIL,
    NATION,
    OTHER,
    TODAY,
    found,
    national,
    put,
    staff_states,
    write,
)

pytest_plugins = ("tests.databases",)

LATER = {"source_title": "Quyết định 02", "checked_on": "2026-11-25"}
DECIDED = Source("Quyết định 02", COUNCIL.url, dt.date(2026, 11, 25))


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def catalogue(database_ready: None) -> None:
    national()


def give(folder: Path, *rows: dict[str, Any], dry_run: bool = False) -> Report:
    return import_services(write(folder / "dich-vu.csv", COLUMNS, rows), dry_run=dry_run)


def refused(folder: Path, *rows: dict[str, Any]) -> list[str]:
    before = staff_states()
    with pytest.raises(ImportRefused) as told:
        give(folder, *rows)
    assert staff_states() == before
    return str(told.value).splitlines()[1:]


def became(report: Report) -> tuple[list[str], list[str], int]:
    return report.new, report.changed, report.unchanged


def flags(on: dt.date = TODAY, code: str = CODE) -> tuple[str, bool | None, bool | None]:
    shown = found(code, on)
    return shown.service_level, shown.online, shown.online_payment


@pytest.mark.usefixtures("either_database")
def test_each_flag_has_its_source_and_day_and_an_empty_one_stays_unknown(tmp_path: Path) -> None:
    national()
    report = give(
        tmp_path,
        {"service_level": "full", "online": 1, "effective_from": "2026-10-01"},
        {"procedure_code": OTHER, "online_payment": 0},
    )
    assert report == Report(kind="services", read=2, kept=2, new=[CODE, OTHER], checked_on=CHECKED)
    assert (flags(), flags(code=OTHER)) == (("full", True, None), ("", None, False))
    first = found()
    sources = {group: first.source_of(group) for group in ("service_level", "online", "channels")}
    assert sources == {"service_level": COUNCIL, "online": COUNCIL, "channels": NATION}
    assert first.dates_of("service_level") == Dates(dt.date(2026, 10, 1))
    assert (first.name, first.curated) == (f"Đăng ký {CODE}", False)
    counts = service.statistics()
    assert (counts["online_payment"], counts["full_online"], counts["curated"]) == (0, 1, 0)


@pytest.mark.usefixtures("either_database")
def test_a_later_file_changes_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    national()
    give(tmp_path, {"service_level": "partial", "online_payment": 0})
    assert became(give(tmp_path, {"online_payment": 1, **LATER})) == ([], [CODE], 0)
    shown = found()
    assert flags() == ("partial", None, True)
    assert (shown.source_of("service_level"), shown.source_of("online_payment")) == (
        COUNCIL,
        DECIDED,
    )
    assert flags(dt.date(2026, 11, 24)) == ("partial", None, False)
    assert became(give(tmp_path, {"online_payment": 1, **LATER})) == ([], [], 1)


def test_the_same_file_twice_changes_nothing(tmp_path: Path, catalogue: None) -> None:
    row = {"service_level": "full", "online": 1, "online_payment": 1}
    give(tmp_path, row)
    states = staff_states()
    assert (became(give(tmp_path, row)), staff_states()) == (([], [], 1), states)


def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path, catalogue: None) -> None:
    assert became(give(tmp_path, {"online": 0}, dry_run=True)) == ([CODE], [], 0)
    assert (staff_states(), flags()) == ([], ("", None, None))


def test_a_flag_that_begins_later_is_told_from_its_day(tmp_path: Path, catalogue: None) -> None:
    give(tmp_path, {"service_level": "full", "effective_from": "2027-01-01"})
    assert (flags()[0], found().upcoming) == ("", (("service_level", dt.date(2027, 1, 1)),))
    assert flags(dt.date(2027, 1, 1))[0] == "full"


def test_a_flag_that_begins_later_does_not_end_one_that_holds(
    tmp_path: Path, catalogue: None
) -> None:
    give(tmp_path, {"service_level": "partial"})
    assert refused(tmp_path, {"service_level": "full", "effective_from": "2027-01-01"}) == [
        "line 2: service_level: partial holds until this begins; import it from 2027-01-01 on"
    ]
    give(tmp_path, {"service_level": "full", "effective_from": "2026-11-30"})
    assert flags()[0] == "full"


def test_an_older_file_does_not_undo_a_newer_one(tmp_path: Path, catalogue: None) -> None:
    give(tmp_path, {"online_payment": 1, **LATER})
    assert refused(tmp_path, {"online_payment": 0}) == [
        "line 2: online_payment: the catalogue holds what was checked on 2026-11-25, later than "
        "this"
    ]
    # What the newer one did not name is free.
    assert became(give(tmp_path, {"service_level": "full"})) == ([], [CODE], 0)
    assert flags() == ("full", None, True)


def test_what_staff_entered_keeps_its_source(tmp_path: Path, catalogue: None) -> None:
    mine = Source("Sở Thử", "", dt.date(2026, 9, 1))
    put(STAFF, replace(procedure(CODE, "", field="", level="", source=mine), agency="Sở Thử"))
    give(tmp_path, {"online": 1})
    shown = found()
    assert (shown.agency, shown.source_of("agency"), shown.source_of("online")) == (
        "Sở Thử",
        mine,
        COUNCIL,
    )


def test_a_workbook_of_other_facts_keeps_the_flags(tmp_path: Path, catalogue: None) -> None:
    give(tmp_path, {"service_level": "full", "online_payment": 1})
    folder = tmp_path / "sheets"
    folder.mkdir()
    (folder / "procedures.csv").write_text(
        "code,agency,online_payment,source_title,checked_on\n"
        f"{CODE},Sở Thử,false,Sở Thử,2026-11-29\n"
    )
    import_path(folder)
    shown = found()
    assert (shown.agency, *flags()) == ("Sở Thử", "full", None, False)
    assert (shown.source_of("service_level"), shown.source_of("online_payment")) == (
        COUNCIL,
        Source("Sở Thử", "", dt.date(2026, 11, 29)),
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "tells nothing: service_level, online, online_payment are empty"),
        ({"service_level": "toàn trình"}, "service_level: 'toàn trình' is none of full, partial"),
        ({"service_level": "full", "online": 0}, "service_level full contradicts online 0"),
        ({"service_level": "information", "online": 1}, "service_level information contradicts"),
        ({"online": 2}, "online: '2' is neither"),
        ({"online": 1, "checked_on": "2026-12-01"}, "checked_on: 2026-12-01 is not a day"),
        ({"online": 1, "source_title": ""}, "source_title: must not be empty"),
        ({"online": 1, "procedure_code": "9.999999"}, "procedure_code: 9.999999 is not in"),
        ({"online": 1, "effective_from": "1/13/2026"}, "effective_from: '1/13/2026' is"),
    ],
)
def test_a_faulty_row_is_refused_with_its_line(
    row: dict[str, Any], reason: str, tmp_path: Path, catalogue: None
) -> None:
    (fault,) = refused(tmp_path, {"procedure_code": OTHER, "online": 1}, row)
    assert fault.startswith(f"line 3: {reason}")


def test_a_code_that_stands_twice_is_refused(tmp_path: Path, catalogue: None) -> None:
    assert refused(tmp_path, {"online": 1}, {"online": 0}) == [
        "line 3: 1.000001 stands in line 2 already"
    ]


def test_thousands_of_rows_go_through_in_seconds(tmp_path: Path, database_ready: None) -> None:
    codes = [f"1.{number:06}" for number in range(3000)]
    put(NATIONAL, *(procedure(code, f"Đăng ký {code}", source=NATION) for code in codes))
    rows = [{"procedure_code": code, "service_level": "full", "online": 1} for code in codes]
    start = time.monotonic()
    assert len(give(tmp_path, *rows).new) == 3000
    assert give(tmp_path, *rows).unchanged == 3000
    assert time.monotonic() - start < 30
    assert service.statistics()["full_online"] == 3000


def test_the_commands_tell_what_they_did(
    tmp_path: Path, catalogue: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "dich-vu.csv", COLUMNS, [{"online": 1}])
    assert main(["services", "import", str(path), "--dry-run"]) == 0
    assert main(["services", "import", str(path)]) == 0
    line = "services: 1 rows, 1 procedures: 1 new, 0 changed, 0 unchanged. Checked on 2026-11-20."
    assert capsys.readouterr().out.splitlines() == [
        f"Dry run: {line}",
        f"  new: {CODE}",
        line,
        f"  new: {CODE}",
    ]


def test_the_template_is_a_file_that_only_lacks_rows(tmp_path: Path, catalogue: None) -> None:
    path = tmp_path / "mau.csv"
    assert main(["services", "template", str(path)]) == 0
    with pytest.raises(ImportRefused, match="holds no rows"):
        import_services(path)
