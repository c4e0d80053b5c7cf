"""Which procedure a question means, as learnt from the phrases of all procedures.

The words of a question and their neighbouring pairs become vectors, their sum is compared with
a vector of each procedure. Which vectors make citizens' phrases lead to their procedures is
learnt (`bot.catalogue.classifier_training`); here they are only used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot import text as vn
from bot.bag import Bag, Vector

# How far the vectors of procedures that were not learnt are drawn towards nothing.
RIDGE = 0.1
# So many texts of such a procedure, and so many that were learnt, tell enough.
MOST_TEXTS, MOST_SHOWN = 8, 3000
CHUNK = 10_000


class ClassifierDamaged(ValueError):
    """A file holds no classifier."""


def features(words: Sequence[str], *, accented: bool) -> Iterator[str]:
    """Folded syllables and pairs of a text; syllables with their accents, if it has any."""
    folded = [vn.fold_word(word) for word in words]
    yield from (f"f:{word}" for word in folded)
    yield from (f"p:{one} {other}" for one, other in pairwise(folded))
    if accented:
        yield from (f"a:{word}" for word in words)


class Classifier:
    """Tells for each label (a code or a topic outside the catalogue) how likely it is meant."""

    def __init__(self, labels: Sequence[str], names: Sequence[str], members: Sequence[Bag]) -> None:
        """`names` are the features that rows of the embeddings stand for."""
        self.labels = list(labels)
        self._names = list(names)
        self._number = {name: row for row, name in enumerate(self._names)}
        self._members = list(members)

    def log_shares(self, words: Sequence[str], *, accented: bool) -> Vector:
        """For each label the logarithm of its share, the members' mean; words that were never
        learnt say nothing."""
        numbers = self._numbers(words, accented=accented)
        return np.mean([m.log_shares(numbers) for m in self._members], axis=0, dtype=np.float32)

    def _numbers(self, words: Sequence[str], *, accented: bool) -> list[int]:
        found = (self._number.get(name) for name in features(words, accented=accented))
        return [number for number in found if number is not None]

    def aligned(
        self, labels: Sequence[str], texts: Sequence[Sequence[Sequence[str]]]
    ) -> Classifier:
        """The classifier for these labels, in their order.

        Those that were not learnt, as procedures of a new import, are put where their `texts`
        (of each label a list of words each) point, as the texts of the others do.
        """
        if list(labels) == self.labels:
            return self
        known = {label: column for column, label in enumerate(self.labels)}
        columns = np.array([known.get(label, -1) for label in labels])
        members = [self._aligned(member, columns, texts) for member in self._members]
        return Classifier(labels, self._names, members)

    def _aligned(
        self, member: Bag, columns: NDArray[np.int64], texts: Sequence[Sequence[Sequence[str]]]
    ) -> Bag:
        weights, bias = member.weights[:, columns], member.bias[columns]
        learnt, new = np.flatnonzero(columns >= 0), np.flatnonzero(columns < 0)
        if not len(new):
            return Bag(member.embedding, weights, bias)
        if not len(learnt):
            return Bag(member.embedding, np.zeros_like(weights), np.zeros_like(bias))
        shown = learnt[:: max(1, len(learnt) // MOST_SHOWN)]
        models = self._centres(member, [texts[n] for n in shown])
        # The map from centres to weights that fits those that were learnt best.
        square = models.T @ models + RIDGE * np.eye(models.shape[1], dtype=np.float32)
        mapped = np.linalg.solve(square, models.T @ weights[:, shown].T)
        # A best fit is too short: as long as those that were learnt.
        length = np.linalg.norm(weights[:, shown], axis=0).mean()
        stretch = length / max(float(np.linalg.norm(models @ mapped, axis=1).mean()), 1e-9)
        for start in range(0, len(new), CHUNK):
            chunk = new[start : start + CHUNK]
            centres = self._centres(member, [texts[n] for n in chunk])
            weights[:, chunk] = (centres @ mapped * stretch).T
        bias[new] = bias[learnt].mean()
        return Bag(member.embedding, weights, bias)

    def _centres(self, member: Bag, texts: Sequence[Sequence[Sequence[str]]]) -> Vector:
        """For each label the mean of its texts' vectors, with and without accents."""
        centres = np.zeros((len(texts), member.embedding.shape[1]), dtype=np.float32)
        for row, owned in enumerate(texts):
            said = [
                self._numbers(words, accented=accented)
                for words in owned[:MOST_TEXTS]
                for accented in (True, False)
            ]
            if not said:
                continue
            numbers = np.array([n for text in said for n in text], dtype=np.int64)
            weights = np.repeat(
                [1 / math.sqrt(len(text) + 1) for text in said], list(map(len, said))
            )
            centres[row] = weights.astype(np.float32) @ member.embedding[numbers] / len(said)
        return centres

    def save(self, path: Path) -> None:
        """Write the classifier; a file appears when it is whole."""
        arrays: dict[str, NDArray[np.generic]] = {
            "labels": _as_bytes(self.labels),
            "names": _as_bytes(self._names),
        }
        for number, member in enumerate(self._members):
            for part, values in vars(member).items():
                arrays[f"{part}_{number}"] = values.astype(np.float16)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial.npz")
        try:
            np.savez_compressed(partial, **arrays)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    @staticmethod
    def load(path: Path) -> Classifier:
        """The classifier of a file.

        Raises:
            ClassifierDamaged: the file holds none.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                count = sum(name.startswith("bias_") for name in arrays.files)
                members = [
                    Bag(
                        *(
                            arrays[f"{part}_{number}"].astype(np.float32)
                            for part in ("embedding", "weights", "bias")
                        )
                    )
                    for number in range(count)
                ]
                labels, names = _as_lines(arrays["labels"]), _as_lines(arrays["names"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ClassifierDamaged(f"{path.name} holds no classifier: {error}") from error
        if not members or any(
            m.embedding.shape[0] != len(names) or m.weights.shape[1] != len(labels) for m in members
        ):
            raise ClassifierDamaged(f"{path.name} holds no whole classifier.")
        return Classifier(labels, names, members)


def _as_bytes(lines: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _as_lines(values: NDArray[np.uint8]) -> list[str]:
    return values.tobytes().decode().split("\n") if values.size else []
