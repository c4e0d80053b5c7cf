"""Import of the ways to pay that offices publish, from a CSV file: whole, or not at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.catalogue.service import records
from bot.imports import ImportRefused, faulty_rows, read_rows
from bot.payments import method_cells
from bot.payments.method_cells import OPTIONAL, REQUIRED, Row
from bot.payments.tables import methods as table

LARGEST_FILE = 20 * 1024 * 1024
COLUMNS = (*REQUIRED, *OPTIONAL)


@dataclass(frozen=True)
class Report:
    """How many procedures of a file had no rows before, others, or the same; rows in all."""

    new: int
    changed: int
    unchanged: int
    rows: int


def import_methods(path: Path, *, dry_run: bool = False) -> Report:
    """Replace the ways to pay of the procedures that a file names; `dry_run` only counts.

    Procedures that the file does not name keep theirs.

    Raises:
        ImportRefused: the file or one of its rows is not of the format; nothing was written.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    groups = _read(path)
    if not groups:
        raise ImportRefused(f"{path.name} holds no ways to pay.")
    with database.connect() if dry_run else database.begin() as connection:
        stored = _stored(connection, list(groups))
        new = [code for code in groups if code not in stored]
        changed = [code for code, rows in groups.items() if rows != stored.get(code, rows)]
        if not dry_run:
            for codes in database.chunks([*new, *changed]):
                connection.execute(sa.delete(table).where(table.c.procedure_code.in_(codes)))
                rows = [row for code in codes for row in groups[code]]
                connection.execute(sa.insert(table), rows)
    unchanged = len(groups) - len(new) - len(changed)
    return Report(len(new), len(changed), unchanged, sum(map(len, groups.values())))


def _read(path: Path) -> dict[str, list[Row]]:
    """Rows by procedure, in one order whatever that of the file; all faulty lines are named."""
    lines = list(read_rows(path, REQUIRED, largest=LARGEST_FILE, optional=OPTIONAL))
    named = {text["procedure_code"] for _, text in lines}
    known = {code for code in named if records(code)}
    groups: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    errors = []
    for number, text in lines:
        try:
            row = method_cells.row(text, known)
            for earlier, other in groups[row["procedure_code"]]:
                if method_cells.overlap(row, other):
                    raise ValueError(f"line {earlier} tells of the same way, channel and days")
        except ValueError as error:
            errors.append(f"line {number}: {error}")
        else:
            groups[row["procedure_code"]].append((number, row))
    if errors:
        raise faulty_rows(path, errors)
    return {code: sorted((row for _, row in rows), key=_order) for code, rows in groups.items()}


def _stored(connection: Connection, codes: list[str]) -> dict[str, list[Row]]:
    """Stored rows of some procedures."""
    columns = [table.c[name] for name in COLUMNS]
    found: dict[str, list[Row]] = defaultdict(list)
    for chunk in database.chunks(codes):
        query = sa.select(*columns).where(table.c.procedure_code.in_(chunk))
        for row in connection.execute(query).mappings():
            found[row["procedure_code"]].append(dict(row))
    return {code: sorted(rows, key=_order) for code, rows in found.items()}


def _order(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in COLUMNS)
