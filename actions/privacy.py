"""The citizen's own data: erased on request, after a yes."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, CLARIFY, HANDOVER, answer, say
from actions.memory import await_answer, awaited, text_of
from actions.safe_action import Events
from bot import retention
from bot import text as vn
from bot.catalogue import service

ERASE = "erase"
# Folded: what was to be erased stays. What is erased does not come back, so any doubt counts.
_NOT = re.compile(r"\b(?:khong|khoi|chua|chang|co noi|dau)\b|\bdung (?:co )?(?:xoa|go|bo)\b")


def ask_or_erase(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Says what would be erased and what would stay, and asks; said once more, it is a yes."""
    if not retention.erases_conversations:
        say(dispatcher, "utter_erase_not_here", answer("privacy", HANDOVER))
        return []
    if _NOT.search(vn.fold(vn.normalise(text_of(tracker)))):
        say(dispatcher, "utter_not_erased", answer("privacy", CLARIFY))
        return [SlotSet("awaiting", None)]
    if awaited(tracker) == ERASE:
        return erase(dispatcher, tracker)
    say(dispatcher, "utter_erase_ask", answer("privacy", CLARIFY))
    return await_answer(tracker, ERASE)


def erase(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Erases what is stored of this conversation.

    The conversation itself goes when the turn is over: see `bot.engine.erasure`, for which the
    slot `erase` is the sign.
    """
    if not retention.erases_conversations:
        say(dispatcher, "utter_erase_not_here", answer("privacy", HANDOVER))
        return []
    counts = retention.erase_session(tracker.sender_id)
    kept = counts.get("tickets_kept", 0)
    response = "utter_erased_but_tickets" if kept else "utter_erased"
    fact = service.general_fact("privacy.stored")
    source = fact[1] if fact else None
    # Pages that show the conversation take it off the screen.
    contract = answer("privacy", ANSWERED if fact else HANDOVER, source=source, erased=True)
    say(dispatcher, response, contract, count=kept)
    return [AllSlotsReset(), SlotSet("erase", True)]
