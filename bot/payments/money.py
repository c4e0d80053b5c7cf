"""Sums of đồng in words: 25.000 is "hai mươi lăm nghìn đồng".

The words stand in `money.yml`. Groups of three digits are read as people read them: "mốt", "lăm"
and "tư" behind tens, "linh" before a lonely unit, "không trăm" inside a number; above tỷ the
count starts anew ("một nghìn tỷ").
"""

from __future__ import annotations

import functools
from pathlib import Path

import yaml

GROUP, BILLION = 1_000, 1_000_000_000
_FILE = Path(__file__).with_name("money.yml")


@functools.lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: str(text).split() for name, text in document.items()}


def in_words(amount: int) -> str:
    """A sum of whole đồng in words, in lower case, with its unit.

    Raises:
        ValueError: the sum is negative or no whole number.
    """
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise ValueError(f"not a sum in whole dong: {amount!r}")
    words = _words()
    number = _read(amount, inside=False) if amount else [words["digits"][0]]
    return " ".join((*number, *words["currency"]))


def _read(number: int, *, inside: bool) -> list[str]:
    """A number above 0; `inside` a longer one, its missing hundreds are said."""
    words = _words()
    billions, rest = divmod(number, BILLION)
    if billions:
        found = [*_read(billions, inside=inside), *words["billion"]]
        return found + (_below_billion(rest, inside=True) if rest else [])
    return _below_billion(rest, inside=inside)


def _below_billion(number: int, *, inside: bool) -> list[str]:
    words = _words()
    millions, rest = divmod(number, GROUP * GROUP)
    thousands, units = divmod(rest, GROUP)
    found: list[str] = []
    for group, name in ((millions, "million"), (thousands, "thousand"), (units, "")):
        if group:
            found += _group(group, inside=inside or bool(found))
            found += words[name] if name else []
    return found


def _group(number: int, *, inside: bool) -> list[str]:
    """Three digits, not all 0."""
    words = _words()
    digits = words["digits"]
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    found = [digits[hundreds], *words["hundred"]] if hundreds or inside else []
    if not rest:
        return found
    if tens == 0:
        return [*found, *(words["lonely"] if found else []), digits[units]]
    found += words["ten"] if tens == 1 else [digits[tens], *words["tens"]]
    if units:
        behind = words["behind_ten"] if tens == 1 else words["behind_tens"]
        found.append(behind[units])
    return found
