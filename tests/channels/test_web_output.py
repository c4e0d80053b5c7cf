"""Outgoing messages of the web channel."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bot.channels.web_output import WebOutput


class Recorder:
    """Stands where the Socket.IO server would; the network has its test in the browser."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []

    async def emit(self, event: str, message: Any, room: str, skip_sid: str = "") -> None:
        self.sent.append((event, message, room, *((skip_sid,) if skip_sid else ())))


def sent(recorder: Any) -> list[tuple[Any, ...]]:
    """What was sent, the times taken out once they are right."""
    for _, message, *_ in recorder.sent:
        assert abs(message.pop("at") - time.time()) < 60
    return recorder.sent


def test_texts_stay_whole_and_answers_are_sent_each_with_a_number() -> None:
    recorder: Any = Recorder()
    output = WebOutput(recorder, "question")
    message = {
        "text": "một\n\nhai",
        "buttons": [{"title": "A", "payload": "/a", "type": "x"}],
        "custom": {"answer": {"topic": "fee"}},
    }
    assert not output.has_spoken
    asyncio.run(output.send_response("me", message))
    asyncio.run(output.send_response("me", {"text": "ba"}))
    assert output.has_spoken
    assert not output.has_erased
    buttons = [{"title": "A", "payload": "/a"}]
    assert sent(recorder) == [
        ("bot_uttered", {"id": "question.1", "text": "một\n\nhai", "buttons": buttons}, "me"),
        ("bot_uttered", {"id": "question.2", "custom": {"answer": {"topic": "fee"}}}, "me"),
        ("bot_uttered", {"id": "question.3", "text": "ba"}, "me"),
    ]


def test_an_erasure_is_noticed() -> None:
    output: Any = WebOutput(Recorder(), "question")  # type: ignore[arg-type]
    answer = {"topic": "privacy", "status": "answered", "erased": True}
    asyncio.run(output.send_response("me", {"custom": {"answer": answer}}))
    assert output.has_erased


def test_what_is_said_outside_a_turn_is_sent_and_kept_under_one_identifier() -> None:
    recorder: Any = Recorder()
    kept: list[tuple[str, ...]] = []

    async def keep(*said: str) -> None:
        kept.append(said)

    asyncio.run(WebOutput(recorder, keep=keep).send_unasked("me", "tin mới"))
    ((event, message, room),) = sent(recorder)
    assert (event, message["text"], room) == ("bot_uttered", "tin mới", "me")
    assert kept == [("me", "tin mới", message["id"])]


def test_what_the_citizen_wrote_goes_to_the_other_pages() -> None:
    recorder: Any = Recorder()
    asyncio.run(WebOutput(recorder, "question", page="this").heard("me", "số ••••"))
    quiet = WebOutput(recorder, "context", page="this", quiet=True)
    asyncio.run(quiet.heard("me", "/choose_option"))
    assert sent(recorder) == [
        ("user_said", {"id": "question", "from": "citizen", "text": "số ••••"}, "me", "this"),
        ("user_said", {"id": "context", "from": "citizen", "text": "/choose_option",
                       "quiet": True}, "me", "this"),
    ]  # fmt: skip
