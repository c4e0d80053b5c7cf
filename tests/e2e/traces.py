"""What a piece of personal data would look like wherever it was kept, and the search for it.

Texts are compared folded: without accents, in small letters, escapes of JSON resolved.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot import text as vn

# A number is found by any so many digits of it in a row.
RUN = 8
# Fewer digits may stand in a longer number by chance.
_LEAST_DIGITS, _LEAST_DIFFERENT = 6, 4
_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_SEALED = re.compile(r"gAAAA[\w-]{60,}={0,2}")


def looks_of(piece: str) -> set[str]:
    """The piece, the name of a mailbox, and the digits of a number: all, and any run of them."""
    looks = {vn.fold(piece), vn.fold(piece).partition("@")[0]}
    digits = re.sub(r"\D", "", piece)
    long_enough = len(digits) >= _LEAST_DIGITS
    looks |= {digits} if long_enough else set()
    looks |= {run for run in re.findall(r"\d+", piece) if len(run) >= _LEAST_DIGITS}
    runs = (digits[i : i + RUN] for i in range(len(digits) - RUN + 1))
    return looks | {run for run in runs if len(set(run)) >= _LEAST_DIFFERENT}


def found(looks: Iterable[str], readings: Iterable[str]) -> set[str]:
    """Those that stand in one of the readings; short ones as words of their own only."""
    readings = list(readings)
    return {look for look in looks if any(_stands(look, reading) for reading in readings)}


def _stands(look: str, reading: str) -> bool:
    if look not in reading:
        return False
    return len(look) >= RUN or bool(re.search(rf"(?<!\w){re.escape(look)}(?!\w)", reading))


def readings_of(raw: bytes) -> list[str]:
    """Bytes as UTF-8 and, from an even and an odd place on, as UTF-16."""
    texts = [raw.decode("utf-8", "replace")]
    texts += [raw[start:].decode("utf-16-le", "replace") for start in (0, 1)]
    return [reading_of(text) for text in texts]


def reading_of(text: str) -> str:
    """A text, folded, escapes resolved."""
    return vn.fold(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))


def files_below(folder: Path) -> dict[str, list[str]]:
    """Readings of each file, whatever it is."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): readings_of(file.read_bytes()) for file in files}


def rows_of(file: Path) -> list[str]:
    """Readings of all tables of a SQLite file, where no row is cut by the end of a page."""
    with sqlite3.connect(file) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        return [
            reading_of(repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()))
            for (name,) in tables
        ]


def dumped(events: Iterable[Mapping[str, Any]]) -> str:
    """The reading of stored events."""
    return reading_of("\n".join(json.dumps(event, ensure_ascii=False) for event in events))


def sealed_in(events: Iterable[Mapping[str, Any]]) -> set[str]:
    """Sealed values of stored events."""
    return set(_SEALED.findall("\n".join(json.dumps(event) for event in events)))


def texts_in(value: Any) -> Iterator[str]:
    """All texts of an event; numbers, such as times and confidences, are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
