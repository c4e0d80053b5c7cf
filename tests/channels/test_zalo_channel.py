"""The webhook on a real port, with a bot of the test's behind it and a test server before it."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels import channel as rasa_channel
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, UserUttered
from sanic import Sanic
from sanic.response import empty

from bot import wording
from bot.channels import fallback, zalo_client, zalo_push
from bot.channels.incoming import REPLY_TO
from bot.channels.zalo import ZaloChannel
from bot.channels.zalo_events import LONGEST_AGE, event_of
from bot.sealing import seal, unseal
from bot.settings import Settings, settings
from bot.support.handover import OPERATOR, Handover, Line
from tests import zalo_server
from tests.zalo_server import OTHER_USER, USER, ZaloServer, body_of, deliver, text_event


class Bot:
    """Says back what it hears, unless told otherwise; served with the channel by a thread."""

    def __init__(self) -> None:
        self.heard: list[UserMessage] = []
        self.answer: Callable[[UserMessage], Awaitable[Any]] = self.say_back
        self.agent: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server: Any = None

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self._socket.getsockname())

    async def say_back(self, message: UserMessage) -> None:
        assert message.output_channel is not None
        await message.output_channel.send_text_message(message.sender_id, f"Dạ: {message.text}")

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(timeout=10)

    async def _serve(self) -> None:
        app = Sanic("zalo_test", configure_logging=False)
        app.ctx.agent = self.agent

        async def on_new_message(message: UserMessage) -> None:
            self.heard.append(message)
            await self.answer(message)

        blueprint = ZaloChannel().blueprint(on_new_message)
        app.blueprint(blueprint, url_prefix="/webhooks/zalo")
        # Without any route Sanic does not find that there is none.
        app.add_route(lambda _: empty(), "/")
        self._server = await app.create_server(sock=self._socket, return_asyncio_server=True)
        await self._server.startup()

    def stop(self) -> None:
        async def end() -> None:
            await self._server.before_stop()

        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(end(), self._loop).result(timeout=20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._socket.close()


@pytest.fixture
def zalo() -> Iterator[ZaloServer]:
    with zalo_server.running_zalo() as server:
        yield server


@pytest.fixture
def known(
    zalo: ZaloServer, database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    for name, value in zalo.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield settings()
    zalo_client.client_for.cache_clear()


@pytest.fixture
def bot(known: Settings) -> Iterator[Bot]:
    running = Bot()
    running.start()
    yield running
    running.stop()


def say(bot: Bot, text: str, msg_id: str, user: str = USER) -> None:
    assert deliver(bot.url, body_of(text_event(text, msg_id, user))) == 200


def test_a_message_is_answered_and_knows_its_citizen_only_sealed(
    bot: Bot, zalo: ZaloServer
) -> None:
    say(bot, "phí khai sinh", "m1")
    assert zalo.wait_for(1) == [{"text": "Dạ: phí khai sinh"}]
    [message] = bot.heard
    assert message.input_channel == "zalo"
    assert message.output_channel is not None
    assert message.output_channel.name() == "zalo"
    assert USER not in message.sender_id + json.dumps(message.metadata)
    assert message.metadata is not None
    assert unseal(message.metadata[REPLY_TO], message.sender_id, None) == USER


@pytest.mark.parametrize(
    ("signature", "status"), [(None, 401), ("mac=00", 401), ("right", 200)], ids=str
)
def test_only_signed_events_are_taken(
    bot: Bot, zalo: ZaloServer, signature: str | None, status: int
) -> None:
    assert deliver(bot.url, body_of(text_event("một", "m1")), signature) == status
    say(bot, "hai", "m2")
    zalo.wait_for(2 if status == 200 else 1)
    assert [m.text for m in bot.heard] == (["một", "hai"] if status == 200 else ["hai"])


def test_an_old_event_and_a_huge_one_are_refused(bot: Bot) -> None:
    sent_at = zalo_server.now_ms() - (LONGEST_AGE + 1) * 1000
    old = text_event("một", "m1") | {"timestamp": str(sent_at)}
    assert deliver(bot.url, body_of(old)) == 401
    assert deliver(bot.url, body_of(text_event("a" * 70_000, "m2"))) == 413
    assert bot.heard == []


def test_the_body_is_proven_as_it_was_spelled(bot: Bot, zalo: ZaloServer) -> None:
    document = text_event("giấy tờ", "m1")
    spelled = json.dumps(dict(reversed(document.items())), indent=2).encode()
    assert b"\\u1ea5" in spelled
    assert deliver(bot.url, spelled) == 200
    zalo.wait_for(1)
    assert [m.text for m in bot.heard] == ["giấy tờ"]


def test_the_webhook_is_answered_at_once_though_zalos_api_hangs(
    bot: Bot, zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    zalo.fail(zalo_server.SLOW, times=100)
    began = time.monotonic()
    for number in range(10):
        say(bot, f"câu {number}", f"m{number}")
    assert time.monotonic() - began < 2
    zalo.fail("", 0)
    zalo.stopped.set()


def test_one_citizens_messages_are_answered_in_order_and_others_do_not_wait(
    bot: Bot, zalo: ZaloServer
) -> None:
    gate = threading.Event()

    async def answer(message: UserMessage) -> None:
        while message.text == "0" and not gate.is_set():
            await asyncio.sleep(0.01)
        await bot.say_back(message)

    bot.answer = answer
    for number in range(6):
        say(bot, str(number), f"m{number}")
    say(bot, "khác", "m9", OTHER_USER)
    zalo.wait_for(1, OTHER_USER)
    assert zalo.texts() == []
    gate.set()
    zalo.wait_for(6)
    assert zalo.texts() == [f"Dạ: {number}" for number in range(6)]


def test_a_repeated_delivery_sends_nothing(bot: Bot, zalo: ZaloServer) -> None:
    raw = body_of(text_event("một", "m1"))
    for _ in range(3):
        assert deliver(bot.url, raw) == 200
    say(bot, "hai", "m2")
    zalo.wait_for(2)
    assert zalo.texts() == ["Dạ: một", "Dạ: hai"]
    assert len(bot.heard) == 2


def test_a_delivery_that_was_handled_before_a_restart_sends_nothing(
    known: Settings, zalo: ZaloServer
) -> None:
    document = text_event("một", "m1")
    event = event_of(document)
    assert event is not None

    async def retrieve(session: str) -> Any:
        events = [ActionExecuted("action_listen")]
        if session == event.session:
            events.append(UserUttered("một"))
            events[-1].message_id = event.key
        return SimpleNamespace(events=events)

    bot = Bot()
    processor = SimpleNamespace(_has_session_expired=lambda tracker: False)
    bot.agent = SimpleNamespace(
        tracker_store=SimpleNamespace(retrieve=retrieve), processor=processor
    )
    bot.start()
    try:
        assert deliver(bot.url, body_of(document)) == 200
        say(bot, "hai", "m2")
        zalo.wait_for(1)
        assert zalo.texts() == ["Dạ: hai"]
    finally:
        bot.stop()


def test_a_follower_is_greeted_and_others_events_are_passed_over(
    bot: Bot, zalo: ZaloServer
) -> None:
    for name in ("oa_send_text", "user_seen_message", "unfollow", "user_send_group_text"):
        assert deliver(bot.url, body_of(zalo_server.event(name))) == 200
    assert deliver(bot.url, body_of(zalo_server.event("follow"))) == 200
    zalo.wait_for(1)
    assert [m.text for m in bot.heard] == ["/greet"]


def test_what_cannot_be_read_is_said_so_and_words_beside_it_are_read(
    bot: Bot, zalo: ZaloServer
) -> None:
    only_text = wording.text("zalo", "utter_zalo_only_text")
    assert deliver(bot.url, body_of(zalo_server.sticker_event("m1"))) == 200
    image = zalo_server.event("user_send_image", message={"msg_id": "m2", "text": "giấy này"})
    assert deliver(bot.url, body_of(image)) == 200
    zalo.wait_for(3)
    assert zalo.texts() == [only_text, only_text, "Dạ: giấy này"]


def test_a_text_that_is_too_long_is_said_so(bot: Bot, zalo: ZaloServer) -> None:
    say(bot, "a" * 2001, "m1")
    zalo.wait_for(1)
    assert zalo.texts() == [wording.text("zalo", "utter_zalo_message_too_long")]
    assert bot.heard == []


def test_who_writes_too_fast_is_told_once(
    known: Settings, zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_MESSAGES_PER_MINUTE", "2")
    settings.cache_clear()
    bot = Bot()
    bot.start()
    try:
        for number in range(6):
            say(bot, str(number), f"m{number}")
        say(bot, "khác", "m9", OTHER_USER)
        zalo.wait_for(1, OTHER_USER)
        zalo.wait_for(3)
        assert [m.text for m in bot.heard if m.text != "khác"] == ["0", "1"]
        assert "giây" in zalo.texts()[2]
    finally:
        bot.stop()
    assert len(zalo.texts()) == 3


@pytest.mark.parametrize("fails", [True, False], ids=["fails", "is silent"])
def test_a_bot_that_says_nothing_apologises(bot: Bot, zalo: ZaloServer, fails: bool) -> None:
    async def answer(message: UserMessage) -> None:
        if fails:
            raise RuntimeError("broken")

    bot.answer = answer
    say(bot, "một", "m1")
    zalo.wait_for(1)
    assert zalo.texts() == [fallback.apology()["text"]]


def test_an_answer_object_alone_is_no_silence_and_is_left_out(bot: Bot, zalo: ZaloServer) -> None:
    async def answer(message: UserMessage) -> None:
        assert message.output_channel is not None
        custom = {"answer": {"topic": "handover", "status": "handover"}}
        await message.output_channel.send_response(message.sender_id, {"custom": custom})

    bot.answer = answer
    say(bot, "một", "m1")
    bot.stop()
    assert len(bot.heard) == 1
    assert zalo.sent == []


def test_what_was_taken_is_answered_before_the_server_stops(bot: Bot, zalo: ZaloServer) -> None:
    async def answer(message: UserMessage) -> None:
        await asyncio.sleep(0.3)
        await bot.say_back(message)

    bot.answer = answer
    say(bot, "một", "m1")
    say(bot, "hai", "m2")
    bot.stop()
    assert zalo.texts() == ["Dạ: một", "Dạ: hai"]


def test_a_failure_ends_the_turn_and_is_logged_without_words(
    bot: Bot, zalo: ZaloServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def answer(message: UserMessage) -> None:
        await bot.say_back(message)
        await bot.say_back(message)

    bot.answer = answer
    zalo.fail(zalo_server.ERROR)
    say(bot, "bí mật", "m1")
    say(bot, "hai", "m2")
    zalo.wait_for(2)
    assert zalo.texts() == ["Dạ: hai", "Dạ: hai"]
    assert "cannot be sent to Zalo: status 500" in caplog.text
    for hidden in ("bí mật", USER, zalo_server.ACCESS):
        assert hidden not in caplog.text


@pytest.mark.parametrize(
    "missing",
    [
        ("BOT_ZALO_APP_ID",),
        ("BOT_ZALO_SECRET_KEY",),
        ("BOT_ZALO_ACCESS_TOKEN", "BOT_ZALO_REFRESH_TOKEN"),
    ],
    ids=str,
)
def test_without_an_account_there_is_no_webhook(
    known: Settings, monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    for name in missing:
        monkeypatch.delenv(name)
    settings.cache_clear()
    bot = Bot()
    bot.start()
    try:
        assert deliver(bot.url, body_of(text_event("một", "m1"))) == 404
    finally:
        bot.stop()


def test_stock_rasa_takes_the_channel(known: Settings) -> None:
    app = Sanic("zalo_stock_test", configure_logging=False)
    rasa_channel.register([ZaloChannel.from_credentials({})], app, route="/webhooks/")
    assert "/webhooks/zalo/webhook" in {f"/{route.path}" for route in app.router.routes}


SESSION = "zalo-0123"


def test_a_pushed_text_arrives_once(known: Settings, zalo: ZaloServer) -> None:
    reply_to = seal(USER, SESSION)

    async def twice() -> list[bool]:
        return [await zalo_push.push(SESSION, reply_to, "Dạ", "key-once") for _ in range(2)]

    assert asyncio.run(twice()) == [True, True]
    assert zalo.texts() == ["Dạ"]


def test_after_a_failure_only_what_is_missing_is_pushed(known: Settings, zalo: ZaloServer) -> None:
    first, second = "a" * 1500 + ".", "b" * 1500 + "."

    async def push() -> bool:
        text = f"{first}\n{second}"
        return await zalo_push.push(SESSION, seal(USER, SESSION), text, "key-parts")

    send = zalo.take

    def take(token: str, raw: bytes) -> dict[str, Any]:
        return {"error": -230, "message": "7 days"} if b"bbb" in raw else send(token, raw)

    zalo.take = take  # type: ignore[method-assign]
    assert asyncio.run(push()) is False
    zalo.take = send  # type: ignore[method-assign]
    assert asyncio.run(push()) is True
    assert zalo.texts() == [first, second]


def test_a_text_for_nobody_is_not_pushed(known: Settings, zalo: ZaloServer) -> None:
    for reply_to in ("", "nonsense", seal(USER, "zalo-other")):
        assert asyncio.run(zalo_push.push(SESSION, reply_to, "Dạ", "key-nobody")) is False
    assert zalo.requests == []


def test_an_operators_lines_are_brought_with_their_name(known: Settings, zalo: ZaloServer) -> None:
    talk: Any = SimpleNamespace(session=SESSION, reply_to=seal(USER, SESSION))
    assert {"session", "reply_to"} <= set(Handover.__dataclass_fields__)
    line: Any = SimpleNamespace(id=7, author=OPERATOR, name="Chị Lan", text="Chào anh", buttons=())
    assert set(vars(line)) <= set(Line.__dataclass_fields__)
    assert asyncio.run(zalo_push.bring(talk, [line])) is True
    [text] = zalo.texts()
    assert "Chị Lan" in text
    assert "Chào anh" in text
