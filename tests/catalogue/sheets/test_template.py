"""The template for staff: explained in Vietnamese, and importable once a row is filled."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot import text as vn
from bot.__main__ import main
from bot.catalogue import service
from bot.catalogue.importing import import_path
from bot.catalogue.model import Channel, Fee, Procedure, Source
from bot.catalogue.sheets import template
from bot.catalogue.sheets.spec import Sheet, sheets
from bot.imports import ImportRefused
from tests.catalogue.sheets import CODE, dump, new_procedure

# What the program writes by itself, and what staff do not write at all.
BY_PROGRAM = {"layer", "valid_from", "valid_to", "known_from"}
NOT_FOR_STAFF = {"lexicon", "life_events", "life_event_phrases", "life_event_steps",
                 "general_facts"}  # fmt: skip
FOR_STAFF = [name for name in sheets() if name not in NOT_FOR_STAFF]
FILLED: dict[str, dict[str, Any]] = {
    "procedures": new_procedure(),
    "channels": {"code": CODE, "kind": "online"},
    "fees": {"code": CODE, "channel": "online", "amount": 15000, "note": "mỗi bản"},
    "steps": {"code": CODE, "text": "Điền tờ khai"},
    "aliases": {"code": CODE, "phrase": "cách gọi thử"},
}


def columns(sheet: Sheet) -> list[str]:
    return [column.name for column in sheet.columns if column.name not in BY_PROGRAM]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "mau.xlsx"
    template.write_xlsx(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mau"
    template.write_csv(path)
    return path


def sheet_rows(path: Path, name: str) -> list[list[Any]]:
    return [[c.value for c in row] for row in openpyxl.load_workbook(path)[name].rows]


def csv_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))


def fill_workbook(path: Path, rows: dict[str, dict[str, Any]]) -> None:
    """As a person does: open, type into the first free row, save."""
    book = openpyxl.load_workbook(path)
    for name, row in rows.items():
        sheet = book[name]
        header = [cell.value for cell in sheet[1]]
        for column, value in row.items():
            sheet.cell(3, header.index(column) + 1, value)
    book.save(path)


def fill_folder(path: Path, rows: dict[str, dict[str, Any]]) -> None:
    for name, row in rows.items():
        file = path / f"{name}.csv"
        header = csv_rows(file)[0]
        with file.open("a", encoding="utf-8", newline="") as stream:
            csv.DictWriter(stream, header).writerow(row)


def imported() -> Procedure:
    found = service.procedure(CODE)
    assert found is not None
    return found


def test_the_workbook_begins_with_the_guide_and_has_a_sheet_a_table(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    assert book.sheetnames == ["huong_dan", *FOR_STAFF]
    assert book.active.title == "huong_dan"


@pytest.mark.parametrize("name", FOR_STAFF)
def test_a_sheet_has_its_columns_and_a_line_that_explains_each(workbook: Path, name: str) -> None:
    header, labels, *rest = sheet_rows(workbook, name)
    expected = [c for c in sheets()[name].columns if c.name not in BY_PROGRAM]
    assert header == [column.name for column in expected]
    assert labels == [f"# {expected[0].label}", *(column.label for column in expected[1:])]
    assert rest == []


@pytest.mark.parametrize("name", FOR_STAFF)
def test_a_csv_file_has_the_columns_and_labels_of_the_sheet(
    folder: Path, workbook: Path, name: str
) -> None:
    assert csv_rows(folder / f"{name}.csv") == sheet_rows(workbook, name)
    # So that Excel reads it as UTF-8.
    assert (folder / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_folder_holds_the_tables_and_the_guide(folder: Path) -> None:
    names = {file.name for file in folder.iterdir()}
    assert names == {"huong_dan.txt", *(f"{name}.csv" for name in FOR_STAFF)}


@pytest.mark.parametrize("name", FOR_STAFF)
def test_the_guide_explains_each_column_of_each_sheet(workbook: Path, name: str) -> None:
    guide = [(head.strip(), text) for head, text in sheet_rows(workbook, "huong_dan")]
    start = guide.index((f"Trang {name}", f"{sheets()[name].label}. {sheets()[name].note}"))
    told = dict(guide[start + 1 : start + 1 + len(columns(sheets()[name]))])
    assert list(told) == columns(sheets()[name])
    for column in sheets()[name].columns:
        if column.name not in BY_PROGRAM:
            assert told[column.name].startswith(column.label)
            assert ("(bắt buộc)" in told[column.name]) is column.required
            assert column.note in told[column.name]


def test_the_guide_as_text_says_what_the_guide_of_the_workbook_says(
    folder: Path, workbook: Path
) -> None:
    lines = (folder / "huong_dan.txt").read_text(encoding="utf-8").splitlines()
    expected = [f"{a.strip()}: {b.strip()}" for a, b in sheet_rows(workbook, "huong_dan")]
    assert lines == expected


def test_the_guide_is_vietnamese(workbook: Path) -> None:
    for head, text in sheet_rows(workbook, "huong_dan"):
        # Words with marks: no line is left in another language.
        assert vn.fold(text) != text.lower(), (head, text)
    texts = " ".join(cell for line in sheet_rows(workbook, "huong_dan") for cell in line)
    for promise in ("bỏ trống", "--dry-run", "effective_from", "version", "công thức", "ngày"):
        assert promise in texts


@pytest.mark.parametrize("name", list(sheets()))
def test_every_column_of_every_sheet_has_a_label_in_vietnamese(name: str) -> None:
    labels = [column.label for column in sheets()[name].columns]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert [label for label in labels if vn.fold(label) == label.lower()] == []


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_template_with_one_row_a_sheet_is_imported(
    kind: str, workbook: Path, folder: Path
) -> None:
    path = {"xlsx": workbook, "csv": folder}[kind]
    {"xlsx": fill_workbook, "csv": fill_folder}[kind](path, FILLED)
    report = import_path(path)[0]
    assert (report.new, report.rejected, report.read) == ([CODE], [], len(FILLED))
    found = imported()
    assert found.channels == (Channel("online", fees=(Fee(15000, note="mỗi bản"),)),)
    assert (found.steps, found.aliases) == (("Điền tờ khai",), ("cách gọi thử",))
    assert found.source_of("steps") == Source(
        FILLED["procedures"]["source_title"], "https://example.vn/nq", imported().known_from
    )


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_template_with_one_row_at_all_is_imported(
    kind: str, workbook: Path, folder: Path
) -> None:
    path = {"xlsx": workbook, "csv": folder}[kind]
    row = {"procedures": FILLED["procedures"]}
    {"xlsx": fill_workbook, "csv": fill_folder}[kind](path, row)
    assert import_path(path)[0].new == [CODE]


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("complete", [False, True])
def test_an_empty_template_is_refused(
    kind: str, workbook: Path, folder: Path, complete: bool
) -> None:
    before = dump()
    with pytest.raises(ImportRefused, match="holds no rows"):
        import_path({"xlsx": workbook, "csv": folder}[kind], complete=complete)
    assert dump() == before


def test_the_command_writes_what_the_module_writes(
    tmp_path: Path, folder: Path, workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, files = tmp_path / "new" / "mau.xlsx", tmp_path / "new" / "mau"
    assert main(["catalogue", "template", str(book)]) == 0
    assert main(["catalogue", "template", str(files), "--csv"]) == 0
    assert capsys.readouterr().out == f"{book} is written.\n{files} is written.\n"
    assert sheet_rows(book, "fees") == sheet_rows(workbook, "fees")
    assert {f.name: f.read_bytes() for f in files.iterdir()} == {
        f.name: f.read_bytes() for f in folder.iterdir()
    }


@pytest.mark.parametrize("arguments", [[], ["--csv"]], ids=["xlsx", "csv"])
def test_a_template_is_never_written_over_somebodys_work(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    if arguments:
        work.mkdir()
        (work / "fees.csv").write_text("mine", encoding="utf-8")
    else:
        work.write_text("mine", encoding="utf-8")
    assert main(["catalogue", "template", str(work), *arguments]) == 1
    assert str(work) in capsys.readouterr().err
    kept = work / "fees.csv" if arguments else work
    assert kept.read_text(encoding="utf-8") == "mine"
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == [kept.name]


def test_an_empty_folder_may_be_filled_with_the_template(tmp_path: Path) -> None:
    assert main(["catalogue", "template", str(tmp_path), "--csv"]) == 0
    assert len(list(tmp_path.iterdir())) == len(FOR_STAFF) + 1


def test_a_file_is_never_taken_for_the_folder_of_the_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    work.write_text("mine", encoding="utf-8")
    assert main(["catalogue", "template", str(work), "--csv"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert work.read_text(encoding="utf-8") == "mine"
