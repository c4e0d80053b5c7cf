"""When staff (cán bộ) take talks over, and by when an answer is promised, in working time.

The hours are a setting of the province, `BOT_SUPPORT_HOURS`: "1-5 07:00-11:30 13:30-17:00; 6
07:30-11:00" (1 is Monday); public holidays are none of them; "always": day and night, every day.
Moments are local unless said.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re

from bot import clock
from bot.offices.model import Hours, Span
from bot.offices.opening import is_open as is_within
from bot.offices.opening import local as in_vietnam
from bot.offices.opening import next_opening as opening_after
from bot.offices.working_days import is_public_holiday
from bot.settings import SettingsError, settings
from bot.sources import Source

# Longer than any run of days off; a setting that leaves no hours is refused before.
LOOK_AHEAD_DAYS = 60
ALWAYS = "always"
QUARTER = dt.timedelta(minutes=15)

_DAYS = re.compile(r"(?P<first>[1-7])(?:-(?P<last>[1-7]))?")
_SPAN = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


def is_open(moment: dt.datetime | None = None) -> bool:
    """Whether it is within the staff's hours; default: now."""
    return is_always_open() or is_within(hours(), _local(moment))


def is_always_open() -> bool:
    """Whether there is always somebody."""
    return settings().support_hours.strip().lower() == ALWAYS


def next_opening(moment: dt.datetime | None = None) -> dt.datetime | None:
    """When the staff's next hours begin, local time without a zone; None: not for a month."""
    found = opening_after(hours(), _local(moment))
    return found.replace(tzinfo=None) if found else None


def due(moment: dt.datetime | None = None) -> dt.datetime:
    """`BOT_SUPPORT_PROMISE_HOURS` of the staff's hours after a moment: UTC without a zone.

    Told by the quarter of an hour, the next one.
    """
    left = dt.timedelta(hours=settings().support_promise_hours)
    here = _local(moment).replace(tzinfo=None)
    for ahead in range(LOOK_AHEAD_DAYS * 10):
        day = here.date() + dt.timedelta(days=ahead)
        for opens, closes in _spans_of(day):
            start = max(here, opens)
            if start >= closes:
                continue
            if closes - start >= left:
                end = start + left
                over = (end - opens) % QUARTER
                return _utc(end - over + QUARTER if over else end)
            left -= closes - start
    raise SettingsError("BOT_SUPPORT_HOURS leaves no time in which anything could be promised.")


@functools.lru_cache(maxsize=4)
def _parsed(text: str) -> Hours:
    source = Source("BOT_SUPPORT_HOURS", "", dt.date.min)
    if text.strip().lower() == ALWAYS:
        whole = (dt.time.min, dt.time.max)
        return Hours(tuple(Span(day, *whole) for day in range(7)), source)
    spans = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        days, *times = part.split()
        named = _DAYS.fullmatch(days)
        found = [_SPAN.fullmatch(time) for time in times]
        if named is None or not found or None in found:
            raise _refused(text)
        first, last = int(named["first"]), int(named["last"] or named["first"])
        try:
            bounds = [
                (dt.time(int(m[1]), int(m[2])), dt.time(int(m[3]), int(m[4]))) for m in found if m
            ]
        except ValueError:
            raise _refused(text) from None
        if first > last or any(opens >= closes for opens, closes in bounds):
            raise _refused(text)
        spans += [Span(day - 1, *each) for day in range(first, last + 1) for each in bounds]
    if not spans:
        raise _refused(text)
    in_order = sorted(spans, key=lambda span: (span.weekday, span.opens))
    # What is written twice would count twice.
    for one, then in itertools.pairwise(in_order):
        if one.weekday == then.weekday and then.opens < one.closes:
            raise _refused(text)
    return Hours(tuple(in_order), source)


def hours() -> Hours:
    """The staff's hours.

    Raises:
        bot.settings.SettingsError: `BOT_SUPPORT_HOURS` cannot be read.
    """
    return _parsed(settings().support_hours)


def _refused(text: str) -> SettingsError:
    return SettingsError(
        f"BOT_SUPPORT_HOURS must be such as '1-5 07:00-11:30 13:30-17:00; 6 07:30-11:00', "
        f"not {text!r}."
    )


def _spans_of(day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
    if not is_always_open() and is_public_holiday(day):
        return []
    return [
        (dt.datetime.combine(day, span.opens), dt.datetime.combine(day, span.closes))
        for span in hours().on(day.weekday())
    ]


def _local(moment: dt.datetime | None) -> dt.datetime:
    return in_vietnam(clock.now() if moment is None else moment)


def _utc(local: dt.datetime) -> dt.datetime:
    moment = local.replace(tzinfo=clock.VIETNAM).astimezone(dt.timezone.utc)
    return moment.replace(tzinfo=None)
