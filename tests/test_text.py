"""Vietnamese text: folding, spelling out, and what must stay as it is."""

from __future__ import annotations

import json
import lzma
import unicodedata
from pathlib import Path

import pytest

from bot import text as vn
from bot.catalogue.seed_import import SEED_DIR, read_all_procedures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hồ sơ Đất", "ho so dat"),
        ("ĐĂNG KÝ", "dang ky"),
        ("Ủy ban nhân dân", "uy ban nhan dan"),
        ("1.001193 - H48", "1.001193 - h48"),
        ("", ""),
    ],
)
def test_folding_takes_diacritics_and_capitals_away(text: str, expected: str) -> None:
    assert vn.fold(text) == expected
    assert vn.fold(unicodedata.normalize("NFD", text)) == expected


def test_folding_keeps_the_length_of_composed_text() -> None:
    text = "Đăng ký khai sinh, ở xã Nghĩa Hành – thế nào?"
    assert len(vn.fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (unicodedata.normalize("NFD", "hồ  sơ\tđất\n"), "hồ sơ đất"),
        ("thủ\u200b tục\ufeff", "thủ tục"),
        ("  ", ""),
    ],
)
def test_nfc_composes_and_squeezes(text: str, expected: str) -> None:
    assert vn.nfc(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hồ sơ", True),
        (unicodedata.normalize("NFD", "lệ phí"), True),
        ("đi dau", True),
        ("le phi bao nhieu?", False),
        ("H48.16-230512-0003", False),
        ("", False),
    ],
)
def test_accents_are_noticed(text: str, expected: bool) -> None:
    assert vn.is_accented(text) is expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("ko đc j z", "không được gì vậy"),
        ("LPhí bn vs ntn", "lphí bao nhiêu với như thế nào"),
        ("làm CCCD ở UBND", "làm căn cước công dân ở ủy ban nhân dân"),
        ("đkkh, dkkh", "đăng ký kết hôn đăng ký kết hôn"),
        ("nộp ở mô rứa", "nộp ở đâu vậy"),
        ("nop o mo", "nop o đâu"),
        ("làm răng chừ", "làm sao bây giờ"),
        ("bao lăm tiền", "bao nhiêu tiền"),
        ("cần giấy tờ chi", "cần giấy tờ gì"),
        ("tui mần giấy", "tôi làm giấy"),
        ("Được   KHÔNG???", "được không"),
        ("", ""),
    ],
)
def test_teen_code_dialect_and_abbreviations_are_spelt_out(message: str, expected: str) -> None:
    assert vn.normalise(message) == expected
    assert vn.normalise(unicodedata.normalize("NFD", message)) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("đượcccc", "được"),
        ("nhaaaa", "nha"),
        ("cccd", "căn cước công dân"),
        ("xoong", "xoong"),
    ],
)
def test_repeated_letters_are_reduced_but_not_those_of_abbreviations(
    message: str, expected: str
) -> None:
    assert vn.normalise(message) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1.001193",
        "000.00.53.h48-220921-0099",
        "h48.16-230512-0003",
        "0905123456",
        "051098001234",
        "60/2014/qh13",
        "20/10/2024",
        "10k",
        "k3",
        "1.500.000",
    ],
)
def test_codes_and_numbers_stay_as_they_are(text: str) -> None:
    assert vn.normalise(f"hồ sơ {text} ko") == f"hồ sơ {text} không"


@pytest.mark.parametrize(
    "text",
    [
        "chi phí",
        "chi phi",
        "chi nhánh công ty",
        "xe mô tô",
        "quy mô nhỏ",
        "răng hàm mặt",
        "so hong",
        "bi hu hong",
        "chung chi hanh nghe",
        "dia chi moi",
    ],
)
def test_words_that_also_mean_something_standard_are_left_alone(text: str) -> None:
    assert vn.normalise(text) == text


def _changed_by_accents(names: list[str]) -> list[str]:
    """Names that are another need as soon as they are typed without accents."""
    return [
        name
        for name in names
        if vn.fold(vn.normalise(name)) != vn.fold(vn.normalise(vn.fold(name)))
    ]


def test_curated_names_mean_the_same_without_accents() -> None:
    procedures = read_all_procedures(SEED_DIR / "procedures")
    assert _changed_by_accents([n for p in procedures for n in (p.name, p.plain_name)]) == []


def test_national_names_mean_the_same_without_accents(shared_data: Path) -> None:
    file = shared_data / "national-catalogue-2026-07" / "catalog.jsonl.xz"
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        names = [json.loads(line)["name"] for line in lines]
    # "HĐND" and "túi" lose their meaning with their accents; nobody can mend those.
    names = [name for name in names if not {"hđnd", "túi"} & set(vn.words(vn.nfc(name).lower()))]
    assert len(names) > 5000
    assert _changed_by_accents(names) == []


@pytest.mark.parametrize(
    "text",
    [
        "Mã 1.001193, H48.16-230512-0003!",
        "  hai  khoảng trắng\tvà\nxuống dòng ",
        "😀 60/2014/QH13 (Luật Hộ tịch)…",
        "",
    ],
)
def test_offsets_of_tokens_slice_back(text: str) -> None:
    found = vn.tokens(text)
    assert [text[token.start : token.end] for token in found] == [token.text for token in found]
    assert [token.text for token in found] == vn.words(text)


def test_a_code_is_one_token_and_punctuation_is_none() -> None:
    line = "Mã 1.001193, H48.16-230512-0003! (Luật 60/2014/QH13)."
    assert vn.words(line) == [
        "Mã",
        "1.001193",
        "H48.16-230512-0003",
        "Luật",
        "60/2014/QH13",
    ]


def test_many_thanks_ask_no_price() -> None:
    assert vn.normalise("tks ad nhiu nha") == "cảm ơn ad nhiều nha"
    assert vn.normalise("het nhiu tien") == "het nhiêu tien"
