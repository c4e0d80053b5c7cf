"""Texts and buttons within Zalo's limits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.zalo_output import messages, parts


def words(text: str) -> list[str]:
    return text.split()


def buttons_of(message: dict[str, Any]) -> list[dict[str, str]]:
    attachment = message["attachment"]
    assert attachment["type"] == "template"
    return list(attachment["payload"]["buttons"])


def test_a_short_text_is_one_message_with_its_link() -> None:
    text = "Nộp tại https://dichvucong.gov.vn/p/1.001193?a=b\nPhí: 25.000 đồng."
    assert messages(text) == [{"text": text}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("a" * 20, ["a" * 20]),
        ("mot hai ba bon nam sau", ["mot hai ba bon nam", "sau"]),
        ("mot hai ba bon.\nnam sau bay", ["mot hai ba bon.", "nam sau bay"]),
        ("mot hai ba bon. nam sau bay", ["mot hai ba bon.", "nam sau bay"]),
        ("mot\nhai ba bon nam sau bay", ["mot", "hai ba bon nam sau", "bay"]),
        ("mot hai, 25.000 dong bon nam", ["mot hai, 25.000 dong", "bon nam"]),
        ("a" * 45, ["a" * 20, "a" * 20, "a" * 5]),
        ("ab " + "c" * 20, ["ab", "c" * 20]),
    ],
)
def test_texts_are_cut_where_it_hurts_least(text: str, expected: list[str]) -> None:
    assert parts(text, 20) == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("aă.!?\n đ", min_size=0, max_size=12), max_size=30).map(" ".join))
def test_parts_hold_all_words_in_order_and_none_is_cut(text: str) -> None:
    found = parts(text, 20)
    assert all(0 < len(part) <= 20 for part in found)
    if all(len(word) <= 20 for word in words(text)):
        assert [word for part in found for word in words(part)] == words(text)
    else:
        assert "".join("".join(words(part)) for part in found) == "".join(words(text))


def test_a_long_text_keeps_within_the_real_limit_and_has_its_buttons_last() -> None:
    text = "\n".join(f"Giấy tờ thứ {number}: một bản chính, hai bản sao." for number in range(120))
    found = messages(text, [{"title": "Phí", "payload": "/ask_fee"}])
    assert len(found) == 3
    assert all(len(message["text"]) <= 2000 for message in found)
    assert "\n".join(message["text"] for message in found) == text
    assert ["attachment" in message for message in found] == [False, False, True]


def test_buttons_are_a_template_of_hidden_queries() -> None:
    found = messages("Chọn", [{"title": "Phí", "payload": '/ask_fee{"a": "b"}', "more": 1}])
    button = {"title": "Phí", "type": "oa.query.hide", "payload": '/ask_fee{"a": "b"}'}
    template = {"type": "template", "payload": {"buttons": [button]}}
    assert found == [{"text": "Chọn", "attachment": template}]


@pytest.mark.parametrize(
    ("number", "groups"), [(5, [5]), (6, [5, 1]), (10, [5, 5]), (11, [5, 5, 1])]
)
def test_at_most_five_buttons_stand_in_a_message(number: int, groups: list[int]) -> None:
    buttons = [{"title": f"Mục {n}", "payload": f"/p{n}"} for n in range(number)]
    found = messages("Chọn", buttons)
    assert [len(buttons_of(message)) for message in found] == groups
    shown = [button["payload"] for message in found for button in buttons_of(message)]
    assert shown == [button["payload"] for button in buttons]
    assert found[0]["text"] == "Chọn"
    assert all(re.search(r"\w", message["text"]) for message in found)


def test_buttons_without_a_text_get_one() -> None:
    [message] = messages("", [{"title": "Phí", "payload": "/ask_fee"}])
    assert message["text"].strip()


def test_long_titles_are_cut_and_long_payloads_become_the_title() -> None:
    title = "Cấp lại giấy chứng nhận " * 8
    long, single = messages(
        "Chọn",
        [
            {"title": title, "payload": "/a" + "b" * 1000},
            {"title": "c" * 101, "payload": "/" + "d" * 999},
        ],
    )[0]["attachment"]["payload"]["buttons"]
    assert len(long["title"]) <= 100
    assert long["title"].endswith("…")
    assert title.startswith(long["title"][:-1])
    assert long["payload"] == long["title"]
    assert single == {"title": "c" * 100, "type": "oa.query.hide", "payload": "/" + "d" * 999}
