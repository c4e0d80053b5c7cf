"""The catalogue to look through: procedures by field, life events, source of the whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bot import database
from bot import text as vn
from bot.catalogue import companions, listing, repository
from bot.catalogue.index_cache import IndexCache
from bot.catalogue.model import Source


@dataclass(frozen=True)
class Entry:
    """A procedure in a list; `name` is the one that citizens read."""

    code: str
    name: str
    field: str
    level: str


@dataclass(frozen=True)
class Event:
    """A life event with its procedures in their order, each with the reason for it."""

    name: str
    steps: tuple[tuple[Entry, str], ...]


@dataclass(frozen=True)
class Directory:
    """What can be looked through today.

    `fields` by name and their procedures are in the order of the alphabet without accents,
    `events` by key in that of the catalogue. `source` is where most of the procedures come from.
    """

    fields: Mapping[str, tuple[Entry, ...]]
    events: Mapping[str, Event]
    count: int
    source: Source | None

    def fields_of_life(self, limit: int) -> list[str]:
        """The fields that most procedures of the life events belong to, the fullest first."""
        entries = {entry for event in self.events.values() for entry, _ in event.steps}
        counts = Counter(entry.field for entry in entries if entry.field)
        return sorted(counts, key=lambda name: (-counts[name], vn.fold(name)))[:limit]


def _build(connection: database.Connection, today: dt.date) -> Directory:
    entries = {
        p.code: Entry(p.code, p.display_name, vn.nfc(p.field), p.level)
        for p in repository.names(connection, today)
    }
    fields: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries.values(), key=lambda e: (vn.fold(e.name), e.code)):
        fields[entry.field].append(entry)
    events = {}
    for event in companions.life_events(connection):
        steps = tuple((entries[code], why) for code, why in event.steps if code in entries)
        if steps:
            events[event.key] = Event(event.name, steps)
    return Directory(
        {name: tuple(fields[name]) for name in sorted(fields, key=vn.fold) if name},
        events,
        len(entries),
        listing.listing(listing.Query(), limit=0).source,
    )


_cache = IndexCache(_build)


def directory() -> Directory:
    """The directory of the newest catalogue revision; made anew it takes a second or two.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _cache.get()
