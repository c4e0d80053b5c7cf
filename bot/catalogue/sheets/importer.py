"""Import of the catalogue's own formats: what staff wrote, or a whole export come back.

Rows that staff wrote go into the layer `staff`. Rows of other layers are written by imports
of their sources; they come in only where a whole export is restored.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import clock
from bot.catalogue import companions, layers, repository, staff_records
from bot.catalogue import tables as t
from bot.catalogue.import_run import Progress, Report, in_one_transaction
from bot.catalogue.kept_facts import with_kept
from bot.catalogue.model import LifeEvent, Procedure
from bot.catalogue.records import fingerprint
from bot.catalogue.repository import State
from bot.catalogue.row_writer import RowWriter
from bot.catalogue.sheets.contents import Contents, read_contents
from bot.catalogue.sheets.faults import Faults
from bot.catalogue.sheets.files import RawRow
from bot.catalogue.sheets.rows import Companions

KIND = "sheets"
READER = 1


def import_sheets(
    raw: Iterable[RawRow],
    file: str,
    *,
    dry_run: bool = False,
    complete: bool = False,
    restore: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Put what staff wrote into the layer `staff`, or bring a whole export back.

    Args:
        raw: rows of the file.
        file: its name, for the record of imports.
        dry_run: report only, write nothing.
        complete: the file holds all that staff ever wrote; what it lacks ends.
        restore: the file is a whole export; each layer becomes what it says.
        progress: called with the number of records written and of all.

    Raises:
        ImportRefused: rows have faults, or belong to layers that staff do not write.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    contents = read_contents(raw)
    days = [s.procedure.source.checked_on for s in contents.states if s.procedure.source]
    report = Report(
        kind=KIND,
        read=contents.rows,
        kept=len(contents.states),
        checked_on=max(days, default=clock.today()),
    )

    def write(connection: Connection) -> None:
        if restore:
            _restore(connection, contents, report)
        else:
            _put_staff(connection, contents, report, complete=complete)
        if progress:
            progress(len(contents.states), len(contents.states))

    in_one_transaction(report, write, file=file, reader=READER, dry_run=dry_run)
    return report


def _put_staff(
    connection: Connection, contents: Contents, report: Report, *, complete: bool
) -> None:
    today = clock.today()
    # What has ended, as an export with its history tells, is not to begin anew.
    states = [s for s in contents.states if s.valid_to is None or s.valid_to > today]
    strangers = [s for s in states if s.layer != t.STAFF]
    _refuse_changes(connection, strangers, contents.companions[t.CURATED], today)
    mine = [s.procedure for s in states if s.layer == t.STAFF]
    known = {p.code for p in repository.names(connection, today)}
    faults = Faults()
    for procedure in mine:
        if procedure.code not in known and not (
            procedure.name and procedure.field and procedure.level
        ):
            faults.add(procedure.code, "a new procedure needs name, field and level")
    faults.refuse()
    if not complete:
        held = staff_records.held(connection, {p.code for p in mine}, today)
        mine = [with_kept(p, held[p.code].present) for p in mine]
    # Earlier periods first, so that each begins where its source says.
    mine.sort(key=lambda p: (p.code, p.effective.effective_from or dt.date.min))
    # A file without procedures says nothing of them.
    keep = () if complete and mine else None
    for batch in _one_of_each_code(mine):
        report.take(layers.write_layer(connection, t.STAFF, batch, keep=None))
    if keep is not None:
        report.take(layers.end_others(connection, t.STAFF, {p.code for p in mine}, today))
    _put_companions(connection, contents.companions[t.STAFF], complete=complete)


def _one_of_each_code(procedures: Sequence[Procedure]) -> list[list[Procedure]]:
    """The records in rounds, each with one period of a procedure at most."""
    rounds: list[list[Procedure]] = []
    seen: dict[str, int] = defaultdict(int)
    for procedure in procedures:
        number = seen[procedure.code]
        seen[procedure.code] += 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(procedure)
    return rounds


def _refuse_changes(
    connection: Connection, states: Sequence[State], beside: Companions, day: dt.date
) -> None:
    """Rows of other layers may stand in a file, but must be what the catalogue holds.

    Raises:
        ImportRefused: one of them differs.
    """
    faults = Faults()
    held = repository.all_states(connection, day) if states else ()
    known = {_identity(state) for state in held}
    differing = [
        f"{state.procedure.code}, layer {state.layer}"
        for state in states
        if _identity(state) not in known
    ]
    for kind in _KINDS:
        ours = set(getattr(companions, kind)(connection, t.CURATED))
        new = [item for item in getattr(beside, kind) if item not in ours]
        differing += [f"{_name_of(item)} in {kind}, layer {t.CURATED}" for item in new]
    for place in differing:
        faults.add(
            place,
            "differs from the catalogue. Write a correction as a row of layer staff "
            "(or with an empty layer); to bring a whole export back use --restore",
        )
    faults.refuse()


def _identity(state: State) -> tuple[str, str, str, str]:
    """What makes a state the same: its layer, its facts, and who says so."""
    source = state.procedure.source
    title, url = (source.title, source.url) if source else ("", "")
    return state.layer, fingerprint(state.procedure), title, url


def _name_of(companion: Any) -> str:
    return companion.key if isinstance(companion, LifeEvent) else companion[0]


def _put_companions(connection: Connection, given: Companions, *, complete: bool) -> None:
    def joined(kind: str) -> list:
        new = getattr(given, kind)
        if complete and new:
            return new
        old = getattr(companions, kind)(connection, t.STAFF)
        if kind in ("aliases", "lexicon"):
            return [*old, *new]
        names = {_name_of(item) for item in new}
        kept = [item for item in old if _name_of(item) not in names]
        return [*kept, *new]

    _write_companions(connection, t.STAFF, *(joined(kind) for kind in _KINDS))


_KINDS = ("aliases", "lexicon", "life_events", "general_facts")


def _write_companions(
    connection: Connection, layer: str, aliases: list, lexicon: list, events: list, facts: list
) -> None:
    companions.replace_aliases(connection, layer, aliases)
    companions.replace_lexicon(connection, layer, lexicon)
    companions.replace_life_events(connection, layer, events)
    companions.replace_general_facts(connection, layer, facts)


def _restore(connection: Connection, contents: Contents, report: Report) -> None:
    """Make the catalogue what the export says, with every state that it holds."""
    columns = t.procedures.c
    before = {
        (row.layer, row.code): row.fingerprint
        for row in connection.execute(
            sa.select(columns.layer, columns.code, columns.fingerprint).order_by(columns.version)
        )
    }
    connection.execute(sa.delete(t.procedures))
    writer = RowWriter(connection)
    after: dict[tuple[str, str], str] = {}
    for state in sorted(contents.states, key=lambda s: (s.layer, s.procedure.code, s.version)):
        mark = fingerprint(state.procedure)
        after[state.layer, state.procedure.code] = mark
        writer.add(
            replace(state.procedure, aliases=()),
            layer=state.layer,
            version=state.version,
            fingerprint=mark,
            raw_hash="",
            valid_from=state.valid_from,
            valid_to=state.valid_to,
            known_from=state.procedure.known_from,
        )
    writer.flush()
    report.new = [code for layer, code in after if (layer, code) not in before]
    report.gone = [code for layer, code in before if (layer, code) not in after]
    changed = [key for key in after if key in before and before[key] != after[key]]
    report.changed = [code for _, code in changed]
    report.unchanged = len(after) - len(report.new) - len(changed)
    for layer, given in contents.companions.items():
        _write_companions(connection, layer, *(getattr(given, kind) for kind in _KINDS))
    layers.raise_revision(connection)
