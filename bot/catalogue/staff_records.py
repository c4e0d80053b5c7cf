"""Adding single facts to what staff have entered, without touching the rest of it.

A layer holds whole records. A record that takes in a fact of another source keeps for every
other group of facts the source and the days that it had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from bot.catalogue import layers, repository
from bot.catalogue import tables as t
from bot.catalogue.model import FACT_GROUPS, FEE_GROUPS, OPEN, Dates, Procedure
from bot.catalogue.records import Changes
from bot.catalogue.row_writer import wait_for_turn
from bot.catalogue.ways import CHANNELS, has_own_fees, split
from bot.sources import Source

Sources = dict[str, Source]
GroupDates = dict[str, Dates]


@dataclass(frozen=True)
class Held:
    """What staff have entered of a procedure: today's record, and those that begin later.

    `since`: from when today's is the answer, None without beginning.
    """

    present: Procedure
    since: dt.date | None = None
    later: tuple[tuple[dt.date, Procedure], ...] = ()


def held(connection: Connection, codes: Collection[str], today: dt.date) -> dict[str, Held]:
    """The records of these codes in the layer of staff; an empty one where there is none.

    No other importer changes them until the transaction ends.
    """
    wait_for_turn(connection)
    found = {code: Held(Procedure(code, "", "", "")) for code in codes}
    for state in repository.states_of_layer(connection, t.STAFF, codes, today):
        code, start = state.procedure.code, state.valid_from
        if start is None or start <= today:
            found[code] = replace(found[code], present=state.procedure, since=start)
        else:
            later = (*found[code].later, (start, state.procedure))
            found[code] = replace(found[code], later=later)
    return found


def origins(record: Procedure) -> tuple[Sources, GroupDates]:
    """The source and days of every group of facts that a record holds, each by itself."""
    groups = [group for group in FACT_GROUPS if getattr(record, group) not in (None, "", ())]
    if has_own_fees(record) and not split(record)[0] and CHANNELS in groups:
        # Fees alone are no facts about the ways to file.
        groups.remove(CHANNELS)
    own = {group for group, _ in (*record.sources, *record.dates)}
    groups += [group for group in FEE_GROUPS if group in own]
    sources = {g: source for g in groups if (source := record.source_of(g)) is not None}
    return sources, {g: days for g in groups if (days := record.dates_of(g)) != OPEN}


def completed(
    record: Procedure,
    sources: Sources,
    dates: GroupDates,
    newest: Source,
    since: dt.date | None = None,
) -> Procedure:
    """A record of today with these sources and days of its groups, as checked with `newest`.

    It begins on the day of the newest check, so that what was told before stays in the history,
    but not before `since`, from when the record that it replaces is the answer.
    """
    source = record.source
    if source is None or source.checked_on <= newest.checked_on:
        source = newest
    begins_later = since is not None and since > source.checked_on
    return replace(
        record,
        source=source,
        effective=Dates(since) if begins_later else OPEN,
        sources=tuple(sorted(sources.items())),
        dates=tuple(sorted(dates.items())),
    )


def put(
    connection: Connection, present: Iterable[Procedure], later: Sequence[Procedure]
) -> Changes:
    """Write the records of today, then those that begin later; counted are today's."""
    changes = layers.write_layer(connection, t.STAFF, present, keep=None)
    waiting = list(later)
    while waiting:
        # One of each code at a time: a layer takes a record's states one after the other.
        batch = list({record.code: record for record in reversed(waiting)}.values())
        layers.write_layer(connection, t.STAFF, batch, keep=None)
        waiting = [record for record in waiting if all(record is not done for done in batch)]
    return changes
