"""Import of the table of old and new administrative units from a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.imports import ImportRefused, read_rows
from bot.offices import cells
from bot.offices import tables as t
from bot.offices.routing import WHOLE, Unit

# Shipped with the project: vietnamadminunits 1.0.4, MIT (notice beside the file).
SHIPPED = Path(__file__).resolve().parent / "seed" / "administrative_units.csv"
COLUMNS = (
    "old_province",
    "old_district",
    "old_ward",
    "new_ward",
    "new_type",
    "new_ward_code",
    "divided",
)
SHARES = {"no": WHOLE, "split": "part", "split default": "part"}
LARGEST_FILE = 20 * 1024 * 1024


@dataclass(frozen=True)
class Report:
    """Counts of what the table holds now."""

    rows: int
    units: int
    changed: bool


def import_units(path: Path = SHIPPED, *, dry_run: bool = False) -> Report:
    """Make the table hold exactly the rows of a CSV file (UTF-8, columns `COLUMNS`).

    `dry_run` only tells whether the table would change.

    Raises:
        ImportRefused: the file or one of its rows is not of the format.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    units = read_units(path)
    with database.connect() if dry_run else database.begin() as connection:
        changed = _stored(connection) != units
        if changed and not dry_run:
            connection.execute(sa.delete(t.administrative_units))
            connection.execute(sa.insert(t.administrative_units), [vars(unit) for unit in units])
    return Report(len(units), len({unit.new_code for unit in units}), changed)


def _stored(connection: Connection) -> list[Unit]:
    columns = t.administrative_units.c
    query = sa.select(*(columns[name] for name in Unit.__dataclass_fields__)).order_by(columns.id)
    return [Unit(*row) for row in connection.execute(query)]


def read_units(path: Path) -> list[Unit]:
    """Rows of the file.

    Raises:
        ImportRefused: the file or one of its rows is not of the format.
    """
    units = [
        _unit(row, f"{path.name}, line {line}")
        for line, row in read_rows(path, COLUMNS, largest=LARGEST_FILE)
    ]
    if not units:
        raise ImportRefused(f"{path.name} holds no units.")
    return units


def _unit(values: dict[str, str], where: str) -> Unit:
    try:
        values = {name: cells.plain(name, cell) for name, cell in values.items()}
    except ValueError as error:
        raise ImportRefused(f"{where}: {error}.") from error
    share = SHARES.get(values["divided"])
    if share is None:
        raise ImportRefused(f"{where}: divided must be one of {', '.join(SHARES)}.")
    empty = [n for n in ("old_district", "new_ward", "new_type", "new_ward_code") if not values[n]]
    if empty:
        raise ImportRefused(f"{where}: {', '.join(empty)} must not be empty.")
    return Unit(
        values["old_province"],
        values["old_district"],
        values["old_ward"],
        values["new_ward"],
        values["new_type"],
        values["new_ward_code"],
        share,
    )
