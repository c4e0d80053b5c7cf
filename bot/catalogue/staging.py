"""What an import has read so far: kept in the database until all of it is there.

Records are written in small transactions to a layer that nobody reads. Only when the last one
has come do they become the catalogue's, in one short transaction. An import that was
interrupted leaves them; the next one takes over those whose text is the same. Other writers
need not wait while a large export is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.catalogue import tables as t
from bot.catalogue.model import Source
from bot.catalogue.parsed_shares import Shares
from bot.catalogue.records import Read, Record, Staged, Unread
from bot.catalogue.row_writer import RowWriter
from bot.catalogue.rows import dates_from
from bot.imports import ImportRefused

# Records of one transaction: what an interruption can lose.
BATCH = 500


@dataclass(frozen=True)
class Parsed:
    """A record as it was read, with the day of its file and how much of it became numbers."""

    read: Read
    shares: Shares


class Staging:
    """The staged records of one layer. An import that is refused leaves none."""

    def __init__(self, layer: str, *, dry_run: bool = False) -> None:
        """`layer` is the one that the records will belong to; a dry run stages nothing."""
        self._layer = t.STAGED[layer]
        self._dry_run = dry_run
        self._found: dict[tuple[str, str], tuple[Staged, Shares]] = {}

    def __enter__(self) -> Staging:
        columns, source = t.procedures.c, t.sources.c
        query = (
            sa.select(
                t.procedures,
                t.staged_shares.c.shares,
                source.title,
                source.url,
                source.checked_on,
            )
            .join(t.staged_shares, t.staged_shares.c.procedure_id == columns.id)
            .join(t.sources, source.id == columns.source_id)
            .where(columns.layer == self._layer)
        )
        with database.connect() as connection:
            for row in connection.execute(query):
                staged = Staged(
                    row.code,
                    row.id,
                    row.fingerprint,
                    row.raw_hash,
                    dates_from(row._mapping),
                    Source(row.title, row.url, row.checked_on),
                )
                self._found[row.code, row.raw_hash] = staged, Shares.from_json(row.shares)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if isinstance(error, ImportRefused) and not self._dry_run:
            with database.begin() as connection:
                self.clear(connection)

    def find(self, code: str, raw_hash: str) -> tuple[Staged, Shares] | None:
        """The record that an interrupted import has read from the same text."""
        return self._found.get((code, raw_hash))

    def stage(self, records: Iterable[Parsed | Staged | Unread]) -> Iterator[Record]:
        """The records, those that were read written to the database."""
        if self._dry_run:
            yield from (r.read if isinstance(r, Parsed) else r for r in records)
            return
        batch: list[Parsed | Staged | Unread] = []
        read = 0
        for record in records:
            batch.append(record)
            read += isinstance(record, Parsed)
            if read == BATCH:
                yield from self._write(batch)
                batch, read = [], 0
        yield from self._write(batch)

    def _write(self, batch: list[Parsed | Staged | Unread]) -> list[Staged | Unread]:
        if not any(isinstance(record, Parsed) for record in batch):
            return [record for record in batch if not isinstance(record, Parsed)]
        with database.begin() as connection:
            writer = RowWriter(connection)
            records = [
                self._add(writer, record) if isinstance(record, Parsed) else record
                for record in batch
            ]
            writer.flush()
            shares = [
                {"procedure_id": staged.row_id, "shares": record.shares.as_json()}
                for staged, record in zip(records, batch, strict=True)
                if isinstance(record, Parsed) and isinstance(staged, Staged)
            ]
            connection.execute(sa.insert(t.staged_shares), shares)
        return records

    def _add(self, writer: RowWriter, record: Parsed) -> Staged:
        read = record.read
        assert read.source is not None
        mark = read.mark
        row_id = writer.add(
            read.procedure,
            original=read.original,
            layer=self._layer,
            # Any that is not taken: whoever reads the same export meanwhile has others.
            version=writer.next_id,
            fingerprint=mark,
            raw_hash=read.raw_hash,
            # Empty: the answer on no day.
            valid_from=read.source.checked_on,
            valid_to=read.source.checked_on,
            known_from=read.source.checked_on,
        )
        return Staged(read.code, row_id, mark, read.raw_hash, read.effective, read.source)

    def check(self, connection: Connection, records: Iterable[Record]) -> None:
        """See that all records are still there, in the transaction that makes them facts.

        Raises:
            ImportRefused: another import of this layer has finished meanwhile.
        """
        columns = t.procedures.c
        query = sa.select(columns.id).where(columns.layer == self._layer)
        there = {row.id for row in connection.execute(query)}
        if any(isinstance(record, Staged) and record.row_id not in there for record in records):
            raise ImportRefused("Another import of this kind finished meanwhile. Start again.")

    def clear(self, connection: Connection) -> None:
        """Delete what is still staged of the layer, and the shares of what is no longer."""
        columns = t.procedures.c
        connection.execute(sa.delete(t.procedures).where(columns.layer == self._layer))
        facts = sa.select(columns.id).where(columns.layer.in_(t.LAYERS))
        owner = t.staged_shares.c.procedure_id
        connection.execute(sa.delete(t.staged_shares).where(owner.in_(facts)))
