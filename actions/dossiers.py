"""What a talk knows of dossiers: who asks, and which dossiers they were proven to own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.memory import entity
from actions.safe_action import Events
from bot import sealing
from bot.codes import DIGITS, IDENTITY_NUMBER, PHONE, normalise_dossier_code
from bot.dossiers.model import PROVEN_FOR, Asker, Dossier
from bot.dossiers.verification import digits_of
from bot.sources import Source

# Each look-up takes its time, and the conversation waits.
MOST_AT_ONCE = 5
# What the latest look-up was asked with; forgotten as soon as it was answered.
QUESTION_SLOTS = (
    "dossier_code",
    "dossier_digits",
    "dossier_one_time_code",
    "dossier_queue",
    "dossier_tries",
    "lookup_way",
    "applicant_phone",
    "applicant_identity_number",
)


def asker_of(tracker: Tracker) -> Asker:
    """Who sent the latest message."""
    metadata = tracker.latest_message.get("metadata") or {}
    channel = tracker.get_latest_input_channel() or ""
    return Asker(tracker.sender_id, channel, str(metadata.get("address") or ""))


def proven(tracker: Tracker) -> list[str]:
    """Codes of the dossiers that the citizen has proven to own, the latest last."""
    known = (str(entry).rpartition("@") for entry in tracker.get_slot("dossiers") or [])
    return [code for code, _, when in known if time.time() - float(when) < PROVEN_FOR]


def source_of(dossier: Dossier) -> Source:
    """Where the facts of a dossier come from."""
    return Source(dossier.source_title, "", dossier.checked_on)


def prove(tracker: Tracker, codes: Sequence[str]) -> Events:
    """The slot that keeps the proven dossiers, with some more; the last is the present one.

    One that was only looked at again keeps the time of its proof.
    """
    known = proven(tracker)
    entries = {str(e).rpartition("@")[0]: str(e) for e in tracker.get_slot("dossiers") or []}
    kept = [entries[code] for code in known if code not in codes]
    added = [entries[c] if c in known else f"{c}@{time.time():.0f}" for c in codes]
    return [SlotSet("dossiers", [*kept, *added])]


def forget_question() -> Events:
    """What was asked of the citizen for the latest look-up."""
    return [SlotSet(name, None) for name in QUESTION_SLOTS]


def forget_all() -> Events:
    """What was asked, what was wanted, and what was proven: somebody else may go on talking."""
    return [*forget_question(), SlotSet("dossier_wish", None), SlotSet("dossiers", None)]


def codes_in(tracker: Tracker) -> list[str]:
    """Codes of dossiers in the latest message, each once; no more than are looked up at a time."""
    values = tracker.get_latest_entity_values("dossier_code")
    # A button's payload can be typed by hand, with anything in it.
    codes = (normalise_dossier_code(str(value)) for value in values)
    return list(dict.fromkeys(code for code in codes if code))[:MOST_AT_ONCE]


def number_in(tracker: Tracker, *kinds: str) -> str | None:
    """The first personal number of these kinds in the latest message, sealed."""
    for kind in kinds or (PHONE, IDENTITY_NUMBER, DIGITS):
        value = entity(tracker, kind)
        if value:
            # Rasa's own channels mask nothing: what they let through is sealed here.
            return sealed(tracker, value)
    return None


def sealed(tracker: Tracker, value: Any) -> str | None:
    """A sealed number: it came sealed, or its digits stand in a text that no channel masked."""
    text = str(value)
    if sealing.unseal(text, tracker.sender_id) is not None:
        return text
    digits = digits_of(text)
    return sealing.seal(digits, tracker.sender_id) if digits else None


def opened(tracker: Tracker, token: str | None) -> str:
    """The digits behind a sealed value; "" if there are none, or it lies too far back."""
    return digits_of(sealing.unseal(token, tracker.sender_id) or "") if token else ""
