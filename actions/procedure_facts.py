"""Facts of a procedure: papers, fee, time, place, online filing, steps and so on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, NOT_FOUND, NOT_PUBLISHED, answer, say
from actions.memory import (
    keep_quantity,
    keep_situation,
    quantity_of,
    remember,
    situation_of,
    visited,
)
from actions.safe_action import Events
from bot import clock
from bot.catalogue import finder, service
from bot.catalogue.model import COMMUNE, FEES, Procedure
from bot.catalogue.situation import NOTHING
from bot.offices.routing import Place
from bot.payments import quantity
from bot.rendering import dating, own_case, quote_lines
from bot.rendering import procedure_lines as rendering
from bot.wording import fragment

# Intent → topic of the answer contract.
TOPICS = {
    "ask_documents": "documents",
    "ask_fee": "fee",
    "ask_processing_time": "processing_time",
    "ask_where_to_apply": "place",
    "ask_how_to_apply_online": "online",
    "ask_steps": "steps",
    "ask_eligibility": "eligibility",
    "ask_legal_basis": "legal_basis",
    "ask_result_delivery": "result",
    "ask_form": "form",
    "ask_service_level": "service_level",
}
OVERVIEW = "procedure"

# Topic → group of facts whose source is named, and the lines that state them.
FACTS: dict[str, tuple[str, Callable[[Procedure], list[str]]]] = {
    OVERVIEW: ("channels", rendering.overview),
    "documents": ("documents", rendering.documents),
    "fee": (FEES, rendering.fees),
    "processing_time": ("channels", rendering.times),
    "place": ("places", rendering.place),
    "online": ("channels", rendering.online),
    "steps": ("steps", rendering.steps),
    "eligibility": ("conditions", lambda p: rendering.paragraphs(p.subject, p.conditions)),
    "legal_basis": ("legal_basis", rendering.legal_basis),
    "result": ("result", lambda p: rendering.paragraphs(p.result)),
    "form": ("forms", rendering.forms),
    "service_level": ("service_level", rendering.service_level),
}
# Short first: so many lines, or letters, of a fact are told; the rest when it is asked for.
MOST_LINES, MOST_LETTERS = 12, 1_800
# A fact is cut only where that saves more than a line or two.
LEAST_CUT = 3


def tell(
    dispatcher: CollectingDispatcher,
    topic: str,
    code: str,
    place: Place | None = None,
    on: dt.date | None = None,
    *,
    tracker: Tracker | None = None,
    whole: bool = False,
) -> Events:
    """State one fact of one procedure, of a day (default: today), or say that it is unknown.

    `tracker`: the talk, whose case is minded and whose trail grows. `whole`: all lines, however
    many there are.
    """
    group, lines_of = FACTS[topic]
    procedure = service.procedure(code, on)
    known = procedure is not None and (on is None or procedure.is_known_on(group, on))
    if procedure is None and on is not None:
        procedure = service.procedure(code)
    if procedure is None:
        return tell_gone(dispatcher, topic, code)
    if on is not None and not known:
        say(
            dispatcher,
            "utter_day_not_known",
            answer(topic, NOT_PUBLISHED, procedure=procedure, source=procedure.source_of(group)),
            procedure=procedure.display_name,
            date=rendering.date(on),
            known_from=rendering.date(procedure.known_from or on),
        )
        return about(procedure, topic, place, tracker)
    lines = lines_of(procedure)
    if topic in own_case.PLAIN and tracker is not None:
        lines = own_case.lines(topic, procedure, situation_of(tracker))
    if topic == "fee" and lines:
        lines = _with_quote(lines, procedure, tracker, on)
    if topic == "place" and place is not None and procedure.level == COMMUNE:
        lines = [*lines, rendering.commune(place)]
    if topic == OVERVIEW and procedure.differs_from:
        others = finder.options([other.code for other in procedure.differs_from]).matches
        lines = [*lines, *rendering.other_cases(procedure, {m.code: m.name for m in others})]
    if lines and on is not None:
        lines = [fragment("as_of", date=rendering.date(on)), *lines]
    elif lines:
        due = dating.due(procedure) if topic == "processing_time" else []
        lines = lines if whole else _short_first(lines)
        lines = [*lines, *due, *dating.doubt(procedure, group, of_fees=topic == "fee")]
    source = procedure.source_of(group)
    values: dict[str, Any] = {
        "procedure": procedure.display_name,
        "code": procedure.code,
        "lines": "\n".join(lines),
    }
    if source is not None:
        values.update(source=source.title, checked_on=rendering.date(source.checked_on))
    response, status = f"utter_{topic}", ANSWERED
    if not lines:
        response, status = f"utter_{topic}_not_published", NOT_PUBLISHED
    elif topic == "fee" and not rendering.states_a_sum(procedure):
        response, status = "utter_fee_without_sum", NOT_PUBLISHED
    say(dispatcher, response, answer(topic, status, procedure=procedure, source=source), **values)
    return about(procedure, topic, place, tracker)


def about(procedure: Procedure, topic: str, place: Place | None, tracker: Tracker | None) -> Events:
    """The talk is about this procedure now."""
    return [
        SlotSet("procedure_code", procedure.code),
        SlotSet("pending_topic", None),
        SlotSet("options", None),
        SlotSet("told", topic),
        *remember(place),
        *([] if tracker is None else _kept(tracker, procedure.code)),
    ]


def _kept(tracker: Tracker, code: str) -> Events:
    many = keep_quantity(tracker, quantity_of(tracker, code))
    return [*visited(tracker, code), *keep_situation(tracker), *many]


def _with_quote(
    lines: list[str], procedure: Procedure, tracker: Tracker | None, on: dt.date | None
) -> list[str]:
    """What the fee comes to, before the fees as they are published."""
    case = NOTHING if tracker is None else situation_of(tracker)
    many = quantity.NONE if tracker is None else quantity_of(tracker, procedure.code)
    quoted = quote_lines.lines(procedure, case, many, on or clock.today())
    return quoted if quote_lines.add_nothing(procedure, quoted) else [*quoted, *lines]


def _short_first(lines: list[str]) -> list[str]:
    """The first lines of a long fact, and how many there are more."""
    shown, letters = 0, 0
    for line in lines:
        letters += len(line)
        if shown and (shown == MOST_LINES or letters > MOST_LETTERS):
            break
        shown += 1
    left = len(lines) - shown
    if left < LEAST_CUT:
        return lines
    return [*lines[:shown], fragment("more_lines", count=left)]


def tell_gone(dispatcher: CollectingDispatcher, topic: str, code: str) -> Events:
    """Say that a code is unknown, or since when it stands in the catalogue no longer."""
    last_day = service.last_day(code)
    contract = answer(topic, NOT_FOUND)
    if last_day is None:
        say(dispatcher, "utter_procedure_gone", contract, code=code)
    else:
        say(dispatcher, "utter_procedure_ended", contract, code=code, date=rendering.date(last_day))
    return [SlotSet("procedure_code", None)]
