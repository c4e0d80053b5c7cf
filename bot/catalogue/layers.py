"""Writing the catalogue: one layer at a time, in the caller's transaction.

A layer keeps every state of a record with the days for which it is the answer. A state that
differs begins on the day that its source names, or on which it was checked; what had been
known for that day ends there. A state of the same day is a correction: the one before stays
in the table with an empty window. Reading is in `bot.catalogue.repository`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.catalogue import tables as t
from bot.catalogue.model import OPEN, Procedure, Source
from bot.catalogue.row_writer import RowWriter

# Bound variables of one statement; SQLite takes 32,766 at the most.
CHUNK = 500


@dataclass
class Changes:
    """What writing a layer did: codes by what became of them."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class Unread:
    """A record that was not read again, since what it was read from has not changed."""

    code: str
    source: Source


@dataclass(frozen=True)
class Read:
    """A record with what it was read from, compressed, and the hash of that ("" where unknown)."""

    procedure: Procedure
    raw_hash: str = ""
    original: bytes = b""


def fingerprint(procedure: Procedure) -> str:
    """Hash of a record's facts; equal hashes mean that only the source may be newer."""
    facts = replace(
        procedure,
        aliases=(),
        source=None,
        sources=(),
        known_from=None,
        expired=(),
        upcoming=(),
        curated=False,
    )
    # Sources of single groups are facts, too; their day of checking alone is not.
    origins = [(group, source.title, source.url) for group, source in procedure.sources]
    return hashlib.sha256(repr((facts, origins)).encode()).hexdigest()


def raw_hashes(connection: Connection, layer: str) -> dict[str, str]:
    """Hashes of what the newest states of a layer were read from, by code."""
    columns = t.procedures.c
    query = (
        sa.select(columns.code, columns.raw_hash)
        .where(columns.layer == layer, columns.valid_to.is_(None), columns.raw_hash != "")
        .order_by(columns.version)
    )
    return {row.code: row.raw_hash for row in connection.execute(query)}


def newest_check(connection: Connection, layer: str) -> dt.date | None:
    """The latest day on which a record of a layer was checked."""
    query = (
        sa.select(sa.func.max(t.sources.c.checked_on))
        .select_from(t.procedures.join(t.sources))
        .where(t.procedures.c.layer == layer)
    )
    return connection.execute(query).scalar()


def write_layer(
    connection: Connection,
    layer: str,
    records: Iterable[Procedure | Read | Unread],
    *,
    keep: Collection[str] | None = (),
) -> Changes:
    """Make a layer hold these records; those with the same facts only get their source.

    Codes of the layer that do not come again end on the day of the newest check, except
    those in `keep`; with `keep` None all stay.

    Raises:
        ValueError: a record has no source.
    """
    return _LayerWriter(connection, layer).write(records, keep)


def end_others(connection: Connection, layer: str, codes: Collection[str], day: dt.date) -> Changes:
    """End all records of a layer on a day, except those of these codes."""
    changes = Changes()
    writer = _LayerWriter(connection, layer)
    writer.end_all_but(codes, day, changes)
    if changes.gone:
        raise_revision(connection)
    return changes


class _LayerWriter:
    """One run of `write_layer`."""

    def __init__(self, connection: Connection, layer: str) -> None:
        self._connection = connection
        self._layer = layer
        self._writer = RowWriter(connection)
        self._states: dict[str, list[Row]] = defaultdict(list)
        columns = t.procedures.c
        query = (
            sa.select(
                columns.id,
                columns.code,
                columns.version,
                columns.fingerprint,
                columns.raw_hash,
                columns.valid_from,
                columns.valid_to,
                columns.effective_to,
                columns.known_from,
                columns.source_id,
            )
            .where(columns.layer == layer)
            .order_by(columns.version)
        )
        for row in connection.execute(query):
            self._states[row.code].append(row)
        self._windows: list[dict[str, object]] = []
        self._checked_anew: dict[int, list[int]] = defaultdict(list)
        self._origins_anew: list[dict[str, object]] = []
        self._raw_anew: list[dict[str, object]] = []

    def write(
        self, records: Iterable[Procedure | Read | Unread], keep: Collection[str] | None
    ) -> Changes:
        changes = Changes()
        seen: set[str] = set()
        newest = dt.date.min
        for record in records:
            if isinstance(record, Procedure):
                record = Read(record)
            code = record.code if isinstance(record, Unread) else record.procedure.code
            source = record.source if isinstance(record, Unread) else record.procedure.source
            if source is None:
                raise ValueError(f"{code} has no source")
            newest = max(newest, source.checked_on)
            seen.add(code)
            self._put(code, source, record, changes)
        if keep is not None:
            self._end(set(self._states) - seen - set(keep), newest, changes)
        self._finish()
        if changes.new or changes.changed or changes.gone:
            raise_revision(self._connection)
        return changes

    def end_all_but(self, codes: Collection[str], day: dt.date, changes: Changes) -> None:
        self._end(set(self._states) - set(codes), day, changes)
        self._finish()

    def _put(self, code: str, source: Source, record: Read | Unread, changes: Changes) -> None:
        states = self._states.get(code, [])
        held = record.procedure.effective if isinstance(record, Read) else OPEN
        # What had ended when it was checked is the answer up to its last day.
        start = held.effective_from or min(source.checked_on, held.effective_to or dt.date.max)
        present = _covering(states, start)
        if isinstance(record, Unread):
            if present is not None:
                self._check_anew(present, source)
                changes.unchanged += 1
            return
        mark = fingerprint(record.procedure)
        if present is not None and present.fingerprint == mark:
            self._check_anew(present, source)
            self._origins_anew += [
                {"owner": present.id, "group": group, "source": self._writer.source_id(origin)}
                for group, origin in record.procedure.sources
            ]
            if record.raw_hash != present.raw_hash:
                self._raw_anew.append({"key": present.id, "raw_hash": record.raw_hash})
                self._writer.replace_original(present.id, record.original)
            if present.valid_to is None or any(s.valid_from == present.valid_to for s in states):
                changes.unchanged += 1
            else:
                # It had gone, and nothing came after it: it is back.
                self._window(present.id, present.valid_from, None)
                changes.changed.append(code)
            return
        version = states[-1].version + 1 if states else 1
        valid_from: dt.date | None = start
        valid_to = None
        if present is None:
            (changes.changed if states else changes.new).append(code)
            later = [s.valid_from for s in states if s.valid_from and s.valid_from > start]
            valid_to = min(later, default=None)
            if all(s.valid_from and s.valid_from > start for s in states):
                valid_from = held.effective_from
        else:
            changes.changed.append(code)
            valid_to = present.valid_to
            if not present.fingerprint:
                # Facts of an older schema are no state of their own.
                self._writer.delete([present.id])
                version, valid_from = present.version, present.valid_from
            elif start <= _begin(present, start):
                valid_from = present.valid_from
                emptied = present.valid_from or present.known_from
                self._window(present.id, emptied, emptied)
            else:
                self._window(present.id, present.valid_from, start)
        self._writer.add(
            record.procedure,
            original=record.original,
            layer=self._layer,
            version=version,
            fingerprint=mark,
            raw_hash=record.raw_hash,
            valid_from=valid_from,
            valid_to=valid_to,
            known_from=source.checked_on,
        )

    def _check_anew(self, row: Row, source: Source) -> None:
        source_id = self._writer.source_id(source)
        if source_id != row.source_id:
            self._checked_anew[source_id].append(row.id)

    def _window(self, row_id: int, start: dt.date | None, end: dt.date | None) -> None:
        self._windows.append({"key": row_id, "valid_from": start, "valid_to": end})

    def _end(self, codes: set[str], day: dt.date, changes: Changes) -> None:
        for code in sorted(codes):
            states = [s for s in self._states[code] if s.valid_to is None or s.valid_to > day]
            # What was to begin later does not; corrected states are empty already.
            going = [s for s in states if s.valid_from is None or s.valid_from != s.valid_to]
            for state in going:
                start = state.valid_from
                self._window(state.id, start, day if start is None else max(start, day))
            if going:
                changes.gone.append(code)

    def _finish(self) -> None:
        self._writer.flush()
        columns = t.procedures.c
        update = sa.update(t.procedures).where(columns.id == sa.bindparam("key"))
        if self._windows:
            self._connection.execute(
                update.values(
                    valid_from=sa.bindparam("valid_from"), valid_to=sa.bindparam("valid_to")
                ),
                self._windows,
            )
        if self._raw_anew:
            self._connection.execute(
                update.values(raw_hash=sa.bindparam("raw_hash")), self._raw_anew
            )
        if self._origins_anew:
            origins = t.fact_origins.c
            of_group = [origins.procedure_id == sa.bindparam("owner")]
            of_group.append(origins.fact_group == sa.bindparam("group"))
            self._connection.execute(
                sa.update(t.fact_origins).where(*of_group).values(source_id=sa.bindparam("source")),
                self._origins_anew,
            )
        for source, ids in self._checked_anew.items():
            for chunk in chunks(ids):
                where = columns.id.in_(chunk)
                self._connection.execute(
                    sa.update(t.procedures).where(where).values(source_id=source)
                )


def _begin(state: Row, day: dt.date) -> dt.date:
    """From when a state is the answer: that of an earlier period, from ever if no day is named."""
    is_over = state.effective_to is not None and state.effective_to < day
    return state.valid_from or (dt.date.min if is_over else state.known_from)


def _covering(states: Sequence[Row], day: dt.date) -> Row | None:
    """The state that is the answer for a day."""
    for state in reversed(states):
        begun = state.valid_from is None or state.valid_from <= day
        if begun and (state.valid_to is None or day < state.valid_to):
            return state
    return None


def chunks(values: Sequence[int]) -> Iterable[Sequence[int]]:
    """Parts that fit into one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def raise_revision(connection: Connection) -> None:
    """Tell running bots that the catalogue has changed."""
    updated = connection.execute(
        sa.update(t.revision).where(t.revision.c.id == 1).values(number=t.revision.c.number + 1)
    )
    if updated.rowcount == 0:
        connection.execute(sa.insert(t.revision).values(id=1, number=1))
