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
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from bot import bag_training
from bot.bag import Bag
from bot.bag_training import Examples, Schooling
from bot.catalogue.classifier import Classifier, features

SCHOOLING = Schooling()
MEMBERS = 2
# Syllables and pairs that stand in fewer texts teach little about others.
RAREST = 3


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
        len(names),
        len(labels),
        [numbers(words, accented=True) for words in background],
        [numbers(words, accented=False) for words in background],
    )
    with ProcessPoolExecutor(min(members, os.cpu_count() or 1), get_context("fork")) as pool:
        learnt = list(pool.map(_learn_one, [examples] * members, range(members)))
    return Classifier(labels, names, learnt)


def _learn_one(examples: Examples, seed: int) -> Bag:
    return bag_training.learn(examples, SCHOOLING, seed)
