"""Fees and processing times: what the export's text says, and what it does not say."""

from __future__ import annotations

import pytest

from bot.catalogue.amounts import parse_duration, parse_fees
from bot.catalogue.model import Duration, Fee


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Không có thông tin",
        "0 VNĐ ()",
        "0 VNĐ () |",
        "0 VNĐ (không)",
        "0 VNĐ (Không quy định)",
        "0 VNĐ (- )",
        "0 VNĐ () | 0 VNĐ ()",
        "10 VNĐ ()",
        "999 VNĐ ()",
    ],
)
def test_what_publishes_no_fee_is_unknown_and_not_free(text: str) -> None:
    assert parse_fees(text) == ()


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("20 VNĐ (20.000 đồng)", Fee(20000)),
        ("0 VNĐ (20.000 đồng/tờ khai.)", Fee(20000, "tờ khai")),
        ("0 VNĐ (Lệ phí: 100.000đ/01 giấy phép)", Fee(100000, "giấy phép")),
        ("0 VNĐ (500 đồng/trang)", Fee(note="500 đồng/trang")),
        (
            "0 VNĐ (20.000 đồng, hộ nghèo 10.000 đồng)",
            Fee(note="20.000 đồng, hộ nghèo 10.000 đồng"),
        ),
    ],
)
def test_a_sum_that_stands_alone_in_the_note_is_the_fee(text: str, fee: Fee) -> None:
    assert parse_fees(text) == (fee,)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("0 VNĐ (Miễn phí)", "Miễn phí"),
        ("0 VNĐ (Miễn lệ phí cho hộ nghèo)", "Miễn lệ phí cho hộ nghèo"),
        ("0 VNĐ ( - Được miễn phí khi nộp qua mạng)", "Được miễn phí khi nộp qua mạng"),
        ("0 VNĐ (Không thu phí)", "Không thu phí"),
        ("0 VNĐ (MIỄN PHÍ)", "MIỄN PHÍ"),
    ],
)
def test_a_zero_is_free_only_where_its_note_says_so(text: str, note: str) -> None:
    assert parse_fees(text) == (Fee(amount=0, note=note),)


@pytest.mark.parametrize(
    "note",
    [
        "Mức thu do HĐND tỉnh quy định",
        "2.000 đồng/trang, từ trang thứ ba 1.000 đồng/trang",
        "Theo Nghị quyết của tỉnh; hộ nghèo được miễn phí",
        "Miễn giảm 50% khi nộp trực tuyến",
        "Lệ phí: Không",
    ],
)
def test_a_zero_with_another_note_is_that_note_without_an_amount(note: str) -> None:
    assert parse_fees(f"0 VNĐ ({note})") == (Fee(note=note),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 VNĐ (/bản)", Fee(note="/bản")),
        ("30 VNĐ (USD một lượt)", Fee(note="USD một lượt")),
        ("999 VNĐ (một trang)", Fee(note="một trang")),
        ("1000 VNĐ (một trang)", Fee(amount=1000, note="một trang")),
        ("1000 VNĐ ()", Fee(amount=1000)),
        ("8000.0 VNĐ ()", Fee(amount=8000)),
        ("15000000 VNĐ (theo dự án)", Fee(amount=15_000_000, note="theo dự án")),
    ],
)
def test_sums_under_a_thousand_are_not_believed(text: str, expected: Fee) -> None:
    assert parse_fees(text) == (expected,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "7000 VNĐ (mỗi người) | 5000 VNĐ (theo danh sách) | 0 VNĐ ( Miễn phí Đồng - hộ nghèo)",
            (
                Fee(7000, note="mỗi người"),
                Fee(5000, note="theo danh sách"),
                Fee(0, note="Miễn phí Đồng - hộ nghèo"),
            ),
        ),
        ("7000 VNĐ () | 0 VNĐ () | 5000 VNĐ ()", (Fee(7000), Fee(5000))),
        ("7000 VNĐ (a | b) | 5000 VNĐ ()", (Fee(7000, note="a | b"), Fee(5000))),
        ("7000 VNĐ () | 7000 VNĐ ()", (Fee(7000),)),
        ("7000 VNĐ () |", (Fee(7000),)),
        ("Theo bảng giá | 5000 VNĐ ()", (Fee(note="Theo bảng giá"), Fee(5000))),
    ],
)
def test_several_fees_are_read_in_their_order(text: str, expected: tuple[Fee, ...]) -> None:
    assert parse_fees(text) == expected


def test_parentheses_within_a_note_are_kept() -> None:
    text = "20000 VNĐ (thẻ (cấp lại (do mất)) tại xã) | 9000 VNĐ (đổi (hết hạn))"
    assert parse_fees(text) == (
        Fee(20000, note="thẻ (cấp lại (do mất)) tại xã"),
        Fee(9000, note="đổi (hết hạn)"),
    )


def test_a_fee_in_words_is_a_note() -> None:
    assert parse_fees("Theo Thông tư của Bộ") == (Fee(note="Theo Thông tư của Bộ"),)


def test_white_space_and_list_marks_of_a_note_are_tidied() -> None:
    assert parse_fees("9000 VNĐ ( -  một\t lần )") == (Fee(9000, note="một lần"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 WORKING_DAY", Duration(3, "working_day")),
        (" 3  WORKING_DAY\n", Duration(3, "working_day")),
        ("20 ngày", Duration(20, "day")),
        ("30.5 WORKING_DAY", Duration(30.5, "working_day")),
        ("1,5 ngày", Duration(1.5, "day")),
        ("8 HOUR", Duration(8, "hour")),
        ("2 MONTH", Duration(2, "month")),
        ("1 YEAR", Duration(1, "year")),
        ("Trong buổi làm việc", Duration(note="Trong buổi làm việc")),
        ("Ngay khi đủ giấy tờ OTHER", Duration(note="Ngay khi đủ giấy tờ")),
        ("15 ngày OTHER", Duration(15, "day")),
        ("Không quá 03 ngày làm việc.", Duration(3, "working_day")),
        (
            "05 (năm) ngày làm việc kể từ khi đủ hồ sơ.",
            Duration(5, "working_day", "05 (năm) ngày làm việc kể từ khi đủ hồ sơ."),
        ),
        ("3 ngày, nếu ở xa 5 ngày", Duration(note="3 ngày, nếu ở xa 5 ngày")),
    ],
)
def test_times_are_read_with_their_unit_or_as_words(text: str, expected: Duration) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 OTHER",
        " OTHER",
        "OTHER",
        "5",
        "0 WORKING_DAY",
        "0.0 ngày",
        "Không có thông tin",
        "Không OTHER",
        "Không quy định OTHER",
        "Theo mô tả OTHER",
    ],
)
def test_a_time_without_unit_or_words_is_unknown(text: str) -> None:
    assert parse_duration(text) == Duration()
