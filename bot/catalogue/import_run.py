"""What all importers of the catalogue share: the report, and writing a layer in one go."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.catalogue import layers
from bot.catalogue import tables as t
from bot.catalogue.model import Source
from bot.catalogue.parsed_shares import Shares
from bot.catalogue.records import Changes, Record
from bot.catalogue.staging import Staging
from bot.imports import ImportRefused

Progress = Callable[[int, int], None]
PROGRESS_STEP = 100


@dataclass
class Report:
    """What an import did. `rejected` pairs a code or a line with the reason.

    `resumed` counts records that an interrupted import had read already.
    """

    kind: str = ""
    read: int = 0
    kept: int = 0
    resumed: int = 0
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)
    checked_on: dt.date | None = None
    shares: Shares | None = None

    def take(self, changes: Changes) -> None:
        """Add what became of the records of a layer."""
        self.new += changes.new
        self.changed += changes.changed
        self.gone += changes.gone
        self.unchanged += changes.unchanged

    def as_json(self) -> str:
        """The report for the record of imports; codes as counts."""
        values = {
            name: len(value) if isinstance(value, list) else value
            for name, value in vars(self).items()
            if name not in ("shares", "checked_on")
        }
        return json.dumps(values)


class _DryRun(Exception):
    """Rolls the transaction of a dry run back."""


def in_one_transaction(
    report: Report,
    write: Callable[[Connection], None],
    *,
    file: str,
    reader: int,
    dry_run: bool,
) -> None:
    """Write and record the import; a dry run does the same and takes it back."""
    try:
        with database.begin() as connection:
            write(connection)
            connection.execute(
                sa.insert(t.imports).values(
                    kind=report.kind,
                    file=file,
                    reader=reader,
                    checked_on=report.checked_on,
                    finished_at=dt.datetime.utcnow().replace(microsecond=0),
                    report=report.as_json(),
                )
            )
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass


def write_export(
    records: Sequence[Record],
    source: Source,
    report: Report,
    staging: Staging,
    *,
    layer: str,
    file: str,
    reader: int,
    keep: Collection[str] | None,
    dry_run: bool,
    progress: Progress | None,
) -> None:
    """Make a layer hold the records of an export, all of the same source.

    Raises:
        ImportRefused: the layer holds records that were checked later.
        bot.database.DatabaseUnavailable: the database is down; the layer is as it was.
    """
    report.kept = len(records)
    report.checked_on = source.checked_on

    def write(connection: Connection) -> None:
        newest = layers.newest_check(connection, layer)
        if newest and source.checked_on < newest:
            raise ImportRefused(
                f"The export is of {source.checked_on}, older than what the catalogue holds "
                f"({newest}). If it is really to go first, name its day: --checked-on {newest}"
            )
        staging.check(connection, records)
        checked = _checked(records, source, progress)
        report.take(layers.write_layer(connection, layer, checked, keep=keep))
        staging.clear(connection)

    in_one_transaction(report, write, file=file, reader=reader, dry_run=dry_run)


def _checked(
    records: Sequence[Record], source: Source, progress: Progress | None
) -> Iterator[Record]:
    """The records with their source: the day of an export is known only at its end."""
    for done, record in enumerate(records, start=1):
        if progress and (done % PROGRESS_STEP == 0 or done == len(records)):
            progress(done, len(records))
        yield record.checked(source)


def newest_reader(kind: str) -> int | None:
    """Version of the reader that last imported a kind of file, None if none ever did."""
    query = (
        sa.select(t.imports.c.reader)
        .where(t.imports.c.kind == kind)
        .order_by(t.imports.c.id.desc())
        .limit(1)
    )
    with database.connect() as connection:
        return connection.execute(query).scalar()
