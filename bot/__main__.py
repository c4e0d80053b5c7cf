"""Administration from the command line: `python -m bot --help`."""

from __future__ import annotations

import argparse
import datetime as dt
import errno
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import (
    beneficiary_commands,
    catalogue_commands,
    commands,
    dossier_commands,
    fact_commands,
    feedback_commands,
    hotline_commands,
    payment_commands,
    payment_method_commands,
    staff_commands,
    support_commands,
)
from bot.catalogue.sheets.formats import FORMATS
from bot.database import DatabaseUnavailable
from bot.dossiers.sms import SmsUnavailable
from bot.dossiers.statuses import StatusFileError
from bot.engine.intent_file import OutputRefused
from bot.engine.ports import PortTaken
from bot.engine.training import TrainingFailed
from bot.imports import ImportRefused
from bot.payments.beneficiary import BeneficiaryListError
from bot.settings import SettingsError

# Faults that the user can mend: a sentence and no traceback.
USER_ERRORS = (
    commands.CommandError,
    SettingsError,
    SmsUnavailable,
    StatusFileError,
    BeneficiaryListError,
    DatabaseUnavailable,
    PortTaken,
    TrainingFailed,
    OutputRefused,
)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date as YYYY-MM-DD") from None


def _limit(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("a whole number from 1 to 100 is wanted")
    return int(text)


def _sum(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text)):
        raise argparse.ArgumentTypeError("a whole number of dong is wanted, without separators")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """All commands with their arguments."""
    main_parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    groups = main_parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        group: argparse._SubParsersAction[argparse.ArgumentParser],
        name: str,
        run: Callable[[argparse.Namespace], None],
    ) -> argparse.ArgumentParser:
        command = group.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        return command

    catalogue = groups.add_parser("catalogue", help="The catalogue of procedures.")
    catalogue_group = catalogue.add_subparsers(required=True, metavar="COMMAND")
    command = add(catalogue_group, "import", catalogue_commands.catalogue_import)
    command.add_argument(
        "path",
        type=Path,
        help="folder or archive of the national export or of the portal's JSON; workbook, JSON "
        "file, CSV file or folder of the catalogue's own format",
    )
    command.add_argument("--dry-run", action="store_true", help="report only, write nothing")
    command.add_argument("--checked-on", type=_day, help="day of an export, YYYY-MM-DD")
    command.add_argument(
        "--complete", action="store_true", help="staff's records that the file lacks end today"
    )
    command.add_argument(
        "--restore", action="store_true", help="a whole export: the catalogue becomes what it says"
    )
    command = add(catalogue_group, "export", catalogue_commands.catalogue_export)
    command.add_argument("path", type=Path, help="folder (csv, package) or file (json, xlsx)")
    command.add_argument("--format", choices=FORMATS, required=True)
    command.add_argument("--history", action="store_true", help="earlier states as well")
    command = add(catalogue_group, "template", catalogue_commands.catalogue_template)
    command.add_argument("path", type=Path, help="file to write, or folder with --csv")
    command.add_argument("--csv", action="store_true", help="CSV files instead of a workbook")
    command = add(catalogue_group, "history", catalogue_commands.catalogue_history)
    command.add_argument("code")
    command.add_argument("--on", type=_day, help="facts of that day as JSON, YYYY-MM-DD")
    add(catalogue_group, "original", catalogue_commands.catalogue_original).add_argument("code")
    add(catalogue_group, "stale", catalogue_commands.catalogue_stale)
    command = add(catalogue_group, "stats", catalogue_commands.catalogue_stats)
    command.add_argument("--json", action="store_true")
    add(catalogue_group, "check", catalogue_commands.catalogue_check)
    add(catalogue_group, "check-phrases", catalogue_commands.catalogue_check_phrases)
    command = add(catalogue_group, "learn", catalogue_commands.catalogue_learn)
    command.add_argument("--to", type=Path, help="file to write; default: below models/")
    command.add_argument("--force", action="store_true", help="learn anew in any case")
    command = add(catalogue_group, "search", catalogue_commands.catalogue_search)
    command.add_argument("question")
    command.add_argument("--limit", type=_limit, default=10)
    command.add_argument("--field", default="", help="only of fields with this in their name")
    command.add_argument("--agency", default="", help="only of agencies with this in their name")
    command.add_argument("--level", default="", choices=("", "commune", "province"))
    command.add_argument(
        "--explain", action="store_true", help="what each comparison added, and what was decided"
    )

    command = add(catalogue_group, "published", fact_commands.catalogue_published)
    command.add_argument("--to", type=Path, metavar="FILE.csv", help="a row for each procedure")
    command.add_argument("--by-field", action="store_true", help="counts for each field")
    command.add_argument("--json", action="store_true", help="counts and shares as JSON")

    fees = groups.add_parser("fees", help="Fees that the province fixes itself.")
    fees_group = fees.add_subparsers(required=True, metavar="COMMAND")
    services = groups.add_parser("services", help="Levels and flags of online services.")
    services_group = services.add_subparsers(required=True, metavar="COMMAND")
    for group, put, template in (
        (fees_group, fact_commands.fees_import, fact_commands.fees_template),
        (services_group, fact_commands.services_import, fact_commands.services_template),
    ):
        command = add(group, "import", put)
        command.add_argument("path", type=Path, help="CSV file, UTF-8")
        command.add_argument("--dry-run", action="store_true", help="report only, write nothing")
        command = add(group, "template", template)
        command.add_argument("path", type=Path, help="CSV file to write")

    dossiers = groups.add_parser("dossiers", help="Dossiers of citizens.")
    dossiers_group = dossiers.add_subparsers(required=True, metavar="COMMAND")
    command = add(dossiers_group, "import", dossier_commands.dossiers_import)
    command.add_argument("path", type=Path, help="CSV file, UTF-8")
    add(dossiers_group, "poll", dossier_commands.dossiers_poll)
    command = add(dossiers_group, "audit", dossier_commands.dossiers_audit)
    command.add_argument("--code", required=True, help="dossier code, as written on the slip")

    tickets = groups.add_parser("tickets", help="What citizens left for a person to answer.")
    tickets_group = tickets.add_subparsers(required=True, metavar="COMMAND")
    command = add(tickets_group, "list", support_commands.tickets_list)
    command.add_argument("--state", choices=("open", "answered", "closed"), default="open")
    command = add(tickets_group, "answer", support_commands.tickets_answer)
    command.add_argument("code")
    command.add_argument("text", help="what the citizen may read, in Vietnamese")
    add(tickets_group, "close", support_commands.tickets_close).add_argument("code")

    feedback = groups.add_parser("feedback", help="Feedback and other tickets for agencies.")
    feedback_group = feedback.add_subparsers(required=True, metavar="COMMAND")
    command = add(feedback_group, "list", feedback_commands.feedback_list)
    command.add_argument("--kind", default="")
    command.add_argument("--state", choices=("open", "answered", "closed"), default="open")
    command = add(feedback_group, "export", feedback_commands.feedback_export)
    command.add_argument("code", nargs="?")
    command.add_argument("--all-open", action="store_true")
    command.add_argument("--to", type=Path, required=True, help="folder to write to")
    command.add_argument("--replace", action="store_true", help="files that are there already")
    command = add(feedback_group, "keygen", feedback_commands.feedback_keygen)
    command.add_argument("folder", type=Path)

    staff = groups.add_parser("staff", help="Accounts of staff who answer citizens.")
    staff_group = staff.add_subparsers(required=True, metavar="COMMAND")
    command = add(staff_group, "add", staff_commands.staff_add)
    command.add_argument("name")
    command.add_argument("--shown-name", required=True, help="as citizens are told who answers")
    command.add_argument("--role", choices=("operator", "supervisor", "admin"), required=True)
    command.add_argument("--desk", default="", help="agency; default: the information line")
    command.add_argument("--generate", action="store_true", help="make a password, print it once")
    command = add(staff_group, "password", staff_commands.staff_password)
    command.add_argument("name")
    command.add_argument("--generate", action="store_true", help="make a password, print it once")
    add(staff_group, "list", staff_commands.staff_list)
    for name, run in (
        ("disable", staff_commands.staff_disable),
        ("enable", staff_commands.staff_enable),
        ("unlock", staff_commands.staff_unlock),
    ):
        add(staff_group, name, run).add_argument("name")

    ratings = groups.add_parser("ratings", help="What citizens think of the bot's answers.")
    ratings_group = ratings.add_subparsers(required=True, metavar="COMMAND")
    command = add(ratings_group, "list", support_commands.ratings_list)
    command.add_argument("--since", type=_day, help="first day in Vietnam, YYYY-MM-DD")
    command.add_argument("--rating", choices=("good", "bad"), default="")
    command.add_argument("--json", action="store_true", help="one JSON list, times in UTC")
    command = add(ratings_group, "stats", support_commands.ratings_stats)
    command.add_argument("--since", type=_day, help="first day in Vietnam, YYYY-MM-DD")

    retention = groups.add_parser("retention", help="The end of what was kept long enough.")
    retention_group = retention.add_subparsers(required=True, metavar="COMMAND")
    command = add(retention_group, "run", dossier_commands.retention_run)
    command.add_argument("--dry-run", action="store_true", help="count only, delete nothing")

    offices = groups.add_parser("offices", help="Administrative units and offices.")
    offices_group = offices.add_subparsers(required=True, metavar="COMMAND")
    command = add(offices_group, "import", commands.offices_import)
    command.add_argument("path", type=Path, help="CSV file, UTF-8")
    command.add_argument("--dry-run", action="store_true", help="report only, write nothing")
    command = add(offices_group, "export", commands.offices_export)
    command.add_argument("kind", choices=("units", "offices", "hours", "teams"))
    command.add_argument("path", type=Path, help="CSV file to write")
    command = add(offices_group, "template", commands.offices_template)
    command.add_argument("folder", type=Path)

    beneficiaries = groups.add_parser("beneficiaries", help="Who receives fees by QR code.")
    beneficiaries_group = beneficiaries.add_subparsers(required=True, metavar="COMMAND")
    command = add(beneficiaries_group, "keygen", beneficiary_commands.beneficiaries_keygen)
    command.add_argument("folder", type=Path)
    command = add(beneficiaries_group, "sign", beneficiary_commands.beneficiaries_sign)
    command.add_argument("list", type=Path, metavar="LIST.json")
    command.add_argument("--key", type=Path, required=True, help="the private key")
    command.add_argument("--to", type=Path, required=True, help="file to write")
    command = add(beneficiaries_group, "check", beneficiary_commands.beneficiaries_check)
    command.add_argument("file", nargs="?", default="", help="default: BOT_QR_BENEFICIARIES")

    payments = groups.add_parser("payments", help="Payments through the gateway.")
    payments_group = payments.add_subparsers(required=True, metavar="COMMAND")
    ways = payments_group.add_parser("methods", help="Ways to pay that offices have published.")
    ways_group = ways.add_subparsers(required=True, metavar="COMMAND")
    command = add(ways_group, "import", payment_method_commands.methods_import)
    command.add_argument("path", type=Path, help="CSV file, UTF-8")
    command.add_argument("--dry-run", action="store_true", help="report only, write nothing")
    command = add(ways_group, "list", payment_method_commands.methods_list)
    command.add_argument("code")
    command.add_argument("--channel", default="", choices=("", "online", "direct", "postal"))
    command = add(payments_group, "reconcile", payment_commands.payments_reconcile)
    command.add_argument("--day", type=_day, help="day in Vietnam, YYYY-MM-DD")
    command.add_argument("--statement", type=Path, metavar="FILE.csv", help="settlement file")
    command.add_argument("--json", action="store_true")
    command = add(payments_group, "list", payment_commands.payments_list)
    command.add_argument("--day", type=_day, help="day in Vietnam, YYYY-MM-DD")
    command = add(payments_group, "refund", payment_commands.payments_refund)
    command.add_argument("reference")
    command.add_argument("--reason", required=True, help="for the gateway, without personal data")
    command.add_argument("--amount", type=_sum, help="dong, if not all of it")

    db = groups.add_parser("db", help="The database.")
    add(db.add_subparsers(required=True, metavar="COMMAND"), "upgrade", commands.db_upgrade)

    command = add(groups, "explain", commands.explain)
    command.add_argument("message", nargs="?")
    command.add_argument("--json", action="store_true", help="messages on standard input")
    command = add(groups, "test-intents", commands.test_intents)
    command.add_argument(
        "file",
        type=Path,
        help="CSV file with the columns text and, to get scores, intent (a+b for two questions); "
        "or a text file with one message a line",
    )
    command.add_argument("--output", type=Path, metavar="REPORT.html", help="default: below var/")
    command.add_argument(
        "--relative-to", type=Path, default=Path(), metavar="FOLDER", help="where paths start"
    )
    nlu = groups.add_parser("nlu", help="the messages that intents are learnt from")
    nlu_group = nlu.add_subparsers(required=True, metavar="COMMAND")
    add(nlu_group, "check", commands.nlu_check)
    add(groups, "train", commands.train).add_argument("--force", action="store_true")
    add(groups, "prepare", catalogue_commands.prepare)
    add(groups, "check-port", commands.check_port)
    add(groups, "serve", commands.serve)
    command = add(groups, "hotline", hotline_commands.hotline)
    command.add_argument("--from", dest="sender", default=hotline_commands.NUMBER, metavar="NUMBER")
    command.add_argument("--url", default="", help="address of the bot; default: this computer's")
    command.add_argument("--form", default="", choices=("", "unaccented", "accented"))
    command = add(groups, "shell", commands.shell)
    command.add_argument("--nlu", action="store_true", help="show intents, not answers")
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    parsed = parser().parse_args(arguments)
    try:
        parsed.run(parsed)
    except ImportRefused as error:
        print(f"Error: {error}\nNothing was changed.", file=sys.stderr)
        return 1
    except USER_ERRORS as error:
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
