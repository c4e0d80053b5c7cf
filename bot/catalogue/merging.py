"""The records that the layers hold of one procedure, read as one, for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.catalogue import tables as t
from bot.catalogue.model import FACT_GROUPS, Channel, Dates, Procedure, Source

# Whose word goes for what a procedure is called and where it belongs.
IDENTITY_LAYERS = (t.STAFF, t.NATIONAL, t.PORTAL, t.CURATED)
IDENTITY = ("name", "field", "level", "issuing_body", "decision")


def merge(layers: Mapping[str, Procedure], day: dt.date) -> Procedure:
    """One procedure: each group of facts from the first layer that knows it for the day.

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
    papers = origin.get("documents")
    sources: list[tuple[str, Source]] = [
        (group, source)
        for group, record in origin.items()
        if (source := record.source_of(group)) is not None
    ]
    first = records[0]
    return replace(
        identity[0],
        **{**{group: getattr(_EMPTY, group) for group in FACT_GROUPS}, **values},
        documents_note=papers.documents_note if papers else "",
        aliases=first.aliases,
        curated=t.CURATED in layers or t.STAFF in layers,
        known_from=known_from,
        sources=tuple(sources),
        dates=tuple(
            (group, held)
            for group, record in origin.items()
            if (held := record.dates_of(group)) != Dates()
        ),
        expired=tuple(expired.items()),
        upcoming=tuple(upcoming.items()),
    )


_EMPTY = Procedure("", "", "", "")


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == ()


def _told(record: Procedure, group: str, value: Any, day: dt.date) -> bool:
    """Whether a value was known on a day already, or names itself from when it holds."""
    items = value if isinstance(value, tuple) else ()
    rows = [*items, *(fee for item in items for fee in getattr(item, "fees", ()))]
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
    begin = [item.dates.effective_from for item in items if not item.dates.begun(day)]
    begun = [item for item in items if item.dates.begun(day)]
    fees = [fee for item in begun if isinstance(item, Channel) for fee in item.fees]
    begin += [fee.dates.effective_from or day for fee in fees if not fee.dates.begun(day)]
    begun = [item for item in begun if not _is_to_come(item, day)]
    held = [_with_fees_on(item, day) for item in begun if not item.dates.ended(day)]
    if held or not begun:
        shown = [fee.dates for item in held for fee in getattr(item, "fees", ())]
        all_ended = bool(shown) and all(dates.ended(day) for dates in shown)
        end = max(dates.effective_to for dates in shown) if all_ended else None
        return tuple(held), end, min(begin, default=None)
    last = max(item.dates.effective_to for item in begun)
    ended = tuple(item for item in begun if item.dates.effective_to == last)
    return ended, last, min(begin, default=None)


def _is_to_come(item: Any, day: dt.date) -> bool:
    """Whether an item is a channel that tells of fees only, and all of them begin later."""
    if not isinstance(item, Channel) or not item.fees or item.note or item.time.is_published:
        return False
    return not any(fee.dates.begun(day) for fee in item.fees)


def _with_fees_on(item: Any, day: dt.date) -> Any:
    """A channel with the fees of a day; other items as they are.

    Where all its fees have ended they stay, each with its last day.
    """
    if not isinstance(item, Channel) or not item.fees:
        return item
    begun = [fee for fee in item.fees if fee.dates.begun(day)]
    held = [fee for fee in begun if not fee.dates.ended(day)]
    return replace(item, fees=tuple(held or begun))
