"""What to do about one dossier: it is late, wants a supplement, is to be withdrawn."""

from __future__ import annotations

import datetime as dt

from bot import text as vn
from bot.dossiers.model import Dossier
from bot.dossiers.statuses import DONE, FILE_AGAIN, STOPPED, SUPPLEMENT
from bot.rendering import dossier_parts as parts
from bot.rendering import procedure_lines as rendering
from bot.rendering.dossier_parts import say
from bot.rendering.dossier_standing import UNKNOWN, Standing, standing
from bot.wording import fragment

WITHDRAWAL_ASKED = "withdrawal_asked"
# Folded words of a delivery that is no trip: whoever chose it most likely filed online, too.
ONLINE_WORDS = ("truc tuyen", "dien tu", "tren mang", "online")


def late_lines(dossier: Dossier, today: dt.date) -> list[str]:
    """Whether the dossier is late; the province's apology only if it is, or its result was."""
    found = standing(dossier, today)
    if found.is_late:
        return [
            say("dossier_apology", code=dossier.code),
            *_due_and_days(dossier, found, today),
            parts.now_line(dossier, found),
            parts.office_line(dossier),
            *parts.note_line(dossier),
            say("dossier_ask_reason"),
        ]
    if found.clock == DONE:
        return _late_if_done(dossier, found, today)
    if found.clock == STOPPED and found.status is not None:
        head = say("dossier_not_counted_late", code=dossier.code)
        about = f"{found.status.meaning} {found.status.next}"
        days = parts.dates_line(dossier, today)
        todo = parts.todo_lines(dossier, found)
        return [head, about, *days, *todo, parts.office_line(dossier)]
    if dossier.due_on is None:
        return [
            say("dossier_lateness_unknown", code=dossier.code),
            parts.now_line(dossier, found),
            parts.office_line(dossier),
            say("dossier_see_slip"),
        ]
    if found.clock == UNKNOWN and found.days_late is not None:
        return [
            say("dossier_lateness_uncertain", code=dossier.code),
            *_due_and_days(dossier, found, today),
            parts.now_line(dossier, found),
            parts.office_line(dossier),
        ]
    return [
        say("dossier_within_time", code=dossier.code, date=rendering.date(dossier.due_on)),
        *parts.days_line(dossier, found, today),
        parts.now_line(dossier, found),
        parts.office_line(dossier),
        say("dossier_after_due"),
    ]


def _late_if_done(dossier: Dossier, found: Standing, today: dt.date) -> list[str]:
    if found.was_late:
        head = say("dossier_apology", code=dossier.code)
    elif found.finished:
        head = say("dossier_finished_in_time", code=dossier.code)
    elif _ended(found):
        head = say("dossier_ended", code=dossier.code)
    else:
        head = say("dossier_finish_unknown", code=dossier.code)
    return [
        head,
        *parts.dates_line(dossier, today),
        *parts.days_line(dossier, found, today),
        parts.now_line(dossier, found),
        *parts.todo_lines(dossier, found),
        parts.office_line(dossier),
    ]


def _due_and_days(dossier: Dossier, found: Standing, today: dt.date) -> list[str]:
    if dossier.due_on is None:
        return []
    due = say("dossier_was_due", date=rendering.date(dossier.due_on))
    return [" ".join([due, *parts.days_line(dossier, found, today)])]


def supplement_lines(dossier: Dossier, today: dt.date) -> list[str]:
    """Whether and how papers are added to the dossier."""
    found = standing(dossier, today)
    if _is_over(found):
        if _ended(found):
            return _ended_lines(dossier, found, say("dossier_supplement_ended", code=dossier.code))
        head = say("dossier_supplement_too_late", code=dossier.code)
        return [*_result_lines(dossier, found, today, head), say("dossier_result_wrong")]
    ways = [say("dossier_supplement_at_counter"), say("dossier_supplement_online")]
    if found.status is not None and found.status.todo == SUPPLEMENT:
        above, below = [*_asked_for(dossier), say("dossier_supplement_how")], []
    else:
        uncertain = found.status is None
        head = "dossier_supplement_uncertain" if uncertain else "dossier_supplement_not_asked"
        above = [say(head, code=dossier.code), say("dossier_supplement_ask_first")]
        below = [parts.now_line(dossier, found), *parts.note_line(dossier)]
    return [
        *above,
        *_in_order(dossier, ways),
        *below,
        parts.office_line(dossier),
        say("dossier_not_through_chat"),
    ]


def _asked_for(dossier: Dossier) -> list[str]:
    note = parts.cleaned(dossier.note, parts.LONGEST_NOTE)
    if note:
        return [say("dossier_supplement_asked_for", code=dossier.code, note=note)]
    return [say("dossier_supplement_asked", code=dossier.code), parts.missing_line(dossier)]


def withdraw_lines(dossier: Dossier, today: dt.date) -> list[str]:
    """Whether the dossier can still be withdrawn, and how."""
    found = standing(dossier, today)
    if _is_over(found):
        if _ended(found):
            return _ended_lines(dossier, found, say("dossier_withdrawal_ended", code=dossier.code))
        head = say("dossier_withdrawal_has_result", code=dossier.code)
        return _result_lines(dossier, found, today, head)
    if found.status is not None and found.status.key == WITHDRAWAL_ASKED:
        head = say("dossier_withdrawal_asked", code=dossier.code)
        return [head, found.status.next, found.status.todo_text, parts.office_line(dossier)]
    uncertain = found.status is None
    head = "dossier_withdrawal_uncertain" if uncertain else "dossier_can_be_withdrawn"
    ways = [say("dossier_withdraw_at_counter"), say("dossier_withdraw_online")]
    return [
        say(head, code=dossier.code),
        *_in_order(dossier, ways),
        parts.now_line(dossier, found, with_meaning=False),
        parts.office_line(dossier),
        say("dossier_withdraw_money"),
    ]


def _is_over(found: Standing) -> bool:
    """Whether nothing can be changed any more; a status that is known counts, not the days."""
    return (found.status.clock if found.status else found.clock) == DONE


def _ended(found: Standing) -> bool:
    return found.status is not None and found.status.todo == FILE_AGAIN


def _ended_lines(dossier: Dossier, found: Standing, head: str) -> list[str]:
    """Over without a result: why, and what can be done instead."""
    return [
        head,
        parts.now_line(dossier, found),
        *parts.note_line(dossier),
        *parts.todo_lines(dossier, found),
        parts.office_line(dossier),
    ]


def _result_lines(dossier: Dossier, found: Standing, today: dt.date, head: str) -> list[str]:
    """Over with a result."""
    return [
        head,
        parts.now_line(dossier, found),
        *parts.dates_line(dossier, today),
        parts.office_line(dossier),
    ]


def _in_order(dossier: Dossier, ways: list[str]) -> list[str]:
    """Both ways, that of the chosen delivery first: nothing tells surely how it was filed."""
    is_online = any(words in vn.fold(dossier.delivery) for words in ONLINE_WORDS)
    return [fragment("item", text=way) for way in (ways[::-1] if is_online else ways)]
