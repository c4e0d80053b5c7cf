"""Questions with the codes of the procedures that would answer them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot.settings import PROJECT_ROOT

OWN = PROJECT_ROOT / "tests" / "catalogue" / "questions"
SHARED = PROJECT_ROOT.parent / "shared" / "data" / "eval" / "dev-questions.jsonl"
# Outside the province's catalogue.
NOT_OURS = {"3.000351"}


@dataclass(frozen=True)
class Question:
    """`expect` is answer, clarify or nothing; `codes` are all that would be right."""

    id: str
    text: str
    codes: frozenset[str]
    expect: str
    register: str
    length: str
    group: str


def own(part: str) -> list[Question]:
    """Our own questions, of the part `dev` or `test`."""
    rows = map(json.loads, (OWN / f"{part}.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Question(
            row["id"],
            row["text"],
            frozenset(row["codes"]),
            row["expect"],
            row["register"],
            row["length"],
            row["set"],
        )
        for row in rows
    ]


def shared(path: Path = SHARED) -> list[Question]:
    """Others' development questions of a single turn; none where they are not there."""
    if not path.is_file():
        return []
    expected = {"answer": "answer", "clarify": "clarify", "apologize": "nothing"}
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Question(
            row["id"],
            row["question"],
            frozenset(row["codes"]),
            expected[row["behaviour"]],
            "mixed",
            "mixed",
            "imitations",
        )
        for row in rows
        if not row["multi_turn"] and not NOT_OURS & set(row["codes"])
    ]
