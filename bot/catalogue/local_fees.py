"""Fees that the province fixes itself, put into what staff have entered of a procedure.

They stand there as channels that tell of fees only, with the resolution as their source
(`bot.catalogue.ways` lays them over the other layers). A later file takes their place; where
its fees begin later, the earlier ones stay until the day before, under their own source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.catalogue.fee_days import within
from bot.catalogue.model import (
    CHANNEL_KINDS,
    FEES,
    OPEN,
    Channel,
    Dates,
    Fee,
    Procedure,
    fee_group,
)
from bot.catalogue.staff_records import GroupDates, Sources, completed, origins
from bot.catalogue.ways import CHANNELS, has_own_fees, split
from bot.sources import Source

ByKind = Mapping[str, tuple[Fee, ...]]


class FeesRefused(ValueError):
    """Fees cannot be put into a record as it is."""


@dataclass(frozen=True)
class LocalFees:
    """The fees of a procedure by kind of channel, all from one source."""

    by_kind: ByKind
    source: Source

    def start(self, kind: str) -> dt.date | None:
        """When they take the place of earlier ones; None: at once.

        Earlier fees of a kind that is not named end when the first of the new ones begins.
        """
        fees = self.by_kind.get(kind) or [fee for fees in self.by_kind.values() for fee in fees]
        starts = [fee.dates.effective_from for fee in fees]
        known = [start for start in starts if start is not None]
        return min(known) if len(known) == len(starts) else None


def earlier(record: Procedure) -> Source | None:
    """The source of the local fees that a record has, if it has any."""
    return record.source_of(FEES) if has_own_fees(record) else None


def with_fees(
    record: Procedure, fees: LocalFees, day: dt.date, since: dt.date | None = None
) -> Procedure:
    """The record of a day with these local fees in the place of those that it had.

    Raises:
        FeesRefused: the record's local fees were checked later, or are themselves waiting for
            their day and would have to be kept beside those of a third source.
    """
    before = earlier(record)
    if before is not None and before.checked_on > fees.source.checked_on:
        raise FeesRefused(
            f"the catalogue holds local fees of {record.code} that were checked on "
            f"{before.checked_on}, later than these"
        )
    sources, dates = origins(record)
    channels = list(_others(record))
    if not channels:
        # Fees alone are no facts about the ways to file.
        sources.pop(CHANNELS, None)
        dates.pop(CHANNELS, None)
    old = _alone(record)
    if before is not None and _is_same(before, fees.source) and _holds(record, old, fees):
        sources[FEES] = fees.source
        return completed(record, sources, dates, fees.source, since)
    kept_sources: Sources = {FEES: fees.source}
    kept_dates: GroupDates = {}
    for kind in CHANNEL_KINDS:
        new = fees.by_kind.get(kind, ())
        kept: tuple[Fee, ...] = ()
        group = fee_group(kind)
        if not new and _is_by_hand(record, kind):
            kept, source, until = old.get(kind, ()), record.source_of(group), None
        else:
            kept, source, until = _until(record, kind, old, fees.start(kind), day)
        if kept and source is not None and not (until and _is_same(source, fees.source)):
            kept_sources[group] = source
            if until is not None:
                kept_dates[group] = Dates(effective_to=until)
        if kept or new:
            channels.append(Channel(kind, fees=(*kept, *new)))
    named = {FEES, *(fee_group(kind) for kind in CHANNEL_KINDS)}
    kept_sources |= {group: source for group, source in sources.items() if group not in named}
    kept_dates |= {group: days for group, days in dates.items() if group not in named}
    changed = replace(record, channels=tuple(channels))
    return completed(changed, kept_sources, kept_dates, fees.source, since)


def _others(record: Procedure) -> tuple[Channel, ...]:
    """The channels that stay beside local fees."""
    _, alone = split(record)
    return tuple(channel for channel in record.channels if channel not in alone)


def _alone(record: Procedure) -> dict[str, tuple[Fee, ...]]:
    """The fees that a record tells alone, with the days of their channels."""
    found: dict[str, tuple[Fee, ...]] = {}
    _, alone = split(record)
    for channel in alone:
        fees = [replace(fee, dates=within(fee.dates, channel.dates)) for fee in channel.fees]
        found[channel.kind] = (*found.get(channel.kind, ()), *fees)
    return found


def _is_by_hand(record: Procedure, kind: str) -> bool:
    """Whether staff wrote the fees of a kind themselves: a file that is silent leaves them."""
    group = fee_group(kind)
    by_group = group in dict(record.sources) and group not in dict(record.dates)
    return by_group or not has_own_fees(record)


def _is_same(one: Source, other: Source) -> bool:
    return (one.title, one.url) == (other.title, other.url)


def _begins_before(fee: Fee, start: dt.date | None) -> bool:
    first = fee.dates.effective_from
    return start is not None and (first is None or first < start)


def _holds(record: Procedure, old: ByKind, fees: LocalFees) -> bool:
    """Whether a record has exactly these fees, beside earlier ones that they end."""
    for kind in CHANNEL_KINDS:
        new = fees.by_kind.get(kind, ())
        if not new and _is_by_hand(record, kind):
            continue
        start = fees.start(kind)
        if tuple(fee for fee in old.get(kind, ()) if not _begins_before(fee, start)) != new:
            return False
    return True


def _until(
    record: Procedure, kind: str, old: ByKind, start: dt.date | None, day: dt.date
) -> tuple[tuple[Fee, ...], Source | None, dt.date | None]:
    """Earlier fees of a kind that hold until others begin, their source and last day."""
    if start is None:
        return (), None, None
    last = start - dt.timedelta(days=1)
    kept = tuple(
        replace(fee, dates=within(fee.dates, Dates(effective_to=last)))
        for fee in old.get(kind, ())
        if _begins_before(fee, start)
    )
    kept = tuple(fee for fee in kept if not fee.dates.ended(day))
    group = fee_group(kind)
    until = dict(record.dates).get(group, OPEN).effective_to
    if until is None or until < day:
        by_hand = _is_by_hand(record, kind)
        return kept, record.source_of(group if by_hand else FEES), last
    # The record itself waits for the day of its fees.
    if any(fee.dates.effective_to and fee.dates.effective_to > until for fee in kept):
        raise FeesRefused(
            f"the local fees of {record.code} already change on "
            f"{until + dt.timedelta(days=1)}: import these from that day on"
        )
    return kept, record.source_of(group), min(until, last)
