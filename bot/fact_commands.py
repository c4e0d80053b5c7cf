"""What the commands about fees, online services and published facts do."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from bot import clock, database
from bot.commands import db_upgrade

if TYPE_CHECKING:
    from bot.catalogue.import_run import Report

# Codes that a report names of each kind.
MOST_NAMED = 20


def fees_import(arguments: argparse.Namespace) -> None:
    """Import the province's own fees from a CSV file; they go before those of other sources."""
    from bot.catalogue.fee_import import import_fees

    db_upgrade(arguments)
    report = import_fees(arguments.path, dry_run=arguments.dry_run)
    _tell(report, dry_run=arguments.dry_run)
    for code, title in report.replaced[:MOST_NAMED]:
        print(f"  {code} had local fees before, of: {title}")
    if len(report.replaced) > MOST_NAMED:
        print(f"  and {len(report.replaced) - MOST_NAMED} more had local fees before")


def fees_template(arguments: argparse.Namespace) -> None:
    """Write an empty CSV file for local fees."""
    from bot.catalogue import fact_sheet, fee_sheet

    fact_sheet.write_template(arguments.path, fee_sheet.COLUMNS)
    print(f"{arguments.path} is written.")


def services_import(arguments: argparse.Namespace) -> None:
    """Import levels and flags of online services from a CSV file; empty cells stay unknown."""
    from bot.catalogue.service_import import import_services

    db_upgrade(arguments)
    report = import_services(arguments.path, dry_run=arguments.dry_run)
    _tell(report, dry_run=arguments.dry_run)


def services_template(arguments: argparse.Namespace) -> None:
    """Write an empty CSV file for levels and flags of online services."""
    from bot.catalogue import fact_sheet, service_import

    fact_sheet.write_template(arguments.path, service_import.COLUMNS)
    print(f"{arguments.path} is written.")


def catalogue_published(arguments: argparse.Namespace) -> None:
    """What the sources publish of the procedures of today, and what they do not."""
    from bot.catalogue import published, repository

    today = clock.today()
    with database.connect() as connection:
        codes = repository.all_codes(connection, today)
        found = repository.get_many(connection, codes, today)
        rows = [published.row_of(procedure) for procedure in found]
    if arguments.to is not None:
        published.write_csv(arguments.to, rows)
    if arguments.json:
        counts = published.as_json(rows, today, fields=arguments.by_field)
        print(json.dumps(counts, ensure_ascii=False))
        return
    for line in published.lines(rows, fields=arguments.by_field):
        print(line)
    if arguments.to is not None:
        print(f"{arguments.to}: {len(rows)} procedures.")


def _tell(report: Report, *, dry_run: bool) -> None:
    print(
        f"{'Dry run: ' if dry_run else ''}{report.kind}: {report.read} rows, {report.kept} "
        f"procedures: {len(report.new)} new, {len(report.changed)} changed, "
        f"{report.unchanged} unchanged. Checked on {report.checked_on}."
    )
    for what, codes in (("new", report.new), ("changed", report.changed)):
        if codes:
            more = f" and {len(codes) - MOST_NAMED} more" if len(codes) > MOST_NAMED else ""
            print(f"  {what}: {', '.join(codes[:MOST_NAMED])}{more}")
