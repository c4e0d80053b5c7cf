"""What the commands about the catalogue do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot import clock, database
from bot.commands import CommandError, db_upgrade, progress
from bot.settings import settings

# Codes that a report names of each kind.
MOST_NAMED = 20


def prepare(_: argparse.Namespace) -> None:
    """Tables, seed, and the national export where the database has none yet."""
    from bot.catalogue import import_run, national_import, seed_import, service
    from bot.offices import sheet_import, units_import

    db_upgrade(_)
    seed_import.load_seed()
    units_import.import_units()
    sheet_import.load_seed()
    path = settings().catalogue_path
    # Also where a new release reads more from a record than the one that imported it.
    if path.exists() and import_run.newest_reader(national_import.KIND) != national_import.READER:
        print(f"Importing the national export from {path}", file=sys.stderr)
        _import_catalogue(path)
    count = service.statistics()["procedures"]
    print(f"The catalogue holds {count} procedures.", file=sys.stderr)


def catalogue_import(arguments: argparse.Namespace) -> None:
    """Import an export of the national database or of the portal, or files that staff wrote."""
    db_upgrade(arguments)
    _import_catalogue(
        arguments.path,
        checked_on=arguments.checked_on,
        dry_run=arguments.dry_run,
        complete=arguments.complete,
        restore=arguments.restore,
    )


def _import_catalogue(path: Path, **options: Any) -> None:
    from bot.catalogue.importing import import_path

    for report in import_path(path, progress=progress("Procedures"), **options):
        print(
            f"{'Dry run: ' if options.get('dry_run') else ''}{report.kind}: {report.read} read, "
            f"{report.kept} kept: {len(report.new)} new, {len(report.changed)} changed, "
            f"{len(report.gone)} gone, {report.unchanged} unchanged; "
            f"{len(report.rejected)} rejected. Checked on {report.checked_on}."
        )
        if report.resumed:
            print(f"  {report.resumed} of them were read by an import that was interrupted.")
        for what, codes in (
            ("new", report.new),
            ("changed", report.changed),
            ("gone", report.gone),
        ):
            if codes:
                more = f" and {len(codes) - MOST_NAMED} more" if len(codes) > MOST_NAMED else ""
                print(f"  {what}: {', '.join(codes[:MOST_NAMED])}{more}")
        for place, reason in report.rejected:
            print(f"  rejected {place}: {reason}")
        if report.shares is not None and report.shares.documents_stated:
            for line in report.shares.lines():
                print(f"  {line}")
            for code, number in report.shares.lost[:MOST_NAMED]:
                print(f"    {code}: {number}")


def catalogue_export(arguments: argparse.Namespace) -> None:
    """Write the whole catalogue: CSV files, one JSON file, a workbook, or an open-data package."""
    from bot.catalogue.sheets import export

    counts = export.export(
        arguments.path, arguments.format, clock.today(), history=arguments.history
    )
    rows = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(f"{arguments.path}: {rows}.")


def catalogue_template(arguments: argparse.Namespace) -> None:
    """Write an empty workbook (or CSV files) for staff to fill in, with a guide."""
    from bot.catalogue.sheets import template

    if arguments.csv:
        template.write_csv(arguments.path)
    elif arguments.path.exists():
        raise CommandError(f"{arguments.path} exists already; it may be somebody's work.")
    else:
        template.write_xlsx(arguments.path)
    print(f"{arguments.path} is written.")


def catalogue_history(arguments: argparse.Namespace) -> None:
    """Every state that the catalogue ever held of a procedure, or its facts on a day."""
    from bot.catalogue import repository, service

    if arguments.on is not None:
        found = service.procedure(arguments.code, arguments.on)
        if found is None:
            raise CommandError(f"{arguments.code} is not in the catalogue on {arguments.on}.")
        print(json.dumps(service.as_json(found), ensure_ascii=False, indent=1))
        return
    with database.connect() as connection:
        states = repository.history(connection, arguments.code)
    if not states:
        raise CommandError(f"{arguments.code} was never in the catalogue.")
    for state in states:
        source = state.procedure.source
        checked = source.checked_on if source else None
        print(
            f"{state.layer:9} {state.version:3}  from {state.valid_from or 'the beginning'} "
            f"until {state.valid_to or 'now'}  seen {state.procedure.known_from}  "
            f"checked {checked}  {state.procedure.name}"
        )


def catalogue_original(arguments: argparse.Namespace) -> None:
    """What a procedure was read from, letter by letter."""
    from bot.catalogue import repository

    with database.connect() as connection:
        found = repository.originals(connection, arguments.code)
    if not found:
        raise CommandError(f"No original of {arguments.code} is kept.")
    for layer, text in found.items():
        print(f"--- {layer}\n{text}")


def catalogue_stale(_: argparse.Namespace) -> None:
    """Procedures with facts that have ended, or were not checked for long."""
    from bot.catalogue import freshness

    today = clock.today()
    with database.connect() as connection:
        for item in freshness.doubtful(connection, today, settings().stale_after_days):
            print(f"{item.code}  {item.group:14} {item.reason} {item.since}  {item.name}")


def catalogue_stats(arguments: argparse.Namespace) -> None:
    """Counts of the catalogue."""
    from bot.catalogue import service
    from bot.offices import service as offices

    counts = {**service.statistics(), "offices": offices.count()}
    if arguments.json:
        print(json.dumps(counts))
    else:
        for name, count in counts.items():
            print(f"{name:16} {count:6}")


def catalogue_check(_: argparse.Namespace) -> None:
    """Hold curated facts against the national records; fails where they disagree."""
    from bot.catalogue import comparison

    today = clock.today()
    with database.connect() as connection:
        found = comparison.disagreements(connection, today)
        alone = comparison.without_record(connection, today)
    for item in found:
        print(f"{item.code}  {item.fact}: curated {item.curated}; national {item.national}")
    if alone:
        print(f"Without a national record: {', '.join(alone)}")
    if found:
        raise CommandError(f"{len(found)} curated facts disagree with the national records.")
    print("No curated fact disagrees with the national records.")


def catalogue_check_phrases(_: argparse.Namespace) -> None:
    """Citizens' phrases that are shared, only say the name, or lead elsewhere."""
    from bot.catalogue import phrase_check

    count = 0
    for fault in phrase_check.faults():
        count += 1
        others = f" ({', '.join(fault.others)})" if fault.others else ""
        print(f"{fault.code}  {fault.kind}{others}: {fault.phrase}")
    if count:
        raise CommandError(f"{count} phrases are to be mended.")
    print("No phrase is shared, only says the name, or leads elsewhere.")


def catalogue_learn(arguments: argparse.Namespace) -> None:
    """Learn what citizens' words mean from the names and phrases of the present catalogue."""
    from bot.catalogue import learning

    learnt = learning.learn(arguments.to, force=arguments.force)
    print("Learnt; running bots take it up." if learnt else "Nothing new to learn.")


def catalogue_search(arguments: argparse.Namespace) -> None:
    """The best procedures for a question."""
    from bot.catalogue import finder

    found = finder.search(
        arguments.question,
        arguments.limit,
        field=arguments.field,
        level=arguments.level,
        agency=arguments.agency,
    )
    for match in found:
        print(f"{match.score:.3f}  {match.code}  {match.level:8}  {match.name}  [{match.field}]")
        if arguments.explain:
            told = (f"{name} {part:+.3f}" for name, part in match.parts if abs(part) >= 0.0005)
            print(f"       {', '.join(told)}")
    if arguments.explain:
        print(f"Decision: {finder.explain(arguments.question)}")
