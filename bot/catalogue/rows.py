"""Facts of a procedure as flat rows and back, for the tables of the database and of files.

A row holds plain values only: the days of a `Dates` and the parts of a `Duration` stand in
columns of their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from bot.catalogue.model import (
    Case,
    Channel,
    Dates,
    Difference,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    Procedure,
)

# Attribute of a procedure → what its items are; steps and places are plain lines.
ITEMS: dict[str, type] = {
    "channels": Channel,
    "cases": Case,
    "documents": Document,
    "forms": Form,
    "legal_basis": LegalBasis,
    "differs_from": Difference,
    "steps": str,
    "places": str,
}
# Attributes that are columns of the procedure's own row.
SCALARS = (
    "name",
    "plain_name",
    "local_code",
    "field",
    "level",
    "issuing_body",
    "decision",
    "subject",
    "agency",
    "service_level",
    "online",
    "online_payment",
    "documents_note",
    "result",
    "conditions",
    "mistakes",
)
_TIME, _DATES, _FEES = "time", "dates", "fees"
Item = TypeVar("Item")


def scalars(procedure: Procedure) -> dict[str, Any]:
    """The procedure's own row: `SCALARS` and the days on which the record holds."""
    row = {name: getattr(procedure, name) for name in SCALARS}
    return {**row, **_flat_dates(procedure.effective)}


def _flat_dates(dates: Dates) -> dict[str, Any]:
    return {"effective_from": dates.effective_from, "effective_to": dates.effective_to}


def dates_from(row: Mapping[str, Any]) -> Dates:
    """The days on which the fact of a row holds."""
    return Dates(row["effective_from"], row["effective_to"])


def to_row(item: Any) -> dict[str, Any]:
    """One fact as a row. A channel's fees are rows of another table and left out."""
    if isinstance(item, str):
        return {"text": item}
    row: dict[str, Any] = {}
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        if field.name == _DATES:
            row.update(_flat_dates(value))
        elif field.name == _TIME:
            row.update(time_value=value.value, time_unit=value.unit, time_note=value.note)
        elif field.name != _FEES:
            row[field.name] = value
    return row


def from_row(kind: type[Item], row: Mapping[str, Any], **more: Any) -> Item:
    """The fact of a row; `more` are values that stand elsewhere (a channel's fees)."""
    if kind is str:
        return row["text"]
    values: dict[str, Any] = dict(more)
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.name == _DATES:
            values[_DATES] = dates_from(row)
        elif field.name == _TIME:
            values[_TIME] = Duration(row["time_value"], row["time_unit"], row["time_note"])
        elif field.name != _FEES:
            values[field.name] = row[field.name]
    return kind(**values)


def fee_from_row(row: Mapping[str, Any]) -> Fee:
    """The fee of a row."""
    return from_row(Fee, row)
