"""The IVR adapter before a hotline that is a real server on loopback."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from examples import ivr
from tests.examples.adapters import serving
from tests.examples.servers import LOST, SECRET, SILENT, Hotline, running

CALL = "sip:0912345678@tong-dai"
SORRY = "Anh chị thử lại sau ít phút, hoặc gọi một không hai hai."


@pytest.fixture
def hotline() -> Iterator[Hotline]:
    with running(Hotline()) as server:
        assert isinstance(server, Hotline)
        yield server


@pytest.fixture
def address(hotline: Hotline) -> Iterator[str]:
    settings = ivr.Settings(hotline.url, SECRET, timeout=0.3)
    with serving(ivr.application(settings)) as url:
        yield url


def post(url: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(url + "/call", body, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def turn(url: str, **message: Any) -> dict[str, str]:
    status, answer = post(url, json.dumps({"call": CALL, **message}).encode())
    assert status == 200
    assert set(answer) == {"say", "expect"}
    return dict(answer)


def test_an_answer_is_spoken(address: str, hotline: Hotline) -> None:
    hotline.pages = lambda text: ["Phí 8.000 đồng/bản.", "Cần gấp, anh/chị gọi 1022."]
    assert turn(address, speech="lệ phí bao nhiêu") == {
        "say": "Phí tám nghìn đồng mỗi bản.\nCần gấp, anh chị gọi một không hai hai.",
        "expect": "speech",
    }
    (asked,) = hotline.messages
    assert (asked["text"], asked["form"]) == ("lệ phí bao nhiêu", "accented")
    assert hotline.bad_signatures == 0


def test_a_menu_waits_for_a_key(address: str, hotline: Hotline) -> None:
    hotline.pages = lambda text: ["Chọn việc:\n1 Lệ phí\n2 Nơi nộp", "0 gặp người, * quay lại"]
    assert turn(address, digits="1") == {
        "say": "Chọn việc:\nbấm 1: Lệ phí.\nbấm 2: Nơi nộp.\n"
        "bấm 0: gặp người, bấm phím sao: quay lại",
        "expect": "digits",
    }


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({}, "#"),
        ({"speech": ""}, "#"),
        ({"digits": None, "speech": " hộ tịch "}, "hộ tịch"),
        ({"digits": "*"}, "*"),
        ({"digits": "1222"}, "1222"),
    ],
    ids=["start", "silence", "speech", "star", "digits"],
)
def test_keys_words_and_the_start_of_a_call_are_handed_on(
    address: str, hotline: Hotline, message: dict[str, Any], text: str
) -> None:
    turn(address, **message)
    assert hotline.messages[0]["text"] == text


def test_a_call_is_one_talk_and_its_name_stays_here(address: str, hotline: Hotline) -> None:
    turn(address, digits="1")
    turn(address, digits="1")
    turn(address, digits="1", call="another")
    first, second, other = hotline.messages
    assert first["from"] == second["from"] != other["from"]
    assert first["message_id"] != second["message_id"]
    assert "0912345678" not in json.dumps(hotline.messages)
    assert len(first["from"]) <= 64


def test_a_turn_that_is_named_counts_once(address: str, hotline: Hotline) -> None:
    for name in ("t1", "t1", "t2"):
        turn(address, digits="1", id=name)
    turn(address, digits="1", id="t1", call="another")
    ids = [asked["message_id"] for asked in hotline.messages]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert max(map(len, ids)) <= 128


def test_a_lost_answer_is_asked_for_again(address: str, hotline: Hotline) -> None:
    hotline.faults = [LOST]
    assert turn(address, speech="a")["say"] == "Em nghe: a"
    first, second = hotline.messages
    assert first["message_id"] == second["message_id"]


@pytest.mark.parametrize(
    "fault", [SILENT, LOST, (401, {}, {}), (500, {}, {})], ids=["silent", "lost", "401", "500"]
)
def test_a_hotline_without_an_answer_is_apologised_for(
    address: str, hotline: Hotline, fault: Any
) -> None:
    hotline.faults = [fault] * 2
    answer = turn(address, speech="a")
    assert answer["say"].endswith(SORRY)
    assert answer["expect"] == "speech"


def test_what_a_caller_can_do_about_a_refusal_is_said(address: str, hotline: Hotline) -> None:
    error = {"error": {"code": "too_many_requests", "message": "Anh/chị chờ 5-7 giây."}}
    hotline.faults = [(429, error, {})]
    assert turn(address, digits="1")["say"] == "Anh chị chờ 5 đến 7 giây."


@pytest.mark.parametrize(
    "message",
    [b"", b"[]", b"{}", b'{"call": 5}', b'{"call": ""}', b'{"call": "c", "digits": 5}'],
    ids=str,
)
def test_another_form_is_refused(address: str, hotline: Hotline, message: bytes) -> None:
    assert post(address, message)[0] == 400
    assert not hotline.seen


def test_a_token_is_asked_for(hotline: Hotline) -> None:
    with serving(ivr.application(ivr.Settings(hotline.url, SECRET, "token"))) as address:
        body = b'{"call": "c"}'
        assert post(address, body)[0] == 401
        assert post(address, body, {"Authorization": "Bearer wrong"})[0] == 401
        assert post(address, body, {"Authorization": "Bearer token"})[0] == 200


def test_neither_numbers_nor_words_are_logged(
    address: str, hotline: Hotline, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hotline.faults = [(400, {}, {})]
    turn(address, speech="chuyện riêng")
    turn(address, speech="chuyện riêng")
    assert "no answer" in caplog.text
    assert "0912345678" not in caplog.text
    assert "riêng" not in caplog.text
