"""Whether a citizen wants the bot again who waits for a person, or has one."""

from __future__ import annotations

import functools
import re

import yaml

from bot import text as vn
from bot.vocabulary import FOLDER

LONGEST = 8


def leaves_queue(text: str) -> bool:
    """Whether somebody who waits for a person waits no more."""
    said = vn.normalise(text)
    return len(said.split()) <= LONGEST and bool(_patterns()[0].fullmatch(said))


def turns_to_bot(text: str) -> bool:
    """Whether somebody wants to talk with the bot, whoever they talk with."""
    said = vn.normalise(text)
    _, wants, wants_not = _patterns()
    return (
        len(said.split()) <= LONGEST and bool(wants.fullmatch(said)) and not wants_not.search(said)
    )


@functools.lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Of leaving the queue, of turning to the bot, and of not wanting to."""
    words = yaml.safe_load((FOLDER / "leaving.yml").read_text(encoding="utf-8"))
    any_of = {name: _any_of(phrases) for name, phrases in words.items()}
    end = rf"(?: {_any_of([*words['particles'], *words['after']])})*"
    leave = rf"(?:{any_of['before']} )*{any_of['leave']}{end}"
    turn = rf".{{0,20}}?\b{any_of['turn']} (?:{any_of['ask']} )?{any_of['machine']}"
    refusal = rf"\b{any_of['not']}(?: (?!{any_of['still']}\b)\w+){{0,2}} {any_of['turn']}\b"
    return (
        re.compile(leave),
        re.compile(rf"{turn}(?: {any_of['particles']})*"),
        re.compile(refusal),
    )


def _any_of(phrases: list[str]) -> str:
    """A pattern for any of the phrases, with accents or without."""
    written = {form for phrase in phrases for form in (phrase, vn.fold(phrase))}
    return rf"(?:{'|'.join(sorted(map(re.escape, written), key=len, reverse=True))})"
