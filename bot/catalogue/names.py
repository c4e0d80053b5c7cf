"""The names that a procedure is searched by, beside citizens' phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from bot import text as vn
from bot.catalogue.model import Procedure

# Where a name begins to narrow down, folded; a head has at least so many words.
NARROWING = (["doi", "voi"], ["trong", "truong"], ["theo", "quy"], ["tren", "dia"])
SHORTEST_HEAD = 4
# Names in citizens' words that a procedure without phrases gets from the lexicon, at the most.
MOST_VARIANTS = 8


def own_names(procedure: Procedure) -> list[list[str]]:
    """The words of the official and the plain name, and of the heads of long ones."""
    names = dict.fromkeys(filter(None, (procedure.name, procedure.plain_name)))
    owned = [vn.normalise(name).split() for name in names]
    return [*owned, *filter(None, map(_head, owned))]


def variants(
    names: Sequence[Sequence[str]], lexicon: Sequence[tuple[str, str]]
) -> Iterator[list[str]]:
    """The names with official words replaced by citizens' ones, one entry at a time.

    `lexicon` pairs citizens' words with official ones, both normalised.
    """
    return islice(_all_variants(names, lexicon), MOST_VARIANTS)


def _all_variants(
    names: Sequence[Sequence[str]], lexicon: Sequence[tuple[str, str]]
) -> Iterator[list[str]]:
    lines = [f" {' '.join(words)} " for words in names]
    for citizen, official in lexicon:
        for line in lines:
            if official in line and f" {official} " in line:
                yield line.replace(f" {official} ", f" {citizen} ").split()


def _head(words: Sequence[str]) -> list[str]:
    """A long official name up to where it only narrows down ("… đối với công trình …")."""
    folded = [vn.fold_word(word) for word in words]
    for position in range(SHORTEST_HEAD, len(words) - SHORTEST_HEAD):
        if folded[position : position + 2] in NARROWING:
            return list(words[:position])
    return []
