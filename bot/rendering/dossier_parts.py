"""Pieces of what is said of a dossier: status, days, office, money, what to do."""

from __future__ import annotations

import datetime as dt

from bot import text as vn
from bot.catalogue import service as catalogue
from bot.database import DatabaseUnavailable
from bot.dossiers.model import Dossier
from bot.dossiers.statuses import COLLECT, DONE, PAY, STOPPED, SUPPLEMENT, WAIT
from bot.offices import service as offices
from bot.personal_data import mask
from bot.rendering import procedure_lines as rendering
from bot.rendering.dossier_standing import (
    EARLY,
    LATE,
    ON_TIME,
    UNKNOWN,
    Standing,
    finished_on,
)
from bot.wording import fragment, text

TOPIC = "dossier_lines"
LONGEST_NAME, LONGEST_NOTE = 120, 300
# Systems write the province behind an office's name or leave it out.
PROVINCE_SUFFIX = " tinh quang ngai"


def say(name: str, **values: object) -> str:
    """The fragment `utter_fragment_<name>` of `domain/dossier_lines.yml`, filled in."""
    return text(TOPIC, f"utter_fragment_{name}").format(**values)


def cleaned(written: str, longest: int = LONGEST_NAME) -> str:
    """A source's text as one line without personal data, quotation marks and closing full stop."""
    plain = mask(vn.nfc(written)).translate(str.maketrans("", "", '“”"'))
    return rendering.sentence_end(rendering.shortened(plain, longest)).strip()


def status_line(dossier: Dossier, found: Standing) -> str:
    """The status in plain words and as the system writes it, or that it is not known."""
    status, written = found.status, cleaned(dossier.status)
    if status is None and written:
        return say("dossier_status_unclear", code=dossier.code, status=written)
    if status is None:
        return say("dossier_status_not_published", code=dossier.code)
    if vn.fold(status.plain) == vn.fold(written):
        return say("dossier_stands", code=dossier.code, plain=status.plain)
    return say("dossier_stands_as", code=dossier.code, plain=status.plain, status=written)


def now_line(dossier: Dossier, found: Standing, *, with_meaning: bool = True) -> str:
    """The status below another line: in plain words with its meaning, or that it is not known."""
    if found.status is not None:
        now = say("dossier_now", plain=found.status.plain)
        return f"{now} {found.status.meaning}" if with_meaning else now
    written = cleaned(dossier.status)
    if written:
        return say("dossier_now_unclear", status=written)
    return say("dossier_now_not_published")


def procedure_line(dossier: Dossier) -> list[str]:
    """The procedure's name as the source writes it, else the catalogue's, else its code."""
    name = cleaned(dossier.procedure_name, LONGEST_NOTE)
    if not name and dossier.procedure_code:
        name = _name_in_catalogue(dossier.procedure_code) or dossier.procedure_code
    return [fragment("dossier_procedure", procedure=name)] if name else []


def _name_in_catalogue(code: str) -> str:
    try:
        found = catalogue.procedure(code)
    except DatabaseUnavailable:
        # The procedures system has answered; its answer is not held back for a name.
        return ""
    return found.display_name if found else ""


def dates_line(dossier: Dossier, today: dt.date) -> list[str]:
    """The days that are known, on one line."""
    known = [
        fragment(name, date=rendering.date(day))
        for name, day in (
            ("received", dossier.received_on),
            ("due", dossier.due_on),
            ("finished", finished_on(dossier, today)),
        )
        if day is not None
    ]
    if dossier.returned_on is not None:
        known.append(say("dossier_returned", date=rendering.date(dossier.returned_on)))
    return [" ".join(known)] if known else []


def days_line(dossier: Dossier, found: Standing, today: dt.date) -> list[str]:
    """Working days left, late, or between result and due date; that they are not known."""
    if found.clock == DONE:
        return _finish(found)
    if found.clock == STOPPED:
        return [say("dossier_clock_stopped")]
    if found.days_late is not None:
        return [_past(found, found.days_late)]
    if dossier.due_on is None or found.days_left is None:
        return [say("dossier_due_not_published")]
    if dossier.due_on == today:
        return [say("dossier_is_due_today")]
    if not found.days_left:
        return [say("dossier_days_off_left")]
    return [say("dossier_days_left", days=found.days_left)]


def _past(found: Standing, days: int) -> str:
    if not days:
        return say("dossier_days_off_late")
    return say("dossier_days_past" if found.clock == UNKNOWN else "dossier_days_late", days=days)


def _finish(found: Standing) -> list[str]:
    days = found.finished_days
    if found.finished == ON_TIME:
        return [say("dossier_finished_on_time")]
    if found.finished == EARLY:
        return [
            say("dossier_finished_early", days=days) if days else say("dossier_finished_before")
        ]
    if found.finished == LATE:
        return [say("dossier_finished_late", days=days) if days else say("dossier_finished_after")]
    return []


def office_line(dossier: Dossier) -> str:
    """Who has the dossier and its telephone, or where to ask if they are not known."""
    agency = cleaned(dossier.agency)
    if not agency:
        return say("dossier_agency_not_published")
    telephone = telephone_of(agency)
    known = (
        say("dossier_telephone", telephone=telephone)
        if telephone
        else say("dossier_telephone_not_known")
    )
    named = fragment("dossier_agency", agency=agency)
    return f"{named} {known}"


def telephone_of(agency: str) -> str:
    """Telephone of the office with this very name; empty if none is known."""
    wanted = _line(agency)
    try:
        stored = offices.all_offices()
    except DatabaseUnavailable:
        return ""
    for name in (wanted, wanted.removesuffix(PROVINCE_SUFFIX)):
        for office in stored:
            if office.telephone and _line(office.name) == name:
                return office.telephone
    return ""


def _line(name: str) -> str:
    return " ".join(vn.words(vn.fold(vn.normalise(name))))


def note_line(dossier: Dossier) -> list[str]:
    """What the office has written down."""
    note = cleaned(dossier.note, LONGEST_NOTE)
    return [say("dossier_note", note=note)] if note else []


def missing_line(dossier: Dossier) -> str:
    """Which papers are missing, or that nobody has written it down."""
    note = cleaned(dossier.note, LONGEST_NOTE)
    if not note:
        return say("dossier_missing_not_published")
    return say("dossier_missing", note=note)


def money_line(dossier: Dossier, found: Standing) -> list[str]:
    """What is still to be paid; only where payment is asked for also that it is not known."""
    # A 0 may be the source's default: it never stands for "nothing to pay".
    unpaid = max(dossier.fee_unpaid or 0, 0)
    sum_unpaid = rendering.amount(unpaid) if unpaid else ""
    if found.status is not None and found.status.todo == PAY:
        if not sum_unpaid:
            return [say("dossier_to_pay_not_published")]
        return [say("dossier_to_pay", amount=sum_unpaid)]
    return [say("dossier_still_to_pay", amount=sum_unpaid)] if sum_unpaid else []


def todo_lines(dossier: Dossier, found: Standing) -> list[str]:
    """What the citizen does: supplement what, pay how much, collect how, or wait."""
    status = found.status
    if status is None:
        return [say("dossier_ask_what_it_means"), *money_line(dossier, found)]
    if status.todo == SUPPLEMENT:
        return [missing_line(dossier), status.todo_text, *money_line(dossier, found)]
    if status.todo == COLLECT:
        return [f"{_delivery(dossier)} {status.todo_text}", *money_line(dossier, found)]
    if status.todo == PAY:
        return [*money_line(dossier, found), status.todo_text]
    # Nobody is told to wait for a day that is past.
    waits_in_vain = status.todo == WAIT and found.days_late is not None
    todo = say("dossier_ask_reason") if waits_in_vain else status.todo_text
    return [todo, *money_line(dossier, found)]


def _delivery(dossier: Dossier) -> str:
    delivery = cleaned(dossier.delivery)
    if not delivery:
        return say("dossier_delivery_not_published")
    return say("dossier_delivery", delivery=delivery)
