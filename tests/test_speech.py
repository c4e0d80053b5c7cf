"""What a speech engine is given to say: each kind of sign, and what never may be left."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.payments.money import in_words
from bot.speech import offers_keys, spoken

DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]

CASES = {
    # Dossier, ticket and procedure codes, sign by sign
    "Hồ sơ H48.16-230512-0003: đã xong.": "Hồ sơ hát bốn tám, chấm, một sáu, gạch, hai ba không, "
    "năm một hai, gạch, không không không ba: đã xong.",
    "H48.16.31-230512-0003": "hát bốn tám, chấm, một sáu, chấm, ba một, gạch, hai ba không, "
    "năm một hai, gạch, không không không ba",
    "000.00.53.H48-220921-0099": "không không không, chấm, không không, chấm, năm ba, chấm, "
    "hát bốn tám, gạch, hai hai không, chín hai một, gạch, không không chín chín",
    "Phiếu PA123456.": "Phiếu pê a, một hai ba, bốn năm sáu.",
    "mã 1.001193": "mã một, chấm, không không một, một chín ba",
    "mẫu TP-TK1, khổ A4": "mẫu tê pê, gạch, tê ca một, khổ a bốn",
    # Telephone and identity numbers
    "Anh/chị gọi 1022.": "Anh chị gọi một không hai hai.",
    "Tổng đài 1022": "Tổng đài một không hai hai",
    "Gọi 1800 1096": "Gọi một tám không không, một không chín sáu",
    "Gọi 18001096": "Gọi một tám không không, một không chín sáu",
    "Gọi ngay 113, 114 hoặc 115.": "Gọi ngay một một ba, một một bốn hoặc một một năm.",
    "0912 345 678": "không chín một hai, ba bốn năm, sáu bảy tám",
    "+84912345678": "không chín một hai, ba bốn năm, sáu bảy tám",
    "(0255) 3 822 345": "không hai năm năm, ba tám hai, hai ba bốn năm",
    "0912345678 - 0912345679": "không chín một hai, ba bốn năm, sáu bảy tám, "
    "không chín một hai, ba bốn năm, sáu bảy chín",
    "051 234 567 890": "không năm một, hai ba bốn, năm sáu bảy, tám chín không",
    "số 12345678": "số một hai ba bốn, năm sáu bảy tám",
    "gõ: 5678": "gõ: năm sáu bảy tám",
    "Số •••": "Số đã giấu",
    # Sums and numbers
    "phí 25.000 đồng": "phí hai mươi lăm nghìn đồng",
    "25000đ": "hai mươi lăm nghìn đồng",
    "25.000 VNĐ": "hai mươi lăm nghìn đồng",
    "0 đồng": "không đồng",
    "5 triệu đồng": "5 triệu đồng",
    "8.000 đồng/bản": "tám nghìn đồng mỗi bản",
    "10.000-20.000 đồng": "mười nghìn đến hai mươi nghìn đồng",
    "123.456.789 đồng": "một trăm hai mươi ba triệu bốn trăm năm mươi sáu nghìn "
    "bảy trăm tám mươi chín đồng",
    "1.500 người": "một nghìn năm trăm người",
    "giảm 50%": "giảm 50 phần trăm",
    "0,5% mức phí": "0 phẩy 5 phần trăm mức phí",
    "1/2 mức phí": "1 trên 2 mức phí",
    "ảnh 3x4": "ảnh 3 nhân 4",
    "đất 100m²": "đất 100 mét vuông",
    "đất 100 m2": "đất 100 mét vuông",
    "tệp 5MB": "tệp 5 mê ga bai",
    # Days
    "18/7/2026": "ngày 18 tháng 7 năm 2026",
    "ngày 18/07/2026": "ngày 18 tháng 7 năm 2026",
    "18-07-2026": "ngày 18 tháng 7 năm 2026",
    "2026-07-18": "ngày 18 tháng 7 năm 2026",
    "18/7/26": "ngày 18 tháng 7 năm 2026",
    "trước 30/9": "trước ngày 30 tháng 9",
    "từ 01/07 đến 30/9": "từ ngày 1 tháng 7 đến ngày 30 tháng 9",
    "1/7/2026-5/7/2026": "ngày 1 tháng 7 năm 2026 đến ngày 5 tháng 7 năm 2026",
    "tháng 7/2026": "tháng 7 năm 2026",
    "30/2/2026": "30 trên 2 trên 2026",
    "năm 2025-2026": "năm 2025 đến 2026",
    # Times and ranges
    "7:30": "7 giờ 30",
    "07:00": "7 giờ",
    "7h30": "7 giờ 30",
    "17h": "17 giờ",
    "7:30-11:30": "7 giờ 30 đến 11 giờ 30",
    "13h30 – 17h00": "13 giờ 30 đến 17 giờ",
    "8:05:09": "8 giờ 5 phút 9 giây",
    "Tỷ số 99:99": "Tỷ số 99: 99",
    "5-7 ngày": "5 đến 7 ngày",
    "5 – 7 ngày": "5 đến 7 ngày",
    "5 ngày làm việc": "5 ngày làm việc",
    "thứ 2 - thứ 6": "thứ 2 đến thứ 6",
    "thứ Hai – thứ Sáu": "thứ Hai đến thứ Sáu",
    "T2-T6": "thứ hai đến thứ sáu",
    # Short forms
    "CCCD, UBND xã": "căn cước công dân, Ủy ban nhân dân xã",
    "GPLX và BHYT": "giấy phép lái xe và bảo hiểm y tế",
    "VNeID": "vi en i đi",
    "TP. Quảng Ngãi": "thành phố Quảng Ngãi",
    "XKLD": "ích ca lờ dê",
    "KHÔNG thu phí": "KHÔNG thu phí",
    "Nghị định số 118/2025/NĐ-CP": "Nghị định số 118 năm 2025 của Chính phủ",
    "theo 1234/QĐ-UBND": "theo quyết định 1234 của Ủy ban nhân dân",
    "Luật 60/2014/QH13": "Luật 60 năm 2014 của Quốc hội khóa 13",
    # Signs
    "Ông/bà hỏi xã/phường": "Ông bà hỏi xã, phường",
    "“Khai sinh” (bản chính)": "Khai sinh, bản chính",
    "bấm phím * hoặc #": "bấm phím sao hoặc phím thăng",
    "**Lệ phí**": "Lệ phí",
    "A & B; C…": "A và B, C.",
    "- Giấy tờ": "Giấy tờ",
    "Xong 🙂": "Xong",
    # Addresses
    "dichvucong.gov.vn": "dịch vụ công chấm gốp chấm vi en",
    "Xem dichvucong.gov.vn.": "Xem dịch vụ công chấm gốp chấm vi en.",
    "https://dichvucong.gov.vn/p/1.001193": "dịch vụ công chấm gốp chấm vi en, gạch chéo pê, "
    "gạch chéo một, chấm, không không một, một chín ba",
    "dichvucong.gov.vn/p/phananhkiennghi/pakn.html?a=1": "dịch vụ công chấm gốp chấm vi en",
    "motcua@quangngai.gov.vn": "một cửa a còng quảng ngãi chấm gốp chấm vi en",
    "abc.vn": "a bê xê chấm vi en",
    # Keys
    "1 Lệ phí": "bấm 1: Lệ phí",
    "1 xem tiếp": "bấm 1: xem tiếp",
    "9 12 việc khác": "bấm 9: 12 việc khác",
    "0 gặp người, * quay lại, # về đầu": "bấm 0: gặp người, bấm phím sao: quay lại, "
    "bấm phím thăng: về đầu",
    "Chọn việc\n1 Lệ phí\n2 Nơi nộp\n* quay lại": "Chọn việc.\nbấm 1: Lệ phí.\nbấm 2: Nơi nộp.\n"
    "bấm phím sao: quay lại",
    "Thời hạn là\n5 ngày": "Thời hạn là.\n5 ngày",
    "nộp tại\n\nbộ phận một cửa.": "nộp tại,\nbộ phận một cửa.",
}


def test_there_are_enough_examples() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("text", CASES)
def test_what_is_said(text: str) -> None:
    assert spoken(text) == CASES[text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chọn việc:\n1 Lệ phí", True),
        ("Xin chào.\n1 xem tiếp", True),
        ("Xin chào. 0 gặp người", True),
        ("5 ngày làm việc", False),
        ("Gọi 1022", False),
        ("", False),
    ],
)
def test_whether_keys_are_offered(text: str, expected: bool) -> None:
    assert offers_keys(text) is expected


def said_digits(words: str) -> str:
    """The digits that were dictated, read back."""
    return "".join(str(DIGITS.index(w)) for w in re.findall(r"\w+", words) if w in DIGITS)


MESSY = st.one_of(
    st.text(max_size=60),
    st.text(st.sampled_from("0123456789 .,-/:*#%@hHxđĐAPTKm²\n()•…“xưá"), max_size=60),
)


@settings(max_examples=400, deadline=None)
@given(MESSY)
def test_nothing_is_left_that_an_engine_would_stumble_over(text: str) -> None:
    said = spoken(text)
    assert not re.search(r"[0-9]{5}", said)
    assert not re.search(r"[*#%/@&()\[\]{}\"“”_•…]|  |\s[,.]", said)
    assert said == said.strip()


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 99),
    st.dates(dt.date(2016, 1, 1), dt.date(2038, 12, 31)),
    st.integers(0, 9999),
)
def test_every_digit_of_a_dossier_code_is_dictated_in_order(
    office: int, day: dt.date, serial: int
) -> None:
    code = f"H48.{office:02}-{day:%y%m%d}-{serial:04}"
    said = spoken(f"Mã hồ sơ {code}, xin chờ.")
    assert not re.search(r"[0-9]", said)
    assert said.startswith("Mã hồ sơ hát ")
    assert said_digits(said) == re.sub(r"\D", "", code)


@settings(max_examples=150, deadline=None)
@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", ".", "-"]))
def test_every_digit_of_a_telephone_number_is_dictated_in_order(number: str, gap: str) -> None:
    written = gap.join((number[:4], number[4:7], number[7:]))
    said = spoken(f"Gọi {written} giúp em.")
    assert not re.search(r"[0-9]", said)
    assert said_digits(said) == number


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_sums_are_said_in_words(amount: int) -> None:
    written = f"{amount:,}".replace(",", ".")
    assert spoken(f"Phí {written} đồng.") == f"Phí {in_words(amount)}."


@settings(max_examples=100, deadline=None)
@given(st.dates(), st.times())
def test_days_and_times_keep_their_numbers(day: dt.date, time: dt.time) -> None:
    said = spoken(f"Hẹn {time:%H:%M} ngày {day.day:02}/{day.month:02}/{day.year:04}.")
    minutes = f" {time.minute}" if time.minute else ""
    year = f"{day.year:04}"
    expected = f"{time.hour} giờ{minutes} ngày {day.day} tháng {day.month} năm {int(year)}."
    assert said == f"Hẹn {expected}"
