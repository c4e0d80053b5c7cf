"""What an operator does with a talk, and what its citizen is told of it.

The console and other helpdesks act through these functions only; each wakes the delivery.
"""

from __future__ import annotations

from typing import Any

from bot import wording
from bot.channels import handover_delivery
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.handover import Handover, Line
from bot.wording import fragment

TOPIC = "handover"


def claim(handover_id: int, name: str, shown_name: str) -> Handover:
    """An operator takes a waiting talk; the citizen is told who answers.

    Raises: see `bot.support.handovers.claim`.
    """
    before = handovers.find(handover_id)
    talk = handovers.claim(handover_id, name, shown_name)
    if before is not None and before.state == h.WAITING:
        response = "utter_handover_claimed_desk" if talk.desk else "utter_handover_claimed"
        tell(talk, response, f"claimed-{talk.claim}", name=talk.claimed_name, desk=talk.desk)
    return talk


def answer(handover_id: int, name: str, number: int, text: str, key: str) -> Line:
    """An operator answers.

    Raises: see `bot.support.handover_talk.answer`.
    """
    line = handover_talk.answer(handover_id, name, number, text, key)
    handover_delivery.wake()
    return line


def give_back(handover_id: int, name: str, number: int) -> Handover:
    """An operator puts a talk back into the queue.

    Raises: see `bot.support.handovers.give_back`.
    """
    held = handovers.find(handover_id)
    talk = handovers.give_back(handover_id, name, number)
    shown = held.claimed_name if held else ""
    tell_place(talk, "utter_handover_given_back", f"given-back-{number}", name=shown)
    return talk


def transfer(handover_id: int, name: str, number: int, desk: str) -> Handover:
    """An operator sends a talk to another desk; "" is the information line.

    Raises: see `bot.support.handovers.transfer`.
    """
    talk = handovers.transfer(handover_id, name, number, desk)
    shown = desk or fragment("information_line")
    tell_place(talk, "utter_handover_transferred", f"transferred-{number}", desk=shown)
    return talk


def return_to_bot(handover_id: int, name: str, number: int) -> Handover:
    """An operator lets the bot go on.

    Raises: see `bot.support.handovers.close`.
    """
    talk = handovers.close(handover_id, name, number, h.RETURNED)
    tell(talk, "utter_handover_returned", "returned")
    return talk


def close(handover_id: int, name: str, number: int, reason: str, note: str = "") -> Handover:
    """An operator ends a talk, for one of `bot.support.handover.BY_OPERATOR`.

    Raises: see `bot.support.handovers.close`.
    """
    if reason == h.RETURNED:
        raise h.HandoverRefused("A talk is returned to the bot, not closed for that.")
    talk = handovers.close(handover_id, name, number, reason, note)
    tell(talk, "utter_handover_ended", "ended", name=talk.claimed_name)
    return talk


def vanished(talk: Handover, name: str) -> None:
    """Tell that an operator is gone and the talk is in the queue again."""
    tell_place(talk, "utter_handover_vanished", f"vanished-{talk.claim}", name=name)


def tell_place(talk: Handover, response: str, key: str, **values: Any) -> None:
    """Say something in a waiting talk with its place in the queue."""
    place = handovers.place(talk)
    handovers.note_told(talk.id, place)
    tell(talk, response, key, place=place, **values)


def tell(talk: Handover, response: str, key: str, **values: Any) -> Line | None:
    """Say one of `domain/handover.yml` in a talk, in the channel's variant; once for each key."""
    text, buttons = worded(talk.channel, response, **values)
    line = handover_talk.say(talk, text, key, buttons=buttons)
    handover_delivery.wake()
    return line


def worded(channel: str, response: str, **values: Any) -> tuple[str, list[dict[str, str]]]:
    """Text and buttons of one of `domain/handover.yml`, as Rasa would make them."""
    variant = wording.responses(TOPIC, channel)[response]
    buttons = [
        {name: str(value).format(**values) for name, value in button.items()}
        for button in variant.get("buttons", ())
    ]
    return str(variant["text"]).format(**values), buttons
