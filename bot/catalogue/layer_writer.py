"""One run of writing a layer: which state of a record is the answer for which days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.catalogue import tables as t
from bot.catalogue.model import Procedure, Source
from bot.catalogue.records import Changes, Read, Record, Staged, Unread, effective_of
from bot.catalogue.row_writer import RowWriter
from bot.database import chunks


class LayerWriter:
    """Puts records into a layer, in the caller's transaction; `bot.catalogue.layers` says how."""

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
        self._moved: list[dict[str, object]] = []

    def write(self, records: Iterable[Procedure | Record], keep: Collection[str] | None) -> Changes:
        """See `bot.catalogue.layers.write_layer`."""
        changes = Changes()
        seen: set[str] = set()
        newest = dt.date.min
        for record in records:
            if isinstance(record, Procedure):
                record = Read(record)
            if record.source is None:
                raise ValueError(f"{record.code} has no source")
            newest = max(newest, record.source.checked_on)
            seen.add(record.code)
            self._put(record, record.source, changes)
        if keep is not None:
            self._end(set(self._states) - seen - set(keep), newest, changes)
        self._finish()
        return changes

    def end_all_but(self, codes: Collection[str], day: dt.date, changes: Changes) -> None:
        """See `bot.catalogue.layers.end_others`."""
        self._end(set(self._states) - set(codes), day, changes)
        self._finish()

    def _put(self, record: Record, source: Source, changes: Changes) -> None:
        code = record.code
        states = self._states.get(code, [])
        held = effective_of(record)
        # What had ended when it was checked is the answer up to its last day.
        start = held.effective_from or min(source.checked_on, held.effective_to or dt.date.max)
        present = _covering(states, start)
        if isinstance(record, Unread):
            if present is not None:
                self._check_anew(present, source)
                changes.unchanged += 1
            return
        mark = record.mark
        if present is not None and present.fingerprint == mark:
            self._read_anew(present, record, source)
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
        self._add(
            record,
            source,
            version=version,
            fingerprint=mark,
            raw_hash=record.raw_hash,
            valid_from=valid_from,
            valid_to=valid_to,
        )

    def _add(self, record: Read | Staged, source: Source, **state: object) -> None:
        """Make a record a state of the layer."""
        state |= {"layer": self._layer, "known_from": source.checked_on}
        if isinstance(record, Read):
            self._writer.add(record.procedure, original=record.original, **state)
        else:
            source_id = self._writer.source_id(source)
            self._moved.append({"key": record.row_id, "source_id": source_id, **state})

    def _read_anew(self, present: Row, record: Read | Staged, source: Source) -> None:
        """Note for a state that the same facts were read once more."""
        self._check_anew(present, source)
        is_same_text = record.raw_hash == present.raw_hash
        if not is_same_text:
            self._raw_anew.append({"key": present.id, "raw_hash": record.raw_hash})
        if isinstance(record, Read):
            self._origins_anew += [
                {"owner": present.id, "group": group, "source": self._writer.source_id(origin)}
                for group, origin in record.procedure.sources
            ]
            if not is_same_text:
                self._writer.replace_original(present.id, record.original)
        elif not is_same_text:
            self._writer.move_original(record.row_id, present.id)

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
        if self._moved:
            values = {name: sa.bindparam(name) for name in self._moved[0] if name != "key"}
            self._connection.execute(update.values(values), self._moved)
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
