"""All that one needs to know before filing: the checklist that chat and printed page share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from bot import clock, wording
from bot import text as vn
from bot.catalogue.model import COMMUNE, FEES, ONLINE, Duration, Procedure
from bot.offices import service as offices_service
from bot.offices.model import Office
from bot.offices.routing import Place
from bot.rendering import dating
from bot.rendering import procedure_lines as rendering
from bot.sources import Source
from bot.wording import fragment

PORTAL = "https://dichvucong.gov.vn"
# What a line is: a sentence, one of several, a paper to tick off, the case of the papers below.
TEXT, ITEM, BOX, CASE = "text", "item", "box", "case"
# Keys of the parts; each is the response that words its heading.
ABOUT, WHO = "utter_checklist_about", "utter_checklist_who"
PAPERS, MISTAKES = "utter_checklist_papers", "utter_checklist_mistakes"
FORMS, FEE, TIME = "utter_checklist_forms", "utter_checklist_fee", "utter_checklist_time"
PLACE, ONLINE_FILING = "utter_checklist_place", "utter_checklist_online"
RESULT, SOURCES = "utter_checklist_result", "utter_checklist_sources"
NOTICE = "utter_checklist_notice"

LONGEST_SUBJECT = 300
_MARK = "- "
# Folded: the one-stop centres, and names under which they may be meant.
_CENTRE = re.compile(r"phuc vu hanh chinh cong")
_PERHAPS_CENTRE = re.compile(r"(?:mot cua|uy ban nhan dan|\bubnd) cap (?:xa|tinh)")


@dataclass(frozen=True)
class Line:
    """A line of a part; `brief` ones are shown in a chat, too. `url` is where it leads."""

    text: str
    kind: str = TEXT
    url: str = ""
    brief: bool = True


@dataclass(frozen=True)
class Part:
    """A heading with its lines; where no source says anything, a line says so.

    `doubts` are warnings about these facts, `sources` where they come from.
    """

    key: str
    lines: tuple[Line, ...]
    published: bool = True
    doubts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def heading(self) -> str:
        """The heading as citizens read it."""
        return say(self.key)


@dataclass(frozen=True)
class Checklist:
    """The parts in the order in which they are read, and the day on which they were true."""

    title: str
    code: str
    parts: tuple[Part, ...]
    made_on: dt.date


def say(name: str, /, **values: Any) -> str:
    """A piece of `domain/checklist.yml` with its keywords filled in."""
    return wording.text("checklist", name).format(**values)


def page_path(code: str, commune: str = "") -> str:
    """The path of a procedure's page, with a commune of today filled in if one is given."""
    return f"/p/{quote(code)}?xa={quote(commune)}" if commune else f"/p/{quote(code)}"


def checklist(procedure: Procedure, place: Place | None = None) -> Checklist:
    """The checklist of a procedure for people of a place.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    if procedure.level != COMMUNE:
        offices = offices_service.offices_of_province()
    elif place is not None and len(place.new_wards) == 1:
        offices = offices_service.offices_of_commune(place.new_wards[0])
    else:
        offices = ()
    return compose(procedure, place, offices)


def compose(
    procedure: Procedure, place: Place | None = None, offices: Sequence[Office] = ()
) -> Checklist:
    """The checklist, put together from what is known; `offices` receive in that place."""
    parts = (
        Part(ABOUT, tuple(_about(procedure))),
        _part(procedure, WHO, _who(procedure), ("subject",)),
        _part(procedure, PAPERS, _papers(procedure), ("documents",)),
        _part(procedure, MISTAKES, _items(procedure.mistakes.splitlines()), ("mistakes",)),
        _part(procedure, FORMS, _forms(procedure), ("forms",)),
        _part(procedure, FEE, _fees(procedure), (FEES,)),
        _part(procedure, TIME, _times(procedure), _time_groups(procedure)),
        _place(procedure, place, offices),
        _online(procedure),
        _part(procedure, RESULT, _texts(rendering.paragraphs(procedure.result)), ("result",)),
    )
    today = clock.today()
    made_on = say("utter_checklist_made_on", date=rendering.date(today))
    notice = _texts([say("utter_checklist_decides"), made_on])
    closing = (Part(SOURCES, _sources(parts)), Part(NOTICE, notice))
    return Checklist(procedure.display_name, procedure.code, (*parts, *closing), today)


def _part(procedure: Procedure, key: str, lines: tuple[Line, ...], groups: Sequence[str]) -> Part:
    """A part with the doubts and sources of its groups of facts."""
    if not lines:
        return Part(key, (Line(fragment("unpublished")),), published=False)
    # Fees that have ended leave times and ways to file as they are.
    of_fees = key not in (TIME, ONLINE_FILING)
    doubts = [d for group in groups for d in dating.doubt(procedure, group, of_fees=of_fees)]
    found = [procedure.source_of(group) for group in groups]
    sources = dict.fromkeys(source for source in found if source is not None)
    return Part(key, lines, True, tuple(dict.fromkeys(doubts)), tuple(sources))


def _texts(texts: Iterable[str], *, brief: bool = True) -> tuple[Line, ...]:
    """Lines as the renderers write them: those that begin with a dash are items."""
    return tuple(
        Line(text.removeprefix(_MARK), ITEM if text.startswith(_MARK) else TEXT, brief=brief)
        for text in texts
        if text.strip()
    )


def _items(texts: Iterable[str]) -> tuple[Line, ...]:
    return tuple(Line(text.strip().removeprefix(_MARK), ITEM) for text in texts if text.strip())


def _about(procedure: Procedure) -> list[Line]:
    lines = [Line(say("utter_checklist_code", code=procedure.code))]
    if procedure.name != procedure.display_name:
        lines.append(Line(say("utter_checklist_official_name", name=procedure.name)))
    return lines


def _who(procedure: Procedure) -> tuple[Line, ...]:
    return _texts([rendering.shortened(procedure.subject, LONGEST_SUBJECT)])


def _papers(procedure: Procedure) -> tuple[Line, ...]:
    """Papers with their counts, by case, then what to mind; explanations are no papers."""
    papers = tuple(item for item in procedure.documents if not item.remark)
    remarks = [Line(d.name, brief=False) for d in procedure.documents if d.remark]
    if not papers:
        return (Line(fragment("unpublished")), *remarks) if remarks else ()
    alone = replace(procedure, documents=papers, documents_note="", mistakes="")
    lines = [
        Line(text.removeprefix(_MARK), BOX) if text.startswith(_MARK) else Line(text, CASE)
        for text in rendering.documents(alone)
    ]
    if procedure.documents_note:
        lines.append(Line(fragment("note", text=procedure.documents_note), brief=False))
    return (*lines, *remarks)


def _forms(procedure: Procedure) -> tuple[Line, ...]:
    """The forms, each leading to its file if that is known, and where to get them."""
    lines = []
    for form in procedure.forms:
        alone = replace(procedure, forms=(replace(form, url=""),))
        name = rendering.forms(alone)[0].removeprefix(_MARK)
        lines.append(Line(name, ITEM, url=form.url))
    if lines:
        where = say("utter_checklist_form_where", code=procedure.code)
        lines.append(Line(where, brief=False))
    return tuple(dict.fromkeys(lines))


def _fees(procedure: Procedure) -> tuple[Line, ...]:
    lines = _texts(rendering.fees(procedure))
    if lines and not rendering.states_a_sum(procedure):
        return (*lines, Line(say("utter_checklist_fee_without_sum")))
    return lines


def _times(procedure: Procedure) -> tuple[Line, ...]:
    """Time by channel, by case where only cases have one, and when today's dossier is due."""
    by_case: list[str] = []
    if "cases" in _time_groups(procedure):
        by_case = [
            fragment("channel", channel=case.name, text=rendering.duration(case.time))
            for case in procedure.cases
            if case.time.is_published
        ]
    by_channel = _texts(dict.fromkeys(rendering.times(procedure)), brief=not by_case)
    lines = (*by_channel, *_texts(dict.fromkeys(by_case)))
    if not lines:
        return ()
    counts = Line(say("utter_checklist_time_counts"), brief=False)
    return (*lines, counts, *_texts(dating.due(procedure)))


def _time_groups(procedure: Procedure) -> tuple[str, ...]:
    stated = any(channel.time.value is not None for channel in procedure.channels)
    by_case = any(case.time.is_published for case in procedure.cases)
    return ("channels", "cases") if by_case and not stated else ("channels",)


def _place(procedure: Procedure, place: Place | None, offices: Sequence[Office]) -> Part:
    """Where to file, and how to reach the one-stop centre if that may be the place."""
    first, *others = rendering.place(procedure)
    unpublished = fragment("place_unpublished")
    lines = [Line(first), *(Line(text, brief=text == unpublished) for text in others)]
    if place is not None and procedure.level == COMMUNE:
        lines.append(Line(rendering.commune(place)))
    named = vn.fold(" ".join(procedure.places))
    if named and not _CENTRE.search(named) and not _PERHAPS_CENTRE.search(named):
        lines.append(Line(say("utter_checklist_no_centre")))
        offices = ()
    elif offices and not _CENTRE.search(named):
        lines.append(Line(say("utter_checklist_perhaps_centre")))
    for office in offices:
        lines += _office(office, brief=office is offices[0])
    groups = [name for name in ("places", "agency") if getattr(procedure, name)]
    part = _part(procedure, PLACE, tuple(lines), groups)
    sources = dict.fromkeys([*part.sources, *(office.source for office in offices)])
    return replace(part, sources=tuple(sources))


def _office(office: Office, *, brief: bool) -> list[Line]:
    """Name, address and telephone in one line, be they unknown, then what else is known."""
    unknown = fragment("unpublished")
    values = {"name": office.name, "address": office.address or unknown}
    values["telephone"] = office.telephone or unknown
    others = (("office_email", office.email), ("office_website", office.website))
    texts = [fragment(name, text=text) for name, text in (*others, ("note", office.note)) if text]
    centre = Line(say("utter_checklist_centre", **values), brief=brief)
    return [centre, *_texts(texts, brief=False)]


def _online(procedure: Procedure) -> Part:
    """Whether dossiers are taken online, at which level, and how to find them on the portal."""
    values = {"url": PORTAL, "code": procedure.code}
    channels = [channel for channel in procedure.channels if channel.kind == ONLINE]
    if not channels and not procedure.online:
        look = Line(say("utter_checklist_portal_look", **values), url=PORTAL)
        return Part(
            ONLINE_FILING, (Line(say("utter_checklist_online_unknown")), look), published=False
        )
    # Times stand in a part of their own.
    untimed = replace(
        procedure, channels=tuple(replace(c, time=Duration()) for c in procedure.channels)
    )
    nothing = fragment("channel", channel=fragment(ONLINE), text=fragment("unpublished"))
    details = [text for text in rendering.online(untimed) if text != nothing]
    lines = (
        Line(say("utter_checklist_accepts_online"), brief=False),
        Line(say("utter_checklist_portal", **values), url=PORTAL),
        *_texts(details, brief=False),
    )
    groups = ["channels" if channels else "online"]
    groups += ["service_level"] if procedure.service_level else []
    return _part(procedure, ONLINE_FILING, lines, groups)


def _sources(parts: Iterable[Part]) -> tuple[Line, ...]:
    """Each source once, with its day and, where there are several, what comes from it."""
    found: dict[Source, list[str]] = {}
    for part in parts:
        for source in part.sources:
            found.setdefault(source, []).append(part.heading.lower())
    name = "utter_checklist_source" if len(found) > 1 else "utter_checklist_one_source"
    return tuple(
        Line(
            say(
                name,
                source=source.title,
                date=rendering.date(source.checked_on),
                parts=", ".join(headings),
            ),
            ITEM,
            url=source.url,
        )
        for source, headings in found.items()
    )
