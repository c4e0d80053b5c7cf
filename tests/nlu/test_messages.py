"""Training messages: read, and compared with each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu.messages import LabelledMessage, MessagesError, alike, read_messages


def write(folder: Path, text: str) -> Path:
    (folder / "a.yml").write_text(text, encoding="utf-8")
    return folder


def test_messages_come_with_all_intents_that_they_ask_for(tmp_path: Path) -> None:
    text = """
nlu:
- intent: ask_fee
  examples: |
    - phí bao nhiêu
    - hết mấy đồng
- intent: ask_documents
  examples:
  - text: |
      cần gì, mấy ngày
    metadata:
      also: ask_processing_time ask_fee
- synonym: nothing
  examples: |
    - no message
"""
    assert read_messages(write(tmp_path, text)) == [
        LabelledMessage("phí bao nhiêu", ("ask_fee",), "a.yml"),
        LabelledMessage("hết mấy đồng", ("ask_fee",), "a.yml"),
        LabelledMessage(
            "cần gì, mấy ngày", ("ask_documents", "ask_processing_time", "ask_fee"), "a.yml"
        ),
    ]


@pytest.mark.parametrize(
    "text",
    ["nlu: [", "- a", "nlu:\n- intent: ask_fee\n  examples:\n  - metadata: {}\n"],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(MessagesError, match=r"a\.yml"):
        read_messages(write(tmp_path, text))


def pairs(*texts: str) -> list[tuple[str, str]]:
    messages = [LabelledMessage(text, ("ask_fee",)) for text in texts]
    return [(pair.one.text, pair.other.text) for pair in alike(messages)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Làm giấy khai sinh hết bao nhiêu tiền?", "lam giay khai sinh het bao nhieu tien"),
        ("làm giấy khai sinh hết bao nhiêu tiền", "làm giấy khai sinh hết bao nhiu tiền vậy"),
        ("ko", "không"),
    ],
)
def test_messages_that_say_the_same_are_found(one: str, other: str) -> None:
    assert pairs("phí đổi bằng lái", one, other) == [(one, other)]


def test_different_messages_are_not() -> None:
    assert pairs("làm khai sinh phí bao nhiêu", "phí xây nhà mấy triệu", "có", "không", "?") == []


def test_other_intents_make_a_contradiction() -> None:
    messages = [LabelledMessage("dừng lại", ("cancel",)), LabelledMessage("Dừng lại", ("deny",))]
    assert [pair.is_contradiction for pair in alike(messages)] == [True]
