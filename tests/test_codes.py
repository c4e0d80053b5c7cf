"""Dossier codes, procedure codes and numbers in the spellings that citizens use."""

from __future__ import annotations

import unicodedata

import pytest

from bot.codes import Found, find_codes, mask_personal_numbers, normalise_dossier_code

LONG, SHORT, BARE = "000.00.53.H48-220921-0099", "H48.16-230512-0003", "H48-220921-0099"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LONG, LONG),
        (LONG.lower(), LONG),
        ("000 00 53 h48 220921 99", LONG),
        ("000.00.53.H48.220921.0099", LONG),
        ("000.00.53.H 48 - 220921 - 0099", LONG),
        ("000.00.53.H48–220921–0099", LONG),
        ("000-00-53-H48-220921-0099", LONG),
        ("0000053H48-220921-0099", LONG),
        (SHORT, SHORT),
        ("h48 16 230512 3", SHORT),
        ("H48.16/230512/0003", SHORT),
        ("h4816-2305120003", SHORT),
        ("hồ sơ của tôi mã là H48.16-230512-0003, xong chưa?", SHORT),
        (BARE, BARE),
        ("h48_220921_99", BARE),
        ("H482209210099", BARE),
        ("G22.99-230512-0003", "G22.99-230512-0003"),
        ("H48.101-230512-12345", "H48.101-230512-12345"),
    ],
)
def test_every_spelling_of_a_dossier_code_becomes_the_official_one(
    text: str, expected: str
) -> None:
    assert normalise_dossier_code(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hồ sơ của tôi",
        "H48",
        "H48-2209-0099",
        "X48-220921-0099",
        "1.001193",
        "AH48-220921-0099",
    ],
)
def test_what_is_no_dossier_code_gives_none(text: str) -> None:
    assert normalise_dossier_code(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thủ tục 1.001193 cần gì", ["1.001193"]),
        ("1.001193.", ["1.001193"]),
        ("1.001612.000.00.00.H48", ["1.001612"]),
        ("(2.000635) và 1.004194", ["2.000635", "1.004194"]),
        ("11.001193", []),
        ("1.0011934", []),
        ("1.500.000 đồng", []),
    ],
)
def test_procedure_codes_are_found(text: str, expected: list[str]) -> None:
    assert [f.value for f in find_codes(text) if f.entity == "procedure_code"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0905123456", "0905123456"),
        ("sđt 0905.123.456 nhé", "0905123456"),
        ("0905 123 456", "0905123456"),
        ("0255 3822 862", "02553822862"),
        ("051 098 001 234", "051098001234"),
        ("+84905123456", "0905123456"),
        ("+84 905-123-456", "0905123456"),
        ("84905123456", "0905123456"),
        ("số CCCD 051098001234", "051098001234"),
        ("cmnd 212345678", "212345678"),
        ("0510 9800 3344", "051098003344"),
        ("0510.9800.3344", "051098003344"),
        ("số 0510-9800-3000 ạ", "051098003000"),
        ("0 5 1 0 9 8 0 0 1 2 3 4", "051098001234"),
        ("cmnd 2 1 2 3 4 5 6 7 8.", "212345678"),
        ("0 9 0 5 1 2 3 4 5 6", "0905123456"),
        ("bốn số cuối là 4567", "4567"),
        ("0099", "0099"),
    ],
)
def test_telephone_identity_and_last_digits_are_found(text: str, expected: str) -> None:
    kind = {4: "digits", 10: "phone", 11: "phone"}.get(len(expected), "identity_number")
    assert [(f.entity, f.value) for f in find_codes(text)] == [(kind, expected)]


@pytest.mark.parametrize(
    "text",
    [
        "năm 2024",
        "Năm  2025",
        "nam 2024",
        unicodedata.normalize("NFD", "năm 2024"),
        "ngày 20/10/2024",
        "Nghị định 60/2014/QH13",
        "12345",
        "1.500.000 đồng",
        "A1234",
        "090512345678901",
        "1 2 3 4 5 6 7 8 9 10",
        "4111-1111-1111-1111",
        "0510-9800-3344-5566",
    ],
)
def test_years_dates_and_other_numbers_are_not_taken(text: str) -> None:
    assert find_codes(text) == []


def test_nothing_is_found_inside_another_code() -> None:
    text = "Mã H48.16-230512-0003 (thủ tục 1.001193), đt +84 905 123 456, cuối cccd 1234"
    found = find_codes(text)
    assert found == [
        Found("dossier_code", SHORT, 3, 21),
        Found("procedure_code", "1.001193", 31, 39),
        Found("phone", "0905123456", 45, 60),
        Found("digits", "1234", 72, 76),
    ]
    assert [text[f.start : f.end] for f in found] == [
        SHORT,
        "1.001193",
        "+84 905 123 456",
        "1234",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG} {SHORT} 0905123456 1234 1.001193",
        "1234 5678 0905123456 H48-220921-0099",
        "0905123456,1.001193;051098001234",
    ],
)
def test_finds_are_in_order_and_never_overlap(text: str) -> None:
    spans = [(f.start, f.end) for f in find_codes(text)]
    flat = [edge for span in spans for edge in span]
    assert spans
    assert flat == sorted(flat)


def test_several_dossiers_in_one_message_are_all_found() -> None:
    values = [f.value for f in find_codes(f"{LONG} với cả h48 16 230512 3 nữa")]
    assert values == [LONG, SHORT]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Gọi ông A 0912345678 trước", "Gọi ông A ••• trước"),
        ("+84 912 345 678", "•••"),
        ("CCCD 0512 3456 7890 và 0 5 1 2 3 4 5 6 7 8 9 0", "CCCD ••• và •••"),
        ("CCCD 051234567890, CMND 212345678.", "CCCD •••, CMND •••."),
        ("Hỏi văn phòng 0255382123 lúc 14h, hồ sơ H48.16-230512-0003", None),
        ("Nộp 4567 đồng năm 2026", None),
    ],
)
def test_personal_numbers_are_masked_and_others_stay(text: str, masked: str | None) -> None:
    assert mask_personal_numbers(text) == (masked or text)
