"""What more than its intent is known of a message (aspects), and what the talk does with it.

An aspect is learnt with the intents (`aspect: bribe` in the metadata of `data/nlu/*.yml`). A
message that has one is answered by `action_aspect`, whatever its intent, also while a form is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot import text as vn

# Somebody is in danger: each kind has its own number to call.
DANGERS = ("fire", "medical", "crime", "child", "suicide")
# What the bot does not do, and says so politely.
LIMITS = ("bribe", "legal", "others", "prompt", "politics")
RUDE = "rude"
# Moves within the talk.
GO_BACK, CHECKLIST, MORE, REPEAT, NEXT_STEP = "go_back", "checklist", "more", "repeat", "next_step"
# Not learnt: leaving a form for the menu.
LEAVE = "leave"
ALL = (*DANGERS, *LIMITS, RUDE, GO_BACK, CHECKLIST, MORE, REPEAT, NEXT_STEP)
# A form is not gone on with after these.
ENDING_A_FORM = frozenset((*DANGERS, GO_BACK, LEAVE))
_MENU = "menu"


def aspect_of(message: Mapping[str, Any], *, in_form: bool) -> str:
    """The aspect of a parsed message, or ""; `in_form`: while a form is open."""
    if in_form and _MENU in vn.fold(str(message.get("text") or "")).split():
        return LEAVE
    return str(message.get("aspect") or "")
