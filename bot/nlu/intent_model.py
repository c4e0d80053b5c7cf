"""What a message asks for: a linear model and a bag of vectors over the same features, averaged.

The linear model weighs words and letters, the bag generalises over words. They err differently:
together they are right more often than either (docs/adr/0003-intent-classifier.md).
Answering needs numpy alone; a model is stored as npz and JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.bag import Bag, Vector, log_shares

# Weight of the linear model; the rest is the bag's.
LINEAR_SHARE = 0.7
# Margins become logarithms of shares by this factor.
SHARPNESS = 4.0


class IntentModel:
    """Tells the intents of messages from their features."""

    def __init__(
        self,
        labels: Sequence[str],
        names: Sequence[str],
        idf: Vector,
        weights: Vector,
        bias: Vector,
        bag: Bag,
        rows: NDArray[np.int64],
    ) -> None:
        """`names` are the features. `weights` has a row for each and a column for each label,
        `rows` the feature's row in the bag or -1."""
        self.labels = list(labels)
        self._number = {name: number for number, name in enumerate(names)}
        self._idf, self._weights, self._bias = idf, weights, bias
        self._bag, self._rows = bag, rows

    def __len__(self) -> int:
        return len(self._number)

    def shares(self, features: Iterable[str]) -> Vector:
        """How likely each intent is by the features of a message; they add up to one."""
        counts = Counter(map(self._number.get, features))
        counts.pop(None, None)
        numbers = np.fromiter(counts, dtype=np.int64, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(times)) * self._idf[numbers]
        norm = float(np.sqrt(values @ values)) or 1.0
        margins = (values / norm) @ self._weights[numbers] + self._bias
        rows = self._rows[numbers]
        kept = rows >= 0
        bag = self._bag.log_shares(np.repeat(rows[kept], times[kept].astype(np.int64)).tolist())
        total = LINEAR_SHARE * log_shares(SHARPNESS * margins) + (1 - LINEAR_SHARE) * bag
        return np.exp(log_shares(total))

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        described = {"labels": self.labels, "features": list(self._number)}
        (folder / "model.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
        np.savez_compressed(
            folder / "model.npz",
            idf=self._idf,
            weights=self._weights.astype(np.float16),
            bias=self._bias,
            rows=self._rows,
            **{f"bag_{part}": v.astype(np.float16) for part, v in vars(self._bag).items()},
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
                bag = Bag(
                    *(
                        arrays[f"bag_{part}"].astype(np.float32)
                        for part in ("embedding", "weights", "bias")
                    )
                )
                return IntentModel(
                    described["labels"],
                    described["features"],
                    arrays["idf"],
                    arrays["weights"].astype(np.float32),
                    arrays["bias"],
                    bag,
                    arrays["rows"],
                )
        except (OSError, KeyError, EOFError) as error:
            raise ValueError(f"no intent model: {error}") from error
