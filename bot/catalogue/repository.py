"""Reading the catalogue: all layers as one procedure, for a day.

Functions take an open connection (`bot.database.connect()`), so that a caller decides
what belongs into one transaction. Writing is in `bot.catalogue.layers`.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.catalogue import tables as t
from bot.catalogue.merging import merge
from bot.catalogue.model import Dates, Fee, Procedure, Source
from bot.catalogue.row_writer import TABLES
from bot.catalogue.rows import ITEMS, SCALARS, dates_from, fee_from_row, from_row
from bot.database import chunks


@dataclass(frozen=True)
class State:
    """A record of one layer with the days for which it is the answer (`valid_to` excluded)."""

    layer: str
    version: int
    procedure: Procedure
    valid_from: dt.date | None
    valid_to: dt.date | None


# Asked before every message: a text needs no compiling.
_REVISION = sa.text(f"SELECT number FROM {t.revision.name}")


def current_revision(connection: Connection) -> int:
    """Number that rises with every change; 0 for an empty catalogue."""
    return int(connection.execute(_REVISION).scalar() or 0)


def _of_a_layer() -> Any:
    """Not what an import has read so far and not yet put into its layer."""
    return t.procedures.c.layer.in_(t.LAYERS)


def _holds(day: dt.date) -> Any:
    columns = t.procedures.c
    return sa.and_(
        _of_a_layer(),
        sa.or_(columns.valid_from.is_(None), columns.valid_from <= day),
        sa.or_(columns.valid_to.is_(None), columns.valid_to > day),
    )


def names(connection: Connection, day: dt.date) -> list[Procedure]:
    """Every procedure with its names, field, level and agency only (for the search index)."""
    columns = t.procedures.c
    query = (
        sa.select(
            columns.layer,
            columns.code,
            columns.name,
            columns.plain_name,
            columns.field,
            columns.level,
            columns.agency,
        )
        .where(_holds(day))
        .order_by(columns.code)
    )
    records: dict[str, dict[str, Procedure]] = defaultdict(dict)
    for row in connection.execute(query):
        records[row.code][row.layer] = Procedure(
            row.code,
            row.name,
            row.field,
            row.level,
            plain_name=row.plain_name,
            agency=row.agency,
            known_from=day,
        )
    return [replace(merge(layers, day), known_from=None, sources=()) for layers in records.values()]


def all_codes(connection: Connection, day: dt.date) -> list[str]:
    """Codes of all procedures of a day, sorted."""
    columns = t.procedures.c
    query = sa.select(columns.code).where(_holds(day)).distinct().order_by(columns.code)
    return [row.code for row in connection.execute(query)]


def get(connection: Connection, code: str, day: dt.date) -> Procedure | None:
    """One procedure with all its facts, as of a day, or None."""
    return next(get_many(connection, [code], day), None)


def get_many(connection: Connection, codes: Sequence[str], day: dt.date) -> Iterator[Procedure]:
    """Procedures as of a day, in the order of the codes; unknown codes are passed over."""
    for _, layers in layers_of_many(connection, codes, day):
        yield merge(layers, day)


def layers_of_many(
    connection: Connection, codes: Sequence[str], day: dt.date
) -> Iterator[tuple[str, dict[str, Procedure]]]:
    """Each procedure's code with its records by layer, in the order of the codes."""
    for chunk in chunks(codes):
        layers: dict[str, dict[str, Procedure]] = defaultdict(dict)
        for state in _states(connection, sa.and_(t.procedures.c.code.in_(chunk), _holds(day))):
            layers[state.procedure.code][state.layer] = state.procedure
        for code in chunk:
            if code in layers:
                yield code, layers[code]


def last_day(connection: Connection, code: str, day: dt.date) -> dt.date | None:
    """The day, up to one, from which a procedure was there no longer; None if it never was."""
    columns = t.procedures.c
    where = sa.and_(_of_a_layer(), columns.code == code, columns.valid_to <= day)
    query = sa.select(sa.func.max(columns.valid_to)).where(where)
    return connection.execute(query).scalar()


def history(connection: Connection, code: str) -> list[State]:
    """Every state of a procedure that was ever recorded, by layer, the oldest first."""
    return list(_states(connection, sa.and_(_of_a_layer(), t.procedures.c.code == code)))


def originals(connection: Connection, code: str) -> dict[str, str]:
    """By layer, what the newest state of a procedure was read from, letter by letter."""
    columns = t.procedures.c
    query = (
        sa.select(columns.layer, t.originals.c.content)
        .join(t.originals, t.originals.c.procedure_id == columns.id)
        .where(_of_a_layer(), columns.code == code)
        .order_by(columns.version)
    )
    return {
        row.layer: zlib.decompress(row.content).decode("utf-8-sig")
        for row in connection.execute(query)
    }


def all_states(connection: Connection, day: dt.date, *, past: bool = False) -> Iterator[State]:
    """Every record of every layer by code and layer: those of a day and later, or all."""
    columns = t.procedures.c
    wanted = _of_a_layer()
    if not past:
        wanted = sa.and_(wanted, sa.or_(columns.valid_to.is_(None), columns.valid_to > day))
    query = sa.select(columns.code).where(wanted).distinct().order_by(columns.code)
    codes = [row.code for row in connection.execute(query)]
    for chunk in chunks(codes):
        yield from _states(connection, sa.and_(columns.code.in_(chunk), wanted))


def states_of_layer(
    connection: Connection, layer: str, codes: Collection[str], day: dt.date
) -> Iterator[State]:
    """Records of a layer that are the answer on a day or later, by code, the oldest first."""
    columns = t.procedures.c
    not_over = sa.or_(columns.valid_to.is_(None), columns.valid_to > day)
    # A state that was corrected keeps an empty window.
    not_empty = sa.or_(
        columns.valid_from.is_(None),
        columns.valid_to.is_(None),
        columns.valid_from != columns.valid_to,
    )
    for chunk in chunks(sorted(codes)):
        where = sa.and_(columns.layer == layer, columns.code.in_(chunk))
        yield from _states(connection, sa.and_(where, not_over, not_empty))


def _states(connection: Connection, where: Any) -> Iterator[State]:
    columns, source = t.procedures.c, t.sources.c
    query = (
        sa.select(t.procedures, source.title, source.url, source.checked_on)
        .join(t.sources, source.id == columns.source_id)
        .where(where)
        .order_by(columns.code, columns.layer, columns.version)
    )
    rows = list(connection.execute(query))
    ids = [row.id for row in rows]
    fees = _fees(connection, ids)
    children = {attribute: _children(connection, attribute, ids, fees) for attribute in ITEMS}
    origins = _origins(connection, ids)
    phrases = _phrases(connection, sorted({row.code for row in rows}))
    for row in rows:
        sources, dates = origins.get(row.id, ((), ()))
        facts: dict[str, Any] = {name: row._mapping[name] for name in SCALARS}
        facts |= {name: tuple(owned.get(row.id, ())) for name, owned in children.items()}
        yield State(
            row.layer,
            row.version,
            Procedure(
                code=row.code,
                **facts,
                aliases=tuple(phrases.get(row.code, ())),
                curated=row.layer in (t.CURATED, t.STAFF),
                effective=dates_from(row._mapping),
                known_from=row.known_from,
                source=Source(row.title, row.url, row.checked_on),
                sources=sources,
                dates=dates,
            ),
            row.valid_from,
            row.valid_to,
        )


def _select_owned(
    connection: Connection, table: sa.Table, column: sa.Column, ids: Sequence[int]
) -> Iterator[Row]:
    for chunk in chunks(ids):
        query = sa.select(table).where(column.in_(chunk))
        yield from connection.execute(query.order_by(column, table.c.position))


def _children(
    connection: Connection, attribute: str, ids: Sequence[int], fees: dict[int, list[Fee]]
) -> dict[int, list[Any]]:
    table, kind = TABLES[attribute], ITEMS[attribute]
    children: dict[int, list[Any]] = defaultdict(list)
    for row in _select_owned(connection, table, table.c.procedure_id, ids):
        more = {"fees": tuple(fees.get(row.id, ()))} if table is t.channels else {}
        children[row.procedure_id].append(from_row(kind, row._mapping, **more))
    return children


def _fees(connection: Connection, ids: Sequence[int]) -> dict[int, list[Fee]]:
    fees: dict[int, list[Fee]] = defaultdict(list)
    for chunk in chunks(ids):
        query = (
            sa.select(t.fees)
            .join(t.channels, t.channels.c.id == t.fees.c.channel_id)
            .where(t.channels.c.procedure_id.in_(chunk))
            .order_by(t.fees.c.channel_id, t.fees.c.position)
        )
        for row in connection.execute(query):
            fees[row.channel_id].append(fee_from_row(row._mapping))
    return fees


Origins = tuple[tuple[tuple[str, Source], ...], tuple[tuple[str, Dates], ...]]


def _origins(connection: Connection, ids: Sequence[int]) -> dict[int, Origins]:
    """Sources and dates of single groups of facts, by owner."""
    sources: dict[int, list[tuple[str, Source]]] = defaultdict(list)
    dates: dict[int, list[tuple[str, Dates]]] = defaultdict(list)
    source = t.sources.c
    for chunk in chunks(ids):
        query = (
            sa.select(t.fact_origins, source.title, source.url, source.checked_on)
            .outerjoin(t.sources, source.id == t.fact_origins.c.source_id)
            .where(t.fact_origins.c.procedure_id.in_(chunk))
            .order_by(t.fact_origins.c.procedure_id, t.fact_origins.c.position)
        )
        for row in connection.execute(query):
            if row.source_id is not None:
                named = Source(row.title, row.url, row.checked_on)
                sources[row.procedure_id].append((row.fact_group, named))
            held = dates_from(row._mapping)
            if held != Dates():
                dates[row.procedure_id].append((row.fact_group, held))
    owners = sources.keys() | dates.keys()
    return {owner: (tuple(sources[owner]), tuple(dates[owner])) for owner in owners}


def _phrases(connection: Connection, codes: Sequence[str]) -> dict[str, list[str]]:
    phrases: dict[str, list[str]] = defaultdict(list)
    for chunk in chunks(codes):
        query = sa.select(t.aliases.c.code, t.aliases.c.phrase).order_by(t.aliases.c.id)
        where = t.aliases.c.code.in_(chunk)
        for row in connection.execute(query.where(where)):
            if row.phrase not in phrases[row.code]:  # both layers may have it
                phrases[row.code].append(row.phrase)
    return phrases
