"""What the administration's commands do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import settings

if TYPE_CHECKING:
    from bot.engine.intent_report import Understood


class CommandError(Exception):
    """A command failed for a reason that its user can mend."""


def progress(label: str) -> Callable[[int, int], None]:
    """Prints at most one line per tenth; a terminal and a log file read the same."""
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        tenth = 10 * done // max(total, 1)
        if tenth != shown:
            shown = tenth
            print(f"{label}: {done} of {total}", file=sys.stderr, flush=True)

    return report


def db_upgrade(_: argparse.Namespace) -> None:
    """Bring the database to the newest schema."""
    from bot.migrations.runner import upgrade

    upgrade()


def offices_import(arguments: argparse.Namespace) -> None:
    """Import units, offices, hours or digital teams from a CSV file; its header tells which."""
    from bot.offices import sheet_import, sheets
    from bot.offices.units_import import import_units

    db_upgrade(arguments)
    path, dry_run = arguments.path, arguments.dry_run
    prefix = "Dry run: " if dry_run else ""
    if sheet_import.kind_of(path) == sheets.UNITS:
        table = import_units(path, dry_run=dry_run)
        state = "changed" if table.changed else "unchanged"
        print(f"{prefix}{table.rows} rows, {table.units} units of today: {state}.")
        return
    report = sheet_import.import_sheet(path, dry_run=dry_run)
    counted = "offices' hours" if report.kind == sheets.HOURS.name else report.kind
    print(
        f"{prefix}{counted}: {report.new} new, {report.changed} changed, "
        f"{report.unchanged} unchanged."
    )


def offices_export(arguments: argparse.Namespace) -> None:
    """Export units, offices, hours or digital teams to a CSV file that can be imported."""
    from bot.offices.csv_export import export

    db_upgrade(arguments)
    print(f"{export(arguments.kind, arguments.path)} rows written to {arguments.path}.")


def offices_template(arguments: argparse.Namespace) -> None:
    """Write empty CSV files and a guide (in Vietnamese) into a folder."""
    from bot.offices.csv_export import write_templates

    for path in write_templates(arguments.folder):
        print(path)


def train(arguments: argparse.Namespace) -> None:
    """Train unless the model is current."""
    from bot.engine.training import learn_search
    from bot.engine.training import train as train_model

    model, trained = train_model(force=arguments.force)
    print(f"{model.name}: {'trained' if trained else 'is current'}", file=sys.stderr)
    classifier, learnt = learn_search(force=arguments.force)
    print(f"{classifier.name}: {'learnt' if learnt else 'is current'}", file=sys.stderr)


def _model() -> Path:
    from bot.engine.training import current_model

    model = current_model()
    if not model.exists():
        raise CommandError("There is no current model: run scripts/train.")
    return model


def _quiet() -> None:
    """Before anything of Rasa is imported."""
    from bot.engine import quiet

    quiet.configure()


def serve(_: argparse.Namespace) -> None:
    """Run the server."""
    _quiet()
    from bot.engine import server

    server.serve(_model(), settings())


def check_port(_: argparse.Namespace) -> None:
    """Fail early if the port is taken."""
    from bot.engine import ports

    ports.check_port(settings().host, settings().port)


def shell(arguments: argparse.Namespace) -> None:
    """Talk in the terminal, or see intents."""
    _quiet()
    from bot.engine import shell as shells

    if arguments.nlu:
        shells.show_intents(_model())
    else:
        shells.talk(_model(), settings())


def explain(arguments: argparse.Namespace) -> None:
    """What the bot understands of messages."""
    if bool(arguments.message) == arguments.json:
        raise CommandError("Give either a message, or --json with messages on standard input.")
    _quiet()
    if arguments.json:
        from bot.engine.explain import explain_lines

        # Lines end with a line feed only: a message may hold any other character.
        with open(
            sys.stdin.fileno(), encoding="utf-8-sig", errors="replace", newline="\n", closefd=False
        ) as lines:
            explain_lines(_model(), lines)
    else:
        from bot.engine import agent as agents
        from bot.engine import shell as shells

        print(shells.describe(agents.load_now(_model()), arguments.message))


def nlu_check(_: argparse.Namespace) -> None:
    """Training messages that are too much alike, and the number of messages of each intent."""
    from collections import Counter

    from bot.nlu import messages

    try:
        known = messages.read_messages()
    except messages.MessagesError as error:
        raise CommandError(f"data/nlu/{error}") from error
    pairs = messages.alike(known)
    for pair in pairs:
        kind = "other intents" if pair.is_contradiction else "+".join(pair.one.intents)
        print(
            f"{pair.other.file}: {pair.other.text}\n  as {pair.one.file}: {pair.one.text} ({kind})"
        )
    for intent, count in sorted(Counter(m.intents[0] for m in known).items()):
        print(f"{count:5}  {intent}")
    if pairs:
        raise CommandError(f"{len(pairs)} messages are like others: leave one of each pair out.")
    print(f"{len(known)} messages, none like another.")


def test_intents(arguments: argparse.Namespace) -> None:
    """Test how the messages of a file are understood; write a report (HTML, in Vietnamese)."""
    from bot import clock
    from bot.engine import intent_file, intent_report, intent_scores

    source = arguments.relative_to / arguments.file
    default = settings().var_dir / f"intents-{source.stem}.html"
    output = arguments.relative_to / arguments.output if arguments.output else default
    messages = intent_file.read(source, intent_file.known_intents(), settings().max_message_length)
    intent_file.check_output(output, source)
    model = _model()
    name = model.name.partition(".")[0]
    understood = _understood(model, [message.text for message in messages])
    report = intent_report.Report(source.name, name, clock.today(), messages, understood)
    intent_file.write(output, intent_report.render(report))
    if report.is_labelled:
        result = intent_scores.score(report.pairs)
        print(
            f"{result.number} messages, {result.share_right:.1%} right, "
            f"macro-F1 {result.macro_f1:.3f}."
        )
    else:
        print(f"{len(messages)} messages without intents to compare with.")
    print(f"Report: {output.resolve()}")


def _understood(model: Path, texts: Sequence[str]) -> list[Understood]:
    """What the bot takes messages for, with one model that is loaded once."""
    _quiet()
    from bot.engine import agent as agents
    from bot.engine import explain as explaining
    from bot.engine.intent_report import understood_of

    report = progress("Messages")

    async def run() -> list[Understood]:
        try:
            agent = await agents.load(model)
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        results = []
        for done, text in enumerate(texts, start=1):
            results.append(understood_of(await explaining.explain_message(agent, text)))
            report(done, len(texts))
        return results

    return asyncio.run(run())
