"""What a hostile citizen, caller, integrator or colleague must not get from hand-overs and tickets.

Most of it over the real server; what needs a moment between two steps, on a database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import http.client
import json
import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import clock, database, retention
from bot.channels import handover_delivery, queue_care
from bot.support import handover as h
from bot.support import handover_talk, handovers, routing, ticket, tickets
from bot.support.handover import Handover, Summary
from tests.channels.hotline_server import POLL, WEBHOOK
from tests.handing_over import Caller, Operator, attended_bot, hire, until
from tests.running_bot import TEST_SECRET, RunningBot

pytest_plugins = ("tests.databases",)

COMMUNE = "UBND xã Bình Sơn"
NUMBER, IDENTITY = "0977000111", "051099001234"
# UTC: 09:00 on a Monday, and 19:00.
MORNING = dt.datetime.fromisoformat("2026-07-20T02:00:00")
EVENING = dt.datetime.fromisoformat("2026-07-20T12:00:00")
SECOND = dt.timedelta(seconds=1)
_CODE = re.compile(r"PA ?\d{3} ?\d{3}")


@pytest.fixture(scope="module")
def attended(
    prepared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    """A bot with an operator of the information line and one of a commune."""
    folder = tmp_path_factory.mktemp("attacked")
    settings = {"BOT_SUPPORT_LEASE_SECONDS": "60", "BOT_SUPPORT_TALKS_PER_OPERATOR": "50"}
    with attended_bot(folder, prepared_folder / "bot.db", **settings) as bot:
        hire(bot, "lan")
        hire(bot, "xa", desk=COMMUNE)
        yield bot


@pytest.fixture(scope="module")
def line(attended: RunningBot) -> Operator:
    """Who answers for the information line."""
    return Operator(attended, "lan")


@pytest.fixture(scope="module")
def commune(attended: RunningBot) -> Operator:
    """Who answers for a commune, against whose officials something is said."""
    return Operator(attended, "xa")


def stored(bot: RunningBot, query: str, *values: Any) -> list[Any]:
    """Rows of the server's database."""
    path = Path(bot.environment["BOT_VAR_DIR"]) / "bot.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return connection.execute(query, values).fetchall()


def ticket_of(bot: RunningBot, sender: str, *messages: str) -> str:
    """The code of the ticket that these messages bring."""
    text = "\n".join(bot.say(sender, message).text for message in messages)
    found = _CODE.search(text)
    assert found, text
    return found[0].replace(" ", "")


def called(attended: RunningBot, line: Operator, number: str) -> tuple[Caller, dict[str, Any]]:
    """A caller of the hotline, and their talk, which the information line has."""
    caller = Caller(attended, number)
    caller.hear("gặp cán bộ")
    waiting = until(
        lambda: next((t for t in line.queue()["waiting"] if t["channel"] == "hotline"), None)
    )
    return caller, line.claim(waiting)


def test_a_commune_does_not_see_who_denounces_its_officials(
    attended: RunningBot, line: Operator, commune: Operator, sender: str
) -> None:
    line.queue()
    attended.say(sender, "tôi muốn tố cáo chủ tịch xã Bình Sơn nhận hối lộ 20 triệu")
    attended.say(sender, "gặp cán bộ")
    ((number,),) = stored(attended, "SELECT id FROM handovers WHERE session = ?", sender)
    queue = commune.queue()
    assert number not in [talk["id"] for talk in (*queue["waiting"], *queue["others"])]
    assert commune.call("GET", f"talks/{number}").status in (403, 404)
    assert commune.call("POST", f"talks/{number}/claim").status in (403, 404)


def test_a_commune_does_not_get_complaints_about_its_officials(
    attended: RunningBot, commune: Operator, sender: str
) -> None:
    said = "cán bộ một cửa xã Bình Sơn quát mắng dân, hách dịch lắm, tôi muốn phản ánh"
    begin = '/give_feedback{"aspect": "leave_feedback"}'
    code = ticket_of(attended, sender, said, begin, NUMBER)
    # It goes to the province's reception, as `bot.support.routing` promises.
    assert code not in [one["code"] for one in commune.get("tickets")]
    for what in ("contact", "answer", "close"):
        body = {"text": "Đã xử lý."} if what == "answer" else {}
        assert commune.call("POST", f"tickets/{code}/{what}", body).status == 404, what


def test_a_message_of_the_hotline_is_no_leave_to_poll(attended: RunningBot, line: Operator) -> None:
    caller, talk = called(attended, line, "0977000112")
    body = json.dumps({"from": caller.number, "text": "alo", "message_id": "replayed"}).encode()
    stamp = str(int(time.time()))
    digest = hmac.new(TEST_SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    headers = {"X-Timestamp": stamp, "X-Signature": f"sha256={digest.hexdigest()}"}
    assert caller.send(WEBHOOK, body, headers).status == 200
    line.answer(talk, "Chỉ cho người gọi", "secret")
    assert caller.send(POLL, body, headers).status in (400, 401)
    caller.wait_for("Chi cho nguoi goi")


def test_rest_does_not_enter_the_talk_of_another_channel(
    attended: RunningBot, line: Operator
) -> None:
    caller, talk = called(attended, line, "0977000113")
    query = "SELECT session FROM handovers WHERE id = ?"
    ((session,),) = stored(attended, query, talk["id"])
    line.answer(talk, "Chỉ cho người gọi", "secret")
    body = json.dumps({"sender": session, "message": "/cancel"}).encode()
    _, told = attended.request("/webhooks/rest/webhook", body)
    assert "Chỉ cho người gọi" not in json.dumps(told, ensure_ascii=False)
    assert stored(attended, "SELECT state FROM handovers WHERE id = ?", talk["id"]) == [("held",)]
    caller.wait_for("Chi cho nguoi goi")


def test_numbers_that_staff_write_are_not_stored_in_clear(
    attended: RunningBot, line: Operator, sender: str
) -> None:
    _, talk = called(attended, line, "0977000114")
    line.answer(talk, f"Em gọi số {NUMBER}, căn cước {IDENTITY} đúng không ạ", "numbers")
    code = ticket_of(
        attended, sender, "tôi muốn để lại lời nhắn", "nhờ xem giúp hồ sơ đất của nhà tôi", "không"
    )
    line.post(f"tickets/{code}/answer", text=f"Em gọi số {NUMBER}, căn cước {IDENTITY} rồi")
    kept = stored(attended, "SELECT text FROM handover_messages WHERE author = 'operator'")
    kept += stored(attended, "SELECT answer FROM tickets")
    in_clear = [text for (text,) in kept if NUMBER in text or IDENTITY in text]
    assert in_clear == []


def test_a_number_is_not_tried_with_all_codes(attended: RunningBot, sender: str) -> None:
    number = "0987654321"
    code = ticket_of(
        attended, sender, "tôi muốn để lại lời nhắn", "nhờ xem giúp hồ sơ đất của nhà tôi", number
    )
    for step in range(30, -1, -1):
        tried = f"PA{(int(code[2:]) - step) % 10**6:06d}"
        reply = attended.say(f"{sender}-{step}", f"phiếu {tried} số điện thoại {number}")
    assert [answer["status"] for answer in reply.answers] == ["refused"]


def test_a_body_is_not_collected_for_ever(attended: RunningBot) -> None:
    head = "POST /console/api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", attended.port), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: 90000000\r\n\r\n".encode() + b"a" * 100_000)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 413


def test_a_flood_of_conversations_does_not_fill_the_queue(
    attended: RunningBot, line: Operator, sender: str
) -> None:
    line.queue()
    for number in range(250):
        attended.say(f"{sender}-{number}", "gặp cán bộ")
    # How many may wait is for the settings to say; thousands are nobody's to answer.
    assert len(line.queue()["waiting"]) <= 200


@pytest.fixture
def look(database_ready: object, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Looks after the queue at a moment (UTC), which is the present for all."""
    monkeypatch.setattr(handover_delivery, "_WAKERS", [])

    def at(now: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: clock.in_vietnam(now))
        queue_care.look_after(now)

    return at


def waits(session: str, need: str, **more: Any) -> Handover:
    """A talk that waits since the morning."""
    return handovers.open_handover(
        session, "web", more.pop("reason", h.REQUEST), Summary(need=need), now=MORNING, **more
    )


def test_a_talk_of_which_no_ticket_can_be_made_does_not_stop_the_others(look: Any) -> None:
    # What "\x00" over any channel, then "gặp cán bộ", leaves.
    for number in range(3):
        waits(f"nul-{number}", "\x00")
    honest = waits("honest", "Làm lại khai sinh")
    look_quietly(look, EVENING)
    assert handovers.find(honest.id).state == h.CLOSED


def test_each_talk_ends_at_the_end_of_the_hours(look: Any) -> None:
    nothing = waits("nul", "\x00")
    look_quietly(look, EVENING)
    assert handovers.find(nothing.id).state == h.CLOSED


def test_who_is_erased_while_a_ticket_is_made_leaves_none(
    look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits("one", "Chuyện riêng của tôi")
    route = routing.route

    def erased_meanwhile(*arguments: Any, **more: Any) -> Any:
        retention.erase_session("one")
        return route(*arguments, **more)

    monkeypatch.setattr(routing, "route", erased_meanwhile)
    look_quietly(look, EVENING)
    assert [one.text for one in tickets.listed()] == []


def test_bribery_told_in_the_queue_becomes_a_denunciation(look: Any) -> None:
    talk = waits("one", "Hỏi thủ tục đất đai")
    handover_talk.hear(talk, "Tôi tố cáo chủ tịch xã nhận hối lộ 20 triệu", "m1")
    look(EVENING)
    # Only then is it hidden from operators.
    assert [one.kind for one in tickets.listed()] == [ticket.DENUNCIATION]


def test_a_long_talk_becomes_a_ticket_in_no_time(look: Any) -> None:
    talk = waits("one", "Hỏi thủ tục đất đai")
    # Fifty messages of the longest kind, with words that nearly name a denunciation.
    text = "tơ cáo " * (handover_talk.LONGEST_TEXT // 7)
    for number in range(50):
        handover_talk.hear(talk, text, f"m{number}")
    began = time.monotonic()
    look(EVENING)
    assert time.monotonic() - began < 0.5


def look_quietly(look: Any, now: dt.datetime) -> None:
    """As `handover_delivery.run` does: what fails is logged, and tried again in the next round."""
    try:
        look(now)
    except (ValueError, database.DatabaseUnavailable):
        return
