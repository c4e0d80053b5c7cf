"""Inserting whole records into the tables, many at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.catalogue import tables as t
from bot.catalogue.model import OPEN, Procedure, Source
from bot.catalogue.rows import ITEMS, scalars, to_row

TABLES = {
    "cases": t.cases,
    "channels": t.channels,
    "documents": t.documents,
    "forms": t.forms,
    "legal_basis": t.legal_bases,
    "differs_from": t.differences,
    "steps": t.steps,
    "places": t.places,
}
# Parents before their children.
ORDER = (t.procedures, *TABLES.values(), t.fact_origins, t.originals, t.fees)
BATCH = 2000
# Any number, the same for all importers: only one gives out identifiers at a time.
POSTGRES_LOCK = 4_150_915


def wait_for_turn(connection: Connection) -> None:
    """Be the only importer until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(POSTGRES_LOCK)))


class RowWriter:
    """Collects rows and inserts them in batches; identifiers are given out here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        wait_for_turn(connection)
        self._next = {
            table: int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1
            for table in (t.procedures, t.channels)
        }
        self._rows: dict[sa.Table, list[dict[str, Any]]] = defaultdict(list)
        self._deleted: list[int] = []
        self._sources: dict[Source, int] = {}
        self._now = dt.datetime.utcnow().replace(microsecond=0)

    @property
    def next_id(self) -> int:
        """Identifier of the next record's row."""
        return self._next[t.procedures]

    def add(self, procedure: Procedure, *, original: bytes = b"", **state: Any) -> int:
        """Take a record with what it was read from; `state` are the columns of this state.

        Returns the identifier that its row will have.
        """
        assert procedure.source is not None
        owner = self._take_id(t.procedures)
        self._rows[t.procedures].append(
            {
                "id": owner,
                "code": procedure.code,
                **scalars(procedure),
                "source_id": self.source_id(procedure.source),
                "recorded_at": self._now,
                **state,
            }
        )
        for attribute in ITEMS:
            self._add_items(attribute, getattr(procedure, attribute), owner)
        self._add_origins(procedure, owner)
        if original:
            self._rows[t.originals].append({"procedure_id": owner, "content": original})
        if len(self._rows[t.procedures]) >= BATCH:
            self.flush()
        return owner

    def _take_id(self, table: sa.Table) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def _add_items(self, attribute: str, items: Sequence[Any], owner: int) -> None:
        table = TABLES[attribute]
        for position, item in enumerate(items):
            row = {**to_row(item), "procedure_id": owner, "position": position}
            if table is t.channels:
                row["id"] = self._take_id(t.channels)
                self._rows[t.fees] += [
                    {**to_row(fee), "channel_id": row["id"], "position": number}
                    for number, fee in enumerate(item.fees)
                ]
            self._rows[table].append(row)

    def _add_origins(self, procedure: Procedure, owner: int) -> None:
        sources, dates = dict(procedure.sources), dict(procedure.dates)
        for position, group in enumerate(sorted(sources.keys() | dates.keys())):
            source = sources.get(group)
            held = dates.get(group, OPEN)
            self._rows[t.fact_origins].append(
                {
                    "procedure_id": owner,
                    "position": position,
                    "fact_group": group,
                    "source_id": None if source is None else self.source_id(source),
                    "effective_from": held.effective_from,
                    "effective_to": held.effective_to,
                }
            )

    def source_id(self, source: Source) -> int:
        """Identifier of a source, made if it is new."""
        known = self._sources.get(source)
        if known is None:
            row = t.sources.c
            values = {"title": source.title, "url": source.url, "checked_on": source.checked_on}
            known = self._connection.execute(
                sa.select(row.id).where(*(row[name] == value for name, value in values.items()))
            ).scalar()
            if known is None:
                result = self._connection.execute(sa.insert(t.sources).values(values))
                known = result.inserted_primary_key[0]
            self._sources[source] = int(known)
        return self._sources[source]

    def replace_original(self, owner: int, original: bytes) -> None:
        """Keep another original of a record whose facts are the same."""
        owned = t.originals.c.procedure_id == owner
        self._connection.execute(sa.delete(t.originals).where(owned))
        if original:
            self._rows[t.originals].append({"procedure_id": owner, "content": original})

    def move_original(self, giver: int, taker: int) -> None:
        """Give one record the original of another."""
        self.replace_original(taker, b"")
        self._connection.execute(
            sa.update(t.originals)
            .where(t.originals.c.procedure_id == giver)
            .values(procedure_id=taker)
        )

    def delete(self, ids: Sequence[int]) -> None:
        """Delete rows of `procedures` with all that hangs on them, before the next insert."""
        self._deleted += ids

    def flush(self) -> None:
        """Write what was collected."""
        if self._deleted:
            # Children go with their procedure (ON DELETE CASCADE).
            delete = sa.delete(t.procedures).where(t.procedures.c.id == sa.bindparam("key"))
            self._connection.execute(delete, [{"key": row_id} for row_id in self._deleted])
            self._deleted = []
        for table in ORDER:
            rows = self._rows.pop(table, [])
            if rows:
                self._connection.execute(sa.insert(table), rows)
