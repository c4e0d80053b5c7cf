"""Which of the options shown a message picks by words: "cấp đổi", "cái một chủ"."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from actions.memory import text_of
from bot import text as vn
from bot.catalogue import finder
from bot.ordinals import LAST, find_ordinal

# What surrounds the words that pick, folded.
_AROUND = re.compile(
    r"\b(?:a|da|u|cai|thu tuc|viec|muc|chon|lay|lam cai|xem|coi|cho|toi|em|minh|con|thoi|thi|do|kia"
    r"|nay|ay|di|nha|nhe|a|nghe|ban|ad|oi|khong|ko)\b"
)
_STEP = re.compile(r"\bbuoc\b")


def picked(tracker: Tracker) -> str | None:
    """Code of the one option whose name has all the words of the message; None if not exactly one.

    In a situation of life, "bước đầu tiên" is the first of its steps.
    """
    options = tracker.get_slot("options") or []
    line = vn.fold(vn.normalise(text_of(tracker)))
    if not options or not line:
        return None
    if tracker.get_slot("life_event") and _STEP.search(line):
        number = find_ordinal(line)
        if number == LAST or (number and number <= len(options)):
            return str(options[-1 if number == LAST else number - 1])
    words = " ".join(_AROUND.sub(" ", line).split())
    if not words or words.isdigit():
        return None
    named = [
        match.code
        for match in finder.options(options).matches
        if f" {words} " in f" {' '.join(vn.words(vn.fold(f'{match.name} {match.official_name}')))} "
    ]
    return named[0] if len(named) == 1 else None
