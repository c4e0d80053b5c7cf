"""What the commands about tickets and ratings do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot import clock
from bot.commands import CommandError, db_upgrade

if TYPE_CHECKING:
    from bot.support.ratings import Tally

# What a terminal would obey instead of showing it.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def tickets_list(arguments: argparse.Namespace) -> None:
    """List tickets, the oldest first."""
    from bot.support import tickets

    db_upgrade(arguments)
    for ticket in tickets.listed(arguments.state):
        about = f"{ticket.kind} {ticket.dossier_code}".strip()
        print(f"{ticket.code}  {_in_vietnam(ticket.made_at)}  {ticket.state:8} {about}")
        _print_texts(("", ticket.text), ("answer: ", ticket.answer))


def tickets_answer(arguments: argparse.Namespace) -> None:
    """Answer a ticket; the citizen may read it."""
    from bot.support import tickets

    db_upgrade(arguments)
    with _refusals():
        print(f"{tickets.answer(arguments.code, arguments.text).code} is answered.")


def tickets_close(arguments: argparse.Namespace) -> None:
    """Close a ticket."""
    from bot.support import tickets

    db_upgrade(arguments)
    with _refusals():
        print(f"{tickets.close(arguments.code).code} is closed.")


def ratings_list(arguments: argparse.Namespace) -> None:
    """List what citizens think of answers, the newest first."""
    from bot.support import ratings

    db_upgrade(arguments)
    found = ratings.find(_start_of(arguments.since), arguments.rating)
    if arguments.json:
        rows = [
            {**dataclasses.asdict(item), "made_at": f"{item.made_at.isoformat()}Z"}
            for item in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for item in found:
        about = " ".join(filter(None, (item.reason, item.topic, item.procedure_code)))
        line = f"{_in_vietnam(item.made_at)}  {item.channel:8} {item.rating:4} {about}"
        print(line.rstrip())
        _print_texts(("question: ", item.question), ("comment: ", item.comment))


def ratings_stats(arguments: argparse.Namespace) -> None:
    """Count good and bad ratings and the reasons of the bad ones, by topic."""
    from bot.support import ratings

    db_upgrade(arguments)
    counted = ratings.stats(_start_of(arguments.since))
    for topic, tally in counted.topics.items():
        _print_tally(topic or "(none)", tally)
    _print_tally("all", counted.total)


def _print_tally(name: str, tally: Tally) -> None:
    most_first = sorted(tally.reasons.items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{reason or 'no reason'} {count}" for reason, count in most_first)
    print(f"{name:24} {tally.good:6} good {tally.bad:6} bad  {reasons}".rstrip())


def _print_texts(*texts: tuple[str, str]) -> None:
    """One line for each text that is there, behind its label."""
    for label, text in texts:
        if text:
            print(f"    {label}{' '.join(_CONTROL.sub(' ', text).split())}")


@contextmanager
def _refusals() -> Iterator[None]:
    from bot.support.tickets import TicketRefused

    try:
        yield
    except TicketRefused as error:
        raise CommandError(str(error)) from error


def _in_vietnam(moment: dt.datetime) -> str:
    return f"{clock.in_vietnam(moment):%Y-%m-%d %H:%M:%S}"


def _start_of(day: dt.date | None) -> dt.datetime | None:
    """The first moment of a day in Vietnam, as it is stored (UTC, without a zone)."""
    # Before the calendar's first day there is no moment that UTC could name.
    if day is None or day == dt.date.min:
        return None
    start = dt.datetime.combine(day, dt.time(), clock.VIETNAM)
    return start.astimezone(dt.timezone.utc).replace(tzinfo=None)
