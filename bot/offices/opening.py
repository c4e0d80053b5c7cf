"""Whether an office is open, and when it opens next; all moments are local."""

from __future__ import annotations

import datetime as dt

from bot.clock import VIETNAM
from bot.offices.model import Hours
from bot.offices.working_days import is_public_holiday

# Longer than any run of days off.
LOOK_AHEAD_DAYS = 30


def local(moment: dt.datetime) -> dt.datetime:
    """The moment in local time; one without a zone is taken for local."""
    return moment.replace(tzinfo=VIETNAM) if moment.tzinfo is None else moment.astimezone(VIETNAM)


def is_open(hours: Hours, moment: dt.datetime) -> bool:
    """Whether it is within a span of its weekday, on a day that is no public holiday."""
    here = local(moment)
    return not is_public_holiday(here.date()) and any(
        span.opens <= here.time() < span.closes for span in hours.on(here.weekday())
    )


def next_opening(hours: Hours, moment: dt.datetime) -> dt.datetime | None:
    """The first time after a moment at which a span begins; None if there is none."""
    here = local(moment)
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = here.date() + dt.timedelta(days=ahead)
        if is_public_holiday(day):
            continue
        for span in hours.on(day.weekday()):
            opening = dt.datetime.combine(day, span.opens, tzinfo=VIETNAM)
            if opening > here:
                return opening
    return None
