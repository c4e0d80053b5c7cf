"""Questions with the codes of the procedures that would answer them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot.settings import PROJECT_ROOT

OWN = PROJECT_ROOT / "tests" / "catalogue" / "questions"
SHARED = PROJECT_ROOT.parent / "shared" / "data" / "eval" / "dev-questions.jsonl"
# What others left unanswered and our larger catalogue serves.
RELABELLED = OWN / "shared_relabelled.json"
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
    anew = json.loads(RELABELLED.read_text(encoding="utf-8"))
    found = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if row["multi_turn"] or NOT_OURS & set(row["codes"]):
            continue
        label = {"expect": expected[row["behaviour"]], "codes": row["codes"]}
        label |= anew.get(row["id"], {})
        found.append(
            Question(
                row["id"],
                row["question"],
                frozenset(label["codes"]),
                label["expect"],
                "mixed",
                "mixed",
                "imitations",
            )
        )
    return found
