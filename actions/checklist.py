"""The checklist of one procedure in a talk, with the way to the page that can be printed."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, answer, say
from actions.procedure_facts import about, tell_gone
from actions.safe_action import Events
from bot.catalogue import service
from bot.offices.routing import Place
from bot.rendering import checklist as rendering
from bot.rendering import office_lines, procedure_lines
from bot.rendering.checklist import BOX, CASE, ITEM, Checklist, Line, Part
from bot.settings import settings
from bot.wording import fragment

TOPIC = "checklist"
# Lines of the whole text, those around the parts among them; characters of one of a part.
MOST_LINES, FRAME, LONGEST_LINE = 25, 3, 160
# Part → its most lines below its heading; the papers take what is left.
SHOWN = {
    rendering.WHO: 1,
    rendering.PAPERS: 0,
    rendering.MISTAKES: 1,
    rendering.FORMS: 1,
    rendering.FEE: 3,
    rendering.TIME: 3,
    rendering.PLACE: 4,
    rendering.ONLINE_FILING: 1,
    rendering.RESULT: 1,
}
# Left out, the first one first, where the papers need their lines.
SPARED = (rendering.RESULT, rendering.WHO, rendering.FORMS, rendering.MISTAKES)
# Heading, three papers or cases, and how many more there are.
FEWEST_PAPER_LINES = 5
# Their lines are sentences that need no heading.
SELF_EXPLAINING = (rendering.PLACE, rendering.ONLINE_FILING)


def tell_checklist(
    dispatcher: CollectingDispatcher,
    code: str,
    place: Place | None = None,
    *,
    tracker: Tracker | None = None,
) -> Events:
    """Tell what to prepare for a procedure, or that there is none with this code."""
    procedure = service.procedure(code)
    if procedure is None:
        return tell_gone(dispatcher, TOPIC, code)
    found = rendering.checklist(procedure, place)
    certain = place.new_wards[0] if place is not None and len(place.new_wards) == 1 else ""
    source = procedure.source_of("documents")
    given = [one for part in found.parts for one in part.sources]
    if source is not None:
        given.append(source)
    say(
        dispatcher,
        "utter_checklist",
        answer(TOPIC, ANSWERED, procedure=procedure, source=source),
        procedure=found.title,
        code=found.code,
        lines="\n".join(lines(found)),
        page=f"{settings().public_url}{rendering.page_path(found.code, certain)}",
        notice=rendering.say("utter_checklist_decides"),
        **office_lines.sources(given),
    )
    return about(procedure, TOPIC, place, tracker)


def lines(found: Checklist) -> list[str]:
    """The parts for a chat, short: what does not fit is counted and stands on the page."""
    parts = {part.key: part for part in found.parts if part.key in SHOWN}
    told = {key: _part(part) for key, part in parts.items() if key != rendering.PAPERS}
    doubts = _doubts(list(parts.values()))
    papers = [line for line in parts[rendering.PAPERS].lines if line.kind in (BOX, CASE)]
    room = MOST_LINES - FRAME - len(doubts) - sum(map(len, told.values()))
    for key in SPARED:
        if room > len(papers):
            break
        room += len(told.pop(key))
    told[rendering.PAPERS] = _papers(parts[rendering.PAPERS], papers, max(room, FEWEST_PAPER_LINES))
    return [*(line for key in SHOWN for line in told.get(key, ())), *doubts]


def _papers(part: Part, papers: list[Line], room: int) -> list[str]:
    """Boxes to tick off in so many lines, heading and count of the rest among them."""
    if not papers:
        return [_one(part, part.lines[0])]
    kept = papers if len(papers) < room else papers[: room - 2]
    while kept[-1].kind == CASE:  # a case without its papers tells nothing
        kept = kept[:-1]
    left = sum(line.kind == BOX for line in papers) - sum(line.kind == BOX for line in kept)
    more = [rendering.say("utter_checklist_more_papers", count=left)] if left else []
    return [_heading(part), *map(_line, kept), *more]


def _part(part: Part) -> list[str]:
    """A part in the lines that it may take; that no mistakes are known is not worth one."""
    shown = [line for line in part.lines if line.brief]
    most = SHOWN[part.key]
    if not part.published and part.key == rendering.MISTAKES:
        return []
    if part.key in SELF_EXPLAINING:
        return [_line(line) for line in shown[:most]]
    if len(shown) == 1 or most == 1:
        return [_one(part, shown[0], len(shown) - 1)]
    kept = shown if len(shown) <= most else shown[: most - 1]
    left = len(shown) - len(kept)
    more = [rendering.say("utter_checklist_more_lines", count=left)] if left else []
    return [_heading(part), *map(_line, kept), *more]


def _heading(part: Part) -> str:
    return rendering.say("utter_checklist_heading", heading=part.heading)


def _one(part: Part, line: Line, left: int = 0) -> str:
    text = _short(line.text)
    if left:
        text = rendering.say("utter_checklist_and_more", text=text, count=left)
    return rendering.say("utter_checklist_line", heading=part.heading, text=text)


def _line(line: Line) -> str:
    text = _short(line.text)
    if line.kind == BOX:
        return rendering.say("utter_checklist_box", text=text)
    return fragment("item", text=text) if line.kind == ITEM else text


def _short(text: str) -> str:
    return procedure_lines.shortened(" ".join(text.split()), LONGEST_LINE)


def _doubts(parts: Sequence[Part]) -> list[str]:
    """Each doubt once, with the parts that it is about."""
    about: dict[str, list[str]] = {}
    for part in parts:
        for doubt in part.doubts:
            about.setdefault(doubt, []).append(part.heading.lower())
    return [
        rendering.say("utter_checklist_doubt", doubt=doubt, parts=", ".join(headings))
        for doubt, headings in about.items()
    ]
