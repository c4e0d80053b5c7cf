"""What the commands about dossiers and retention do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import asyncio

from bot import clock
from bot.commands import CommandError, db_upgrade
from bot.settings import settings

# Letters of a keyed hash by which an operator tells one asker from another.
SHOWN_OF_HASH = 8


def dossiers_import(arguments: argparse.Namespace) -> None:
    """Import dossiers from a CSV file."""
    from bot.dossiers.csv_import import import_dossiers

    db_upgrade(arguments)
    report = import_dossiers(arguments.path)
    print(f"{report.new} new, {report.updated} updated.")


def dossiers_poll(arguments: argparse.Namespace) -> None:
    """Ask now for the dossiers that citizens want to be told of; the server tells them."""
    from bot.dossiers.gateway import gateway
    from bot.dossiers.poll import poll

    db_upgrade(arguments)
    report = asyncio.run(poll(gateway()))
    print(f"{report.checked} checked, {report.changed} changed, {report.unknown} unknown.")
    if report.failed:
        raise CommandError(
            f"{report.failed} dossiers could not be asked for, {report.left} were left out; "
            "the next poll asks again."
        )


def dossiers_audit(arguments: argparse.Namespace) -> None:
    """Show every try to look a dossier up: time in Vietnam, channel, way, outcome, who."""
    from bot.codes import normalise_dossier_code
    from bot.dossiers import audit

    code = normalise_dossier_code(arguments.code)
    if code is None:
        raise CommandError(f"{arguments.code!r} is not a dossier code.")
    db_upgrade(arguments)
    entries = audit.entries(code)
    for entry in entries:
        session, address = entry.session_hash[:SHOWN_OF_HASH], entry.address_hash[:SHOWN_OF_HASH]
        tried_at = f"{clock.in_vietnam(entry.tried_at):%Y-%m-%d %H:%M:%S}"
        print(
            f"{tried_at}  {entry.channel:8} {entry.way:14} {entry.outcome:12} "
            f"session {session or 'unknown'}  address {address or 'unknown'}"
        )
    print(f"{len(entries)} tries of {code}.")


def retention_run(arguments: argparse.Namespace) -> None:
    """Delete what has been kept long enough, as the server does once a day."""
    from bot import retention

    db_upgrade(arguments)
    prefix = "Dry run: " if arguments.dry_run else ""
    counts = retention.purge(dry_run=arguments.dry_run)
    for name, count in {**counts, **_purged_conversations(arguments.dry_run)}.items():
        print(f"{prefix}{name:16} {count:6}")


def _purged_conversations(dry_run: bool) -> dict[str, int]:
    """Those of the tracker store that endpoints.yml names; a server forgets its own memory."""
    from bot.engine import quiet

    quiet.configure()
    from bot.engine import erasure

    count = erasure.purge_named_store(settings(), dry_run=dry_run)
    return {} if count is None else {"conversations": count}
