"""Characters of the hotline's pages."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.hotline_text import as_sent
from bot.settings import ACCENTED, HOTLINE_FORMS, UNACCENTED

# Of the GSM 7-bit default alphabet, those that ASCII has, too.
GSM = set("@$_ !\"#%&'()*+,-./0123456789:;<=>?\n") | {
    chr(letter) for start in "Aa" for letter in range(ord(start), ord(start) + 26)
}


@pytest.mark.parametrize(
    ("text", "unaccented", "accented"),
    [
        ("Đăng ký khai sinh", "Dang ky khai sinh", "Đăng ký khai sinh"),
        ("ệ ữ Ỹ đ", "e u Y d", "ệ ữ Ỹ đ"),
        ("thủ tục “Kết hôn” – ‘nhanh’ — 5…", "thu tuc \"Ket hon\" - 'nhanh' - 5...", None),
        ("• a · b × 2", "- a - b x 2", "- a - b x 2"),
        ("25.000 ₫, 3 €", "25.000 d, 3 EUR", "25.000 đ, 3 EUR"),
        ("{a} [b] ~ | \\ ^", "(a) (b) - / /", "(a) (b) - / /"),
        ("m² ½ №5 ﬁ", "m2 1/2 No5 fi", "m2 1/2 No5 fi"),
        ("chào 😀👍🏽 anh ☎️", "chao anh", "chào anh"),
        ("中文 a", "a", "中文 a"),
        ("𝐀 𠀀b", "A b", "A b"),
        ("a\t\t b\u00a0 c", "a b c", "a b c"),
        ("a \n\n \n b\r\nc", "a\nb\nc", "a\nb\nc"),
        ("zero\u200bwidth \x00\x07", "zerowidth", "zerowidth"),
        ("**đậm** và 2*3", "dam va 2*3", "đậm và 2*3"),
        ("xem https://dichvucong.gov.vn/", "xem dichvucong.gov.vn", "xem dichvucong.gov.vn"),
        ("[cổng](https://a.vn/b).", "cong: a.vn/b.", "cổng: a.vn/b."),
        (f"(https://a.gov.vn/{'x' * 200}?q=1).", "(a.gov.vn).", "(a.gov.vn)."),
        (f"http://a.vn/{'x' * 80} ", f"a.vn/{'x' * 80}", "a.vn"),
    ],
)
def test_texts(text: str, unaccented: str, accented: str | None) -> None:
    assert as_sent(text, UNACCENTED) == unaccented
    if accented is not None:
        assert as_sent(text, ACCENTED) == accented


def test_accents_may_come_decomposed() -> None:
    text = "Thủ tục đăng ký hộ khẩu"
    assert as_sent(unicodedata.normalize("NFD", text), ACCENTED) == text


@given(st.text())
def test_letters_are_those_of_the_form_and_blanks_are_single(text: str) -> None:
    plain, accented = (as_sent(text, form) for form in (UNACCENTED, ACCENTED))
    assert set(plain) <= GSM
    assert max(accented, default="") <= "\uffff"
    assert accented == unicodedata.normalize("NFC", accented)
    assert not [c for c in accented if unicodedata.category(c)[0] == "C" and c != "\n"]
    for sent in (plain, accented):
        assert not re.search(r"  |\n\n| \n|\n |\t", sent)
        assert sent == sent.strip()


@given(st.text(alphabet="aệ*_[]()https:/. \n😀“\u0301\u1100\u1161"), st.sampled_from(HOTLINE_FORMS))
def test_done_twice_it_is_the_same(text: str, form: str) -> None:
    once = as_sent(text, form)
    assert as_sent(once, form) == once


def test_words_of_ascii_stay_as_they_are() -> None:
    text = "H48.16-260512-0003, PA012345: 1.001193 (0912 345 678), ten@a.vn & 50% = 1/2?"
    assert as_sent(text, UNACCENTED) == as_sent(text, ACCENTED) == text
