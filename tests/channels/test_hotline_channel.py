"""The hotline's routes on a real port: signatures, repeated deliveries, bursts, keys, screens."""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from bot import database
from bot.channels import hotline
from bot.channels.incoming import REPLY_TO
from bot.dossiers.model import PROVEN_FOR
from bot.sealing import unseal
from bot.settings import Settings, settings
from bot.support import hotline_store
from bot.support.handover import OPERATOR, Handover, Line
from bot.support.tables import hotline_deliveries, hotline_screens
from tests.channels.hotline_server import (
    NUMBER,
    POLL,
    WEBHOOK,
    Bot,
    Gateway,
    Server,
    signature,
)

KEYS = "0 gap nguoi, * quay lai, # ve dau."
MENU = {
    "text": "Chọn giúp em.",
    "buttons": [
        {"title": "Khai sinh", "payload": "/birth"},
        {"title": "Gặp cán bộ", "payload": "/request_human"},
        {"title": "Kết hôn", "payload": "/marriage"},
    ],
}
MENU_PAGE = f"Chon giup em.\n1 Khai sinh\n2 Ket hon\n{KEYS}"
LONG = " ".join(f"từ{number:03}" for number in range(150))
DOSSIER = [
    {"text": "Hồ sơ đang được giải quyết."},
    {"custom": {"answer": {"topic": "status", "status": "answered"}}},
]


@pytest.fixture
def bot() -> Bot:
    made = Bot()
    made.replies = {"menu": [MENU], "dài": [{"text": LONG}, MENU], "hồ sơ": DOSSIER}
    return made


@pytest.fixture
def start(database_ready: Settings, bot: Bot) -> Iterator[Callable[[], Server]]:
    """Starts servers, one after the other as after a restart, or beside one another."""
    with ExitStack() as running:

        def start_one() -> Server:
            server = Server(bot)
            running.callback(server.stop)
            return server

        yield start_one


@pytest.fixture
def server(start: Callable[[], Server]) -> Server:
    return start()


@pytest.fixture
def gateway(server: Server) -> Gateway:
    return Gateway(server.address, settings().hotline_secret)


# Requests


@pytest.mark.parametrize(
    ("at", "secret", "tampered", "kept"),
    [
        (0, "", b"", ()),
        (0, "", b"", ("X-Timestamp",)),
        (0, "", b"", ("X-Signature",)),
        (-302, "", b"", ("X-Timestamp", "X-Signature")),
        (302, "", b"", ("X-Timestamp", "X-Signature")),
        (0, "another", b"", ("X-Timestamp", "X-Signature")),
        (0, "", b" ", ("X-Timestamp", "X-Signature")),
    ],
)
@pytest.mark.parametrize("path", [WEBHOOK, POLL])
def test_what_is_not_signed_is_refused(
    bot: Bot, gateway: Gateway, path: str, at: int, secret: str, tampered: bytes, kept: tuple[str]
) -> None:
    body = json.dumps({"from": NUMBER, "text": "chào", "message_id": "a"}).encode()
    timestamp = str(int(time.time()) + at)
    signed = {
        "X-Timestamp": timestamp,
        "X-Signature": signature(secret or gateway.secret, timestamp, body),
    }
    refused = gateway.send(path, body + tampered, {name: signed[name] for name in kept})
    assert (refused.status, refused.code) == (401, "signature_invalid")
    assert bot.turns == []


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ([], 400, "not_an_object"),
        ({}, 400, "from_invalid"),
        ({"from": 912345678}, 400, "from_invalid"),
        ({"from": " "}, 400, "from_invalid"),
        ({"from": "a" * 65}, 400, "from_invalid"),
        ({"from": "09\n12"}, 400, "from_invalid"),
        ({"from": "\ud800"}, 400, "from_invalid"),
        ({"from": "a"}, 400, "text_missing"),
        ({"from": "a", "text": " \n"}, 400, "text_missing"),
        ({"from": "a", "text": 1}, 400, "text_missing"),
        ({"from": "a", "text": "a" * 2001}, 400, "message_too_long"),
        ({"from": "a", "text": "a"}, 400, "message_id_invalid"),
        ({"from": "a", "text": "a", "message_id": ""}, 400, "message_id_invalid"),
        ({"from": "a", "text": "a", "message_id": "a" * 129}, 400, "message_id_invalid"),
        ({"from": "a", "text": "a", "message_id": "a\tb"}, 400, "message_id_invalid"),
        ({"from": "a", "text": "a", "message_id": "a", "form": "loud"}, 400, "form_invalid"),
        ({"from": "a", "text": "a", "message_id": "a", "form": []}, 400, "form_invalid"),
        ({"from": "a", "text": "a", "message_id": "a", "sent_at": "1"}, 400, "sent_at_invalid"),
        (
            {"from": "a", "text": "a", "message_id": "a", "sent_at": float("nan")},
            400,
            "sent_at_invalid",
        ),
        ({"from": "a", "text": "a", "message_id": "a", "x": "a" * 16384}, 413, "too_large"),
    ],
    ids=range(20),
)
def test_bad_input(bot: Bot, gateway: Gateway, fields: Any, status: int, code: str) -> None:
    refused = gateway.ask(WEBHOOK, fields)
    assert (refused.status, refused.code) == (status, code)
    assert refused.body["error"]["message"]
    assert bot.turns == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 9000])
def test_what_is_no_json(gateway: Gateway, body: bytes) -> None:
    timestamp = str(int(time.time()))
    signed = signature(gateway.secret, timestamp, body)
    refused = gateway.send(WEBHOOK, body, {"X-Timestamp": timestamp, "X-Signature": signed})
    assert (refused.status, refused.code) == (400, "bad_request")


def test_spellings_of_a_number_are_one_caller_who_is_not_stored_in_clear(
    bot: Bot, gateway: Gateway, database_ready: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for number in (NUMBER, "0912 345 678", "0912.345.678", "+84912345678", "84 912345678"):
        gateway.number = number
        assert gateway.say("menu", f"{NUMBER}-{number}").pages == [MENU_PAGE]
    gateway.number = "0912345679"
    gateway.say("menu")
    *same, other = [turn.sender_id for turn in bot.turns]
    assert len(set(same)) == 1
    assert other not in same
    (sender,) = set(same)
    metadata = bot.turns[0].metadata or {}
    assert unseal(metadata[REPLY_TO], sender, None) == NUMBER
    database.engine().dispose()
    stored = b"".join(file.read_bytes() for file in database_ready.var_dir.glob("bot.db*"))
    assert sender.encode() in stored
    for secret in (b"912345678", b"912 345", b"Khai sinh", b"/birth"):
        assert secret not in stored
    assert "912345678" not in caplog.text
    assert "912345678" not in str([(t.sender_id, t.message_id, t.metadata) for t in bot.turns])


# Deliveries


def test_a_repeated_delivery_gets_the_same_pages_also_of_another_server(
    bot: Bot, gateway: Gateway, start: Callable[[], Server]
) -> None:
    first = gateway.say("menu", "a").pages
    assert gateway.say("1", "b").status == 200
    assert gateway.say("menu", "a").pages == first == [MENU_PAGE]
    gateway.address = start().address
    assert gateway.say("menu", "a").pages == first
    assert bot.heard == ["menu", "/birth"]


def test_of_deliveries_at_the_same_time_one_is_handled(bot: Bot, gateway: Gateway) -> None:
    async def take_a_while(_: Any) -> None:
        await asyncio.sleep(0.2)

    bot.before = take_a_while
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: gateway.say("menu", "a"), range(6)))
    assert [answer.pages for answer in answers] == [[MENU_PAGE]] * 6
    assert bot.heard == ["menu"]


def test_an_identifier_is_of_one_text_of_one_caller(bot: Bot, gateway: Gateway) -> None:
    gateway.say("menu", "a")
    refused = gateway.say("menu!", "a")
    assert (refused.status, refused.code) == (409, "message_id_reused")
    gateway.number = "other"
    assert gateway.say("menu!", "a").status == 200
    assert bot.heard == ["menu", "menu!"]


def test_a_turn_goes_on_when_the_gateway_hangs_up(bot: Bot, gateway: Gateway) -> None:
    begun, go_on = threading.Event(), threading.Event()

    async def wait(_: Any) -> None:
        begun.set()
        await asyncio.to_thread(go_on.wait, 10)

    bot.before = wait
    body = json.dumps({"from": NUMBER, "text": "menu", "message_id": "a"}).encode()
    timestamp = str(int(time.time()))
    signed = signature(gateway.secret, timestamp, body)
    with closing(http.client.HTTPConnection(*gateway.address, timeout=10)) as hung_up:
        headers = {"X-Timestamp": timestamp, "X-Signature": signed}
        hung_up.request("POST", WEBHOOK, body, headers)
        assert begun.wait(10)
    go_on.set()
    assert gateway.say("menu", "a").pages == [MENU_PAGE]
    assert bot.heard == ["menu"]


def test_what_a_crash_left_under_way_is_taken_over(bot: Bot, gateway: Gateway) -> None:
    gateway.say("menu", "a")
    with database.begin() as connection:
        old = dt.datetime.utcnow() - hotline_store.UNDER_WAY_FOR
        connection.execute(sa.update(hotline_deliveries).values(pages="", made_at=old))
    assert gateway.say("menu", "a").pages == [MENU_PAGE]
    assert bot.heard == ["menu", "menu"]
    # Rasa itself knows the message by its identifier, and repeats what it said.
    assert bot.turns[0].message_id == bot.turns[1].message_id


def test_a_bot_that_fails_apologises_and_a_database_that_is_down_is_said(
    bot: Bot, gateway: Gateway
) -> None:
    async def fail(_: Any) -> None:
        raise RuntimeError

    bot.before = fail
    assert "1022" in gateway.say("chào").pages[0]
    with database.begin() as connection:
        connection.execute(sa.text(f"DROP TABLE {hotline_screens.name}"))
    refused = gateway.say("chào", "again")
    assert (refused.status, refused.code) == (503, "unavailable")
    with database.connect() as connection:
        count = sa.select(sa.func.count()).select_from(hotline_deliveries)
        assert connection.execute(count).scalar() == 1


# Bursts


def test_of_twenty_at_once_all_are_answered_one_at_a_time(bot: Bot, gateway: Gateway) -> None:
    at_once, most = 0, 0

    async def count(_: Any) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1

    bot.before = count
    bot.default = [{"text": "Dạ."}]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda n: gateway.say(f"tin {n}"), range(20)))
    assert sorted(answer.pages[0] for answer in answers) == ["Da."] * 19 + [f"Da.\n{KEYS}"]
    assert sorted(bot.heard) == sorted(f"tin {n}" for n in range(20))
    assert most == 1
    assert len(hotline.queues) == 0


def test_callers_do_not_wait_for_one_another(bot: Bot, gateway: Gateway) -> None:
    both = asyncio.Event()

    async def wait_for_the_other(_: Any) -> None:
        if len(bot.turns) == 2:
            both.set()
        await asyncio.wait_for(both.wait(), 10)

    bot.before = wait_for_the_other
    other = Gateway(gateway.address, gateway.secret, "other")
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one: one.say("menu"), (gateway, other)))
    assert [answer.pages for answer in answers] == [[MENU_PAGE]] * 2


def test_too_many_are_refused_but_not_repeated_ones(
    monkeypatch: pytest.MonkeyPatch, bot: Bot, start: Callable[[], Server], database_ready: Settings
) -> None:
    monkeypatch.setenv("BOT_MESSAGES_PER_MINUTE", "3")
    settings.cache_clear()
    gateway = Gateway(start().address, settings().hotline_secret)
    for _ in range(9):
        assert gateway.say("menu", "a").status == 200
    assert [gateway.say("menu").status for _ in range(2)] == [200, 200]
    refused = gateway.say("menu", "z")
    assert (refused.status, refused.code) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    assert gateway.say("menu", "a").status == 200
    gateway.number = "other"
    assert gateway.say("menu").status == 200
    assert len(bot.turns) == 4


# Keys


def test_a_walk_through_menus(bot: Bot, gateway: Gateway) -> None:
    bot.default = [{"text": "Anh/chị cần gì ạ?"}]
    bot.replies["/birth"] = [{"text": "Cần tờ khai."}]
    bot.replies["/cancel"] = [MENU]
    assert gateway.say("chào").pages == [f"Anh/chi can gi a?\n{KEYS}"]
    assert gateway.say("7").pages == ["Anh/chi can gi a?"]
    assert gateway.say("menu").pages == [MENU_PAGE]
    (unknown,) = gateway.say("7").pages
    assert unknown.startswith("Phim 7 khong co trong muc nay.")
    assert unknown.endswith("\n1 Khai sinh\n2 Ket hon\n" + KEYS)
    assert gateway.say("phím 1").pages == ["Can to khai."]
    assert gateway.say("*").pages == [MENU_PAGE]
    assert gateway.say("2.").pages == ["Anh/chi can gi a?"]
    assert gateway.say("0").pages == ["Anh/chi can gi a?"]
    assert gateway.say("#").pages == [MENU_PAGE]
    (first,) = gateway.say("*").pages
    assert first.startswith("Day la muc dau tien")
    assert first.endswith(MENU_PAGE)
    assert bot.heard == [
        "chào", "7", "menu", "/birth", "/marriage", "/request_human", "/cancel",
    ]  # fmt: skip


def test_there_is_a_way_back_over_five_screens(bot: Bot, gateway: Gateway) -> None:
    for number in range(8):
        bot.replies[f"màn {number}"] = [{"text": f"Màn {number}"}]
        gateway.say(f"màn {number}")
    back = [gateway.say("*").pages[0].split("\n")[0] for _ in range(6)]
    assert back[:5] == [f"Man {number}" for number in (6, 5, 4, 3, 2)]
    assert back[5].startswith("Day la muc dau tien")


def test_a_long_answer_goes_on_with_key_1_until_its_menu(
    bot: Bot, gateway: Gateway, start: Callable[[], Server]
) -> None:
    seen = gateway.say("dài").pages
    assert len(seen) == 2
    assert gateway.say("2").pages[0].startswith("Phim 2 khong co trong muc nay.")
    seen = [*gateway.say("#").pages, *gateway.say("dài").pages][1:]
    while seen[-1].endswith("1 xem tiep"):
        assert "Khai sinh" not in "".join(seen)
        # Also of a server that has just started.
        gateway.address = start().address
        pages = gateway.say("1").pages
        assert 1 <= len(pages) <= 2
        seen += pages
    assert all(len(page) <= 160 for page in seen)
    assert seen[-1].endswith(f"1 Khai sinh\n2 Ket hon\n{KEYS}")
    said = " ".join(seen).replace("1 xem tiep", "").split()
    assert said[: said.index("Chon")] == LONG.replace("ừ", "u").split()
    assert bot.heard.count("1") == 0


def test_a_key_that_comes_late_is_not_applied(bot: Bot, gateway: Gateway) -> None:
    now = time.time()
    assert gateway.say("menu").pages == [MENU_PAGE]
    for late in ({"at": now - 60}, {"sent_at": now - 60}):
        for key in ("1", "*"):
            (page,) = gateway.say(key, **late).pages
            assert page.startswith("Phim vua roi den tre")
            assert page.endswith("\n1 Khai sinh\n2 Ket hon\n" + KEYS)
    assert bot.heard == ["menu"]
    # What is text comes whenever it was sent; a key of the same moment is in time.
    assert gateway.say("menu", at=now - 60).pages == [MENU_PAGE]
    gateway.say("1", sent_at=time.time())
    assert bot.heard == ["menu", "menu", "/birth"]
    # A person is the same on every screen, and so is the beginning.
    gateway.say("menu")
    gateway.say("0", sent_at=now - 60)
    gateway.say("menu")
    gateway.say("#", sent_at=now - 60)
    assert bot.heard[3:] == ["menu", "/request_human", "menu", "/cancel"]


def test_pages_come_in_the_form_that_is_asked_for(bot: Bot, gateway: Gateway) -> None:
    accented = "Chọn giúp em.\n1 Khai sinh\n2 Kết hôn\n0 gặp người, * quay lại, # về đầu."
    assert len(accented) == 70
    assert gateway.say("menu", form="accented").pages == [accented]
    # The next request says no form: it is the same.
    assert gateway.say("menu").pages == [accented]
    assert gateway.say("*", form="unaccented").pages[0].endswith(MENU_PAGE)


# A person has the talk; what is said outside a turn


def test_while_a_person_has_the_talk_nothing_is_said_and_digits_are_for_them(
    bot: Bot, gateway: Gateway
) -> None:
    gateway.say("menu")
    bot.default = []
    assert gateway.say("tôi cần hỏi").pages == []
    assert gateway.say("1").pages == []
    assert bot.heard == ["menu", "tôi cần hỏi", "1"]


def test_what_was_said_outside_a_turn_comes_by_polling_or_before_the_next_answer(
    bot: Bot, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[str] = []
    senders: set[str] = set()

    def taken(sender: str) -> list[Line]:
        senders.add(sender)
        texts, waiting[:] = list(waiting), []
        lines = enumerate(texts, start=1)
        at = dt.datetime.fromisoformat("2026-11-30T02:00:00")
        return [Line(n, 1, OPERATOR, text, at, f"m{n}", name="Chị Lan") for n, text in lines]

    monkeypatch.setattr(hotline, "taken_lines", taken)
    gateway.say("menu")
    assert gateway.poll().pages == []
    waiting[:] = ["chào anh.", "Anh cần gì?"]
    assert gateway.poll().pages == ["Chi Lan: chao anh.\nChi Lan: Anh can gi?"]
    assert gateway.poll().pages == []
    # It is the present screen: a digit answers the person, and there is a way back.
    gateway.say("1")
    assert bot.heard[-1] == "1"
    waiting[:] = ["còn đó không?"]
    bot.default = []
    assert gateway.say("còn").pages == ["Chi Lan: con do khong?"]
    waiting[:] = [LONG]
    pages = gateway.say("menu").pages
    assert pages[0].startswith("Chi Lan: tu000")
    assert pages[-1].endswith("1 xem tiep")
    assert senders == {bot.turns[0].sender_id}


def test_how_a_dossier_stands_is_shown_again_only_while_its_proof_lasts(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.say("menu")
    assert "dang duoc giai quyet" in gateway.say("hồ sơ").pages[0]
    gateway.say("chào")
    assert "dang duoc giai quyet" in gateway.say("*").pages[0]
    gateway.say("chào")
    now = time.time
    monkeypatch.setattr(hotline.time, "time", lambda: now() + PROVEN_FOR + 1)
    assert gateway.say("*", at=time.time()).pages == [MENU_PAGE]


def test_of_an_erased_conversation_no_screen_is_kept(bot: Bot, gateway: Gateway) -> None:
    gateway.say("menu")
    erased = {"answer": {"topic": "privacy", "status": "answered", "erased": True}}
    bot.replies["xóa"] = [{"text": "Em đã xóa."}, {"custom": erased}]
    assert gateway.say("xóa").pages == ["Em da xoa."]
    with database.connect() as connection:
        assert connection.execute(sa.select(hotline_screens)).all() == []


# Pushing


class _Taker(BaseHTTPRequestHandler):
    status = 204
    taken: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.taken.append((dict(self.headers), self.rfile.read(length)))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def taker(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Taker]]:
    """A gateway that is pushed to."""
    handler = type("Taker", (_Taker,), {"taken": []})
    with HTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setenv("BOT_HOTLINE_PUSH_URL", f"http://127.0.0.1:{listening.server_port}/in")
        settings.cache_clear()
        yield handler
        listening.shutdown()
        thread.join(timeout=10)


def reply_address(bot: Bot) -> tuple[str, str]:
    """The last turn's conversation, and where an answer to it goes."""
    turn = bot.turns[-1]
    return turn.sender_id, (turn.metadata or {})[REPLY_TO]


def test_an_operators_text_is_pushed_signed_and_is_the_present_screen(
    taker: type[_Taker], bot: Bot, server: Server, gateway: Gateway
) -> None:
    gateway.say("menu", form="accented")
    session, reply_to = reply_address(bot)
    assert server.run(hotline.push(session, reply_to, "Chị Lan: chào anh.", "key-1")) is True
    ((headers, body),) = taker.taken
    assert json.loads(body) == {
        "to": NUMBER,
        "message_id": "key-1",
        "messages": ["Chị Lan: chào anh."],
    }
    expected = signature(gateway.secret, headers["X-Timestamp"], body)
    assert headers["X-Signature"] == expected
    assert abs(time.time() - int(headers["X-Timestamp"])) < 60
    gateway.say("1")
    assert bot.heard[-1] == "1"


def test_what_the_gateway_does_not_take_is_not_shown(
    taker: type[_Taker], bot: Bot, server: Server, gateway: Gateway
) -> None:
    gateway.say("menu")
    session, reply_to = reply_address(bot)
    taker.status = 503
    assert server.run(hotline.push(session, reply_to, "Chào anh.", "key-1")) is False
    taker.status = 302
    assert server.run(hotline.push(session, reply_to, "Chào anh.", "key-1")) is False
    assert len(taker.taken) == 2
    gateway.say("1")
    assert bot.heard[-1] == "/birth"


def test_without_an_address_a_gateway_or_a_number_nothing_is_pushed(
    bot: Bot, server: Server, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.say("menu")
    session, reply_to = reply_address(bot)
    assert server.run(hotline.push(session, reply_to, "Chào anh.", "key-1")) is False
    monkeypatch.setenv("BOT_HOTLINE_PUSH_URL", "http://127.0.0.1:9/in")
    settings.cache_clear()
    assert server.run(hotline.push(session, reply_to, "Chào anh.", "key-1")) is False


def test_nothing_is_pushed_to_a_number_that_was_not_sealed_for_the_conversation(
    taker: type[_Taker], bot: Bot, server: Server, gateway: Gateway
) -> None:
    gateway.say("menu")
    _, reply_to = reply_address(bot)
    for session, address in (("hotline-other", reply_to), (bot.turns[0].sender_id, NUMBER)):
        assert server.run(hotline.push(session, address, "Chào anh.", "key-1")) is False
    assert taker.taken == []


def test_lines_of_a_talk_are_pushed_in_order_and_a_gateway_that_is_down_is_not_pestered(
    taker: type[_Taker],
    bot: Bot,
    server: Server,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway.say("menu")
    session, reply_to = reply_address(bot)
    at = dt.datetime.fromisoformat("2026-11-30T02:00:00")
    talk = Handover(1, session, "hotline", "held", "request", 2, at, reply_to=reply_to)
    lines = [
        Line(7, 1, OPERATOR, "chào anh.", at, "m7", name="Lan"),
        Line(8, 1, "bot", "Mời chọn.", at, "m8", buttons=({"title": "Có", "payload": "/affirm"},)),
    ]
    clock = [1000.0]
    taker.status = 503
    tries = []
    with monkeypatch.context() as patch:
        patch.setattr(hotline.time, "monotonic", lambda: clock[0])
        for second in range(40):
            clock[0] = 1000.0 + second
            assert server.run(hotline.bring(talk, lines)) is False
            if len(taker.taken) > len(tries):
                tries.append(second)
        assert tries == [0, 1, 3, 7, 15, 31]
        taker.status = 200
        taker.taken.clear()
        clock[0] += 60
        assert server.run(hotline.bring(talk, lines)) is True
    sent = [json.loads(body) for _, body in taker.taken]
    assert [each["message_id"] for each in sent] == ["line-7", "line-8"]
    assert sent[0]["messages"] == ["Lan: chao anh."]
    assert sent[1]["messages"] == ["Moi chon.\n1 Co\n0 gap nguoi, * quay lai, # ve dau."]
    gateway.say("1")
    assert bot.heard[-1] == "/affirm"
