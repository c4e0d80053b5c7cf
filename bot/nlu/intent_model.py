"""What a message asks for: a linear model and a bag of vectors over the same features, averaged.

The linear model weighs words and letters, the bag generalises over words. They err differently:
together they are right more often than either (docs/adr/0003-intent-classifier.md). Both only add
up what the features of a message weigh, so that one row for each feature holds all of it, and a
message costs one sum of rows. Answering needs numpy alone; a model is stored as npz and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.bag import Vector, log_shares

# A label is an intent, or an intent with an aspect: "out_of_scope/bribe".
ASPECT = "/"
# Weight of the linear model; the rest is the bag's.
LINEAR_SHARE = 0.7
# Margins become logarithms of shares by this factor.
SHARPNESS = 4.0


@dataclass(frozen=True)
class Understanding:
    """How likely a message has each of a model's intents, and its likeliest aspect ("": none)."""

    intents: Vector
    aspect: str
    aspect_share: float


class IntentModel:
    """Tells the intents of messages from their features; how often one occurs does not count."""

    def __init__(
        self, labels: Sequence[str], names: Sequence[str], table: Vector, bias: Vector
    ) -> None:
        """`names` are the features. `table` has a row for each, with what it adds to each label's
        margin, to each label in the bag, to the square of the message's length, and to the number
        of its features in the bag. `bias` is that of the margins, then that of the bag."""
        self.labels = list(labels)
        self.intents = sorted({label.partition(ASPECT)[0] for label in labels})
        number = {intent: n for n, intent in enumerate(self.intents)}
        self._intent_of = np.array([number[label.partition(ASPECT)[0]] for label in labels])
        self._with_aspect = np.array([n for n, name in enumerate(labels) if ASPECT in name], int)
        self._number = {name: number for number, name in enumerate(names)}
        self._table, self._bias = table, bias

    def __len__(self) -> int:
        return len(self._number)

    def understand(self, features: Iterable[str]) -> Understanding:
        """What a message with these features asks for; the shares of the intents add up to one."""
        shares = self._shares(features)
        intents = np.bincount(self._intent_of, shares, len(self.intents)).astype(np.float32)
        if not len(self._with_aspect):
            return Understanding(intents, "", 0.0)
        best = self._with_aspect[shares[self._with_aspect].argmax()]
        return Understanding(intents, self.labels[best].partition(ASPECT)[2], float(shares[best]))

    def _shares(self, features: Iterable[str]) -> Vector:
        """How likely each label is; they add up to one."""
        known = set(map(self._number.get, features))
        known.discard(None)
        numbers = np.fromiter(known, dtype=np.int64, count=len(known))
        total = self._table.take(numbers, axis=0).sum(axis=0)
        count = len(self.labels)
        square, in_bag = float(total[-2]), float(total[-1])
        margins = total[:count] / np.float32(square**0.5 or 1.0) + self._bias[:count]
        bag = total[count : 2 * count] / np.float32((in_bag + 1) ** 0.5) + self._bias[count:]
        return np.exp(log_shares(LINEAR_SHARE * SHARPNESS * margins + (1 - LINEAR_SHARE) * bag))

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        described = {"labels": self.labels, "features": list(self._number)}
        (folder / "model.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
        np.savez_compressed(
            folder / "model.npz", table=self._table.astype(np.float16), bias=self._bias
        )

    @staticmethod
    def load(folder: Path) -> IntentModel:
        """The model of a folder.

        Raises:
            ValueError: the folder holds none.
        """
        try:
            described = json.loads((folder / "model.json").read_text("utf-8"))
            with np.load(folder / "model.npz", allow_pickle=False) as arrays:
                return IntentModel(
                    described["labels"],
                    described["features"],
                    arrays["table"].astype(np.float32),
                    arrays["bias"],
                )
        except (OSError, KeyError, EOFError) as error:
            raise ValueError(f"no intent model: {error}") from error
