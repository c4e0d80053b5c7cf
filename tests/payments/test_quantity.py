"""How many of what a citizen wants: only what is certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.payments import quantity, units
from bot.payments.quantity import Quantity

# Written by others than the reader's author; the names of units are theirs.
MESSAGES = Path(__file__).with_name("quantity_messages.tsv")
THEIR_NAMES = {
    "set": "copy",
    "vehicle": "item",
    "card": "certificate",
    "permit": "certificate",
}
# Left out on purpose: who says these has not said how many are to be paid for.
UNCERTAIN = {
    "năm người, mỗi người 2 bản",
    "kiểm định 2 lần thì trả bao nhiêu",
    "thẩm định ba lần có tính tiền ba lần không",
}


def read(message: str) -> list[str]:
    return quantity.read(message).as_list()


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        ("5 bản, mỗi bản 3 trang", ["copy:5", "page:3"]),
        ("chung thuc 5 ban moi ban 3 trang", ["copy:5", "page:3"]),
        ("mỗi bản 3 trang, làm 5 bản", ["copy:5", "page:3"]),
        ("năm bản mỗi bản ba trang", ["copy:5", "page:3"]),
        ("nam ban moi ban ba trang", ["copy:5", "page:3"]),
        ("5 b, 3 tr/bản", ["copy:5", "page:3"]),
        ("5bản 3trang", ["copy:5", "page:3"]),
        ("5 bản x 3 trang", ["copy:5", "page:3"]),
        ("5 bản, 1 bản 3 trang", ["copy:5", "page:3"]),
        ("sao y 6 bản khai sinh", ["copy:6"]),
        ("photo công chứng 10 bộ", ["set:10"]),
        ("3 hợp đồng", ["contract:3"]),
        ("hai tờ khai", ["form:2"]),
        ("cho 4 người", ["person:4"]),
        ("cho 4 ng", ["person:4"]),
        ("rứa 3 bản mấy đồng", ["copy:3"]),
        ("1.000 bản", ["copy:1000"]),
        ("hai mươi lăm bản", ["copy:25"]),
        ("hai lăm bản", ["copy:25"]),
        ("muoi lam ban", ["copy:15"]),
        ("một trăm linh năm bản", ["copy:105"]),
        ("hai chục bản", ["copy:20"]),
        ("nếu 10 trang thì sao", ["page:10"]),
    ],
)
def test_counts_are_read_in_any_spelling(message: str, counts: list[str]) -> None:
    assert read(message) == counts


@pytest.mark.parametrize(
    "message",
    [
        "thủ tục 2.000815", "1.000815 bản", "H48.16-230512-0003 bản", "0905123456",
        "năm 2025", "ngày 12/5 bản", "con 5 tuổi", "50 nghìn", "50 nghìn/bản", "20k 1 bản",
        "100 m2 đất", "mức 2", "lần 2", "cấp 3", "bản 2", "trang 5", "3 bản đồ", "2 bản chính",
        "hai vợ chồng", "thứ 2 bản", "quyết định số 3 bản", "0 bản", "1tr2 bản", "3 trang trại",
    ],
)  # fmt: skip
def test_other_numbers_are_no_counts(message: str) -> None:
    assert read(message) == []


@pytest.mark.parametrize(
    ("message", "kept", "unclear"),
    [
        ("3-5 bản", [], {"copy"}),
        ("3 đến 5 bản", [], {"copy"}),
        ("hai ba bản", [], {"copy"}),
        ("mười mấy bản", [], {"copy"}),
        ("hơn 10 trang", [], {"page"}),
        ("2 giấy mỗi giấy 3 bản", ["item:2"], {"copy"}),
        ("2 bản sao căn cước và 3 bản sao khai sinh", [], {"copy"}),
        ("5 bản tổng cộng 15 trang", ["copy:5"], {"page"}),
        ("sao y 2 tờ, mỗi tờ 4 mặt", [], {"page"}),
    ],
)
def test_what_is_not_certain_is_left_out(message: str, kept: list[str], unclear: set[str]) -> None:
    found = quantity.read(message)
    assert (found.as_list(), found.unclear) == (kept, unclear)


def test_more_than_an_office_takes_in_is_not_counted() -> None:
    largest = units.largest()
    assert read(f"{largest} trang") == [f"page:{largest}"]
    found = quantity.read(f"{largest + 1} trang, 2 bản")
    assert (found.as_list(), found.too_many) == (["copy:2"], {"page"})


def test_messages_of_others_are_read_as_they_were_meant() -> None:
    rows = [line.split("\t") for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 100
    wrong = {}
    for message, meant in rows:
        wanted = sorted(meant.replace("=", ":").split()) if meant != "-" else []
        found = [count.split(":") for count in read(message)]
        named = sorted(f"{THEIR_NAMES.get(key, key)}:{count}" for key, count in found)
        if named != wanted:
            wrong[message] = named
    assert wrong.keys() == UNCERTAIN
    assert all(counts in ([], ["person:5"]) for counts in wrong.values())


def test_a_newer_count_takes_the_place_of_an_older_one() -> None:
    before = quantity.read("5 bản, mỗi bản 3 trang")
    assert before.merged(quantity.read("nếu 10 trang thì sao")).as_list() == ["copy:5", "page:10"]
    # An unclear one leaves nothing behind to reckon with.
    assert before.merged(quantity.read("hơn 10 trang")).as_list() == ["copy:5"]
    assert before.merged(quantity.NONE) == before


KEYS = st.dictionaries(st.sampled_from(sorted(units.units())), st.integers(1, units.largest()))


@given(KEYS)
def test_a_slot_keeps_all(counts: dict[str, int]) -> None:
    kept = Quantity(tuple(sorted(counts.items())))
    assert Quantity.from_list(kept.as_list()) == kept


@pytest.mark.parametrize(
    "values", [None, [], ["copy"], ["copy:0"], ["copy:-1"], ["no:5"], [5], ["copy:100001"]]
)
def test_a_slot_of_yesterday_brings_no_nonsense(values: list[object] | None) -> None:
    assert Quantity.from_list(values) == quantity.NONE


@given(st.text(max_size=80))
def test_any_text_can_be_read(message: str) -> None:
    found = quantity.read(message)
    assert all(0 < count <= units.largest() for _, count in found.counts)
    assert quantity.readings(message)[0] == message


@given(st.integers(1, 99_999), st.integers(1, 999))
def test_figures_are_read_as_written(copies: int, pages: int) -> None:
    assert read(f"chứng thực {copies} bản, mỗi bản {pages} trang") == [
        f"copy:{copies}",
        f"page:{pages}",
    ]


@pytest.mark.parametrize(
    ("message", "readings"),
    [
        ("khai sinh", ["khai sinh"]),
        (
            "chứng thực 5 bản, mỗi bản 3 trang",
            ["chứng thực 5 bản, mỗi bản 3 trang", "chứng thực", "chứng thực bản sao"],
        ),
        ("chứng thực 3 hợp đồng", ["chứng thực 3 hợp đồng", "chứng thực hợp đồng"]),
    ],
)
def test_a_need_is_also_looked_for_without_its_counts(message: str, readings: list[str]) -> None:
    assert quantity.readings(message) == readings
