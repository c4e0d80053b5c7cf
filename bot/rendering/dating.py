"""What is to be said of a fact's days: doubt, a change to come, when a dossier is due."""

from __future__ import annotations

import datetime as dt

from bot import clock
from bot.catalogue.amounts import names_late_hour
from bot.catalogue.freshness import EXPIRED, doubt_of
from bot.catalogue.model import FEES, Duration, Procedure
from bot.offices import working_days
from bot.rendering import procedure_lines as rendering
from bot.settings import settings
from bot.wording import fragment

CHANNELS = "channels"


def doubt(procedure: Procedure, group: str, *, of_fees: bool = True) -> list[str]:
    """That a group of facts has ended, or was not checked for long, or is about to change.

    `of_fees`: of channels, the fees are what is told, which may have days of their own.
    Otherwise it does not matter that they alone have ended; of other groups it always matters.
    """
    lines = []
    today = clock.today()
    # Fees without a source of their own are as old as their channels, and end with them.
    follow = group == FEES and FEES not in dict(procedure.sources)
    groups = (CHANNELS, FEES) if follow or (group == CHANNELS and of_fees) else (group,)
    for name in groups:
        found = doubt_of(procedure, name, today, settings().stale_after_days)
        if found is not None and name == CHANNELS and not of_fees and found[0] == EXPIRED:
            ended = [channel.dates.ended(today) for channel in procedure.channels]
            found = found if any(ended) or procedure.dates_of(name).ended(today) else None
        if found is not None:
            reason, since = found
            lines.append(fragment(reason, date=rendering.date(since)))
    changes = [day for name, day in procedure.upcoming if name in groups]
    if changes:
        lines.append(fragment("upcoming", date=rendering.date(min(changes))))
    return list(dict.fromkeys(lines))


def due(procedure: Procedure) -> list[str]:
    """When a dossier filed now is due, if all ways to file and all cases take one time.

    A time with conditions in words ("… nếu phải xác minh thì 10 ngày") promises no day.
    """
    stated = [channel.time for channel in procedure.channels]
    stated += [case.time for case in procedure.cases]
    times = {(time.value, time.unit) for time in stated if time.is_published}
    if len(times) != 1 or any(_has_conditions(time.note) for time in stated):
        return []
    value, unit = times.pop()
    now = clock.now()
    start = working_days.counting_starts_on(now)
    day = _due_on(start, Duration(value, unit))
    if day is None:
        return []
    if start != now.date():
        shown = {"start": rendering.date(start), "date": rendering.date(day)}
        return [fragment("due_day_off", **shown)]
    if has_late_rule(procedure):
        later = _due_on(working_days.add_working_days(start, 1), Duration(value, unit))
        assert later is not None
        shown = {"date": rendering.date(day), "late": rendering.date(later)}
        return [fragment("due_late", **shown)]
    return [fragment("due_today", date=rendering.date(day))]


def _has_conditions(note: str) -> bool:
    return bool(note) and not names_late_hour(note)


def has_late_rule(procedure: Procedure) -> bool:
    """Whether a dossier handed in after 15:00 counts from the next working day."""
    notes = [f"{channel.time.note} {channel.note}" for channel in procedure.channels]
    return any(names_late_hour(text) for text in (*procedure.steps, *notes))


def _due_on(start: dt.date, time: Duration) -> dt.date | None:
    """The last day of a time that begins on a day; None where it is not in days or months."""
    if time.value is None or time.value != int(time.value):
        return None
    return working_days.end_of_period(start, int(time.value), time.unit or "")
