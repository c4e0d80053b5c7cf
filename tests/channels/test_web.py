"""Session identifiers and outgoing messages of the web channel."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.channels.web import WebOutput, is_signed, sign


def test_a_session_signed_by_the_server_is_known() -> None:
    assert is_signed(sign("abc", "secret"), "secret")


@pytest.mark.parametrize(
    "forged",
    [None, 5, "", ".", "abc", "abc.", "abc.0000", "a.b.c", sign("abc", "other"), "đ.ă",
     sign("abc", "secret")[1:]],
)  # fmt: skip
def test_a_session_that_the_server_did_not_sign_is_refused(forged: Any) -> None:
    assert not is_signed(forged, "secret")


class Recorder:
    """Stands where the Socket.IO server would; the network has its test in the browser."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []

    async def emit(self, event: str, message: Any, room: str) -> None:
        self.sent.append((event, message, room))


def test_texts_stay_whole_and_answers_are_sent() -> None:
    recorder: Any = Recorder()
    output = WebOutput(recorder)
    message = {
        "text": "một\n\nhai",
        "buttons": [{"title": "A", "payload": "/a", "type": "x"}],
        "custom": {"answer": {"topic": "fee"}},
    }
    assert not output.has_spoken
    asyncio.run(output.send_response("me", message))
    assert output.has_spoken
    assert recorder.sent == [
        (
            "bot_uttered",
            {"text": "một\n\nhai", "buttons": [{"title": "A", "payload": "/a"}]},
            "me",
        ),
        ("bot_uttered", {"custom": {"answer": {"topic": "fee"}}}, "me"),
    ]
