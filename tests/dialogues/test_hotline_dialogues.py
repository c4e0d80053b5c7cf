"""Whole conversations over the hotline: pages of a telephone, and keys.

Each YAML file below `hotline` is named as a sentence group; see `expect` for its keys. Pieces are
written with accents; a caller without them must find them all the same.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.hotline_caller import (
    ACCENTED,
    CODE,
    DATE,
    PROCEDURE,
    UNACCENTED,
    Caller,
    Pages,
    faults,
    plain,
    shown,
    spelt,
    torn,
)
from tests.running_bot import RunningBot

FOLDER = Path(__file__).parent / "hotline"
DIALOGUE_KEYS = {"name", "form", "turns"}
TURN_KEYS = {"say", "press", "page", "not_page", "menu", "more", "whole"}
# A choice whose end does not matter.
ANY_END = "…"


def conversations() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(dialogue, id=f"{path.stem}: {dialogue['name']}")


def expect(turn: dict[str, Any], caller: Caller) -> None:
    """Send a turn's message or key, and hold the pages against its expectations.

    `page` and `more` are of the reply; with `whole`, the key for the next pages is pressed to the
    end, and `not_page` and `menu` are of all that was read then.
    """
    assert set(turn) <= TURN_KEYS, f"unknown keys in {turn}"
    assert ("say" in turn) != ("press" in turn), f"one of say and press: {turn}"
    assert len(turn) > 1, f"{turn} expects nothing"
    reply = caller.say(turn["say"]) if "say" in turn else caller.press(turn["press"])
    assert_holds(reply, turn.get("page", []))
    if "more" in turn:
        assert reply.has_more == turn["more"], shown(reply.pages)
    read = caller.all() if "whole" in turn else reply
    assert_holds(read, turn.get("whole", []))
    for line in turn.get("menu", []):
        menu = caller.shown.menu
        assert any(is_choice(line, found) for found in menu), (
            f"{line!r} not in the menu {menu}:\n{shown(read.pages)}"
        )
    for piece in turn.get("not_page", []):
        assert not read.holds(piece), f"{piece!r} stands in:\n{shown(read.pages)}"


def assert_holds(read: Pages, pieces: list[str]) -> None:
    missing = [piece for piece in pieces if not read.holds(piece)]
    assert not missing, f"{missing} missing in:\n{shown(read.pages)}"


def is_choice(expected: str, found: str) -> bool:
    if expected.endswith(ANY_END):
        return plain(found).startswith(plain(expected[:-1]))
    return plain(found) == plain(expected)


@pytest.mark.parametrize("dialogue", conversations())
def test_conversation(bot: RunningBot, dialogue: dict[str, Any]) -> None:
    assert set(dialogue) <= DIALOGUE_KEYS, f"unknown keys in {dialogue['name']}"
    caller = Caller(bot, dialogue.get("form", UNACCENTED))
    for turn in dialogue["turns"]:
        expect(turn, caller)


# The same facts as elsewhere

QUESTIONS = [
    "làm giấy khai sinh cho con cần giấy tờ gì",
    "đăng ký tạm trú cần giấy tờ gì",
    "dang ky ket hon can giay to gi",
    "phí đăng ký tạm trú bao nhiêu",
    "mất căn cước làm lại hết bao nhiêu tiền",
    "sao y 5 bản, mỗi bản 3 trang hết bao nhiêu",
    "đăng ký thường trú nộp trực tiếp thì phí bao nhiêu",
    "lam ly lich tu phap bao lau xong",
    "dang ky tam tru may ngay xong",
    "đăng ký tạm trú nộp qua mạng được không",
    "làm giấy khai sinh nộp ở đâu",
    "các bước làm giấy khai sinh",
    "đăng ký kết hôn theo luật nào",
    "chứng thực 3 hợp đồng mua bán nhà đất hết bao nhiêu",
    "phường Đức Phổ thứ bảy có làm việc không",
    "địa chỉ trung tâm phục vụ hành chính công tỉnh",
    "tra cứu hồ sơ H48.21-260601-0011 và H48.21-260810-0012, 4 số cuối 1122",
    "tra ho so 000.00.16.H48-260512-0004, so cuoi 0001",
    "H48.22-261106-0022 số cuối 4826",
    "co nhung cach nao de nop phi",
]
_FACTS = (
    ("codes", re.compile(f"{CODE}|{PROCEDURE}")),
    ("dates", re.compile(DATE)),
    ("sums", re.compile(r"(?<![\d.])\d+(?:\.\d{3})*(?= (?:dong|nghin|trieu))")),
    ("times", re.compile(r"(?<![\d.])\d+ (?:ngay|gio|thang)\b|\d\d:\d\d")),
    ("laws", re.compile(r"\d+/\d{4}/[A-Z]+[\w-]*")),
    ("lines to call", re.compile(r"\b(?:1022|1800 ?1096|0\d{9})\b")),
)


def facts(text: str) -> dict[str, set[str]]:
    """Kinds of facts that a text names, and which."""
    return {kind: set(pattern.findall(plain(text))) for kind, pattern in _FACTS}


@pytest.mark.parametrize("form", [UNACCENTED, ACCENTED])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_caller_is_told_the_facts_that_everybody_is_told(
    bot: RunningBot, question: str, form: str
) -> None:
    elsewhere = facts(bot.say(uuid.uuid4().hex, question).text)
    caller = Caller(bot, form)
    caller.say(question)
    read = caller.all()
    assert facts(read.text) == elsewhere, shown(read.pages)
    assert any(elsewhere.values())


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("chay nha roi tui oi", "114"),
        ("má tui té bất tỉnh rồi mần răng chừ", "115"),
        ("co ke cam dao dap cua nha tui", "113"),
        ("nha ben canh ho danh con nit du lam", "111"),
        ("tui khong muon song nua", "115"),
        ("thang nho lot xuong ao roi ba con oi", "114"),
    ],
)
@pytest.mark.parametrize("form", [UNACCENTED, ACCENTED])
def test_in_danger_the_number_to_call_comes_before_all_else(
    bot: RunningBot, message: str, number: str, form: str
) -> None:
    first = Caller(bot, form).say(message).pages[0]
    assert plain(first).startswith(f"Goi ngay {number}"), first


# Odd input


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("a" * 2000, id="one word of 2,000 letters"),
        pytest.param("đăng ký tạm trú " * 125, id="2,000 letters of words"),
        pytest.param("😀" * 1000, id="a thousand pictures"),
        pytest.param("\x07\x1b[31m\x00 xin chào \x7f", id="control characters"),
        pytest.param("\u200b\u200d\ufeff", id="nothing to be seen"),
        pytest.param("9" * 400, id="400 digits"),
        pytest.param("\u202ednk ar k\u00fd", id="from right to left"),
        pytest.param(".", id="a dot"),
        pytest.param("\n\n*\n#\n", id="keys on lines of their own"),
    ],
)
@pytest.mark.parametrize("form", [UNACCENTED, ACCENTED])
def test_odd_input_gets_an_answer_and_the_talk_goes_on(
    bot: RunningBot, message: str, form: str
) -> None:
    caller = Caller(bot, form)
    caller.say(message)
    assert not caller.all().holds("Traceback")
    caller.say("phí đăng ký tạm trú bao nhiêu")
    assert caller.all().holds("7.000 đồng")


@pytest.mark.parametrize("message", ["", "  \n ", "a" * 2001])
def test_what_cannot_be_a_message_is_refused_and_the_talk_goes_on(
    bot: RunningBot, message: str
) -> None:
    caller = Caller(bot)
    status, answer = caller.send(message)
    assert status == 400
    assert set(answer["error"]) == {"code", "message"}
    assert caller.say("phí đăng ký tạm trú bao nhiêu").holds("tạm trú")


# What the runner itself must notice


@pytest.mark.parametrize(
    "pages",
    [
        ["Ho so H48.16-260512-", "0003 dang xu ly."],
        ["Ho so 000.00.16.H48-", "260512-0004 thieu anh."],
        ["Thu tuc 1.00", "1193."],
        ["Kiem tra ngay 20/07/", "2026."],
        ["Phi: 25.", "000 dong."],
        ["Phi: 25.000", "dong mot ban."],
        ["Phi: 25 trieu", "dong."],
        ["Xong sau 7", "ngay lam viec."],
        ["Goi 1800", "1096."],
        ["Goi 0912 345", "678."],
        ["Goi 09123", "45678."],
        ["Mo cua 07:", "00."],
        ["Phieu PA 012", "345."],
        ["Den ngay 30", "thang 4 nam 2026."],
    ],
)
def test_what_is_torn_is_noticed(pages: list[str]) -> None:
    assert torn(pages)
    assert list(faults(Pages([f"{pages[0]}", f"{pages[1]}\n1 Giay to can co"])))


def test_what_is_torn_between_two_answers_is_noticed() -> None:
    first, second = Pages(["Phi: 25.000\n1 xem tiep"]), Pages(["dong mot ban."])
    assert not list(faults(first))
    assert not list(faults(second))
    assert torn(first.contents + second.contents)


@pytest.mark.parametrize(
    "pages",
    [
        ["Phi 7.000 dong.\nXong sau 3 ngay.", "Goi 1022 truoc 20/07/2026."],
        ["Kiem tra ngay 20/07/2026.", "1 Giay to can co"],
        ["Can goi: 1022", "Ngay hen tra: 10/11/2026."],
        ["Cac buoc lam thu tuc\n1.", "Nop ho so."],
        ["Nguon, 20/07/2026", "Dong phi tai quay."],
    ],
)
def test_what_is_whole_is_not_torn(pages: list[str]) -> None:
    assert torn(pages) == []


@pytest.mark.parametrize(
    ("page", "form", "fault"),
    [
        ("a" * 161, UNACCENTED, "161 letters"),
        ("ă" * 71, ACCENTED, "71 letters"),
        ("😀" * 36, ACCENTED, "72 letters"),
        ("Dang ký", UNACCENTED, "alphabet"),
        ("a [b]", UNACCENTED, "alphabet"),
        ("5 €", UNACCENTED, "alphabet"),
        ("Đăng ky\u0301", ACCENTED, "composed"),
        ("a\tb", ACCENTED, "control"),
        (" \n", UNACCENTED, "empty"),
    ],
)
def test_a_page_that_no_telephone_shows_is_noticed(page: str, form: str, fault: str) -> None:
    assert fault in " ".join(faults(Pages([page], form)))


def test_pages_of_the_full_length_are_right() -> None:
    assert list(faults(Pages(["a" * 160, "$" * 160]))) == []
    assert list(faults(Pages(["ă" * 70, "Ở"], ACCENTED))) == []


def test_too_many_pages_and_none_are_noticed() -> None:
    assert list(faults(Pages([]))) == ["no page"]
    assert list(faults(Pages(["a", "b", "c"]))) == ["3 pages at a time"]


def test_menu_and_more_are_read_from_the_last_lines() -> None:
    keys = "0 gap nguoi, * quay lai, # ve dau."
    reply = Pages(["Can:\n1 ban chinh", f"1 Phi, le phi\n2 Nop o dau\n{keys}"])
    assert reply.menu == ["1 Phi, le phi", "2 Nop o dau"]
    assert not reply.has_more
    more = Pages(["Can giay to sau", "To khai\n1 xem tiep"])
    assert more.has_more
    assert more.menu == []
    assert more.contents == ["Can giay to sau", "To khai"]
    assert Pages(["Het.", "1 xem tiep"]).contents == ["Het."]
    assert Pages(["Con.\n2 Hai"]).menu == []


def test_pieces_are_found_across_pages_and_without_accents() -> None:
    assert Pages(["Giay to can", "co: to khai\n1 xem tiep"]).holds("giấy tờ cần có: TỜ KHAI")
    assert Pages(["Lệ phí"], ACCENTED).holds("lệ phí")
    assert not Pages(["Lệ phí"], ACCENTED).holds("le phi")
    assert spelt("Đường  ở", UNACCENTED) == "Duong o"


def test_every_dialogue_has_a_name_of_its_own() -> None:
    names = [parameters.id for parameters in conversations()]
    assert len(names) == len(set(names))
    assert len(names) >= 60
