"""Writing the catalogue: one layer at a time, in the caller's transaction.

A layer keeps every state of a record with the days for which it is the answer. A state that
differs begins on the day that its source names, or on which it was checked; what had been
known for that day ends there. A state of the same day is a correction: the one before stays
in the table with an empty window. Reading is in `bot.catalogue.repository`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.catalogue import tables as t
from bot.catalogue.layer_writer import LayerWriter
from bot.catalogue.model import Procedure
from bot.catalogue.records import Changes, Record


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
    records: Iterable[Procedure | Record],
    *,
    keep: Collection[str] | None = (),
) -> Changes:
    """Make a layer hold these records; those with the same facts only get their source.

    Codes of the layer that do not come again end on the day of the newest check, except
    those in `keep`; with `keep` None all stay.

    Raises:
        ValueError: a record has no source.
    """
    changes = LayerWriter(connection, layer).write(records, keep)
    if changes.new or changes.changed or changes.gone:
        raise_revision(connection)
    return changes


def end_others(connection: Connection, layer: str, codes: Collection[str], day: dt.date) -> Changes:
    """End all records of a layer on a day, except those of these codes."""
    changes = Changes()
    writer = LayerWriter(connection, layer)
    writer.end_all_but(codes, day, changes)
    if changes.gone:
        raise_revision(connection)
    return changes


def raise_revision(connection: Connection) -> None:
    """Tell running bots that the catalogue has changed."""
    updated = connection.execute(
        sa.update(t.revision).where(t.revision.c.id == 1).values(number=t.revision.c.number + 1)
    )
    if updated.rowcount == 0:
        connection.execute(sa.insert(t.revision).values(id=1, number=1))
