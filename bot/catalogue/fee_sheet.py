"""Rows of a CSV file of local fees: what a fee may be, and which channels it is for.

The traps of such tables are refused rather than guessed at: a bare 0 that means "not filled in",
sums that lost their thousands, the same fee twice for the same days.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.catalogue.amounts import (
    HIGHEST_CREDIBLE_AMOUNT,
    LOWEST_CREDIBLE_AMOUNT,
    names_a_sum,
    says_free,
)
from bot.catalogue.fact_sheet import (
    CODE_COLUMN,
    FROM,
    SOURCE_COLUMNS,
    TO,
    Faults,
    Line,
    by_code,
    column,
)
from bot.catalogue.fee_days import overlap
from bot.catalogue.local_fees import LocalFees
from bot.catalogue.model import CHANNEL_KINDS, Fee
from bot.catalogue.sheets.spec import INTEGER

COLUMNS = (
    CODE_COLUMN,
    column("channel"),
    column("case", limit=300),
    column("amount", INTEGER, limit=HIGHEST_CREDIBLE_AMOUNT),
    column("unit", limit=100),
    column("note"),
    FROM,
    TO,
    *SOURCE_COLUMNS,
)
_NOTHING = re.compile(r"^\W*0*\W*(?:đồng|vnđ|vnd|đ)?\W*$", re.IGNORECASE)


def local_fees(lines: Sequence[Line], faults: Faults) -> dict[str, tuple[int, LocalFees]]:
    """The fees of each procedure, with the line of its first row; `faults` gets the others."""
    found: dict[str, tuple[int, LocalFees]] = {}
    for code, rows in by_code(lines, faults):
        read: list[tuple[Line, Fee]] = []
        for line in rows:
            try:
                fee = _fee(line)
                _refuse_conflict(line, fee, read)
                read.append((line, fee))
            except ValueError as error:
                faults.add(line.number, error)
        by_kind = {
            kind: tuple(fee for line, fee in read if line.values["channel"] in ("", kind))
            for kind in CHANNEL_KINDS
        }
        told = {kind: fees for kind, fees in by_kind.items() if fees}
        found[code] = rows[0].number, LocalFees(told, rows[0].source)
    return found


def _fee(line: Line) -> Fee:
    values = line.values
    amount, note, channel = values["amount"], values["note"], values["channel"]
    if channel and channel not in CHANNEL_KINDS:
        raise ValueError(
            f"channel: {channel[:20]!r} is none of {', '.join(CHANNEL_KINDS)}; "
            "leave it empty for all channels"
        )
    if amount is None and not note:
        raise ValueError("amount: empty without a note that says what is known of the fee")
    if note and _NOTHING.match(note):
        raise ValueError("note: a bare 0 says nothing; write why nothing is charged")
    if amount == 0 and not says_free(note):
        raise ValueError(
            "amount: 0 needs a note that begins with Miễn, Không thu or the like and says why; "
            "leave an unknown fee empty"
        )
    if amount and amount < LOWEST_CREDIBLE_AMOUNT and not names_a_sum(note):
        raise ValueError(
            f"amount: {amount} đồng has lost its thousands? If it is right, the note must name "
            'it as well, such as "500 đồng/trang"'
        )
    return Fee(amount, values["unit"], note, case=values["case"], dates=line.dates)


def _refuse_conflict(line: Line, fee: Fee, before: Sequence[tuple[Line, Fee]]) -> None:
    channel = line.values["channel"]
    for other, known in before:
        if fee.case != known.case or not overlap(fee.dates, known.dates):
            continue
        same = other.values["channel"]
        if same == channel and (fee.unit, fee.note) == (known.unit, known.note):
            raise ValueError(f"repeats line {other.number} for the same days")
        if (same == "") != (channel == ""):
            raise ValueError(
                f"line {other.number} and this one are for all channels and for one: name the "
                "channel in each of them"
            )
