"""What the commands about ways to pay do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse

from bot.commands import CommandError, db_upgrade


def methods_import(arguments: argparse.Namespace) -> None:
    """Import the ways to pay that offices have published; a file's procedures are replaced."""
    from bot.payments.methods_import import import_methods

    db_upgrade(arguments)
    report = import_methods(arguments.path, dry_run=arguments.dry_run)
    print(
        f"{'Dry run: ' if arguments.dry_run else ''}{report.rows} rows: {report.new} procedures "
        f"new, {report.changed} changed, {report.unchanged} unchanged."
    )


def methods_list(arguments: argparse.Namespace) -> None:
    """Which ways to pay are possible for a procedure, and who says so."""
    from bot.catalogue import service
    from bot.payments.methods import methods_of

    db_upgrade(arguments)
    procedure = service.procedure(arguments.code)
    if procedure is None:
        raise CommandError(f"{arguments.code} is not in the catalogue.")
    print(f"{procedure.code}  {procedure.name}")
    for way in methods_of(procedure, arguments.channel):
        source = f"{way.source.title}, {way.source.checked_on}" if way.source else "no source"
        said = f'  "{way.quote}"' if way.quote else f"  {way.note}" if way.note else ""
        channel = way.channel or "any"
        print(f"{way.method.key:18} {channel:7} {way.status:13} {source}{said}")
