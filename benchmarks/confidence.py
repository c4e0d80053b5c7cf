"""Finds the weights of `bot/catalogue/confidence.py` anew from the development questions.

`fits` is learnt from questions that the catalogue serves against those that nothing fits (ours,
and the messages out of scope that the classifier is trained on); `right` from whether the first
procedure is a right one, questions to ask back on and the vague messages of `vague.txt` counting
as not. Prints the weights and what thresholds would do; the test part is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks import questions
from benchmarks.tables import show
from bot.catalogue import confidence, finder
from bot.settings import PROJECT_ROOT

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A message, what should become of it, and whether the first procedure is a right one."""

    group: str
    expect: str
    traits: dict[str, float]
    right: bool


def _messages() -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Group, message, what is expected, right codes."""
    for question in [*questions.own("dev"), *questions.shared()]:
        yield question.group, question.text, question.expect, question.codes
    for line in (PROJECT_ROOT / "benchmarks" / "vague.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield "vague", line, "vague", frozenset()
    path = PROJECT_ROOT / "data" / "nlu" / "out_of_scope.yml"
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        if block.get("intent") == "out_of_scope":
            for line in block["examples"].splitlines():
                yield "out of scope", line.strip("- "), "nothing", frozenset()


def _examples() -> Iterator[Example]:
    for group, text, expect, codes in _messages():
        ranking = finder.look(text)
        if not ranking.need or not ranking.matches or not ranking.matches[0].parts:
            continue
        traits = confidence.traits(ranking)
        yield Example(group, expect, traits, ranking.matches[0].code in codes)


def _fit(
    examples: Sequence[Example], names: Sequence[str], wanted: Sequence[bool], *, balanced: bool
) -> tuple[dict[str, float], float, Numbers]:
    """Weights by trait, the base, and each example's probability."""
    values = np.array([[example.traits[name] for name in names] for example in examples])
    scaler = StandardScaler().fit(values)
    model = LogisticRegression(C=1.0, class_weight="balanced" if balanced else None)
    model.fit(scaler.transform(values), wanted)
    weights = model.coef_[0] / scaler.scale_
    base = float(model.intercept_[0] - weights @ scaler.mean_)
    told = {name: round(float(w), 2) for name, w in zip(names, weights, strict=True)}
    return told, round(base, 2), model.predict_proba(scaler.transform(values))[:, 1]


def main(_: list[str]) -> None:
    """Print weights, and a table of what each threshold does."""
    examples = list(_examples())
    served = [example.expect != "nothing" for example in examples]
    weights, base, fits = _fit(examples, list(confidence.FITS), served, balanced=True)
    print(f"FITS = {weights}\nFITS_BASE = {base}")
    right = [example.right and example.expect == "answer" for example in examples]
    weights, base, clear = _fit(examples, list(confidence.RIGHT), right, balanced=False)
    print(f"RIGHT = {weights}\nRIGHT_BASE = {base}\n")
    Path(__file__).with_name("results").mkdir(exist_ok=True)
    expect = np.array([example.expect for example in examples])
    good, is_right = np.isin(expect, ("answer", "clarify")), np.array(right)

    def below(values: Numbers, chosen: NDArray[np.bool_], threshold: float) -> str:
        return f"{100 * (values[chosen] < threshold).mean():.1f}"

    show(
        "confidence",
        [
            {
                "threshold": threshold,
                "good refused %": below(fits, good, threshold),
                "nothing recognised %": below(fits, expect == "nothing", threshold),
                "right asked back %": below(clear, is_right, threshold),
                "wrong answered": int(
                    ((clear >= threshold) & ~is_right & (expect == "answer")).sum()
                ),
                "clarify asked back %": below(clear, expect == "clarify", threshold),
                "vague asked back %": below(clear, expect == "vague", threshold),
            }
            for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
        ],
    )
