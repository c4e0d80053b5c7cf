"""Small files of the catalogue's own format, written without the catalogue's own writers."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from openpyxl import Workbook

from bot import database

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

CODE, OTHER, UNKNOWN = "1.000001", "1.000002", "1.000009"
SOURCE = {
    "source_title": "Nghị quyết thử 1/2026",
    "source_url": "https://example.vn/nq",
    "checked_on": "2026-07-01",
}
FORMATS = ("csv", "json", "xlsx")


def new_procedure(code: str = CODE, **facts: Any) -> Row:
    """A row of `procedures` that is whole, as for a procedure that nobody knows yet."""
    return {"code": code, "name": f"Thủ tục thử {code}", "field": "Lĩnh vực thử",
            "level": "commune", **SOURCE, **facts}  # fmt: skip


def correction(code: str = CODE, **facts: Any) -> Row:
    """A row of `procedures` for one that the catalogue knows."""
    return {"code": code, **SOURCE, **facts}


def header_of(rows: Sequence[Row]) -> list[str]:
    """All columns that the rows use, in the order of their first use."""
    return list(dict.fromkeys(name for row in rows for name in row))


def write_csv(path: Path, tables: Tables) -> Path:
    """A folder with a CSV file a sheet."""
    path.mkdir(parents=True)
    for name, rows in tables.items():
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header_of(rows))
            writer.writeheader()
            writer.writerows(rows)
    return path


def write_json(path: Path, tables: Tables) -> Path:
    """One JSON file."""
    document = {"format": "tro-ly-thu-tuc/catalogue", "version": 1, **tables}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def write_xlsx(path: Path, tables: Tables) -> Path:
    """A workbook with a sheet a table."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(header_of(rows))
        for row in rows:
            sheet.append([row.get(column) for column in header_of(rows)])
    book.save(path)
    return path


WRITERS = {"csv": write_csv, "json": write_json, "xlsx": write_xlsx}
NAMES = {"csv": "given", "json": "given.json", "xlsx": "given.xlsx"}


def write(folder: Path, kind: str, tables: Tables) -> Path:
    """A file (for csv a folder) named `given…` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return WRITERS[kind](folder / NAMES[kind], tables)


def dump() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with database.connect() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table))), key=repr
            )
            for table in database.metadata.sorted_tables
        }
