"""The ways to file that the layers tell of, read as one for a day: whose times, whose fees.

A council's resolution fixes fees and nothing else. What a layer tells of fees alone therefore
goes before the fees of the layers below it, one kind of channel by the other, and leaves their
times and notes. All else of the channels comes from the first layer that knows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.catalogue.fee_days import of_day, start_of, within, without_fees
from bot.catalogue.model import (
    CHANNEL_KINDS,
    DIRECT,
    FEES,
    ONLINE,
    OPEN,
    Channel,
    Dates,
    Fee,
    Procedure,
    fee_group,
)
from bot.sources import Source

CHANNELS = "channels"


@dataclass
class Ways:
    """The channels of a day.

    `origin` is the record whose times and notes they have, None where nobody tells any; `end`
    the day on which that ended. `sources` and `dates` are those of fees that come from
    elsewhere; `expired` and `upcoming` as in a `Procedure`.
    """

    channels: tuple[Channel, ...] = ()
    origin: Procedure | None = None
    end: dt.date | None = None
    sources: list[tuple[str, Source]] = field(default_factory=list)
    dates: list[tuple[str, Dates]] = field(default_factory=list)
    expired: dict[str, dt.date] = field(default_factory=dict)
    upcoming: dict[str, dt.date] = field(default_factory=dict)

    def begins(self, group: str, day: dt.date | None) -> None:
        """Note when something else begins; the first such day is kept."""
        if day is not None and day < self.upcoming.get(group, dt.date.max):
            self.upcoming[group] = day

    def fees_of(self, kind: str) -> tuple[Fee, ...]:
        return tuple(fee for c in self.channels if c.kind == kind for fee in c.fees)


@dataclass(frozen=True)
class _Alone:
    """Fees that a record tells alone, for a day, by kind; `ends` has the kinds that ended."""

    record: Procedure
    fees: dict[str, tuple[Fee, ...]]
    ends: dict[str, dt.date]


def split(record: Procedure) -> tuple[tuple[Channel, ...], tuple[Channel, ...]]:
    """The channels that tell of ways to file, and those that tell of fees alone.

    A record that tells the time of one channel and only fees of another means both as a whole,
    unless its fees have a source of their own.
    """
    alone = tuple(c for c in record.channels if c.tells_fees_only)
    if alone and not any(c.tells_way for c in record.channels):
        return (), alone
    if has_own_fees(record):
        return tuple(c for c in record.channels if not c.tells_fees_only), alone
    return record.channels, ()


def has_own_fees(record: Procedure) -> bool:
    """Whether the fees that a record tells alone have a source of their own."""
    return FEES in dict(record.sources)


def ways(
    records: Sequence[Procedure], day: dt.date, known_from: dt.date, online: bool | None
) -> Ways:
    """The channels of the records, the first layer first.

    Args:
        records: one of each layer.
        day: the day asked for.
        known_from: what was learned after this day is not told of days before.
        online: whether dossiers are taken online, None where nobody says.
    """
    found = Ways()
    alone: list[_Alone] = []
    ended: tuple[Procedure, tuple[Channel, ...], dt.date] | None = None
    for record in records:
        telling, fees_only = split(record)
        if fees_only and (told := _told_alone(record, fees_only, day, known_from, found)):
            alone.append(told)
        channels, end = _told(record, telling, day, known_from, found)
        if channels and end is None:
            found.origin, found.channels = record, channels
            break
        if channels and end is not None:
            ended = ended or (record, channels, end)
    else:
        if ended is not None:
            found.origin, found.channels, found.end = ended
            found.expired[CHANNELS] = ended[2]
        else:
            _take_fees_as_ways(alone, found, day, known_from)
    chosen = _chosen(alone, found, day, online)
    _lay(chosen, found)
    _name(chosen, alone, found, day)
    return found


def _told(
    record: Procedure, channels: tuple[Channel, ...], day: dt.date, known_from: dt.date, found: Ways
) -> tuple[tuple[Channel, ...], dt.date | None]:
    """The channels that a record tells of on a day, and the day on which they ended."""
    held = record.dates_of(CHANNELS)
    if channels and not held.begun(day):
        found.begins(CHANNELS, held.effective_from)
        if any(c.fees for c in channels):
            found.begins(FEES, held.effective_from)
        return (), None
    for channel in channels:
        if not channel.dates.begun(day):
            found.begins(CHANNELS, channel.dates.effective_from)
        for fee in channel.fees:
            found.begins(FEES, start_of(within(fee.dates, channel.dates), day))
    begun = [c for c in channels if c.dates.begun(day)]
    shown = [c for c in begun if not c.dates.ended(day)]
    end = held.effective_to if held.ended(day) else None
    if begun and not shown:
        last = max(c.dates.effective_to or day for c in begun)
        shown = [c for c in begun if c.dates.effective_to == last]
        end = end or last
    shown = [replace(c, fees=of_day(c.fees, day)) for c in shown]
    rows: list[Channel | Fee] = [*shown]
    rows += [fee for c in shown for fee in c.fees]
    if _is_later_knowledge(record, CHANNELS, rows, day, known_from):
        return (), None
    return tuple(shown), end


def _told_alone(
    record: Procedure, channels: Sequence[Channel], day: dt.date, known_from: dt.date, found: Ways
) -> _Alone | None:
    """The fees that a record tells alone; None where none has begun."""
    held = record.dates_of(FEES)
    if not held.begun(day):
        for group in (FEES,) if has_own_fees(record) else (CHANNELS, FEES):
            found.begins(group, held.effective_from)
        return None
    told = _Alone(record, {}, {})
    for kind in dict.fromkeys(c.kind for c in channels):
        rows = [
            replace(fee, dates=within(fee.dates, c.dates))
            for c in channels
            if c.kind == kind
            for fee in c.fees
        ]
        for fee in rows:
            found.begins(FEES, start_of(fee.dates, day))
        shown = of_day(rows, day)
        if not shown or _is_later_knowledge(record, FEES, shown, day, known_from):
            continue
        told.fees[kind] = shown
        if end := _end_of(shown, held.effective_to if held.ended(day) else None, day):
            told.ends[kind] = end
    return told if told.fees else None


def _is_later_knowledge(
    record: Procedure, group: str, rows: Iterable[Channel | Fee], day: dt.date, known_from: dt.date
) -> bool:
    """Whether rows were learned after a day for which others were known, and name no day."""
    named = any(row.dates.effective_from for row in rows)
    return known_from <= day and not named and not record.is_known_on(group, day)


def _end_of(fees: Sequence[Fee], end: dt.date | None, day: dt.date) -> dt.date | None:
    """The day on which fees ended: all of them by their own days, or as a group."""
    if fees and all(fee.dates.ended(day) for fee in fees):
        return max(fee.dates.effective_to or day for fee in fees)
    return end if fees else None


def _take_fees_as_ways(alone: list[_Alone], found: Ways, day: dt.date, known_from: dt.date) -> None:
    """Where nobody tells more than fees, the first record says which channels there are.

    Not one whose fees have a source of their own: that one may name channels which there are not.
    """
    places = [n for n, told in enumerate(alone) if not has_own_fees(told.record)]
    current = [n for n in places if len(alone[n].ends) < len(alone[n].fees)]
    if not places:
        return
    first = (current or places)[0]
    found.origin = record = alone[first].record
    found.channels, found.end = _told(record, record.channels, day, known_from, Ways())
    if found.end is not None:
        found.expired[CHANNELS] = found.end
    del alone[first:]


def _chosen(
    alone: Sequence[_Alone], found: Ways, day: dt.date, online: bool | None
) -> dict[str, _Alone]:
    """Whose fees told alone are shown of each kind of channel."""
    chosen: dict[str, _Alone] = {}
    for kind in CHANNEL_KINDS:
        told = [one for one in alone if kind in one.fees]
        current = [one for one in told if kind not in one.ends]
        below = found.fees_of(kind)
        if told and (current or not below or _end_of(below, found.end, day)):
            chosen[kind] = (current or told)[0]
    known = {channel.kind for channel in found.channels} | ({ONLINE} if online else set())
    known = known or {DIRECT}
    return {
        kind: one
        for kind, one in chosen.items()
        if kind in known or not (kind in one.ends or _is_for_all(one, kind))
    }


def _is_for_all(told: _Alone, kind: str) -> bool:
    """Whether a record has the same fees for every channel: then it names none that there is."""
    return all(set(told.fees[kind]) <= set(told.fees.get(other, ())) for other in CHANNEL_KINDS)


def _lay(chosen: dict[str, _Alone], found: Ways) -> None:
    """Put the fees told alone in the place of those of the channels."""
    channels: list[Channel] = []
    placed: set[str] = set()
    for channel in found.channels:
        kind = channel.kind
        if kind in chosen:
            # Some records list one way to file several times.
            fees = () if kind in placed else chosen[kind].fees[kind]
            channel = replace(channel, fees=fees, note=without_fees(channel.note))
            if kind in placed and not channel.tells_way:
                continue
            placed.add(kind)
        channels.append(channel)
    new = [Channel(k, fees=told.fees[k]) for k, told in chosen.items() if k not in placed]
    found.channels = (*channels, *new)


def _name(chosen: dict[str, _Alone], alone: Sequence[_Alone], found: Ways, day: dt.date) -> None:
    """Name the sources and days of the fees: the highest layer's for all, others by channel."""
    kinds = [k for k in CHANNEL_KINDS if found.fees_of(k)]
    ends = [
        chosen[k].ends.get(k) if k in chosen else _end_of(found.fees_of(k), found.end, day)
        for k in kinds
    ]
    known_ends = [end for end in ends if end is not None]
    if kinds and len(known_ends) == len(kinds):
        found.expired[FEES] = max(known_ends)
    if not chosen:
        return
    below = found.origin.source_of(CHANNELS) if found.origin else None
    by_kind = {k: _source(chosen[k].record, k, day) if k in chosen else below for k in kinds}
    top = next(one for one in alone if one in chosen.values())
    of_top = [by_kind[k] for k in kinds if chosen.get(k) is top]
    whole = top.record.source_of(FEES)
    main = whole if whole in of_top else of_top[0]
    if main is not None:
        found.sources.append((FEES, main))
    others = [(fee_group(k), source) for k, source in by_kind.items() if source and source != main]
    found.sources += others
    starts = [fee.dates.effective_from for k in chosen for fee in chosen[k].fees[k]]
    named = [start for start in starts if start is not None]
    held = Dates(max(named)) if len(named) == len(starts) else top.record.dates_of(FEES)
    if held != OPEN:
        found.dates.append((FEES, held))


def _source(record: Procedure, kind: str, day: dt.date) -> Source | None:
    """The source of the fees of a kind: that of their own, if it has not given way yet."""
    group = fee_group(kind)
    until = dict(record.dates).get(group, OPEN)
    is_own = group in dict(record.sources) and not until.ended(day)
    return record.source_of(group if is_own else FEES)
