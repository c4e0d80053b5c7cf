"""Ways to pay a fee as data: what is known of each in general, from `methods.yml`."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.catalogue.model import CHANNEL_KINDS
from bot.sources import Source

_FILE = Path(__file__).with_name("methods.yml")


@dataclass(frozen=True)
class Statement:
    """What is said of a way to pay; without sources it says that something is unknown."""

    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Method:
    """A way to pay; see the head of the data file.

    `general` is what holds for no procedure in particular, `fees` what paying so costs beside
    the fee, `proof` what to keep. `words` are citizens' words as they are written there.
    """

    key: str
    name: str
    common_name: str
    channels: tuple[str, ...]
    main: bool
    general: Statement
    steps: Statement
    fees: Statement
    proof: Statement
    words: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question about paying that names no way, with its answer."""

    key: str
    answer: Statement
    words: tuple[str, ...]


@functools.lru_cache(maxsize=1)
def methods() -> dict[str, Method]:
    """All ways by key, in the order in which they are told.

    Raises:
        ValueError: a channel of the data file is unknown.
    """
    document = _document()
    found = {}
    for entry in document["methods"]:
        unknown = set(entry["channels"]) - set(CHANNEL_KINDS)
        if unknown:
            raise ValueError(f"{_FILE.name}: {entry['key']} names channels {sorted(unknown)}")
        found[entry["key"]] = Method(
            entry["key"],
            entry["name"],
            entry.get("common_name", entry["name"]),
            tuple(entry["channels"]),
            bool(entry.get("main")),
            general=_statement(entry["general"]),
            steps=_statement(entry["steps"]),
            fees=_statement(entry["fees"]),
            proof=_statement(entry["proof"]),
            words=_words(entry),
        )
    return found


@functools.lru_cache(maxsize=1)
def questions() -> dict[str, Question]:
    """Questions about paying in general, by key."""
    entries = _document()["questions"]
    return {e["key"]: Question(e["key"], _statement(e), _words(e)) for e in entries}


@functools.lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))


def _statement(entry: dict[str, Any]) -> Statement:
    names = entry.get("source") or []
    names = [names] if isinstance(names, str) else names
    return Statement(entry["text"], tuple(_sources()[name] for name in names))


@functools.lru_cache(maxsize=1)
def _sources() -> dict[str, Source]:
    return {key: Source(**value) for key, value in _document()["sources"].items()}


def _words(entry: dict[str, Any]) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in entry["words"].split(";") if phrase.strip())
