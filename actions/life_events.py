"""Situations of life: the procedures that they bring in their order, and going through them."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, CLARIFY, answer, say
from actions.procedure_facts import OVERVIEW, tell
from actions.safe_action import Events
from bot import wording
from bot.catalogue import finder, life_events, service
from bot.catalogue.finder import MOST_OPTIONS
from bot.catalogue.model import LifeEvent
from bot.catalogue.search import Match
from bot.rendering import office_lines
from bot.rendering import procedure_lines as rendering

TOPIC = "life_event"
LONGEST_NAME, LONGEST_TITLE = 120, 60
# Event → what is said before its steps.
OPENINGS = {
    "mat-nguoi-than": "utter_life_event_condolence",
    "bao-luc-gia-dinh": "utter_life_event_danger",
}


def tell_event(dispatcher: CollectingDispatcher, event: LifeEvent) -> Events:
    """Say which procedures an event brings, in their order, and ask for the one to begin with.

    The steps are those of `bot.catalogue.life_events`: each is in the catalogue today.
    """
    steps = _matches(event)
    reasons = dict(event.steps)
    lines = [
        _text(
            "utter_life_event_step",
            number=number,
            name=rendering.shortened(step.name, LONGEST_NAME).rstrip("."),
            why=reasons[step.code],
        )
        for number, step in enumerate(steps, start=1)
    ]
    found = [service.procedure(step.code) for step in steps]
    given = [p.source for p in found if p is not None and p.source is not None]
    opening = OPENINGS.get(event.key)
    say(
        dispatcher,
        "utter_life_event",
        answer(TOPIC, ANSWERED, options=steps[:MOST_OPTIONS], source=given[0]),
        buttons=_buttons(steps),
        opening=f"{_text(opening)}\n" if opening else "",
        event=event.name,
        lines="\n".join(lines),
        **office_lines.sources(given),
    )
    # The talk is about none of the steps yet.
    return [*_offered(event, steps), SlotSet("procedure_code", None)]


def next_step(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Tell the procedure that comes after the present one in the event of the talk.

    The first one if there is no present one; that these were all after the last. Without an
    event, or where the talk went on to another procedure, nothing is said: [] is returned.
    """
    key = tracker.get_slot("life_event")
    event = life_events.by_key(key) if key else None
    if event is None:
        return []
    codes = [code for code, _ in event.steps]
    current = tracker.get_slot("procedure_code")
    if current and current not in codes:
        return []
    number = codes.index(current) + 1 if current else 0
    if number == len(codes):
        return _tell_done(dispatcher, event)
    place = {"event": event.name, "number": number + 1, "count": len(codes)}
    dispatcher.utter_message(response="utter_life_event_next", **place)
    told = tell(dispatcher, OVERVIEW, codes[number], tracker=tracker)
    return [*told, SlotSet("life_event", event.key)]


def _tell_done(dispatcher: CollectingDispatcher, event: LifeEvent) -> Events:
    steps = _matches(event)
    contract = answer(TOPIC, CLARIFY, options=steps[:MOST_OPTIONS])
    buttons = _buttons(steps)
    say(dispatcher, "utter_life_event_done", contract, buttons=buttons, event=event.name)
    return _offered(event, steps)


def _matches(event: LifeEvent) -> list[Match]:
    return list(finder.options([code for code, _ in event.steps]).matches)


def _buttons(steps: list[Match]) -> list[dict[str, str]]:
    return [
        {
            "title": _text(
                "utter_life_event_button",
                number=number,
                name=rendering.shortened(step.name, LONGEST_TITLE),
            ),
            "payload": f'/choose_option{{"procedure_code": "{step.code}"}}',
        }
        for number, step in enumerate(steps[:MOST_OPTIONS], start=1)
    ]


def _offered(event: LifeEvent, steps: list[Match]) -> Events:
    """What "cái thứ hai" and "bước tiếp theo" will mean."""
    return [
        SlotSet("options", [step.code for step in steps]),
        SlotSet("life_event", event.key),
        SlotSet("pending_topic", None),
    ]


def _text(response: str, /, **values: object) -> str:
    return wording.text("life_events", response).format(**values)
