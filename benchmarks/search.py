"""Finding the procedure: recall, rank and asking back on questions, by register; latency.

The test part is for the last run: `scripts/bench search --test`.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import questions
from benchmarks.questions import Question
from benchmarks.tables import show
from bot import text as vn
from bot.catalogue import finder
from bot.catalogue.finder import Outcome

DEPTH = 10
# Slips are made in words of more letters than this.
LONGEST_SAFE = 2


@dataclass(frozen=True)
class Seen:
    """A question with the rank of the first right procedure (0: none) and what was done."""

    question: Question
    rank: int
    outcome: Outcome
    best: str
    shown: tuple[str, ...]
    ms: float


def look(question: Question) -> Seen:
    """Search and find for one question."""
    started = time.perf_counter()
    matches = finder.search(question.text, DEPTH)
    ms = (time.perf_counter() - started) * 1000
    codes = [match.code for match in matches]
    rank = next((n for n, code in enumerate(codes, start=1) if code in question.codes), 0)
    found = finder.find(question.text)
    shown = tuple(match.code for match in found.matches)
    return Seen(question, rank, found.outcome, codes[0] if codes else "", shown, ms)


def interval(hits: int, n: int) -> str:
    """Share with its 95 % interval after Wilson, in percent."""
    if not n:
        return "–"
    z, p = 1.96, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{100 * p:.1f} ({100 * (middle - half):.0f}–{100 * (middle + half):.0f})"


def row(name: str, seen: Sequence[Seen]) -> dict[str, Any]:
    """Figures of the questions that have an answer."""
    asked = [s for s in seen if s.question.expect == "answer" and s.question.codes]
    ranks = [s.rank for s in asked]
    times = sorted(s.ms for s in seen)
    right = [s for s in asked if s.outcome is Outcome.FOUND and s.shown[0] in s.question.codes]
    wrong = [s for s in asked if s.outcome is Outcome.FOUND and s.shown[0] not in s.question.codes]
    back = [s for s in asked if s.outcome is Outcome.SEVERAL]
    return {
        "questions": name,
        "n": len(asked),
        "R@1 %": interval(sum(r == 1 for r in ranks), len(ranks)),
        "R@3 %": interval(sum(0 < r <= 3 for r in ranks), len(ranks)),
        "R@5 %": interval(sum(0 < r <= 5 for r in ranks), len(ranks)),
        "MRR": f"{sum(1 / r for r in ranks if r) / max(1, len(ranks)):.3f}",
        "answered right": len(right),
        "answered wrong": len(wrong),
        "asked back": f"{len(back)} ({sum(bool(set(s.shown) & s.question.codes) for s in back)})",
        "refused": sum(s.outcome in (Outcome.NOTHING, Outcome.NO_NEED) for s in asked),
        "p50 ms": f"{times[len(times) // 2]:.2f}",
        "p95 ms": f"{times[int(len(times) * 0.95)]:.2f}",
    }


def other_row(name: str, seen: Sequence[Seen]) -> dict[str, Any] | None:
    """Figures of the questions to ask back on, and of those that nothing fits."""
    clarify = [s for s in seen if s.question.expect == "clarify"]
    nothing = [s for s in seen if s.question.expect == "nothing"]
    if not clarify and not nothing:
        return None
    none = (Outcome.NOTHING, Outcome.NO_NEED)
    return {
        "questions": name,
        "to ask back": len(clarify),
        "asked": sum(s.outcome is Outcome.SEVERAL for s in clarify),
        "answered one of them": sum(
            s.outcome is Outcome.FOUND and s.shown[0] in s.question.codes for s in clarify
        ),
        "nothing fits": len(nothing),
        "said so": sum(s.outcome in none for s in nothing),
        "showed options": sum(s.outcome is Outcome.SEVERAL for s in nothing),
        "answered": sum(s.outcome is Outcome.FOUND for s in nothing),
    }


def _unaccented(question: Question) -> Question:
    values = {**vars(question), "text": vn.fold(question.text), "register": "folded"}
    return Question(**values)


def _slipped(question: Question) -> Question:
    """The question with one or two typing slips: letters swapped, left out, doubled or bare."""
    numbers = random.Random(question.id)
    words = question.text.split()
    for _ in range(numbers.choice((1, 2))):
        long = [n for n, word in enumerate(words) if len(word) > LONGEST_SAFE and word.isalpha()]
        if not long:
            break
        place = numbers.choice(long)
        word = words[place]
        at = numbers.randrange(len(word) - 1)
        words[place] = numbers.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[: at + 1] + word[at:],
                vn.fold(word),
            )
        )
    return Question(**{**vars(question), "text": " ".join(words), "register": "slipped"})


def _groups(seen: Iterable[Seen], key: Callable[[Seen], str]) -> dict[str, list[Seen]]:
    groups: dict[str, list[Seen]] = {}
    for item in seen:
        groups.setdefault(key(item), []).append(item)
    return dict(sorted(groups.items()))


def main(arguments: list[str]) -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(prog="scripts/bench search", description=__doc__)
    parser.add_argument("--test", action="store_true", help="the test part, for the last run")
    parser.add_argument("--misses", type=int, default=0, help="print so many misses")
    options = parser.parse_args(arguments)
    sets = {"shared dev": questions.shared()}
    part = "test" if options.test else "dev"
    sets[f"own {part}"] = questions.own(part)
    finder.search("khai sinh")  # builds the index
    rows, others, misses = [], [], []
    for name, asked in sets.items():
        if not asked:
            continue
        seen = [look(question) for question in asked]
        rows.append(row(name, seen))
        for key in ("group", "register", "length"):
            groups = _groups(seen, lambda s, key=key: getattr(s.question, key))  # type: ignore[misc]
            if len(groups) > 1:
                rows += [row(f"{name}: {group}", members) for group, members in groups.items()]
        accented = [s.question for s in seen if vn.is_accented(s.question.text)]
        rows.append(
            row(f"{name}: accented as written", [s for s in seen if s.question in accented])
        )
        folded = [look(_unaccented(question)) for question in accented]
        rows.append(row(f"{name}: the same unaccented", folded))
        slips = [look(_slipped(s.question)) for s in seen]
        rows.append(row(f"{name}: all with one or two slips", slips))
        other = other_row(name, seen)
        others += [other] if other else []
        misses += [s for s in seen if s.question.expect == "answer" and s.rank != 1]
    show(f"search-{part}", rows)
    print()
    show(f"search-{part}-other", others)
    for item in misses[: options.misses]:
        wanted = ",".join(sorted(item.question.codes))
        print(
            f"{item.question.id} rank {item.rank} wanted {wanted} got {item.best}: "
            f"{item.question.text[:150]}"
        )
