"""Intents of held-out messages by three pipelines, trained on the same data in one run.

`stock` is the pipeline of `rasa init`, `diet` is DIET over our tokenizer and our features, `ours`
the pipeline of config.yml. Each is trained and tried in a process of its own: macro-F1 by register,
training time, size of the model, time a message, memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.tables import show
from bot.engine.intent_scores import score
from bot.settings import PROJECT_ROOT

PIPELINES: dict[str, list[dict[str, Any]]] = {
    # As `rasa init` writes it; no response selector, since there is nothing to select from.
    "stock": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {
            "name": "CountVectorsFeaturizer",
            "analyzer": "char_wb",
            "min_ngram": 1,
            "max_ngram": 4,
        },
        {"name": "DIETClassifier", "epochs": 100},
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "diet": [
        {"name": "bot.nlu.underthesea_tokenizer.UndertheseaTokenizer"},
        {"name": "bot.nlu.entity_extractor.VietnameseEntityExtractor"},
        {"name": "benchmarks.our_featurizer.OurFeaturizer"},
        {"name": "DIETClassifier", "epochs": 100, "entity_recognition": False},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
}
REGISTERS = ("accented", "unaccented", "teencode", "dialect", "typo")
PARTS = {"dev": "development.csv", "test": "held_out.csv"}
FALLBACK = "nlu_fallback"


def _pipeline(name: str) -> list[dict[str, Any]]:
    if name in PIPELINES:
        return PIPELINES[name]
    config = yaml.safe_load((PROJECT_ROOT / "config.yml").read_text(encoding="utf-8"))
    return list(config["pipeline"])


def _messages(part: str) -> list[dict[str, str]]:
    path = PROJECT_ROOT / "tests" / "nlu" / PARTS[part]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _training_data(every: int, folder: Path) -> Path:
    """All messages of data/nlu, or every n-th of each intent."""
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    whole = PROJECT_ROOT / "data" / "nlu"
    if every == 1:
        return whole
    by_intent: dict[str, list[Any]] = {}
    for message in load_data(str(whole)).intent_examples:
        by_intent.setdefault(message.get("intent"), []).append(message)
    kept = [message for messages in by_intent.values() for message in messages[::every]]
    path = folder / "nlu.yml"
    path.write_text(TrainingData(kept).nlu_as_yaml(), encoding="utf-8")
    return path


def _measure(name: str, part: str, epochs: int | None, every: int) -> dict[str, Any]:
    """Train one pipeline and try it; run in a process of its own."""
    from bot.engine import quiet

    quiet.configure()
    import asyncio

    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    from bot.engine import agent as agents

    pipeline = _pipeline(name)
    for component in pipeline:
        if epochs and "epochs" in component:
            component["epochs"] = epochs
    config = {"recipe": "default.v1", "language": "vi", "pipeline": pipeline, "policies": []}
    config["assistant_id"] = "benchmark"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        data = str(_training_data(every, Path(folder)))
        started = time.perf_counter()
        model = train_nlu(str(path), data, folder, fixed_model_name=name)
        trained = time.perf_counter() - started
        if model is None:
            raise SystemExit(f"{name} was not trained")
        size = Path(model).stat().st_size
        # Each as it is served: ours by our engine, the others by Rasa.
        agent = agents.load_now(Path(model)) if name == "ours" else Agent.load(model)
        rows = _messages(part)

        async def parse() -> list[tuple[str, float, float]]:
            for row in rows[:50]:  # warm
                await agent.parse_message(row["text"])
            found = []
            for row in rows:
                before = time.perf_counter()
                parsed = await agent.parse_message(row["text"])
                ms = (time.perf_counter() - before) * 1000
                ranking = [r for r in parsed["intent_ranking"] if r["name"] != FALLBACK]
                found.append((ranking[0]["name"], float(ranking[0]["confidence"]), ms))
            return found

        found = asyncio.run(parse())
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "trained": trained,
        "size": size,
        "memory": kilobytes // (1024 if sys.platform == "linux" else 1024 * 1024),
        "understood": [name for name, _, _ in found],
        "ms": [ms for _, _, ms in found],
    }


def _row(name: str, measured: dict[str, Any], part: str) -> dict[str, Any]:
    rows = _messages(part)
    row: dict[str, Any] = {"pipeline": name}
    for register in ("all", *REGISTERS):
        pairs = [
            ((message["intent"],), (understood,))
            for message, understood in zip(rows, measured["understood"], strict=True)
            if register in ("all", message["register"]) and "+" not in message["intent"]
        ]
        row[f"F1 {register}"] = f"{score(pairs).macro_f1:.3f}"
    times = sorted(measured["ms"])
    row["trained s"] = f"{measured['trained']:.0f}"
    row["model MB"] = f"{measured['size'] / 1e6:.1f}"
    row["p50 ms"] = f"{times[len(times) // 2]:.2f}"
    row["p95 ms"] = f"{times[int(len(times) * 0.95)]:.2f}"
    row["peak MB"] = measured["memory"]
    return row


def main(arguments: Sequence[str]) -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench nlu", description=__doc__)
    parser.add_argument("--part", choices=list(PARTS), default="dev", help="which messages")
    parser.add_argument("--pipelines", nargs="*", default=["ours", "stock", "diet"])
    parser.add_argument("--epochs", type=int, help="of DIET; default 100, as Rasa's")
    parser.add_argument("--every", type=int, default=1, help="train on every n-th message only")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args(list(arguments))
    if options.one:
        result = _measure(options.one, options.part, options.epochs, options.every)
        Path(os.environ["BENCHMARK_RESULT"]).write_text(json.dumps(result), encoding="utf-8")
        return
    rows = []
    for name in options.pipelines:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.json"
            command = [sys.executable, "-m", "benchmarks", "nlu", "--one", name]
            command += ["--part", options.part, "--every", str(options.every)]
            command += ["--epochs", str(options.epochs)] if options.epochs else []
            # Without Rasa's cache: what was trained before would not be trained again.
            own = {"BENCHMARK_RESULT": str(path), "RASA_MAX_CACHE_SIZE": "0"}
            environment = {**os.environ, **own}
            run = subprocess.run(
                command, cwd=PROJECT_ROOT, check=False, env=environment, capture_output=True
            )
            if run.returncode or not path.exists():
                raise SystemExit(f"{name} failed:\n{run.stderr.decode(errors='replace')[-2000:]}")
            rows.append(_row(name, json.loads(path.read_text(encoding="utf-8")), options.part))
        print(rows[-1], file=sys.stderr, flush=True)
    show(f"nlu-{options.part}", rows)
