"""The SMS adapter between a hotline and a provider that are real servers on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from bot.settings import PROJECT_ROOT
from examples import sms_gateway
from tests.examples.adapters import serving
from tests.examples.servers import LOST, SECRET, Hotline, Provider, running, signature

NUMBER, TEXT = "0912345678", "khai sinh ở đâu"
BUSY: Any = (503, {"error": {"code": "unavailable", "message": "Bận."}}, {})


@pytest.fixture
def hotline() -> Iterator[Hotline]:
    with running(Hotline()) as server:
        assert isinstance(server, Hotline)
        yield server


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running(Provider()) as server:
        assert isinstance(server, Provider)
        yield server


def adapter(hotline: Hotline, provider: Provider, **more: Any) -> web.Application:
    settings = sms_gateway.Settings(
        hotline.url, SECRET, provider.url + "/send", pauses=(0.01, 0.01, 0.01), **more
    )
    return sms_gateway.application(settings)


@pytest.fixture
def address(hotline: Hotline, provider: Provider) -> Iterator[str]:
    with serving(adapter(hotline, provider)) as url:
        yield url


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def come(url: str, message: dict[str, Any], **headers: str) -> int:
    body = json.dumps(message).encode()
    return post(url + "/incoming", body, {"Content-Type": "application/json", **headers})


def message(text: str = TEXT, message_id: str = "p1", sender: str = NUMBER) -> dict[str, Any]:
    return {"sender": sender, "message": text, "id": message_id}


def test_each_page_of_the_answer_is_sent(
    address: str, hotline: Hotline, provider: Provider
) -> None:
    hotline.pages = lambda text: ["một", "hai"]
    assert come(address, message()) == 200
    provider.wait_for(lambda: len(provider.sent) == 2)
    assert provider.sent == [
        {"recipient": NUMBER, "message": "một", "id": "in-p1-1"},
        {"recipient": NUMBER, "message": "hai", "id": "in-p1-2"},
    ]
    (asked,) = hotline.messages
    assert abs(asked.pop("sent_at") - time.time()) < 60
    assert asked == {"from": NUMBER, "text": TEXT, "message_id": "p1"}
    assert hotline.bad_signatures == 0


def test_a_form_is_taken_as_well(address: str, hotline: Hotline, provider: Provider) -> None:
    form = f"sender=%2B84912345678&message={urllib.request.quote(TEXT)}&id=7".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert post(address + "/incoming", form, headers) == 200
    provider.wait_for(lambda: len(provider.sent) == 1)
    assert hotline.messages[0]["from"] == "+84912345678"
    assert hotline.messages[0]["text"] == TEXT


def test_the_provider_is_answered_before_the_hotline_answers(
    address: str, hotline: Hotline, provider: Provider
) -> None:
    with hotline.changed:  # It answers nobody meanwhile.
        assert come(address, message()) == 200
    provider.wait_for(lambda: len(provider.sent) == 1)


@pytest.mark.parametrize(
    "fault", [LOST, BUSY, (429, {}, {"Retry-After": "0"})], ids=["lost", "busy", "429"]
)
def test_the_hotline_is_asked_again_as_the_same_message(
    address: str, hotline: Hotline, provider: Provider, fault: Any
) -> None:
    hotline.faults = [fault, fault]
    come(address, message())
    provider.wait_for(lambda: len(provider.sent) == 1)
    assert [asked["message_id"] for asked in hotline.messages] == ["p1"] * 3


def test_what_the_hotline_refuses_holds_nothing_up(
    address: str, hotline: Hotline, provider: Provider
) -> None:
    hotline.faults = [(400, {}, {})]
    come(address, message("a", "p1"))
    come(address, message("b", "p2"))
    provider.wait_for(lambda: len(provider.sent) == 1)
    assert [asked["text"] for asked in hotline.messages] == ["a", "b"]
    assert provider.sent[0]["message"] == "Em nghe: b"


def test_a_message_that_failed_is_tried_anew_when_it_comes_again(
    address: str, hotline: Hotline, provider: Provider
) -> None:
    hotline.faults = [(400, {}, {})]
    come(address, message())
    come(address, message("b", "p2"))
    provider.wait_for(lambda: len(provider.sent) == 1)
    assert come(address, message()) == 200
    provider.wait_for(lambda: len(provider.sent) == 2)
    assert provider.sent[1]["id"] == "in-p1-1"


def test_messages_of_a_sender_are_answered_in_their_order(
    address: str, hotline: Hotline, provider: Provider
) -> None:
    hotline.faults = [LOST]
    for number in range(5):
        come(address, message(str(number), f"p{number}"))
    provider.wait_for(lambda: len(provider.sent) == 5)
    assert [page["message"] for page in provider.sent] == [f"Em nghe: {n}" for n in range(5)]


def test_a_message_that_comes_again_is_not_answered_again(
    address: str, hotline: Hotline, provider: Provider
) -> None:
    for message_id in ("p1", "p1", "p2"):
        assert come(address, message(message_id=message_id)) == 200
    provider.wait_for(lambda: any(page["id"] == "in-p2-1" for page in provider.sent))
    assert [page["id"] for page in provider.sent] == ["in-p1-1", "in-p2-1"]


def test_a_page_that_the_provider_fails_to_take_is_sent_again(
    address: str, hotline: Hotline, provider: Provider
) -> None:
    hotline.pages = lambda text: ["một", "hai"]
    provider.faults = [(500, {}, {}), LOST]
    come(address, message())
    provider.wait_for(lambda: len(provider.sent) == 4)
    ids = [page["id"] for page in provider.sent]
    assert ids == ["in-p1-1", "in-p1-1", "in-p1-1", "in-p1-2"]


@pytest.mark.parametrize("missing", ["sender", "message", "id"])
def test_what_is_incomplete_is_refused(address: str, hotline: Hotline, missing: str) -> None:
    assert come(address, {**message(), missing: " "}) == 400
    assert post(address + "/incoming", b"{", {"Content-Type": "application/json"}) == 400
    assert not hotline.seen


def test_tokens_are_asked_for_and_given(hotline: Hotline, provider: Provider) -> None:
    app = adapter(hotline, provider, incoming_token="in", provider_token="out")
    with serving(app) as address:
        assert come(address, message()) == 401
        assert come(address, message(), Authorization="Bearer out") == 401
        assert come(address, message(), Authorization="Bearer in") == 200
        provider.wait_for(lambda: len(provider.sent) == 1)
    assert provider.seen[0][1]["authorization"] == "Bearer out"


def pushed(url: str, message_id: str = "m1", secret: str = SECRET, age: int = 0) -> int:
    body = json.dumps({"to": NUMBER, "message_id": message_id, "messages": ["a", "b"]}).encode()
    timestamp = str(int(time.time()) - age)
    headers = {"X-Timestamp": timestamp, "X-Signature": signature(body, timestamp, secret)}
    return post(url + "/push", body, headers)


def test_a_push_of_the_bot_is_sent_once(address: str, provider: Provider) -> None:
    assert [pushed(address), pushed(address)] == [200, 200]
    assert provider.sent == [
        {"recipient": NUMBER, "message": "a", "id": "out-m1-1"},
        {"recipient": NUMBER, "message": "b", "id": "out-m1-2"},
    ]


def test_a_push_that_failed_goes_on_where_it_stopped(address: str, provider: Provider) -> None:
    provider.answer = lambda *_: (500, {}) if len(provider.seen) > 1 else (202, {})  # type: ignore[method-assign]
    assert pushed(address) == 502
    del provider.answer
    provider.seen.clear()
    assert pushed(address) == 200
    assert [page["message"] for page in provider.sent] == ["b"]


@pytest.mark.parametrize(
    ("secret", "age"), [("another", 0), (SECRET, 400), (SECRET, -400)], ids=str
)
def test_a_push_that_the_bot_has_not_signed_is_refused(
    address: str, provider: Provider, secret: str, age: int
) -> None:
    assert pushed(address, secret=secret, age=age) == 401
    assert not provider.seen


def test_neither_numbers_nor_texts_are_logged(
    address: str, hotline: Hotline, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hotline.faults = [(400, {"error": {"code": "x", "message": TEXT}}, {})]
    come(address, message())
    provider.faults = [(500, {}, {})] * 4
    come(address, message(message_id="p2"))
    provider.wait_for(lambda: len(provider.sent) == 4)
    assert pushed(address) == 200
    assert "stays without an answer" in caplog.text
    assert "12345678" not in caplog.text
    assert TEXT not in caplog.text


def test_a_sender_who_floods_is_put_off() -> None:
    async def take() -> list[bool]:
        gateway = sms_gateway.Gateway(sms_gateway.Settings("", "", ""), None)  # type: ignore[arg-type]
        gateway.waiting["a"] = []
        most = sms_gateway.MOST_MESSAGES
        return [gateway.take("a", "x", str(number)) for number in range(most + 1)]

    assert asyncio.run(take()) == [True] * sms_gateway.MOST_MESSAGES + [False]


def test_it_runs_as_a_program(hotline: Hotline, provider: Provider) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "examples.sms_gateway", "--port", str(port)]
    command += ["--hotline", hotline.url, "--provider", provider.url]
    environment = {**os.environ, "BOT_HOTLINE_SECRET": SECRET}
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert str(port) in program.stdout.readline()
        assert come(f"http://127.0.0.1:{port}", message()) == 200
        provider.wait_for(lambda: len(provider.sent) == 1)
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) == 0


def test_without_a_secret_it_does_not_start() -> None:
    environment = {name: v for name, v in os.environ.items() if name != "BOT_HOTLINE_SECRET"}
    command = [sys.executable, "-m", "examples.sms_gateway", "--provider", "http://127.0.0.1:1"]
    ended = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 2
    assert "BOT_HOTLINE_SECRET" in ended.stderr
    exposed = {**environment, "BOT_HOTLINE_SECRET": SECRET}
    ended = subprocess.run(
        [*command, "--host", "0.0.0.0"],
        cwd=PROJECT_ROOT, env=exposed, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "SMS_INCOMING_TOKEN" in ended.stderr
