"""Where a ticket goes: field (lĩnh vực), level (cấp) and agency, by its kind and its words.

What goes where, and why, stands in `routing.yml`. What is said against an official never comes to
the office that it is about.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot import text as vn
from bot.support.ticket import (
    CALL_BACK,
    COMPLAINT,
    DENUNCIATION,
    FEEDBACK,
    KINDS,
    MESSAGE,
    OF_DOSSIERS,
    SUGGESTION,
)
from bot.vocabulary import FOLDER, read_names

FILE = Path(__file__).resolve().parent / "routing.yml"
COMMUNE, PROVINCE = "commune", "province"
LEVELS = (COMMUNE, PROVINCE)
# A desk's name that means the authority of the field.
BY_FIELD = "field"
INFORMATION_LINE, RECEPTION = "information_line", "reception"
_WORD = re.compile(r"[^\W_]+")
# Groups of words: somebody of an office is named, behaves badly, is praised.
_OFFICIAL, _CONDUCT, _PRAISE = "official", "conduct", "praise"
# An office by one of its names in the vocabulary.
_OFFICE = "office"


class RoutingError(ValueError):
    """`routing.yml` does not follow its format; the text says where."""


@dataclass(frozen=True)
class Route:
    """Where a ticket goes; `field` is empty where no word names one."""

    agency: str
    level: str
    field: str = ""


class Phrase(NamedTuple):
    """Words to be found; `strictly`: with their accents only. `field`: what they stand for."""

    written: tuple[str, ...]
    folded: str
    field: str = ""
    strictly: bool = False

    @classmethod
    def of(cls, words: str, field: str = "", strictly: bool = False) -> Phrase:
        """The phrase of words as they stand in a vocabulary."""
        written = tuple(_WORD.findall(vn.nfc(words).lower()))
        return cls(written, f" {' '.join(map(vn.fold, written))} ", field, strictly)


class _Said(NamedTuple):
    """A text in words; one that bears accents must bear those of a phrase."""

    written: tuple[str, ...]
    folded: str

    @classmethod
    def of(cls, text: str) -> _Said:
        written = tuple(_WORD.findall(vn.normalise(text).lower()))
        return cls(written, f" {' '.join(map(vn.fold, written))} ")

    def holds(self, phrase: Phrase) -> bool:
        at = self.folded.find(phrase.folded)
        while at >= 0:
            first = self.folded.count(" ", 0, at)
            words = self.written[first : first + len(phrase.written)]
            pairs = zip(words, phrase.written, strict=False)
            if all(
                vn.tone_style(said) == vn.tone_style(word)
                or (vn.fold(said) == said and not phrase.strictly)
                for said, word in pairs
            ):
                return True
            at = self.folded.find(phrase.folded, at + 1)
        return False


@dataclass(frozen=True)
class Table:
    """`routing.yml`, checked: desks, desks by kind and level, agencies by field, words."""

    desks: Mapping[str, Route]
    kinds: Mapping[str, Mapping[str, str]]
    agencies: Mapping[str, str]
    words: Mapping[str, tuple[Phrase, ...]]
    fields: tuple[Phrase, ...]


def route(kind: str, text: str = "", *, place: str = "", commune: str = "") -> Route:
    """Where a ticket of a kind goes.

    `place` is where it happened, as the citizen says it; `commune` the present one that it is
    about, as "Xã Bình Hải".
    """
    table = default_table()
    field = field_of(text)
    if _accuses(kind, f"{text} {place}"):
        desk = RECEPTION
    else:
        level = COMMUNE if commune else PROVINCE
        desk = table.kinds.get(kind, table.kinds[MESSAGE])[level]
    if desk == BY_FIELD:
        agency = table.agencies.get(field)
        if agency:
            return Route(agency, PROVINCE, field)
        desk = INFORMATION_LINE
    found = table.desks[desk]
    named = commune[:1].lower() + commune[1:]
    return Route(found.agency.format(commune=named), found.level, field)


def kind_of(text: str, kind: str = "") -> str:
    """The kind of what was written: a denunciation is one, whatever it was begun as.

    `kind`: what it was begun as; "" for feedback, whose kind only its words tell.
    """
    if kind not in ("", MESSAGE, CALL_BACK, *FEEDBACK):
        return kind
    if _has(text, DENUNCIATION) or kind == DENUNCIATION:
        return DENUNCIATION
    if kind:
        return kind
    is_friendly = _has(text, SUGGESTION) or _has(text, _PRAISE)
    return SUGGESTION if is_friendly and not _has(text, _CONDUCT) else COMPLAINT


def accuses(text: str) -> bool:
    """Whether what is said may be against an official, and so not for the office of theirs."""
    return _accuses(COMPLAINT, text)


def reception() -> str:
    """The agency that gets what is said against officials."""
    return default_table().desks[RECEPTION].agency


def _accuses(kind: str, text: str) -> bool:
    """Whether a ticket is about an official, and so not for the office where they work."""
    if kind == DENUNCIATION or _has(text, DENUNCIATION):
        return True
    if kind in OF_DOSSIERS:
        return False
    if _has(text, _CONDUCT):
        return True
    is_of_office = _has(text, _OFFICIAL) or (kind == COMPLAINT and _has(text, _OFFICE))
    return kind in FEEDBACK and is_of_office and not _has(text, _PRAISE)


def field_of(text: str) -> str:
    """The catalogue's field whose longest name or word stands in a text, or ""."""
    said = _Said.of(text)
    found = (phrase for phrase in default_table().fields if said.holds(phrase))
    best = max(found, key=lambda phrase: len(phrase.folded), default=None)
    return best.field if best else ""


def _has(text: str, group: str) -> bool:
    said = _Said.of(text)
    return any(said.holds(phrase) for phrase in default_table().words[group])


@functools.lru_cache(maxsize=1)
def default_table() -> Table:
    """The table that ships with the project."""
    return read(FILE)


def read(path: Path) -> Table:
    """The table of a file.

    Raises:
        RoutingError: a kind, a desk or a level is missing or unknown, or a field stands twice.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        desks = {name: _desk(name, values) for name, values in document["desks"].items()}
        kinds = {kind: dict(levels) for kind, levels in document["kinds"].items()}
        words = {name: tuple(map(Phrase.of, listed)) for name, listed in document["words"].items()}
        words[_OFFICE] = tuple(_of_vocabulary("agency"))
        rows, everyday = document["fields"], document["field_words"]
    except (KeyError, AttributeError, TypeError) as error:
        raise RoutingError(f"{path.name}: {error!r}") from error
    for kind in KINDS:
        for level in LEVELS:
            if kinds.get(kind, {}).get(level) not in (*desks, BY_FIELD):
                raise RoutingError(f"{path.name}: no desk for {kind}, {level}")
    agencies: dict[str, str] = {}
    for row in rows:
        for field in row["fields"]:
            if agencies.setdefault(field, row["agency"]) != row["agency"]:
                raise RoutingError(f"{path.name}: {field} has two agencies")
    return Table(desks, kinds, agencies, words, tuple(_field_words(everyday)))


def _desk(name: str, values: Mapping[str, Any]) -> Route:
    if values["level"] not in LEVELS or not values.get("source") or not values.get("reason"):
        raise RoutingError(f"desk {name}: a level, a reason and a source are needed")
    return Route(values["agency"], values["level"])


def _field_words(everyday: Mapping[str, Iterable[str]]) -> Iterator[Phrase]:
    yield from _of_vocabulary("field")
    for field, words in everyday.items():
        yield from (Phrase.of(word, field) for word in words)


def _of_vocabulary(entity: str) -> Iterator[Phrase]:
    for name in read_names(FOLDER):
        if name.entity == entity:
            yield Phrase.of(name.name, name.value, name.accented_only)
