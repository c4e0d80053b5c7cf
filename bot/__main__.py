"""Administration from the command line: `python -m bot --help`."""

from __future__ import annotations

import argparse
import datetime as dt
import errno
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import database
from bot.settings import SettingsError, settings


class CommandError(Exception):
    """A command failed for a reason that its user can mend."""


def _progress(label: str) -> Callable[[int, int], None]:
    """Prints at most one line per tenth; a terminal and a log file read the same."""
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        tenth = 10 * done // max(total, 1)
        if tenth != shown:
            shown = tenth
            print(f"{label}: {done} of {total}", file=sys.stderr, flush=True)

    return report


def prepare(_: argparse.Namespace) -> None:
    """Tables, seed, and the national export where the database has none yet."""
    from bot.catalogue import seed_import, service
    from bot.offices import units_import

    db_upgrade(_)
    seed_import.load_seed()
    units_import.import_units()
    known = service.statistics()
    path = settings().catalogue_path
    if known["procedures"] == known["curated"] and path.exists():
        print(f"Importing the national export from {path}", file=sys.stderr)
        _import_catalogue(path, checked_on=None, dry_run=False)
    count = service.statistics()["procedures"]
    print(f"The catalogue holds {count} procedures.", file=sys.stderr)


def db_upgrade(_: argparse.Namespace) -> None:
    """Bring the database to the newest schema."""
    from bot.migrations.runner import upgrade

    upgrade()


def catalogue_import(arguments: argparse.Namespace) -> None:
    """Import the national export."""
    db_upgrade(arguments)
    _import_catalogue(arguments.path, arguments.checked_on, arguments.dry_run)


def _import_catalogue(path: Path, checked_on: dt.date | None, dry_run: bool) -> None:
    from bot.catalogue.national_import import ImportRefused, import_export

    try:
        report = import_export(
            path, checked_on=checked_on, dry_run=dry_run, progress=_progress("Procedures")
        )
    except ImportRefused as error:
        raise CommandError(f"{error} Nothing was changed.") from error
    print(
        f"{'Dry run: ' if dry_run else ''}{report.read} records read, {report.kept} for the "
        f"province: {len(report.new)} new, {len(report.changed)} changed, {len(report.gone)} gone, "
        f"{report.unchanged} unchanged; {len(report.rejected)} rejected. "
        f"Checked on {report.checked_on}."
    )
    for code, reason in report.rejected[:20]:
        print(f"  rejected {code}: {reason}")


def catalogue_stats(arguments: argparse.Namespace) -> None:
    """Counts of the catalogue."""
    from bot.catalogue import service

    counts = service.statistics()
    if arguments.json:
        print(json.dumps(counts))
    else:
        for name, count in counts.items():
            print(f"{name:16} {count:6}")


def catalogue_check(_: argparse.Namespace) -> None:
    """Hold curated facts against the national records; fails where they disagree."""
    from bot.catalogue import comparison

    with database.connect() as connection:
        found = comparison.disagreements(connection)
        alone = comparison.without_record(connection)
    for item in found:
        print(f"{item.code}  {item.fact}: curated {item.curated}; national {item.national}")
    if alone:
        print(f"Without a national record: {', '.join(alone)}")
    if found:
        raise CommandError(f"{len(found)} curated facts disagree with the national records.")
    print("No curated fact disagrees with the national records.")


def catalogue_search(arguments: argparse.Namespace) -> None:
    """The best procedures for a question."""
    from bot.catalogue import finder

    for match in finder.search(arguments.question, arguments.limit):
        print(f"{match.score:.3f}  {match.code}  {match.level:8}  {match.name}  [{match.field}]")


def dossiers_import(arguments: argparse.Namespace) -> None:
    """Import dossiers from a CSV file."""
    from bot.dossiers.csv_import import ImportRefused, import_dossiers

    db_upgrade(arguments)
    try:
        report = import_dossiers(arguments.path)
    except ImportRefused as error:
        raise CommandError(f"{error}\nNothing was changed.") from error
    print(f"{report.new} new, {report.updated} updated.")


def offices_import(arguments: argparse.Namespace) -> None:
    """Import the table of old and new administrative units from a CSV file."""
    from bot.offices.units_import import ImportRefused, import_units

    db_upgrade(arguments)
    try:
        report = import_units(arguments.path)
    except ImportRefused as error:
        raise CommandError(f"{error} Nothing was changed.") from error
    state = "written" if report.changed else "unchanged"
    print(f"{report.rows} rows, {report.units} units of today: {state}.")


def train(arguments: argparse.Namespace) -> None:
    """Train unless the model is current."""
    from bot.engine.training import TrainingFailed
    from bot.engine.training import train as train_model

    try:
        model, trained = train_model(force=arguments.force)
    except TrainingFailed as error:
        raise CommandError(str(error)) from error
    print(f"{model.name}: {'trained' if trained else 'is current'}", file=sys.stderr)


def _model() -> Path:
    from bot.engine.training import current_model

    model = current_model()
    if not model.exists():
        raise CommandError("There is no current model: run scripts/train.")
    return model


def serve(_: argparse.Namespace) -> None:
    """Run the server."""
    from bot.engine import quiet

    quiet.configure()
    from bot.engine import server
    from bot.engine.ports import PortTaken

    try:
        server.serve(_model(), settings())
    except PortTaken as error:
        raise CommandError(str(error)) from error


def check_port(_: argparse.Namespace) -> None:
    """Fail early if the port is taken."""
    from bot.engine.ports import PortTaken, check_port

    try:
        check_port(settings().host, settings().port)
    except PortTaken as error:
        raise CommandError(str(error)) from error


def shell(arguments: argparse.Namespace) -> None:
    """Talk in the terminal, or see intents."""
    from bot.engine import quiet

    quiet.configure()
    from bot.engine import shell as shells
    from bot.engine.ports import PortTaken

    try:
        if arguments.nlu:
            shells.show_intents(_model())
        else:
            shells.talk(_model(), settings())
    except PortTaken as error:
        raise CommandError(str(error)) from error


def explain(arguments: argparse.Namespace) -> None:
    """What the bot understands of messages."""
    from bot.engine import quiet

    quiet.configure()
    from bot.engine.explain import explain_lines

    if arguments.message and arguments.json:
        raise CommandError("Give either a message or --json with messages on standard input.")
    if not arguments.message and not arguments.json:
        raise CommandError("Give a message, or --json with messages on standard input.")
    if arguments.json:
        stdin = open(sys.stdin.fileno(), encoding="utf-8-sig", errors="replace", closefd=False)
        explain_lines(_model(), stdin)
    else:
        from bot.engine import agent as agents
        from bot.engine import shell as shells

        print(shells.describe(agents.load_now(_model()), arguments.message))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date as YYYY-MM-DD") from None


def _limit(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("a whole number from 1 to 100 is wanted")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """All commands with their arguments."""
    main_parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = main_parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        group: argparse._SubParsersAction[argparse.ArgumentParser],
        name: str,
        run: Callable[[argparse.Namespace], None],
    ) -> argparse.ArgumentParser:
        command = group.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        return command

    catalogue = commands.add_parser("catalogue", help="The catalogue of procedures.")
    catalogue_group = catalogue.add_subparsers(required=True, metavar="COMMAND")
    command = add(catalogue_group, "import", catalogue_import)
    command.add_argument("path", type=Path, help="folder of the export, or its archive")
    command.add_argument("--dry-run", action="store_true", help="report only, write nothing")
    command.add_argument("--checked-on", type=_day, help="day of the export, YYYY-MM-DD")
    command = add(catalogue_group, "stats", catalogue_stats)
    command.add_argument("--json", action="store_true")
    add(catalogue_group, "check", catalogue_check)
    command = add(catalogue_group, "search", catalogue_search)
    command.add_argument("question")
    command.add_argument("--limit", type=_limit, default=10)

    dossiers = commands.add_parser("dossiers", help="Dossiers of citizens.")
    dossiers_group = dossiers.add_subparsers(required=True, metavar="COMMAND")
    command = add(dossiers_group, "import", dossiers_import)
    command.add_argument("path", type=Path, help="CSV file, UTF-8")

    offices = commands.add_parser("offices", help="Administrative units and offices.")
    offices_group = offices.add_subparsers(required=True, metavar="COMMAND")
    command = add(offices_group, "import", offices_import)
    command.add_argument("path", type=Path, help="CSV file, UTF-8")

    db = commands.add_parser("db", help="The database.")
    add(db.add_subparsers(required=True, metavar="COMMAND"), "upgrade", db_upgrade)

    command = add(commands, "explain", explain)
    command.add_argument("message", nargs="?")
    command.add_argument("--json", action="store_true", help="messages on standard input")
    add(commands, "train", train).add_argument("--force", action="store_true")
    add(commands, "prepare", prepare)
    add(commands, "check-port", check_port)
    add(commands, "serve", serve)
    command = add(commands, "shell", shell)
    command.add_argument("--nlu", action="store_true", help="show intents, not answers")
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    parsed = parser().parse_args(arguments)
    try:
        parsed.run(parsed)
    except (CommandError, SettingsError, database.DatabaseUnavailable) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno == errno.ENOSPC:
            print("Error: the disk is full. Free some space and run this again.", file=sys.stderr)
        elif error.errno == errno.EPIPE:
            return 1
        else:
            print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
