"""CSV files of single facts for tests, and what the catalogue holds after their import."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot import database
from bot.catalogue import layers, repository, service
from bot.catalogue.model import Channel, Duration, Fee, Procedure, Source
from bot.catalogue.sheets.spec import Column
from bot.catalogue.tables import NATIONAL, STAFF
from tests.catalogue.exports import procedure

CODE, OTHER = "1.000001", "1.000002"
TITLE, URL, CHECKED = "Nghị quyết 01", "https://example.vn/nq1", dt.date(2026, 11, 20)
COUNCIL = Source(TITLE, URL, CHECKED)
NATION = Source("Cơ sở quốc gia", "https://example.vn", dt.date(2026, 7, 20))
TODAY = dt.date(2026, 11, 30)
THREE_DAYS = Duration(3.0, "working_day")


def write(path: Path, columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> Path:
    """A file with these rows; code and source are filled in where a row is silent."""
    names = [column.name for column in columns]
    given = {"procedure_code": CODE, "source_title": TITLE, "source_url": URL}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow({**given, "checked_on": CHECKED, **row})
    return path


def put(layer: str, *records: Procedure) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, layer, records)


def national() -> None:
    """Two procedures of the national database, with two ways to file and their fees."""
    channels = (
        Channel("online", THREE_DAYS, (Fee(5000),)),
        Channel("direct", THREE_DAYS, (Fee(8000),)),
    )
    facts: dict[str, Any] = {"channels": channels, "steps": ("Nộp",), "source": NATION}
    put(NATIONAL, *(procedure(code, f"Đăng ký {code}", **facts) for code in (CODE, OTHER)))


def found(code: str = CODE, on: dt.date = TODAY) -> Procedure:
    result = service.procedure(code, on)
    assert result is not None
    return result


def amounts(code: str = CODE, on: dt.date = TODAY) -> dict[str, list[int | None]]:
    return {c.kind: [fee.amount for fee in c.fees] for c in found(code, on).channels}


def staff_states(code: str = CODE) -> list[repository.State]:
    """What staff hold of a procedure, earlier states first, without those corrected."""
    with database.connect() as connection:
        return [
            state
            for state in repository.history(connection, code)
            if state.layer == STAFF
            and (state.valid_from is None or state.valid_from != state.valid_to)
        ]
