"""Kinds of CSV files about offices: their columns, and what their rows must be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.offices import cells
from bot.offices import tables as t
from bot.offices.model import COMMUNE_CENTRE, KINDS, PROVINCE_CENTRE
from bot.offices.units_import import COLUMNS as UNIT_COLUMNS

Row = dict[str, Any]
# Codes that a row may refer to: communes of today, or keys of offices.
Known = Collection[str]

UNITS = "units"
SOURCE_COLUMNS = ("source_title", "source_url", "checked_on")


@dataclass(frozen=True)
class Sheet:
    """One kind of file.

    `identity` names the columns that tell what a row is about. Where a row is `repeated`,
    all rows of one identity belong together and replace those that are stored.
    """

    name: str
    columns: tuple[str, ...]
    table: sa.Table
    identity: tuple[str, ...]
    refers_to: sa.Column
    read: Callable[[Mapping[str, str], Known], Row]
    repeated: bool = False

    def identity_of(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """What the row is about; capitals make no difference."""
        return tuple(str(row[name]).lower() for name in self.identity)


def _source(text: Mapping[str, str]) -> Row:
    return {
        "source_title": cells.required("source_title", text["source_title"]),
        "source_url": cells.url("source_url", text["source_url"]),
        "checked_on": cells.day("checked_on", text["checked_on"]),
    }


def _known(name: str, code: str, known: Known) -> str:
    if code not in known:
        raise ValueError(f"{name} {code[:40]!r} is unknown")
    return code


def _office(text: Mapping[str, str], units: Known) -> Row:
    kind = cells.choice("kind", text["kind"], KINDS)
    unit_code = text["unit_code"]
    if unit_code:
        _known("unit_code", unit_code, units)
    if kind == COMMUNE_CENTRE:
        cells.required("unit_code", unit_code)
    if kind == PROVINCE_CENTRE and unit_code:
        raise ValueError("unit_code must be empty: the centre serves the whole province")
    return {
        "key": cells.key("key", text["key"]),
        "kind": kind,
        "name": cells.required("name", text["name"]),
        "unit_code": unit_code,
        "address": text["address"],
        "telephone": cells.telephone("telephone", text["telephone"]),
        "email": cells.email("email", text["email"]),
        "website": cells.url("website", text["website"]),
        "note": text["note"],
        **_source(text),
    }


def _span(text: Mapping[str, str], offices: Known) -> Row:
    opens, closes = cells.clock("opens", text["opens"]), cells.clock("closes", text["closes"])
    if closes <= opens:
        raise ValueError(f"closes {closes} is not after opens {opens}")
    return {
        "office_key": _known("office_key", text["office_key"], offices),
        "weekday": cells.weekday("weekday", text["weekday"]),
        "opens": opens,
        "closes": closes,
        **_source(text),
    }


def _team(text: Mapping[str, str], units: Known) -> Row:
    return {
        "unit_code": _known("unit_code", text["unit_code"], units),
        "hamlet": text["hamlet"],
        "name": cells.required("name", text["name"]),
        "contact": text["contact"],
        "telephone": cells.telephone("telephone", text["telephone"]),
        "note": text["note"],
        **_source(text),
    }


def _columns(table: sa.Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name != "id")


OFFICES = Sheet(
    "offices",
    _columns(t.offices),
    t.offices,
    ("key",),
    t.administrative_units.c.new_code,
    _office,
)
HOURS = Sheet(
    "hours",
    _columns(t.office_hours),
    t.office_hours,
    ("office_key",),
    t.offices.c.key,
    _span,
    repeated=True,
)
TEAMS = Sheet(
    "teams",
    _columns(t.digital_teams),
    t.digital_teams,
    ("unit_code", "hamlet"),
    t.administrative_units.c.new_code,
    _team,
)
SHEETS = {sheet.name: sheet for sheet in (OFFICES, HOURS, TEAMS)}
COLUMNS = {UNITS: UNIT_COLUMNS, **{sheet.name: sheet.columns for sheet in SHEETS.values()}}
