"""Which sheets and columns the catalogue's file formats have, read from `spec.yml`.

A row is a mapping of column names to values of the column's type; an unknown value is None,
an unknown text "". Text that people typed becomes such values here.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import text as vn
from bot.catalogue.tables import STAFF

TEXT, INTEGER, NUMBER, BOOLEAN, DATE = "text", "integer", "number", "boolean", "date"
LONGEST_TEXT = 50_000
# What a database's plain integer holds.
LARGEST_INTEGER = 2**31 - 1
# Folded: people may write "Có".
_YES, _NO = {"true", "1", "co", "x", "yes"}, {"false", "0", "khong", "no"}
_DAY_MONTH_YEAR = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
# A cell that a spreadsheet program would compute or hand to another program.
_FORMULA = re.compile(r"^(?:[=@]|[+\-](?:\w+\(|.*\|'))")
# … and halves of characters, which JSON can write and no database holds.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class ValueRefused(ValueError):
    """A value is not of its column's type."""


@dataclass(frozen=True)
class Column:
    """A column: its name, its type, and what people read of it."""

    name: str
    kind: str
    choices: tuple[str, ...]
    required: bool
    label: str
    note: str
    # Most characters of a text, largest value of an integer.
    limit: int

    def parse(self, value: Any, *, formulas: bool = False) -> Any:
        """A cell's value as one of the column's type.

        Raises:
            ValueRefused: it is not of that type, or it looks like a formula and may not.
        """
        if isinstance(value, str):
            # Editors write the ends of lines in two ways.
            value = value.strip().replace("\r\n", "\n")
            if not formulas and _FORMULA.match(value):
                raise ValueRefused(f"{value[:20]!r} is a formula")
            if _CONTROL.search(value):
                raise ValueRefused("the text holds control characters")
            longest = self.limit if self.kind == TEXT else LONGEST_TEXT
            if len(value) > longest:
                raise ValueRefused(f"the text is longer than {longest} characters")
        if value is None or value == "":
            if self.required:
                raise ValueRefused("must not be empty")
            return "" if self.kind == TEXT else None
        return _PARSERS[self.kind](self, value)


def _parse_text(column: Column, value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueRefused(f"{value!r:.40} is no text")
    text = str(value)
    if column.choices and text not in column.choices:
        raise ValueRefused(f"{text[:40]!r} is none of {', '.join(column.choices)}")
    return text


def _parse_integer(column: Column, value: Any) -> int:
    number = _parse_number(column, value)
    if not number.is_integer() or number < 0:
        raise ValueRefused(f"{value!r:.40} is no whole number")
    if number > column.limit:
        raise ValueRefused(f"{value!r:.40} is out of range")
    return int(number)


def _parse_number(_: Column, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueRefused(f"{value!r:.40} is no number")
    if isinstance(value, str) and not re.fullmatch(r"\d+(?:\.\d+)?", value):
        # "7.000" may be seven or seven thousand: people are asked, nothing is guessed.
        raise ValueRefused(f"{value[:40]!r} is no plain number such as 7000 or 1.5")
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}\.\d{3}", value):
        raise ValueRefused(f"{value!r} may mean thousands: write it without a dot")
    # Not as a float yet: that of a very long number fails.
    number = float(value) if not isinstance(value, int) or abs(value) < 10**15 else -1.0
    if not 0 <= number < 1e15:
        raise ValueRefused(f"{value!r:.40} is out of range")
    return number


def _parse_boolean(_: Column, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = vn.fold(str(value).strip())
    if word in _YES | _NO:
        return word in _YES
    raise ValueRefused(f"{value!r:.40} is neither true nor false")


def _parse_date(_: Column, value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value)
    match = _DAY_MONTH_YEAR.match(text)
    try:
        if match:
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueRefused(f"{text[:40]!r} is no date such as 2026-07-20 or 20/07/2026") from None


_PARSERS = {
    TEXT: _parse_text,
    INTEGER: _parse_integer,
    NUMBER: _parse_number,
    BOOLEAN: _parse_boolean,
    DATE: _parse_date,
}


@dataclass(frozen=True)
class Sheet:
    """A sheet: its key columns first, then the others."""

    name: str
    label: str
    note: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def parse(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row's values.

        Raises:
            ValueRefused: a value is not of its column's type; the message names the column.
        """
        values = {}
        # What came from elsewhere is kept as it is; people's "=…" is a slip.
        formulas = (row.get("layer") or STAFF) != STAFF
        for column in self.columns:
            try:
                values[column.name] = column.parse(row.get(column.name), formulas=formulas)
            except ValueRefused as error:
                raise ValueRefused(f"{column.name}: {error}") from None
        return values


def _column(name: str, values: Mapping[str, Any]) -> Column:
    kind = values.get("type", TEXT)
    choices = tuple(kind) if isinstance(kind, list) else ()
    return Column(
        name,
        TEXT if choices else kind,
        choices,
        bool(values.get("required")),
        values["label"],
        values.get("note", ""),
        int(values.get("limit", LARGEST_INTEGER if kind == INTEGER else LONGEST_TEXT)),
    )


@functools.lru_cache(maxsize=1)
def sheets() -> dict[str, Sheet]:
    """All sheets by name, in their order."""
    document = yaml.safe_load(Path(__file__).with_name("spec.yml").read_text(encoding="utf-8"))
    keys = document.pop("keys")
    return {
        name: Sheet(
            name,
            values["label"],
            values["note"],
            tuple(values["key"]),
            (
                *(_column(key, keys[key]) for key in values["key"]),
                *(_column(key, column) for key, column in values["columns"].items()),
            ),
        )
        for name, values in document.items()
    }
