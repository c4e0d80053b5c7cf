"""Whose webhooks ring, and for which conversations; over HTTP, as Chatwoot calls."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from sanic import Sanic

from bot.channels import chatwoot, chatwoot_mirror
from bot.channels.chatwoot_events import conversation_of
from bot.channels.chatwoot_pauses import Pauses
from bot.channels.chatwoot_watch import Watch
from bot.http import chatwoot as route
from bot.http.errors import handle_errors
from bot.settings import Settings, settings
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.handover import Summary
from tests.chatwoot_server import INBOX, SECRET, ChatwootServer, deliver, running_chatwoot
from tests.databases import at_the_same_time

EVENT = {
    "event": "message_created", "id": 9, "message_type": "outgoing", "private": False,
    "inbox": {"id": INBOX}, "conversation": {"id": 42, "inbox_id": INBOX},
}  # fmt: skip


@pytest.fixture
def desk(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatwootServer]:
    with running_chatwoot() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        chatwoot._RUNG.clear()
        yield server


@pytest.fixture
def address(desk: ChatwootServer) -> Iterator[str]:
    """Where the webhook is served, with the mirror beside it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    sock = socket.create_server(("127.0.0.1", 0))

    async def serve() -> Any:
        app = Sanic("chatwoot_test", configure_logging=False)
        app.blueprint(route.blueprint)
        handle_errors(app)
        server = await app.create_server(sock=sock, return_asyncio_server=True)
        await server.startup()
        return server

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(timeout=10)
    yield f"http://127.0.0.1:{sock.getsockname()[1]}{route.PATH}"

    async def end() -> None:
        await server.before_stop()

    asyncio.run_coroutine_threadsafe(end(), loop).result(timeout=20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=10)
    sock.close()


def post(url: str, body: bytes) -> int:
    try:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    ("secret", "query", "age", "status"),
    [
        (SECRET, "", 0, 200),
        (SECRET, "", 3600, 401),
        (SECRET, "", -3600, 401),
        ("another", "", 0, 401),
        # A wrong signature is not healed by a right token.
        ("another", f"?token={SECRET}", 0, 401),
        (None, f"?token={SECRET}", 0, 200),
        (None, "?token=another", 0, 401),
        (None, "?token=%C3%A9", 0, 401),
        (None, "?token=", 0, 401),
        (None, "", 0, 401),
    ],
    ids=[
        "signed", "old", "from-the-future", "wrong", "wrong-with-token", "token", "wrong-token",
        "strange-token", "empty-token", "nothing",
    ],
)  # fmt: skip
def test_only_who_knows_the_secret_rings(
    address: str, secret: str | None, query: str, age: int, status: int
) -> None:
    assert deliver(address + query, EVENT, secret, time.time() - age) == status
    assert sorted(chatwoot._RUNG) == (["42"] if status == 200 else [])


def test_bodies_that_are_no_events_are_turned_away(address: str) -> None:
    assert post(f"{address}?token={SECRET}", b"{") == 400
    assert post(f"{address}?token={SECRET}", b"[]") == 400
    assert deliver(address, {"event": "typing_on"}) == 200
    assert not chatwoot._RUNG


def test_there_is_no_webhook_without_a_chatwoot(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_CHATWOOT_SECRET")
    settings.cache_clear()
    assert not chatwoot.is_used()
    assert deliver(address, EVENT) == 404
    monkeypatch.setenv("BOT_CHATWOOT_SECRET", SECRET)
    settings.cache_clear()
    assert chatwoot.is_used()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "42"),
        ({"event": "message_updated"}, "42"),
        ({"message_type": "incoming"}, ""),
        ({"private": True}, ""),
        ({"inbox": {"id": 8}}, ""),
        ({"conversation": None}, ""),
        ({"conversation": {"id": "42"}}, ""),
        ({"event": "conversation_created"}, ""),
        ({"event": ["message_created"]}, ""),
        ({"event": "conversation_status_changed", "id": 5, "inbox_id": INBOX}, "5"),
        ({"event": "conversation_resolved", "id": 5, "inbox_id": INBOX}, "5"),
        ({"event": "conversation_resolved", "id": 5, "inbox_id": 8}, ""),
    ],
    ids=lambda value: str(value),
)
def test_what_agents_do_in_our_inbox_rings(change: dict[str, Any], expected: str) -> None:
    assert conversation_of({**EVENT, **change}, str(INBOX)) == expected


@pytest.mark.parametrize("signs", [True, False], ids=["signed", "by-token"])
def test_an_answer_comes_by_the_webhook_though_nobody_looks(
    desk: ChatwootServer, address: str, monkeypatch: pytest.MonkeyPatch, signs: bool
) -> None:
    monkeypatch.setattr(chatwoot_mirror, "LOOK_SECONDS", 3600.0)
    desk.signs = signs
    desk.webhook_url = address if signs else f"{address}?token={SECRET}"
    talk = handovers.open_handover("session-1", "web", h.REQUEST, Summary("khai sinh"))
    seen: list[str] = []

    async def mirror() -> None:
        work = asyncio.ensure_future(
            chatwoot.run(round_seconds=0.05, slot_seconds=0.5, pauses=Pauses(0.05, 0.2))
        )
        try:
            await asyncio.wait_for(asyncio.to_thread(_agents_turn, desk, talk.id, seen), 30)
        finally:
            work.cancel()

    asyncio.run(mirror())
    assert seen == ["Chào anh/chị"]
    assert set(desk.statuses) == {200}


def _agents_turn(desk: ChatwootServer, talk_id: int, seen: list[str]) -> None:
    number = desk.one()
    desk.wait_until(lambda: desk.notes(number))
    message = desk.says(number, "Chào anh/chị")
    _wait_for_lines(talk_id, seen)
    desk.ring_again(message)
    desk.set_status(number, "resolved")
    desk.wait_until(lambda: _state(talk_id) == h.CLOSED or desk.changed.wait(0.05))
    while _state(talk_id) != h.CLOSED:
        threading.Event().wait(0.02)
    seen[:] = _answers(talk_id)


def _wait_for_lines(talk_id: int, seen: list[str]) -> None:
    while not seen:
        threading.Event().wait(0.02)
        seen[:] = _answers(talk_id)


def _answers(talk_id: int) -> list[str]:
    return [line.text for line in handover_talk.read(talk_id) if line.author == h.OPERATOR]


def _state(talk_id: int) -> str:
    talk = handovers.find(talk_id)
    assert talk is not None
    return talk.state


def test_pauses_grow_and_end() -> None:
    now = [0.0]
    pauses = Pauses(2, 10, lambda: now[0])
    lengths = []
    for _ in range(4):
        pauses.begin(1)
        lengths.append(pauses.left(1))
    assert lengths == [2, 4, 8, 10]
    now[0] = 9.0
    assert (pauses.left(1), pauses.left(2)) == (1.0, 0.0)
    assert pauses.is_on(1)
    pauses.end(1)
    assert (pauses.left(1), pauses.is_on(1)) == (0.0, False)


def test_one_process_watches_at_a_time_and_another_follows(database_ready: Settings) -> None:
    first, second = Watch(10), Watch(10)
    first.keep(1001.0)
    second.keep(1001.5)
    assert (first.term(1002.0), second.term(1002.0)) == (1, 0)
    first.keep(1006.0)
    second.keep(1011.0)
    # Taken before its slot began: nobody came in between.
    assert (first.term(1012.0), second.term(1012.0)) == (1, 0)
    # The first has vanished.
    assert first.term(1021.0) == 0
    second.keep(1021.0)
    assert second.term(1022.0) == 1
    first.keep(1022.0)
    second.keep(1024.0)
    first.keep(1031.0)
    assert (first.term(1031.0), second.term(1031.0)) == (0, 1)
    # Others may have written meanwhile: the same process starts anew.
    first.keep(1041.0)
    assert first.term(1041.0) == 2


def test_a_free_slot_goes_to_one_of_many(database_ready: Settings) -> None:
    def take() -> bool:
        watch = Watch(10)
        watch.keep(1001.0)
        return bool(watch.term(1001.0))

    assert at_the_same_time(take).count(True) == 1
