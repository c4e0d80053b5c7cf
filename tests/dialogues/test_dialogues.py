"""Whole conversations over the real REST channel with real actions.

Each YAML file beside this one is named as a sentence group; see `expect` for its keys.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running_bot import Reply, RunningBot

FOLDER = Path(__file__).parent
KEYS = {"say", "text", "not_text", "answer", "procedure", "buttons", "options"}


def conversations() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(dialogue["turns"], id=f"{path.stem}: {dialogue['name']}")


def expect(turn: dict[str, Any], reply: Reply) -> None:
    """Hold a reply against a turn's expectations."""
    assert set(turn) <= KEYS, f"unknown keys in {turn}"
    assert len(turn) > 1, f"{turn['say']!r} expects nothing"
    assert reply.text.strip(), "an empty reply"
    for piece in turn.get("text", []):
        assert piece.lower() in reply.text.lower(), f"{piece!r} missing in:\n{reply.text}"
    for piece in turn.get("not_text", []):
        assert piece.lower() not in reply.text.lower(), f"{piece!r} stands in:\n{reply.text}"
    if "answer" in turn:
        topic, status = turn["answer"].split()
        found = [(a["topic"], a["status"]) for a in reply.answers]
        assert (topic, status) in found, f"{turn['answer']} not in {found}:\n{reply.text}"
    if "procedure" in turn:
        codes = [a["procedure"]["code"] for a in reply.answers if "procedure" in a]
        assert turn["procedure"] in codes, f"{codes}:\n{reply.text}"
    if "options" in turn:
        codes = [o["code"] for a in reply.answers for o in a.get("options", [])]
        assert set(turn["options"]) <= set(codes), f"{codes}:\n{reply.text}"
        assert 2 <= len(codes) <= 5
    if "buttons" in turn:
        assert set(turn["buttons"]) <= set(reply.buttons), reply.buttons
    for answer in reply.answers:
        if answer["status"] in ("answered", "not_published"):
            assert answer["source"]["checked_on"], answer


@pytest.mark.parametrize("turns", conversations())
def test_conversation(bot: RunningBot, turns: list[dict[str, Any]]) -> None:
    sender = uuid.uuid4().hex
    for turn in turns:
        expect(turn, bot.say(sender, turn["say"]))
