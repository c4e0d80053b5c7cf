"""Export of units, offices, hours and digital teams, and empty files to fill in.

What is written can be imported again and changes nothing.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.offices import tables as t
from bot.offices.sheet_import import stored_groups
from bot.offices.sheets import COLUMNS, SHEETS, UNITS
from bot.offices.units_import import SHARES

KINDS = tuple(COLUMNS)
GUIDE = Path(__file__).resolve().parent / "seed" / "huong-dan.txt"


def export(kind: str, path: Path) -> int:
    """Write all rows of a kind into a CSV file; the number of rows.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
        OSError: the file cannot be written.
    """
    rows = _units() if kind == UNITS else _rows(kind)
    _write(path, COLUMNS[kind], rows)
    return len(rows)


def write_templates(folder: Path) -> list[Path]:
    """Write an empty file of each kind and a guide into a folder; their paths.

    Raises:
        FileExistsError: one of the files is there already; none was written.
        OSError: the folder cannot be written.
    """
    files = {kind: folder / f"{kind}.csv" for kind in KINDS}
    guide = folder / GUIDE.name
    for path in (*files.values(), guide):
        if path.exists():
            raise FileExistsError(f"{path} is there already; it is not overwritten.")
    folder.mkdir(parents=True, exist_ok=True)
    for kind, path in files.items():
        _write(path, COLUMNS[kind], [])
    shutil.copyfile(GUIDE, guide)
    return [*files.values(), guide]


def _rows(kind: str) -> list[Sequence[Any]]:
    sheet = SHEETS[kind]
    with database.connect() as connection:
        groups = stored_groups(connection, sheet)
    return [[row[name] for name in sheet.columns] for rows in groups.values() for row in rows]


def _units() -> list[Sequence[Any]]:
    columns = t.administrative_units.c
    # The words that stand in files for what the table holds.
    words = {share: word for word, share in reversed(SHARES.items())}
    query = sa.select(
        columns.old_province,
        columns.old_district,
        columns.old_ward,
        columns.new_ward,
        columns.new_type,
        columns.new_code,
        columns.share,
    ).order_by(columns.id)
    with database.connect() as connection:
        return [[*row[:-1], words[row[-1]]] for row in connection.execute(query)]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Beside the file first: a full disk leaves the old file as it was."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        # With a byte order mark, spreadsheets take the file for UTF-8.
        with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
