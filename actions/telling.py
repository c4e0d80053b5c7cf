"""Telling the facts asked for, or asking which of several procedures is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import checklist
from actions.answers import CLARIFY, answer, say
from actions.memory import after_long_pause, place_of
from actions.procedure_facts import FACTS, OVERVIEW, tell
from actions.safe_action import Events
from bot.catalogue import finder, service
from bot.catalogue.finder import Finding
from bot.offices.routing import Place
from bot.rendering import procedure_lines as rendering

# A match so likely is taken at its word.
WELL_KNOWN = 0.55
TELLABLE = (*FACTS, checklist.TOPIC)


def pending_topics(tracker: Tracker) -> list[str]:
    """The facts that were asked for before the procedure was known; at least an overview."""
    asked = (tracker.get_slot("pending_topic") or "").split()
    return [topic for topic in asked if topic in TELLABLE] or [OVERVIEW]


def told_topics(tracker: Tracker) -> list[str]:
    """The facts that were told last; at least an overview."""
    told = (tracker.get_slot("told") or "").split()
    return [topic for topic in told if topic in TELLABLE] or [OVERVIEW]


def tell_topics(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topics: Sequence[str],
    code: str,
    on: dt.date | None = None,
) -> Events:
    """Each of the facts that one message asks for, of one procedure."""
    place = place_of(tracker)
    events: Events = []
    for topic in topics:
        if topic == checklist.TOPIC:
            events += checklist.tell_checklist(dispatcher, code, place, tracker=tracker)
        else:
            events += tell(dispatcher, topic, code, place, on, tracker=tracker)
    return [*events, SlotSet("told", " ".join(topics))]


def ask_which(
    dispatcher: CollectingDispatcher,
    topics: Sequence[str],
    finding: Finding,
    place: Place | None = None,
) -> Events:
    """Show the options as buttons, or ask for the need where there are none.

    `topics` are the facts to be told of the one that is chosen.
    """
    buttons = [option_button(n, m.name, m.code) for n, m in enumerate(finding.matches, start=1)]
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


def option_button(number: int, name: str, code: str) -> dict[str, str]:
    """The button that picks one of several procedures."""
    return {
        "title": f"{number}. {name}",
        "payload": f'/choose_option{{"procedure_code": "{code}"}}',
    }


def name_of(code: str | None) -> str:
    procedure = service.procedure(code) if code else None
    return procedure.display_name if procedure is not None else ""


def remind(dispatcher: CollectingDispatcher, tracker: Tracker, code: str) -> None:
    """After a long pause, say what the talk was about before going on with it."""
    if after_long_pause(tracker) and (name := name_of(code)):
        dispatcher.utter_message(response="utter_resumed", **{"procedure": name})
