"""What published fees mean: notes as the national database holds them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.catalogue.model import DIRECT, ONLINE, POSTAL, Channel, Dates, Fee, Procedure
from bot.payments import fee_note, tariff
from bot.payments.fee_note import Price
from bot.payments.tariff import Tariff

TODAY, NEXT_YEAR = dt.date(2026, 11, 30), dt.date(2027, 1, 1)
LAST = dt.date(2026, 12, 31)


def priced(*channels: Channel, **facts: Any) -> Procedure:
    return Procedure("1.000001", "Cấp giấy", "Thử", "commune", channels=channels, **facts)


def of(*fees: Fee, on: dt.date = TODAY) -> Tariff:
    (found,) = tariff.tariffs(priced(Channel(DIRECT, fees=fees)), on)
    return found


@pytest.mark.parametrize(
    ("amount", "note", "price"),
    [
        (500_000, "", Price(500_000)),
        (500_000, "/hồ sơ", Price(500_000, "hồ sơ")),
        (2_000_000, "đồng/lần", Price(2_000_000, "lần")),
        (1_000_000, "1 lần", Price(1_000_000, "lần")),
        (200_000, "Trên 1 chứng chỉ", Price(200_000, "chứng chỉ")),
        (70_000, "70.000 đồng/Giấy chứng nhận.", Price(70_000, "Giấy chứng nhận")),
        (10_000, "10.000 đồng/khẩu-chiếc", Price(10_000, "khẩu-chiếc")),
        (14_250_000, "14.250.000/lần/ đơn vị", Price(14_250_000, "lần/đơn vị")),
        (100_000, "100.000 đồng/01 lần cấp", Price(100_000, "lần cấp")),
        (None, "150.000 đồng/lần/thẻ.", Price(150_000, "lần/thẻ")),
        (
            100_000,
            "Phí Thẩm tra, thẩm định: 100.000 đồng/lần.",
            Price(100_000, "lần", "Phí Thẩm tra, thẩm định"),
        ),
        (
            2_500_000,
            "Theo Thông tư số 59/2023/TT-BTC ngày 30/8/2023 của Bộ Tài chính quy định mức thu, "
            "chế độ thu, nộp, quản lý và sử dụng phí trong lĩnh vực y tế",
            Price(2_500_000),
        ),
        (
            6_000_000,
            "Phí thẩm định: Sáu triệu đồng.",
            Price(6_000_000, label="Phí thẩm định: Sáu triệu đồng"),
        ),
        (
            200_000,
            "đối với trường hợp cấp mới Giấy phép",
            Price(200_000, case="đối với trường hợp cấp mới Giấy phép"),
        ),
        (
            215_000,
            "(không thu phí đối với trường hợp cấp sai do lỗi của cơ quan có thẩm quyền)",
            Price(
                215_000,
                free_for=(
                    "không thu phí đối với trường hợp cấp sai do lỗi của cơ quan có thẩm quyền",
                ),
            ),
        ),
    ],
)
def test_a_note_tells_unit_name_and_case(amount: int | None, note: str, price: Price) -> None:
    assert fee_note.read(Fee(amount, note=note), TODAY) == (price,)


@pytest.mark.parametrize(
    ("amount", "note"),
    [
        # Another sum than the one that is published beside it.
        (50_000, "25.000.000đ/giấy thông hành (áp dụng đến hết ngày 31/12/2026)"),
        (2_300_000, "Thẩm định duy trì điều kiện: 1.500.000 đồng/01 cơ sở/lần."),
        (6_000_000, "Phí thẩm định: Bảy triệu đồng."),
        # Nobody knows whether it is the full sum or the reduced one.
        (
            7_500_000,
            "Phí : Đồng (Từ ngày 01/7/2025 đến hết ngày 31/12/2026 áp dụng theo quy định tại "
            "Thông tư số 64/2025/TT-BTC ngày 30/6/2025 của Bộ trưởng Bộ Tài chính)",
        ),
        (
            1_250,
            "4.000.000 đồng/hồ sơ. (Từ ngày 01/7/2025 đến hết ngày 31/12/2026 áp dụng mức phí)",
        ),
        # What ended cannot hold today.
        (40_000, "40.000đ/giấy thông hành (áp dụng đến hết ngày 31/12/2024)."),
        # Further fees, rules and shares.
        (500_000, "Phí dịch vụ: nộp theo quy định tại khoản 1 Điều 5. - Lệ phí: 500.000 đồng."),
        (5_000_000, "bằng 0,1% tổng giá trị của hợp đồng nhưng tối đa không quá 10 triệu đồng"),
        (140_000, "140.000 đồng/1 block thứ nhất cộng (+) mức tăng thêm là 100.000 đồng"),
        (300_000, "Đối với 10 tác phẩm mỹ thuật đầu tiên"),
        (500_000, "03 ngày làm việc kể từ thời điểm nhận được hồ sơ"),
        (15_000, "Mức còn lại trong bản công bố, không ghi rõ cho ai"),
        (None, "Theo quy định của Bộ Tài chính"),
        (None, "Mức lệ phí do Hội đồng nhân dân tỉnh quy định"),
        (None, "Dưới 5 tấn: 50.000 đồng/giấy; - Trên 15 tấn: 150.000 đồng/giấy."),
    ],
)
def test_what_may_mean_another_sum_is_no_price(amount: int | None, note: str) -> None:
    assert fee_note.read(Fee(amount, note=note), TODAY) == ()


def test_dollars_are_no_dong() -> None:
    assert fee_note.read(Fee(100, currency="USD"), TODAY) == ()


REDUCED = "áp dụng mức phí 400.000 đồng/hồ sơ kể từ ngày 01/7/2025 đến hết ngày 31/12/2026"
BOTH = (
    "50.000đ/tem “AB” (Thông tư số 25/2021/TT-BTC ngày 07/4/2021 của Bộ Tài chính). - 25.000đ/tem"
    " “AB” (áp dụng đến hết ngày 31/12/2026 theo Thông tư số 64/2025/TT-BTC ngày 30/6/2025)."
)
FULL_TOLD = (
    "Theo quy định tại Thông tư số 59/2023/TT-BTC: 2.000.000 đồng/hồ sơ. (Từ ngày 01 tháng 7 năm"
    " 2025 đến hết ngày 31 tháng 12 năm 2026 áp dụng mức phí theo Quyết định số 2495/QĐ-BYT)"
)
REPLACED = (
    "Lệ phí cấp Quyết định: 75.000 đồng. Kể từ ngày 01 tháng 01 năm 2027 trở đi, "
    "mức thu: 150.000 đồng."
)
SHARE = "Mức gốc; từ 01/7/2025 đến hết 31/12/2026 thu bằng 50% mức này, tức 25.000 đồng"
MARKED = "Mức giảm áp dụng theo Thông tư số 64/2025/TT-BTC đến hết ngày 31/12/2026"


@pytest.mark.parametrize(
    ("amount", "note", "now", "later"),
    [
        (800_000, f"({REDUCED} theo Thông tư số 64/2025/TT-BTC)", 400_000, 800_000),
        (None, REDUCED, 400_000, None),
        (400_000, REDUCED, 400_000, None),
        (50_000, BOTH, 25_000, 50_000),
        (1_000_000, FULL_TOLD, 1_000_000, 2_000_000),
        (75_000, REPLACED, 75_000, 150_000),
        (50_000, SHARE, 25_000, 50_000),
        (162_500, MARKED, 162_500, None),
    ],
)
def test_a_reduction_ends_on_its_last_day(
    amount: int | None, note: str, now: int, later: int | None
) -> None:
    (price,) = fee_note.read(Fee(amount, note=note), TODAY)
    assert (price.amount, price.until) == (now, LAST)
    after = fee_note.read(Fee(amount, note=note), NEXT_YEAR)
    assert [(p.amount, p.until) for p in after] == ([(later, None)] if later else [])


def test_a_share_that_does_not_come_out_is_not_believed() -> None:
    assert fee_note.read(Fee(60_000, note=SHARE), TODAY) == ()


STEPS = (Price(2_000, "trang", pages=(1, 2)), Price(1_000, "trang", pages=(3, None)))


def test_steps_of_pages_stand_in_one_note_or_in_two() -> None:
    in_one = of(
        Fee(
            2_000,
            note="2.000 đồng/trang; từ trang thứ 3 trở lên thu 1.000 đồng/trang, tối đa thu không "
            "quá 200.000 đồng/bản. Trang là căn cứ để thu phí được tính theo trang của bản chính.",
        )
    )
    in_two = of(
        Fee(2_000, "trang", "Hai trang đầu, tính theo trang của bản chính"),
        Fee(1_000, "trang", "Từ trang thứ ba trở lên; tổng cộng không quá 200.000 đồng một bản"),
    )
    assert in_one.prices == in_two.prices
    assert [(p.amount, p.pages) for p in in_one.prices] == [(p.amount, p.pages) for p in STEPS]
    assert {(p.cap, p.cap_unit) for p in in_one.prices} == {(200_000, "bản")}


def test_steps_with_a_gap_are_no_tariff() -> None:
    found = of(
        Fee(2_000, "trang", "Hai trang đầu"), Fee(1_000, "trang", "Từ trang thứ năm trở lên")
    )
    assert (found.prices, found.cases) == ((), ())
    assert found.unknown == ("2000", "1000")


def test_prices_of_cases_stand_beside_each_other() -> None:
    found = of(Fee(40_000, "lần", "Lệ phí cấp mới"), Fee(20_000, "lần", "Lệ phí cấp lại"))
    assert [(p.amount, p.case) for p in found.cases] == [
        (40_000, "Lệ phí cấp mới"),
        (20_000, "Lệ phí cấp lại"),
    ]
    assert found.prices == ()


@pytest.mark.parametrize(
    "fees",
    [
        # Fees that may be charged together, and sums without a word.
        (Fee(120_000, note="Phí đăng bạ"), Fee(230_000, note="Phí thẩm định hồ sơ")),
        (Fee(800_000), Fee(100_000)),
        (
            Fee(1_750_000, note="Phí thẩm định hồ sơ khảo nghiệm"),
            Fee(1_250_000, note="Phí thẩm định đăng ký lưu hành"),
        ),
        # A part whose other part the source leaves out.
        (Fee(100_000, note="Phí công bố nội dung đăng ký doanh nghiệp"),),
    ],
)
def test_fees_beside_each_other_are_never_added_up(fees: tuple[Fee, ...]) -> None:
    found = of(*fees)
    assert (found.prices, found.cases) == ((), ())
    assert found.unknown


def test_a_case_of_its_own_names_the_price() -> None:
    found = of(Fee(8_000, "bản", case="Trong nước"), Fee(9_000, "bản", case="Có yếu tố nước ngoài"))
    assert [(p.amount, p.unit, p.case) for p in found.cases] == [
        (8_000, "bản", "Trong nước"),
        (9_000, "bản", "Có yếu tố nước ngoài"),
    ]


def test_rows_hold_on_their_days() -> None:
    old = Fee(5_000, dates=Dates(None, LAST))
    new = Fee(8_000, dates=Dates(NEXT_YEAR, None))
    assert of(old, new).prices == (Price(5_000, until=LAST),)
    assert of(old, new, on=NEXT_YEAR).prices == (Price(8_000),)


def test_channels_that_contradict_each_other_settle_nothing() -> None:
    parts = (Channel(ONLINE, fees=(Fee(250_000),)), Channel(POSTAL, fees=(Fee(100_000),)))
    assert [t.prices for t in tariff.tariffs(priced(*parts), TODAY)] == [(), ()]
    # People have looked at these, or the source says why.
    believed = tariff.tariffs(priced(*parts, curated=True), TODAY)
    assert [t.prices for t in believed] == [(Price(250_000),), (Price(100_000),)]
    explained = (Channel(ONLINE, fees=(Fee(5_000, note="Nộp trực tuyến"),)), parts[1])
    found = tariff.tariffs(priced(*explained), TODAY)
    assert [t.prices for t in found] == [(Price(5_000),), (Price(100_000),)]


def test_a_channel_that_publishes_nothing_contradicts_nobody() -> None:
    found = tariff.tariffs(priced(Channel(ONLINE, fees=(Fee(9_000),)), Channel(DIRECT)), TODAY)
    assert [(t.prices, t.is_published) for t in found] == [((Price(9_000),), True), ((), False)]


def test_free_of_one_fee_is_not_free_where_another_channel_names_more() -> None:
    free = Channel(ONLINE, fees=(Fee(0, note="Miễn lệ phí (Thông tư số 47/2019/TT-BTC)."),))
    more = Channel(POSTAL, fees=(Fee(None, note="Phí công bố: 100.000 đồng/lần"),))
    assert [t.reliefs for t in tariff.tariffs(priced(free, more), TODAY)] == [(), ()]


def test_fees_that_have_ended_are_no_fees() -> None:
    ended = priced(Channel(DIRECT, fees=(Fee(9_000),)), expired=(("channels", LAST),))
    assert tariff.tariffs(ended, NEXT_YEAR) == ()
