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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hoà khoẻ uỷ thuý xoá", "hòa khỏe ủy thúy xóa"),
        ("sức khoẻ, ma tuý.", "sức khỏe, ma túy."),
        (
            "quý quỳ quả hoàng thuyền khoản toán hòa ủy",
            "quý quỳ quả hoàng thuyền khoản toán hòa ủy",
        ),
        ("hoa khoe thuy", "hoa khoe thuy"),
        ("", ""),
    ],
)
def test_tones_stand_in_one_style(text: str, expected: str) -> None:
    assert vn.tone_style(text) == expected


def test_normalised_text_has_one_style_of_tones() -> None:
    assert vn.normalise("UỶ quyền, Hoà giải") == vn.normalise("Ủy quyền, hòa giải")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("hoof sow ddaats cuar tooi", "hồ sơ đất của tôi"),
        ("DDAWNG KYS kết hôn", "đăng ký kết hôn"),
        ("hoo so dat", "hô so dat"),
        ("muoons lamf giaays phis", "muốn làm giấy phí"),
        ("ruwas thif ddc khoong", "vậy thì được không"),
        ("ho62 so7 xu73 ly1 co1 lau khong", "hồ sơ xử lý có lau khong"),
        ("to6i muo61n nop65 d9a61t", "tôi muốn nộp đất"),
        ("nop65 CT07 o73 d9a6u, H48.16-230512-0003", "nộp ct07 ở đâu h48.16-230512-0003"),
    ],
)
def test_left_overs_of_typing_are_spelt_out(message: str, expected: str) -> None:
    assert vn.normalise(message) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mẫu ct07 tk1 dc02 ly1 co1 so7",
        "bằng a1 b2 hạng c1",
        "biển số 76c1 76h1-23456",
        "to6 thon6 khu7 thang8 lop9",
        "nguyenvana62@gmail.com xu73",
        "luật 60/2014/qh13 đất 100m2 lúc 7h30",
        "vitamin b6 covid19 win11",
        "quán bar bán gas xe bus gửi ems",
        "nguyễn văn max ở đăk mar mường hoong hơ moong",
        "app zalo facebook website wifi robot laptop internet video photo scan",
        "nồi xoong boong tàu",
        "form e form s mẫu vk mẫu aj mẫu vc",
        "hạng e loại e điểm h khoản 1 người có h",
        "h bình sơn h re ia h drai",
        "chữ v tên miền đuôi vn",
        "tom hum be thui sut lun nut",
        "trả lời tk ck tt hc hđ gđ bh ns ms",
    ],
)
def test_names_codes_and_trade_words_are_left_alone(text: str) -> None:
    assert vn.normalise(text) == " ".join(vn.words(text))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("đki BHXH ở bv", "đăng ký bảo hiểm xã hội ở bệnh viện"),
        ("mất cavet xe", "mất cà vẹt xe"),
        ("theo NĐ-CP, nd cp", "theo nghị định cp nghị định cp"),
        ("mst của cty trong KCN", "mã số thuế của công ty trong khu công nghiệp"),
        ("mk mún bik trc", "mình muốn biết trước"),
        ("e quên mk đăng nhập r", "em quên mật khẩu đăng nhập rồi"),
        ("mấy h mở cửa v ạ", "mấy giờ mở cửa vậy ạ"),
        ("h e phải lm s", "giờ em phải làm sao"),
        ("vợ ck e ở nc ngoài", "vợ chồng em ở nước ngoài"),
        ("mún nc vs nv", "muốn nói chuyện với nhân viên"),
        ("sở nv, nv quân sự", "sở nội vụ nghĩa vụ quân sự"),
        ("thui bỏ ik, hok làm nx", "thôi bỏ đi không làm nữa"),
        ("phòng R&D", "phòng r d"),
        ("lý lịch tp ở tp", "lý lịch tư pháp ở tp"),
        ("cho vk xem form VK", "cho vợ xem form vk"),
    ],
)
def test_more_abbreviations_are_spelt_out(message: str, expected: str) -> None:
    assert vn.normalise(message) == expected


def test_no_abbreviation_stands_twice_or_is_spelt_by_another() -> None:
    entries = "".join(vn._SPELT_OUT).split(";")
    spellings = [word for entry in entries for word in entry.split("=")[0].split()]
    assert len(spellings) == len(set(spellings)) == len(vn.ABBREVIATIONS)
    assert [s for s in spellings if s != vn.nfc(s).lower() or not s.isalpha()] == []
    assert [m for m in vn.ABBREVIATIONS.values() if m != vn.tone_style(m) or m != vn.nfc(m)] == []


def test_what_is_normalised_stays_so() -> None:
    meanings = sorted(set(vn.ABBREVIATIONS.values()))
    assert [m for m in meanings if vn.normalise(m) != m] == ["định danh điện tử vneid"]


def test_phrases_are_looked_for_by_their_own_words() -> None:
    for hinges, pattern, _ in vn._PHRASES:
        assert all(hinge in pattern for hinge in hinges.split()), pattern
