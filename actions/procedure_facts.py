"""Answers about a procedure: papers, fee, time, place, online filing, steps and so on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, CLARIFY, NOT_FOUND, NOT_PUBLISHED, answer, say
from actions.safe_action import Events, SafeAction
from bot import clock, dates
from bot.catalogue import finder, service
from bot.catalogue.finder import Finding, Outcome
from bot.catalogue.model import COMMUNE, Procedure
from bot.offices import routing
from bot.offices.routing import Place
from bot.rendering import dating
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
    "fee": ("channels", rendering.fees),
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
# A question about a fact that names little else speaks of the present procedure, unless the
# catalogue knows its few words well.
LONGEST_FOLLOW_UP = 3
WELL_KNOWN = 0.55


def entity(tracker: Tracker, name: str) -> str | None:
    """First value of an entity in the latest message."""
    return next((str(v) for v in tracker.get_latest_entity_values(name)), None)


def named_place(tracker: Tracker) -> Place | None:
    """The place that the latest message names."""
    text = tracker.latest_message.get("text") or ""
    return None if text.startswith("/") else routing.find_place(text)


def place_of(tracker: Tracker) -> Place | None:
    """The place that the latest message names, or the commune known from before."""
    known = tracker.get_slot("commune")
    text = tracker.latest_message.get("text") or ""
    return named_place(tracker) or (Place(known, (known,), text) if known else None)


def remember(place: Place | None) -> Events:
    """The slot that keeps the citizen's commune, where it is certain."""
    if place is None or len(place.new_wards) != 1:
        return []
    return [SlotSet("commune", place.new_wards[0])]


def tell(
    dispatcher: CollectingDispatcher,
    topic: str,
    code: str,
    place: Place | None = None,
    on: dt.date | None = None,
) -> Events:
    """State one fact of one procedure, of a day (default: today), or say that it is unknown."""
    group, lines_of = FACTS[topic]
    procedure = service.procedure(code, on)
    known = procedure is not None and (on is None or procedure.is_known_on(group, on))
    if procedure is None and on is not None:
        procedure = service.procedure(code)
    if procedure is None:
        return _tell_gone(dispatcher, topic, code)
    if on is not None and not known:
        say(
            dispatcher,
            "utter_day_not_known",
            answer(topic, NOT_PUBLISHED, procedure=procedure, source=procedure.source_of(group)),
            procedure=procedure.display_name,
            date=rendering.date(on),
            known_from=rendering.date(procedure.known_from or on),
        )
        return _about(procedure, place)
    lines = lines_of(procedure)
    if topic == "place" and place is not None and procedure.level == COMMUNE:
        lines = [*lines, rendering.commune(place)]
    if topic == OVERVIEW and procedure.differs_from:
        others = finder.options([other.code for other in procedure.differs_from]).matches
        lines = [*lines, *rendering.other_cases(procedure, {m.code: m.name for m in others})]
    if lines and on is not None:
        lines = [fragment("as_of", date=rendering.date(on)), *lines]
    elif lines:
        due = dating.due(procedure) if topic == "processing_time" else []
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
    return _about(procedure, place)


def tell_all(
    dispatcher: CollectingDispatcher,
    topics: Sequence[str],
    code: str,
    place: Place | None = None,
    on: dt.date | None = None,
) -> Events:
    """`tell` for each of the facts that one message asks for."""
    return [event for topic in topics for event in tell(dispatcher, topic, code, place, on)]


def pending_topics(tracker: Tracker) -> list[str]:
    """The facts that were asked for before the procedure was known; at least an overview."""
    asked = (tracker.get_slot("pending_topic") or "").split()
    return [topic for topic in asked if topic in FACTS] or [OVERVIEW]


def _about(procedure: Procedure, place: Place | None) -> Events:
    """The talk is about this procedure now."""
    return [
        SlotSet("procedure_code", procedure.code),
        SlotSet("pending_topic", None),
        SlotSet("options", None),
        *remember(place),
    ]


def _tell_gone(dispatcher: CollectingDispatcher, topic: str, code: str) -> Events:
    """Say that a code is unknown, or since when it stands in the catalogue no longer."""
    last_day = service.last_day(code)
    contract = answer(topic, NOT_FOUND)
    if last_day is None:
        say(dispatcher, "utter_procedure_gone", contract, code=code)
    else:
        say(dispatcher, "utter_procedure_ended", contract, code=code, date=rendering.date(last_day))
    return [SlotSet("procedure_code", None)]


def ask_which(
    dispatcher: CollectingDispatcher,
    topics: Sequence[str],
    finding: Finding,
    place: Place | None = None,
) -> Events:
    """Show the options as buttons, or ask for the need where there are none.

    `topics` are the facts to be told of the one that is chosen.
    """
    buttons = [
        {"title": f"{n}. {m.name}", "payload": f'/choose_option{{"procedure_code": "{m.code}"}}'}
        for n, m in enumerate(finding.matches, start=1)
    ]
    contract = answer(topics[0], CLARIFY, options=finding.matches[: finder.MOST_OPTIONS])
    if buttons:
        say(dispatcher, "utter_choose_procedure", contract, buttons=buttons)
    elif place is not None:
        line = rendering.commune(place)
        say(dispatcher, "utter_which_procedure_at", contract, line=line)
    else:
        say(dispatcher, "utter_which_procedure", contract)
    codes = [m.code for m in finding.matches]
    # Until one is chosen, the talk is about none of them, nor about the one before.
    return [
        SlotSet("options", codes or None),
        SlotSet("pending_topic", " ".join(topics)),
        SlotSet("procedure_code", None),
    ]


def answer_message(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topics: Sequence[str],
    *,
    asks_fact: bool = False,
) -> Events:
    """Find the procedure that the latest message means and state the facts.

    `asks_fact`: the message itself asks for these facts, so that it may speak of the
    procedure before.
    """
    text = tracker.latest_message.get("text") or ""
    current = tracker.get_slot("procedure_code")
    named = entity(tracker, "procedure_code")
    place = place_of(tracker)
    on = dates.asked_day(text, clock.today()) if asks_fact else None
    if named:
        return tell_all(dispatcher, topics, named, place, on)
    # A button carries its intent only: it speaks of the present procedure.
    need = place.rest if place is not None else text
    if on is not None:
        need = dates.without_day(need)
    finding = Finding(Outcome.NO_NEED) if text.startswith("/") else finder.find(need)
    if current and _speaks_of_present(finding, current, asks_fact=asks_fact):
        return tell_all(dispatcher, topics, current, place, on)
    if finding.outcome is Outcome.FOUND:
        return tell_all(dispatcher, topics, finding.matches[0].code, place, on)
    if finding.outcome is Outcome.NOTHING:
        say(dispatcher, "utter_not_found", answer(topics[0], NOT_FOUND))
        return [SlotSet("options", None)]
    shown = tracker.get_slot("options")
    if finding.outcome is Outcome.NO_NEED and shown:
        finding = finder.options(shown)
    return [*ask_which(dispatcher, topics, finding, place), *remember(place)]


def _speaks_of_present(finding: Finding, current: str, *, asks_fact: bool) -> bool:
    """Whether a message asks about the procedure already spoken of."""
    if finding.outcome is Outcome.NO_NEED:
        return True
    if not asks_fact or finding.outcome is Outcome.FOUND:
        return False
    if finding.outcome is Outcome.SEVERAL and current in {m.code for m in finding.matches}:
        return True
    best = finding.matches[0].score if finding.matches else 0.0
    return best < WELL_KNOWN and len(finding.need) <= LONGEST_FOLLOW_UP


class ActionAnswerProcedure(SafeAction):
    """Answers the question of the latest message about the procedure it means."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_procedure"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        questions = tracker.latest_message.get("questions") or ()
        asked = questions if intent in questions else (intent, *questions)
        topics = list(dict.fromkeys(TOPICS[name] for name in asked if name in TOPICS))
        return answer_message(
            dispatcher, tracker, topics or pending_topics(tracker), asks_fact=intent in TOPICS
        )
