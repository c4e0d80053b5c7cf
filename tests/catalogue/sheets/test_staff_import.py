"""What staff write goes before the other layers, stays there, and is told of truthfully."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import clock, database
from bot.__main__ import main
from bot.catalogue import companions, finder, layers, repository, service
from bot.catalogue.import_run import Report
from bot.catalogue.importing import import_path
from bot.catalogue.model import (
    Case,
    Channel,
    Dates,
    Document,
    Duration,
    Fee,
    LifeEvent,
    Procedure,
    Source,
)
from bot.catalogue.seed_import import load_seed
from bot.catalogue.sheets.export import export
from bot.catalogue.tables import CURATED, NATIONAL, PORTAL, STAFF
from bot.imports import ImportRefused
from tests.catalogue.exports import procedure, record, write_export
from tests.catalogue.sheets import (
    CODE,
    FORMATS,
    OTHER,
    SOURCE,
    Tables,
    correction,
    dump,
    new_procedure,
    write,
    write_csv,
)

pytestmark = pytest.mark.usefixtures("database_ready")

TODAY = clock.today()
CHECKED = dt.date(2026, 7, 1)
OURS = Source(SOURCE["source_title"], SOURCE["source_url"], CHECKED)
each_format = pytest.mark.parametrize("kind", FORMATS)


def known(code: str = CODE, **facts: Any) -> Procedure:
    """A record of another layer: two channels with fees, papers, steps."""
    values: dict[str, Any] = {
        "channels": (
            Channel("online", Duration(3.0, "working_day"), (Fee(7000, "lần"),)),
            Channel("direct", Duration(3.0, "working_day"), (Fee(15000, "lần"),)),
        ),
        "documents": (Document("Tờ khai", 1),),
        "steps": ("Điền tờ khai",),
        **facts,
    }
    return procedure(code, f"Đăng ký {code}", **values)


def put(layer: str, *records: Procedure) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, layer, records)


def give(folder: Path, tables: Tables, kind: str = "csv", **options: Any) -> Report:
    """Import of a new file with these rows."""
    number = len(list(folder.iterdir()))
    (report,) = import_path(write(folder / str(number), kind, tables), **options)
    return report


def became(report: Report) -> tuple[list[str], list[str], list[str], int]:
    return report.new, report.changed, report.gone, report.unchanged


def found(code: str = CODE, on: dt.date = TODAY) -> Procedure:
    result = service.procedure(code, on)
    assert result is not None
    return result


def layer_of(layer: str, code: str = CODE) -> list[repository.State]:
    with database.connect() as connection:
        return [s for s in repository.history(connection, code) if s.layer == layer]


FEE = {
    "procedures": [correction()],
    "channels": [
        {"code": CODE, "kind": "online", "time_value": 3, "time_unit": "working_day"},
        {"code": CODE, "kind": "direct", "time_value": 3, "time_unit": "working_day"},
    ],
    "fees": [
        {"code": CODE, "channel": "online", "amount": 5000, "unit": "lần"},
        {"code": CODE, "channel": "direct", "amount": 15000, "unit": "lần"},
    ],
}
CORRECTED = (
    Channel("online", Duration(3.0, "working_day"), (Fee(5000, "lần"),)),
    Channel("direct", Duration(3.0, "working_day"), (Fee(15000, "lần"),)),
)


@each_format
def test_a_corrected_fee_goes_before_the_other_layers_and_leaves_their_facts(
    tmp_path: Path, kind: str
) -> None:
    put(NATIONAL, known())
    before = found()
    report = give(tmp_path, FEE, kind)
    assert report == Report(kind="sheets", read=5, kept=1, new=[CODE], checked_on=CHECKED)
    after = found()
    assert after.channels == CORRECTED
    assert after.source_of("channels") == OURS
    # Everything else is as it was, with its own source.
    assert (after.name, after.field, after.level) == (before.name, before.field, before.level)
    assert (after.documents, after.steps) == (before.documents, before.steps)
    assert after.source_of("steps") == before.source_of("steps")
    assert [s.procedure.channels for s in layer_of(NATIONAL)] == [before.channels]


@each_format
def test_a_new_procedure_is_found_like_any_other(tmp_path: Path, kind: str) -> None:
    put(NATIONAL, known(OTHER))
    tables = {
        "procedures": [new_procedure(plain_name="Xin giấy qua cầu treo", online="có",
                                     online_payment="Không", service_level="full",
                                     effective_from="1/2/2020", conditions="Dòng một\nDòng hai")],
        "documents": [{"code": CODE, "name": "Đơn", "original": 1, "copy": 0, "remark": "",
                       "optional": "x", "effective_to": "31/12/2099"}],
        "cases": [{"code": CODE, "name": "Lần đầu", "case_code": "A", "time_value": 1.5,
                   "time_unit": "hour"}],
        "fees": [{"code": CODE, "channel": "1", "amount": 20, "currency": "USD"},
                 {"code": CODE, "channel": "3", "amount": 0, "note": "được miễn"}],
        "channels": [{"code": CODE, "kind": kind} for kind in ("direct", "online", "direct")],
    }  # fmt: skip
    assert became(give(tmp_path, tables, kind)) == ([CODE], [], [], 0)
    new = found()
    assert new.display_name == "Xin giấy qua cầu treo"
    assert (new.online, new.online_payment, new.service_level) == (True, False, "full")
    assert new.conditions == "Dòng một\nDòng hai"
    assert new.documents == (
        Document("Đơn", 1, 0, optional=True, dates=Dates(None, dt.date(2099, 12, 31))),
    )
    assert new.cases == (Case("Lần đầu", "A", Duration(1.5, "hour")),)
    assert new.channels == (
        Channel("direct", fees=(Fee(20, currency="USD"),)),
        Channel("online"),
        Channel("direct", fees=(Fee(0, note="được miễn"),)),
    )
    assert new.dates_of("steps") == Dates(dt.date(2020, 2, 1), None)
    assert finder.search("xin giay qua cau treo", 1)[0].code == CODE


@each_format
def test_an_alias_is_found_and_added_to_those_that_are_there(tmp_path: Path, kind: str) -> None:
    put(NATIONAL, known(), known(OTHER))
    for phrase in ("chuyện ba cái cầu khỉ", "sang sông", "sang sông"):
        give(tmp_path, {"aliases": [{"code": CODE, "phrase": phrase}]}, kind)
    with database.connect() as connection:
        assert companions.aliases(connection, STAFF) == [
            (CODE, "chuyện ba cái cầu khỉ"),
            (CODE, "sang sông"),
        ]
    assert finder.search("chuyen ba cai cau khi", 1)[0].code == CODE


def test_companions_of_staff_are_added_and_replaced_by_their_key(tmp_path: Path) -> None:
    put(NATIONAL, known())

    def event(key: str, why: str) -> dict[str, Any]:
        return {
            "life_events": [{"key": key, "name": f"Tên {key}"}],
            "life_event_phrases": [{"key": key, "phrase": f"nói {key}"}],
            "life_event_steps": [{"key": key, "procedure_code": CODE, "why": why}],
            "general_facts": [{"topic": key, "text": why, **SOURCE}],
            "lexicon": [{"citizen": key, "official": why}],
        }

    give(tmp_path, event("a", "vì một"))
    give(tmp_path, event("b", "vì hai"))
    give(tmp_path, event("a", "vì ba"))
    with database.connect() as connection:
        assert sorted(companions.life_events(connection, STAFF), key=lambda e: e.key) == [
            LifeEvent("a", "Tên a", ("nói a",), ((CODE, "vì ba"),)),
            LifeEvent("b", "Tên b", ("nói b",), ((CODE, "vì hai"),)),
        ]
        assert companions.general_facts(connection, STAFF) == [
            ("a", "vì ba", OURS),
            ("b", "vì hai", OURS),
        ]
        assert companions.lexicon(connection, STAFF) == [
            ("a", "vì ba"),
            ("a", "vì một"),
            ("b", "vì hai"),
        ]


def test_layers_are_kept_apart(tmp_path: Path) -> None:
    for layer in (CURATED, PORTAL, NATIONAL):
        put(layer, known(plain_name=f"Của {layer}"))
    before = {layer: layer_of(layer) for layer in (CURATED, PORTAL, NATIONAL)}
    give(tmp_path, {"procedures": [correction(plain_name="Của ta")]})
    assert {layer: layer_of(layer) for layer in before} == before
    assert [s.procedure.plain_name for s in layer_of(STAFF)] == ["Của ta"]
    assert found().plain_name == "Của ta"
    assert found().channels == known().channels


def test_facts_of_staff_survive_the_seed_and_the_national_export(tmp_path: Path) -> None:
    load_seed()
    with database.connect() as connection:
        code = repository.all_codes(connection, TODAY)[0]
    export_folder = write_export(tmp_path / "national", {code: record(code, "Tên quốc gia")})
    import_path(export_folder)
    give(tmp_path, {
        "procedures": [correction(code, plain_name="Của tỉnh", mistakes="Quên ký")],
        "steps": [{"code": code, "text": "Chỉ một bước"}],
        "aliases": [{"code": code, "phrase": "gọi kiểu quê mình"}],
        "general_facts": [{"topic": "thu-nghiem", "text": "Của tỉnh", **SOURCE}],
    })  # fmt: skip
    expected = found(code)
    assert (expected.plain_name, expected.steps) == ("Của tỉnh", ("Chỉ một bước",))
    for again in (load_seed, lambda: import_path(export_folder), load_seed):
        again()
        assert found(code) == expected
    # Also where both have changed.
    newer = write_export(tmp_path / "newer", {code: record(code, "Tên mới của quốc gia")})
    import_path(newer, checked_on=TODAY)
    load_seed()
    after = found(code)
    assert after.name == "Tên mới của quốc gia"
    assert (after.plain_name, after.steps, after.mistakes) == (
        "Của tỉnh",
        expected.steps,
        "Quên ký",
    )
    assert "gọi kiểu quê mình" in after.aliases
    with database.connect() as connection:
        assert companions.general_fact(connection, "thu-nghiem") == ("Của tỉnh", OURS)


@each_format
def test_a_second_import_changes_nothing(tmp_path: Path, kind: str) -> None:
    put(NATIONAL, known())
    tables = {
        **FEE,
        "procedures": [correction(), new_procedure(OTHER)],
        "aliases": [{"code": CODE, "phrase": "gọi thế"}],
        "general_facts": [{"topic": "gio", "text": "Giờ", **SOURCE}],
    }
    give(tmp_path, tables, kind)
    before = dump()
    assert became(give(tmp_path, tables, kind)) == ([], [], [], 2)
    assert _without_the_record_of_imports(dump()) == _without_the_record_of_imports(before)


def _without_the_record_of_imports(tables: dict[str, Any]) -> dict[str, Any]:
    return {name: rows for name, rows in tables.items() if name != "catalogue_imports"}


@pytest.mark.parametrize("groups", [["channels", "steps"], ["steps", "channels"]])
def test_an_export_of_what_staff_gave_changes_nothing_when_it_comes_back(
    tmp_path: Path, groups: list[str]
) -> None:
    put(NATIONAL, known())
    origins = [{"code": CODE, "fact_group": group, "effective_from": "2024-01-01", **SOURCE}
               for group in groups]  # fmt: skip
    steps = [{"code": CODE, "text": "Một bước"}]
    give(tmp_path, {**FEE, "steps": steps, "origins": origins})
    before = dump()
    export(tmp_path / "out", "csv", TODAY)
    assert became(import_path(tmp_path / "out")[0]) == ([], [], [], 1)
    assert _without_the_record_of_imports(dump()) == _without_the_record_of_imports(before)


def test_a_newer_day_of_checking_alone_is_no_change(tmp_path: Path) -> None:
    put(NATIONAL, known())
    give(tmp_path, FEE)
    checked_anew = {**FEE, "procedures": [correction(checked_on="2026-08-01")]}
    assert became(give(tmp_path, checked_anew)) == ([], [], [], 1)
    assert found().source_of("channels") == replace(OURS, checked_on=dt.date(2026, 8, 1))
    assert len(layer_of(STAFF)) == 1


def test_a_correction_of_a_correction_leaves_no_trace_in_the_answers(tmp_path: Path) -> None:
    put(NATIONAL, known())
    give(tmp_path, {"procedures": [correction(plain_name="Viết sai")]})
    assert became(give(tmp_path, {"procedures": [correction(plain_name="Viết đúng")]})) == (
        [], [CODE], [], 0,
    )  # fmt: skip
    for day in (dt.date(2020, 1, 1), CHECKED, TODAY, dt.date(2090, 1, 1)):
        assert found(on=day).plain_name == "Viết đúng"


# Periods


def period(version: int, start: str, end: str, amount: int, checked_on: str) -> Tables:
    key = {"code": CODE, "version": version}
    return {
        "procedures": [{**correction(), **key, "effective_from": start, "effective_to": end,
                        "checked_on": checked_on}],
        "channels": [{**key, "kind": "online"}],
        "fees": [{**key, "channel": "online", "amount": amount}],
    }  # fmt: skip


def both(first: Tables, second: Tables) -> Tables:
    return {name: [*first[name], *second[name]] for name in first}


def amounts(*days: dt.date) -> list[int | None]:
    return [found(on=day).channels[0].fees[0].amount for day in days]


EVE, FIRST = dt.date(2026, 6, 30), dt.date(2026, 7, 1)


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned"])
@pytest.mark.parametrize("checked_on", ["2026-06-10", "2026-07-01", "2026-07-15"])
@pytest.mark.parametrize("start", ["2024-01-01", ""], ids=["from a day", "from ever"])
def test_two_periods_answer_each_for_its_days(
    tmp_path: Path, start: str, checked_on: str, turned: bool
) -> None:
    put(NATIONAL, known())
    old = period(1, start, "2026-06-30", 9000, checked_on)
    new = period(2, "2026-07-01", "", 4000, checked_on)
    tables = both(new, old) if turned else both(old, new)
    give(tmp_path, tables)
    assert amounts(dt.date(2025, 1, 1), EVE, FIRST, TODAY) == [9000, 9000, 4000, 4000]
    before = dump()
    # And a second import changes nothing.
    assert became(give(tmp_path, tables)) == ([], [], [], 2)
    assert _without_the_record_of_imports(dump()) == _without_the_record_of_imports(before)


def test_two_fees_of_one_channel_answer_each_for_its_days(tmp_path: Path) -> None:
    put(NATIONAL, known())
    fee = {"code": CODE, "channel": "online"}
    give(tmp_path, {
        "procedures": [correction()],
        "channels": [{"code": CODE, "kind": "online"}],
        "fees": [{**fee, "amount": 9000, "effective_to": "30/6/2026"},
                 {**fee, "amount": 4000, "effective_from": "01/07/2026"}],
    })  # fmt: skip
    assert amounts(dt.date(2020, 1, 1), EVE, FIRST, TODAY) == [9000, 9000, 4000, 4000]


def test_a_period_to_come_is_announced_and_then_holds(tmp_path: Path) -> None:
    put(NATIONAL, known())
    give(tmp_path, period(1, "2090-01-01", "", 9000, "2026-07-01"))
    assert amounts(TODAY, dt.date(2089, 12, 31), dt.date(2090, 1, 1)) == [7000, 7000, 9000]


# --complete


def test_complete_ends_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    put(NATIONAL, known())
    aliases = [{"code": code, "phrase": f"gọi {code}"} for code in (CODE, OTHER)]
    give(tmp_path, {"procedures": [correction(plain_name="Của ta"), new_procedure(OTHER)],
                    "aliases": aliases})  # fmt: skip
    rest = {"procedures": [new_procedure(OTHER)], "aliases": aliases[1:]}
    # Without the option nothing ends.
    assert became(give(tmp_path, rest)) == ([], [], [], 1)
    assert found().plain_name == "Của ta"
    assert became(give(tmp_path, rest, complete=True)) == ([], [], [CODE], 1)
    assert found().plain_name == ""
    assert found().channels == known().channels
    assert found(on=TODAY - dt.timedelta(days=1)).plain_name == "Của ta"
    with database.connect() as connection:
        assert companions.aliases(connection, STAFF) == [(OTHER, f"gọi {OTHER}")]
    assert became(give(tmp_path, rest, complete=True)) == ([], [], [], 1)


def test_complete_ends_periods_to_come_as_well(tmp_path: Path) -> None:
    put(NATIONAL, known())
    old = period(1, "2024-01-01", "2089-12-31", 9000, "2026-07-01")
    give(tmp_path, both(old, period(2, "2090-01-01", "", 4000, "2026-07-01")))
    give(tmp_path, {"procedures": [new_procedure(OTHER)]}, complete=True)
    assert amounts(TODAY, dt.date(2090, 1, 1)) == [7000, 7000]


def test_what_complete_has_ended_comes_back_when_it_is_given_again(tmp_path: Path) -> None:
    put(NATIONAL, known())
    whole = {"procedures": [correction(plain_name="Của ta"), new_procedure(OTHER)]}
    give(tmp_path, whole)
    give(tmp_path, {"procedures": [new_procedure(OTHER)]}, complete=True)
    report = give(tmp_path, whole)
    assert CODE in report.new + report.changed
    assert found().plain_name == "Của ta"


@pytest.mark.parametrize("sheet", ["aliases", "lexicon"])
def test_complete_without_procedures_ends_no_procedure(tmp_path: Path, sheet: str) -> None:
    put(NATIONAL, known())
    give(tmp_path, {"procedures": [correction(plain_name="Của ta")]})
    row = {"aliases": {"code": CODE, "phrase": "gọi"}, "lexicon": {"citizen": "a", "official": "b"}}
    assert became(give(tmp_path, {sheet: [row[sheet]]}, complete=True)) == ([], [], [], 0)
    assert found().plain_name == "Của ta"


# Rows of other layers


def exported(folder: Path) -> Path:
    """The catalogue as a folder of CSV files."""
    export(folder / "out", "csv", TODAY)
    return folder / "out"


def edit(path: Path, sheet: str, change: Any) -> None:
    """As a person does who edits an export: `change` takes and gives the list of rows."""
    file = path / f"{sheet}.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        header, rows = list(reader.fieldnames or []), list(reader)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header)
        writer.writeheader()
        writer.writerows(change(rows))


def changed(column: str, value: str) -> Any:
    return lambda rows: [{**rows[0], column: value}, *rows[1:]]


def fill_layers() -> None:
    event = LifeEvent("sinh", "Sinh con", ("có em bé",), ((CODE, "vì thế"),))
    for layer in (CURATED, PORTAL, NATIONAL):
        put(layer, known())
    with database.begin() as connection:
        companions.replace_aliases(connection, CURATED, [(CODE, "gọi thế")])
        companions.replace_lexicon(connection, CURATED, [("cà vẹt", "giấy xe")])
        companions.replace_life_events(connection, CURATED, [event])
        companions.replace_general_facts(connection, CURATED, [("gio", "Giờ", OURS)])


@pytest.mark.parametrize("layer", [CURATED, PORTAL, NATIONAL])
@pytest.mark.parametrize(
    ("sheet", "column", "value"),
    [
        ("procedures", "plain_name", "Tên khác"),
        ("procedures", "effective_to", "2030-01-01"),
        ("fees", "amount", "1"),
        ("channels", "time_value", "4"),
        ("documents", "name", "Tờ khác"),
        ("steps", "text", "Bước khác"),
    ],
)
def test_a_row_of_another_layer_that_differs_is_refused(
    tmp_path: Path, layer: str, sheet: str, column: str, value: str
) -> None:
    fill_layers()
    path = exported(tmp_path)
    edit(path, sheet, lambda rows: [
        {**row, column: value} if row["layer"] == layer else row for row in rows
    ])  # fmt: skip
    before = dump()
    with pytest.raises(ImportRefused) as caught:
        import_path(path)
    assert f"{CODE}, layer {layer}: differs from the catalogue" in str(caught.value)
    assert "--restore" in str(caught.value)
    assert dump() == before


@pytest.mark.parametrize("layer", [CURATED, PORTAL, NATIONAL])
def test_a_new_row_of_another_layer_is_refused(tmp_path: Path, layer: str) -> None:
    fill_layers()
    before = dump()
    with pytest.raises(ImportRefused, match=f"{OTHER}, layer {layer}: differs"):
        give(tmp_path, {"procedures": [new_procedure(OTHER, layer=layer)]})
    assert dump() == before


@pytest.mark.parametrize(
    ("sheet", "column", "value"),
    [
        ("aliases", "phrase", "gọi khác"),
        ("lexicon", "official", "từ khác"),
        ("life_events", "name", "Tên khác"),
        ("life_event_phrases", "phrase", "nói khác"),
        ("life_event_steps", "why", "vì khác"),
        ("general_facts", "text", "Chữ khác"),
    ],
)
def test_a_companion_of_another_layer_that_differs_is_refused(
    tmp_path: Path, sheet: str, column: str, value: str
) -> None:
    fill_layers()
    path = exported(tmp_path)
    import_path(path)
    edit(path, sheet, changed(column, value))
    before = dump()
    # It is never passed over in silence: its writer would believe it is in.
    with pytest.raises(ImportRefused, match=CURATED):
        import_path(path)
    assert dump() == before


def test_an_export_with_a_correction_added_is_taken(tmp_path: Path) -> None:
    fill_layers()
    path = exported(tmp_path)
    mine = {"layer": "", "code": CODE, "plain_name": "Của ta", **SOURCE}
    edit(path, "procedures", lambda rows: [*rows, mine])
    edit(path, "aliases", lambda rows: [*rows, {"layer": STAFF, "code": CODE, "phrase": "thêm"}])
    assert became(import_path(path)[0]) == ([CODE], [], [], 0)
    assert (found().plain_name, found().channels) == ("Của ta", known().channels)
    with database.connect() as connection:
        assert companions.aliases(connection) == [(CODE, "gọi thế"), (CODE, "thêm")]


def test_rows_of_other_layers_that_begin_later_come_back_unchanged(tmp_path: Path) -> None:
    put(CURATED, known())
    put(CURATED, known(effective=Dates(dt.date(2090, 1, 1)), plain_name="Sau này"))
    assert became(import_path(exported(tmp_path))[0]) == ([], [], [], 0)


@pytest.mark.parametrize("missing", ["name", "field", "level"])
def test_a_new_procedure_without_what_it_needs_is_refused(tmp_path: Path, missing: str) -> None:
    before = dump()
    with pytest.raises(ImportRefused, match=f"{CODE}: a new procedure needs name, field and level"):
        give(tmp_path, {"procedures": [new_procedure(**{missing: ""})]})
    assert dump() == before


# --dry-run


@each_format
def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path, kind: str) -> None:
    put(NATIONAL, known())
    give(tmp_path, {"procedures": [correction(), new_procedure(OTHER)]}, kind)
    tables = {
        **FEE,
        "procedures": [correction(), new_procedure("1.000003")],
        "aliases": [{"code": CODE, "phrase": "gọi thế"}],
    }
    for options in ({}, {"complete": True}):
        before = dump()
        trial = give(tmp_path, tables, kind, dry_run=True, **options)
        assert dump() == before
        assert give(tmp_path, tables, kind, **options) == trial
        assert dump() != before


def test_a_dry_run_finds_the_faults(tmp_path: Path) -> None:
    before = dump()
    with pytest.raises(ImportRefused, match=r"procedures\.csv, line 2: level"):
        give(tmp_path, {"procedures": [new_procedure(level="district")]}, dry_run=True)
    assert dump() == before


# The commands


def test_the_command_tells_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(NATIONAL, known())
    path = write_csv(tmp_path / "in", FEE)
    said = (
        "sheets: 5 read, 1 kept: 1 new, 0 changed, 0 gone, 0 unchanged; 0 rejected. "
        f"Checked on 2026-07-01.\n  new: {CODE}\n"
    )
    before = dump()
    assert main(["catalogue", "import", str(path), "--dry-run"]) == 0
    assert capsys.readouterr().out == f"Dry run: {said}"
    assert dump() == before
    assert main(["catalogue", "import", str(path)]) == 0
    assert capsys.readouterr().out == said
    assert main(["catalogue", "import", str(path)]) == 0
    assert ": 0 new, 0 changed, 0 gone, 1 unchanged;" in capsys.readouterr().out
    other = write_csv(tmp_path / "other", {"procedures": [new_procedure(OTHER)]})
    assert main(["catalogue", "import", str(other), "--complete"]) == 0
    assert f"  gone: {CODE}\n" in capsys.readouterr().out


def test_the_command_says_what_is_wrong_and_that_nothing_was_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "in", {"procedures": [new_procedure(level="district")]})
    before = dump()
    assert main(["catalogue", "import", str(path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Error: The file has faults:\n  procedures.csv, line 2: level: ")
    assert told.err.endswith("\nNothing was changed.\n")
    assert dump() == before


def test_a_restore_through_the_command_brings_the_layers_back(tmp_path: Path) -> None:
    fill_layers()
    path = exported(tmp_path)
    put(NATIONAL, known(result="Sau đó", source=replace(OURS, checked_on=TODAY)))
    assert found().result == "Sau đó"
    assert main(["catalogue", "import", str(path)]) == 1
    assert main(["catalogue", "import", str(path), "--restore"]) == 0
    assert found().result == ""


def test_history_lists_every_state_that_was_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(NATIONAL, known())
    old = period(1, "2024-01-01", "2026-06-30", 9000, "2026-07-15")
    give(tmp_path, both(old, period(2, "2026-07-01", "", 4000, "2026-07-15")))
    assert main(["catalogue", "history", CODE]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "national 1 from the beginning until now seen 2026-07-01 checked 2026-07-01 "
        f"Đăng ký {CODE}",
        "staff 1 from 2024-01-01 until 2026-07-01 seen 2026-07-15 checked 2026-07-15",
        "staff 2 from 2026-07-01 until now seen 2026-07-15 checked 2026-07-15",
    ]


@pytest.mark.parametrize(
    ("day", "amount"), [("2026-06-30", 9000), ("2026-07-01", 4000), ("2023-12-31", 7000)]
)
def test_history_gives_the_facts_of_a_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str, amount: int
) -> None:
    put(NATIONAL, known())
    old = period(1, "2024-01-01", "2026-06-30", 9000, "2026-07-15")
    give(tmp_path, both(old, period(2, "2026-07-01", "", 4000, "2026-07-15")))
    assert main(["catalogue", "history", CODE, "--on", day]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["channels"][0]["fees"][0]["amount"]) == (CODE, amount)


@pytest.mark.parametrize("arguments", [[], ["--on", "2026-07-01"]])
def test_history_of_an_unknown_code_fails(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["catalogue", "history", CODE, *arguments]) == 1
    assert capsys.readouterr().err.startswith(f"Error: {CODE} ")


def test_stale_names_what_has_ended_and_what_nobody_checked_for_long(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today = TODAY.isoformat()
    fee = {"code": CODE, "amount": 9000}
    give(tmp_path, {
        "procedures": [new_procedure(checked_on=today),
                       new_procedure(OTHER, checked_on="2001-02-03"),
                       new_procedure("1.000003", checked_on=today)],
        "channels": [{"code": CODE, "kind": "online", "effective_to": "2024-05-06"}],
        "fees": [{**fee, "channel": "online"}],
        "steps": [{"code": code, "text": "Một bước"} for code in (CODE, OTHER, "1.000003")],
    })  # fmt: skip
    assert main(["catalogue", "stale"]) == 0
    assert [line.split()[:4] for line in capsys.readouterr().out.splitlines()] == [
        [CODE, "channels", "expired", "2024-05-06"],
        [OTHER, "steps", "stale", "2001-02-03"],
    ]
