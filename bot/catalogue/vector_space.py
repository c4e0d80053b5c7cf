"""Sparse vectors of many texts, compared with a question in one pass over its features."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Item = TypeVar("Item")
# Features that more of the rows have are kept as whole columns, which are summed faster; as many
# as this at the most.
OFTEN, MOST_COLUMNS = 1 / 16, 200


class _Postings:
    """For each feature the rows that have it, with a weight each."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.size = len(rows)
        number: defaultdict[str, int] = defaultdict()
        number.default_factory = number.__len__
        spread = [number[feature] for row in rows for feature in row]
        self._number = dict(number)
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        owners = np.repeat(np.arange(len(rows), dtype=np.int64), lengths)
        # Each feature of a row once, with the number of times that it stands there.
        width = max(1, len(number))
        keys, times = np.unique(
            owners * width + np.array(spread, dtype=np.int64), return_counts=True
        )
        self.row_of, self.feature_of = np.divmod(keys, width)
        self.times = times.astype(np.float32)
        self.frequency = np.bincount(self.feature_of, minlength=len(number)).astype(np.float32)

    def arrange(self, weights: Vector) -> None:
        """Keep a weight for each row's feature, by feature; those of nothing are left out."""
        kept = np.flatnonzero(weights)
        frequency = np.bincount(self.feature_of[kept], minlength=len(self._number))
        columns = np.argsort(-frequency, kind="stable")[:MOST_COLUMNS]
        columns = columns[frequency[columns] > OFTEN * self.size]
        self._column_of = np.full(len(self._number), -1, dtype=np.int64)
        self._column_of[columns] = np.arange(len(columns))
        place = self._column_of[self.feature_of]
        often = kept[place[kept] >= 0]
        self._columns = np.zeros((len(columns), self.size), dtype=np.float32)
        self._columns[place[often], self.row_of[often]] = weights[often]
        kept = kept[place[kept] < 0]
        features = self.feature_of[kept]
        order = np.argsort(features, kind="stable")
        self._rows = self.row_of[kept][order].astype(np.int32)
        self._weights = weights[kept][order].astype(np.float32)
        ends = np.cumsum(np.bincount(features, minlength=len(self._number)))
        self._starts = np.concatenate([[0], ends]).astype(np.int64)
        del self.row_of, self.feature_of, self.times

    def numbers(self, features: Iterable[str]) -> tuple[list[int], list[str]]:
        """Numbers of the known features, and the unknown features."""
        known, unknown = [], []
        for feature in features:
            number = self._number.get(feature)
            if number is None:
                unknown.append(feature)
            else:
                known.append(number)
        return known, unknown

    def sums(self, numbers: Sequence[int], weights: Sequence[float] | Vector) -> Vector:
        """For each row the sum of its weights of these features, times theirs."""
        if not len(numbers):
            return np.zeros(self.size, dtype=np.float32)
        chosen, weights = np.asarray(numbers, dtype=np.int64), np.asarray(weights, np.float32)
        columns = self._column_of[chosen]
        often = columns >= 0
        whole = np.zeros(len(self._columns), dtype=np.float32)
        whole[columns[often]] = weights[often]
        chosen, weights = chosen[~often], weights[~often]
        starts = self._starts[chosen]
        lengths = self._starts[chosen + 1] - starts
        # Positions of all postings of all features, one stretch after the other.
        shift = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        places = np.arange(int(lengths.sum())) + shift
        values = self._weights[places] * np.repeat(weights, lengths)
        sums = np.bincount(self._rows[places], values, minlength=self.size).astype(np.float32)
        return sums + whole @ self._columns if len(whole) else sums


class Rows:
    """Rows of several owners, laid out so that the best of each owner's rows is found at once.

    Owners with the same number of rows stand together: first the first row of each, then the
    second of each, and so on.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        """`counts` has the number of rows of each owner, at least one."""
        order = np.argsort(counts, kind="stable")
        self._place_of = np.argsort(order)
        self.owners = np.empty(sum(counts), dtype=np.int64)
        self._blocks: list[tuple[int, int, int, int]] = []
        row, place = 0, 0
        for count, times in sorted(Counter(counts).items()):
            self.owners[row : row + count * times] = np.tile(order[place : place + times], count)
            self._blocks.append((row, place, count, times))
            row, place = row + count * times, place + times

    def arrange(self, owned: Sequence[Sequence[Item]]) -> list[Item]:
        """What belongs to each owner, in the order of the rows."""
        taken = [0] * len(owned)
        arranged = []
        for owner in self.owners:
            arranged.append(owned[owner][taken[owner]])
            taken[owner] += 1
        return arranged

    def best(self, scores: Vector) -> Vector:
        """The best score of each owner's rows."""
        best = np.empty(len(self._place_of), dtype=np.float32)
        for row, place, count, times in self._blocks:
            block = scores[row : row + count * times].reshape(count, times)
            np.maximum.reduce(block, axis=0, out=best[place : place + times])
        return best[self._place_of]


class CosineSpace:
    """TF-IDF vectors compared by cosine; rare features weigh more.

    Features that more than `most_common` of the rows have are left out of the rows: they
    decide nothing and cost most.
    """

    def __init__(self, rows: Sequence[Sequence[str]], most_common: float = 1.0) -> None:
        self._postings = _Postings(rows)
        postings = self._postings
        self._idf = np.log((1 + len(rows)) / (1 + postings.frequency)) + 1
        weights = (1 + np.log(np.maximum(postings.times, 1))) * self._idf[postings.feature_of]
        weights = np.where(
            postings.frequency[postings.feature_of] <= most_common * len(rows), weights, 0
        )
        norms = np.sqrt(np.bincount(postings.row_of, weights**2, minlength=len(rows)))
        weights = weights / np.maximum(norms, 1e-9)[postings.row_of]
        postings.arrange(weights.astype(np.float32))
        self._unseen = math.log(1 + len(rows)) + 1

    def scores(self, features: Iterable[str]) -> Vector:
        """Cosine of every row with the features; unknown features lower it."""
        counts = Counter(features)
        numbers, unknown = self._postings.numbers(counts)
        strangers = set(unknown)
        norm = sum(((1 + math.log(counts[f])) * self._unseen) ** 2 for f in unknown)
        times = np.fromiter(
            (n for f, n in counts.items() if f not in strangers), np.float32, len(numbers)
        )
        weights = (1 + np.log(times)) * self._idf[np.asarray(numbers, dtype=np.int64)]
        norm = math.sqrt(norm + float((weights**2).sum())) or 1.0
        return self._postings.sums(numbers, weights / norm)


class CoverageSpace:
    """The share of a question's features that a text has, rare ones counting more: 0 to 1."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        postings = _Postings(rows)
        self._numbers = postings.numbers
        self._idf = np.log((1 + len(rows)) / (1 + postings.frequency)) + 1
        self._unseen = math.log(1 + len(rows)) + 1
        ends = np.cumsum(np.bincount(postings.row_of, minlength=len(rows)))
        self._starts = np.concatenate([[0], ends]).astype(np.int64)
        self._features = postings.feature_of.astype(np.int32)

    def scores(self, features: Iterable[str], rows: Iterable[int]) -> Vector:
        """Share of these rows; each feature counts once."""
        numbers, unknown = self._numbers(dict.fromkeys(features))
        worth = np.zeros(len(self._idf), dtype=np.float32)
        worth[numbers] = self._idf[numbers]
        whole = float(worth.sum()) + len(unknown) * self._unseen or 1.0
        return np.array(
            [
                worth[self._features[self._starts[row] : self._starts[row + 1]]].sum() / whole
                for row in rows
            ],
            dtype=np.float32,
        )
