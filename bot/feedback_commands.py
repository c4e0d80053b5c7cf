"""What the commands about feedback do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot import clock
from bot.commands import CommandError, db_upgrade

if TYPE_CHECKING:
    from bot.support.ticket import Ticket


def feedback_list(arguments: argparse.Namespace) -> None:
    """List tickets with where they go and by when they are answered, the oldest first."""
    from bot.support import tickets

    db_upgrade(arguments)
    for ticket in tickets.listed(arguments.state, arguments.kind or ""):
        due = f"{clock.in_vietnam(ticket.due_at):%Y-%m-%d %H:%M}" if ticket.due_at else "-"
        made = f"{clock.in_vietnam(ticket.made_at):%Y-%m-%d %H:%M}"
        route = ", ".join(filter(None, (ticket.agency, ticket.field))) or "-"
        print(f"{ticket.code}  {made}  due {due}  {ticket.state:8} {ticket.kind:12} {route}")


def feedback_export(arguments: argparse.Namespace) -> None:
    """Write a ticket, or all open ones, as signed slips with envelopes."""
    from bot.rendering import ticket_slip
    from bot.support import export
    from bot.support.signing import SigningRefused, default_signer

    if bool(arguments.code) == arguments.all_open:
        raise CommandError("Name one ticket, or --all-open.")
    db_upgrade(arguments)
    try:
        signer = default_signer()
        written = export.export(
            _chosen(arguments), arguments.to, ticket_slip.draw, signer, replace=arguments.replace
        )
    except (SigningRefused, export.ExportRefused, ticket_slip.FontMissing) as error:
        raise CommandError(str(error)) from error
    for path in written:
        print(path)
    print(f"{len(written)} exported, signed by {signer.subject}.")


def feedback_keygen(arguments: argparse.Namespace) -> None:
    """Make a key and a certificate that it signs itself, for trying."""
    from bot.support.signing import SigningRefused, make_trial_pair

    try:
        key, certificate = make_trial_pair(arguments.folder)
    except (SigningRefused, OSError) as error:
        raise CommandError(str(error)) from error
    print(f"BOT_SIGNING_KEY={key.resolve()}")
    print(f"BOT_SIGNING_CERTIFICATE={certificate.resolve()}")
    print("For trying only: no authority vouches for this certificate.")


def _chosen(arguments: argparse.Namespace) -> list[Ticket]:
    from bot.support import tickets

    if arguments.all_open:
        return tickets.listed()
    found = tickets.by_code(arguments.code)
    if found is None:
        raise CommandError(f"There is no ticket {arguments.code}.")
    return [found]
