"""What one published fee means on a day: its sum, its unit, the case that it is for.

The national database holds a sum and a note in free words. A note is taken apart into sums,
periods, references to law and what is left, on its folded text. Only forms that are known to
mean one thing are read; whatever else a note says makes the fee uncertain, and it is then told
in its own words. Seen in the 2,812 procedures of the national export, checked 2026-07-20.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass, replace

from bot import text as vn
from bot.catalogue.model import VND, Fee
from bot.payments import note_parts, note_words
from bot.payments.note_parts import Part

# What a note says beside its sums is a label or a case, not a treatise.
LONGEST_LABEL = 240
HALF = 2
# "(Bốn triệu đồng) Lệ phí …", folded.
_IN_WORDS = re.compile(r"^\(?[^\d()]*dong\)\s*")


@dataclass(frozen=True)
class Price:
    """A sum in đồng for one `unit` (as the source writes it, "" where it names none).

    `case`: whom it is for, in the source's words; "" for all. `label`: what the fee is called.
    `pages`: the pages that it is for, first and last, where the price goes by steps; `cap` is
    then, or for any unit, the most for one `cap_unit`. `until`: the last day of this sum.
    `free_for`: who does not pay it, in the source's words.
    """

    amount: int
    unit: str = ""
    label: str = ""
    case: str = ""
    pages: tuple[int, int | None] | None = None
    cap: int | None = None
    cap_unit: str = ""
    until: dt.date | None = None
    free_for: tuple[str, ...] = ()


def read(fee: Fee, on: dt.date) -> tuple[Price, ...]:
    """The prices that a fee states for a day; none where that is not certain.

    Several are steps ("từ trang thứ 3 trở lên") of one tariff.
    """
    if fee.currency != VND or (fee.amount is None and not fee.note):
        return ()
    prices = _read(fee.amount, fee.note, on)
    named = replace_all(prices, unit=fee.unit) if fee.unit else prices
    if fee.unit and any(price.unit and price.unit != fee.unit for price in prices):
        named = prices if _same_unit(prices, fee.unit) else ()
    if fee.case:
        named = tuple(
            replace(price, case=fee.case, label=price.label or price.case) for price in named
        )
    return named


def replace_all(prices: tuple[Price, ...], *, unit: str) -> tuple[Price, ...]:
    """The prices, each for this unit."""
    return tuple(replace(price, unit=unit) for price in prices)


def _same_unit(prices: tuple[Price, ...], unit: str) -> bool:
    return all(vn.fold(price.unit) == vn.fold(unit) for price in prices)


@functools.lru_cache(maxsize=20_000)
def _read(amount: int | None, note: str, on: dt.date) -> tuple[Price, ...]:
    note = note_words.without_the_past(note, on)
    steps = note_parts.steps(note)
    if steps is not None:
        fits = amount in (None, steps.first_price)
        return _steps(steps) if fits else ()
    note, pages = note_parts.pages_of(note)
    note, cap, cap_unit = note_parts.cap_of(note)
    unit = note_parts.unit_alone(note)
    parts = [] if unit else note_parts.parts(note)
    dated = _dated(amount, parts, on)
    if dated is None:
        return ()
    price, rest = dated
    described = _described(
        price, rest, parts[-1] if any(p.kind == note_parts.SUM for p in parts) else None
    )
    if described is None:
        return ()
    return (
        replace(described, unit=described.unit or unit, pages=pages, cap=cap, cap_unit=cap_unit),
    )


def _steps(steps: note_parts.Steps) -> tuple[Price, ...]:
    rows = zip(steps.prices, steps.pages, strict=True)
    return tuple(
        Price(price, steps.unit, pages=pages, cap=steps.cap, cap_unit=steps.cap_unit)
        for price, pages in rows
    )


def _dated(amount: int | None, parts: list[Part], on: dt.date) -> tuple[Price, list[Part]] | None:
    """The price of a day from the sums and periods of a note, and the parts that are words.

    The forms, S a sum, P a period, A "applied", R "at 50 % of it", F "from a day on":
    no sum; the sum said again (S); reduced for a time and told how much (A S P); reduced already,
    the full sum told (S P A); both told (S S P, S P S); a share and its result (P R S);
    replaced from a day on (S F S, F S).
    """
    shape = "".join(part.kind for part in parts if part.kind != note_parts.WORDS)
    rest = [part for part in parts if part.kind == note_parts.WORDS]
    sums = [part for part in parts if part.kind == note_parts.SUM]
    period = next((part for part in parts if part.kind == note_parts.PERIOD), None)
    start = next((part for part in parts if part.kind == note_parts.FROM), None)
    found: Price | None = None
    if shape in ("", "A") and amount is not None:
        found = Price(amount)
    elif shape in ("S", "AS") and amount in (None, sums[0].amount):
        found = Price(sums[0].amount, sums[0].unit)
    elif shape in ("ASP", "SAP", "PAS") and period:
        found = _for_a_time(amount, sums[0], period, on)
    elif shape in ("SPA", "SPAA") and period and amount is not None:
        if sums[0].amount == HALF * amount:
            found = _for_a_time(sums[0].amount, replace(sums[0], amount=amount), period, on)
    elif shape in ("SSAP", "SASP", "SSP") and period:
        found = _both_told(amount, sums[0], sums[1], period, on)
    elif shape in ("SAPS", "SPS") and period:
        found = _both_told(amount, sums[1], sums[0], period, on)
    elif shape == "PRS" and period and amount is not None:
        share = next(part.amount for part in parts if part.kind == note_parts.SHARE)
        if sums[0].amount * 100 == amount * share:
            found = _for_a_time(amount, sums[0], period, on)
    elif shape in ("MP", "AP") and period and amount is not None and period.holds(on):
        # "Áp dụng đến hết ngày …" is said of the sum itself, "từ ngày …" may be of another.
        if shape == "MP" or period.first is None:
            found = Price(amount, until=period.last)
    elif shape in ("SFS", "FS") and start and start.first:
        now = sums[0].amount if shape == "SFS" else amount
        if now is not None and amount in (None, now):
            until = start.first - dt.timedelta(days=1)
            begun = start.first <= on
            found = Price(sums[-1].amount) if begun else Price(now, sums[0].unit, until=until)
    return None if found is None else (found, rest)


def _for_a_time(full: int | None, reduced: Part, period: Part, on: dt.date) -> Price | None:
    if full is not None and reduced.amount > full:
        return None
    if period.holds(on):
        return Price(reduced.amount, reduced.unit, until=period.last)
    # The reduced sum may stand where the full one should: then nobody knows that one.
    return None if full in (None, reduced.amount) else Price(full or 0, reduced.unit)


def _both_told(
    amount: int | None, full: Part, reduced: Part, period: Part, on: dt.date
) -> Price | None:
    if amount not in (None, full.amount, reduced.amount) or reduced.amount >= full.amount:
        return None
    if (full.unit and reduced.unit) and vn.fold(full.unit) != vn.fold(reduced.unit):
        return None
    return _for_a_time(full.amount, reduced, period, on)


def _described(price: Price, rest: list[Part], last: Part | None) -> Price | None:
    """The price with what the words beside it say; None where they say too much.

    `last`: the end of a note with sums, where words go on with a unit or a condition.
    """
    labels: list[str] = []
    cases: list[str] = []
    free: list[str] = []
    for part in rest:
        kind = note_words.kind_of(part.text, price.amount)
        if part.text.lower() == price.unit.lower():
            continue
        if kind == note_words.DOUBT or len(part.text) > LONGEST_LABEL:
            return None
        if kind == note_words.FREE:
            free.append(part.text)
        elif kind == note_words.CASE:
            cases.append(part.text)
        elif kind == note_words.LABEL:
            if part is last:
                return None
            spelt = _IN_WORDS.match(vn.fold(part.text))
            labels.append(part.text[spelt.end() :] if spelt else part.text)
    return replace(price, label=", ".join(labels), case=", ".join(cases), free_for=tuple(free))
