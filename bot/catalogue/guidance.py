"""Which piece of guidance a message asks for: a general topic, or a narrower one below it.

Topics are those of `seed/general.yml`; a dotted one ("account.password") is narrower than the
part before its dot. Citizens' words for the narrower ones stand in `vocabulary/guidance.tsv`.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from bot import text as vn
from bot.catalogue import service
from bot.catalogue.model import Source
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.seed_import import read_general_facts
from bot.vocabulary import FOLDER, VocabularyError

FILE = FOLDER / "guidance.tsv"
# Before a phrase that counts only where no other one stands in the message.
WEAK = "~"


class Phrase(NamedTuple):
    """Citizens' words for a topic, as messages are compared; the greater one decides."""

    strong: bool
    length: int
    words: str
    topic: str


def find(text: str, general: str) -> tuple[str, str, Source] | None:
    """Topic, text and source of what answers a message about a general topic.

    The general topic's own fact where no narrower one is asked for or known; None where
    neither is known.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return fact(topic(text, general), general)


def fact(narrow: str, general: str) -> tuple[str, str, Source] | None:
    """Topic, text and source of a narrower topic where it is known, else of the general one."""
    for known in dict.fromkeys((narrow, general)):
        found = service.general_fact(known)
        if found is not None:
            return known, *found
    return None


def topic(text: str, general: str) -> str:
    """The narrower topic whose longest phrase stands in a message, or the general one."""
    # A button carries its intent only.
    line = "" if text.startswith("/") else f" {_plain(text)} "
    found = [
        phrase
        for phrase in _phrases()
        if phrase.topic.startswith(f"{general}.") and f" {phrase.words} " in line
    ]
    return max(found).topic if found else general


def read_phrases(path: Path, known: Collection[str]) -> list[Phrase]:
    """The phrases of a vocabulary, normalised and without accents.

    Raises:
        VocabularyError: a line has not two columns, an empty phrase or an unknown topic, or a
            phrase stands twice for one general topic.
    """
    read: dict[tuple[str, str], Phrase] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{path.name}, line {number}"
        columns = line.split("\t")
        if len(columns) != 2:
            raise VocabularyError(f"{where}: two columns expected")
        name = columns[0].strip()
        if name not in known:
            raise VocabularyError(f"{where}: no fact is called '{name}'")
        for written in columns[1].split(";"):
            words = _plain(written)
            if not words:
                raise VocabularyError(f"{where}: an empty phrase")
            strong = not written.strip().startswith(WEAK)
            phrase = Phrase(strong, len(words), words, name)
            other = read.setdefault((words, name.partition(".")[0]), phrase)
            if other != phrase:
                raise VocabularyError(f"{where}: '{words}' stands for {other.topic}, too")
    return list(read.values())


@functools.lru_cache(maxsize=1)
def _phrases() -> tuple[Phrase, ...]:
    facts = read_general_facts(SEED_DIR / "general.yml")
    return tuple(read_phrases(FILE, {name for name, _, _ in facts}))


def _plain(text: str) -> str:
    return vn.fold(vn.normalise(text))
