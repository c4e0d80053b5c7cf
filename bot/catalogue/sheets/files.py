"""Files of the catalogue's formats: a folder of CSV files, one JSON file, one workbook.

Writing is all or nothing: a file appears when it is whole. Reading gives raw rows with the
place where each stands; what their values mean is told by `spec`.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.catalogue.sheets import workbook
from bot.catalogue.sheets.spec import BOOLEAN, DATE, sheets
from bot.imports import ImportRefused, undecodable_line

FORMAT = "tro-ly-thu-tuc/catalogue"
FORMAT_VERSION = 1
LARGEST_FILE = 256 * 1024 * 1024
# Of a whole export that is brought back: 100,000 procedures have 700 MB of steps.
LARGEST_RESTORED = 2 * 1024 * 1024 * 1024
COMMENT = "#"

# (sheet, place for messages, raw row)
RawRow = tuple[str, str, Mapping[str, Any]]
# A table is its sheet's name with its rows.
Tables = Mapping[str, Iterable[Mapping[str, Any]]]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to that becomes `path` only if all goes well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def text_of(value: Any) -> str:
    """A value as it stands in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}" if value.is_integer() else repr(value)
    return str(value)


def write_csv(folder: Path, tables: Tables) -> None:
    """One file a sheet in a folder; files of other sheets stay as they are.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, rows in tables.items():
            columns = [column.name for column in sheets()[name].columns]
            with (staging / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\r\n")
                writer.writerow(columns)
                for row in rows:
                    writer.writerow([text_of(row[column]) for column in columns])
        folder.mkdir(exist_ok=True)
        for made in sorted(staging.iterdir()):
            made.replace(folder / made.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def read_csv(folder: Path, largest: int = LARGEST_FILE) -> Iterator[RawRow]:
    """Raw rows of the CSV files of a folder that are named like sheets, each of `largest` bytes.

    Raises:
        ImportRefused: a file is not UTF-8, not CSV, too large, has wrong columns, or is named
            like no sheet.
    """
    strangers = sorted(p.name for p in folder.glob("*.csv") if p.stem not in sheets())
    if strangers:
        raise ImportRefused(
            f"{folder.name}: {', '.join(strangers[:5])} is named like no sheet. "
            f"The sheets are {', '.join(sheets())}."
        )
    for name in sheets():
        path = folder / f"{name}.csv"
        if path.is_file():
            yield from read_csv_file(path, name, largest)


def read_csv_file(path: Path, name: str, largest: int = LARGEST_FILE) -> Iterator[RawRow]:
    """Raw rows of one CSV file; lines whose first cell begins with # are comments.

    Raises:
        ImportRefused: see `read_csv`.
    """
    if path.stat().st_size > largest:
        raise ImportRefused(f"{path.name} is larger than {largest // 2**20} MB.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(_without_zeros(file, path.name), strict=True)
            first = next(reader, None)
            if first is None:
                raise ImportRefused(f"{path.name} is empty.")
            header = check_header(name, first, path.name)
            for cells in reader:
                place = f"{path.name}, line {reader.line_num}"
                if not any(cells) or cells[0].startswith(COMMENT):
                    continue
                if len(cells) != len(header):
                    raise ImportRefused(
                        f"{place}: {len(cells)} cells where the header has {len(header)}."
                    )
                yield name, place, dict(zip(header, cells, strict=True))
    except UnicodeDecodeError as error:
        raise ImportRefused(
            f"{path.name}, line {undecodable_line(path)}, is not UTF-8. "
            "Save it as CSV UTF-8, or use XLSX."
        ) from error
    except csv.Error as error:
        raise ImportRefused(f"{path.name}, line {reader.line_num}: {error}.") from error


def _without_zeros(lines: Iterable[str], name: str) -> Iterator[str]:
    """The lines; the reader of CSV would tell of a zero byte a line too early."""
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise ImportRefused(f"{name}, line {number}: the text holds control characters.")
        yield line


def check_header(name: str, header: Iterable[Any], where: str) -> list[str]:
    """The columns' names without blanks around them; those that may be empty may be missing.

    Raises:
        ImportRefused: a column is unknown, stands twice, or is missing.
    """
    given = ["" if cell is None else str(cell).strip() for cell in header]
    known = {column.name: column for column in sheets()[name].columns}
    unknown = [cell for cell in given if cell not in known]
    if unknown:
        raise ImportRefused(
            f"{where}: unknown columns {', '.join(repr(c[:30]) for c in unknown[:5])}. "
            f"The columns are {', '.join(known)}."
        )
    if len(set(given)) != len(given):
        raise ImportRefused(f"{where}: a column stands twice.")
    missing = [n for n, column in known.items() if column.required and n not in given]
    if missing:
        raise ImportRefused(f"{where} lacks the columns {', '.join(missing)}.")
    return given


def write_json(path: Path, tables: Tables) -> None:
    """One JSON file; dates are texts, unknown values null."""
    with whole_file(path) as partial, partial.open("w", encoding="utf-8") as file:
        file.write(f'{{"format": "{FORMAT}", "version": {FORMAT_VERSION}')
        for name, rows in tables.items():
            file.write(f',\n"{name}": [')
            for number, row in enumerate(rows):
                file.write(",\n" if number else "\n")
                json.dump(row, file, ensure_ascii=False, default=str)
            file.write("]")
        file.write("}\n")


def read_json(path: Path) -> Iterator[RawRow]:
    """Raw rows of a JSON file.

    Raises:
        ImportRefused: the file is too large, broken, or not of the format.
    """
    document = load_json(path)
    if not is_catalogue_json(document):
        raise ImportRefused(f"{path.name} is no export of the catalogue.")
    if document.get("version", FORMAT_VERSION) != FORMAT_VERSION:
        raise ImportRefused(f"{path.name} is of version {document['version']!r:.20} of the format.")
    unknown = [name for name in document if name not in {*sheets(), "format", "version"}]
    if unknown:
        raise ImportRefused(f"{path.name}: unknown parts {', '.join(unknown[:5])}.")
    for name in sheets():
        rows = document.get(name, [])
        if not isinstance(rows, list):
            raise ImportRefused(f"{path.name}, {name}: a list is expected.")
        for number, row in enumerate(rows, start=1):
            place = f"{path.name}, {name} {number}"
            if not isinstance(row, dict):
                raise ImportRefused(f"{place}: an object is expected.")
            yield name, place, dict(zip(check_header(name, row, place), row.values(), strict=True))


def load_json(path: Path) -> Any:
    """The value of a JSON file.

    Raises:
        ImportRefused: the file is too large or broken, or names something twice.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise ImportRefused(
            f"{path.name} is larger than {LARGEST_FILE // 2**20} MB. Large catalogues go as CSV."
        )
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{path.name} is not UTF-8: byte {error.start}.") from error
    except json.JSONDecodeError as error:
        raise ImportRefused(f"{path.name}, line {error.lineno}: no whole JSON.") from error
    except RecursionError as error:
        raise ImportRefused(f"{path.name} is nested too deeply.") from error
    except ValueError as error:
        # A repeated name, or a number of thousands of digits.
        raise ImportRefused(f"{path.name} cannot be read: {error}.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{max(names, key=names.count)[:40]!r} stands twice in one object")
    return values


def is_catalogue_json(document: Any) -> bool:
    """Whether a JSON value is an export of the catalogue."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def write_xlsx(path: Path, tables: Tables) -> None:
    """One workbook, a sheet a table."""
    with whole_file(path) as partial:
        workbook.write(
            partial,
            {
                name: ([column.name for column in sheets()[name].columns], _lines(name, rows))
                for name, rows in tables.items()
            },
        )


def _lines(name: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    # Dates and truth values as texts: every spreadsheet program shows them alike.
    for row in rows:
        yield [
            text_of(row[column.name]) if column.kind in (DATE, BOOLEAN) else row[column.name]
            for column in sheets()[name].columns
        ]


def read_xlsx(path: Path) -> Iterator[RawRow]:
    """Raw rows of a workbook; sheets that are no tables of the catalogue must be guides.

    Raises:
        ImportRefused: the file is no workbook, too large, holds formulas or unknown sheets.
    """
    for name, header, rows in workbook.read(path, set(sheets())):
        where = f"{path.name}, sheet {name}"
        header = check_header(name, header, where)
        for number, cells in rows:
            first = cells[0] if cells else None
            if isinstance(first, str) and first.startswith(COMMENT):
                continue
            if any(cell not in (None, "") for cell in cells[len(header) :]):
                raise ImportRefused(f"{where}, row {number}: a cell beyond the last column.")
            yield name, f"{where}, row {number}", dict(zip(header, cells, strict=False))
