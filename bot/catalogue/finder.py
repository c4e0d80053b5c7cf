"""Which procedure a message means: found, several, none, or no need named at all.

The search index is kept in the process and rebuilt when the catalogue's revision rises,
so that changes are searchable at once in every worker.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from sqlalchemy.engine import Connection

from bot import text as vn
from bot.catalogue import companions, confidence, learning, repository
from bot.catalogue.index_cache import IndexCache
from bot.catalogue.question import default_stripper
from bot.catalogue.search import Match, Ranking, SearchIndex
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.seed_import import read_pairs, read_vague

# Below LOWEST_FIT nothing in the catalogue fits; from CLEAR on the first is taken for the one
# that is meant (docs/adr/0004-search.md).
LOWEST_FIT, CLEAR = 0.4, 0.55
# An option is at least so likely, and at least so much of what the first is.
MOST_OPTIONS, LEAST_LIKELY, LEAST_PART = 5, 0.02, 0.05
QUALIFIERS = ("đổi", "gia hạn")


class Outcome(Enum):
    """What a look at the catalogue brought."""

    FOUND = "found"
    SEVERAL = "several"
    NOTHING = "nothing"
    NO_NEED = "no_need"


@dataclass(frozen=True)
class Finding:
    """`matches`: the one found, the options (2 to 5, best first), or nothing.

    `need` are the words of the message that name the need.
    """

    outcome: Outcome
    matches: tuple[Match, ...] = ()
    need: tuple[str, ...] = ()


def _build(connection: Connection, today: dt.date) -> SearchIndex:
    procedures = repository.names(connection, today)
    return SearchIndex(
        procedures,
        companions.aliases(connection),
        companions.lexicon(connection),
        default_stripper(),
        read_pairs(SEED_DIR / "outside.tsv", "\t"),
        learning.newest([procedure.code for procedure in procedures]),
        read_vague(SEED_DIR / "vague.tsv"),
    )


_cache = IndexCache(_build)


def index() -> SearchIndex:
    """The index of the newest catalogue revision.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _cache.get()


def search(
    message: str, limit: int = 10, *, field: str = "", level: str = "", agency: str = ""
) -> list[Match]:
    """The best procedures for a message whatever it asks, best first; twins once.

    With a `field` or an `agency` (any part of its name) or a `level` (commune, province) only
    those of them.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    ranking = index().rank(message, limit + 5, field=field, level=level, agency=agency)
    return _without_twins(ranking.matches)[:limit]


def look(message: str) -> Ranking:
    """The ranking of a message, with each twin once.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    ranking = index().rank(message, 2 * MOST_OPTIONS)
    return replace(ranking, matches=tuple(_without_twins(ranking.matches)))


def explain(message: str) -> str:
    """What `find` decides for a message, and how sure it is, in a sentence for staff.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    ranking = look(message)
    return (
        f"{find(message).outcome.value}; need {' '.join(ranking.need) or 'none'}; fits at all "
        f"{confidence.fits(ranking):.2f}; first is meant "
        f"{confidence.right(ranking):.2f}; best need outside {ranking.outside:.3f}"
    )


def options(codes: list[str]) -> Finding:
    """Procedures that were shown before, to be shown again."""
    return Finding(Outcome.SEVERAL, tuple(index().by_codes(codes)))


def find(message: str) -> Finding:
    """What the catalogue holds for a message.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    ranking = look(message)
    need, matches = ranking.need, ranking.matches
    if not need:
        return Finding(Outcome.NO_NEED)
    choices = tuple(_without_twins(ranking.choices))
    if len(choices) > 1:
        return Finding(Outcome.SEVERAL, choices[:MOST_OPTIONS], need)
    if confidence.fits(ranking) < LOWEST_FIT and not _is_code(ranking):
        return Finding(Outcome.NOTHING, need=need)
    sharing = _sharing_the_words(ranking)
    if len(sharing) > 1:
        return Finding(Outcome.SEVERAL, sharing[:MOST_OPTIONS], need)
    if _is_code(ranking) and len(matches) > 1:
        return Finding(Outcome.SEVERAL, matches[:MOST_OPTIONS], need)
    clear = _is_code(ranking) or confidence.right(ranking) >= CLEAR
    if clear and not _lacks_qualifier(message, matches[0]):
        return Finding(Outcome.FOUND, (matches[0],), need)
    least = max(LEAST_LIKELY, LEAST_PART * matches[0].score)
    near = tuple(m for m in matches[:MOST_OPTIONS] if m.score >= least)
    return Finding(Outcome.SEVERAL, near if len(near) > 1 else matches[:2], need)


def _is_code(ranking: Ranking) -> bool:
    """Whether the message named the procedure by its code, or a few by a part of it."""
    return bool(ranking.matches) and not ranking.matches[0].parts


def _sharing_the_words(ranking: Ranking) -> tuple[Match, ...]:
    """The matches whose official names all hold the whole question, where none is named by it.

    "Giấy phép xây dựng" says nothing of new, again or longer: no likelihood makes up for that.
    """
    if any(dict(match.parts).get("exact") for match in ranking.matches):
        return ()
    if not ranking.said:
        return ()
    line = f" {' '.join(ranking.said)} "
    return tuple(
        match for match in ranking.matches if line in f" {_compared(match.official_name)} "
    )


@functools.lru_cache(maxsize=10_000)
def _compared(name: str) -> str:
    """A name as messages are compared with it."""
    return vn.fold(vn.normalise(name))


def _lacks_qualifier(message: str, match: Match) -> bool:
    """Whether the message asks for an exchange or a renewal and the match is neither.

    "Đổi bằng lái" and "cấp lại bằng lái" share all other words and differ in every fact.
    """
    asked, offered = vn.normalise(message), vn.normalise(match.name)
    qualifiers: tuple[str, ...] = QUALIFIERS
    if not vn.is_accented(message):
        asked, offered = vn.fold(asked), vn.fold(offered)
        qualifiers = tuple(vn.fold(word) for word in QUALIFIERS)
    return any(
        f" {word} " in f" {asked} " and f" {word} " not in f" {offered} " for word in qualifiers
    )


def _without_twins(matches: Sequence[Match]) -> list[Match]:
    """Of procedures with one name (at commune and province level) the best placed only.

    It gets what the others had: the citizen means one of them, whichever.
    """
    kept: dict[str, Match] = {}
    for match in matches:
        name = vn.fold_word(match.official_name)
        if name in kept:
            score = min(1.0, round(kept[name].score + match.score, 4))
            kept[name] = replace(kept[name], score=score)
        else:
            kept[name] = match
    return sorted(kept.values(), key=lambda match: -match.score)
