"""Hostile and broken files are refused with a message that says where, and change nothing."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot import database
from bot.__main__ import main
from bot.catalogue import companions, layers
from bot.catalogue.importing import import_path
from bot.catalogue.sheets.spec import ValueRefused, sheets
from bot.catalogue.tables import CURATED, NATIONAL
from bot.imports import ImportRefused
from tests.catalogue.exports import procedure
from tests.catalogue.sheets import (
    CODE,
    FORMATS,
    NAMES,
    OTHER,
    SOURCE,
    UNKNOWN,
    Row,
    Tables,
    correction,
    dump,
    new_procedure,
    write,
    write_csv,
    write_json,
    write_xlsx,
)

each_format = pytest.mark.parametrize("kind", FORMATS)
each_option = pytest.mark.parametrize(
    "options", [{}, {"complete": True}, {"restore": True}, {"dry_run": True}], ids=str
)
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def nothing_changes(database_ready: object) -> Iterator[None]:
    """A catalogue with something in it, the same after the test as before."""
    with database.begin() as connection:
        layers.write_layer(connection, NATIONAL, [procedure(CODE, "Đăng ký thử")])
        companions.replace_aliases(connection, CURATED, [(CODE, "gọi thế")])
    before = dump()
    yield
    assert dump() == before


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(ImportRefused) as caught:
        import_path(path, **options)
    return str(caught.value)


def place(kind: str, sheet: str, number: int) -> str:
    """How a message names the nth row (from 1) of a sheet."""
    return {
        "csv": f"{sheet}.csv, line {number + 1}",
        "json": f"given.json, {sheet} {number}",
        "xlsx": f"given.xlsx, sheet {sheet}, row {number + 1}",
    }[kind]


def fee(**values: Any) -> Tables:
    return {
        "procedures": [correction()],
        "channels": [{"code": CODE, "kind": "online"}],
        "fees": [{"code": CODE, "channel": "online", **values}],
    }


def child(sheet: str, **values: Any) -> Tables:
    return {"procedures": [correction()], sheet: [{"code": CODE, **values}]}


# Values

NO_DAYS = [
    "2026-02-30",
    "2026-13-01",
    "31/04/2026",
    "29/2/2025",
    "2026/07/01",
    "1.7.2026",
    "hôm qua",
    "2026",
    "2026-07",
    "46204",
    "20260701",
    "07/2026",
    "2026-07-01T00:00",
]
NO_AMOUNTS = [
    "-1",
    "-7000",
    "7.000",
    "1.500.000",
    "7,000",
    "7000,5",
    "7.5",
    "7000đ",
    "7 000",
    "bảy nghìn",
    "1e3",
    "0x10",
    "NaN",
    "inf",
    "1000000000000000",
    "9" * 400,
    "+5",
]


@each_format
@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_an_amount_that_is_no_plain_number_is_refused(
    tmp_path: Path, kind: str, amount: str
) -> None:
    told = refused(write(tmp_path, kind, fee(amount=amount)))
    assert f"{place(kind, 'fees', 1)}: amount: " in told


@pytest.mark.parametrize(
    "amount",
    [-1, 7.5, -0.5, True, 1e15, 10**400, float("nan"), float("inf"), [7000], {"vnd": 7000}],
    ids=lambda v: str(v)[:9],
)
def test_an_amount_that_is_no_number_of_json_is_refused(tmp_path: Path, amount: object) -> None:
    told = refused(write(tmp_path, "json", fee(amount=amount)))
    assert "given.json, fees 1: amount: " in told


@pytest.mark.parametrize("amount", [-7000, 7.5, True, dt.date(2026, 7, 1)])
def test_an_amount_that_is_no_number_of_a_workbook_is_refused(
    tmp_path: Path, amount: object
) -> None:
    told = refused(write(tmp_path, "xlsx", fee(amount=amount)))
    assert "given.xlsx, sheet fees, row 2: amount: " in told


@each_format
@pytest.mark.parametrize("amount", ["0", "00", "0.0"])
def test_a_fee_of_nothing_without_a_word_is_refused(tmp_path: Path, kind: str, amount: str) -> None:
    told = refused(write(tmp_path, kind, fee(amount=amount)))
    assert f"{place(kind, 'fees', 1)}: " in told
    assert "fee of 0 without a note" in told


@each_format
@pytest.mark.parametrize("day", NO_DAYS)
@pytest.mark.parametrize("column", ["checked_on", "effective_from"])
def test_a_day_that_does_not_exist_is_refused(
    tmp_path: Path, kind: str, column: str, day: str
) -> None:
    told = refused(write(tmp_path, kind, {"procedures": [new_procedure(**{column: day})]}))
    assert f"{place(kind, 'procedures', 1)}: {column}: " in told


TURNED = {"effective_from": "2026-07-02", "effective_to": "2026-07-01"}


@each_format
@pytest.mark.parametrize(
    ("sheet", "rest"),
    [
        ("fees", {"channel": "online", "amount": 5}),
        ("channels", {"kind": "online"}),
        ("documents", {"name": "Đơn"}),
        ("cases", {"name": "Đầu"}),
        ("forms", {"name": "Mẫu"}),
        ("legal_bases", {"title": "Luật"}),
        ("origins", {"fact_group": "steps"}),
        ("procedures", {}),
    ],
)
def test_a_fact_that_ends_before_it_begins_is_refused(
    tmp_path: Path, kind: str, sheet: str, rest: Row
) -> None:
    tables = {"procedures": [correction()], "channels": [{"code": CODE, "kind": "direct"}]}
    if sheet == "fees":
        tables["channels"] = [{"code": CODE, "kind": "online"}]
    if sheet == "procedures":
        tables["procedures"] = [correction(**TURNED)]
    else:
        tables[sheet] = [{"code": CODE, **rest, **TURNED}]
    told = refused(write(tmp_path, kind, tables))
    assert f"{place(kind, sheet, 1)}: effective_to lies before effective_from" in told


@each_format
@pytest.mark.parametrize(
    ("tables", "sheet", "said"),
    [
        (child("procedures", **SOURCE, level="district"), "procedures", "level: 'district'"),
        (child("procedures", **SOURCE, service_level="toàn trình"), "procedures", "service_level"),
        (child("procedures", **SOURCE, online="maybe"), "procedures", "online: 'maybe'"),
        (child("procedures", **SOURCE, version="một"), "procedures", "version: 'một'"),
        (child("procedures", source_title="", checked_on="2026-07-01"), "procedures",
         "source_title: must not be empty"),
        (child("procedures", source_title="Nguồn", checked_on=""), "procedures",
         "checked_on: must not be empty"),
        (child("channels", kind="fax"), "channels", "kind: 'fax'"),
        (child("channels", kind=""), "channels", "kind: must not be empty"),
        (child("channels", kind="online", time_value="3", time_unit="tuần"), "channels",
         "time_unit: 'tuần'"),
        (child("channels", kind="online", time_value="3"), "channels", "time_value and time_unit"),
        (child("channels", kind="online", time_unit="day"), "channels", "time_value and time_unit"),
        (child("channels", kind="online", time_value="1.500", time_unit="day"), "channels",
         "time_value: '1.500' may mean thousands"),
        (child("cases", name="Đầu", time_value="3"), "cases", "time_value and time_unit"),
        (child("documents", name="Đơn", original="một"), "documents", "original: 'một'"),
        (child("documents", name="Đơn", copy="-1"), "documents", "copy: '-1'"),
        (child("documents", name="  "), "documents", "name: must not be empty"),
        (child("steps", text=""), "steps", "text: must not be empty"),
        (child("origins", fact_group="giá cả"), "origins", "fact_group 'giá cả'"),
        (child("origins", fact_group="steps", source_title="Nguồn"), "origins", "checked_on"),
        (child("aliases", phrase=""), "aliases", "phrase: must not be empty"),
        ({"procedures": [correction(code="1.1")]}, "procedures", "code: '1.1'"),
        ({"procedures": [correction(code="")]}, "procedures", "code: must not be empty"),
        ({"procedures": [correction(code="1.000001.000.00.00.H48")]}, "procedures", "code: "),
        ({"aliases": [{"code": "khai sinh", "phrase": "gọi"}]}, "aliases", "code: 'khai sinh'"),
        ({"general_facts": [{"topic": "gio", "text": "Giờ", "source_title": "a",
                             "checked_on": "x"}]}, "general_facts", "checked_on: 'x'"),
        ({"lexicon": [{"citizen": "a", "official": ""}]}, "lexicon", "official: must not"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_wrong_value_is_refused_naming_its_row_and_column(
    tmp_path: Path, kind: str, tables: Tables, sheet: str, said: str
) -> None:
    # The valid rows of `child` are replaced where its sheet is that of the fault.
    assert f"{place(kind, sheet, 1)}: " in (told := refused(write(tmp_path, kind, tables)))
    assert said in told


@each_format
@pytest.mark.parametrize(
    "text",
    ["=1+1", "=HYPERLINK(\"x\")", "@SUM(A1)", "+cmd(1)", "-SUM(1)", "-x|' /C calc'!A0",
     "  =1", "\t=1"],
)  # fmt: skip
@pytest.mark.parametrize("layer", ["", "staff"])
def test_a_text_of_staff_that_looks_like_a_formula_is_refused(
    tmp_path: Path, kind: str, text: str, layer: str
) -> None:
    path = write(tmp_path, kind, {"procedures": [correction(layer=layer, mistakes=text)]})
    if kind == "xlsx":
        # As text: a person typed an apostrophe before it.
        book = openpyxl.load_workbook(path)
        column = [c.value for c in book["procedures"][1]].index("mistakes") + 1
        book["procedures"].cell(2, column).data_type = "s"
        book.save(path)
    told = refused(path)
    assert f"{place(kind, 'procedures', 1)}" in told
    assert "formula" in told


CONTROLS = ["\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f"]


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_a_control_character_is_refused(tmp_path: Path, kind: str, control: str) -> None:
    path = write(tmp_path, kind, {"procedures": [correction(mistakes="trước sau")]})
    file = path / "procedures.csv" if kind == "csv" else path
    written = json.dumps("trước sau")[1:-1] if kind == "json" else "trước sau"
    text = file.read_text(encoding="utf-8")
    assert written in text
    wanted = json.dumps(control)[1:-1] if kind == "json" else control
    file.write_text(text.replace(written, written.replace(" ", wanted)), encoding="utf-8")
    assert place(kind, "procedures", 1) in refused(path)


@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDC00), f"a{chr(0xDFFF)}b"], ids=ascii)
@pytest.mark.parametrize("sheet", ["procedures", "aliases"])
def test_half_a_character_is_refused(tmp_path: Path, half: str, sheet: str) -> None:
    row = {"procedures": correction(mistakes=half), "aliases": {"code": CODE, "phrase": half}}
    told = refused(write(tmp_path, "json", {sheet: [row[sheet]]}))
    assert f"given.json, {sheet} 1: " in told


@each_format
@pytest.mark.parametrize("column", ["mistakes", "name", "source_title"])
def test_a_text_that_is_too_long_is_refused(tmp_path: Path, kind: str, column: str) -> None:
    if kind == "xlsx":
        # One cell cannot hold it; what continues elsewhere can.
        rows = [{"code": CODE, **SOURCE, column: "đ" * 30_000 + "\u2026[1]"}]
        path = write_xlsx(tmp_path / "given.xlsx", {"procedures": rows})
        book = openpyxl.load_workbook(path)
        book.create_sheet("phan_tiep").append([1, "đ" * 20_001])
        book.save(path)
    else:
        path = write(tmp_path, kind, {"procedures": [correction(**{column: "đ" * 50_001})]})
    told = refused(path)
    assert f"{place(kind, 'procedures', 1)}: {column}: " in told
    assert "longer than 50000" in told
    assert len(told) < 1_000


def test_a_csv_cell_of_megabytes_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in", {"procedures": [correction(mistakes="a" * 2 * MEGABYTE)]})
    assert "procedures.csv, line 2" in refused(path)


# Rows that do not fit together


@each_format
def test_a_code_that_stands_twice_is_refused(tmp_path: Path, kind: str) -> None:
    rows = [new_procedure(OTHER), new_procedure(UNKNOWN), new_procedure(OTHER, name="Khác")]
    told = refused(write(tmp_path, kind, {"procedures": rows}))
    first, again = place(kind, "procedures", 1), place(kind, "procedures", 3)
    assert f"{again}: {OTHER} stands already in {first}" in told


@each_format
@pytest.mark.parametrize("version", [1, "1", 0])
def test_a_version_that_stands_twice_is_refused(tmp_path: Path, kind: str, version: Any) -> None:
    rows = [new_procedure(OTHER, version=version), new_procedure(OTHER, layer="staff", version="")]
    told = refused(write(tmp_path, kind, {"procedures": rows}))
    assert f"{OTHER} stands already in {place(kind, 'procedures', 1)}" in told


@each_format
@pytest.mark.parametrize(
    ("sheet", "row"),
    [
        ("origins", {"fact_group": "steps"}),
        ("channels", {"kind": "online"}),
        ("fees", {"channel": "online", "amount": 5}),
        ("cases", {"name": "a"}),
        ("documents", {"name": "a"}),
        ("forms", {"name": "a"}),
        ("steps", {"text": "a"}),
        ("places", {"text": "a"}),
        ("legal_bases", {"title": "a"}),
        ("differences", {"other_code": OTHER, "how": "a"}),
    ],
)
@pytest.mark.parametrize("stray", [{"code": UNKNOWN}, {"layer": "portal"}, {"version": 2}], ids=str)
def test_a_row_without_its_procedure_is_refused(
    tmp_path: Path, kind: str, sheet: str, row: Row, stray: Row
) -> None:
    tables = {"procedures": [correction()], sheet: [{"code": CODE, **row, **stray}]}
    told = refused(write(tmp_path, kind, tables))
    code = stray.get("code", CODE)
    assert f"{place(kind, sheet, 1)}: {code} has no row in the sheet procedures" in told


@each_format
@pytest.mark.parametrize("channel", ["postal", "2", "0", "-1", "fax", "1.0", "²", "99999"])
def test_a_fee_of_a_channel_that_is_not_there_is_refused(
    tmp_path: Path, kind: str, channel: str
) -> None:
    told = refused(write(tmp_path, kind, fee(channel=channel, amount=5)))
    assert repr(channel) in told
    assert "channels" in told


@each_format
def test_a_fee_of_a_channel_that_is_there_twice_is_refused(tmp_path: Path, kind: str) -> None:
    tables = {**fee(amount=5), "channels": [{"code": CODE, "kind": "online"}] * 2}
    assert "fee of channel 'online'" in refused(write(tmp_path, kind, tables))


@each_format
@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        ("procedures", [correction(layer="province")]),
        ("procedures", [correction(layer="STAFF")]),
        ("aliases", [{"layer": "tỉnh", "code": CODE, "phrase": "gọi"}]),
        ("aliases", [{"layer": "national", "code": CODE, "phrase": "gọi"}]),
        ("lexicon", [{"layer": "portal", "citizen": "a", "official": "b"}]),
    ],
)
def test_an_unknown_layer_is_refused(
    tmp_path: Path, kind: str, sheet: str, rows: list[Row]
) -> None:
    told = refused(write(tmp_path, kind, {sheet: rows}))
    assert f"{place(kind, sheet, 1)}: layer: {rows[0]['layer']!r} is none of" in told


EVENT = {"key": "sinh", "name": "Sinh con"}
STEP = {"key": "sinh", "procedure_code": CODE, "why": "vì thế"}


@each_format
@each_option
@pytest.mark.parametrize(
    ("tables", "named"),
    [
        ({"life_events": [EVENT]}, "sinh"),
        ({"life_events": [EVENT, EVENT], "life_event_steps": [STEP]}, "sinh"),
        ({"life_event_steps": [STEP]}, "sinh"),
        ({"life_event_phrases": [{"key": "cưới", "phrase": "lấy vợ"}]}, "cưới"),
        ({"general_facts": [{"topic": "gio", "text": text, **SOURCE} for text in "ab"]}, "gio"),
        ({"procedures": [new_procedure()],
          "origins": [{"code": CODE, "fact_group": "steps", "effective_to": day}
                      for day in ("2030-01-01", "2031-01-01")]}, "steps"),
    ],
    ids=["no steps", "key twice", "step of nothing", "phrase of nothing", "topic twice",
         "group twice"],
)  # fmt: skip
def test_rows_that_contradict_each_other_are_refused_by_name(
    tmp_path: Path, kind: str, options: dict[str, bool], tables: Tables, named: str
) -> None:
    assert named in refused(write(tmp_path, kind, tables), **options)


def test_all_faults_are_told_at_once_up_to_a_limit(tmp_path: Path) -> None:
    rows = [new_procedure(f"1.0001{n:02}", level="district") for n in range(50)]
    told = refused(write_csv(tmp_path / "in", {"procedures": rows})).splitlines()
    assert told[0] == "The file has faults:"
    assert [line.partition(": ")[0] for line in told[1:21]] == [
        f"  procedures.csv, line {n}" for n in range(2, 22)
    ]
    assert told[21:] == ["  and 30 more"]


@each_option
def test_one_faulty_row_keeps_all_others_out(tmp_path: Path, options: dict[str, bool]) -> None:
    rows = [new_procedure(f"1.0001{n:02}") for n in range(50)]
    tables = {"procedures": [*rows, new_procedure(OTHER, level="district")]}
    told = refused(write_csv(tmp_path / "in", tables), **options)
    assert told.splitlines()[1:] == [
        "  procedures.csv, line 52: level: 'district' is none of commune, province"
    ]


# Columns and sheets


@each_format
@pytest.mark.parametrize("name", ["colour", "Code", "mã", "name ?", "=A1", "x" * 500])
def test_an_unknown_column_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    told = refused(write(tmp_path, kind, {"procedures": [correction(**{name: "x"})]}))
    assert {"csv": "procedures.csv", "json": "procedures 1", "xlsx": "sheet procedures"}[
        kind
    ] in told
    if not name.startswith("="):
        assert f"unknown columns {name[:30]!r}" in told
    assert len(told) < 1_500


@each_format
@pytest.mark.parametrize("missing", ["code", "source_title", "checked_on"])
def test_a_missing_column_is_refused(tmp_path: Path, kind: str, missing: str) -> None:
    row = {k: v for k, v in new_procedure().items() if k != missing}
    told = refused(write(tmp_path, kind, {"procedures": [row]}))
    assert NAMES[kind].replace("given", "procedures.csv", kind == "csv") in told
    assert f"lacks the columns {missing}" in told


def csv_of(tmp_path: Path, content: str | bytes, sheet: str = "procedures") -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / f"{sheet}.csv").write_bytes(raw)
    return folder


def workbook_of(tmp_path: Path, *rows: list[Any], sheet: str = "procedures") -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    path = tmp_path / "given.xlsx"
    book.save(path)
    return path


HEADER = ["code", "source_title", "checked_on"]
GOOD = [CODE, "Nguồn", "2026-07-01"]


def lines(*rows: list[Any]) -> str:
    return "".join(",".join(str(c) for c in row) + "\r\n" for row in rows)


def test_a_repeated_column_of_csv_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path, lines([*HEADER, "name", "name"], [*GOOD, "a", "b"]))
    assert refused(path) == "procedures.csv: a column stands twice."


def test_a_repeated_column_of_a_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook_of(tmp_path, [*HEADER, "name", "name"], [*GOOD, "a", "b"])
    assert refused(path) == "given.xlsx, sheet procedures: a column stands twice."


@pytest.mark.parametrize(
    "text",
    [
        '{"format": "tro-ly-thu-tuc/catalogue", "procedures": [{"code": "1.000001", "name": "a", '
        '"name": "b", "source_title": "c", "checked_on": "2026-07-01"}]}',
        '{"format": "tro-ly-thu-tuc/catalogue", "aliases": [{"code": "1.000001", "phrase": "a"}], '
        '"aliases": [{"code": "1.000001", "phrase": "b"}]}',
    ],
    ids=["column", "part"],
)
def test_a_repeated_key_of_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "given.json"
    path.write_text(text, encoding="utf-8")
    assert "given.json" in refused(path)


@pytest.mark.parametrize("blank", ["", " ", None])
def test_a_header_with_a_gap_is_refused(tmp_path: Path, blank: str | None) -> None:
    # Taken for granted, the gap would move each value one column on.
    rows = [[*HEADER, blank, "name", "plain_name"], [*GOOD, "", "Tên", "Tên dễ"]]
    assert "given.xlsx, sheet procedures: unknown columns" in refused(workbook_of(tmp_path, *rows))
    assert "procedures.csv: unknown columns" in refused(csv_of(tmp_path, lines(
        [*HEADER, blank or "", "name", "plain_name"], rows[1])))  # fmt: skip


@pytest.mark.parametrize("extra", ["x", "0", " x"])
def test_a_cell_too_many_is_refused(tmp_path: Path, extra: str) -> None:
    told = refused(csv_of(tmp_path, lines(HEADER, GOOD, [*GOOD, extra])))
    assert told == "procedures.csv, line 3: 4 cells where the header has 3."
    told = refused(workbook_of(tmp_path, HEADER, GOOD, [*GOOD, extra]))
    assert told == "given.xlsx, sheet procedures, row 3: a cell beyond the last column."


def test_a_cell_too_few_of_csv_is_refused(tmp_path: Path) -> None:
    told = refused(csv_of(tmp_path, lines(HEADER, GOOD, GOOD[:2])))
    assert told == "procedures.csv, line 3: 2 cells where the header has 3."


@pytest.mark.parametrize("name", ["Sheet1", "Procedure", "phí", "fees (2)", "x" * 31])
def test_an_unknown_sheet_is_refused(tmp_path: Path, name: str) -> None:
    told = refused(write(tmp_path, "xlsx", {"procedures": [correction()], name: []}))
    assert told == f"given.xlsx: unknown sheets {name[:30]!r}."


@pytest.mark.parametrize("name", ["Sheet1", "fee", "Procedures"])
def test_an_unknown_part_of_json_is_refused(tmp_path: Path, name: str) -> None:
    told = refused(write(tmp_path, "json", {"procedures": [correction()], name: []}))
    assert told == f"given.json: unknown parts {name}."


@pytest.mark.parametrize("part", [None, {}, "text", 5, {"0": {"code": CODE}}], ids=str)
def test_a_part_of_json_that_is_no_list_is_refused(tmp_path: Path, part: Any) -> None:
    told = refused(write_json(tmp_path / "given.json", {"procedures": part}))
    assert told == "given.json, procedures: a list is expected."


@pytest.mark.parametrize("row", [None, [], "text", 5, [["code", CODE]]], ids=str)
def test_a_row_of_json_that_is_no_object_is_refused(tmp_path: Path, row: Any) -> None:
    told = refused(write_json(tmp_path / "given.json", {"aliases": [
        {"code": CODE, "phrase": "a"}, row]}))  # fmt: skip
    assert told == "given.json, aliases 2: an object is expected."


@pytest.mark.parametrize("value", [["a"], {"a": "b"}, True], ids=str)
@pytest.mark.parametrize("column", ["name", "code", "checked_on", "source_url"])
def test_a_value_of_json_that_is_nested_is_refused(tmp_path: Path, column: str, value: Any) -> None:
    told = refused(write(tmp_path, "json", {"procedures": [correction(**{column: value})]}))
    assert f"given.json, procedures 1: {column}: " in told


# Files


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1258"])
@pytest.mark.parametrize("alone", [False, True], ids=["folder", "file"])
def test_another_encoding_of_csv_is_refused(tmp_path: Path, encoding: str, alone: bool) -> None:
    content = lines([*HEADER, "mistakes"], [*GOOD[:1], "Nguon", "2026-07-01", "Đường"])
    folder = csv_of(tmp_path, content.encode(encoding, "replace"))
    told = refused(folder / "procedures.csv" if alone else folder)
    assert told.startswith(
        ("procedures.csv is ne", "procedures.csv is not UTF-8", "procedures.csv, ")
    )


def test_a_byte_that_is_no_utf8_is_told_by_its_line(tmp_path: Path) -> None:
    rows = [[f"1.{n:06}", "Nguồn", "2026-07-01"] for n in range(5_000)]
    content = lines(HEADER, *rows, [CODE, "X", "2026-07-01"]).encode()
    told = refused(csv_of(tmp_path, content.replace(b",X,", b",\xff,")))
    # Far beyond the first buffer that the decoder sees.
    assert "procedures.csv, line 5002" in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1258"])
def test_another_encoding_of_json_is_refused(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "json", {"procedures": [correction(mistakes="x")]})
    text = path.read_text(encoding="utf-8").replace('"x"', '"Đ"')
    path.write_bytes(text.encode(encoding, "replace"))
    assert refused(path).startswith("given.json")


@pytest.mark.parametrize("quoted", ['"Nguồn', '"Nguồn"x', 'a,"b\r\nc'])
def test_csv_with_a_quote_that_does_not_close_is_refused(tmp_path: Path, quoted: str) -> None:
    content = lines(HEADER, GOOD) + f"{OTHER},{quoted}"
    assert refused(csv_of(tmp_path, content)).startswith("procedures.csv, line ")


@pytest.mark.parametrize("end", [20, 60, 75, 80, 95])
def test_half_a_csv_file_is_refused(tmp_path: Path, end: int) -> None:
    content = lines(HEADER, GOOD, [OTHER, '"Một nguồn khác"', "2026-07-01"]).encode()
    assert "procedures.csv" in refused(csv_of(tmp_path, content[:end]))


@pytest.mark.parametrize("kind", ["json", "xlsx"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_half_a_file_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    path = write(
        tmp_path, kind, {"procedures": [new_procedure(f"1.0001{n:02}") for n in range(50)]}
    )
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert path.name in refused(path)


def test_json_that_goes_on_after_its_end_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "json", {"procedures": [correction()]})
    path.write_bytes(path.read_bytes() * 2)
    assert refused(path) == "given.json, line 1: no whole JSON."


@pytest.mark.parametrize(
    "value",
    ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000],
    ids=len,
)
def test_json_of_a_hundred_thousand_layers_is_refused(tmp_path: Path, value: str) -> None:
    path = tmp_path / "given.json"
    path.write_text('{"format": "tro-ly-thu-tuc/catalogue", "procedures": ' + value + "}")
    assert refused(path) == "given.json is nested too deeply."


def test_json_with_a_number_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "json", fee(amount="X"))
    path.write_text(path.read_text(encoding="utf-8").replace('"X"', "9" * 5_000))
    assert "given.json" in refused(path)


@each_format
def test_a_file_without_rows_is_refused(tmp_path: Path, kind: str) -> None:
    if kind == "csv":
        path = csv_of(tmp_path, lines(HEADER))
    elif kind == "xlsx":
        path = workbook_of(tmp_path, HEADER)
    else:
        path = write_json(tmp_path / "given.json", {"procedures": []})
    for options in ({}, {"complete": True}, {"restore": True}):
        assert refused(path, **options) == "The file holds no rows."


def test_an_empty_csv_file_in_a_folder_is_refused(tmp_path: Path) -> None:
    assert refused(csv_of(tmp_path, "")) == "procedures.csv is empty."


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "txt"])
@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(200), b"%PDF-1.7", bytes(5_000), b"\r\n\r\n"],
    ids=["empty", "PNG", "PDF", "zeros", "blank lines"],
)  # fmt: skip
def test_a_file_of_something_else_is_refused(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"anh.{ending}"
    path.write_bytes(content)
    assert refused(path).startswith(f"anh.{ending} is ")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(200), b"%PDF-1.7", b"\0" * 99])
def test_something_else_named_like_a_sheet_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(csv_of(tmp_path, content)).startswith("procedures.csv")


def test_a_folder_without_anything_is_refused(tmp_path: Path) -> None:
    assert "holds neither" in refused(tmp_path)


@pytest.mark.parametrize("start", [b"", b"{", b"PK\x03\x04", b"code,phrase\n"], ids=str)
@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_a_hundred_megabytes_of_nothing_are_refused(
    tmp_path: Path, start: bytes, ending: str
) -> None:
    path = tmp_path / f"to.{ending}"
    sparse(path, start, 100)
    assert refused(path).startswith(f"to.{ending}")


@pytest.mark.parametrize("size", [100, 300])
def test_a_sheet_of_megabytes_of_nothing_is_refused(tmp_path: Path, size: int) -> None:
    folder = csv_of(tmp_path, "")
    sparse(folder / "procedures.csv", lines(HEADER, GOOD).encode(), size)
    assert refused(folder).startswith("procedures.csv")


def sparse(path: Path, start: bytes, megabytes: int) -> None:
    with path.open("wb") as file:
        file.write(start)
        file.truncate(megabytes * MEGABYTE)


# Workbooks


@pytest.mark.parametrize(
    "formula", ["=1+1", "=SUM(A1:A2)", "=Sheet2!A1", '=HYPERLINK("http://example.vn")']
)
@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_cell_with_a_formula_is_refused(tmp_path: Path, formula: str, column: int) -> None:
    row = [*GOOD]
    row[column - 1] = formula
    told = refused(workbook_of(tmp_path, HEADER, GOOD, row))
    cell = f"{'ABC'[column - 1]}3"
    assert told.startswith(f"given.xlsx, sheet procedures, row 3: cell {cell} holds a formula.")


def test_a_formula_in_the_header_or_in_a_comment_is_refused_too(tmp_path: Path) -> None:
    assert "holds a formula" in refused(workbook_of(tmp_path, [*HEADER, "=A1"], GOOD))
    assert "holds a formula" in refused(workbook_of(tmp_path, HEADER, ["# a", "=A1"], GOOD))


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"])
@pytest.mark.parametrize("column", [1, 3])
def test_a_cell_with_an_error_is_refused(tmp_path: Path, error: str, column: int) -> None:
    row = [*GOOD]
    row[column - 1] = error
    told = refused(workbook_of(tmp_path, HEADER, row))
    cell = f"{'ABC'[column - 1]}2"
    assert told == f"given.xlsx, sheet procedures, row 2: cell {cell} holds an error."


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The workbook with its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    path.write_bytes(buffer.getvalue())
    return path


PARTS = ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml",
         "xl/_rels/workbook.xml.rels", "xl/styles.xml"]  # fmt: skip
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "content",
    [b"", b"<", b"no XML", b"<a><b></a>", ENTITIES, bytes(99)],
    ids=["empty", "half a tag", "text", "not nested", "entities", "zeros"],
)
def test_a_workbook_with_a_damaged_part_is_refused(
    tmp_path: Path, part: str, content: bytes
) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction()]})
    assert part in zipfile.ZipFile(path).namelist()
    repacked(path, lambda name, old: content if name == part else old)
    assert "given.xlsx" in refused(path)


@pytest.mark.parametrize("part", PARTS)
def test_a_workbook_without_a_part_is_refused_or_read_whole(tmp_path: Path, part: str) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction()]})
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
    path.write_bytes(buffer.getvalue())
    if part == "xl/styles.xml":
        # Facts do not depend on it.
        assert import_path(path, dry_run=True)[0].new == [CODE]
    else:
        assert refused(path)


def test_a_workbook_that_lists_a_sheet_it_lacks_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction()], "steps": []})
    whole = path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet2.xml":
                new.writestr(name, old.read(name))
    path.write_bytes(buffer.getvalue())
    assert refused(path) == "given.xlsx is no whole workbook: a sheet is missing."
    path.write_bytes(whole)
    assert import_path(path, dry_run=True)[0].new == [CODE]


def test_a_cell_beyond_all_columns_is_refused(tmp_path: Path) -> None:
    told = refused(workbook_of(tmp_path, HEADER, [*GOOD, *[None] * 250, "xa"]))
    assert told == "given.xlsx, sheet procedures, row 2: more than 200 columns."


@pytest.mark.parametrize("flipped", range(0, 40))
def test_a_flipped_byte_never_ends_in_a_traceback(tmp_path: Path, flipped: int) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction(level="district")]})
    content = bytearray(path.read_bytes())
    content[len(content) * flipped // 40] ^= 0xFF
    path.write_bytes(content)
    # The one row has a fault of its own, so that nothing is ever written.
    assert refused(path)


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction()]})
    bomb = b"<row>" * (60 * MEGABYTE // 5)
    repacked(path, lambda name, old: bomb if name.endswith("sheet1.xml") else old)
    assert path.stat().st_size < MEGABYTE
    told = refused(path)
    assert told.startswith("given.xlsx unpacks to ")
    assert told.endswith(" times its size.")


def test_a_bomb_of_many_parts_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction()]})
    with zipfile.ZipFile(path, "a") as package:
        for number in range(1_001):
            package.writestr(f"xl/media/{number}", b"")
    assert refused(path) == "given.xlsx unpacks to more than a workbook can hold."


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction()]})
    bomb = b"<row>" * (60 * MEGABYTE // 5)
    repacked(path, lambda name, old: bomb if name.endswith("sheet1.xml") else old)
    content = path.read_bytes()
    true = len(bomb).to_bytes(4, "little")
    assert content.count(true) == 2
    path.write_bytes(content.replace(true, (100).to_bytes(4, "little")))
    assert "given.xlsx" in refused(path)


@pytest.mark.parametrize(
    "parts",
    [{}, {"a.txt": b"x"}, {"word/document.xml": b"<a/>", "[Content_Types].xml": b"<Types/>"},
     {"content.xml": b"<a/>", "mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}],
    ids=["empty", "zip", "docx", "ods"],
)  # fmt: skip
def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path, parts: dict[str, bytes]) -> None:
    path = tmp_path / "given.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert "given.xlsx" in refused(path)


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_an_encrypted_workbook_is_refused(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [correction()]})
    content = bytearray(path.read_bytes())
    # The flag of encryption in each local and central header.
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    path.write_bytes(content)
    assert "given.xlsx" in refused(path)
    # What Excel makes with a password is no zip at all.
    compound = tmp_path / f"khoa.{ending}"
    compound.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3_000))
    assert refused(compound).startswith(f"khoa.{ending} is neither")


# Names of columns with blanks are the columns they look like, or refused: never dropped.


@each_format
@pytest.mark.parametrize("name", [" plain_name", "plain_name ", "\tplain_name"], ids=repr)
def test_a_column_with_a_blank_in_its_name_is_never_dropped(
    tmp_path: Path, kind: str, name: str
) -> None:
    path = write(tmp_path, kind, {"procedures": [correction(**{name: "=nguy hiểm"})]})
    if kind == "xlsx":
        book = openpyxl.load_workbook(path)
        book["procedures"].cell(2, 5).data_type = "s"
        book.save(path)
    # A fault in the column shows that it was read.
    assert "formula" in (told := refused(path)) or "unknown columns" in told


@pytest.mark.parametrize("damage", ["csv", "json", "xlsx"])
def test_the_command_fails_without_a_traceback(
    tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, damage, fee(amount="7.000"))
    assert main(["catalogue", "import", str(path)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("Error: ")
    assert told.endswith("Nothing was changed.\n")
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("column", "value"),
    [("original", "2147483648"), ("copy", "99999999999"), ("amount", "1000000000000000")],
)
def test_a_number_that_no_database_column_holds_is_refused(column: str, value: str) -> None:
    sheet = sheets()["fees" if column == "amount" else "documents"]
    found = next(c for c in sheet.columns if c.name == column)
    with pytest.raises(ValueRefused, match="out of range"):
        found.parse(value)


def test_a_currency_of_four_letters_is_refused() -> None:
    found = next(c for c in sheets()["fees"].columns if c.name == "currency")
    assert found.parse("USD") == "USD"
    with pytest.raises(ValueRefused, match="longer than 3 characters"):
        found.parse("VNĐ1")


def test_both_ends_of_lines_are_read_alike() -> None:
    found = next(c for c in sheets()["procedures"].columns if c.name == "conditions")
    assert found.parse("một\r\nhai") == "một\nhai"


@pytest.mark.usefixtures("database_ready")
def test_a_file_named_like_no_sheet_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "aliases.csv").write_text("code,phrase\n1.000001,làm giấy\n", encoding="utf-8")
    (tmp_path / "fee.csv").write_text("code,amount\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match=r"fee\.csv is named like no sheet"):
        import_path(tmp_path)
