"""The hotline's client against a real server with faults."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from bot.hotline_client import (
    HotlineClient,
    HotlineNotRunning,
    HotlineRefused,
    HotlineUnreachable,
    is_signed,
    signed_headers,
)
from tests.examples.servers import LOST, SECRET, SILENT, Hotline, running, signature

NUMBER = "0900000001"
BUSY = (503, {"error": {"code": "unavailable", "message": "Bận."}}, {})


@pytest.fixture
def gateway() -> Iterator[Hotline]:
    with running(Hotline()) as server:
        assert isinstance(server, Hotline)
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send(url: str, text: str = "chào", secret: str = SECRET, **more: object) -> list[str]:
    async def run() -> list[str]:
        async with aiohttp.ClientSession() as session:
            client = HotlineClient(session, url, secret, pause=0.01, timeout=0.5)
            return await client.send(NUMBER, text, "m1", **more)  # type: ignore[arg-type]

    return asyncio.run(run())


# The client


def test_a_message_is_signed_and_answered_with_pages(gateway: Hotline) -> None:
    assert send(gateway.url, "khai sinh ở đâu", form="accented", sent_at=5) == [
        "Em nghe: khai sinh ở đâu"
    ]
    assert gateway.messages == [
        {
            "from": NUMBER,
            "text": "khai sinh ở đâu",
            "message_id": "m1",
            "form": "accented",
            "sent_at": 5,
        }
    ]
    assert gateway.bad_signatures == 0


def test_what_is_not_asked_for_is_not_sent(gateway: Hotline) -> None:
    send(gateway.url)
    assert set(gateway.messages[0]) == {"from", "text", "message_id"}


@pytest.mark.parametrize("fault", [LOST, SILENT, BUSY], ids=["lost", "silent", "busy"])
def test_what_got_no_answer_is_sent_again_as_the_same_message(gateway: Hotline, fault: Any) -> None:
    gateway.faults = [fault, fault]
    assert send(gateway.url) == ["Em nghe: chào"]
    assert [message["message_id"] for message in gateway.messages] == ["m1"] * 3


@pytest.mark.parametrize(
    ("fault", "error"), [(LOST, HotlineUnreachable), (BUSY, HotlineRefused)], ids=["lost", "busy"]
)
def test_there_are_three_tries_at_most(
    gateway: Hotline, fault: Any, error: type[Exception]
) -> None:
    gateway.faults = [fault] * 5
    with pytest.raises(error):
        send(gateway.url)
    assert len(gateway.messages) == 3


def test_nobody_listening_is_told_at_once() -> None:
    with pytest.raises(HotlineNotRunning):
        send(f"http://127.0.0.1:{free_port()}")


def test_another_secret_is_refused_and_not_tried_again(gateway: Hotline) -> None:
    with pytest.raises(HotlineRefused) as refused:
        send(gateway.url, secret="another")
    assert (refused.value.status, refused.value.code) == (401, "unauthorized")
    assert len(gateway.seen) == 1


def test_a_refusal_tells_how_long_to_wait(gateway: Hotline) -> None:
    error = {"error": {"code": "too_many_requests", "message": "Chờ."}}
    gateway.faults = [(429, error, {"Retry-After": "7"})]
    with pytest.raises(HotlineRefused) as refused:
        send(gateway.url)
    found = refused.value
    assert (found.status, found.code, found.message, found.retry_after) == (
        429, "too_many_requests", "Chờ.", 7,
    )  # fmt: skip


@pytest.mark.parametrize("answer", [{}, {"messages": "x"}, {"messages": [1]}], ids=str)
def test_an_answer_without_pages_is_no_answer(gateway: Hotline, answer: dict[str, object]) -> None:
    gateway.faults = [(200, answer, {})]
    with pytest.raises(HotlineRefused):
        send(gateway.url)


# The signature


def test_the_signature_is_that_of_the_contract() -> None:
    body = '{"text":"chào"}'.encode()
    headers = signed_headers("khóa", body, now=1_780_000_000.9)
    assert headers["X-Timestamp"] == "1780000000"
    assert headers["X-Signature"] == signature(body, "1780000000", "khóa")


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, 1000, True),
        ({}, 1300, True),
        ({}, 700, True),
        ({}, 1301, False),
        ({}, 699, False),
        ({"X-Timestamp": "1001"}, 1000, False),
        ({"X-Timestamp": ""}, 1000, False),
        ({"X-Timestamp": "١٠٠٠"}, 1000, False),
        ({"X-Timestamp": "9" * 400}, 1000, False),
        ({"X-Signature": ""}, 1000, False),
        ({"X-Signature": "sha256=é"}, 1000, False),
    ],
    ids=str,
)
def test_who_may_be_believed(changes: dict[str, str], now: float, expected: bool) -> None:
    body = b"{}"
    headers = {"X-Timestamp": "1000", "X-Signature": signature(body, "1000"), **changes}
    assert is_signed(SECRET, headers, body, now) is expected


def test_another_body_or_secret_is_not_believed() -> None:
    headers = {"X-Timestamp": "1000", "X-Signature": signature(b"{}", "1000")}
    assert not is_signed(SECRET, headers, b"[]", 1000)
    assert not is_signed("other", headers, b"{}", 1000)
    unsigned = {"X-Timestamp": "1000", "X-Signature": signature(b"{}", "1000", "")}
    assert not is_signed("", unsigned, b"{}", 1000)
