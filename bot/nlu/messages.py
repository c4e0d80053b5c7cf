"""The messages that intents are learnt from (`data/nlu/`), and those that are too much alike."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot import text as vn
from bot.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "data" / "nlu"
# Messages that share so much of their letters, three at a time, teach the same twice.
ALIKE = 0.8
# Short ones differ by a letter and may be different messages: compared word by word.
SHORT = 3


class MessagesError(ValueError):
    """A file of messages does not follow its format; the text names the file and what is wrong."""


@dataclass(frozen=True)
class LabelledMessage:
    """A message with the intents that it asks for, in their order: mostly one.

    `aspect` is what more is to be known of it ("bribe" of an out_of_scope), if anything.
    """

    text: str
    intents: tuple[str, ...]
    file: str = ""
    aspect: str = ""


@dataclass(frozen=True)
class Pair:
    """Two messages that are alike."""

    one: LabelledMessage
    other: LabelledMessage

    @property
    def is_contradiction(self) -> bool:
        """Whether the two are to be understood differently."""
        one, other = self.one, self.other
        return (one.intents, one.aspect) != (other.intents, other.aspect)


def read_messages(folder: Path = FOLDER) -> list[LabelledMessage]:
    """All messages of Rasa's YAML files in a folder.

    Raises:
        MessagesError: a file is no YAML, or an example has no text.
    """
    return [message for path in sorted(folder.glob("*.yml")) for message in _of_file(path)]


def _of_file(path: Path) -> Iterator[LabelledMessage]:
    try:
        blocks = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or []
    except (yaml.YAMLError, AttributeError, UnicodeDecodeError) as error:
        raise MessagesError(f"{path.name}: {error}") from error
    for block in blocks:
        intent = block.get("intent") if isinstance(block, dict) else None
        if not intent:
            continue
        examples = block.get("examples") or ""
        aspect = aspect_of(block.get("metadata"))
        if isinstance(examples, str):
            lines = (line.strip() for line in examples.splitlines())
            pairs: list[tuple[str, tuple[str, ...]]] = [
                (line[1:].strip(), ()) for line in lines if line.startswith("-")
            ]
        else:
            pairs = [
                (str(e.get("text") or "").strip(), also_asked(e.get("metadata"))) for e in examples
            ]
        for text, also in pairs:
            if not text:
                raise MessagesError(f"{path.name}: an example of {intent} has no text")
            yield LabelledMessage(text, (intent, *also), path.name, aspect)


def also_asked(metadata: object) -> tuple[str, ...]:
    """The further intents that an example's metadata name (`also: ask_fee`)."""
    also = metadata.get("also") if isinstance(metadata, dict) else None
    return tuple(str(also).split()) if also else ()


def aspect_of(metadata: object) -> str:
    """The aspect that the metadata of an intent's examples name (`aspect: bribe`), or ""."""
    aspect = metadata.get("aspect") if isinstance(metadata, dict) else None
    return str(aspect) if aspect else ""


def alike(messages: Sequence[LabelledMessage]) -> list[Pair]:
    """Pairs that say the same but for a letter, an accent or the order of words."""
    letters = [_letters(message.text) for message in messages]
    frequency = Counter(piece for own in letters for piece in own)
    having: dict[str, list[int]] = defaultdict(list)
    found = []
    for number, own in enumerate(letters):
        # Two sets that share so much share one of the few rarest pieces of each.
        rarest = sorted(own, key=lambda piece: (frequency[piece], piece))
        telling = rarest[: len(own) - math.ceil(ALIKE * len(own)) + 1]
        for other in sorted({other for piece in telling for other in having[piece]}):
            theirs = letters[other]
            if not ALIKE * len(own) <= len(theirs) <= len(own) / ALIKE:
                continue
            if len(own & theirs) >= ALIKE * len(own | theirs):
                found.append(Pair(messages[other], messages[number]))
        for piece in telling:
            having[piece].append(number)
    return found


def _letters(text: str) -> frozenset[str]:
    """What of a text is compared; short texts word by word."""
    words = vn.fold(vn.normalise(text)).split()
    if not words:
        return frozenset((text,))
    if len(words) <= SHORT:
        return frozenset((" ".join(words),))
    line = f" {' '.join(words)} "
    return frozenset(line[i : i + 3] for i in range(len(line) - 2))
