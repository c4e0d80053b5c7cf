"""Which situation of life a message tells of, rather than one procedure.

"Mới sinh con" brings several procedures, "đăng ký khai sinh cho con" names one of them. A
message is compared with what citizens say of each situation, and with the names and phrases of
single procedures; a logistic regression over both tells how likely the situation as a whole is
meant. Its weights were found on the events' own phrases, each held out in its turn, and on
development messages.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.engine import Connection

from bot import text as vn
from bot.catalogue import companions, confidence, finder, repository
from bot.catalogue.index_cache import IndexCache
from bot.catalogue.model import LifeEvent, Procedure
from bot.catalogue.question import PhraseStripper, default_stripper
from bot.catalogue.search import WEIGHTS as SEARCH_WEIGHTS
from bot.catalogue.search import Ranking, word_features
from bot.catalogue.seed_files import SEED_DIR, data_lines
from bot.catalogue.vector_space import CosineSpace, Vector

# From this score on a message means the situation.
LEAST_SCORE = 0.5
# A phrase that shares less with the message says nothing.
LEAST_SHARED = 0.12
# A procedure whose name shares so much is named, unless an event's phrase shares about as much.
NAMED, ABOUT = 0.85, 0.1
NEAREST = 3
MOST_ODDS = 3.0
# A feature of a smaller share of texts counts for one that none has.
LEAST_SHARE = 0.0005
WEIGHTS = {
    "together": 10.75,
    "lead": 1.86,
    "rival": -2.65,
    "fits": 0.93,
    "right": -1.48,
    "outside": -2.86,
    "own_step": 0.66,
    "words": 0.9,
    "start": 0.31,
    "length": -0.65,
}
BASE = -2.37

# Of folded, normalised words: one fact is asked for, not what is to be done.
_ONE_FACT = re.compile(
    r"\b(?:bao (?:nhieu|lau)|phi|may (?:tien|dong|gio|phan tram)"
    r"|(?:(?<!moi )mat|trong|sau|het|khoang) may (?:ngay|tuan|thang))\b"
)
# What people call cities beside the names in the list of provinces.
_CITIES = ("sai gon", "hcm", "nha trang", "da lat", "quy nhon", "vung tau")
_HERE = re.compile(r"\bquang ngai\b")


@dataclass(frozen=True)
class Fit:
    """The nearest event and how likely it is meant as a whole, from 0 to 1."""

    event: LifeEvent
    score: float


@functools.lru_cache(maxsize=1)
def _elsewhere() -> re.Pattern[str]:
    """Another province as the place of what is asked for."""
    names = [vn.fold(name) for name in data_lines(SEED_DIR / "other_provinces.txt")]
    listed = "|".join(re.escape(name) for name in (*names, *_CITIES))
    return re.compile(rf"\b(?:o|tai|ngoai|trong) (?:tinh |thanh pho |tp )?(?:{listed})\b")


def _folded(words: Iterable[str]) -> list[str]:
    return [vn.fold_word(word) for word in words]


class _Odds:
    """How much likelier features are in some texts than in others: logarithms."""

    def __init__(self, some: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> None:
        self._some, self._others = (
            Counter(feature for text in texts for feature in set(text)) for texts in (some, others)
        )
        self._sizes = max(1, len(some)), max(1, len(others))

    def mean(self, features: Sequence[str]) -> float:
        """Of the features that are known; 0 where none is."""
        ours, theirs = self._sizes
        # In shares, so that it says the same in a small catalogue.
        odds = [
            math.log(
                (self._some[f] / ours + LEAST_SHARE) / (self._others[f] / theirs + LEAST_SHARE)
            )
            for f in features
            if f in self._some or f in self._others
        ]
        return sum(odds) / len(odds) if odds else 0.0


def _beginning(words: Sequence[str]) -> list[str]:
    return [words[0], " ".join(words[:2])] if words else []


class _Spaces:
    """Texts compared without diacritics, and with them where the message has them."""

    def __init__(self, texts: Sequence[Sequence[str]], *, pairs: bool = False) -> None:
        self._features = word_features if pairs else list
        self._folded = CosineSpace([self._features(_folded(text)) for text in texts])
        self._written = CosineSpace([self._features(text) for text in texts])

    def scores(self, words: Sequence[str], folded: Sequence[str]) -> Vector:
        """For each text how alike it is, 0 to 1."""
        scores = self._folded.scores(self._features(folded))
        if list(words) == list(folded):
            return scores
        return (scores + self._written.scores(self._features(words))) / 2


class EventIndex:
    """All phrases of all events, ready to be compared. Built once a catalogue revision."""

    def __init__(
        self,
        events: Iterable[LifeEvent],
        procedures: Sequence[Procedure],
        stripper: PhraseStripper,
    ) -> None:
        """Steps of procedures that are not given are left out, and events without any left."""
        offered = {procedure.code for procedure in procedures}
        self._stripper = stripper
        self._events = [left for event in events if (left := _without_gone(event, offered)).steps]
        phrases = [[stripper.need(p) for p in event.phrases] for event in self._events]
        said = [words for owned in phrases for words in owned]
        folded = [_folded(words) for words in said]
        owners = [number for number, owned in enumerate(phrases) for _ in owned]
        self._exact = {" ".join(w): n for w, n in zip(folded, owners, strict=True)}
        # Row numbers of each event's phrases; the last row, of nothing, fills up.
        most = max(map(len, phrases), default=0)
        self._rows = np.full((len(phrases), max(most, NEAREST)), len(said), dtype=np.int64)
        rows = iter(range(len(said)))
        for number, owned in enumerate(phrases):
            self._rows[number, : len(owned)] = [next(rows) for _ in owned]
        self._phrases = _Spaces(said, pairs=True)
        self._together = _Spaces([[w for words in owned for w in words] for owned in phrases])
        names = [
            _folded(stripper.need(name))
            for procedure in procedures
            for name in dict.fromkeys(filter(None, (procedure.name, procedure.plain_name)))
        ]
        self._words = _Odds([word_features(w) for w in folded], [word_features(w) for w in names])
        self._start = _Odds([_beginning(w) for w in folded], [_beginning(w) for w in names])

    def by_key(self, key: str) -> LifeEvent | None:
        """The event with its steps of today."""
        return next((event for event in self._events if event.key == key), None)

    def nearest(self, message: str, ranking: Ranking) -> Fit | None:
        """The event that is nearest to a message; `ranking` tells of the procedures for it."""
        words = self._stripper.need(message)
        if not self._events or not words:
            return None
        exact = self._exact.get(" ".join(_folded(words)))
        if exact is not None:
            return Fit(self._events[exact], 1.0)
        if not ranking.matches or not ranking.matches[0].parts:
            # Nothing is known of the words, or a procedure is named by its code.
            return None
        event, found = self.traits(words, ranking)
        shared, rival = found.pop("shared"), found["rival"]
        if shared < LEAST_SHARED or (rival >= NAMED and rival > shared + ABOUT):
            return Fit(event, 0.0)
        sum_ = BASE + sum(WEIGHTS[name] * value for name, value in found.items())
        return Fit(event, round(1 / (1 + math.exp(-sum_)), 4))

    def traits(self, words: Sequence[str], ranking: Ranking) -> tuple[LifeEvent, dict[str, float]]:
        """The nearest event, and what the score of it is computed from."""
        folded = _folded(words)
        alike = np.append(self._phrases.scores(words, folded), np.float32(0))[self._rows]
        together = self._together.scores(words, folded)
        nearest = np.partition(alike, alike.shape[1] - NEAREST, axis=1)[:, -NEAREST:]
        total = nearest.max(axis=1) + nearest.mean(axis=1) / 2 + together
        first = int(total.argmax())
        event = self._events[first]
        named = (dict(match.parts)["name_words"] for match in ranking.matches)
        return event, {
            "shared": float(nearest[first].max()),
            "together": float(together[first]),
            # How much nearer the event is than all others.
            "lead": float(total[first] - np.delete(total, first).max(initial=0)),
            # How near the best name of a procedure is, and what the ranking says of the first.
            "rival": max(named) / SEARCH_WEIGHTS["name_words"],
            "fits": confidence.fits(ranking),
            "right": confidence.right(ranking),
            "outside": ranking.outside,
            "own_step": float(ranking.matches[0].code in dict(event.steps)),
            # Whether the words, and the first of them, tell of life or name an official act.
            "words": self._words.mean(word_features(folded)),
            "start": max(-MOST_ODDS, min(MOST_ODDS, self._start.mean(_beginning(folded)))),
            "length": math.log1p(len(words)),
        }


def _without_gone(event: LifeEvent, offered: set[str]) -> LifeEvent:
    return replace(event, steps=tuple(step for step in event.steps if step[0] in offered))


def _build(connection: Connection, today: dt.date) -> EventIndex:
    return EventIndex(
        companions.life_events(connection), repository.names(connection, today), default_stripper()
    )


_cache = IndexCache(_build)


def by_key(key: str) -> LifeEvent | None:
    """An event by its key, with the steps that the catalogue has today; None if it has none.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _cache.get().by_key(key)


def look(message: str, ranking: Ranking | None = None) -> Fit | None:
    """The event nearest to a message, however little it fits; None where nothing is near.

    `ranking` is that of `finder.look` for the same message, where it is known already.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _cache.get().nearest(message, finder.look(message) if ranking is None else ranking)


def find(
    message: str, ranking: Ranking | None = None, least: float = LEAST_SCORE
) -> LifeEvent | None:
    """The event that a message tells of as a whole; None if it means something else.

    A single procedure, a single fact ("bao nhiêu tiền") and another province are something else.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    line = vn.fold(vn.normalise(message))
    if _ONE_FACT.search(line) or (_elsewhere().search(line) and not _HERE.search(line)):
        return None
    fit = look(message, ranking)
    return fit.event if fit is not None and fit.score >= least else None
