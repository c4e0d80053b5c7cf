"""Pages: no word is lost, no page is too long, and what belongs together stays together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.hotline_pages import begin, paginate, shortened

MORE = "1 xem tiep"
# Each is read or typed as one: none may be torn.
WHOLE = (
    "1800 1096", "0912 345 678", "(0255) 3822 123", "+84 912 345 678", "25.000 đồng", "7 ngày",
    "3 bản", "7 ngày làm việc", "25 triệu đồng", "18/7/2026", "ngày 18 tháng 7 năm 2026",
    "7:30 - 11:30", "H48.16-260512-0003", "000.00.16.H48-260512-0004", "1.001193", "PA 012345",
    "mã 1.004222", "mot.nguoi@quangngai.gov.vn", "dichvucong.gov.vn", "Điều 12", "18:00", "1022",
)  # fmt: skip
PLAIN = ["xin", "chào", "anh", "chị", "cần", "giấy", "tờ", "gì", "ạ", "hộ", "khẩu", "thường trú"]

plain_words = st.sampled_from(PLAIN)
# Between two that belong together each stands a plain word: they do not belong to one another.
pieces = st.lists(st.tuples(st.sampled_from(WHOLE), plain_words), max_size=60)
ends = st.sampled_from([" ", ". ", "\n", ".\n", ", ", ": "])
limits = st.sampled_from([70, 160])


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text, and what must stay whole in it."""
    whole, text = [], ""
    for together, plain in draw(pieces):
        whole.append(together)
        text += f"{plain} {together}{draw(ends)}{plain}{draw(ends)}"
    return text.strip(), whole


@given(texts(), limits)
def test_pages_hold_all_words_in_order_and_tear_nothing(
    made: tuple[str, list[str]], limit: int
) -> None:
    text, whole = made
    pages = paginate(text, limit)
    assert " ".join(pages).split() == text.split()
    assert all(0 < len(page) <= limit for page in pages)
    assert all(page == page.strip() for page in pages)
    # Each is found on a page, behind the one before it.
    rest = list(pages)
    for together in whole:
        while together not in rest[0]:
            rest.pop(0)
            assert rest, together
        rest[0] = rest[0].partition(together)[2]


@given(texts(), limits, st.integers(1, 4))
def test_parts_one_after_the_other_hold_all_words(
    made: tuple[str, list[str]], limit: int, most: int
) -> None:
    text, whole = made
    left, read = text, []
    while left:
        pages, rest = begin(left, limit, most, MORE)
        assert len(rest) < len(left)
        assert len(pages) <= most
        assert all(len(page) <= limit for page in pages)
        assert pages[-1].split("\n")[-1] == MORE
        read += [*pages[:-1], pages[-1][: -len(MORE)]]
        left = rest
    assert " ".join(read).split() == text.split()
    assert all(any(together in page for page in read) for together in whole)


@given(st.text(alphabet="ab1. -\n/"), st.integers(30, 70))
def test_anything_can_be_cut(text: str, limit: int) -> None:
    stripped = text.strip()
    pages = paginate(stripped, limit)
    assert "".join("".join(pages).split()) == "".join(stripped.split())
    assert all(len(page) <= limit for page in pages)


def test_only_a_word_longer_than_a_page_is_cut() -> None:
    assert paginate("a" * 150, 70) == ["a" * 70, "a" * 70, "a" * 10]
    assert paginate("ngắn " + "a" * 70, 70) == ["ngắn", "a" * 70]
    # Its room on the page of the last line is smaller: it begins the next one.
    assert begin("ngắn " + "a" * 68 + " b", 70, 2, MORE) == (["ngắn", MORE], "a" * 68 + " b")


def test_a_number_longer_than_a_page_is_cut_between_its_groups() -> None:
    pages = paginate(" ".join(["123"] * 40), 70)
    assert len(pages) > 1
    assert {word for page in pages for word in page.split()} == {"123"}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("một hai ba bốn năm.\nsáu bảy tám chín mười", "một hai ba bốn năm."),
        ("một hai ba bốn năm. Sáu bảy tám chín mười", "một hai ba bốn năm."),
        ("một hai.\nba bốn năm. Sáu bảy tám chín", "một hai.\nba bốn năm."),
        ("một. Hai ba bốn năm sáu bảy tám chín mười", "một. Hai ba bốn năm sáu bảy"),
    ],
)
def test_ends_of_lines_and_sentences_are_better_than_one_more_word(text: str, first: str) -> None:
    assert paginate(text, 30)[0] == first


def test_short_texts_are_one_page_and_none_is_none() -> None:
    assert paginate("chào", 70) == ["chào"]
    assert paginate("", 70) == []


def test_titles_are_shortened_by_words() -> None:
    assert shortened("Đăng ký khai sinh", 17) == "Đăng ký khai sinh"
    assert shortened("Đăng ký khai sinh, lần đầu", 21) == "Đăng ký khai sinh.."
