"""What may stand in a cell."""

from __future__ import annotations

import pytest

from bot.offices import cells


@pytest.mark.parametrize(
    "number",
    [
        "", "1022", "113", "18001096", "1800 1096", "1900 123456", "0912345678", "0912 345 678",
        "+84 912 345 678", "0255 3822868", "(0255) 3.822.868", "+84-255-3822868",
        "0255 3822868; 0912345678",
    ],
)  # fmt: skip
def test_telephones_are_kept_as_written(number: str) -> None:
    assert cells.telephone("telephone", number) == number


@pytest.mark.parametrize(
    "number",
    [
        "abc", "12", "2553822868", "0112345678", "091234567", "09123456789", "+1 555 123 4567",
        "0912345678 gặp chị Lan", "0912345678;", "1022a",
    ],
)  # fmt: skip
def test_what_is_no_vietnamese_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="is no Vietnamese number"):
        cells.telephone("telephone", number)


def test_a_telephone_may_begin_with_the_country_code_only() -> None:
    assert cells.plain("telephone", "+84 912 345 678") == "+84 912 345 678"
    for name, text in (("telephone", "+1 555"), ("note", "+84 912"), ("telephone", "=1+1")):
        with pytest.raises(ValueError, match="must not begin with"):
            cells.plain(name, text)


def test_text_is_composed_and_on_one_line() -> None:
    assert cells.plain("name", "Xa\u0303  Bình\u200b") == "Xã Bình"
    with pytest.raises(ValueError, match="one line"):
        cells.plain("name", "a\nb")


@pytest.mark.parametrize(("text", "kept"), [("7:30", "07:30"), ("07:30", "07:30"), ("23:59",) * 2])
def test_times(text: str, kept: str) -> None:
    assert cells.clock("opens", text) == kept


@pytest.mark.parametrize("text", ["", "7", "24:00", "12:60", "7:3", "07:30:00", "-1:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        cells.clock("opens", text)


def test_addresses_on_the_net() -> None:
    assert cells.email("email", "mot-cua@quangngai.gov.vn") == "mot-cua@quangngai.gov.vn"
    assert cells.url("website", "") == ""
    for check, text in ((cells.email, "a b@c"), (cells.email, "a@b"), (cells.url, "www.a.vn")):
        with pytest.raises(ValueError, match=r"e-mail|http"):
            check("cell", text)
