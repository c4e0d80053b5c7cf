"""The web channel on a real server: sessions, history, repeated messages, limits, origins."""

from __future__ import annotations

import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
import sqlalchemy as sa
import websocket

from bot.channels.web_sessions import session_of, sign
from tests.running_bot import RunningBot, running_bot
from tests.web_page import Page

OpenPage = Callable[..., Page]
PORTAL = "https://portal.example"
# More than the few tests of this file send in a minute, and few enough to be reached.
PER_ADDRESS = 60


@pytest.fixture(scope="module")
def bot(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A server that a portal's pages may use."""
    folder = tmp_path_factory.mktemp("web")
    shutil.copyfile(seeded_file, folder / "bot.db")
    own = {"BOT_ALLOWED_ORIGINS": PORTAL, "BOT_MESSAGES_PER_ADDRESS": str(PER_ADDRESS)}
    with running_bot(folder, **own) as running:
        yield running


def letters(number: int) -> str:
    return "message" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [message["id"] for message in messages]


def test_a_page_that_comes_back_reads_what_was_said(bot: RunningBot, open_page: OpenPage) -> None:
    first = open_page(bot.url)
    assert first.history == []
    live = first.say("đăng ký tạm trú cần giấy tờ gì", message_id=letters(1)).messages
    assert ids(live) == [f"{letters(1)}.1", f"{letters(1)}.2"]
    first.say("số của tui 0912345678, phí bao nhiêu", message_id=letters(2))
    back = open_page(bot.url, first.session)
    assert back.session == first.session
    said = back.history
    assert ids(said)[:3] == [letters(1), *ids(live)]
    assert said[0]["text"] == "đăng ký tạm trú cần giấy tờ gì"
    assert {k: said[1][k] for k in ("text", "buttons")} == {
        k: live[0][k] for k in ("text", "buttons")
    }
    assert said[2]["custom"] == live[1]["custom"]
    # What is stored is masked, so that is what comes back.
    assert said[3]["text"] == "số của tui ••••••••••, phí bao nhiêu"
    assert "0912345678" not in str(said)


def test_a_page_that_knows_the_beginning_is_sent_the_rest(
    bot: RunningBot, open_page: OpenPage
) -> None:
    first = open_page(bot.url)
    first.say("xin chào", message_id=letters(1))
    first.say("cảm ơn", message_id=letters(2))
    back = open_page(bot.url, first.session, f"{letters(1)}.1")
    assert ids(back.history) == [letters(2), f"{letters(2)}.1"]
    assert [h["whole"] for h in back.heard_of("session_history")] == [False]


def test_a_message_that_is_sent_twice_is_answered_as_before(
    bot: RunningBot, open_page: OpenPage
) -> None:
    page = open_page(bot.url)
    first = page.say("lệ phí đăng ký tạm trú", message_id=letters(1)).messages
    again = page.say("lệ phí đăng ký tạm trú", message_id=letters(1)).messages
    assert ids(again) == ids(first) != []
    assert [m.get("text") for m in again] == [m.get("text") for m in first]
    assert len([m for m in open_page(bot.url, page.session).history if m["from"] == "citizen"]) == 1


def test_other_pages_of_the_session_see_both_sides(bot: RunningBot, open_page: OpenPage) -> None:
    first = open_page(bot.url)
    second, stranger = open_page(bot.url, first.session), open_page(bot.url)
    first.say("số 0912345678", message_id=letters(1))
    # A turn of its own: when it is over, all that came before has arrived.
    second.ask("session_request", {"session_id": second.session})
    stranger.ask("session_request", {"session_id": stranger.session})
    (shown,) = second.heard_of("user_said")
    assert (shown["id"], shown["text"], shown["from"]) == (letters(1), "số ••••••••••", "citizen")
    assert f"{letters(1)}.1" in ids(second.heard)
    assert first.heard_of("user_said") == []
    assert stranger.heard_of("user_said") == []
    assert stranger.heard == []


def test_context_of_the_page_is_marked_as_such(bot: RunningBot, open_page: OpenPage) -> None:
    page = open_page(bot.url)
    payload = '/choose_option{"procedure_code": "1.004194"}'
    reply = page.say(payload, message_id=letters(1), quiet=True)
    assert reply.answers[0]["procedure"]["code"] == "1.004194"
    said = open_page(bot.url, page.session).history
    assert (said[0]["text"], said[0]["quiet"]) == (payload, True)


def test_an_erased_conversation_is_gone_for_all_its_pages(
    bot: RunningBot, open_page: OpenPage
) -> None:
    page = open_page(bot.url)
    page.say("đăng ký tạm trú cần giấy tờ gì", message_id=letters(1))
    assert page.ask("rate", {"session_id": page.session, "message_id": f"{letters(1)}.1",
                             "rating": "good"}) == {"status": "kept"}  # fmt: skip
    second = open_page(bot.url, page.session)
    reply = page.say('/ask_privacy{"aspect": "erase_now"}')
    assert [a.get("erased") for a in reply.answers] == [True]
    assert page.heard_of("session_erased") == [{}]
    # The identifier ends with the conversation, so that nothing is kept under it any more.
    erased = second.session
    refused = second.ask("user_uttered", {"session_id": erased, "message": "xin chào"})
    assert refused["code"] == "session_unknown"
    second.ask("session_request", {"session_id": erased})
    assert second.heard_of("session_erased") == [{}]
    assert second.session != erased
    assert open_page(bot.url, erased).history == []
    assert stored_ratings(bot, "1.004194") == []


def test_a_message_that_waits_while_its_conversation_is_erased_is_dropped(
    bot: RunningBot, open_page: OpenPage
) -> None:
    page = open_page(bot.url)
    second = open_page(bot.url, page.session)
    page.say("xin chào")
    answers: list[Any] = []
    for sender, message in (
        (page, '/ask_privacy{"aspect": "erase_now"}'),
        (second, "tin đến muộn"),
    ):
        data = {"session_id": page.session, "message": message}
        sender._client.emit("user_uttered", data, callback=answers.append)
    deadline = time.monotonic() + 20
    while len(answers) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    codes = sorted(str(answer.get("code")) for answer in answers)
    # Either it came before the erasure and went with it, or it was not taken any more.
    assert codes in (["None", "None"], ["None", "session_unknown"])
    tokens = {page.session, second.session}
    assert [open_page(bot.url, token).history for token in tokens] == [[]] * len(tokens)


def is_closed(line: websocket.WebSocket) -> bool:
    """Whether the server ends a connection: it says so, and answers nothing more."""
    if line.recv() != "1":
        return False
    line.send('421["session_request",{}]')
    line.settimeout(1)
    try:
        return line.recv() == ""
    except (websocket.WebSocketTimeoutException, websocket.WebSocketConnectionClosedException):
        return True


@pytest.mark.parametrize(
    "frame",
    ['45999999999-["user_uttered",{"_placeholder":true,"num":0}]', "42", "49", '44"x"',
     '42["nosuch",1]', '42[["user_uttered"],1]', '42["user_uttered",1,2]', '42{"a":1}', b"x"],
)  # fmt: skip
def test_a_frame_that_breaks_the_protocol_ends_its_connection_and_fills_no_log(
    bot: RunningBot, frame: str | bytes
) -> None:
    before = bot.log.read_text(encoding="utf-8", errors="replace")
    address = f"ws://127.0.0.1:{bot.port}/socket.io/?EIO=4&transport=websocket"
    line = websocket.create_connection(address, timeout=10)
    assert line.recv().startswith("0")
    line.send("40")
    assert line.recv().startswith("40")
    (line.send_binary if isinstance(frame, bytes) else line.send)(frame)
    assert is_closed(line)
    assert bot.log.read_text(encoding="utf-8", errors="replace") == before


def test_digits_that_were_asked_for_are_shown_on_no_other_page(
    bot: RunningBot, open_page: OpenPage
) -> None:
    page = open_page(bot.url)
    second = open_page(bot.url, page.session)
    page.say("tra cứu hồ sơ H48.16-230512-0003")
    page.say("số là 11 2.2")
    second.ask("session_request", {"session_id": second.session})
    shown = [said["text"] for said in second.heard_of("user_said")]
    assert shown == ["tra cứu hồ sơ H48.16-230512-0003", "số là •• •.•"]


def stored_ratings(bot: RunningBot, procedure_code: str) -> list[tuple[str, ...]]:
    engine = sa.create_engine(f"sqlite:///{bot.environment['BOT_VAR_DIR']}/bot.db")
    query = (
        "SELECT rating, reason, comment, question FROM answer_ratings WHERE procedure_code=:code"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query), {"code": procedure_code})]


def test_a_rating_is_kept_with_what_was_asked_and_answered(
    bot: RunningBot, open_page: OpenPage
) -> None:
    page = open_page(bot.url)
    page.say("phí đăng ký thường trú bao nhiêu", message_id=letters(1))
    rating = {"session_id": page.session, "message_id": f"{letters(1)}.1"}
    assert page.ask("rate", {**rating, "rating": "good"}) == {"status": "kept"}
    bad = {**rating, "rating": "bad", "reason": "incomplete", "comment": "gọi tui 0987654321"}
    assert page.ask("rate", bad) == {"status": "kept"}
    (code,) = {m["custom"]["answer"]["procedure"]["code"] for m in page.heard if "custom" in m}
    assert stored_ratings(bot, code) == [
        ("bad", "incomplete", "gọi tui ••••••••••", "phí đăng ký thường trú bao nhiêu")
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"rating": "good", "message_id": "nobody.1"}, "rating_unknown_message"),
        ({"rating": "good"}, "rating_unknown_message"),
        ({"rating": "fine", "message_id": f"{letters(1)}.1"}, "rating_refused"),
        ({"rating": "bad", "reason": "<b>", "message_id": f"{letters(1)}.1"}, "rating_refused"),
        ({"rating": "bad", "message_id": f"{letters(1)}.1", "session_id": "x"}, "session_unknown"),
    ],
)
def test_a_rating_that_cannot_be_kept_is_refused_in_words(
    bot: RunningBot, open_page: OpenPage, data: dict[str, str], code: str
) -> None:
    page = open_page(bot.url)
    page.say("xin chào", message_id=letters(1))
    answer = page.ask("rate", {"session_id": page.session, **data})
    assert (answer["status"], answer["code"]) == ("refused", code)
    assert answer["text"].endswith(".")


def test_nobody_rates_in_another_session(bot: RunningBot, open_page: OpenPage) -> None:
    page, stranger = open_page(bot.url), open_page(bot.url)
    page.say("xin chào", message_id=letters(1))
    rating = {"session_id": stranger.session, "message_id": f"{letters(1)}.1", "rating": "bad"}
    assert stranger.ask("rate", rating)["code"] == "rating_unknown_message"


@pytest.mark.parametrize("forged", ["", "deadbeef.0000", None, 7, {"a": 1}, "đ" * 100])
def test_a_session_that_the_server_did_not_make_is_none(
    bot: RunningBot, open_page: OpenPage, forged: Any
) -> None:
    page = open_page(bot.url)
    answer = page.ask("user_uttered", {"session_id": forged, "message": "xin chào"})
    assert (answer["code"], answer["retry_after"]) == ("session_unknown", 0)
    assert page.heard_of("session_refused") == [None]
    assert page.heard == []
    page.ask("session_request", {"session_id": forged})
    assert session_of(page.session) != session_of(str(forged))


def test_another_servers_signature_opens_nothing(bot: RunningBot, open_page: OpenPage) -> None:
    owner = open_page(bot.url)
    owner.say("xin chào")
    thief = open_page(bot.url, sign(session_of(owner.session), "another secret"))
    assert thief.session != owner.session
    assert thief.history == []


@pytest.mark.parametrize("data", [None, 5, "text", [], {"message": "xin chào"}])
def test_odd_data_is_refused_and_the_page_goes_on(
    bot: RunningBot, open_page: OpenPage, data: Any
) -> None:
    page = open_page(bot.url)
    assert page.ask("user_uttered", data)["status"] == "refused"
    assert page.ask("rate", data)["status"] == "refused"
    assert page.ask("session_request", data) == {"status": "ok"}
    assert "máy trả lời tự động" in page.say("xin chào").text


@pytest.mark.parametrize("message", ["", "   ", None, 7, ["xin chào"]])
def test_an_empty_message_is_refused(bot: RunningBot, open_page: OpenPage, message: Any) -> None:
    page = open_page(bot.url)
    assert page.send(message)["code"] == "message_empty"
    assert page.heard == []


def test_a_long_message_is_refused_in_words_and_a_huge_one_ends_the_connection(
    bot: RunningBot, open_page: OpenPage
) -> None:
    page = open_page(bot.url)
    assert page.send("ế" * 2000)["status"] == "handled"
    answer = page.send("ế" * 2001)
    assert (answer["code"], answer["text"]) == (
        "message_too_long",
        "Tin nhắn quá dài nên em chưa nhận. Anh/chị viết ngắn lại giúp em.",
    )
    assert page.heard_of("message_refused") == [answer]
    with pytest.raises(socketio.exceptions.SocketIOError):
        page._client.call("user_uttered", {"message": "x" * 200_000}, timeout=2)
    assert "máy trả lời tự động" in open_page(bot.url, page.session).say("xin chào").text


@pytest.mark.parametrize("given", [None, 5, "short", "with digits 0912345678", "x" * 41, "ế" * 10])
def test_a_message_name_of_another_form_is_replaced(
    bot: RunningBot, open_page: OpenPage, given: Any
) -> None:
    page = open_page(bot.url)
    (reply,) = page.say("xin chào", message_id=given).messages
    name, _, number = reply["id"].partition(".")
    assert (name.isalpha(), len(name), number) == (True, 20, "1")


def test_a_session_that_writes_too_fast_is_asked_to_wait(
    bot: RunningBot, open_page: OpenPage
) -> None:
    page, other = open_page(bot.url), open_page(bot.url)
    answers = [page.send("/greet") for _ in range(32)]
    refused = [answer for answer in answers if answer["status"] == "refused"]
    assert answers[0] == {"status": "handled"}
    assert 0 < len(refused) <= 2
    assert refused[0]["code"] == "too_many_messages"
    assert 1 <= refused[0]["retry_after"] <= 2
    assert f"khoảng {refused[0]['retry_after']} giây" in refused[0]["text"]
    assert other.send("/greet") == {"status": "handled"}


def test_an_address_that_writes_too_fast_is_asked_to_wait(
    bot: RunningBot, open_page: OpenPage
) -> None:
    # A proxy on this machine names its client; pages are opened anew so that no session is full.
    crowd, neighbour = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
    pages = [open_page(bot.url, **crowd) for _ in range(4)]
    answers = [page.send("/greet") for _ in range(16) for page in pages]
    assert answers[0] == {"status": "handled"}
    assert answers[-1]["code"] == "too_many_messages"
    assert open_page(bot.url, **crowd).confirmation["code"] == "too_many_messages"
    assert open_page(bot.url, **neighbour).send("/greet")["status"] == "handled"
    # A header that only looks like the proxy's tells nothing.
    disguised = open_page(bot.url, **{"X_Forwarded_For": "198.51.100.9", **crowd})
    assert disguised.confirmation["code"] == "too_many_messages"


@pytest.mark.parametrize("origin", [PORTAL, "own"])
def test_pages_of_the_portal_and_of_the_bot_may_connect(
    bot: RunningBot, open_page: OpenPage, origin: str
) -> None:
    page = open_page(bot.url, Origin=bot.url if origin == "own" else origin)
    assert page.send("/greet") == {"status": "handled"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{PORTAL}.evil.example"])
def test_pages_of_others_may_not(bot: RunningBot, open_page: OpenPage, origin: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        open_page(bot.url, Origin=origin)
    request = urllib.request.Request(
        f"{bot.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": origin}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 400
    assert refused.value.headers.get("Access-Control-Allow-Origin") is None
