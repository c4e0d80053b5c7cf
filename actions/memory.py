"""What a talk keeps between messages: the procedure, the place, the case, and what was told."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.safe_action import Events
from bot.catalogue import situation
from bot.catalogue.situation import Situation
from bot.offices import routing
from bot.offices.routing import Place
from bot.payments import quantity
from bot.payments.quantity import Quantity

CODE = re.compile(r"\d\.\d{6}")
# Procedures that the talk came by, for going back.
LONGEST_TRAIL = 10
# After so many seconds of silence the citizen is reminded of what the talk was about.
LONG_PAUSE = 20 * 60


def text_of(tracker: Tracker) -> str:
    """The latest message as it was written; "" for a button."""
    text = tracker.latest_message.get("text") or ""
    return "" if text.startswith("/") else text


def intent_of(tracker: Tracker) -> str:
    """The intent of the latest message, or ""."""
    return (tracker.latest_message.get("intent") or {}).get("name") or ""


def entity(tracker: Tracker, name: str) -> str | None:
    """First value of an entity in the latest message."""
    return next((str(v) for v in tracker.get_latest_entity_values(name)), None)


def named_code(tracker: Tracker) -> str | None:
    """The procedure code that the latest message, or the button pressed, names."""
    code = entity(tracker, "procedure_code")
    # A button's payload can be typed by hand, with anything in it.
    return code if code and CODE.fullmatch(code) else None


def named_place(tracker: Tracker) -> Place | None:
    """The place that the latest message names."""
    text = text_of(tracker)
    return routing.find_place(text) if text else None


def place_of(tracker: Tracker) -> Place | None:
    """The place that the latest message names, or the commune known from before."""
    known = tracker.get_slot("commune")
    return named_place(tracker) or (Place(known, (known,), text_of(tracker)) if known else None)


def remember(place: Place | None) -> Events:
    """The slot that keeps the citizen's commune, where it is certain."""
    if place is None or len(place.new_wards) != 1:
        return []
    return [SlotSet("commune", place.new_wards[0])]


def situation_of(tracker: Tracker) -> Situation:
    """The citizen's case: what was said of it before, and what the latest message adds."""
    known = Situation.from_list(tracker.get_slot("situation") or [])
    return known.merged(situation.read(text_of(tracker)))


def keep_situation(tracker: Tracker) -> Events:
    """The slot that keeps the case, where the latest message says anything of it."""
    said = situation_of(tracker).as_list()
    return [SlotSet("situation", said)] if said != (tracker.get_slot("situation") or []) else []


def quantity_of(tracker: Tracker, code: str) -> Quantity:
    """How many the citizen wants of a procedure: what was said before, and the latest message.

    What was said of another procedure says nothing of this one.
    """
    current = tracker.get_slot("procedure_code")
    same = current is None or current == code
    known = Quantity.from_list(tracker.get_slot("quantity")) if same else quantity.NONE
    return known.merged(quantity.read(text_of(tracker)))


def keep_quantity(tracker: Tracker, said: Quantity) -> Events:
    """The slot that keeps how many, if it changes."""
    values = said.as_list() or None
    return [SlotSet("quantity", values)] if values != tracker.get_slot("quantity") else []


def counts_again(tracker: Tracker) -> bool:
    """Whether the latest message tells how many of what a fee was just told for."""
    told = (tracker.get_slot("told") or "").split()
    said = quantity.read(text_of(tracker))
    return (
        bool(said or said.too_many or said.unclear)
        and told[-1:] == ["fee"]
        and bool(tracker.get_slot("procedure_code"))
    )


def visited(tracker: Tracker, code: str) -> Events:
    """The slot that keeps the procedures that the talk came by, the latest last."""
    trail = [known for known in tracker.get_slot("trail") or [] if known != code]
    return [SlotSet("trail", [*trail, code][-LONGEST_TRAIL:])]


def after_long_pause(tracker: Tracker) -> bool:
    """Whether the citizen comes back to the talk."""
    times = _times(tracker)
    return len(times) > 1 and times[-1] - times[-2] >= LONG_PAUSE


def turns_missed(tracker: Tracker) -> int:
    """How many messages right before the latest one were not understood."""
    count, _, when = (tracker.get_slot("missed") or "").partition("@")
    times = _times(tracker)
    return int(count) if len(times) > 1 and when == repr(times[-2]) else 0


def one_more_missed(tracker: Tracker) -> Events:
    """The slot that counts the messages in a row that were not understood, and names the last."""
    times = _times(tracker)
    when = repr(times[-1]) if times else ""
    return [SlotSet("missed", f"{turns_missed(tracker) + 1}@{when}")]


def await_answer(tracker: Tracker, question: str) -> Events:
    """The slot that keeps which yes or no the very next message is an answer to."""
    times = _times(tracker)
    return [SlotSet("awaiting", f"{question}@{times[-1]!r}" if times else None)]


def awaited(tracker: Tracker) -> str:
    """The question that the latest message may be the answer to, or ""."""
    question, _, when = (tracker.get_slot("awaiting") or "").partition("@")
    times = _times(tracker)
    return question if len(times) > 1 and when == repr(times[-2]) else ""


def _times(tracker: Tracker) -> list[float]:
    """When each message came; a long talk has lost its first ones."""
    return [
        float(event.get("timestamp") or 0)
        for event in tracker.events
        if event.get("event") == "user"
    ]
