"""Where a dossier stands as lines of text, and the short forms for lists and notices.

Every text of the source is shown without personal data. What it does not tell is said to be
unpublished; a status that is not known is shown as the source writes it and never explained.
"""

from __future__ import annotations

import datetime as dt

from bot.dossiers.model import Dossier
from bot.dossiers.statuses import DONE, STOPPED, SUPPLEMENT
from bot.rendering import dossier_parts as parts
from bot.rendering import procedure_lines as rendering
from bot.rendering.dossier_parts import say
from bot.rendering.dossier_standing import Standing, finished_on, standing
from bot.rendering.dossier_steps import late_lines, supplement_lines, withdraw_lines

__all__ = [
    "Standing",
    "change_text",
    "late_lines",
    "lines",
    "short_line",
    "standing",
    "supplement_lines",
    "withdraw_lines",
]


def lines(dossier: Dossier, today: dt.date) -> list[str]:
    """Status, meaning, what comes next, procedure, days, office, note, what to do."""
    found = standing(dossier, today)
    status = found.status
    about = [f"{status.meaning} {status.next}"] if status else []
    # The note of a supplement tells what is missing: it stands with what to do.
    note = [] if status and status.todo == SUPPLEMENT else parts.note_line(dossier)
    return [
        parts.status_line(dossier, found),
        *about,
        *parts.procedure_line(dossier),
        *parts.dates_line(dossier, today),
        *_days(dossier, found, today),
        parts.office_line(dossier),
        *note,
        *parts.todo_lines(dossier, found),
    ]


def _days(dossier: Dossier, found: Standing, today: dt.date) -> list[str]:
    """Days left or late; whoever waits longer than promised is asked for pardon."""
    counted = parts.days_line(dossier, found, today)
    return [" ".join((*counted, say("dossier_sorry")))] if found.is_late else counted


def short_line(dossier: Dossier, today: dt.date) -> str:
    """One line of a list of dossiers: code, status as the system writes it, days."""
    found = standing(dossier, today)
    written = parts.cleaned(dossier.status) or say("dossier_short_unpublished")
    days = _short_days(dossier, found, today)
    return say("dossier_short", code=dossier.code, status=written, days=days)


def _short_days(dossier: Dossier, found: Standing, today: dt.date) -> str:
    ended = finished_on(dossier, today) or dossier.returned_on
    if found.clock == DONE and ended is not None:
        return say("dossier_short_finished", date=rendering.date(ended))
    if dossier.due_on is None:
        return say("dossier_short_due_unpublished")
    date = rendering.date(dossier.due_on)
    count = _short_count(dossier, found, today)
    if not count:
        return say("dossier_short_due", date=date)
    return say("dossier_short_counted", date=date, count=count)


def _short_count(dossier: Dossier, found: Standing, today: dt.date) -> str:
    if found.clock == STOPPED:
        return say("dossier_short_stopped")
    if found.days_late is not None:
        known = found.is_late and found.days_late
        return say("dossier_short_late", days=known) if known else say("dossier_short_past")
    if found.days_left is None:
        return ""
    if dossier.due_on == today:
        return say("dossier_short_today")
    if not found.days_left:
        return say("dossier_short_days_off_left")
    return say("dossier_short_left", days=found.days_left)


def change_text(dossier: Dossier, today: dt.date) -> str:
    """The notice that a status changed: what it is now, what it means, what to do."""
    found = standing(dossier, today)
    status, written = found.status, parts.cleaned(dossier.status)
    if status is not None:
        head = [say("dossier_changed", code=dossier.code, plain=status.plain), status.meaning]
    elif written:
        head = [say("dossier_changed_unclear", code=dossier.code, status=written)]
    else:
        head = [say("dossier_changed_not_published", code=dossier.code)]
    return "\n".join([*head, *parts.todo_lines(dossier, found)])
