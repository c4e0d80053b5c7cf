"""Writing the catalogue: one layer at a time, in the caller's transaction.

An import replaces one layer and leaves the other alone; what has not changed is not
written again. Reading is in `bot.catalogue.repository`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.catalogue import repository
from bot.catalogue import tables as t
from bot.catalogue.model import LifeEvent, Procedure, Source

# Bound variables of one statement; SQLite takes 32,766 at the most.
CHUNK = 500


@dataclass
class Changes:
    """What writing a layer did: codes by what became of them."""

    new: list[str]
    changed: list[str]
    gone: list[str]
    unchanged: int = 0


def fingerprint(procedure: Procedure) -> str:
    """Hash of a record's facts; equal hashes mean that only the source may be newer."""
    facts = replace(procedure, aliases=(), source=None, sources=())
    return hashlib.sha256(repr(facts).encode()).hexdigest()


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


def _insert(connection: Connection, layer: str, procedure: Procedure, source_id: int) -> None:
    values = {
        name: getattr(procedure, name)
        for name in t.procedures.columns.keys()  # noqa: SIM118 (columns are no dict)
        if hasattr(procedure, name) and name != "id"
    }
    values.update(
        layer=layer,
        fingerprint=fingerprint(procedure),
        source_id=source_id,
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
    _insert_rows(connection, t.differences, procedure.differs_from, procedure_id=owner)


def _insert_rows(
    connection: Connection, table: sa.Table, items: Sequence[Any], **owner: int
) -> None:
    rows = [{**vars(item), **owner, "position": i} for i, item in enumerate(items)]
    if rows:
        connection.execute(sa.insert(table), rows)


def write_layer(
    connection: Connection,
    layer: str,
    procedures: Iterable[Procedure],
    *,
    keep: Collection[str] = (),
) -> Changes:
    """Make a layer hold these procedures; rows with the same facts only get their source.

    Codes of the layer that do not come again are deleted, except those in `keep`.
    """
    columns = t.procedures.c
    known = {
        row.code: row
        for row in connection.execute(
            sa.select(columns.id, columns.code, columns.fingerprint, columns.source_id).where(
                columns.layer == layer
            )
        )
    }
    changes = Changes([], [], [])
    seen: set[str] = set()
    checked_anew: dict[int, list[int]] = defaultdict(list)
    for procedure in procedures:
        if procedure.source is None:
            raise ValueError(f"{procedure.code} has no source")
        seen.add(procedure.code)
        row = known.get(procedure.code)
        if row is not None and row.fingerprint == fingerprint(procedure):
            changes.unchanged += 1
            source = _source_id(connection, procedure.source)
            if source != row.source_id:
                checked_anew[source].append(row.id)
            continue
        (changes.new if row is None else changes.changed).append(procedure.code)
        if row is not None:
            _delete(connection, [row.id])
        _insert(connection, layer, procedure, _source_id(connection, procedure.source))
    for source, ids in checked_anew.items():
        for start in range(0, len(ids), CHUNK):
            where = columns.id.in_(ids[start : start + CHUNK])
            connection.execute(sa.update(t.procedures).where(where).values(source_id=source))
    changes.gone = sorted(set(known) - seen - set(keep))
    _delete(connection, [known[code].id for code in changes.gone])
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
    if sorted(repository.pairs(connection, table, names)) == wanted:
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


def replace_life_events(connection: Connection, events: Iterable[LifeEvent]) -> None:
    """Make these the life events, in their order."""
    connection.execute(sa.delete(t.life_events))
    for position, event in enumerate(events):
        connection.execute(
            sa.insert(t.life_events).values(key=event.key, position=position, name=event.name)
        )
        phrases = [{"event_key": event.key, "phrase": phrase} for phrase in event.phrases]
        if phrases:
            connection.execute(sa.insert(t.life_event_phrases), phrases)
        steps = [
            {"event_key": event.key, "position": number, "code": code, "why": why}
            for number, (code, why) in enumerate(event.steps)
        ]
        connection.execute(sa.insert(t.life_event_steps), steps)


def raise_revision(connection: Connection) -> None:
    """Tell running bots that the catalogue has changed."""
    updated = connection.execute(
        sa.update(t.revision).where(t.revision.c.id == 1).values(number=t.revision.c.number + 1)
    )
    if updated.rowcount == 0:
        connection.execute(sa.insert(t.revision).values(id=1, number=1))
