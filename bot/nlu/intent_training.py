"""Learning an `IntentModel` from labelled messages; scikit-learn and scipy are needed here only."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot import bag_training
from bot.bag_training import Examples, Schooling
from bot.nlu.features import LETTERS
from bot.nlu.intent_model import IntentModel

# Features seen once are mostly typing slips; the letters inside them still count.
LEAST_COUNT = 2
# Inverse regularisation; 0.3 to 3 gave the same within a point.
C = 1.0
# How near to the best plane is near enough; 1e-4 takes three times as long for the same answers.
TOLERANCE = 1e-2
SCHOOLING = Schooling(width=96, epochs=18, dropped=0.55)


@dataclass(frozen=True)
class Example:
    """Features of a message as written and without accents, and its labels: mostly one."""

    written: Sequence[str]
    folded: Sequence[str]
    labels: tuple[str, ...]


def learn(examples: Sequence[Example], *, seed: int = 0) -> IntentModel:
    """A model of all labels of the examples. The same examples give the same model.

    Raises:
        ValueError: there are fewer than two labels.
    """
    labels = sorted({label for example in examples for label in example.labels})
    if len(labels) < 2:
        raise ValueError("two labels are needed")
    texts = [(set(spelt), e.labels) for e in examples for spelt in _spellings(e)]
    frequency = Counter(name for features, _ in texts for name in features)
    names = sorted(name for name, n in frequency.items() if n >= LEAST_COUNT)
    number = {name: n for n, name in enumerate(names)}
    idf = np.log(
        (1 + len(texts)) / (1 + np.array([frequency[n] for n in names], dtype=np.float32))
    ) + np.float32(1)
    matrix = _matrix([features for features, _ in texts], number, idf)
    weights, bias = _linear(matrix, [asked for _, asked in texts], labels)
    words = [n for n, name in enumerate(names) if not name.startswith(LETTERS)]
    rows = np.full(len(names), -1, dtype=np.int64)
    rows[words] = np.arange(len(words))
    bag = bag_training.learn(_bag_examples(examples, number, rows, labels), SCHOOLING, seed)
    count = len(labels)
    table = np.zeros((len(names), 2 * count + 2), dtype=np.float32)
    table[:, :count] = weights * idf[:, None]
    table[words, count : 2 * count] = bag.embedding @ bag.weights
    table[:, -2] = idf**2
    table[words, -1] = 1
    return IntentModel(labels, names, _as_stored(table), np.concatenate([bias, bag.bias]))


def _as_stored(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """As exact as it is stored: a loaded model answers like the one that was learnt."""
    return values.astype(np.float16).astype(np.float32)


def _spellings(example: Example) -> list[Sequence[str]]:
    if list(example.written) == list(example.folded):
        return [example.written]
    return [example.written, example.folded]


def _matrix(
    texts: Sequence[set[str]], number: dict[str, int], idf: NDArray[np.float32]
) -> csr_matrix:
    """Rows of IDF of length one."""
    owners, columns = [], []
    for owner, features in enumerate(texts):
        known = sorted(number[name] for name in features if name in number)
        owners += [owner] * len(known)
        columns += known
    values = idf[columns]
    norms = np.sqrt(np.bincount(owners, values**2, minlength=len(texts)))
    values /= np.maximum(norms, 1e-9)[owners]
    return csr_matrix((values, (owners, columns)), shape=(len(texts), len(idf)), dtype=np.float32)


def _linear(
    matrix: csr_matrix, asked_of: Sequence[tuple[str, ...]], labels: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For each label a plane between the messages that ask for it and all others."""
    from sklearn.svm import LinearSVC

    def plane(label: str) -> tuple[NDArray[np.float32], float]:
        wanted = np.array([label in asked for asked in asked_of])
        found = LinearSVC(C=C, class_weight="balanced", random_state=0, tol=TOLERANCE).fit(
            matrix, wanted
        )
        return found.coef_[0].astype(np.float32), float(found.intercept_[0])

    # Liblinear lets other threads run; each plane is found by itself, so the order does not matter.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        planes = list(threads.map(plane, labels))
    weights, bias = zip(*planes, strict=True)
    return np.stack(weights, axis=1), np.array(bias, dtype=np.float32)


def _bag_examples(
    examples: Sequence[Example],
    number: dict[str, int],
    rows: NDArray[np.int64],
    labels: Sequence[str],
) -> Examples:
    """One example for each intent that a message asks for."""

    def numbers(features: Sequence[str]) -> NDArray[np.int64]:
        found = {number[name] for name in features if name in number}
        known = rows[np.array(sorted(found), dtype=np.int64)]
        return known[known >= 0]

    pairs = [(example, intent) for example in examples for intent in example.labels]
    return Examples(
        [numbers(example.written) for example, _ in pairs],
        [numbers(example.folded) for example, _ in pairs],
        np.array([labels.index(intent) for _, intent in pairs]),
        int(rows.max()) + 1,
        len(labels),
    )
