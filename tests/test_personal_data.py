"""Personal data is found in whatever spelling, and nothing else is taken for it."""

from __future__ import annotations

import re
import time

import pytest

from bot.personal_data import conceal, find, mask
from bot.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "tests" / "dossiers"


def rows(name: str) -> list[list[str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines]


def test_there_are_many_messages() -> None:
    assert len(rows("personal_messages.tsv")) >= 100
    assert len(rows("impersonal_messages.tsv")) >= 80


@pytest.mark.parametrize(("text", "pieces"), rows("personal_messages.tsv"))
def test_no_piece_survives_and_no_long_part_of_a_number(text: str, pieces: str) -> None:
    masked = mask(text)
    for piece in pieces.split("|"):
        assert piece not in masked
        for digits in re.findall(r"\d{3,}", piece):
            elsewhere = text.replace(piece, "")
            assert digits not in masked or digits in elsewhere, f"{digits} of {piece}: {masked}"


@pytest.mark.parametrize("text", [row[0] for row in rows("impersonal_messages.tsv")])
def test_what_is_not_personal_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sđt 0905 111 222", [("phone", "0905111222")]),
        ("+84 905 111 222", [("phone", "0905111222")]),
        ("cccd 0510.9800.3344", [("identity_number", "051098003344")]),
        ("thẻ 4111 1111 1111 1111", [("card", "4111111111111111")]),
        ("stk 123456789 vietcombank", [("account", "123456789")]),
        ("mail an.nguyen@example.com nha", [("email", "an.nguyen@example.com")]),
        ("địa chỉ 12/3 Lê Lợi, phường Cẩm Thành", [("address", "12/3 Lê Lợi")]),
        ("H48.16-260512-0003, 4 số cuối 5678", [("digits", "5678")]),
        ("5678", [("digits", "5678")]),
        ("mã là 123456 ạ", [("digits", "123456")]),
        ("năm 2024 cần gì", []),
        (
            "tra số điện thoại và căn cước 0905111222 051098003344",
            [("phone", "0905111222"), ("identity_number", "051098003344")],
        ),
        # Codes without their province, one of which would pass for a bank card with its digits.
        ("16-230512-0003 4567", [("digits", "4567")]),
        ("000.00.53-220921-0099", []),
    ],
)
def test_each_piece_has_its_kind_and_its_digits(text: str, found: list[tuple[str, str]]) -> None:
    assert [(piece.kind, piece.value) for piece in find(text)] == found


@pytest.mark.parametrize("text", [row[0] for row in rows("personal_messages.tsv")])
def test_offsets_of_what_was_concealed_lie_in_the_new_text(text: str) -> None:
    shown = conceal(text)
    assert shown.pieces
    rest, position = "", 0
    for piece in shown.pieces:
        rest += shown.text[position : piece.start]
        assert set(shown.text[piece.start : piece.end]) & {"•", "‹"}
        position = piece.end
    assert not {"•", "‹"} & set(rest + shown.text[position:])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gọi (0905) 123 456 nghe", "gọi (••••) ••• ••• nghe"),
        ("số 0905, 123, 456 với", "số ••••, •••, ••• với"),
        ("0905,123,456", "••••,•••,•••"),
        ("sdt tui 0905 . 123 . 456", "sdt tui •••• . ••• . •••"),
        ("0905–123–456", "••••–•••–•••"),
        ("0905/123/456 nha", "••••/•••/••• nha"),
        ("x 0905_123_456", "x ••••_•••_•••"),
        ("tui 0905  123  456", "tui ••••  •••  •••"),
        ("0905\u200b123456", "••••\u200b••••••"),
        ("\uff10\uff19\uff10\uff15.123.456", "••••.•••.•••"),
        ("số ⓪⑨⓪⑤①②③④⑤⑥ đó", "số •••••••••• đó"),
        ("09.05-12 34/56", "••.••-•• ••/••"),
        ("+84 (905) 123 456", "+•• (•••) ••• •••"),
        ("0512/34.56-7890", "••••/••.••-••••"),
        ("abc (at) gmail.com", "‹…›"),
        ("sinh 05/12/2026, 10 tuổi", "sinh 05/12/2026, 10 tuổi"),
        ("01/01/2026 - 31/12/2026", "01/01/2026 - 31/12/2026"),
        ("thửa 02, 03, 04, 05, 07 nhé", "thửa 02, 03, 04, 05, 07 nhé"),
        ("ngày 01/02/2024 của Nghị định 02/2024", "ngày 01/02/2024 của Nghị định 02/2024"),
    ],
)
def test_odd_spellings_of_a_number_are_found_and_days_and_lists_are_none(
    text: str, masked: str
) -> None:
    assert mask(text) == masked


def test_odd_spellings_have_the_same_digits() -> None:
    assert [(p.kind, p.value) for p in find("gọi (+84) ９05/123_456 nha")] == [
        ("phone", "0905123456")
    ]


@pytest.mark.parametrize("text", ["1" * 2000, "1 2" * 700, "a" * 2000, "0905 " * 400, "a.b-" * 500])
def test_a_long_message_of_nothing_is_looked_through_quickly(text: str) -> None:
    started = time.process_time()
    masked = mask(text)
    assert time.process_time() - started < 0.1
    assert len(masked) == len(text)
    assert not re.search(r"\d{9}", masked)


def test_a_masked_text_is_masked_no_further() -> None:
    for text, _ in rows("personal_messages.tsv"):
        assert mask(mask(text)) == mask(text)
