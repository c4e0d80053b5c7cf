"""Texts as bags of features: the sum of their vectors is compared with a vector of each label.

Which vectors make texts lead to their labels is learnt in `bot.bag_training`; here they are used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Bag:
    """A classifier of bags of features.

    `embedding` has a row for each feature, `weights` a column and `bias` a number for each label.
    """

    embedding: Vector
    weights: Vector
    bias: Vector

    def encode(self, numbers: Sequence[int]) -> Vector:
        """The vector of a text from the numbers of its features."""
        if not len(numbers):
            return np.zeros(self.embedding.shape[1], dtype=np.float32)
        total = self.embedding[np.asarray(numbers)].sum(axis=0, dtype=np.float32)
        return total / np.float32(math.sqrt(len(numbers) + 1))

    def log_shares(self, numbers: Sequence[int]) -> Vector:
        """Logarithm of each label's share, which add up to one."""
        return log_shares(self.encode(numbers) @ self.weights + self.bias)


def log_shares(values: Vector) -> Vector:
    """Logarithms of shares that add up to one, from values on a logarithmic scale."""
    values = values - values.max()
    return values - np.log(np.exp(values).sum())
