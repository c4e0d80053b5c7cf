"""Word segmentation: offsets hold on messy input, nothing is lost or doubled."""

from __future__ import annotations

import unicodedata

import pytest

from bot.nlu.segmentation import Segment, compose, segment

SENTENCE = "làm thủ tục khai sinh ở đâu"
CODES = "mã H48.16-230512-0003, thủ tục 1.001193"

MESSY = {
    "composed": SENTENCE,
    "decomposed": unicodedata.normalize("NFD", SENTENCE),
    "half decomposed": "làm " + unicodedata.normalize("NFD", "thủ tục") + " khai sinh",
    "unaccented": "lam thu tuc khai sinh o dau",
    "capitals": SENTENCE.upper(),
    "emoji": "😀 thủ tục 👨‍👩‍👧 khai sinh ☎️ 🇻🇳",
    "double spaces": "  thủ  tục   khai sinh  ",
    "tabs and newlines": "\tthủ\ttục\r\nkhai\nsinh\n",
    "odd spaces": "thủ\u00a0tục\u2003khai\u3000sinh",
    "codes": CODES,
    "decomposed codes": unicodedata.normalize("NFD", CODES),
    "glued code": "thủ tục1.001193?",
    "address": "xem https://dichvucong.gov.vn/p?ma=1&x=2 hoặc hoi@vidu.gov.vn nhé",
    "invisible": "\u200bthủ\u200b tục\u200b\ufeff",
    "punctuation": "giấy…”“—(CCCD)/hộ chiếu??!",
    "underscores": "thủ_tục __ khai_sinh",
    "mark that composes with nothing": "đơn x\u0323 in",
    "mark without a letter": "\u0301abc",
    "other scripts": "한국어 क्षि thủ tục",
    "control character": "thủ\x00tục",
    "empty": "",
    "only spaces": " \t\n\u00a0 ",
}
messy = pytest.mark.parametrize("text", MESSY.values(), ids=MESSY.keys())


@messy
def test_offsets_slice_back_to_the_original(text: str) -> None:
    found = segment(text)
    assert [text[s.start : s.end] for s in found] == [s.text for s in found]


@messy
def test_every_visible_character_belongs_to_exactly_one_segment(text: str) -> None:
    owners = [0] * len(text)
    for found in segment(text):
        for position in range(found.start, found.end):
            owners[position] += 1
    visible = {p: n for p, n in enumerate(owners) if not text[p].isspace()}
    assert visible == dict.fromkeys(visible, 1)


@messy
def test_segments_are_in_order_and_none_is_empty(text: str) -> None:
    found = segment(text)
    edges = [edge for s in found for edge in (s.start, s.end)]
    assert edges == sorted(edges)
    assert [s for s in found if not s.text.strip()] == []


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_no_words_are_in_white_space(text: str) -> None:
    assert segment(text) == []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_of_several_syllables_are_one_segment(form: str) -> None:
    words = [unicodedata.normalize("NFC", s.text) for s in segment(_form(form, SENTENCE))]
    assert words == ["làm", "thủ tục", "khai sinh", "ở", "đâu"]


def _form(form: str, text: str) -> str:
    return unicodedata.normalize("NFD", text) if form == "NFD" else text


def test_offsets_are_those_of_the_original_and_not_of_what_was_composed() -> None:
    text = unicodedata.normalize("NFD", "đã  thủ tục")
    start = text.index("t")
    assert segment(text)[-1] == Segment(text[start:], start, len(text))


@pytest.mark.parametrize(
    "code",
    [
        "H48.16-230512-0003",
        "000.00.53.H48-220921-0099",
        "1.001193",
        "60/2014/QH13",
        "20/10/2024",
        "7.000",
        "https://dichvucong.gov.vn/p?ma=1&x=2",
        "hoi@vidu.gov.vn",
    ],
)
def test_a_code_or_an_address_stays_whole(code: str) -> None:
    assert [s.text for s in segment(f"xem {code} nhé")] == ["xem", code, "nhé"]


def test_a_full_stop_behind_a_code_is_a_segment_of_its_own() -> None:
    assert [s.text for s in segment("mã 1.001193.")] == ["mã", "1.001193", "."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab", ("ab", [0, 1, 2])),
        (unicodedata.normalize("NFD", "hồ!"), ("hồ!", [0, 1, 4, 5])),
        ("", ("", [0])),
    ],
)
def test_composing_keeps_track_of_offsets(text: str, expected: tuple[str, list[int]]) -> None:
    assert compose(text) == expected
