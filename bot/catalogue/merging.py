"""The records that the layers hold of one procedure, read as one, for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.catalogue import tables as t
from bot.catalogue.model import FACT_GROUPS, FLAGS, ONLINE, OPEN, Procedure
from bot.catalogue.ways import CHANNELS, has_own_fees, split, ways

# Whose word goes for what a procedure is called and where it belongs.
IDENTITY_LAYERS = (t.STAFF, t.NATIONAL, t.PORTAL, t.CURATED)
IDENTITY = ("name", "field", "level", "issuing_body", "decision")


def merge(layers: Mapping[str, Procedure], day: dt.date) -> Procedure:
    """One procedure: each group of facts from the first layer that knows it for the day.

    Channels may have their fees from another layer; `bot.catalogue.ways` says how.

    Facts that begin later are left out; facts that have ended stand only where no layer
    knows others, and are named in `expired`. What one layer learned after the day does not
    change what others told on it.
    """
    records = [layers[layer] for layer in t.LAYERS if layer in layers]
    identity = [layers[layer] for layer in IDENTITY_LAYERS if layer in layers]
    values: dict[str, Any] = {
        name: next((v for v in (getattr(r, name) for r in identity) if v), "") for name in IDENTITY
    }
    known_from = min(r.known_from for r in records if r.known_from)
    origin: dict[str, Procedure] = {}
    expired: dict[str, dt.date] = {}
    upcoming: dict[str, dt.date] = {}
    for group in FACT_GROUPS:
        if group == CHANNELS:
            continue
        ended: tuple[Procedure, Any, dt.date] | None = None
        for record in records:
            value, end, begin = _on(record, group, day)
            if begin and (group not in upcoming or begin < upcoming[group]):
                upcoming[group] = begin
            if _is_empty(value) or (known_from <= day and not _told(record, group, value, day)):
                continue
            if end is None:
                origin[group], values[group] = record, value
                break
            ended = ended or (record, value, end)
        else:
            if ended is not None:
                origin[group], values[group], expired[group] = ended
    found = ways(records, day, known_from, values.get("online"))
    if found.origin is not None:
        origin[CHANNELS] = found.origin
    values[CHANNELS] = found.channels
    if values.get("online") is False and _is_above(records, origin["online"], found.origin):
        values[CHANNELS] = tuple(c for c in found.channels if c.kind != ONLINE)
    papers = origin.get("documents")
    origins = [(group, origin[group]) for group in FACT_GROUPS if group in origin]
    sources = [
        (group, source)
        for group, record in origins
        if (source := record.source_of(group)) is not None
    ]
    dates = [(group, held) for group, rec in origins if (held := rec.dates_of(group)) != OPEN]
    first = records[0]
    return replace(
        identity[0],
        **{**{group: getattr(_EMPTY, group) for group in FACT_GROUPS}, **values},
        documents_note=papers.documents_note if papers else "",
        aliases=first.aliases,
        curated=t.CURATED in layers or (t.STAFF in layers and _is_written(layers[t.STAFF])),
        known_from=known_from,
        sources=(*sources, *found.sources),
        dates=(*dates, *found.dates),
        expired=(*expired.items(), *found.expired.items()),
        upcoming=(*upcoming.items(), *found.upcoming.items()),
    )


_EMPTY = Procedure("", "", "", "")


def _is_written(record: Procedure) -> bool:
    """Whether staff wrote of a procedure themselves, beside fees and flags from lists."""
    if record.name or record.documents_note:
        return True
    groups = (group for group in FACT_GROUPS if group not in (*FLAGS, CHANNELS))
    if any(not _is_empty(getattr(record, group)) for group in groups):
        return True
    return bool(split(record)[0]) or (bool(record.channels) and not has_own_fees(record))


def _is_above(records: list[Procedure], one: Procedure, other: Procedure | None) -> bool:
    """Whether a record's layer goes before that of another."""
    return other is not None and records.index(one) < records.index(other)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == ()


def _told(record: Procedure, group: str, value: Any, day: dt.date) -> bool:
    """Whether a value was known on a day already, or names itself from when it holds."""
    rows = value if isinstance(value, tuple) else ()
    named = any(row.dates.effective_from for row in rows if hasattr(row, "dates"))
    return named or record.is_known_on(group, day)


def _on(record: Procedure, group: str, day: dt.date) -> tuple[Any, dt.date | None, dt.date | None]:
    """A group's value for a day, the day on which that value ended, and the next to begin."""
    value = getattr(record, group)
    held = record.dates_of(group)
    if not held.begun(day):
        empty = getattr(_EMPTY, group)
        return empty, None, None if _is_empty(value) else held.effective_from
    if isinstance(value, tuple) and value and hasattr(value[0], "dates"):
        value, end, begin = _items_on(value, day)
        if held.ended(day):
            end = held.effective_to
        return value, end, begin
    return value, held.effective_to if held.ended(day) else None, None


def _items_on(
    items: tuple[Any, ...], day: dt.date
) -> tuple[tuple[Any, ...], dt.date | None, dt.date | None]:
    """The items that hold on a day; where none does, those that ended last."""
    begin = min(
        (item.dates.effective_from for item in items if not item.dates.begun(day)), default=None
    )
    begun = [item for item in items if item.dates.begun(day)]
    held = [item for item in begun if not item.dates.ended(day)]
    if held or not begun:
        return tuple(held), None, begin
    last = max(item.dates.effective_to for item in begun)
    return tuple(item for item in begun if item.dates.effective_to == last), last, begin
