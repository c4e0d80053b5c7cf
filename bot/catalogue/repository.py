"""Reading and writing the catalogue.

Functions take an open connection (`bot.database.connect()` or `begin()`), so that a
caller decides what belongs into one transaction.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.catalogue import tables as t
from bot.catalogue.model import (
    FACT_GROUPS,
    Channel,
    Document,
    Duration,
    Fee,
    LegalBasis,
    Procedure,
    Source,
)


@dataclass
class Changes:
    """What writing a layer did: codes by what became of them."""

    new: list[str]
    changed: list[str]
    gone: list[str]
    unchanged: int = 0


def fingerprint(procedure: Procedure) -> str:
    """Hash of a record's facts; equal hashes mean that nothing is to be written."""
    facts = replace(procedure, aliases=(), sources=())
    return hashlib.sha256(repr(facts).encode()).hexdigest()


# --- writing ---------------------------------------------------------------------------


def _source_id(connection: Connection, source: Source) -> int:
    row = t.sources.c
    found = connection.execute(
        sa.select(row.id).where(
            row.title == source.title,
            row.url == source.url,
            row.checked_on == source.checked_on,
        )
    ).scalar()
    if found is not None:
        return int(found)
    values = {"title": source.title, "url": source.url, "checked_on": source.checked_on}
    result = connection.execute(sa.insert(t.sources).values(values))
    return int(result.inserted_primary_key[0])


def _insert(connection: Connection, layer: str, procedure: Procedure) -> None:
    if procedure.source is None:
        raise ValueError(f"{procedure.code} has no source")
    values = {
        name: getattr(procedure, name)
        for name in t.procedures.columns.keys()  # noqa: SIM118 (columns are no dict)
        if hasattr(procedure, name) and name != "id"
    }
    values.update(
        layer=layer,
        fingerprint=fingerprint(procedure),
        source_id=_source_id(connection, procedure.source),
    )
    owner = connection.execute(sa.insert(t.procedures).values(values)).inserted_primary_key[0]
    for position, channel in enumerate(procedure.channels):
        channel_id = connection.execute(
            sa.insert(t.channels).values(
                procedure_id=owner,
                position=position,
                kind=channel.kind,
                time_value=channel.time.value,
                time_unit=channel.time.unit,
                time_note=channel.time.note,
                note=channel.note,
            )
        ).inserted_primary_key[0]
        _insert_rows(connection, t.fees, channel.fees, channel_id=channel_id)
    _insert_rows(connection, t.documents, procedure.documents, procedure_id=owner)
    _insert_rows(connection, t.legal_bases, procedure.legal_basis, procedure_id=owner)


def _insert_rows(
    connection: Connection, table: sa.Table, items: Sequence[Any], **owner: int
) -> None:
    rows = [{**vars(item), **owner, "position": i} for i, item in enumerate(items)]
    if rows:
        connection.execute(sa.insert(table), rows)


def write_layer(
    connection: Connection, layer: str, procedures: Iterable[Procedure], *, remove_others: bool
) -> Changes:
    """Make a layer hold these procedures; rows that stayed the same are left alone.

    With `remove_others`, codes of the layer that do not come again are deleted.
    """
    columns = t.procedures.c
    known = {
        row.code: (row.id, row.fingerprint)
        for row in connection.execute(
            sa.select(columns.id, columns.code, columns.fingerprint).where(columns.layer == layer)
        )
    }
    changes = Changes([], [], [])
    seen: set[str] = set()
    for procedure in procedures:
        seen.add(procedure.code)
        row_id, mark = known.get(procedure.code, (None, None))
        if mark == fingerprint(procedure):
            changes.unchanged += 1
            continue
        (changes.new if row_id is None else changes.changed).append(procedure.code)
        if row_id is not None:
            _delete(connection, [row_id])
        _insert(connection, layer, procedure)
    if remove_others:
        changes.gone = sorted(set(known) - seen)
        _delete(connection, [known[code][0] for code in changes.gone])
    if changes.new or changes.changed or changes.gone:
        raise_revision(connection)
    return changes


def _delete(connection: Connection, ids: Sequence[int]) -> None:
    # Children go with their procedure (ON DELETE CASCADE).
    for row_id in ids:
        connection.execute(sa.delete(t.procedures).where(t.procedures.c.id == row_id))


def replace_aliases(connection: Connection, phrases: Iterable[tuple[str, str]]) -> None:
    """Make `(code, phrase)` pairs the whole alias table."""
    _replace_table(connection, t.aliases, ("code", "phrase"), phrases)


def replace_lexicon(connection: Connection, entries: Iterable[tuple[str, str]]) -> None:
    """Make `(citizen's words, official words)` pairs the whole lexicon."""
    _replace_table(connection, t.lexicon, ("citizen", "official"), entries)


def _replace_table(
    connection: Connection,
    table: sa.Table,
    names: tuple[str, str],
    pairs: Iterable[tuple[str, str]],
) -> None:
    wanted = sorted(set(pairs))
    if sorted(_pairs(connection, table, names)) == wanted:
        return
    connection.execute(sa.delete(table))
    if wanted:
        connection.execute(
            sa.insert(table), [dict(zip(names, pair, strict=True)) for pair in wanted]
        )
    raise_revision(connection)


def replace_general_facts(connection: Connection, facts: Iterable[tuple[str, str, Source]]) -> None:
    """Make `(topic, text, source)` triples the whole table of general facts."""
    connection.execute(sa.delete(t.general_facts))
    for topic, text, source in facts:
        connection.execute(
            sa.insert(t.general_facts).values(
                topic=topic, text=text, source_id=_source_id(connection, source)
            )
        )


def raise_revision(connection: Connection) -> None:
    """Tell running bots that the catalogue has changed."""
    updated = connection.execute(
        sa.update(t.revision).where(t.revision.c.id == 1).values(number=t.revision.c.number + 1)
    )
    if updated.rowcount == 0:
        connection.execute(sa.insert(t.revision).values(id=1, number=1))


# --- reading ---------------------------------------------------------------------------


def current_revision(connection: Connection) -> int:
    """Number that rises with every change; 0 for an empty catalogue."""
    return int(connection.execute(sa.select(t.revision.c.number)).scalar() or 0)


def _pairs(
    connection: Connection, table: sa.Table, names: tuple[str, str]
) -> list[tuple[str, str]]:
    columns = [table.c[name] for name in names]
    return [(row[0], row[1]) for row in connection.execute(sa.select(*columns).order_by(*columns))]


def aliases(connection: Connection) -> list[tuple[str, str]]:
    """All `(code, phrase)` pairs."""
    return _pairs(connection, t.aliases, ("code", "phrase"))


def lexicon(connection: Connection) -> list[tuple[str, str]]:
    """All `(citizen's words, official words)` pairs."""
    return _pairs(connection, t.lexicon, ("citizen", "official"))


def general_fact(connection: Connection, topic: str) -> tuple[str, Source] | None:
    """Text and source of a fact that belongs to no single procedure."""
    query = (
        sa.select(t.general_facts.c.text, t.sources)
        .join(t.sources, t.sources.c.id == t.general_facts.c.source_id)
        .where(t.general_facts.c.topic == topic)
    )
    row = connection.execute(query).first()
    return (row.text, Source(row.title, row.url, row.checked_on)) if row else None


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
