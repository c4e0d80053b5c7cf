"""Import of online services' levels and flags from a CSV file into what staff have entered.

An empty cell says nothing: what is known stays, what is unknown stays unknown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from bot import clock, database
from bot.catalogue import repository, staff_records
from bot.catalogue.fact_sheet import (
    CODE_COLUMN,
    FROM,
    SOURCE_COLUMNS,
    Faults,
    Line,
    by_code,
    column,
    read_lines,
)
from bot.catalogue.import_run import Report, in_one_transaction
from bot.catalogue.model import FLAGS, OPEN, SERVICE_LEVELS, Dates, Procedure
from bot.catalogue.sheets.spec import BOOLEAN
from bot.catalogue.staff_records import Held

KIND = "services"
READER = 1
COLUMNS = (
    CODE_COLUMN,
    column("service_level"),
    column("online", BOOLEAN),
    column("online_payment", BOOLEAN),
    FROM,
    *SOURCE_COLUMNS,
)
FULL, PARTIAL, INFORMATION = SERVICE_LEVELS


class FlagsRefused(ValueError):
    """Flags cannot be put into a record as it is."""


def import_services(path: Path, *, dry_run: bool = False) -> Report:
    """Take in the levels and flags of a file, each with its source and day.

    Args:
        path: CSV file, UTF-8, with the columns `COLUMNS`.
        dry_run: report only, write nothing.

    Raises:
        ImportRefused: the file or one of its rows is not of the format, or the catalogue holds
            what was checked later; nothing was written.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    today = clock.today()
    faults = Faults(path)
    with database.connect() as connection:
        known = set(repository.all_codes(connection, today))
    lines = read_lines(path, COLUMNS, known, today, faults)
    rows = _one_of_each(lines, faults)
    faults.refuse()
    days = [line.source.checked_on for line in lines]
    report = Report(kind=KIND, read=len(lines), kept=len(rows), checked_on=max(days))

    def write(connection: Connection) -> None:
        present: list[Procedure] = []
        later: list[Procedure] = []
        for code, held in staff_records.held(connection, list(rows), today).items():
            try:
                present.append(with_flags(held.present, rows[code], today, held.since))
                later += _later(held, rows[code])
            except FlagsRefused as error:
                faults.add(rows[code].number, error)
        faults.refuse()
        report.take(staff_records.put(connection, present, later))

    in_one_transaction(report, write, file=path.name, reader=READER, dry_run=dry_run)
    return report


def told(line: Line) -> dict[str, Any]:
    """The flags that a row tells."""
    return {name: line.values[name] for name in FLAGS if line.values[name] not in (None, "")}


def with_flags(
    record: Procedure, line: Line, day: dt.date, since: dt.date | None = None
) -> Procedure:
    """The record of a day with the flags of a row.

    Raises:
        FlagsRefused: the record's flags were checked later, or hold another value until those of
            the row begin.
    """
    sources, dates = staff_records.origins(record)
    for name, value in told(line).items():
        before = getattr(record, name)
        is_known = before not in (None, "")
        if is_known and sources[name].checked_on > line.source.checked_on:
            raise FlagsRefused(
                f"{name}: the catalogue holds what was checked on {sources[name].checked_on}, "
                "later than this"
            )
        if is_known and before != value and not line.dates.begun(day):
            raise FlagsRefused(
                f"{name}: {before} holds until this begins; import it from "
                f"{line.dates.effective_from} on"
            )
        record = replace(record, **{name: value})
        sources[name] = line.source
        dates.pop(name, None)
        if line.dates != OPEN:
            dates[name] = Dates(line.dates.effective_from)
    return staff_records.completed(record, sources, dates, line.source, since)


def _later(held: Held, line: Line) -> list[Procedure]:
    """The records that begin later, with the flags and their own days and source."""
    records = []
    for start, record in held.later:
        changed = with_flags(record, line, start)
        effective = replace(record.effective, effective_from=start)
        records.append(replace(changed, source=record.source, effective=effective))
    return records


def _one_of_each(lines: list[Line], faults: Faults) -> dict[str, Line]:
    """The row of each procedure; `faults` gets those that repeat it or contradict themselves."""
    found: dict[str, Line] = {}
    for code, rows in by_code(lines, faults):
        found[code] = rows[0]
        for line in rows[1:]:
            faults.add(line.number, f"{code} stands in line {rows[0].number} already")
        for line in rows:
            _check(line, faults)
    return found


def _check(line: Line, faults: Faults) -> None:
    level, online = line.values["service_level"], line.values["online"]
    if level and level not in SERVICE_LEVELS:
        faults.add(
            line.number, f"service_level: {level[:20]!r} is none of {', '.join(SERVICE_LEVELS)}"
        )
    elif not told(line):
        faults.add(line.number, "tells nothing: service_level, online, online_payment are empty")
    elif (level in (FULL, PARTIAL) and online is False) or (level == INFORMATION and online):
        faults.add(line.number, f"service_level {level} contradicts online {int(online)}")
