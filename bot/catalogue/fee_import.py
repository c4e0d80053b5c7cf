"""Import of the province's own fees from a CSV file into what staff have entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.engine import Connection

from bot import clock, database
from bot.catalogue import local_fees, repository, staff_records
from bot.catalogue.fact_sheet import Faults, read_lines
from bot.catalogue.fee_sheet import COLUMNS
from bot.catalogue.fee_sheet import local_fees as read_fees
from bot.catalogue.import_run import Report, in_one_transaction
from bot.catalogue.local_fees import FeesRefused, LocalFees
from bot.catalogue.model import Procedure
from bot.catalogue.staff_records import Held

KIND = "fees"
READER = 1


@dataclass
class FeeReport(Report):
    """What an import of fees did; `replaced` pairs codes with the title of the fees before."""

    replaced: list[tuple[str, str]] = field(default_factory=list)


def import_fees(path: Path, *, dry_run: bool = False) -> FeeReport:
    """Make the local fees of the procedures that a file names what it says.

    Args:
        path: CSV file, UTF-8, with the columns of `bot.catalogue.fee_sheet`.
        dry_run: report only, write nothing.

    Raises:
        ImportRefused: the file or one of its rows is not of the format, or the catalogue holds
            fees that were checked later; nothing was written.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    today = clock.today()
    faults = Faults(path)
    with database.connect() as connection:
        known = set(repository.all_codes(connection, today))
    lines = read_lines(path, COLUMNS, known, today, faults)
    fees = read_fees(lines, faults)
    faults.refuse()
    report = FeeReport(
        kind=KIND,
        read=len(lines),
        kept=len(fees),
        checked_on=max(line.source.checked_on for line in lines),
    )

    def write(connection: Connection) -> None:
        present, later = _records(connection, fees, today, faults, report)
        faults.refuse()
        report.take(staff_records.put(connection, present, later))
        done = {*report.new, *report.changed}
        report.replaced = [pair for pair in report.replaced if pair[0] in done]

    in_one_transaction(report, write, file=path.name, reader=READER, dry_run=dry_run)
    return report


def _records(
    connection: Connection,
    fees: Mapping[str, tuple[int, LocalFees]],
    today: dt.date,
    faults: Faults,
    report: FeeReport,
) -> tuple[list[Procedure], list[Procedure]]:
    """The records of today and of later with the new fees."""
    present: list[Procedure] = []
    later: list[Procedure] = []
    for code, held in staff_records.held(connection, list(fees), today).items():
        line, new = fees[code]
        before = local_fees.earlier(held.present)
        if before is not None:
            report.replaced.append((code, before.title))
        try:
            present.append(local_fees.with_fees(held.present, new, today, held.since))
            later += _later(held, new)
        except FeesRefused as error:
            faults.add(line, error)
    return present, later


def _later(held: Held, new: LocalFees) -> list[Procedure]:
    """The records that begin later, with the new fees and their own days and source."""
    records = []
    for start, record in held.later:
        changed = local_fees.with_fees(record, new, start)
        effective = replace(record.effective, effective_from=start)
        records.append(replace(changed, source=record.source, effective=effective))
    return records
