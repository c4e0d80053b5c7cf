"""XLSX workbooks, read and written row by row.

A cell holds 32,767 characters at the most; what a longer text has beyond them stands in the
sheet `phan_tiep`, and the cell ends with the number of its continuation there.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.imports import ImportRefused

GUIDE, CONTINUED = "huong_dan", "phan_tiep"
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_UNPACKED = 1024 * 1024 * 1024
MOST_PARTS = 1000
MOST_ROWS, MOST_COLUMNS = 1_048_576, 200
# Half of what a cell holds: spreadsheets count an emoji as two characters.
LONGEST_PIECE = 16_000
_CONTINUES = re.compile(r"\u2026\[(\d+)\]$")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
HIGHEST_COMPRESSION = 200

Sheets = Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]


def write(path: Path, tables: Sheets, guide: Sequence[Sequence[str]] = ()) -> None:
    """A workbook with the tables, and a first sheet with a guide where there is one."""
    book = Workbook(write_only=True)
    if guide:
        sheet = book.create_sheet(GUIDE)
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 90
        for line in guide:
            sheet.append([_text_cell(sheet, text, wrap=True) for text in line])
    pieces: list[tuple[int, str]] = []
    for name, (header, rows) in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number in range(1, len(header) + 1):
            sheet.column_dimensions[get_column_letter(number)].width = 22
        sheet.append([_text_cell(sheet, text, bold=True) for text in header])
        for row in rows:
            sheet.append([_cell(sheet, value, pieces) for value in row])
    if pieces:
        sheet = book.create_sheet(CONTINUED)
        for number, text in pieces:
            sheet.append([number, _text_cell(sheet, text)])
    book.save(path)


def _cell(sheet: Any, value: Any, pieces: list[tuple[int, str]]) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    # What only looks continued is continued, too, lest it is taken for something else.
    mark = _CONTINUES.search(value)
    if len(value) > LONGEST_PIECE or mark:
        number = pieces[-1][0] + 1 if pieces else 1
        cut = mark.start() if mark and mark.start() < LONGEST_PIECE else LONGEST_PIECE
        for start in range(cut, len(value), LONGEST_PIECE):
            pieces.append((number, value[start : start + LONGEST_PIECE]))
        value = f"{value[:cut]}\u2026[{number}]"
    return _text_cell(sheet, value)


def _text_cell(sheet: Any, text: str, *, bold: bool = False, wrap: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    # "=…" is a text here, never a formula.
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def read(
    path: Path, known: set[str]
) -> Iterator[tuple[str, list[str], Iterator[tuple[int, list[Any]]]]]:
    """Name, header and numbered rows of each known sheet; empty rows are passed over.

    Raises:
        ImportRefused: the file is no workbook, too large, or holds formulas or sheets that are
            neither known nor the guide.
    """
    _check_package(path)
    # Opened here: given a path, openpyxl would judge the file by its name.
    file = path.open("rb")
    try:
        # Values as written: a formula shows itself as one.
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except Exception as error:
        # What is damaged fails in the readers of zip and XML in a dozen ways.
        file.close()
        raise ImportRefused(f"{path.name} is no workbook that can be read.") from error
    try:
        if len(book.sheetnames) != _sheets_named(path):
            raise ImportRefused(f"{path.name} is no whole workbook: a sheet is missing.")
        strangers = [n for n in book.sheetnames if n not in known | {GUIDE, CONTINUED}]
        if strangers:
            raise ImportRefused(
                f"{path.name}: unknown sheets {', '.join(repr(n[:30]) for n in strangers[:5])}."
            )
        pieces: dict[int, str] = defaultdict(str)
        if CONTINUED in book.sheetnames:
            for _, cells in _rows(book[CONTINUED], f"{path.name}, sheet {CONTINUED}", {}):
                if len(cells) == 2 and isinstance(cells[0], int):
                    pieces[cells[0]] += str(cells[1])
        for name in book.sheetnames:
            if name in (GUIDE, CONTINUED):
                continue
            rows = _rows(book[name], f"{path.name}, sheet {name}", pieces)
            header = next(rows, None)
            if header is None:
                continue
            # A gap stays one: without it, values would move to other columns.
            yield name, ["" if cell is None else str(cell) for cell in header[1]], rows
    finally:
        book.close()
        file.close()


def _sheets_named(path: Path) -> int:
    """How many sheets a workbook lists; the reader passes over those that are not there."""
    with zipfile.ZipFile(path) as package:
        listed = package.read("xl/workbook.xml")
    return len(_SHEET.findall(listed))


def _rows(sheet: Any, where: str, pieces: Mapping[int, str]) -> Iterator[tuple[int, list[Any]]]:
    try:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > MOST_ROWS:
                raise ImportRefused(f"{where} has more rows than a sheet can have.")
            values = []
            for cell in row:
                if cell.data_type == "f":
                    raise ImportRefused(
                        f"{where}, row {number}: cell {cell.coordinate} holds a formula. "
                        "Put its value there instead."
                    )
                if cell.data_type == "e":
                    raise ImportRefused(
                        f"{where}, row {number}: cell {cell.coordinate} holds an error."
                    )
                values.append(_whole(cell.value, pieces))
            while values and values[-1] in (None, ""):
                values.pop()
            if len(values) > MOST_COLUMNS:
                raise ImportRefused(f"{where}, row {number}: more than {MOST_COLUMNS} columns.")
            if values:
                yield number, values
    except ImportRefused:
        raise
    except Exception as error:
        # A part cut in the middle fails in the XML reader in a dozen ways.
        raise ImportRefused(f"{where} is damaged: {type(error).__name__}.") from error


def _whole(value: Any, pieces: Mapping[int, str]) -> Any:
    """A cell's value with its continuation."""
    match = _CONTINUES.search(value) if isinstance(value, str) and pieces else None
    if match is None or int(match[1]) not in pieces:
        return value
    return value[: match.start()] + pieces[int(match[1])]


def _check_package(path: Path) -> None:
    if path.stat().st_size > LARGEST_FILE:
        raise ImportRefused(f"{path.name} is larger than {LARGEST_FILE // 2**20} MB.")
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ImportRefused(f"{path.name} is no whole workbook: {error}.") from error
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, path.stat().st_size)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise ImportRefused(f"{path.name} unpacks to more than a workbook can hold.")
    if unpacked > 32 * 1024 * 1024 and unpacked / packed > HIGHEST_COMPRESSION:
        raise ImportRefused(f"{path.name} unpacks to {unpacked // packed} times its size.")
