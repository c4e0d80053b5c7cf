"""How long a session, an address or a dossier is locked after failed look-ups.

Pure functions of the times of failures. A number of failures within a sliding hour brings the
first lock. When a lock has ended, one more failure is borne and brings the next one, which is
twice as long. Failures are forgotten after a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from bot.settings import Settings

HOUR = dt.timedelta(hours=1)
FORGOTTEN_AFTER = dt.timedelta(hours=24)
FIRST_LOCK = dt.timedelta(minutes=1)
# Who stays just below the hourly limit could go on all day; so many hours' worth are borne.
HOURS_A_DAY = 4
# One-time codes sent to a conversation about one dossier within an hour.
SENDINGS_PER_HOUR = 3


@dataclass(frozen=True)
class Limit:
    """How many failures within an hour, and within a day, bring the first lock.

    A lock lasts `longest` at the most. `per_day` is None where only the hour counts.
    """

    per_hour: int
    longest: dt.timedelta
    per_day: int | None = None
    first: dt.timedelta = FIRST_LOCK


def session_limit(settings: Settings) -> Limit:
    """Of one conversation."""
    failures = settings.lookup_failures_per_session
    return Limit(failures, FORGOTTEN_AFTER, HOURS_A_DAY * failures)


def address_limit(settings: Settings) -> Limit:
    """Of one network address, behind which many households may sit.

    A telephone company may have put a whole district behind one: its locks are short.
    """
    failures = settings.lookup_failures_per_address
    return Limit(failures, HOUR, HOURS_A_DAY * failures)


def dossier_limit(settings: Settings) -> Limit:
    """Of one dossier, or one number of a person.

    Locks are short: they shut out the owner, too.
    """
    failures = settings.lookup_failures_per_hour
    return Limit(failures, HOUR, HOURS_A_DAY * failures)


def sending_limit() -> Limit:
    """Of one-time codes for one dossier in one conversation: each costs money and disturbs."""
    return Limit(SENDINGS_PER_HOUR, longest=HOUR, first=HOUR)


def locked_until(
    failures: Iterable[dt.datetime], limit: Limit, now: dt.datetime
) -> dt.datetime | None:
    """When the latest lock ends, or ended; None if there was none within the last day.

    Args:
        failures: their times, in any order.
        limit: what is borne.
        now: the time; failures a day before it no longer count.
    """
    remembered = sorted(time for time in failures if time > now - FORGOTTEN_AFTER)
    per_day = limit.per_day or len(remembered) + 1
    until: dt.datetime | None = None
    duration = limit.first
    first_within_hour = 0
    for number, failed_at in enumerate(remembered):
        if until is not None:
            duration = min(2 * duration, limit.longest)
        else:
            while remembered[first_within_hour] <= failed_at - HOUR:
                first_within_hour += 1
            within_hour = number - first_within_hour + 1
            if within_hour < limit.per_hour and number + 1 < per_day:
                continue
        until = failed_at + duration
    return until


def is_locked(failures: Iterable[dt.datetime], limit: Limit, now: dt.datetime) -> bool:
    """Whether a lock lasts at a time."""
    until = locked_until(failures, limit, now)
    return until is not None and now < until
