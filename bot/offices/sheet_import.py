"""Import of offices, hours and digital teams from CSV files, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.imports import ImportRefused, faulty_rows, read_header, read_rows
from bot.offices import cells
from bot.offices.sheets import COLUMNS, OFFICES, SHEETS, TEAMS, UNITS, Known, Row, Sheet

SEED = Path(__file__).resolve().parent / "seed"
LARGEST_FILE = 20 * 1024 * 1024

Identity = tuple[str, ...]
Groups = dict[Identity, list[Row]]


@dataclass(frozen=True)
class Report:
    """How many offices or teams of a file were new, changed, or stored already.

    A file of hours is counted by the offices that it names.
    """

    kind: str
    new: int
    changed: int
    unchanged: int


def kind_of(path: Path) -> str:
    """What a file is about, by its header: units, offices, hours or teams.

    Raises:
        ImportRefused: the file cannot be read, or its header is of none of the formats.
    """
    header = read_header(path, largest=LARGEST_FILE)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise ImportRefused(f"{path.name}, line 1: the columns {', '.join(repeated)} stand twice.")
    # Columns shared by all formats tell nothing; the one with the fewest gaps was meant.
    missing = {
        kind: [name for name in columns if name not in header] for kind, columns in COLUMNS.items()
    }
    kind = min(missing, key=lambda name: len(missing[name]) / len(COLUMNS[name]))
    if missing[kind]:
        nearest = f" Nearest is {kind}, which lacks {', '.join(missing[kind])}."
        raise ImportRefused(
            f"{path.name}, line 1: this header is of no known format."
            f"{nearest if len(missing[kind]) < len(COLUMNS[kind]) else ''} Formats: "
            + "; ".join(f"{name}: {','.join(columns)}" for name, columns in COLUMNS.items())
        )
    return kind


def import_sheet(path: Path, *, dry_run: bool = False) -> Report:
    """Write the rows of a file of offices, hours or teams; `dry_run` only counts.

    Offices and teams are added or updated, none is removed; the hours of the offices that a
    file names are replaced.

    Raises:
        ImportRefused: the file or one of its rows is not of the format.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    kind = kind_of(path)
    if kind == UNITS:
        raise ImportRefused(f"{path.name} is a table of units.")
    sheet = SHEETS[kind]
    with database.connect() if dry_run else database.begin() as connection:
        groups = read_groups(path, sheet, _references(connection, sheet))
        if not groups:
            raise ImportRefused(f"{path.name} holds no {sheet.name}.")
        stored = stored_groups(connection, sheet)
        new, changed = _differences(groups, stored)
        if not dry_run:
            for identity in (*new, *changed):
                _write(connection, sheet, groups[identity], stored.get(identity, []))
    return Report(kind, len(new), len(changed), len(groups) - len(new) - len(changed))


def load_seed(folder: Path = SEED) -> int:
    """Take in shipped offices and teams that are not stored, or are an older state of these.

    What comes from another source, or was checked on the same day or later, was imported
    by people of the province and stays. Returns how many rows were written.

    Raises:
        ImportRefused: a shipped file is malformed.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    written = 0
    with database.begin() as connection:
        for sheet, name in ((OFFICES, "offices.csv"), (TEAMS, "digital_teams.csv")):
            groups = read_groups(folder / name, sheet, _references(connection, sheet))
            stored = stored_groups(connection, sheet)
            for identity, rows in groups.items():
                known = stored.get(identity, [])
                if not known or _is_older_state(known[0], rows[0]):
                    _write(connection, sheet, rows, known)
                    written += 1
    return written


def _is_older_state(stored: Row, shipped: Row) -> bool:
    same_source = stored["source_title"] == shipped["source_title"]
    return same_source and stored["checked_on"] < shipped["checked_on"]


def stored_groups(connection: Connection, sheet: Sheet) -> Groups:
    """Stored rows of a kind by what they are about, in the order of their columns."""
    columns = [sheet.table.c[name] for name in sheet.columns]
    rows = connection.execute(sa.select(*columns)).mappings()
    return _grouped(sheet, sorted((dict(row) for row in rows), key=_order))


def read_groups(path: Path, sheet: Sheet, known: Known) -> Groups:
    """Rows of a file by what they are about.

    Raises:
        ImportRefused: the file or one of its rows is not of the format; all faulty lines
            are named.
    """
    earlier: dict[Identity, list[tuple[int, Row]]] = {}
    errors: list[str] = []
    for line, text in read_rows(path, sheet.columns, largest=LARGEST_FILE):
        try:
            row = sheet.read({name: cells.plain(name, cell) for name, cell in text.items()}, known)
            same = earlier.setdefault(sheet.identity_of(row), [])
            _refuse_clash(sheet, row, same)
        except ValueError as error:
            errors.append(f"line {line}: {error}")
        else:
            same.append((line, row))
    if errors:
        raise faulty_rows(path, errors)
    rows = (row for same in earlier.values() for _, row in same)
    return _grouped(sheet, sorted(rows, key=_order))


def _refuse_clash(sheet: Sheet, row: Row, same: Sequence[tuple[int, Row]]) -> None:
    """Refuse a second row about the same as an earlier one, or hours that overlap."""
    for line, other in same:
        if not sheet.repeated:
            raise ValueError(f"{', '.join(sheet.identity)} stands in line {line} already")
        same_day = row["weekday"] == other["weekday"]
        if same_day and row["opens"] < other["closes"] and other["opens"] < row["closes"]:
            raise ValueError(f"the hours overlap with those of line {line}")


def _references(connection: Connection, sheet: Sheet) -> Known:
    return set(connection.execute(sa.select(sheet.refers_to).distinct()).scalars())


def _order(row: Row) -> tuple[str, ...]:
    return tuple(str(value) for value in row.values())


def _grouped(sheet: Sheet, rows: Iterable[Row]) -> Groups:
    groups: Groups = {}
    for row in rows:
        groups.setdefault(sheet.identity_of(row), []).append(row)
    return groups


def _differences(groups: Groups, stored: Groups) -> tuple[list[Identity], list[Identity]]:
    new = [identity for identity in groups if identity not in stored]
    changed = [i for i, rows in groups.items() if i in stored and rows != stored[i]]
    return new, changed


def _write(connection: Connection, sheet: Sheet, rows: list[Row], stored: list[Row]) -> None:
    if not stored:
        connection.execute(sa.insert(sheet.table), rows)
        return
    is_stored = sa.and_(*(sheet.table.c[name] == stored[0][name] for name in sheet.identity))
    if sheet.repeated:
        connection.execute(sa.delete(sheet.table).where(is_stored))
        connection.execute(sa.insert(sheet.table), rows)
    else:
        # No deletion here: it would take an office's hours along.
        connection.execute(sa.update(sheet.table).where(is_stored).values(rows[0]))
