"""Which file holds what was learnt, when it is learnt anew, and that running bots take it up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot import database
from bot.bag_training import Schooling
from bot.catalogue import classifier_training, companions, finder, layers, learning
from bot.catalogue.classifier import Classifier
from bot.catalogue.tables import NATIONAL, STAFF
from bot.settings import Settings
from tests.catalogue.exports import procedure

CODES = [f"9.00000{n}" for n in range(1, 5)]
NAMES = dict(zip(CODES, ("Đăng ký tàu cá", "Cấp sổ đỏ", "Mở quán rượu", "Xây mồ mả"), strict=True))


@pytest.fixture(autouse=True)
def models(database_ready: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for models, and a seed without phrases: learning takes no time."""
    seed = tmp_path / "seed"
    seed.mkdir()
    for name in ("messages.tsv", "vague.tsv", "outside.tsv", "background.txt"):
        (seed / name).write_text("# none\n", encoding="utf-8")
    monkeypatch.setattr(learning, "SEED_DIR", seed)
    monkeypatch.setattr(learning, "MODELS", tmp_path / "models")
    monkeypatch.setattr(classifier_training, "SCHOOLING", Schooling(epochs=2))
    monkeypatch.setattr(classifier_training, "RAREST", 1)
    with database.begin() as connection:
        layers.write_layer(
            connection, NATIONAL, [procedure(code, name) for code, name in NAMES.items()]
        )
    return tmp_path / "models"


def files(models: Path) -> list[str]:
    return sorted(path.name for path in models.glob("*"))


def small(labels: list[str]) -> Classifier:
    return classifier_training.learn([(label, ["tàu", label]) for label in labels] * 3)


def test_nothing_is_learnt_twice(models: Path) -> None:
    assert learning.learn() is True
    made = files(models)
    assert len(made) == 1
    assert learning.learn() is False
    assert files(models) == made


def test_a_new_phrase_is_learnt_from(models: Path) -> None:
    learning.learn()
    before = set(files(models))
    with database.begin() as connection:
        companions.replace_aliases(connection, STAFF, [(CODES[0], "ghe câu mực")])
    assert ("9.000001", ["ghe", "câu", "mực"]) in learning.read_texts()
    assert learning.learn() is True
    assert len(set(files(models)) - before) == 1


def test_only_the_newest_files_are_kept(models: Path) -> None:
    models.mkdir()
    for number in range(6):
        path = models / f"search-{number}.npz"
        path.write_bytes(b"old")
        os.utime(path, (number, number))
    (models / "bot-1.tar.gz").write_bytes(b"a model of Rasa's")
    learning.learn()
    kept = files(models)
    assert "bot-1.tar.gz" in kept
    assert [name for name in kept if name.startswith("search-") and len(name) < 15] == [
        "search-3.npz",
        "search-4.npz",
        "search-5.npz",
    ]


def test_the_newest_that_knows_the_procedures_is_taken(
    models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert learning.newest(CODES) is None
    small(CODES).save(models / "search-1.npz")
    small(["1.000001"]).save(models / "search-2.npz")
    (models / "search-3.npz").write_bytes(b"damaged")
    for number in (1, 2, 3):
        os.utime(models / f"search-{number}.npz", (number, number))
    found = learning.newest(CODES)
    assert found is not None
    assert found.labels == CODES
    assert "search-3.npz" in caplog.text
    assert learning.newest(["8.000001", "8.000002"]) is None


def test_a_running_bot_takes_up_what_was_learnt(models: Path) -> None:
    before = dict(finder.search("đăng ký tàu cá", 1)[0].parts)
    assert before["learnt"] == 0.0
    learning.learn()
    assert dict(finder.search("đăng ký tàu cá", 1)[0].parts)["learnt"] < 0.0


def test_procedures_that_come_later_are_found_at_once(models: Path) -> None:
    learning.learn()
    assert finder.search("nuôi chim yến", 1) == []
    with database.begin() as connection:
        layers.write_layer(
            connection, NATIONAL, [procedure("9.000009", "Nuôi chim yến")], keep=None
        )
    assert finder.search("nuôi chim yến", 1)[0].code == "9.000009"


def test_the_fingerprint_of_files_follows_every_file(models: Path) -> None:
    before = learning.fingerprint_of_files()
    assert learning.fingerprint_of_files() == before
    path = learning.SEED_DIR / "messages.tsv"
    path.write_text("9.000001\ttàu cá của tôi\n", encoding="utf-8")
    assert learning.fingerprint_of_files() != before
