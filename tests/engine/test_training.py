"""A model is current only while its inputs stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine import training


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "domain").mkdir()
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "config.yml").write_text("pipeline: []")
    (tmp_path / "domain" / "a.yml").write_text("a")
    (tmp_path / "data" / "nlu" / "b.yml").write_text("b")
    monkeypatch.setattr(training, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(training, "MODELS", tmp_path / "models")
    return tmp_path


def test_the_fingerprint_is_stable(project: Path) -> None:
    assert training.fingerprint() == training.fingerprint()


@pytest.mark.parametrize("name", ["config.yml", "domain/a.yml", "data/nlu/b.yml"])
def test_a_changed_input_changes_the_fingerprint(project: Path, name: str) -> None:
    before = training.fingerprint()
    (project / name).write_text("changed")
    assert training.fingerprint() != before


def test_a_new_and_a_renamed_input_change_the_fingerprint(project: Path) -> None:
    before = training.fingerprint()
    (project / "data" / "nlu" / "c.yml").write_text("c")
    added = training.fingerprint()
    (project / "data" / "nlu" / "c.yml").rename(project / "data" / "nlu" / "d.yml")
    assert len({before, added, training.fingerprint()}) == 3


def test_a_current_model_is_not_trained_again(project: Path) -> None:
    model = training.current_model()
    model.parent.mkdir()
    model.write_bytes(b"model")
    assert training.train() == (model, False)


def test_a_failed_training_is_reported_with_its_last_lines(
    project: Path, monkeypatch: pytest.MonkeyPatch, fresh_settings: object
) -> None:
    # An empty project: `rasa train` refuses it.
    with pytest.raises(training.TrainingFailed, match="rasa train"):
        training.train()
    assert not training.current_model().exists()
