"""The gateway's settlement file: which payments it accounts for with the province.

It is not signed, so it never marks anything as paid: it only shows where the two differ.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bot import imports

COLUMNS = ("reference", "amount", "gateway_number", "paid_at")
# Some hundred thousand payments.
LARGEST = 32 * 2**20
_REFERENCE = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_NUMBER = re.compile(r"[A-Za-z0-9]{1,64}")


@dataclass(frozen=True)
class Line:
    """A payment as the gateway accounts for it; `amount` in đồng, `paid_on` a day in Vietnam."""

    reference: str
    amount: int
    gateway_number: str
    paid_on: dt.date


def read_statement(path: Path, days: Collection[dt.date]) -> list[Line]:
    """All lines of a CSV file (UTF-8) with `COLUMNS`; `paid_at` is `YYYY-MM-DD HH:MM:SS`.

    Args:
        path: the file.
        days: which it is expected to be of; with others, all payments would seem to be missing.

    Raises:
        bot.imports.ImportRefused: the file or one of its rows cannot be used, or is of another
            day.
    """
    lines, errors = [], []
    for number, row in imports.read_rows(path, COLUMNS, largest=LARGEST):
        wrong = [
            name
            for name, form in (
                ("reference", _REFERENCE),
                ("amount", _AMOUNT),
                ("gateway_number", _NUMBER),
            )
            if not form.fullmatch(row[name])
        ]
        paid_on = _day(row["paid_at"])
        if paid_on is None:
            wrong.append("paid_at")
        if wrong or paid_on is None:
            errors.append(f"line {number}: {', '.join(wrong)} cannot be read")
        elif paid_on not in days:
            errors.append(f"line {number}: paid on {paid_on}, which is not compared")
        else:
            amount = int(row["amount"])
            lines.append(Line(row["reference"], amount, row["gateway_number"], paid_on))
    if errors:
        raise imports.faulty_rows(path, errors)
    return lines


def _day(text: str) -> dt.date | None:
    try:
        moment = dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 (of Vietnam)
        return moment.date()
    except ValueError:
        return None
