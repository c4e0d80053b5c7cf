"""Which ways to pay are possible for a procedure, and who says so.

What an office has published for the procedure (table `payment_methods`) goes before the flag of
online payment, this before the procedure's own text, and that before what is known in general.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from bot import clock, database
from bot.catalogue.model import Procedure
from bot.catalogue.service import records
from bot.payments.evidence import PORTAL, Evidence, evidence
from bot.payments.method_list import Method, methods
from bot.payments.tables import methods as table
from bot.sources import Source

ACCEPTED, REFUSED, GENERAL, NOT_PUBLISHED = "accepted", "refused", "general", "not_published"
# What is published for this very procedure.
PUBLISHED = (ACCEPTED, REFUSED)


@dataclass(frozen=True)
class MethodOfProcedure:
    """A way to pay for a procedure's dossiers, filed through a channel ("" for any).

    `note` is an office's remark, `quote` a piece of the procedure's own text that says so; where
    the status is general, `method.general` is all that is known.
    """

    method: Method
    status: str
    channel: str = ""
    note: str = ""
    quote: str = ""
    source: Source | None = None


def methods_of(
    procedure: Procedure, channel: str = "", on: dt.date | None = None
) -> list[MethodOfProcedure]:
    """All ways for a procedure on a day (default: today), in the order of the data file.

    With a `channel` only what holds for dossiers filed that way. A way may stand there twice,
    for different channels.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    rows = list(_rows(procedure.code, on or clock.today()))
    said = told_of(procedure, on)
    found: list[MethodOfProcedure] = []
    for method in methods().values():
        of_method = [row for row in rows if row.method is method]
        of_method = of_method or list(_flagged(procedure, method))
        of_method = of_method or list(_quoted(said, method))
        of_method = [one for one in of_method if not channel or one.channel in ("", channel)]
        found += of_method or [_general(method, channel)]
    return found


def told_of(procedure: Procedure, on: dt.date | None = None) -> tuple[Evidence, ...]:
    """What the published texts say of paying, the national record's before plainer ones.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return evidence(*reversed(records(procedure.code, on) or (procedure,)))


def _rows(code: str, on: dt.date) -> Iterator[MethodOfProcedure]:
    """What offices have published; a method that this release does not know is passed over."""
    query = (
        sa.select(table)
        .where(table.c.procedure_code == code)
        .where(sa.or_(table.c.effective_from.is_(None), table.c.effective_from <= on))
        .where(sa.or_(table.c.effective_to.is_(None), table.c.effective_to >= on))
        .order_by(table.c.channel, table.c.id)
    )
    with database.connect() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        method = methods().get(row.method)
        if method is not None:
            source = Source(row.source_title, row.source_url, row.checked_on)
            status = ACCEPTED if row.accepted else REFUSED
            yield MethodOfProcedure(method, status, row.channel, row.note, source=source)


def _flagged(procedure: Procedure, method: Method) -> Iterator[MethodOfProcedure]:
    """The flag of online payment, which is about the portal only."""
    if method.key == PORTAL and procedure.online_payment is not None:
        status = ACCEPTED if procedure.online_payment else REFUSED
        yield MethodOfProcedure(method, status, source=procedure.source_of("online_payment"))


def _quoted(said: tuple[Evidence, ...], method: Method) -> Iterator[MethodOfProcedure]:
    """One piece of text for each channel, or one for all; the first says it best."""
    pieces = {piece.channel: piece for piece in reversed(said) if piece.about == method.key}
    if "" in pieces or len({piece.quote for piece in pieces.values()}) == 1:
        first = pieces.get("") or next(iter(pieces.values()))
        pieces = {"": first}
    for channel, piece in pieces.items():
        yield MethodOfProcedure(method, ACCEPTED, channel, quote=piece.quote, source=piece.source)


def _general(method: Method, channel: str) -> MethodOfProcedure:
    if channel and channel not in method.channels:
        return MethodOfProcedure(method, NOT_PUBLISHED, channel)
    source = next(iter(method.general.sources), None)
    status = GENERAL if source is not None else NOT_PUBLISHED
    return MethodOfProcedure(method, status, channel, source=source)
