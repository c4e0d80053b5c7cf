"""Empty files of the format for staff to fill in, with a guide in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.catalogue.sheets import files, workbook
from bot.catalogue.sheets.spec import sheets

# What staff write; the others stand in exports only.
STAFF_SHEETS = (
    "procedures",
    "origins",
    "channels",
    "fees",
    "cases",
    "documents",
    "forms",
    "steps",
    "places",
    "legal_bases",
    "differences",
    "aliases",
)
# Columns that the program fills in by itself.
_LEFT_OUT = {"layer", "valid_from", "valid_to", "known_from"}
GUIDE_FILE = "huong_dan.txt"


def _headers() -> dict[str, list[str]]:
    return {
        name: [c.name for c in sheets()[name].columns if c.name not in _LEFT_OUT]
        for name in STAFF_SHEETS
    }


def _labels(name: str) -> list[str]:
    """The comment row below the header: what each column is, in Vietnamese."""
    columns = {c.name: c for c in sheets()[name].columns}
    labels = [columns[header].label for header in _headers()[name]]
    return [f"{files.COMMENT} {labels[0]}", *labels[1:]]


def _guide() -> Iterator[list[str]]:
    document = yaml.safe_load(Path(__file__).with_name("guide.yml").read_text(encoding="utf-8"))
    for line in document["lines"]:
        yield [line["head"], line["text"]]
    for name in STAFF_SHEETS:
        sheet = sheets()[name]
        yield [f"{document['sheet']} {name}", f"{sheet.label}. {sheet.note}"]
        for column in sheet.columns:
            if column.name not in _LEFT_OUT:
                must = f" ({document['required']})" if column.required else ""
                note = f". {column.note}" if column.note else ""
                yield [f"  {column.name}", f"{column.label}{must}{note}"]


def write_xlsx(path: Path) -> None:
    """A workbook: the guide first, then an empty sheet a table."""
    tables: dict[str, tuple[list[str], list[list[Any]]]] = {
        name: (header, [_labels(name)]) for name, header in _headers().items()
    }
    with files.whole_file(path) as partial:
        workbook.write(partial, tables, list(_guide()))


def write_csv(folder: Path) -> None:
    """A folder: the guide as text, and an empty CSV file a table.

    Raises:
        FileExistsError: the folder holds files already, which might be somebody's work.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    for name, header in _headers().items():
        lines = [",".join(header), ",".join(f'"{label}"' for label in _labels(name))]
        # The mark lets Excel see that the file is UTF-8.
        (folder / f"{name}.csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    text = "\n".join(": ".join(part.strip() for part in line) for line in _guide())
    (folder / GUIDE_FILE).write_text(text + "\n", encoding="utf-8")
