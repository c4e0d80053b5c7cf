"""Sums in words, read back to numbers by a reader of its own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.payments import money

# The reader's own table: nothing of it comes from the code under test.
DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
    "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


def read(words: str) -> int:
    """The number that words mean, by summing from the left."""
    tokens = words.split()
    assert tokens.pop() == "đồng"
    billions = total = group = digit = 0
    for token in tokens:
        if token in DIGITS:
            digit = DIGITS[token]
        elif token == "mười":
            group, digit = group + 10, 0
        elif token == "mươi":
            group, digit = group + digit * 10, 0
        elif token == "trăm":
            group, digit = group + digit * 100, 0
        elif token in ("nghìn", "triệu"):
            scale = {"nghìn": 1_000, "triệu": 1_000_000}[token]
            total, group, digit = total + (group + digit) * scale, 0, 0
        elif token == "tỷ":
            billions = (billions + total + group + digit) * 1_000_000_000
            total = group = digit = 0
        else:
            assert token == "linh"
    return billions + total + group + digit


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "không đồng"),
        (5, "năm đồng"),
        (10, "mười đồng"),
        (15, "mười lăm đồng"),
        (21, "hai mươi mốt đồng"),
        (104, "một trăm linh bốn đồng"),
        (2_000, "hai nghìn đồng"),
        (25_000, "hai mươi lăm nghìn đồng"),
        (24_000, "hai mươi tư nghìn đồng"),
        (162_500, "một trăm sáu mươi hai nghìn năm trăm đồng"),
        (1_000_005, "một triệu không trăm linh năm đồng"),
        (1_250_000, "một triệu hai trăm năm mươi nghìn đồng"),
        (10_750_015, "mười triệu bảy trăm năm mươi nghìn không trăm mười lăm đồng"),
        (999_000_000_000, "chín trăm chín mươi chín tỷ đồng"),
        (1_000_000_000_000, "một nghìn tỷ đồng"),
        (1_005_000_000_000, "một nghìn không trăm linh năm tỷ đồng"),
    ],
)
def test_sums_are_said_as_people_say_them(amount: int, words: str) -> None:
    assert money.in_words(amount) == words


@given(st.integers(0, 10**17))
def test_words_mean_the_sum(amount: int) -> None:
    assert read(money.in_words(amount)) == amount


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_two_sums_are_never_said_alike(one: int, other: int) -> None:
    assert (money.in_words(one) == money.in_words(other)) == (one == other)


@given(st.integers(0, 999_999_999))
def test_the_rules_of_reading_hold(amount: int) -> None:
    words = money.in_words(amount).split()
    for before, word in pairwise(words):
        assert (word == "mốt") <= (before == "mươi")
        assert (word == "tư") <= (before == "mươi")
        assert (word == "lăm") <= (before in ("mười", "mươi"))
        assert (before == "mười") <= (word not in ("năm", "mốt", "tư"))
        assert (before == "linh") <= (word in DIGITS)


@pytest.mark.parametrize("wrong", [-1, True, 1.0, "5"])
def test_only_whole_sums_are_said(wrong: object) -> None:
    with pytest.raises(ValueError, match="not a sum in whole dong"):
        money.in_words(wrong)  # type: ignore[arg-type]
