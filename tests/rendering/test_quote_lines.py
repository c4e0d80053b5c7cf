"""What a fee comes to, in the words that citizens read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import DIRECT, ONLINE, Channel, Fee, Procedure
from bot.catalogue.situation import NOTHING, Situation
from bot.payments import quantity
from bot.rendering import quote_lines

TODAY = dt.date(2026, 11, 30)
POOR = Situation.from_list(["poor"])


def priced(*fees: Fee, kinds: tuple[str, ...] = (DIRECT,), **facts: Any) -> Procedure:
    channels = tuple(Channel(kind, fees=fees) for kind in kinds)
    return Procedure("1.000001", "Cấp giấy", "Thử", "commune", channels=channels, **facts)


def lines(procedure: Procedure, message: str = "", case: Situation = NOTHING) -> list[str]:
    return quote_lines.lines(procedure, case, quantity.read(message), TODAY)


COPIES = priced(
    Fee(2_000, "trang", "Hai trang đầu"),
    Fee(1_000, "trang", "Từ trang thứ ba trở lên; tổng cộng không quá 200.000 đồng một bản"),
)


def test_the_sum_stands_first_and_then_its_reckoning() -> None:
    assert lines(COPIES, "chứng thực 5 bản, mỗi bản 3 trang") == [
        "- Nộp trực tiếp: 25.000 đồng (hai mươi lăm nghìn đồng)",
        "- Trang 1 đến 2: 2 trang × 5 bản × 2.000 đồng = 20.000 đồng",
        "- Trang 3: 1 trang × 5 bản × 1.000 đồng = 5.000 đồng",
    ]


def test_the_most_for_a_copy_is_named() -> None:
    assert lines(COPIES, "3 bản, mỗi bản 500 trang") == [
        "- Nộp trực tiếp: 600.000 đồng (sáu trăm nghìn đồng)",
        "- Mỗi bản thu nhiều nhất 200.000 đồng: 3 bản × 200.000 đồng = 600.000 đồng",
    ]


def test_what_is_missing_is_asked_for() -> None:
    assert lines(COPIES) == ["Anh/chị cho em số bản và số trang của mỗi bản, em tính giúp."]
    assert lines(COPIES, "4 bản") == ["Anh/chị cho em số trang của mỗi bản, em tính giúp."]
    assert lines(COPIES, "10 trang")[-1] == (
        "Em tính cho một bản. Làm nhiều bản, anh/chị cho em số bản."
    )
    assert lines(COPIES, "2 bộ, mỗi bộ 3 trang")[-1] == (
        "Em tính mỗi bộ là một giấy tờ. Bộ có nhiều giấy tờ thì mỗi giấy tờ tính riêng."
    )
    rooms = priced(Fee(1_000_000, "phòng"))
    assert lines(rooms) == ["Anh/chị cho em số phòng, em tính giúp."]


def test_one_certain_sum_is_said_with_its_unit_and_all_channels_together() -> None:
    both = (ONLINE, DIRECT)
    assert lines(priced(Fee(70_000, "giấy chứng nhận"), kinds=both)) == [
        "- Mọi cách nộp: 70.000 đồng (bảy mươi nghìn đồng) cho một giấy chứng nhận"
    ]
    assert lines(priced(Fee(70_000, "giấy chứng nhận")), "3 giấy chứng nhận") == [
        "- Nộp trực tiếp: 210.000 đồng (hai trăm mười nghìn đồng)",
        "- 3 giấy chứng nhận × 70.000 đồng = 210.000 đồng",
    ]


def test_the_last_day_and_the_next_price() -> None:
    note = "áp dụng mức phí 400.000 đồng/hồ sơ kể từ ngày 01/7/2025 đến hết ngày 31/12/2026"
    assert lines(priced(Fee(800_000, note=note))) == [
        "- Nộp trực tiếp: 400.000 đồng (bốn trăm nghìn đồng) cho một hồ sơ",
        "Mức này áp dụng đến hết ngày 31/12/2026. Từ ngày 01/01/2027 là 800.000 đồng.",
    ]
    assert lines(priced(Fee(None, note=note)))[-1] == (
        "Mức này áp dụng đến hết ngày 31/12/2026. Sau ngày đó em chưa có mức mới."
    )


def test_a_relief_is_told_with_its_words() -> None:
    fees = (Fee(1_001, note="Lệ phí đăng ký"), Fee(None, note="Giảm 50% cho hộ nghèo"))
    assert lines(priced(*fees), case=POOR) == [
        "- Nộp trực tiếp: 501 đồng (năm trăm linh một đồng)",
        "- Trước khi miễn, giảm: 1.001 đồng",
        "- Nguồn ghi: Giảm 50% cho hộ nghèo",
        "Số lẻ sau khi giảm được làm tròn đến đồng.",
    ]
    free = (Fee(1_000, note="Lệ phí"), Fee(0, note="Miễn lệ phí cho hộ nghèo"))
    assert lines(priced(*free), case=POOR)[0] == (
        "- Nộp trực tiếp: trường hợp của anh/chị được miễn, không phải nộp"
    )


def test_nothing_is_said_where_nothing_certain_adds_to_the_fees() -> None:
    words = priced(Fee(None, note="Theo quy định của Bộ Tài chính"))
    assert lines(words) == []
    assert lines(words, "3 bản") == ["Nguồn không nêu đủ số tiền, nên em chưa tính được tổng."]
    assert lines(priced(Fee(None))) == lines(priced(Fee(None)), "3 bản") == []
    # Free for everybody: the source's own line says so.
    assert lines(priced(Fee(0, note="Miễn lệ phí"))) == []
    cases = priced(Fee(4_000, note="Lệ phí cấp mới"), Fee(2_000, note="Lệ phí cấp lại"))
    assert lines(cases) == []


def test_numbers_that_the_fee_does_not_count_are_not_used() -> None:
    assert lines(priced(Fee(8_000, note="Phí cấp bản sao")), "3 bản") == [
        "Nguồn không ghi giá này tính theo gì, nên em chưa nhân với số anh/chị nêu."
    ]
    assert lines(priced(Fee(8_000, "hồ sơ")), "3 bản")[-1] == (
        "Giá công bố tính theo hồ sơ, nên em không nhân với số anh/chị nêu."
    )
    assert lines(COPIES, "300000 bản") == [
        "Số lượng anh/chị nêu lớn quá, em không dám tính. Anh/chị hỏi nơi nhận hồ sơ giúp em."
    ]


def test_prices_of_cases_are_told_where_a_number_changes_them() -> None:
    stay = priced(
        Fee(15_000, "lần", "Cá nhân, hộ gia đình đăng ký"),
        Fee(10_000, "người", "Đăng ký theo danh sách"),
    )
    assert lines(stay, "cho 4 người") == [
        "- Nộp trực tiếp: tùy trường hợp của anh/chị",
        "- Đăng ký theo danh sách: 40.000 đồng (bốn mươi nghìn đồng)",
        "- Cá nhân, hộ gia đình đăng ký: 15.000 đồng (mười lăm nghìn đồng)",
    ]


def test_published_fees_are_only_left_out_where_the_quote_says_it_all() -> None:
    bare, noted = priced(Fee(9_000)), priced(Fee(9_000, note="Lệ phí đăng ký"))
    assert quote_lines.add_nothing(bare, lines(bare))
    assert not quote_lines.add_nothing(noted, lines(noted))
    assert not quote_lines.add_nothing(
        priced(Fee(1_000, "phòng")), lines(priced(Fee(1_000, "phòng")))
    )
    assert not quote_lines.add_nothing(bare, [])


@given(st.integers(1, 10**9), st.integers(1, 999), st.integers(1, 999))
def test_lines_are_few(price: int, copies: int, pages: int) -> None:
    fees = (Fee(price, "trang", "Hai trang đầu"), Fee(price, "trang", "Từ trang thứ ba trở lên"))
    found = lines(priced(*fees), f"{copies} bản, mỗi bản {pages} trang")
    assert 0 < len(found) <= quote_lines.LONGEST
    assert found[0].startswith("- Nộp trực tiếp: ")
