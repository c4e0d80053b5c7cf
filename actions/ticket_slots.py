"""What the form of tickets has asked for so far, and the number that a channel knows."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.safe_action import Events
from bot import sealing
from bot.support.handover import REPLY_TO
from bot.support.ticket_contacts import national

FORM = "ticket_form"
# Values of the slot `ticket_kind` beside the kinds of tickets: feedback whose kind its words will
# tell, and the state of a ticket that was opened elsewhere.
UNDECIDED, LOOK_UP = "feedback", "look_up"
SLOTS = (
    "ticket_kind", "ticket_text", "ticket_place", "ticket_contact", "ticket_code", "ticket_tries",
)  # fmt: skip


def forget() -> Events:
    """The slots of a form that is over, or begins anew."""
    return [SlotSet(name, None) for name in SLOTS]


def own_number(tracker: Tracker) -> str:
    """The telephone number that the latest message came from, "" where the channel knows none."""
    metadata = tracker.latest_message.get("metadata") or {}
    # An address of the last message never lies long.
    opened = sealing.unseal(str(metadata.get(REPLY_TO) or ""), tracker.sender_id, None)
    return national(opened) if opened else ""
