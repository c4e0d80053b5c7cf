"""Reading a CSV file of single facts by procedure code, each row with its source and days.

Such files come from the province: fees of a council's resolution, flags of online services.
Every fault of every row is told at once, with its line; then nothing of the file is taken.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import text as vn
from bot.catalogue.model import Dates
from bot.catalogue.national_record import CODE
from bot.catalogue.sheets.spec import DATE, TEXT, Column, ValueRefused
from bot.imports import ImportRefused, faulty_rows, read_header, read_rows
from bot.sources import Source

LARGEST_FILE = 20 * 1024 * 1024
LONGEST_CELL = 1000
FIRST_DAY, MOST_YEARS_AHEAD = dt.date(1990, 1, 1), 20
_URL = re.compile(r"https?://\S+")

Values = dict[str, Any]


def column(name: str, kind: str = TEXT, *, required: bool = False, limit: int = 0) -> Column:
    """A column of such a file; `limit` as in `Column`."""
    return Column(name, kind, (), required, "", "", limit or LONGEST_CELL)


CODE_COLUMN = column("procedure_code", required=True)
SOURCE_COLUMNS = (
    column("source_title", required=True),
    column("source_url"),
    column("checked_on", DATE, required=True),
)
FROM, TO = column("effective_from", DATE), column("effective_to", DATE)


@dataclass(frozen=True)
class Line:
    """A row: its line, whose fact it is, who says so, for which days, and the other values."""

    number: int
    code: str
    source: Source
    dates: Dates
    values: Values


class Faults:
    """Faults by line, told together."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, reason: object) -> None:
        self._found.append((line, f"line {line}: {reason}"))

    def refuse(self) -> None:
        """Raise ImportRefused if there is any."""
        if self._found:
            raise faulty_rows(self._path, [text for _, text in sorted(self._found)])


def read_lines(
    path: Path, columns: Sequence[Column], known: Collection[str], today: dt.date, faults: Faults
) -> list[Line]:
    """The rows of a file that follow its format; `faults` gets the others.

    Args:
        path: the file, UTF-8, with commas between its cells.
        columns: what its header must name; others are passed over.
        known: the codes of the catalogue.
        today: nothing can have been checked later.
        faults: takes what is wrong with single rows.

    Raises:
        ImportRefused: the file cannot be read, a column is missing or named twice, or it holds
            no row.
    """
    names = [c.name for c in columns]
    header = read_header(path, largest=LARGEST_FILE)
    repeated = [name for name in names if header.count(name) > 1]
    if repeated:
        raise ImportRefused(f"{path.name}, line 1: the columns {', '.join(repeated)} stand twice.")
    lines = []
    empty = True
    for number, cells in read_rows(path, names, largest=LARGEST_FILE):
        if not any(cells.values()):
            continue
        empty = False
        try:
            lines.append(_line(number, cells, columns, known, today))
        except ValueError as error:
            faults.add(number, error)
    if empty:
        raise ImportRefused(f"{path.name} holds no rows.")
    return lines


def _line(
    number: int,
    cells: dict[str, str],
    columns: Sequence[Column],
    known: Collection[str],
    today: dt.date,
) -> Line:
    values: Values = {}
    for each in columns:
        try:
            value = each.parse(cells[each.name])
        except ValueRefused as error:
            raise ValueError(f"{each.name}: {error}") from error
        values[each.name] = " ".join(vn.nfc(value).split()) if isinstance(value, str) else value
    code = values.pop("procedure_code")
    if not CODE.match(code):
        raise ValueError(f"procedure_code: {code[:40]!r} is no national code such as 1.001193")
    if code not in known:
        raise ValueError(f"procedure_code: {code} is not in the catalogue")
    source = Source(values.pop("source_title"), values.pop("source_url"), values.pop("checked_on"))
    if source.url and not _URL.fullmatch(source.url):
        raise ValueError("source_url: must begin with http:// or https://")
    if not FIRST_DAY <= source.checked_on <= today:
        raise ValueError(f"checked_on: {source.checked_on} is not a day up to today")
    dates = Dates(values.pop(FROM.name), values.pop(TO.name, None))
    latest = today.replace(year=today.year + MOST_YEARS_AHEAD, day=1)
    for name, day in ((FROM.name, dates.effective_from), (TO.name, dates.effective_to)):
        if day is not None and not FIRST_DAY <= day <= latest:
            raise ValueError(f"{name}: {day} cannot be right")
    if dates.effective_from and dates.ended(dates.effective_from):
        raise ValueError("effective_to lies before effective_from")
    return Line(number, code, source, dates, values)


def by_code(lines: Sequence[Line], faults: Faults) -> Iterator[tuple[str, list[Line]]]:
    """The rows of each procedure, which must all have one source."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.code, []).append(line)
    for code, rows in groups.items():
        for line in rows[1:]:
            if line.source != rows[0].source:
                faults.add(
                    line.number, f"{code} has another source or checked_on in line {rows[0].number}"
                )
        yield code, rows


def write_template(path: Path, columns: Sequence[Column]) -> None:
    """Write a file that holds the header alone, so that spreadsheets take it for UTF-8.

    Raises:
        ImportRefused: the file exists: it may be somebody's work.
    """
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(c.name for c in columns)
    except FileExistsError as error:
        raise ImportRefused(f"{path} exists already; it may be somebody's work.") from error
