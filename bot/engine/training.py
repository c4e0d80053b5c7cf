"""Whether the model is current, and training it where it is not.

A model's file name carries a fingerprint of all it was trained from, so that nothing is
trained twice and no stale model is served.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.catalogue import learning
from bot.engine import quiet
from bot.settings import PROJECT_ROOT, settings

MODELS = PROJECT_ROOT / "models"
# Everything that a model depends on; globs below the project's root.
INPUTS = (
    "config.yml",
    "domain.yml",
    "domain/*.yml",
    "data/**/*.yml",
    "bot/nlu/*.py",
    "bot/vocabulary/*.py",
    "bot/vocabulary/*.tsv",
    "bot/offices/seed/administrative_units.csv",
    "bot/bag.py",
    "bot/bag_training.py",
    "bot/importer.py",
    "bot/text.py",
    "bot/spelling.py",
    "bot/codes.py",
    "bot/dossier_codes.py",
    "bot/personal_data.py",
    "bot/ordinals.py",
    "bot/engine/outage_policy.py",
    "bot/engine/aspect_policy.py",
    "bot/engine/untrained_policy.py",
    "bot/aspects.py",
    "requirements.lock",
)


class TrainingFailed(RuntimeError):
    """Training ended with an error; no model was written."""


def _input_files() -> Iterator[Path]:
    for pattern in INPUTS:
        yield from sorted(PROJECT_ROOT.glob(pattern))


def fingerprint() -> str:
    """Hash of names and contents of all inputs, 16 hex digits."""
    digest = hashlib.sha256()
    for path in _input_files():
        digest.update(str(path.relative_to(PROJECT_ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def current_model() -> Path:
    """Where the model of the present inputs lies or will lie."""
    return MODELS / f"bot-{fingerprint()}.tar.gz"


def train(*, force: bool = False) -> tuple[Path, bool]:
    """The current model, and whether it had to be trained.

    Raises:
        TrainingFailed: Rasa refused the data or the configuration.
    """
    model = current_model()
    if model.exists() and not force:
        return model, False
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", model.name[:-7]]
    if force:
        command.append("--force")
    log = settings().var_dir / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # Rasa's own report is hundreds of lines of progress bars.
    with log.open("wb") as output:
        result = subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            check=False,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**quiet.ENVIRONMENT, **os.environ},
        )
    if result.returncode != 0 or not model.exists():
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        raise TrainingFailed("\n".join(["`rasa train` failed. Its last lines:", *lines[-15:]]))
    return model, True


def learn_search(*, force: bool = False) -> tuple[Path, bool]:
    """The classifier that search needs, and whether it had to be learnt.

    It is learnt from a fresh catalogue in a folder of its own: the seed, and the national
    export where it is there.

    Raises:
        TrainingFailed: the catalogue could not be filled or learnt from.
    """
    path = learning.path_of(learning.fingerprint_of_files())
    if path.exists() and not force:
        return path, False
    print("Learning what citizens' words mean (about a minute)", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        own = {"BOT_VAR_DIR": folder, "BOT_DATABASE_URL": f"sqlite:///{folder}/bot.db"}
        learn = ["catalogue", "learn", "--to", str(path), *(["--force"] if force else [])]
        for command in (["prepare"], learn):
            result = subprocess.run(
                [sys.executable, "-m", "bot", *command],
                cwd=PROJECT_ROOT,
                check=False,
                capture_output=True,
                text=True,
                env={**os.environ, **own},
            )
            if result.returncode != 0:
                lines = result.stderr.splitlines()
                raise TrainingFailed("\n".join(["Search could not learn:", *lines[-15:]]))
    return path, True
