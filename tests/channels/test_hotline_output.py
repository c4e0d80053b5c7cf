"""What the hotline collects of a turn."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from bot.channels.hotline_output import HotlineOutput
from bot.support.handover import BOT, OPERATOR, Line

A, B = ({"title": name, "payload": f"/{name}"} for name in "ab")
AT = dt.datetime.fromisoformat("2026-07-20T12:00:00")


def collected(*messages: dict[str, Any]) -> HotlineOutput:
    output = HotlineOutput()
    for message in messages:
        asyncio.run(output.send_response("me", message))
    return output


def line(author: str, text: str, buttons: tuple[dict[str, str], ...] = ()) -> Line:
    return Line(1, 1, author, text, AT, "key", name="Lan", buttons=buttons)


def test_texts_are_joined_and_the_last_buttons_count() -> None:
    output = collected(
        {"text": "một\n\nhai", "buttons": [A]},
        {"text": "ba", "buttons": [B]},
        {"text": "bốn"},
        {"custom": {"answer": {"topic": "fee", "status": "answered"}}},
        {"text": "", "image": "http://a.vn/b.png"},
    )
    assert output.text == "một\n\nhai\nba\nbốn"
    assert output.buttons == [B]
    assert (output.is_private, output.has_erased) == (False, False)
    assert HotlineOutput.name() == "hotline"


@pytest.mark.parametrize(
    ("answer", "private", "erased"),
    [
        ({"topic": "status", "status": "answered"}, True, False),
        ({"topic": "status", "status": "refused"}, False, False),
        ({"topic": "payment", "of_dossier": True}, True, False),
        ({"topic": "privacy", "erased": True}, False, True),
    ],
)
def test_what_answer_objects_say_of_the_text(
    answer: dict[str, Any], private: bool, erased: bool
) -> None:
    output = collected({"text": "a"}, {"custom": {"answer": answer}})
    assert (output.is_private, output.has_erased) == (private, erased)


def test_what_was_said_meanwhile_stands_before_the_reply() -> None:
    output = collected({"text": "Dạ.", "buttons": [A]})
    asyncio.run(output.send_line("me", line(OPERATOR, "Chào anh.", (B,))))
    asyncio.run(output.send_line("me", line(BOT, "Còn hai người.")))
    asyncio.run(output.send_unasked("me", "Hồ sơ đổi trạng thái."))
    first, *others = output.text.split("\n")
    assert "Lan" in first
    assert first.endswith("Chào anh.")
    assert others == ["Còn hai người.", "Hồ sơ đổi trạng thái.", "Dạ."]
    assert output.buttons == [A]
    assert output.is_private


def test_a_line_may_bring_buttons() -> None:
    output = HotlineOutput()
    asyncio.run(output.send_line("me", line(BOT, "Chờ tiếp không ạ?", (A,))))
    assert output.text == "Chờ tiếp không ạ?"
    assert output.buttons == [A]
