"""The time in Vietnam, where the citizens and the offices are."""

from __future__ import annotations

import datetime as dt

# Vietnam knows no summer time, so no table of time zones is needed.
VIETNAM = dt.timezone(dt.timedelta(hours=7))


def now() -> dt.datetime:
    """The present moment as clocks in Vietnam show it, without a zone."""
    return dt.datetime.now(VIETNAM).replace(tzinfo=None)


def today() -> dt.date:
    """The present day in Vietnam."""
    return now().date()


def in_vietnam(moment: dt.datetime) -> dt.datetime:
    """A stored moment (UTC, without a zone) as clocks in Vietnam show it."""
    return moment.replace(tzinfo=dt.timezone.utc).astimezone(VIETNAM).replace(tzinfo=None)
