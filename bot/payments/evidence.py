"""What a procedure's own published text says of paying its fee, sentence by sentence.

The patterns stand in `evidence.yml`. A sentence is kept as it is written: it shows what was
published, and nothing is concluded from what it leaves out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot import text as vn
from bot.catalogue.model import Procedure, fee_group
from bot.sources import Source

_FILE = Path(__file__).with_name("evidence.yml")
PORTAL = "portal"
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?](?=\s|$)|(?=\n|$))")


@dataclass(frozen=True)
class Evidence:
    """A piece of published text: what it is about, and where it comes from.

    `about` is the key of a way to pay (methods.yml) or of a topic of evidence.yml; `channel` the
    way to file whose note or fee it stands with, "" elsewhere.
    """

    about: str
    quote: str
    channel: str
    source: Source | None


@dataclass(frozen=True)
class _Patterns:
    subject: re.Pattern[str]
    excluded: tuple[re.Pattern[str], ...]
    about: tuple[tuple[str, re.Pattern[str]], ...]
    clause_end: re.Pattern[str]


@functools.lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    entries = {**document["ways"], **document["topics"]}
    return _Patterns(
        re.compile(document["subject"]),
        tuple(re.compile(pattern) for pattern in document["excluded"]),
        tuple((key, re.compile(pattern)) for key, found in entries.items() for pattern in found),
        re.compile(document["clause_end"]),
    )


def evidence(*records: Procedure) -> tuple[Evidence, ...]:
    """All that the texts of a procedure's records say, each quote once for what it is about."""
    found: dict[tuple[str, str, str], Evidence] = {}
    for record in records:
        for group, channel, text in _texts(record):
            for about, quote in in_text(text):
                piece = Evidence(about, quote, channel, record.source_of(group))
                found.setdefault((about, quote, channel), piece)
    return tuple(found.values())


def _texts(procedure: Procedure) -> Iterator[tuple[str, str, str]]:
    """Group of facts, channel and text of everything that may speak of paying."""
    for step in procedure.steps:
        yield "steps", "", step
    for channel in procedure.channels:
        yield "channels", channel.kind, channel.note
        for fee in channel.fees:
            yield fee_group(channel.kind), channel.kind, fee.note
    yield "conditions", "", procedure.conditions


@functools.lru_cache(maxsize=20_000)
def in_text(text: str) -> tuple[tuple[str, str], ...]:
    """What the sentences of a text are about, and the part of each that says it."""
    patterns = _patterns()
    found: list[tuple[str, str]] = []
    for match in _SENTENCE.finditer(vn.nfc(text)):
        sentence = match.group().strip()
        line = sentence.lower()
        is_of_a_fee = patterns.subject.search(line) is not None
        if not is_of_a_fee or any(pattern.search(line) for pattern in patterns.excluded):
            continue
        said: dict[str, str] = {}
        for about, pattern in patterns.about:
            hit = pattern.search(line)
            if hit:
                said.setdefault(about, _part(sentence, hit))
        found += said.items()
    return tuple(dict.fromkeys(found))


def _part(sentence: str, hit: re.Match[str]) -> str:
    """The clauses from which to which a pattern stands, to the next comma or semicolon."""
    first = sentence.rfind(";", 0, hit.start()) + 1
    last = _patterns().clause_end.search(sentence, hit.end())
    end = last.start() if last else len(sentence)
    if "tail" in hit.groupdict():
        comma = sentence.find(",", hit.start(), hit.start("tail"))
        head = sentence[first : comma if comma >= 0 else hit.start("tail")]
        return f"{_trimmed(head)} … {_trimmed(sentence[hit.start('tail') : end])}"
    return _trimmed(sentence[first:end])


def _trimmed(part: str) -> str:
    return part.strip(" -+*•\t()").rstrip(" .;,")


def names_online_payment(record: Procedure) -> bool:
    """Whether the published text mentions paying on-line; it is no statement that one can."""
    return any(piece.about == PORTAL for piece in evidence(record))
