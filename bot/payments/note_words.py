"""What the words beside a fee's sum say: its name, its case, who is free of it, or a doubt."""

from __future__ import annotations

import datetime as dt
import functools
import re
from pathlib import Path
from typing import Any

import yaml

from bot import text as vn
from bot.payments import money

LABEL, CASE, FREE, DOUBT, NOTHING = "label", "case", "free", "doubt", ""
_FILE = Path(__file__).with_name("note_words.yml")
_EDGES = " .,;:()-–+*"
_IN_WORDS = re.compile(r"\b(?:mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)\b[a-z ]* dong$")


@functools.lru_cache(maxsize=1)
def patterns() -> dict[str, Any]:
    """The expressions of the data file, by name; `channels` is a table of them."""
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))

    def compiled(text: str) -> re.Pattern[str]:
        return re.compile(text.replace("\n", ""))

    return {
        name: {k: compiled(v) for k, v in value.items()}
        if isinstance(value, dict)
        else compiled(value)
        for name, value in document.items()
    }


def folded(text: str) -> str:
    """The text as the expressions read it."""
    return " ".join(vn.fold(vn.nfc(text)).lower().split()).strip(_EDGES)


def kind_of(text: str, amount: int) -> str:
    """What words beside a sum are."""
    words = folded(text)
    known = patterns()
    spelt = _IN_WORDS.search(words)
    if spelt:  # "Phí thẩm định: Sáu triệu đồng"
        if folded(money.in_words(amount)) != spelt[0]:
            return DOUBT
        words = words[: spelt.start()].strip(_EDGES)
    if not words or known["label"].match(words) or known["remark"].match(words):
        return NOTHING
    if channel_named(text):
        return LABEL
    if known["free"].search(words):
        return FREE
    if known["doubt"].search(words):
        return DOUBT
    if known["case"].search(words):
        return CASE
    return CASE if known["weak"].search(words) and not fee_kind(text) else LABEL


def fee_kind(text: str) -> str:
    """What a fee is: "phi tham", "le phi cap"; "" where the words do not begin with that."""
    match = patterns()["kind"].match(folded(text))
    return f"{match[1]} {match[2]}" if match else ""


def is_part(text: str) -> bool:
    """Whether words name a fee that is charged beside another one."""
    return bool(patterns()["part"].match(folded(text)))


def is_extra(text: str) -> bool:
    """Whether words speak of what is only charged for something that one orders besides."""
    return bool(patterns()["extra"].search(folded(text)))


def channel_named(text: str) -> str:
    """The kind of channel that words name and nothing else; ""."""
    words = folded(text)
    found: dict[str, re.Pattern[str]] = patterns()["channels"]
    return next((kind for kind, pattern in found.items() if pattern.match(words)), "")


def mentions_online(text: str) -> bool:
    """Whether words speak of filing on-line."""
    return bool(patterns()["mentions_online"].search(folded(text)))


def without_the_past(note: str, on: dt.date) -> str:
    """The note without a reduction that it says to be over."""
    plain = vn.nfc(note)
    match = patterns()["past"].search(vn.fold(plain).lower())
    if match is None or dt.date(int(match[3]), int(match[2]), int(match[1])) >= on:
        return note
    return f"{plain[: match.start()]}{plain[match.end() :]}"
