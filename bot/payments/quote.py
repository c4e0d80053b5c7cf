"""Fee quotes: what a procedure costs through each channel, for a case and a quantity.

Sums of whole đồng. A total is given only where every part of it is published and certain; what
is not is named. Pure functions of their arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.catalogue.model import Procedure
from bot.catalogue.situation import Situation
from bot.payments import tariff as tariffs
from bot.payments import units
from bot.payments.fee_note import Price
from bot.payments.quantity import Quantity
from bot.payments.reliefs import WHOLE, Relief
from bot.payments.tariff import Tariff
from bot.payments.units import Unit

PAGE, COPY, SET, ITEM = "page", "copy", "set", "item"
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """`count` times `price`, for `copies` copies: one row of the reckoning.

    `pages`: first and last page that it is about. `unit` as the source writes it. `capped`: the
    sum is the most that is charged, `cap` a copy or a permit.
    """

    price: int
    count: int
    total: int
    unit: str = ""
    label: str = ""
    copies: int = 1
    pages: tuple[int, int] | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Choice:
    """A price for one case; `total` where the quantity for it is known."""

    case: str
    price: int
    unit: str
    total: int | None


@dataclass(frozen=True)
class Quote:
    """What is known of the cost through `channels` (kinds).

    `total`: what is to be paid, None where any part is unknown. `lines` add up to it, before
    `relief`. `prices`: the price of one where the number is not known; `asks` the units to ask
    for. `choices`: prices between which the citizen's case decides. `reliefs`: what others do not
    pay, in the source's words. `unused`: units that the citizen named and the fee does not count.
    `by_set`: each set ("bộ") is taken for one paper. `until`: last day of this price; then
    `next_total` (None: unknown).
    """

    channels: tuple[str, ...]
    total: int | None = None
    lines: tuple[Line, ...] = ()
    prices: tuple[Price, ...] = ()
    choices: tuple[Choice, ...] = ()
    relief: Relief | None = None
    rounded: bool = False
    reliefs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    by_set: bool = False
    too_many: bool = False
    unknown: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    published: bool = True
    until: dt.date | None = None
    next_total: int | None = None

    @property
    def is_certain(self) -> bool:
        """Whether it holds a sum that is not only words of the source."""
        return self.total is not None or bool(self.prices or self.choices)


def quote(
    procedure: Procedure, situation: Situation, quantity: Quantity, on: dt.date
) -> tuple[Quote, ...]:
    """A quote for each channel; channels that cost the same share one."""
    return _merged([_with_next(procedure, t, situation, quantity)
                    for t in tariffs.tariffs(procedure, on)])  # fmt: skip


def may_relieve(procedure: Procedure, situation: Situation, on: dt.date) -> bool:
    """Whether a case has an exemption or a reduction of the procedure's fees."""
    return any(
        relief.fits(situation, tariff.channel) and not relief.for_all
        for tariff in tariffs.tariffs(procedure, on)
        for relief in tariff.reliefs
    )


def _merged(found: Sequence[Quote]) -> tuple[Quote, ...]:
    merged: dict[Quote, tuple[str, ...]] = {}
    for one in found:
        alike = replace(one, channels=())
        merged[alike] = (*merged.get(alike, ()), *one.channels)
    return tuple(replace(one, channels=channels) for one, channels in merged.items())


def _with_next(
    procedure: Procedure, tariff: Tariff, situation: Situation, quantity: Quantity
) -> Quote:
    """The quote of a day with what follows on the last day of its prices, if a sum is known."""
    now = _of_tariff(tariff, situation, quantity)
    if now.total is None or now.until is None:
        return now
    later = [
        _of_tariff(t, situation, quantity)
        for t in tariffs.tariffs(procedure, now.until + ONE_DAY)
        if t.channel.kind == tariff.channel.kind
    ]
    return replace(now, next_total=later[0].total if later else None)


def _of_tariff(tariff: Tariff, situation: Situation, quantity: Quantity) -> Quote:
    blank = Quote((tariff.channel.kind,), unknown=tariff.unknown, extra=tariff.extra,
                  published=tariff.is_published)  # fmt: skip
    fitting = [r for r in tariff.reliefs if r.fits(situation, tariff.channel)]
    others = tuple(r.text for r in tariff.reliefs if r not in fitting)
    blank = replace(blank, reliefs=others)
    prices = tariff.prices or _decided(tariff, situation)
    if prices and not tariff.unknown:
        return _relieved(_priced(blank, prices, quantity), prices, fitting)
    if tariff.cases and not tariff.unknown:
        cases = sorted(tariff.cases, key=lambda p: (p.amount, p.case, p.label))
        choices = tuple(_choice(price, quantity) for price in cases)
        return replace(blank, choices=choices, too_many=bool(quantity.too_many))
    return _without_price(blank, tariff, fitting)


def _decided(tariff: Tariff, situation: Situation) -> tuple[Price, ...]:
    """The price of the citizen's case, where it is one for certain."""
    fits = [price for price in tariff.cases if situation.fits(price.case or price.label) is True]
    return tuple(fits) if len(fits) == 1 else ()


def _without_price(blank: Quote, tariff: Tariff, fitting: Sequence[Relief]) -> Quote:
    """Where no sum is known: free for all, or for those whose whole fee is waived."""
    whole = [r for r in fitting if r.percent == WHOLE]
    if not whole:
        return replace(blank, reliefs=tuple(r.text for r in tariff.reliefs))
    # What is waived is the one fee that the source speaks of, or all there is.
    covers = not tariff.cases and len(tariff.unknown) <= 1
    covers &= all(whole[0].covers(text) for text in tariff.unknown)
    if not covers:
        return replace(blank, reliefs=tuple(r.text for r in tariff.reliefs))
    return replace(blank, total=0, relief=whole[0], unknown=())


def _priced(blank: Quote, prices: tuple[Price, ...], quantity: Quantity) -> Quote:
    until = min((p.until for p in prices if p.until), default=None)
    blank = replace(blank, until=until)
    known = units.of_fee(prices[0].unit) if prices[0].unit else ()
    if quantity.too_many:
        return replace(blank, prices=prices, too_many=True)
    if prices[0].pages:
        return _by_pages(blank, prices, quantity)
    counted = [unit for unit in known or () if unit.said]
    counts = {unit.key: _count(unit, quantity) for unit in counted}
    missing = [key for key, count in counts.items() if count is None]
    named = [key for key, _ in quantity.counts]
    things = {ITEM} if any(unit.thing for unit in counted) else set()
    unused = tuple(key for key in named if key not in {*counts, *things})
    # Of a unit that nobody can count there may be several; so may be of none at all.
    if missing or known is None or (known == () and named) or (PAGE in counts and unused):
        return replace(blank, prices=prices, asks=tuple(missing), unused=unused)
    total_count = 1
    for count in counts.values():
        total_count *= count or 1
    price = prices[0]
    total = price.amount * total_count
    cap = None
    if price.cap is not None:
        capped = units.of_fee(price.cap_unit)
        if capped is None or not all(unit.single for unit in capped):
            return replace(blank, prices=prices, unused=unused)
        if total > price.cap:
            total, cap = price.cap, price.cap
    line = Line(price.amount, total_count, total, price.unit, price.label, cap=cap)
    return replace(blank, total=total, lines=(line,), unused=unused)


def _count(unit: Unit, quantity: Quantity) -> int | None:
    said = quantity.of(unit.key)
    if said is None and unit.thing:
        said = quantity.of(ITEM)
    if said is None and unit.key in quantity.unclear:
        return None
    return said if said is not None else (1 if unit.single else None)


def _by_pages(blank: Quote, prices: tuple[Price, ...], quantity: Quantity) -> Quote:
    """Steps of pages for each copy, with the most that is charged for one."""
    pages, copies = quantity.of(PAGE), quantity.of(COPY)
    by_set = copies is None and quantity.of(SET) is not None
    copies = quantity.of(SET) if by_set else copies
    named = [key for key, _ in quantity.counts if key not in (PAGE, COPY, SET)]
    unclear = bool(quantity.unclear & {COPY, SET})
    if pages is None or unclear or named:
        asks = tuple(k for k, v in ((COPY, copies), (PAGE, pages)) if v is None)
        return replace(blank, prices=prices, asks=asks, unused=tuple(named))
    copies = copies or 1
    lines: list[Line] = []
    for price in prices:
        first, last = price.pages or (1, None)
        last = pages if last is None else min(last, pages)
        count = last - first + 1
        if count > 0:
            total = count * copies * price.amount
            lines.append(
                Line(price.amount, count, total, price.unit, price.label, copies, (first, last))
            )
    cap = prices[0].cap
    a_copy = sum(line.count * line.price for line in lines)
    if cap is not None and a_copy > cap:
        lines = [Line(cap, 1, cap * copies, "", "", copies, (1, pages), cap)]
    total = sum(line.total for line in lines)
    return replace(blank, total=total, lines=tuple(lines), by_set=by_set)


def _choice(price: Price, quantity: Quantity) -> Choice:
    alone = _priced(Quote(()), (replace(price, case="", label=""),), quantity)
    return Choice(price.case or price.label, price.amount, price.unit, alone.total)


def _relieved(priced: Quote, prices: Sequence[Price], fitting: Sequence[Relief]) -> Quote:
    """With the largest of the citizen's reliefs; those of a lệ phí do not touch a phí."""
    usable = [r for r in fitting if r.may_cover(prices[0].label)]
    if priced.total is None or not usable:
        return priced
    relief = max(usable, key=lambda each: each.percent)
    return replace(
        priced,
        total=relief.reduced(priced.total),
        relief=relief,
        rounded=relief.is_rounded(priced.total),
    )
