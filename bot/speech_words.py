"""Words of speech (`vocabulary/speech.yml`), and how digits, letters and addresses are said."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

import yaml

from bot.payments import money
from bot.vocabulary import FOLDER

# Sizes of the groups in which a run of digits is dictated; longer runs go in threes.
_GROUPS = {5: (3, 2), 6: (3, 3), 7: (4, 3), 8: (4, 4), 10: (4, 3, 3), 11: (4, 3, 4)}
# So many digits at a stretch are a number to an engine; more would be read as millions.
LONGEST_NUMBER = 4
# An address's path that is longer says nothing to who listens.
_LONGEST_PATH = 16


@functools.lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """The file, section by section."""
    document: dict[str, Any] = yaml.safe_load((FOLDER / "speech.yml").read_text(encoding="utf-8"))
    return document


def word(name: str) -> str:
    """A word of the section `words`.

    Raises:
        KeyError: there is no such word.
    """
    return str(vocabulary()["words"][name])


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(item) for item in sorted(words, key=len, reverse=True))


def in_words(number: int) -> str:
    """A whole number in words."""
    return money.in_words(number).removesuffix(word("currency")).rstrip()


def number(digits: str) -> str:
    """Digits as they are where an engine reads them well, else in words or one by one."""
    return digits if len(digits) <= LONGEST_NUMBER else dictated(digits)


def dictated(digits: str) -> str:
    """Digits one by one, in small groups."""
    sizes = _GROUPS.get(len(digits)) or _threes(len(digits))
    groups, start = [], 0
    for size in sizes:
        groups.append(" ".join(in_words(int(digit)) for digit in digits[start : start + size]))
        start += size
    return ", ".join(groups)


def spelled(code: str) -> str:
    """A code sign by sign: letters by their names, digits in groups, dots and dashes as words."""
    signs = {".": word("dot"), "-": word("dash"), "/": word("slash")}
    parts: list[str] = []
    for part in re.findall(r"[^\W_]+|[.\-/]", code):
        if part in signs:
            parts.append(signs[part])
            continue
        runs = re.findall(r"[0-9]+|[^0-9]+", part)
        # "H48" at a stretch; a long number behind its letters is set off.
        long = any(run.isdecimal() and len(run) > LONGEST_NUMBER for run in runs)
        said = [dictated(run) if run.isdecimal() else letters(run) for run in runs]
        parts.append((", " if long else " ").join(said))
    return ", ".join(parts)


def letters(text: str) -> str:
    """Each letter by its name."""
    names = vocabulary()["letters"]
    return " ".join(names.get(letter.upper(), letter) for letter in text)


def address(text: str) -> str:
    """The address of a page or of a mailbox."""
    bare = re.sub(r"^https?://", "", text, flags=re.IGNORECASE)
    host, slash, path = bare.partition("/")
    path = path.partition("?")[0].partition("#")[0].rstrip("/")
    mailbox, at, host = host.rpartition("@")
    said = [_labels(mailbox), vocabulary()["signs"]["@"]] if at else []
    said.append(_labels(host.partition(":")[0]))
    if slash and path and len(path) < _LONGEST_PATH:
        said.append(
            f", {word('slash')} " + f", {word('slash')} ".join(map(spelled, path.split("/")))
        )
    return " ".join(said)


def _labels(host: str) -> str:
    return f" {word('dot')} ".join(_label(label) for label in host.split(".") if label)


def _label(label: str) -> str:
    known = vocabulary()["labels"].get(label.lower())
    return str(known) if known else spelled(re.sub(r"[^\w\-]|_", "-", label))


def _threes(length: int) -> list[int]:
    sizes = [3] * (length // 3)
    rest = length % 3
    if rest == 1 and sizes:
        sizes[-1] = 4
    elif rest:
        sizes.append(rest)
    return sizes
