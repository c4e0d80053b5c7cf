"""Learning a `Bag`: stochastic gradient descent with Adagrad on the cross entropy.

Features are dropped at random, and of several spellings of a text one is taken at random, so that
what is learnt holds for other words. The same examples and seed give the same bag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.bag import Bag

BATCH = 256
RATE, LAST_RATE = 1.5, 0.001
FIRST_SPREAD, FIRST_SQUARES = 0.1, 1e-3

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Numbers of the features of each text, with and without accents, and its label's number.

    `background_accented` and `background_folded` are texts that say nothing of any label.
    """

    accented: Sequence[Numbers]
    folded: Sequence[Numbers]
    labels: Numbers
    features: int
    kinds: int
    background_accented: Sequence[Numbers] = ()
    background_folded: Sequence[Numbers] = ()


@dataclass(frozen=True)
class Schooling:
    """How is learnt: numbers a vector, rounds, share of the features dropped, and how many texts
    get background sentences, and how many of them at the most."""

    width: int = 128
    epochs: int = 20
    dropped: float = 0.5
    with_background: float = 0.5
    most_background: int = 6


def learn(examples: Examples, schooling: Schooling, seed: int) -> Bag:
    """One bag; different seeds give bags that err differently."""
    random, width, epochs = np.random.default_rng(seed), schooling.width, schooling.epochs

    def start(*shape: int) -> NDArray[np.float32]:
        return random.normal(0, FIRST_SPREAD, shape).astype(np.float32)

    embedding, weights = start(examples.features, width), start(width, examples.kinds)
    bias = np.zeros(examples.kinds, dtype=np.float32)
    # Adagrad: sums of squared gradients, one for each row of the embedding.
    rows_squares = np.full(examples.features, FIRST_SQUARES, dtype=np.float32)
    weights_squares = np.full_like(weights, FIRST_SQUARES)
    bias_squares = np.full_like(bias, FIRST_SQUARES)
    count = len(examples.labels)
    for epoch in range(epochs):
        rate = RATE * (1 - epoch / epochs) + LAST_RATE
        order = random.permutation(count)
        for begin in range(0, count, BATCH):
            chosen = order[begin : begin + BATCH]
            used, batch = _batch(examples, schooling, chosen, random)
            rows = embedding[used]
            hidden = batch @ rows
            errors = _errors(hidden @ weights + bias, examples.labels[chosen])
            hidden_slope = errors @ weights.T
            slope = hidden.T @ errors
            weights_squares += slope * slope
            weights -= rate * slope / np.sqrt(weights_squares)
            slope = errors.sum(axis=0)
            bias_squares += slope * slope
            bias -= rate * slope / np.sqrt(bias_squares)
            slope = batch.T @ hidden_slope
            rows_squares[used] += (slope * slope).mean(axis=1)
            embedding[used] = rows - rate * slope / np.sqrt(rows_squares[used])[:, None]
    return Bag(embedding, weights, bias)


def _batch(
    examples: Examples,
    schooling: Schooling,
    chosen: NDArray[np.int64],
    random: np.random.Generator,
) -> tuple[NDArray[np.int64], csr_matrix]:
    """Numbers of the features that occur, and how much of each is in every example."""
    texts = []
    for number in chosen:
        accented = random.random() < 0.5
        known = examples.accented if accented else examples.folded
        around = examples.background_accented if accented else examples.background_folded
        text = known[number]
        if around and random.random() < schooling.with_background:
            count = random.integers(1, schooling.most_background + 1)
            said = (around[n] for n in random.integers(0, len(around), count))
            text = np.concatenate([text, *said])
        texts.append(text)
    owners = np.repeat(np.arange(len(chosen)), [len(text) for text in texts])
    numbers = np.concatenate(texts)
    kept = random.random(len(numbers)) > schooling.dropped
    owners, numbers = owners[kept], numbers[kept]
    lengths = np.bincount(owners, minlength=len(chosen))
    used, columns = np.unique(numbers, return_inverse=True)
    values = (1 / np.sqrt(lengths + 1)).astype(np.float32)[owners]
    return used, csr_matrix((values, (owners, columns)), shape=(len(chosen), len(used)))


def _errors(values: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Slope of the mean cross entropy: shares less one at the right label."""
    values -= values.max(axis=1, keepdims=True)
    np.exp(values, out=values)
    values /= values.sum(axis=1, keepdims=True)
    values[np.arange(len(labels)), labels] -= 1
    values /= len(labels)
    return values
