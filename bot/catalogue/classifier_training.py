"""Learning which procedure a question means, from citizens' phrases and official names.

Every phrase is an example; features are dropped at random, accents left out of every second one
and background sentences put before some, so that what is learnt holds for other words, for
unaccented and for long messages. Stochastic gradient descent with Adagrad on the cross entropy;
about half a minute for 28,000 texts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.catalogue.classifier import Classifier, Member, features

WIDTH = 128
EPOCHS = 20
BATCH = 256
RATE, LAST_RATE = 1.5, 0.001
DROPPED = 0.5
MEMBERS = 2
# How many texts get background sentences, and how many of them at the most.
WITH_BACKGROUND, MOST_BACKGROUND = 0.5, 6
# Syllables and pairs that stand in fewer texts teach little about others.
RAREST = 3
FIRST_SPREAD, FIRST_SQUARES = 0.1, 1e-3


@dataclass(frozen=True)
class Examples:
    """Numbers of the features of each text, with and without accents, and its label's number."""

    accented: list[NDArray[np.int64]]
    folded: list[NDArray[np.int64]]
    labels: NDArray[np.int64]
    background_accented: list[NDArray[np.int64]]
    background_folded: list[NDArray[np.int64]]
    features: int
    kinds: int


def learn(
    texts: Sequence[tuple[str, Sequence[str]]],
    background: Sequence[Sequence[str]] = (),
    *,
    members: int = MEMBERS,
) -> Classifier:
    """A classifier from pairs of a label and the words of a text for it.

    `background` are sentences that say nothing of any label. The same texts give the same
    classifier.
    """
    labels = sorted({label for label, _ in texts})
    number = {label: n for n, label in enumerate(labels)}
    counts = Counter(
        name
        for words in (*(words for _, words in texts), *background)
        for name in set(features(words, accented=True))
    )
    names = sorted(n for n, c in counts.items() if c >= RAREST)
    row = {name: n for n, name in enumerate(names)}

    def numbers(words: Sequence[str], *, accented: bool) -> NDArray[np.int64]:
        found = (row.get(name) for name in features(words, accented=accented))
        return np.array([n for n in found if n is not None], dtype=np.int64)

    examples = Examples(
        [numbers(words, accented=True) for _, words in texts],
        [numbers(words, accented=False) for _, words in texts],
        np.array([number[label] for label, _ in texts]),
        [numbers(words, accented=True) for words in background],
        [numbers(words, accented=False) for words in background],
        len(names),
        len(labels),
    )
    with ProcessPoolExecutor(min(members, os.cpu_count() or 1), get_context("fork")) as pool:
        learnt = list(pool.map(_learn_one, [examples] * members, range(members)))
    return Classifier(labels, names, learnt)


def _learn_one(examples: Examples, seed: int) -> Member:
    """One member; different seeds give members that err differently."""
    random = np.random.default_rng(seed)

    def start(*shape: int) -> NDArray[np.float32]:
        return random.normal(0, FIRST_SPREAD, shape).astype(np.float32)

    embedding, weights = start(examples.features, WIDTH), start(WIDTH, examples.kinds)
    bias = np.zeros(examples.kinds, dtype=np.float32)
    # Adagrad: sums of squared gradients, one for each row of the embedding.
    rows_squares = np.full(examples.features, FIRST_SQUARES, dtype=np.float32)
    weights_squares = np.full_like(weights, FIRST_SQUARES)
    bias_squares = np.full_like(bias, FIRST_SQUARES)
    count = len(examples.labels)
    for epoch in range(EPOCHS):
        rate = RATE * (1 - epoch / EPOCHS) + LAST_RATE
        order = random.permutation(count)
        for begin in range(0, count, BATCH):
            chosen = order[begin : begin + BATCH]
            used, batch = _batch(examples, chosen, random)
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
    return Member(embedding, weights, bias)


def _batch(
    examples: Examples, chosen: NDArray[np.int64], random: np.random.Generator
) -> tuple[NDArray[np.int64], csr_matrix]:
    """Numbers of the features that occur, and how much of each is in every example."""
    texts = []
    for number in chosen:
        accented = random.random() < 0.5
        known = examples.accented if accented else examples.folded
        around = examples.background_accented if accented else examples.background_folded
        text = known[number]
        if around and random.random() < WITH_BACKGROUND:
            count = random.integers(1, MOST_BACKGROUND + 1)
            said = (around[n] for n in random.integers(0, len(around), count))
            text = np.concatenate([text, *said])
        texts.append(text)
    owners = np.repeat(np.arange(len(chosen)), [len(text) for text in texts])
    numbers = np.concatenate(texts)
    kept = random.random(len(numbers)) > DROPPED
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
