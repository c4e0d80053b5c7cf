"""Quotes: exact sums, and no sum where anything is unknown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import DIRECT, ONLINE, POSTAL, Channel, Fee, Procedure
from bot.catalogue.situation import NOTHING, Situation
from bot.payments import quantity
from bot.payments.quantity import NONE, Quantity
from bot.payments.quote import Choice, Line, Quote, quote

TODAY = dt.date(2026, 11, 30)
LAST = dt.date(2026, 12, 31)
POOR = Situation.from_list(["poor"])


def priced(*fees: Fee, kinds: tuple[str, ...] = (DIRECT,), **facts: Any) -> Procedure:
    channels = tuple(Channel(kind, fees=fees) for kind in kinds)
    return Procedure("1.000001", "Cấp giấy", "Thử", "commune", channels=channels, **facts)


def one(procedure: Procedure, case: Situation = NOTHING, many: Quantity = NONE) -> Quote:
    (found,) = quote(procedure, case, many, TODAY)
    return found


def copies_of(first: int, later: int, cap: int, until: int = 2) -> Procedure:
    """Certified copies: one price for the first pages, another from there, so much a copy."""
    note = f"tổng cộng không quá {cap:,} đồng một bản".replace(",", ".")
    return priced(
        Fee(first, "trang", f"{until} trang đầu"),
        Fee(later, "trang", f"Từ trang thứ {until + 1} trở lên; {note}"),
    )


COPIES = copies_of(2_000, 1_000, 200_000)


def many(**counts: int) -> Quantity:
    return Quantity(tuple(sorted((key, count) for key, count in counts.items() if count)))


def test_five_copies_of_three_pages() -> None:
    assert one(COPIES, many=quantity.read("5 bản, mỗi bản 3 trang")) == Quote(
        (DIRECT,),
        total=25_000,
        lines=(
            Line(2_000, 2, 20_000, "trang", copies=5, pages=(1, 2)),
            Line(1_000, 1, 5_000, "trang", copies=5, pages=(3, 3)),
        ),
    )


def test_pages_alone_are_of_one_copy_and_copies_alone_have_no_price() -> None:
    assert one(COPIES, many=many(page=10)).total == 12_000
    found = one(COPIES, many=many(copy=10))
    assert (found.total, found.asks) == (None, ("page",))
    assert one(COPIES).asks == ("copy", "page")


def test_the_cap_is_a_copy() -> None:
    found = one(COPIES, many=many(copy=3, page=500))
    assert found.total == 600_000
    assert found.lines == (Line(200_000, 1, 600_000, copies=3, pages=(1, 500), cap=200_000),)
    assert one(COPIES, many=many(page=198)).total == 200_000
    assert one(COPIES, many=many(page=197)).total == 199_000


def test_a_set_is_said_to_be_taken_for_one_paper() -> None:
    found = one(COPIES, many=many(set=3, page=12))
    assert (found.total, found.by_set) == (3 * 14_000, True)


def slowly(first: int, later: int, cap: int, until: int, copies: int, pages: int) -> int:
    """Page by page, copy by copy."""
    total = 0
    for _ in range(copies):
        copy = 0
        for page in range(1, pages + 1):
            copy += first if page <= until else later
        total += min(copy, cap)
    return total


SUMS = st.integers(1, 500).map(lambda n: n * 1_000)


@given(SUMS, SUMS, st.integers(1, 500), st.integers(2, 9), st.integers(1, 30), st.integers(1, 60))
def test_steps_are_what_counting_page_by_page_gives(
    first: int, later: int, cap: int, until: int, copies: int, pages: int
) -> None:
    found = one(copies_of(first, later, cap * 1_000, until), many=many(copy=copies, page=pages))
    assert found.total == slowly(first, later, cap * 1_000, until, copies, pages)
    assert found.total == sum(line.total for line in found.lines)
    assert found.total <= cap * 1_000 * copies


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 50), st.integers(0, 50))
def test_more_never_costs_less(copies: int, pages: int, further: int, longer: int) -> None:
    less = one(COPIES, many=many(copy=copies, page=pages)).total
    more = one(COPIES, many=many(copy=copies + further, page=pages + longer)).total
    assert less is not None
    assert more is not None
    assert 0 < less <= more


@given(SUMS, st.integers(1, 100_000))
def test_a_unit_is_multiplied(price: int, count: int) -> None:
    found = one(priced(Fee(price, "giao dịch")), many=many(contract=count))
    assert found.total == price * count
    assert found.lines == (Line(price, count, price * count, "giao dịch"),)


def test_without_a_number_one_request_has_one_of_it_but_not_of_everything() -> None:
    assert one(priced(Fee(70_000, "giấy chứng nhận"))).total == 70_000
    rooms = priced(Fee(1_000_000, "phòng", "tổng mức không quá 6.000.000 đồng mỗi giấy phép"))
    assert (one(rooms).total, one(rooms).asks) == (None, ("room",))
    assert one(rooms, many=many(room=3)).total == 3_000_000
    assert one(rooms, many=many(room=8)).lines == (
        Line(1_000_000, 8, 6_000_000, "phòng", cap=6_000_000),
    )


def test_nobody_multiplies_by_what_the_fee_does_not_count() -> None:
    found = one(priced(Fee(8_000, note="Phí cấp bản sao")), many=many(copy=3))
    assert (found.total, found.unused) == (None, ("copy",))
    found = one(priced(Fee(70_000, "hồ sơ")), many=many(copy=3))
    assert (found.total, found.unused) == (70_000, ("copy",))
    # "Trang quy chuẩn" are not the citizen's pages.
    assert one(priced(Fee(7_500, "trang quy chuẩn")), many=many(page=3)).total is None


def test_too_many_are_not_reckoned() -> None:
    found = one(COPIES, many=quantity.read("300000 bản, mỗi bản 2 trang"))
    assert (found.total, found.too_many) == (None, True)


@pytest.mark.parametrize(
    "fees",
    [
        (Fee(None, note="Theo quy định của Bộ Tài chính"),),
        (Fee(100_000), Fee(None, note="Theo quy định của Bộ Tài chính")),
        (Fee(100_000), Fee(200_000)),
        (Fee(100, currency="USD"),),
        (Fee(None),),
        (),
    ],
)
def test_an_unknown_part_leaves_no_total(fees: tuple[Fee, ...]) -> None:
    for counted in (NONE, many(copy=3, page=2)):
        found = one(priced(*fees), POOR, counted)
        assert (found.total, found.lines, found.choices, found.is_certain) == (None, (), (), False)
    assert one(priced(*fees)).published == any(fee.is_published for fee in fees)


def test_the_case_decides_among_prices() -> None:
    passport = priced(
        Fee(200_000, "hộ chiếu", "Cấp hộ chiếu"),
        Fee(400_000, "hộ chiếu", "Cấp lại do bị hỏng hoặc bị mất"),
    )
    assert one(passport).choices == (
        Choice("Cấp hộ chiếu", 200_000, "hộ chiếu", 200_000),
        Choice("Cấp lại do bị hỏng hoặc bị mất", 400_000, "hộ chiếu", 400_000),
    )
    assert one(passport).total is None
    lost = one(passport, Situation.from_list(["lost"]))
    assert (lost.total, lost.choices) == (400_000, ())


def test_prices_of_cases_are_reckoned_each_by_its_own_unit() -> None:
    stay = priced(
        Fee(15_000, "lần", "Cá nhân, hộ gia đình đăng ký"),
        Fee(10_000, "người", "Đăng ký theo danh sách, tính mỗi người một lần đăng ký"),
    )
    totals = {c.price: c.total for c in one(stay, many=many(person=4)).choices}
    assert totals == {15_000: 15_000, 10_000: 40_000}


EXEMPT = "Miễn lệ phí cho người thuộc gia đình có công với cách mạng, hộ nghèo, người khuyết tật"


def test_an_exemption_is_for_those_who_said_that_they_have_it() -> None:
    levy = priced(Fee(8_000, note="Lệ phí đăng ký"), Fee(0, note=EXEMPT))
    assert (one(levy).total, one(levy).reliefs) == (8_000, (EXEMPT,))
    poor = one(levy, POOR)
    assert (poor.total, poor.reliefs, poor.relief and poor.relief.text) == (0, (), EXEMPT)
    assert one(levy, Situation.from_list(["lost"])).total == 8_000


def test_an_exemption_from_one_fee_is_none_from_another() -> None:
    assert one(priced(Fee(8_000, note="Phí cấp bản sao"), Fee(0, note=EXEMPT)), POOR).total == 8_000


def test_an_unknown_sum_is_waived_all_the_same_but_only_alone() -> None:
    unknown = Fee(None, note="Mức lệ phí do Hội đồng nhân dân tỉnh quy định")
    extra = Fee(None, note="Phí cấp thêm bản sao trích lục thu theo Thông tư 281/2016/TT-BTC")
    found = one(priced(unknown, Fee(0, note=EXEMPT), extra), POOR)
    assert (found.total, found.extra) == (0, (extra.note,))
    assert one(priced(unknown, Fee(0, note=EXEMPT))).total is None
    other = Fee(None, note="Theo quy định của pháp luật về phí và lệ phí")
    assert one(priced(unknown, other, Fee(0, note=EXEMPT)), POOR).total is None


def test_an_exemption_that_names_others_is_only_told() -> None:
    note = "Miễn lệ phí khi cha dượng nhận con riêng; nhận trẻ khuyết tật; người có công"
    found = one(
        priced(Fee(400_000, note="Lệ phí"), Fee(0, note=note)), Situation.from_list(["disabled"])
    )
    assert (found.total, found.reliefs) == (400_000, (note,))


def test_nothing_is_charged_only_where_the_source_says_so_of_all() -> None:
    assert one(priced(Fee(0, note="Miễn lệ phí (Thông tư số 47/2019/TT-BTC)."))).total == 0
    more = "Miễn lệ phí (Thông tư số 47/2019/TT-BTC). - Phí công bố: 100.000 đồng/lần"
    for_some = "Không thu lệ phí đối với tổ hợp tác"
    assert [one(priced(Fee(0, note=note))).total for note in (more, for_some)] == [None, None]


def test_a_share_is_rounded_half_up_and_said_to_be() -> None:
    half = Fee(None, note="Giảm 50% cho hộ nghèo")
    found = one(priced(Fee(1_001), half), POOR)
    assert (found.total, found.rounded) == (501, True)
    whole = one(priced(Fee(1_000), half), POOR)
    assert (whole.total, whole.rounded) == (500, False)


@given(st.integers(1, 10**9), st.integers(1, 99))
def test_a_relief_never_raises_the_sum(amount: int, percent: int) -> None:
    fees = (Fee(amount), Fee(None, note=f"Giảm {percent}% cho hộ nghèo"))
    full, reduced = one(priced(*fees)).total, one(priced(*fees), POOR).total
    assert full == amount
    assert reduced is not None
    assert 0 <= reduced <= amount
    # Within half a đồng of the exact share.
    assert abs(reduced * 100 - amount * (100 - percent)) <= 50


def test_reductions_on_line_hold_for_that_channel() -> None:
    fees = (Fee(10_000), Fee(None, note="Giảm 50% khi nộp trực tuyến"))
    found = quote(priced(*fees, kinds=(ONLINE, DIRECT)), NOTHING, NONE, TODAY)
    assert [(q.channels, q.total) for q in found] == [((ONLINE,), 5_000), ((DIRECT,), 10_000)]


def test_channels_that_cost_the_same_share_a_quote() -> None:
    found = quote(priced(Fee(9_000), kinds=(ONLINE, DIRECT, POSTAL)), NOTHING, NONE, TODAY)
    assert [(q.channels, q.total) for q in found] == [((ONLINE, DIRECT, POSTAL), 9_000)]


def test_the_next_price_is_named_where_it_is_known() -> None:
    note = "áp dụng mức phí {} đồng/hồ sơ kể từ ngày 01/7/2025 đến hết ngày 31/12/2026"
    known = one(priced(Fee(800_000, note=note.format("400.000"))))
    assert (known.total, known.until, known.next_total) == (400_000, LAST, 800_000)
    unknown = one(priced(Fee(None, note=note.format("25.000"))))
    assert (unknown.total, unknown.until, unknown.next_total) == (25_000, LAST, None)


NOTES = st.sampled_from(
    ["", "/hồ sơ", EXEMPT, "Lệ phí cấp mới", "Lệ phí cấp lại", "Theo quy định của Bộ Tài chính",
     "Hai trang đầu", "Giảm 50% cho hộ nghèo", "bằng 75% mức phí cấp mới", "Miễn lệ phí"]
)  # fmt: skip
FEES = st.builds(
    Fee,
    st.one_of(st.none(), st.integers(0, 10**9)),
    st.sampled_from(["", "trang", "bản", "lần"]),
    NOTES,
)


@given(
    st.lists(FEES, max_size=4),
    st.fixed_dictionaries({"copy": st.integers(0, 50), "page": st.integers(0, 50)}),
    st.sampled_from([NOTHING, POOR]),
)
def test_whatever_is_published_a_total_is_what_its_lines_say(
    fees: list[Fee], counts: dict[str, int], case: Situation
) -> None:
    asked = many(**counts)
    found = one(priced(*fees), case, asked)
    assert found == one(priced(*fees), case, asked)
    if found.total is not None:
        before = sum(line.total for line in found.lines)
        off = found.relief.percent if found.relief else 0
        assert 0 <= found.total <= before or (before == found.total == 0)
        assert found.total == (before * (100 - off) * 2 + 100) // 200
        assert not found.unknown
