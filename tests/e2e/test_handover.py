"""From the bot to a person and back, on a real server: nothing is lost, nobody answers twice."""

from __future__ import annotations

import signal
import sqlite3
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.handing_over import Caller, Operator, attended_bot, hire, shown, until
from tests.running_bot import RunningBot
from tests.web_page import Page

PHONE = "0987654321"


@pytest.fixture(scope="module")
def desk_bot(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    with attended_bot(tmp_path_factory.mktemp("desk"), seeded_file) as bot:
        for name in ("lan", "minh", "hoa"):
            hire(bot, name)
        hire(bot, "thu", "supervisor")
        yield bot


@pytest.fixture
def lan(desk_bot: RunningBot) -> Iterator[Operator]:
    operator = Operator(desk_bot, "lan")
    yield operator
    operator.post("sign-out")


@pytest.fixture
def minh(desk_bot: RunningBot) -> Iterator[Operator]:
    operator = Operator(desk_bot, "minh")
    yield operator
    operator.post("sign-out")


@pytest.fixture
def citizen() -> str:
    return f"citizen-{uuid.uuid4().hex}"


def texts(page: Page) -> list[str]:
    return [message["text"] for message in page.heard if message.get("text")]


def test_a_talk_goes_to_an_operator_and_back(
    desk_bot: RunningBot, lan: Operator, citizen: str
) -> None:
    desk_bot.say(citizen, "làm giấy khai sinh cho con cần giấy tờ gì")
    desk_bot.say(citizen, f"số tôi là {PHONE}")
    queued = desk_bot.say(citizen, "cho tôi gặp cán bộ")
    assert "thứ 1" in queued.text
    assert queued.answers[-1]["person"] == {"state": "waiting", "place": 1}

    talk = lan.waiting("khai sinh")
    assert talk["procedure"]["code"] == "1.001193"
    assert "documents" in talk["tried"]
    assert talk["reason"] == "request"
    noted = desk_bot.say(citizen, f"tui gọi từ số {PHONE}")
    assert "thứ 1" in noted.text
    held = lan.claim(talk)
    told = desk_bot.say(citizen, "chị ơi còn thiếu giấy chứng sinh")
    assert f"Cán bộ {shown('lan')} đang nói chuyện với anh/chị" in told.text
    assert told.answers[0]["person"] == {"state": "held", "name": shown("lan")}

    lines = lan.lines(held)
    assert PHONE not in str(lines)
    said = [(line["from"], line["text"]) for line in lines if not line["earlier"]]
    assert ("citizen", "chị ơi còn thiếu giấy chứng sinh") in said
    numbered = next(line for line in lines if line["has_sealed"] and not line["earlier"])
    opened = lan.post(f"talks/{held['id']}/reveal", claim=held["claim"], line=numbered["id"])
    assert opened == {"values": [PHONE]}
    assert lan.answer(held, "Dạ chị mang giấy của người làm chứng").status == 200
    # Nothing of the bot, and what the operator has said comes along.
    heard = desk_bot.say(citizen, "vâng cảm ơn")
    assert heard.text == f"{shown('lan')}: Dạ chị mang giấy của người làm chứng"

    lan.end(held, "return")
    back = desk_bot.say(citizen, "phí bao nhiêu")
    assert {"topic": "fee"}.items() <= back.answers[0].items()
    assert "em là máy xin trả lời tiếp" in back.text


def test_web_and_hotline_at_once(desk_bot: RunningBot, lan: Operator, minh: Operator) -> None:
    page, caller = Page(desk_bot.url), Caller(desk_bot, "0911222333")
    page.say("xin cấp lại căn cước cần gì")
    assert "thứ 1" in page.say("gặp người thật").text
    caller.hear("phi cap doi ho chieu")
    assert "thu 2" in caller.hear("0")
    first, second = lan.waiting("căn cước"), lan.waiting("ho chieu")
    assert (first["channel"], second["channel"]) == ("web", "hotline")
    assert (first["place"], second["place"]) == (1, 2)

    mine = lan.claim(first)
    # The caller moves up and is told without asking; the page sees at once who answers.
    assert "thu 1" in caller.wait_for("thu 1")
    until(lambda: any(shown("lan") in text for text in texts(page)))
    hers = minh.claim(second)
    lan.answer(mine, "Anh mang theo căn cước cũ nhé")
    minh.answer(hers, "Phí là 200.000 đồng, anh/chị nộp ở quầy")
    by_lan = until(lambda: next((m for m in page.heard if m.get("name") == shown("lan")), None))
    assert by_lan["text"] == "Anh mang theo căn cước cũ nhé"
    told = caller.wait_for("200.000 dong")
    assert "Tran Thu Minh: Phi la 200.000 dong, anh/chi nop o quay" in told
    # Both write on: each is read by their own operator only, and no machine answers.
    page.heard.clear()
    assert page.send("dạ em cảm ơn") == {"status": "handled"}
    assert texts(page) == []
    assert caller.say("da").pages == []
    for operator, talk, words in ((lan, mine, "dạ em cảm ơn"), (minh, hers, "da")):
        until(lambda o=operator, t=talk, w=words: w in [x["text"] for x in o.lines(t)])
    assert "dạ em cảm ơn" not in str(minh.lines(hers))

    lan.end(mine, "close", reason="solved", note="xong")
    minh.end(hers, "return")
    until(lambda: any("đã kết thúc" in text for text in texts(page)))
    assert "xin tra loi tiep" in caller.wait_for("xin tra loi tiep")
    assert "ho chieu" in caller.hear("phi cap doi ho chieu")
    page.close()


def _answer_as(talk: dict[str, Any], operator: Operator) -> Any:
    return operator.answer(talk, f"của {operator.name}")


def test_of_two_operators_one_gets_a_talk_and_only_they_answer(
    desk_bot: RunningBot, lan: Operator, minh: Operator
) -> None:
    for number in range(8):
        citizen = f"race-{uuid.uuid4().hex}"
        desk_bot.say(citizen, f"gặp cán bộ giúp tôi việc số {number}")
        talk = lan.waiting()
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(partial(Operator.try_to_claim, talk=talk), (lan, minh)))
        assert sorted(answer.status for answer in answers) == [200, 409]
        winner, loser = (lan, minh) if answers[0].status == 200 else (minh, lan)
        held = {**talk, "claim": talk["claim"] + 1}
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(partial(_answer_as, held), (winner, loser)))
        statuses = [answer.status for answer in answers]
        assert statuses == [200, 409]
        assert winner.answer(held, f"của {winner.name}").status == 200  # the same key: once
        heard = desk_bot.say(citizen, "dạ").text
        assert heard.count("của ") == 1
        assert f"{shown(winner.name)}: của {winner.name}" in heard
        winner.end(held, "close", reason="solved", note="")


def test_an_operator_who_vanishes_loses_the_talk_and_nothing_else(
    desk_bot: RunningBot, minh: Operator
) -> None:
    gone = Operator(desk_bot, "hoa")
    page = Page(desk_bot.url)
    page.say("đăng ký kết hôn cần gì")
    page.say("gặp cán bộ")
    held = gone.claim(gone.waiting("kết hôn"))
    gone.answer(held, "Chị đợi em xem hồ sơ")
    until(lambda: any(m.get("name") == shown("hoa") for m in page.heard))
    page.send("dạ em đợi")
    # Hoa's browser is dead: nobody asks for the queue in her name any more.
    again = until(lambda: minh._waiting("kết hôn"), seconds=20)
    assert again["place"] == 1
    until(lambda: any("mất kết nối" in text and "thứ 1" in text for text in texts(page)))
    mine = minh.claim(again)
    said = [line["text"] for line in minh.lines(mine)]
    assert {"Chị đợi em xem hồ sơ", "dạ em đợi"} <= set(said)
    assert gone.answer(held, "Em quay lại rồi", "k2").status == 409
    assert "Em quay lại rồi" not in str(minh.lines(mine))
    minh.end(mine, "close", reason="solved", note="")
    page.close()


def test_the_server_is_killed_in_the_middle(
    seeded_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    # Long enough for a server that is started anew: the talk stays its operator's.
    lease = {"BOT_SUPPORT_LEASE_SECONDS": "60"}
    with attended_bot(folder, seeded_file, **lease) as bot:
        hire(bot, "lan")
        lan = Operator(bot, "lan")
        page, caller = Page(bot.url), Caller(bot, "0911222444")
        page.say("thủ tục đăng ký tạm trú")
        page.say("gặp cán bộ")
        caller.hear("0")
        held = lan.claim(lan.waiting("tạm trú"))
        lan.answer(held, "Anh ở xã nào ạ", "before")
        until(lambda: any(m.get("name") == shown("lan") for m in page.heard))
        page.send("tôi ở xã Bình Sơn", message_id="abcdefghijk")
        # Said, and not yet brought to a page: it is closed.
        session = page.session
        page.close()
        lan.answer(held, "Anh đến xã Bình Sơn nộp nhé", "unseen")
        bot.process.send_signal(signal.SIGKILL)
        bot.process.wait()
    with attended_bot(folder, seeded_file, **lease) as bot:
        # The operator's browser goes on: the session, the talk and its claim have survived.
        lan.moves_to(bot)
        queue = lan.queue()
        assert [talk["id"] for talk in queue["mine"]] == [held["id"]]
        said = [line["text"] for line in lan.lines(held) if not line["earlier"]]
        assert [t for t in said if t.startswith(("Anh", "tôi"))] == [
            "Anh ở xã nào ạ", "tôi ở xã Bình Sơn", "Anh đến xã Bình Sơn nộp nhé",
        ]  # fmt: skip
        back = Page(bot.url, session)
        shown_there = [message.get("text") for message in back.history]
        for text in ("Anh ở xã nào ạ", "tôi ở xã Bình Sơn", "Anh đến xã Bình Sơn nộp nhé"):
            assert shown_there.count(text) == 1
        # The page sends again what it does not know to be handled: nothing is doubled.
        assert back.send("tôi ở xã Bình Sơn", message_id="abcdefghijk") == {"status": "handled"}
        assert [line["text"] for line in lan.lines(held)].count("tôi ở xã Bình Sơn") == 1
        assert texts(back) == []
        lan.answer(held, "Còn gì nữa không ạ", "after")
        until(lambda: any(m.get("text") == "Còn gì nữa không ạ" for m in back.heard))
        # The caller has kept the place in the queue.
        assert any(talk["channel"] == "hotline" for talk in queue["waiting"])
        back.close()


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (["giấy tờ nớ", "cái nớ đó"], "missed"),
        (["nhà tui đang cháy cứu với"], "danger"),
        (["tôi muốn tố cáo cán bộ địa chính đòi tiền mới làm giấy"], "denunciation"),
    ],
)
def test_what_puts_a_talk_into_the_queue(
    desk_bot: RunningBot, lan: Operator, citizen: str, messages: list[str], reason: str
) -> None:
    for message in messages:
        reply = desk_bot.say(citizen, message)
    assert "hàng chờ" in reply.text
    if reason == "danger":
        assert "114" in reply.text
    talk = next(t for t in lan.queue()["waiting"] if t["reason"] == reason)
    held = lan.claim(talk)
    lan.end(held, "close", reason="solved", note="")


def test_the_urgent_come_first(desk_bot: RunningBot, lan: Operator) -> None:
    first, urgent = f"c-{uuid.uuid4().hex}", f"c-{uuid.uuid4().hex}"
    desk_bot.say(first, "gặp cán bộ")
    assert "thứ 1" in desk_bot.say(urgent, "nhà tui đang cháy cứu với").text
    assert [talk["reason"] for talk in lan.queue()["waiting"]] == ["danger", "request"]
    for session in (first, urgent):
        assert "rời hàng chờ" in desk_bot.say(session, "thôi không chờ nữa").text
    assert lan.queue()["waiting"] == []


def test_the_citizen_leaves_and_the_bot_answers(
    desk_bot: RunningBot, lan: Operator, citizen: str
) -> None:
    desk_bot.say(citizen, "gặp cán bộ")
    held = lan.claim(lan.waiting())
    assert desk_bot.say(citizen, "lam khai sinh can gi").text.startswith("Cán bộ")
    left = desk_bot.say(citizen, "quay lại hỏi máy")
    assert "em là máy xin trả lời tiếp" in left.text
    assert desk_bot.say(citizen, "làm khai sinh cần gì").answers[0]["status"] == "answered"
    assert lan.answer(held, "Anh/chị ơi", "late").status == 409


def test_an_erased_talk_is_gone_for_the_operator_as_well(
    desk_bot: RunningBot, lan: Operator, citizen: str
) -> None:
    desk_bot.say(citizen, "gặp cán bộ")
    held = lan.claim(lan.waiting())
    desk_bot.say(citizen, "chuyện riêng của tôi")
    desk_bot.say(citizen, '/ask_privacy{"aspect": "erase"}')
    erased = desk_bot.say(citizen, '/ask_privacy{"aspect": "erase_now"}')
    assert "xóa" in erased.text
    assert lan.call("GET", f"talks/{held['id']}").status == 404
    database = Path(desk_bot.environment["BOT_VAR_DIR"]) / "bot.db"
    with sqlite3.connect(database) as connection:
        kept = connection.execute("SELECT text FROM handover_messages").fetchall()
    assert "chuyện riêng của tôi" not in str(kept)


def test_another_agency_takes_over(desk_bot: RunningBot, lan: Operator, citizen: str) -> None:
    hire(desk_bot, "dat", desk="Sở Nông nghiệp và Môi trường")
    dat = Operator(desk_bot, "dat")
    desk_bot.say(citizen, "tách thửa đất thì gặp ai")
    desk_bot.say(citizen, "gặp cán bộ")
    held = lan.claim(lan.waiting("tách thửa"))
    lan.end(held, "transfer", desk="Sở Nông nghiệp và Môi trường")
    moved = desk_bot.say(citizen, "dạ")
    assert "Sở Nông nghiệp và Môi trường" in moved.text
    assert lan._waiting("tách thửa") is None
    theirs = dat.claim(dat.waiting("tách thửa"))
    dat.answer(theirs, "Em bên đất đai nghe")
    told = desk_bot.say(citizen, "dạ vâng").text
    assert f"Cán bộ {shown('dat')}, Sở Nông nghiệp và Môi trường" in told
    dat.end(theirs, "close", reason="solved", note="")
    dat.post("sign-out")


def test_nothing_is_stored_or_logged_in_clear(
    desk_bot: RunningBot, lan: Operator, citizen: str
) -> None:
    caller = Caller(desk_bot, "0977666555")
    caller.hear("gap can bo")
    held = lan.claim(lan.waiting())
    caller.hear("so cua tui 0966555444, cccd 051234567891")
    lan.end(held, "close", reason="solved", note="gọi 0966555444")
    folder = Path(desk_bot.environment["BOT_VAR_DIR"])
    kept: list[Any] = [path for path in folder.iterdir() if path.is_file()]
    for path in kept:
        content = path.read_bytes()
        for number in (b"0977666555", b"0966555444", b"051234567891"):
            assert number not in content, path.name
