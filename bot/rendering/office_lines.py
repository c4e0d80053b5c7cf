"""Facts of offices and digital teams as lines of text, put together from fragments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from bot.offices import opening
from bot.offices.days import AskedDays
from bot.offices.model import Hours, Office, Source, Span, Team
from bot.offices.working_days import coming_holidays, is_public_holiday, is_working_day
from bot.rendering import procedure_lines as rendering
from bot.wording import fragment

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLIDAY_RUNS = 3
MOST_TEAMS = 5


def day_name(day: dt.date) -> str:
    """ "thứ bảy, ngày 28/11/2026"."""
    weekday = fragment(WEEKDAYS[day.weekday()])
    return fragment("day_named", weekday=weekday, date=rendering.date(day))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def general_days(asked: AskedDays, today: dt.date) -> list[str]:
    """What the common calendar says of the days asked about, of today if none is named."""
    lines = []
    for day in asked.days or (() if asked.holidays else (today,)):
        if is_public_holiday(day):
            kind = "day_holiday"
        else:
            kind = "day_works" if is_working_day(day) else "day_weekend"
        lines.append(_capital(fragment(kind, day=day_name(day))))
    return lines + holidays(asked, today)


def holidays(asked: AskedDays, today: dt.date) -> list[str]:
    """The public holidays to come, where they are asked about."""
    if not asked.holidays:
        return []
    runs = [
        rendering.date(first)
        if first == last
        else fragment("from_to", first=rendering.date(first), last=rendering.date(last))
        for first, last in coming_holidays(today, HOLIDAY_RUNS)
    ]
    return [fragment("coming_holidays", runs="; ".join(runs))]


def hours(office: Office, known: Hours, asked: AskedDays, now: dt.datetime) -> list[str]:
    """The week of an office, the days asked about, and whether it is open now."""
    lines = [fragment("hours_of", office=office.name)]
    for first, last, spans in _runs(known):
        days = fragment(WEEKDAYS[first])
        if last > first:
            days = fragment("from_to", first=days, last=fragment(WEEKDAYS[last]))
        lines.append(fragment("hours_on_days", days=days, spans=_spans(spans)))
    for day in asked.days:
        spans = () if is_public_holiday(day) else known.on(day.weekday())
        kind = "open_on" if spans else "closed_on"
        lines.append(_capital(fragment(kind, day=day_name(day), spans=_spans(spans))))
    if opening.is_open(known, now):
        lines.append(fragment("open_now"))
    else:
        following = opening.next_opening(known, now)
        if following is not None:
            when = day_name(following.date())
            lines.append(fragment("opens_next", time=f"{following:%H:%M}", day=when))
    return lines


def _runs(known: Hours) -> list[tuple[int, int, tuple[Span, ...]]]:
    """First and last weekdays of neighbours with equal times; days without any are left out."""
    runs: list[tuple[int, int, tuple[Span, ...]]] = []
    for weekday in range(len(WEEKDAYS)):
        spans = known.on(weekday)
        if runs and spans and runs[-1][1] == weekday - 1 and _times(runs[-1][2]) == _times(spans):
            runs[-1] = (runs[-1][0], weekday, spans)
        elif spans:
            runs.append((weekday, weekday, spans))
    return runs


def _times(spans: Iterable[Span]) -> list[tuple[dt.time, dt.time]]:
    return [(span.opens, span.closes) for span in spans]


def _spans(spans: Iterable[Span]) -> str:
    return ", ".join(
        fragment("from_to", first=f"{span.opens:%H:%M}", last=f"{span.closes:%H:%M}")
        for span in spans
    )


def contact(office: Office) -> list[str]:
    """Name, address and telephone, be they unknown; e-mail, web page and note if known."""
    unknown = fragment("not_known_yet")
    lines = [fragment("group", when=office.name)]
    # A telephone line has no address that anybody could miss.
    if office.address or not office.telephone:
        lines.append(fragment("office_address", text=office.address or unknown))
    lines.append(fragment("office_telephone", text=office.telephone or unknown))
    if office.email:
        lines.append(fragment("office_email", text=office.email))
    if office.website:
        lines.append(fragment("office_website", text=office.website))
    if office.note:
        lines.append(fragment("note", text=office.note))
    return lines


def teams(found: Sequence[Team]) -> list[str]:
    """The first teams with whom to ask; how many more there are."""
    unknown = fragment("not_known_yet")
    lines = []
    for team in found[:MOST_TEAMS]:
        head = fragment("item", text=team.name)
        if team.hamlet:
            head = fragment("team_of_hamlet", hamlet=team.hamlet, name=team.name)
        reached = fragment("team_contact", text=team.contact or unknown)
        telephone = fragment("office_telephone", text=team.telephone or unknown)
        lines.append(f"{head}. {reached}. {telephone.removeprefix('- ')}.")
        if team.note:
            lines.append(fragment("note", text=team.note))
    if len(found) > MOST_TEAMS:
        lines.append(fragment("more_teams", count=len(found) - MOST_TEAMS))
    return lines


def sources(given: Iterable[Source]) -> dict[str, Any]:
    """Titles of all sources and the day of the one that was checked longest ago."""
    distinct = list(dict.fromkeys(given))
    return {
        "source": "; ".join(dict.fromkeys(source.title for source in distinct)),
        "checked_on": rendering.date(min(source.checked_on for source in distinct)),
    }
