"""Fees of the province come in from a file, whole or not at all, and keep what others told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import clock
from bot.__main__ import main
from bot.catalogue.fee_import import FeeReport, import_fees
from bot.catalogue.fee_sheet import COLUMNS
from bot.catalogue.importing import import_path
from bot.catalogue.model import Channel, Dates, Duration, Fee, Source
from bot.catalogue.service_import import COLUMNS as FLAG_COLUMNS
from bot.catalogue.service_import import import_services
from bot.catalogue.sheets.export import export
from bot.catalogue.tables import STAFF
from bot.imports import ImportRefused
from tests.catalogue.exports import procedure
from tests.catalogue.fact_files import (
    CHECKED,
    CODE,
    COUNCIL,
    NATION,
    OTHER,
    THREE_DAYS,
    TODAY,
    amounts,
    found,
    national,
    put,
    staff_states,
    write,
)

pytest_plugins = ("tests.databases",)

DIRECT = {"channel": "direct", "amount": 9000, "unit": "lần"}
EVERYWHERE = {**DIRECT, "channel": ""}
NEXT = {**DIRECT, "effective_from": "2027-01-01", "source_title": "Nghị quyết 02"}
STAFF_SOURCE = Source("Sở Thử", "https://example.vn/so", dt.date(2026, 9, 1))


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def catalogue(database_ready: None) -> None:
    national()


def give(folder: Path, *rows: dict[str, Any], dry_run: bool = False) -> FeeReport:
    return import_fees(write(folder / "phi.csv", COLUMNS, rows), dry_run=dry_run)


def refused(folder: Path, *rows: dict[str, Any]) -> list[str]:
    """The faults that a file is refused for; nothing must have been written."""
    before = staff_states()
    with pytest.raises(ImportRefused) as told:
        give(folder, *rows)
    assert staff_states() == before
    first, *faults = str(told.value).splitlines()
    assert first == "phi.csv has faulty rows:"
    return faults


def became(report: FeeReport) -> tuple[list[str], list[str], int, list[tuple[str, str]]]:
    return report.new, report.changed, report.unchanged, report.replaced


def clerk(**facts: Any) -> None:
    """Staff have entered something of the procedure before."""
    put(STAFF, replace(procedure(CODE, "", field="", level="", source=STAFF_SOURCE), **facts))


@pytest.mark.usefixtures("either_database")
def test_local_fees_go_before_and_everything_else_stays(tmp_path: Path) -> None:
    national()
    before = found()
    report = give(
        tmp_path,
        {**DIRECT, "effective_from": "2026-10-01", "effective_to": "2027-12-31"},
        {"channel": "direct", "case": "Hộ nghèo", "amount": 0, "note": "Miễn phí cho hộ nghèo"},
        {"procedure_code": OTHER, "amount": "", "note": "Thu theo hợp đồng"},
    )
    assert report == FeeReport(kind="fees", read=3, kept=2, new=[CODE, OTHER], checked_on=CHECKED)
    after = found()
    held = Dates(dt.date(2026, 10, 1), dt.date(2027, 12, 31))
    poor = Fee(0, note="Miễn phí cho hộ nghèo", case="Hộ nghèo")
    assert after.channels == (
        before.channels[0],
        Channel("direct", THREE_DAYS, (Fee(9000, "lần", dates=held), poor)),
    )
    assert (after.source_of("fees"), after.source_of("fees.online")) == (COUNCIL, NATION)
    assert (after.source_of("channels"), after.steps, after.name, after.curated) == (
        NATION,
        before.steps,
        before.name,
        False,
    )
    words = (Fee(note="Thu theo hợp đồng"),)
    assert [c.fees for c in found(OTHER).channels] == [words, words]


@pytest.mark.usefixtures("either_database")
def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    national()
    rows = {**DIRECT, "effective_to": "2026-12-31"}, {**NEXT, "source_title": COUNCIL.title}
    assert became(give(tmp_path, *rows)) == ([CODE], [], 0, [])
    states = staff_states()
    assert became(give(tmp_path, *rows)) == ([], [], 1, [])
    assert staff_states() == states


def test_a_newer_check_of_the_same_fees_is_noted(tmp_path: Path, catalogue: None) -> None:
    give(tmp_path, DIRECT)
    assert became(give(tmp_path, {**DIRECT, "checked_on": "2026-11-29"})) == ([], [], 1, [])
    assert found().source_of("fees") == replace(COUNCIL, checked_on=dt.date(2026, 11, 29))


def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path, catalogue: None) -> None:
    assert became(give(tmp_path, DIRECT, dry_run=True)) == ([CODE], [], 0, [])
    assert (staff_states(), amounts()) == ([], {"online": [5000], "direct": [8000]})


def test_fees_for_all_channels_are_those_of_the_channels_that_there_are(
    tmp_path: Path, catalogue: None
) -> None:
    give(tmp_path, EVERYWHERE)
    assert amounts() == {"online": [9000], "direct": [9000]}


@pytest.mark.usefixtures("either_database")
def test_what_staff_entered_keeps_its_facts_sources_and_days(tmp_path: Path) -> None:
    national()
    other = Source("Quyết định 5", "", dt.date(2026, 8, 1))
    held = Dates(dt.date(2026, 9, 1), dt.date(2027, 8, 31))
    clerk(
        agency="Sở Thử",
        result="Thẻ",
        channels=(Channel("direct", Duration(5.0, "day"), (Fee(6000),)),),
        effective=held,
        sources=(("result", other),),
        dates=(("result", Dates(None, dt.date(2028, 1, 1))),),
    )
    assert became(give(tmp_path, DIRECT)) == ([], [CODE], 0, [])
    after = found()
    assert after.channels == (Channel("direct", Duration(5.0, "day"), (Fee(9000, "lần"),)),)
    assert {
        group: after.source_of(group) for group in ("agency", "result", "channels", "fees")
    } == {
        "agency": STAFF_SOURCE,
        "result": other,
        "channels": STAFF_SOURCE,
        "fees": COUNCIL,
    }
    assert (after.dates_of("agency"), after.dates_of("fees")) == (held, Dates())
    assert after.dates_of("result") == Dates(None, dt.date(2028, 1, 1))
    # What was told before the import is told of these days still.
    assert amounts(on=dt.date(2026, 11, 19)) == {"direct": [6000]}
    assert became(give(tmp_path, DIRECT)) == ([], [], 1, [])


def test_fees_and_flags_from_lists_leave_each_other_alone(tmp_path: Path, catalogue: None) -> None:
    flags = write(tmp_path / "dich-vu.csv", FLAG_COLUMNS, [{"service_level": "full"}])
    import_services(flags)
    give(tmp_path, DIRECT)
    assert (found().service_level, amounts()["direct"]) == ("full", [9000])
    assert import_services(flags).unchanged == 1
    assert became(give(tmp_path, DIRECT)) == ([], [], 1, [])


# A later file.


@pytest.mark.usefixtures("either_database")
def test_a_later_file_takes_the_place_of_the_local_fees_before_and_says_so(tmp_path: Path) -> None:
    national()
    give(tmp_path, EVERYWHERE)
    later = {**DIRECT, "amount": 9500, "source_title": "Nghị quyết 02", "checked_on": "2026-11-25"}
    assert became(give(tmp_path, later)) == ([], [CODE], 0, [(CODE, "Nghị quyết 01")])
    # The channel that it does not name is the nation's again.
    assert amounts() == {"online": [5000], "direct": [9500]}
    assert amounts(on=dt.date(2026, 11, 24)) == {"online": [9000], "direct": [9000]}
    assert [(s.valid_from, s.valid_to) for s in staff_states()] == [
        (None, dt.date(2026, 11, 25)),
        (dt.date(2026, 11, 25), None),
    ]


@pytest.mark.usefixtures("either_database")
def test_fees_that_begin_later_leave_the_earlier_ones_until_then(tmp_path: Path) -> None:
    national()
    give(tmp_path, EVERYWHERE)
    give(tmp_path, NEXT)
    assert amounts() == {"online": [9000], "direct": [9000]}
    assert found().source_of("fees") == COUNCIL
    assert found().upcoming == (("fees", dt.date(2027, 1, 1)),)
    new_year = dt.date(2027, 1, 1)
    assert amounts(on=new_year) == {"online": [5000], "direct": [9000]}
    assert found(on=new_year).source_of("fees") == replace(COUNCIL, title="Nghị quyết 02")
    assert became(give(tmp_path, NEXT)) == ([], [], 1, [])


def test_the_same_file_after_its_day_has_come_changes_nothing(
    tmp_path: Path, catalogue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(tmp_path, EVERYWHERE)
    give(tmp_path, NEXT)
    monkeypatch.setattr(clock, "today", lambda: dt.date(2027, 2, 1))
    assert became(give(tmp_path, NEXT)) == ([], [], 1, [])


def test_a_third_source_cannot_be_kept_beside_two_that_wait(
    tmp_path: Path, catalogue: None
) -> None:
    give(tmp_path, DIRECT)
    give(tmp_path, NEXT)
    third = {**NEXT, "effective_from": "2028-01-01", "source_title": "Nghị quyết 03"}
    assert refused(tmp_path, third) == [
        "line 2: the local fees of 1.000001 already change on 2027-01-01: import these from that "
        "day on"
    ]
    earlier = {**third, "effective_from": "2026-12-15"}
    give(tmp_path, earlier)
    assert amounts(on=dt.date(2026, 12, 14))["direct"] == [9000]
    assert found(on=dt.date(2026, 12, 14)).source_of("fees") == COUNCIL
    assert found(on=dt.date(2027, 1, 1)).source_of("fees") == replace(
        COUNCIL, title="Nghị quyết 03"
    )


def test_an_older_file_does_not_undo_a_newer_one(tmp_path: Path, catalogue: None) -> None:
    give(tmp_path, DIRECT)
    assert refused(tmp_path, {**DIRECT, "amount": 7000, "checked_on": "2026-11-19"}) == [
        "line 2: the catalogue holds local fees of 1.000001 that were checked on 2026-11-20, "
        "later than these"
    ]


@pytest.mark.usefixtures("either_database")
def test_what_staff_entered_for_a_later_day_gets_the_fees_as_well(tmp_path: Path) -> None:
    national()
    clerk(agency="Sở nay")
    clerk(agency="Sở mới", effective=Dates(dt.date(2027, 1, 1)))
    give(tmp_path, DIRECT)
    shown = {
        on: (found(on=on).agency, amounts(on=on)["direct"])
        for on in (TODAY, dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    }
    assert list(shown.values()) == [
        ("Sở nay", [9000]),
        ("Sở nay", [9000]),
        ("Sở mới", [9000]),
    ]
    assert became(give(tmp_path, DIRECT)) == ([], [], 1, [])
    assert len(staff_states()) == 3


def test_fees_that_staff_wrote_by_hand_stay_where_a_file_names_other_channels(
    tmp_path: Path, catalogue: None
) -> None:
    clerk(channels=(Channel("online", fees=(Fee(4000),)), Channel("direct", fees=(Fee(6000),))))
    give(tmp_path, DIRECT)
    assert amounts() == {"online": [4000], "direct": [9000]}
    assert (found().source_of("fees"), found().source_of("fees.online")) == (COUNCIL, STAFF_SOURCE)
    assert became(give(tmp_path, DIRECT)) == ([], [], 1, [])


# Beside the catalogue's own format.


def test_a_workbook_of_other_facts_keeps_the_local_fees(tmp_path: Path, catalogue: None) -> None:
    give(tmp_path, DIRECT)
    give(tmp_path, {**NEXT, "amount": 9500})
    before = found().source_of("fees"), found(on=dt.date(2027, 1, 1)).source_of("fees")
    folder = tmp_path / "sheets"
    folder.mkdir()
    (folder / "procedures.csv").write_text(
        f"code,agency,source_title,checked_on\n{CODE},Sở Thử,Sở Thử,2026-11-29\n"
    )
    import_path(folder)
    new_year = found(on=dt.date(2027, 1, 1))
    assert [found().agency, new_year.agency] == ["Sở Thử", "Sở Thử"]
    assert [amounts()["direct"], amounts(on=dt.date(2027, 1, 1))["direct"]] == [[9000], [9500]]
    assert (found().source_of("fees"), new_year.source_of("fees")) == before


def test_an_export_brings_local_fees_back_as_they_were(tmp_path: Path, catalogue: None) -> None:
    give(tmp_path, EVERYWHERE)
    give(tmp_path, NEXT)
    before = found(), found(on=dt.date(2027, 1, 1)), staff_states()
    export(tmp_path / "all.json", "json", TODAY, history=True)
    import_path(tmp_path / "all.json", restore=True)
    assert (found(), found(on=dt.date(2027, 1, 1)), staff_states()) == before


# Refusals.

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a bare 0": ({"amount": 0, "note": ""}, "amount: 0 needs a note that begins with Miễn, Không "
                 "thu or the like and says why; leave an unknown fee empty"),
    "0 with another note": ({"amount": 0, "note": "Lệ phí"}, "amount: 0 needs a note"),
    "the export's default": ({"amount": "0 VNĐ"}, "amount: '0 VNĐ' is no plain number"),
    "a note of nothing": ({"amount": "", "note": "0 VNĐ ()"}, "note: a bare 0 says nothing"),
    "neither sum nor note": ({"amount": ""}, "amount: empty without a note"),
    "lost thousands": ({"amount": 50}, "amount: 50 đồng has lost its thousands?"),
    "dots": ({"amount": "9.000"}, "amount: '9.000' may mean thousands: write it without a dot"),
    "a fraction": ({"amount": "9000.5"}, "amount: '9000.5' is no whole number"),
    "minus": ({"amount": "-9000"}, "amount: '-9000' is no plain number"),
    "too much": ({"amount": 10**13}, "amount: '10000000000000' is out of range"),
    "a formula": ({"note": "=1+1"}, "note: '=1+1' is a formula"),
    "channel": ({"channel": "fax"}, "channel: 'fax' is none of online, direct, postal; leave it"),
    "no code": ({"procedure_code": "abc"}, "procedure_code: 'abc' is no national code"),
    "strange code": ({"procedure_code": "9.999999"}, "procedure_code: 9.999999 is not in the cata"),
    "no source": ({"source_title": ""}, "source_title: must not be empty"),
    "no check": ({"checked_on": ""}, "checked_on: must not be empty"),
    "checked tomorrow": ({"checked_on": "2026-12-01"}, "checked_on: 2026-12-01 is not a day up to"),
    "no address": ({"source_url": "nghi-quyet.pdf"}, "source_url: must begin with http:// or"),
    "days": ({"effective_from": "2026-05-02", "effective_to": "2026-05-01"},
             "effective_to lies before effective_from"),
    "far day": ({"effective_from": "2206-01-01"}, "effective_from: 2206-01-01 cannot be right"),
    "no day": ({"effective_from": "2026-02-30"}, "effective_from: '2026-02-30' is no"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_row_is_refused_with_its_line(name: str, tmp_path: Path, catalogue: None) -> None:
    changes, reason = FAULTS[name]
    (fault,) = refused(tmp_path, {**DIRECT, "channel": "online"}, {**DIRECT, **changes})
    assert fault.startswith(f"line 3: {reason}")


@pytest.mark.parametrize(
    "row",
    [
        {"amount": 500, "note": "500 đồng/trang"},
        {"amount": 0, "note": "Không thu phí với trẻ em"},
        {"amount": 0, "note": "Miễn lệ phí"},
        {"amount": "", "note": "Theo hợp đồng"},
        {"amount": 9000, "effective_from": "01/10/2026"},
    ],
)
def test_what_looks_like_a_trap_but_is_explained_is_taken(
    row: dict[str, Any], tmp_path: Path, catalogue: None
) -> None:
    give(tmp_path, {"channel": "direct", **row})
    assert amounts()["direct"] == [row["amount"] if row["amount"] != "" else None]


def test_rows_that_repeat_or_contradict_each_other_are_refused(
    tmp_path: Path, catalogue: None
) -> None:
    assert refused(
        tmp_path,
        {**DIRECT, "effective_to": "2026-12-31"},
        {**DIRECT, "amount": 7000, "effective_from": "2026-12-31"},
        {**DIRECT, "effective_from": "2027-01-01"},
        {**EVERYWHERE, "unit": "bản"},
        {**DIRECT, "case": "Trẻ em"},
        {**DIRECT, "case": "Trẻ em", "source_url": "https://example.vn/khac"},
    ) == [
        "line 3: repeats line 2 for the same days",
        "line 5: line 2 and this one are for all channels and for one: name the channel in each "
        "of them",
        "line 7: 1.000001 has another source or checked_on in line 2",
        "line 7: repeats line 6 for the same days",
    ]


def test_fees_in_turn_and_of_other_cases_stand_beside_each_other(
    tmp_path: Path, catalogue: None
) -> None:
    give(
        tmp_path,
        {**DIRECT, "effective_to": "2026-12-31"},
        {**DIRECT, "amount": 9500, "effective_from": "2027-01-01"},
        {**EVERYWHERE, "case": "Cấp lại", "amount": 3000},
    )
    assert amounts() == {"online": [3000], "direct": [9000, 3000]}
    assert amounts(on=dt.date(2027, 1, 1)) == {"online": [3000], "direct": [9500, 3000]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "phi.csv lacks the columns procedure_code"),
        ("procedure_code,channel\n", "phi.csv lacks the columns case, amount"),
        (",".join(c.name for c in COLUMNS) + "\n\n", "phi.csv holds no rows."),
        (",".join(c.name for c in COLUMNS) + ",note\n", "line 1: the columns note stand twice"),
    ],
    ids=["empty", "other", "no rows", "twice"],
)
def test_a_file_of_another_form_is_refused(
    text: str, reason: str, tmp_path: Path, catalogue: None
) -> None:
    (tmp_path / "phi.csv").write_text(text)
    with pytest.raises(ImportRefused, match=reason.replace(".", r"\.")):
        import_fees(tmp_path / "phi.csv")


# Commands.


def test_the_commands_tell_what_they_did(
    tmp_path: Path, catalogue: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "phi.csv", COLUMNS, [DIRECT])
    assert main(["fees", "import", str(path), "--dry-run"]) == 0
    assert main(["fees", "import", str(path)]) == 0
    write(path, COLUMNS, [{**DIRECT, "amount": 1_000_000}])
    assert main(["fees", "import", str(path)]) == 0
    line = "fees: 1 rows, 1 procedures: 1 new, 0 changed, 0 unchanged. Checked on 2026-11-20."
    assert capsys.readouterr().out.splitlines() == [
        f"Dry run: {line}",
        f"  new: {CODE}",
        line,
        f"  new: {CODE}",
        line.replace("1 new, 0 changed", "0 new, 1 changed"),
        f"  changed: {CODE}",
        f"  {CODE} had local fees before, of: Nghị quyết 01",
    ]
    write(path, COLUMNS, [{**DIRECT, "amount": 0}])
    assert main(["fees", "import", str(path)]) == 1
    assert capsys.readouterr().err.endswith("leave an unknown fee empty\nNothing was changed.\n")


def test_the_template_is_a_file_that_only_lacks_rows(
    tmp_path: Path, catalogue: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mau.csv"
    assert main(["fees", "template", str(path)]) == 0
    with pytest.raises(ImportRefused, match="holds no rows"):
        import_fees(path)
    assert main(["fees", "template", str(path)]) == 1
    assert "it may be somebody's work" in capsys.readouterr().err
