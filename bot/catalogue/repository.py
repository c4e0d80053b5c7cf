"""Reading the catalogue: both layers as one procedure.

Functions take an open connection (`bot.database.connect()`), so that a caller decides
what belongs into one transaction. Writing is in `bot.catalogue.layers`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.catalogue import tables as t
from bot.catalogue.model import (
    FACT_GROUPS,
    Channel,
    Difference,
    Document,
    Duration,
    Fee,
    LegalBasis,
    LifeEvent,
    Procedure,
    Source,
)


def current_revision(connection: Connection) -> int:
    """Number that rises with every change; 0 for an empty catalogue."""
    return int(connection.execute(sa.select(t.revision.c.number)).scalar() or 0)


def pairs(connection: Connection, table: sa.Table, names: tuple[str, str]) -> list[tuple[str, str]]:
    """All rows of a two-column table, sorted."""
    columns = [table.c[name] for name in names]
    return [(row[0], row[1]) for row in connection.execute(sa.select(*columns).order_by(*columns))]


def aliases(connection: Connection) -> list[tuple[str, str]]:
    """All `(code, phrase)` pairs."""
    return pairs(connection, t.aliases, ("code", "phrase"))


def lexicon(connection: Connection) -> list[tuple[str, str]]:
    """All `(citizen's words, official words)` pairs."""
    return pairs(connection, t.lexicon, ("citizen", "official"))


def general_fact(connection: Connection, topic: str) -> tuple[str, Source] | None:
    """Text and source of a fact that belongs to no single procedure."""
    query = (
        sa.select(t.general_facts.c.text, t.sources)
        .join(t.sources, t.sources.c.id == t.general_facts.c.source_id)
        .where(t.general_facts.c.topic == topic)
    )
    row = connection.execute(query).first()
    return (row.text, Source(row.title, row.url, row.checked_on)) if row else None


def life_events(connection: Connection) -> list[LifeEvent]:
    """All life events, in the order of the seed."""
    phrases: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(
        sa.select(t.life_event_phrases).order_by(t.life_event_phrases.c.id)
    ):
        phrases[row.event_key].append(row.phrase)
    steps: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(
        sa.select(t.life_event_steps).order_by(t.life_event_steps.c.position)
    ):
        steps[row.event_key].append((row.code, row.why))
    return [
        LifeEvent(row.key, row.name, tuple(phrases[row.key]), tuple(steps[row.key]))
        for row in connection.execute(sa.select(t.life_events).order_by(t.life_events.c.position))
    ]


def names(connection: Connection) -> list[Procedure]:
    """Every procedure with its names, field and level only (for the search index)."""
    columns = t.procedures.c
    query = sa.select(
        columns.layer, columns.code, columns.name, columns.plain_name, columns.field, columns.level
    ).order_by(columns.code, columns.layer)
    merged: dict[str, Procedure] = {}
    for row in connection.execute(query):  # "curated" sorts before "national"
        if row.code in merged:
            merged[row.code] = replace(merged[row.code], name=row.name)
        else:
            merged[row.code] = Procedure(
                code=row.code,
                name=row.name,
                plain_name=row.plain_name,
                field=row.field,
                level=row.level,
                curated=row.layer == t.CURATED,
            )
    return list(merged.values())


def get(connection: Connection, code: str) -> Procedure | None:
    """One procedure with all its facts, or None."""
    return next(iter(get_many(connection, [code])), None)


def get_many(connection: Connection, codes: Sequence[str]) -> list[Procedure]:
    """Procedures in the order of the codes; unknown codes are passed over."""
    layers: dict[str, dict[str, Procedure]] = defaultdict(dict)
    for layer, procedure in _layer_rows(connection, codes):
        layers[procedure.code][layer] = procedure
    return [_merge(layers[code]) for code in codes if code in layers]


def layers_of(connection: Connection, code: str) -> dict[str, Procedure]:
    """One procedure as each layer has it, by layer."""
    return dict(_layer_rows(connection, [code]))


def all_codes(connection: Connection) -> list[str]:
    """Codes of all procedures, sorted."""
    query = sa.select(t.procedures.c.code).distinct().order_by(t.procedures.c.code)
    return [row.code for row in connection.execute(query)]


def _layer_rows(connection: Connection, codes: Sequence[str]) -> Iterator[tuple[str, Procedure]]:
    columns = t.procedures.c
    source = t.sources.c
    query = (
        sa.select(t.procedures, source.title, source.url, source.checked_on)
        .join(t.sources, source.id == columns.source_id)
        .where(columns.code.in_(list(codes)))
    )
    rows = list(connection.execute(query))
    ids = [row.id for row in rows]
    channels = _channels(connection, ids)
    documents = _children(connection, t.documents, ids)
    bases = _children(connection, t.legal_bases, ids)
    differences = _children(connection, t.differences, ids)
    alias_rows = connection.execute(
        sa.select(t.aliases.c.code, t.aliases.c.phrase)
        .where(t.aliases.c.code.in_(list(codes)))
        .order_by(t.aliases.c.id)
    )
    phrases: dict[str, list[str]] = defaultdict(list)
    for row in alias_rows:
        phrases[row.code].append(row.phrase)
    for row in rows:
        yield (
            row.layer,
            Procedure(
                code=row.code,
                name=row.name,
                plain_name=row.plain_name,
                field=row.field,
                level=row.level,
                issuing_body=row.issuing_body,
                decision=row.decision,
                subject=row.subject,
                agency=row.agency,
                place=row.place,
                documents=tuple(
                    Document(d.name, d.original, d.copy, d.when, d.remark)
                    for d in documents[row.id]
                ),
                documents_note=row.documents_note,
                channels=tuple(channels[row.id]),
                steps=row.steps,
                result=row.result,
                conditions=row.conditions,
                legal_basis=tuple(LegalBasis(b.title, b.number) for b in bases[row.id]),
                mistakes=row.mistakes,
                differs_from=tuple(Difference(d.code, d.how) for d in differences[row.id]),
                aliases=tuple(phrases[row.code]),
                curated=row.layer == t.CURATED,
                source=Source(row.title, row.url, row.checked_on),
            ),
        )


def _children(connection: Connection, table: sa.Table, ids: Sequence[int]) -> dict[int, list[Any]]:
    children: dict[int, list[Any]] = defaultdict(list)
    query = sa.select(table).where(table.c.procedure_id.in_(list(ids))).order_by(table.c.position)
    for row in connection.execute(query):
        children[row.procedure_id].append(row)
    return children


def _channels(connection: Connection, ids: Sequence[int]) -> dict[int, list[Channel]]:
    rows = _children(connection, t.channels, ids)
    channel_ids = [row.id for owned in rows.values() for row in owned]
    fees: dict[int, list[Fee]] = defaultdict(list)
    query = (
        sa.select(t.fees).where(t.fees.c.channel_id.in_(channel_ids)).order_by(t.fees.c.position)
    )
    for row in connection.execute(query):
        fees[row.channel_id].append(Fee(row.amount, row.unit, row.note))
    channels: dict[int, list[Channel]] = defaultdict(list)
    for owner, owned in rows.items():
        for row in owned:
            time = Duration(row.time_value, row.time_unit, row.time_note)
            channels[owner].append(Channel(row.kind, time, tuple(fees[row.id]), row.note))
    return channels


def _merge(layers: dict[str, Procedure]) -> Procedure:
    """Curated facts first, national ones where the curated layer says nothing."""
    curated, national = layers.get(t.CURATED), layers.get(t.NATIONAL)
    if curated is None or national is None:
        merged = curated or national
        assert merged is not None
        groups = FACT_GROUPS
        origin = dict.fromkeys(groups, merged)
    else:
        origin = {group: curated if getattr(curated, group) else national for group in FACT_GROUPS}
        facts = {group: getattr(layer, group) for group, layer in origin.items()}
        merged = replace(
            national, curated=True, documents_note=origin["documents"].documents_note, **facts
        )
    sources = tuple((group, layer.source) for group, layer in origin.items() if layer.source)
    return replace(merged, sources=sources)
