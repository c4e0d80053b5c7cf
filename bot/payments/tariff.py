"""What the fees of a channel mean together on a day (biểu phí): one price, steps, or cases.

Nothing is added up: rows beside each other are prices for different cases, or fees whose sum no
source confirms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot import text as vn
from bot.catalogue.model import FEES, Channel, Fee, Procedure
from bot.payments import fee_note, note_words, reliefs
from bot.payments.fee_note import Price
from bot.payments.reliefs import Relief

# Groups of facts, and with a dot behind them parts of these, that fees belong to.
_GROUPS = ("channels", "fees")


@dataclass(frozen=True)
class Tariff:
    """The fees of a channel for a day.

    `prices`: the one price, or its steps; `cases`: prices between which a case decides, each of
    one row. `unknown`: what the source says in words only, so that no total holds. `extra`: what
    is only charged for something ordered besides. Without any of them nothing is published.
    """

    channel: Channel
    prices: tuple[Price, ...] = ()
    cases: tuple[Price, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    unknown: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def is_published(self) -> bool:
        return bool(self.prices or self.cases or self.reliefs or self.unknown or self.extra)


def tariffs(procedure: Procedure, on: dt.date) -> tuple[Tariff, ...]:
    """The tariff of each kind of channel, in the procedure's order.

    Where the national export gives its channels different fees without saying why, each holds a
    part, and none is certain. Nothing holds where the catalogue knows the fees to have ended.
    """
    if any(group.partition(".")[0] in _GROUPS for group, _ in procedure.expired):
        return ()
    holding = [c for c in procedure.channels if c.dates.begun(on) and not c.dates.ended(on)]
    found = [_tariff(channel, on) for channel in _by_kind(holding)]
    is_checked = procedure.curated or FEES in dict(procedure.sources)
    if is_checked or _is_dated(procedure.channels) or not _contradict(found):
        return tuple(found)
    return tuple(
        replace(t, prices=(), cases=(), reliefs=(), unknown=tuple(_texts(t.channel.fees)))
        if t.is_published
        else t
        for t in found
    )


def _by_kind(channels: Iterable[Channel]) -> list[Channel]:
    """Channels of one kind as one: some records list a channel once per case."""
    merged: dict[str, Channel] = {}
    for channel in channels:
        known = merged.get(channel.kind)
        fees = (*(known.fees if known else ()), *channel.fees)
        merged[channel.kind] = replace(known or channel, fees=tuple(dict.fromkeys(fees)))
    return list(merged.values())


def _is_dated(channels: Iterable[Channel]) -> bool:
    return any(fee.dates.effective_from for channel in channels for fee in channel.fees)


def _contradict(found: Sequence[Tariff]) -> bool:
    stated = [
        t for t in found if t.is_published and (t.reliefs or t.prices or t.cases or t.unknown)
    ]
    said = {(t.prices, t.cases, bool(t.unknown), _is_free(t)) for t in map(_compared, stated)}
    explained = any(
        note_words.mentions_online(text) for t in stated for text in _texts(t.channel.fees)
    )
    return len(said) > 1 and not explained


def _is_free(tariff: Tariff) -> bool:
    return any(relief.for_all for relief in tariff.reliefs)


def _compared(tariff: Tariff) -> Tariff:
    """The sums alone: a full stop more or less is no contradiction."""
    return replace(
        tariff,
        prices=tuple(Price(p.amount) for p in tariff.prices),
        cases=tuple(sorted((Price(p.amount) for p in tariff.cases), key=lambda p: p.amount)),
    )


def _tariff(channel: Channel, on: dt.date) -> Tariff:
    prices: list[Price] = []
    found: list[Relief] = []
    unknown: list[str] = []
    extra: list[str] = []
    for fee in channel.fees:
        if not fee.is_published or not fee.dates.begun(on) or fee.dates.ended(on):
            continue
        relief = reliefs.of_fee(fee)
        read = () if relief else _of_channel(fee_note.read(fee, on), channel)
        if relief:
            found.append(relief)
        elif note_words.is_extra(fee.note):
            extra.append(fee.note)
        elif read:
            last = fee.dates.effective_to
            prices += [replace(p, until=_earlier(p.until, last)) for p in read]
            found += [reliefs.of_words(text) for price in read for text in price.free_for]
        else:
            unknown += _texts([fee])
    plain = Tariff(
        channel, reliefs=tuple(found), unknown=tuple(dict.fromkeys(unknown)), extra=tuple(extra)
    )
    return _put_together(plain, prices)


def _put_together(tariff: Tariff, prices: list[Price]) -> Tariff:
    prices = _reduced_instead(list(dict.fromkeys(prices)))
    whole = _as_steps(prices)
    if whole is not None:
        return replace(tariff, prices=whole)
    if len(prices) == 1 and not prices[0].pages:
        if note_words.is_part(prices[0].label):
            return replace(tariff, unknown=(*tariff.unknown, prices[0].label))
        return (
            replace(tariff, cases=tuple(prices))
            if prices[0].case
            else replace(tariff, prices=tuple(prices))
        )
    if prices and _are_cases(prices):
        return replace(tariff, cases=tuple(prices))
    return replace(tariff, unknown=(*tariff.unknown, *(_named(p) or str(p.amount) for p in prices)))


def _reduced_instead(prices: list[Price]) -> list[Price]:
    """Of a full sum and one that is charged instead for a time, the latter."""
    if len(prices) != 2 or any(price.case or price.label for price in prices):
        return prices
    full, reduced = sorted(prices, key=lambda price: -price.amount)
    same = vn.fold(full.unit) == vn.fold(reduced.unit)
    return [reduced] if same and reduced.until and not full.until else prices


def _as_steps(prices: Sequence[Price]) -> tuple[Price, ...] | None:
    """Steps that follow each other from the first page on; the cap of any holds for all."""
    steps = sorted((p for p in prices if p.pages), key=lambda price: price.pages or (0, None))
    if not steps or len(steps) != len(prices):
        return None
    following = 1
    for price in steps:
        first, last = price.pages or (0, None)
        if first != following:
            return None
        following = 0 if last is None else last + 1
    caps = {(p.cap, p.cap_unit) for p in steps if p.cap is not None}
    units = {vn.fold(price.unit) for price in steps}
    if following or len(caps) > 1 or units != {"trang"}:
        return None
    cap, cap_unit = caps.pop() if caps else (None, "")
    return tuple(replace(price, cap=cap, cap_unit=cap_unit) for price in steps)


def _are_cases(prices: Sequence[Price]) -> bool:
    """Whether each price is for a case of its own, and all are of one kind of fee."""
    names = [vn.fold(_named(price)) for price in prices]
    kinds = {note_words.fee_kind(_named(price)) for price in prices}
    distinct = len(set(names)) == len(names) and all(names)
    # Two fees with names of their own may both be charged.
    named = kinds == {""} or all(price.case for price in prices)
    return distinct and named and len(kinds) == 1 and not any(price.pages for price in prices)


def _named(price: Price) -> str:
    return price.case or price.label


def _of_channel(prices: tuple[Price, ...], channel: Channel) -> tuple[Price, ...]:
    """Words that only name the channel say nothing more."""
    return tuple(
        replace(price, label="") if note_words.channel_named(price.label) == channel.kind else price
        for price in prices
    )


def _texts(fees: Iterable[Fee]) -> list[str]:
    return [
        fee.case or fee.note or f"{fee.amount} {fee.currency}" for fee in fees if fee.is_published
    ]


def _earlier(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return min((day for day in (one, other) if day is not None), default=None)
