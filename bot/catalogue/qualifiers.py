"""Qualifiers that tell siblings apart: again, extension, end, foreign …

A name that says more than the question does is less likely to be meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from bot import text as vn
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.vector_space import Vector


@dataclass(frozen=True)
class Qualifier:
    """`in_name` and `said` are folded words or phrases; `weight` is what a name loses."""

    key: str
    in_name: tuple[str, ...]
    said: tuple[str, ...]
    weight: float


def read_qualifiers(path: Path = SEED_DIR / "qualifiers.yml") -> list[Qualifier]:
    """The qualifiers that ship with the project."""
    items = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Qualifier(
            item["key"],
            tuple(vn.fold(phrase) for phrase in item["in_name"]),
            tuple(vn.fold(phrase) for phrase in item["said"]),
            float(item["weight"]),
        )
        for item in items
    ]


class Qualifiers:
    """Which names have which qualifier, and what each name loses for a question."""

    def __init__(self, names: Sequence[Sequence[str]], qualifiers: Sequence[Qualifier]) -> None:
        """`names` are the folded words of each procedure's own names."""
        self._qualifiers = list(qualifiers)
        lines = [_line(words) for words in names]
        self._size = len(lines)
        self._named = [
            np.array([_has(line, q.in_name) for line in lines], dtype=np.float32)
            for q in self._qualifiers
        ]

    def losses(self, folded: Sequence[str]) -> Vector:
        """What each name loses: the weights of the qualifiers that it has and nobody said."""
        line = _line(folded)
        losses = np.zeros(self._size, dtype=np.float32)
        for qualifier, named in zip(self._qualifiers, self._named, strict=True):
            if not _has(line, qualifier.said):
                losses += np.float32(qualifier.weight) * named
        return losses


def _line(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _has(line: str, phrases: Sequence[str]) -> bool:
    return any(f" {phrase} " in line for phrase in phrases)
