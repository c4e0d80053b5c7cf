"""Search at 1,000, 10,000 and 100,000 procedures: time to build the index, memory, latency.

Invented catalogues: the procedures of the present one with their phrases, then copies of them
under new codes, with a fifth of the words of their names replaced by others of the catalogue, as
procedures that an import brings and nobody has written phrases for. The questions are those of the
development part. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks import questions
from benchmarks.tables import show
from bot import clock, database
from bot.catalogue import companions, learning, repository
from bot.catalogue.model import Procedure
from bot.catalogue.question import default_stripper
from bot.catalogue.search import SearchIndex
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.seed_import import read_pairs

SIZES = (1000, 2812, 10_000, 100_000)
CHANGED = 0.2
ROUNDS = 2

Names = tuple[list[Procedure], list[tuple[str, str]], list[tuple[str, str]]]


def _present() -> Names:
    with database.connect() as connection:
        procedures = repository.names(connection, clock.today())
        return procedures, companions.aliases(connection), companions.lexicon(connection)


def _changed(text: str, words: Sequence[str], numbers: random.Random) -> str:
    return " ".join(
        numbers.choice(words) if numbers.random() < CHANGED else word for word in text.split()
    )


def _catalogue(size: int) -> Names:
    """So many procedures with their phrases; the first ones are the present ones."""
    procedures, phrases, lexicon = _present()
    owned: dict[str, list[str]] = {}
    for code, phrase in phrases:
        owned.setdefault(code, []).append(phrase)
    words = sorted({word for _, phrase in phrases for word in phrase.split()})
    numbers = random.Random(size)
    grown = list(procedures[:size])
    aliases = [(p.code, phrase) for p in grown for phrase in owned.get(p.code, ())]
    while len(grown) < size:
        model = procedures[len(grown) % len(procedures)]
        code = f"9.{len(grown):06}"
        grown.append(
            replace(model, code=code, name=_changed(model.name, words, numbers), plain_name="")
        )
    return grown, aliases, lexicon


def _measure(size: int) -> str:
    """One line of figures, for the parent process."""
    procedures, aliases, lexicon = _catalogue(size)
    classifier = learning.newest([p.code for p in _present()[0]])
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale
    started = time.perf_counter()
    outside = read_pairs(SEED_DIR / "outside.tsv", "\t")
    index = SearchIndex(procedures, aliases, lexicon, default_stripper(), outside, classifier)
    built = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale
    asked = [question.text for question in questions.own("dev")]
    index.rank(asked[0])
    times = []
    for message in asked * ROUNDS:
        started = time.perf_counter()
        index.rank(message)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    return f"{len(aliases)} {built:.1f} {peak - before} {p50:.2f} {p95:.2f}"


def _rows(sizes: Sequence[int]) -> Iterator[dict[str, object]]:
    for size in sizes:
        command = [sys.executable, "-m", "benchmarks", "growth", "--one", str(size)]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        names = ("phrases", "build s", "peak MB above catalogue", "p50 ms", "p95 ms")
        figures = result.stdout.split()
        yield {"procedures": size, **dict(zip(names, figures, strict=True))}


def main(arguments: list[str]) -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(_measure(options.one))
    else:
        show("growth", list(_rows(options.sizes)))
