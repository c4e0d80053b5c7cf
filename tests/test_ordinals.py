"""Ordinals: which of the options shown a citizen picks."""

from __future__ import annotations

import unicodedata

import pytest

from bot.ordinals import LAST, find_ordinal


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("cái thứ hai", 2),
        ("cai thu hai", 2),
        ("cái thứ nhất", 1),
        ("cái nhì", 2),
        ("thứ tư", 4),
        ("phương án bốn", 4),
        ("mục đầu", 1),
        ("đầu tiên", 1),
        ("cái trên cùng", 1),
        ("dòng cuối", LAST),
        ("cái cuối cùng nhé", LAST),
        ("cái chót", LAST),
        ("số 1", 1),
        ("chọn số 2", 2),
        ("Lấy cái thứ 3 đi bạn", 3),
        ("thủ tục thứ 5", 5),
        ("số 12", 12),
        ("2", 2),
        ("3 ạ", 3),
        ("hai nhé", 2),
        ("thứ ba nha", 3),
        ("năm", 5),
        (unicodedata.normalize("NFD", "cái thứ hai"), 2),
    ],
)
def test_an_option_is_picked_by_its_place(message: str, expected: int) -> None:
    assert find_ordinal(message) == expected


@pytest.mark.parametrize(
    "message",
    [
        "",
        "tôi muốn làm khai sinh",
        "cấp đổi",
        "cái khai sinh",
        "năm sinh của con tôi",
        "hai vợ chồng tôi",
        "0905123456",
        "mã 1.001193",
        "số 1234",
        "nộp hồ sơ ở đâu",
        "o dau vay",
    ],
)
def test_a_message_without_an_ordinal_picks_nothing(message: str) -> None:
    assert find_ordinal(message) is None
