"""What stands beside the procedures: citizens' words, life events, general facts.

Each row belongs to the layer `curated` (the seed, written anew with every release) or
`staff`. Words of both layers count; of two life events with one key, or two facts on one
topic, the staff's goes first. Functions take an open connection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.catalogue import tables as t
from bot.catalogue.layers import raise_revision
from bot.catalogue.model import LifeEvent, Source
from bot.catalogue.row_writer import RowWriter

Pair = tuple[str, str]
GeneralFact = tuple[str, str, Source]


def _pairs(
    connection: Connection, table: sa.Table, names: Pair, layer: str | None = None
) -> list[Pair]:
    columns = [table.c[name] for name in names]
    query = sa.select(*columns).distinct().order_by(*columns)
    if layer:
        query = query.where(table.c.layer == layer)
    return [(row[0], row[1]) for row in connection.execute(query)]


def aliases(connection: Connection, layer: str | None = None) -> list[Pair]:
    """All `(code, phrase)` pairs, of one layer or of both."""
    return _pairs(connection, t.aliases, ("code", "phrase"), layer)


def lexicon(connection: Connection, layer: str | None = None) -> list[Pair]:
    """All `(citizen's words, official words)` pairs, of one layer or of both."""
    return _pairs(connection, t.lexicon, ("citizen", "official"), layer)


def general_facts(connection: Connection, layer: str) -> list[GeneralFact]:
    """`(topic, text, source)` triples of a layer, by topic."""
    query = (
        sa.select(
            t.general_facts.c.topic,
            t.general_facts.c.text,
            t.sources.c.title,
            t.sources.c.url,
            t.sources.c.checked_on,
        )
        .join(t.sources)
        .where(t.general_facts.c.layer == layer)
        .order_by(t.general_facts.c.topic)
    )
    return [
        (row.topic, row.text, Source(row.title, row.url, row.checked_on))
        for row in connection.execute(query)
    ]


def general_fact(connection: Connection, topic: str) -> tuple[str, Source] | None:
    """Text and source of a fact that belongs to no single procedure."""
    for layer in (t.STAFF, t.CURATED):
        for known, text, source in general_facts(connection, layer):
            if known == topic:
                return text, source
    return None


def life_events(connection: Connection, layer: str | None = None) -> list[LifeEvent]:
    """Life events in their order, of one layer or the ones that count."""
    phrases: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(
        sa.select(t.life_event_phrases).order_by(t.life_event_phrases.c.position)
    ):
        phrases[row.event_id].append(row.phrase)
    steps: dict[int, list[Pair]] = defaultdict(list)
    for row in connection.execute(
        sa.select(t.life_event_steps).order_by(t.life_event_steps.c.position)
    ):
        steps[row.event_id].append((row.code, row.why))
    columns = t.life_events.c
    query = sa.select(t.life_events).order_by(columns.position, columns.layer)
    if layer:
        query = query.where(columns.layer == layer)
    events: dict[str, LifeEvent] = {}
    for row in connection.execute(query):
        if row.layer == t.STAFF or row.key not in events:
            events[row.key] = LifeEvent(
                row.key, row.name, tuple(phrases[row.id]), tuple(steps[row.id])
            )
    return list(events.values())


def replace_aliases(connection: Connection, layer: str, phrases: Iterable[Pair]) -> None:
    """Make these `(code, phrase)` pairs the layer's aliases."""
    _replace_pairs(connection, t.aliases, ("code", "phrase"), layer, phrases)


def replace_lexicon(connection: Connection, layer: str, entries: Iterable[Pair]) -> None:
    """Make these `(citizen's words, official words)` pairs the layer's lexicon."""
    _replace_pairs(connection, t.lexicon, ("citizen", "official"), layer, entries)


def _replace_pairs(
    connection: Connection, table: sa.Table, names: Pair, layer: str, pairs: Iterable[Pair]
) -> None:
    wanted = set(pairs)
    known = set(_pairs(connection, table, names, layer))
    if known == wanted:
        return
    first, second = (table.c[name] for name in names)
    where = sa.and_(
        table.c.layer == layer, first == sa.bindparam("one"), second == sa.bindparam("two")
    )
    gone = [{"one": one, "two": two} for one, two in sorted(known - wanted)]
    if gone:
        connection.execute(sa.delete(table).where(where), gone)
    new = [
        {"layer": layer, **dict(zip(names, pair, strict=True))} for pair in sorted(wanted - known)
    ]
    if new:
        connection.execute(sa.insert(table), new)
    raise_revision(connection)


def replace_general_facts(connection: Connection, layer: str, facts: Iterable[GeneralFact]) -> None:
    """Make these `(topic, text, source)` triples the layer's general facts."""
    wanted = sorted(facts, key=lambda fact: fact[0])
    if general_facts(connection, layer) == wanted:
        return
    connection.execute(sa.delete(t.general_facts).where(t.general_facts.c.layer == layer))
    writer = RowWriter(connection)
    for topic, text, source in wanted:
        connection.execute(
            sa.insert(t.general_facts).values(
                layer=layer, topic=topic, text=text, source_id=writer.source_id(source)
            )
        )


def replace_life_events(connection: Connection, layer: str, events: Iterable[LifeEvent]) -> None:
    """Make these the layer's life events, in their order."""
    wanted = list(events)
    if life_events(connection, layer) == wanted:
        return
    connection.execute(sa.delete(t.life_events).where(t.life_events.c.layer == layer))
    for position, event in enumerate(wanted):
        row = {"layer": layer, "key": event.key, "position": position, "name": event.name}
        made = connection.execute(sa.insert(t.life_events).values(row))
        owner = made.inserted_primary_key[0]
        phrases = [
            {"event_id": owner, "position": number, "phrase": phrase}
            for number, phrase in enumerate(event.phrases)
        ]
        if phrases:
            connection.execute(sa.insert(t.life_event_phrases), phrases)
        steps = [
            {"event_id": owner, "position": number, "code": code, "why": why}
            for number, (code, why) in enumerate(event.steps)
        ]
        if steps:
            connection.execute(sa.insert(t.life_event_steps), steps)
