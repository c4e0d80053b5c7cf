"""Screens of the hotline as pure functions: keys, choices, layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.hotline_menu import NEXT, Content, content, key_pressed, lay_out
from bot.channels.hotline_text import LIMITS
from bot.settings import ACCENTED, HOTLINE_FORMS, UNACCENTED

KEYS = "0 gap nguoi, * quay lai, # ve dau."
MORE = "1 xem tiep"


@pytest.mark.parametrize(
    "text", ["1", " 1 ", "1.", "phím 1", "Phim 1", "bấm 1", "so 1", "bấm phím 1"]
)
def test_ways_to_press_a_key_of_a_menu(text: str) -> None:
    assert key_pressed(text, has_menu=True) == "1"
    assert key_pressed(text, has_menu=False) is None


@pytest.mark.parametrize("text", ["12", "1 bản", "lô 1", "1222", "", "1*", "một", "phim", "1/1"])
def test_what_is_no_key(text: str) -> None:
    assert key_pressed(text, has_menu=True) is None


@pytest.mark.parametrize("key", ["0", "*", "#"])
def test_some_keys_are_always_there(key: str) -> None:
    assert key_pressed(f" {key} ", has_menu=False) == key
    assert key_pressed(key, has_menu=True) == key


def button(title: str, payload: str) -> dict[str, str]:
    return {"title": title, "payload": payload}


def test_a_person_is_no_choice_and_numbers_of_titles_are_left_out() -> None:
    buttons = [
        button("2. Kết hôn", "/b"),
        button("Gặp cán bộ", "/request_human"),
        button("C", "/c"),
    ]
    assert content("Chọn.", buttons) == Content("Chọn.", (("Kết hôn", "/b"), ("C", "/c")))


def test_lines_that_buttons_repeat_become_the_choices_with_those_that_have_no_button() -> None:
    text = "Có 3 việc:\n1. A\n2. B\n3. C\nGõ số."
    buttons = [button("1. A", "/a"), button("2. B", "/b"), button("Khác", "/d")]
    choices = (("A", "/a"), ("B", "/b"), ("C", "3"), ("Khác", "/d"))
    assert content(text, buttons) == Content("Có 3 việc:\nGõ số.", choices)


def test_steps_are_no_choices() -> None:
    text = "1. Nộp.\n2. Nhận."
    assert content(text, [button("A", "/a")]) == Content(text, (("A", "/a"),))


def test_a_menu_stands_below_its_text_with_the_line_of_keys() -> None:
    shown = Content("Chọn giúp em.", (("Tìm thủ tục", "/find"), ("Tra hồ sơ", "/check")))
    laid = lay_out(shown, UNACCENTED, 2, with_keys=False)
    assert laid.pages == [f"Chon giup em.\n1 Tim thu tuc\n2 Tra ho so\n{KEYS}"]
    assert (laid.options, laid.after, laid.has_keys) == (["/find", "/check"], None, True)


def test_a_text_has_the_line_of_keys_only_if_wanted() -> None:
    assert lay_out(Content("Dạ."), UNACCENTED, 2, with_keys=False).pages == ["Da."]
    assert lay_out(Content("Dạ."), UNACCENTED, 2, with_keys=True).pages == [f"Da.\n{KEYS}"]
    full = "a" * 150
    assert lay_out(Content(full), UNACCENTED, 2, with_keys=True).pages == [full, KEYS]


def test_a_long_text_goes_on_with_one_key_until_its_menu() -> None:
    words = " ".join(f"tu{number:03}" for number in range(100))
    first = lay_out(Content(words, (("A", "/a"),)), UNACCENTED, 2, with_keys=True)
    assert len(first.pages) == 2
    assert first.pages[-1].split("\n")[-1] == MORE
    assert first.options == [NEXT]
    assert "1 A" not in "".join(first.pages)
    last = lay_out(first.after or Content(""), UNACCENTED, 3, with_keys=True)
    assert last.pages[-1].endswith(f"1 A\n{KEYS}")
    assert last.options == ["/a"]
    assert last.after is None
    said = " ".join([*first.pages, *last.pages]).replace(MORE, "").split("1 A")[0]
    assert said.split() == words.split()


def test_a_menu_of_many_goes_on_behind_its_last_key() -> None:
    choices = tuple((f"Viec {n}", f"/{n}") for n in range(1, 13))
    first = lay_out(Content("", choices), UNACCENTED, 2, with_keys=False)
    assert first.options == [f"/{n}" for n in range(1, 9)] + [NEXT]
    assert "\n8 Viec 8\n9 viec khac" in "\n".join(first.pages)
    last = lay_out(first.after or Content(""), UNACCENTED, 2, with_keys=False)
    assert last.pages == [f"1 Viec 9\n2 Viec 10\n3 Viec 11\n4 Viec 12\n{KEYS}"]


text_lines = st.lists(st.text(alphabet="aệ b.", max_size=90), max_size=8).map("\n".join)
titles = st.lists(st.text(alphabet="aệ b", min_size=1, max_size=130).filter(str.strip), max_size=14)


@given(text_lines, titles, st.sampled_from(HOTLINE_FORMS), st.integers(1, 3), st.booleans())
def test_every_screen_fits_and_all_choices_are_reached(
    text: str, named: list[str], form: str, most: int, with_keys: bool
) -> None:
    left: Content | None = Content(text, tuple((t, f"/{n}") for n, t in enumerate(named)))
    reached = []
    for _ in range(80):
        if left is None:
            break
        laid = lay_out(left, form, most, with_keys=with_keys)
        assert len(laid.pages) <= most
        assert all(len(page) <= LIMITS[form] for page in laid.pages)
        assert len(laid.options) <= 9
        assert NEXT not in laid.options[:-1]
        assert (laid.after is None) == (NEXT not in laid.options)
        # Each key stands at the beginning of a line, in its order.
        lines = "\n".join(laid.pages).split("\n")
        keys = [line for line in lines if line[:2] in [f"{n} " for n in range(1, 10)]]
        assert [int(line[0]) for line in keys] == list(range(1, len(laid.options) + 1))
        reached += [option for option in laid.options if option != NEXT]
        left = laid.after
    assert left is None
    assert reached == [f"/{n}" for n in range(len(named))]


def test_on_a_single_short_page_every_choice_has_room() -> None:
    shown = Content("", (("Cấp lại giấy chứng nhận " * 5, "/a"), ("B", "/b")))
    laid = lay_out(shown, ACCENTED, 1, with_keys=True)
    (page,) = laid.pages
    assert page.startswith("1 Cấp lại giấy chứng nhận")
    assert page.endswith("..\n2 việc khác")
