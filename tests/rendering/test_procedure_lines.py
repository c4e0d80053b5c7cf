"""Facts as lines of text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.catalogue.model import (
    Channel,
    Dates,
    Difference,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    Procedure,
    Source,
)
from bot.rendering import procedure_lines as rendering

PROCEDURE = Procedure(
    code="1.000001",
    name="Thử",
    field="Hộ tịch",
    level="commune",
    source=Source("Nguồn", "", dt.date(2026, 7, 20)),
)


def test_dates_and_amounts_are_written_as_people_do() -> None:
    assert rendering.date(dt.date(2026, 7, 5)) == "05/07/2026"
    assert rendering.amount(1500000) == "1.500.000"


def test_papers_always_needed_come_first_and_cases_follow() -> None:
    procedure = replace(
        PROCEDURE,
        documents=(
            Document("Giấy ủy quyền", 1, None, "khi nộp thay"),
            Document("Tờ khai.", 1, 2),
            Document("Giấy A", 1, None, "trường hợp mất"),
            Document("Giấy B", None, 1, "trường hợp mất"),
            Document("Xem thêm quy định", remark=True),
        ),
        documents_note="Mang bản chính.",
        mistakes="Quên ký.\nQuên ảnh.",
    )
    assert rendering.documents(procedure) == [
        "- Tờ khai (1 bản chính, 2 bản sao)",
        "- Giấy ủy quyền (1 bản chính): khi nộp thay",
        "Trường hợp mất:",
        "- Giấy A (1 bản chính)",
        "- Giấy B (1 bản sao)",
        "Lưu ý: Mang bản chính.",
        "Hay nhầm: Quên ký. Quên ảnh.",
        "Bản công bố còn 1 đoạn giải thích kèm theo. Anh/chị xem đầy đủ trên Cổng Dịch vụ công "
        "quốc gia, mã thủ tục 1.000001.",
    ]


def test_no_papers_no_lines() -> None:
    only_remark = replace(PROCEDURE, documents=(Document("Lưu ý", remark=True),))
    assert rendering.documents(PROCEDURE) == rendering.documents(only_remark) == []


def test_fees_by_channel_and_an_unpublished_channel_is_said_so() -> None:
    procedure = replace(
        PROCEDURE,
        channels=(
            Channel(
                "online",
                fees=(
                    Fee(7000, "lần"),
                    Fee(0, "", "Miễn phí cho hộ nghèo."),
                    Fee(0, "", "hộ nghèo"),
                ),
            ),
            Channel("direct", fees=(Fee(15000, "", "mỗi lần"),)),
            Channel("postal"),
        ),
    )
    assert rendering.fees(procedure) == [
        "- Nộp trực tuyến: 7.000 đồng/lần",
        "- Nộp trực tuyến: Miễn phí cho hộ nghèo",
        "- Nộp trực tuyến: không thu tiền (hộ nghèo)",
        "- Nộp trực tiếp: 15.000 đồng (mỗi lần)",
        "- Nộp qua bưu chính: chưa công bố",
    ]
    assert rendering.states_a_sum(procedure)


def test_equal_channels_share_their_lines() -> None:
    channels = tuple(Channel(kind, Duration(2.5, "working_day")) for kind in ("online", "direct"))
    assert rendering.times(replace(PROCEDURE, channels=channels)) == [
        "- Mọi cách nộp: 2,5 ngày làm việc"
    ]


def test_a_fee_without_any_figure_states_no_sum() -> None:
    channels = (Channel("direct", fees=(Fee(None, "", "Do tỉnh quy định"),)),)
    procedure = replace(PROCEDURE, channels=channels)
    assert not rendering.states_a_sum(procedure)
    assert rendering.fees(procedure) == ["- Nộp trực tiếp: Do tỉnh quy định"]
    named = (Channel("direct", fees=(Fee(None, "", "20.000 đồng/tờ khai"),)),)
    assert rendering.states_a_sum(replace(PROCEDURE, channels=named))


def test_a_fee_says_its_currency_its_case_and_its_last_day() -> None:
    fees = (
        Fee(5, currency="USD", note="mỗi bản"),
        Fee(20000, case="cấp đổi", dates=Dates(effective_to=dt.date(2026, 12, 31))),
    )
    assert rendering.fees(replace(PROCEDURE, channels=(Channel("direct", fees=fees),))) == [
        "- Nộp trực tiếp: 5 USD (mỗi bản)",
        "- Nộp trực tiếp: cấp đổi: 20.000 đồng, đến hết ngày 31/12/2026",
    ]


def test_steps_are_numbered_unless_they_have_marks_of_their_own() -> None:
    assert rendering.steps(replace(PROCEDURE, steps=("Điền tờ khai.", "Gửi."))) == [
        "1. Điền tờ khai.",
        "2. Gửi.",
    ]
    marked = ("Bước 1: Điền tờ khai.", "- Gửi.")
    assert rendering.steps(replace(PROCEDURE, steps=marked)) == list(marked)


def test_unknown_fees_and_times_give_no_lines() -> None:
    procedure = replace(PROCEDURE, channels=(Channel("direct"), Channel("online")))
    assert rendering.fees(procedure) == rendering.times(procedure) == []


def test_an_online_channel_without_a_time_still_counts_as_online() -> None:
    assert rendering.online(replace(PROCEDURE, channels=(Channel("direct"),))) == []
    assert rendering.online(replace(PROCEDURE, channels=(Channel("online"),))) == [
        "- Nộp trực tuyến: chưa công bố",
        "Mức độ toàn trình hay một phần: nguồn dữ liệu chưa công bố.",
    ]
    full = replace(
        PROCEDURE, channels=(Channel("online"),), service_level="full", online_payment=True
    )
    assert rendering.online(full)[1:] == [
        "Mức độ: toàn trình, anh/chị làm hết trên mạng.",
        "Phí trả được trên mạng.",
    ]


def test_legal_texts_show_their_number_once() -> None:
    basis = (LegalBasis("Luật Hộ tịch", "60/2014/QH13"), LegalBasis("Nghị định 1/2020", "1/2020"))
    assert rendering.legal_basis(replace(PROCEDURE, legal_basis=basis)) == [
        "- Luật Hộ tịch (60/2014/QH13)",
        "- Nghị định 1/2020",
    ]


def test_an_unknown_address_is_said_to_be_unknown() -> None:
    assert rendering.place(PROCEDURE) == [
        "Cấp thực hiện: cấp xã (xã, phường, đặc khu).",
        "Địa chỉ nhận hồ sơ: nguồn dữ liệu chưa công bố. Anh/chị gọi 1022 để hỏi trước khi đi.",
    ]
    known = replace(PROCEDURE, places=("Công an cấp xã.",))
    assert rendering.place(known) == [
        "Nơi nộp: Công an cấp xã.",
        "Cấp thực hiện: cấp xã (xã, phường, đặc khu).",
    ]


def test_other_cases_name_the_procedure_that_fits_them() -> None:
    others = (Difference("1.000002", "Khi thẻ bị mất."), Difference("9.999999", "Khi khác"))
    procedure = replace(PROCEDURE, differs_from=others)
    assert rendering.other_cases(procedure, {"1.000002": "Cấp lại thẻ"}) == [
        "Nếu trường hợp của anh/chị khác:",
        "- Khi thẻ bị mất: thủ tục “Cấp lại thẻ”",
    ]
    assert rendering.other_cases(procedure, {}) == []


def test_forms_show_their_number_their_place_and_their_last_day() -> None:
    forms = (
        Form("Tờ khai đăng ký.", "CT01", file="1.Mau.doc"),
        Form("Tờ khai đăng ký.", "CT01"),
        Form("Đơn đề nghị", url="https://example.vn/don"),
        Form("Phiếu cũ", dates=Dates(effective_to=dt.date(2026, 12, 31))),
    )
    assert rendering.forms(replace(PROCEDURE, forms=forms)) == [
        "- Tờ khai đăng ký, mẫu CT01",
        "- Đơn đề nghị: https://example.vn/don",
        "- Phiếu cũ, đến hết ngày 31/12/2026",
    ]
    assert rendering.forms(PROCEDURE) == []


def test_a_service_level_that_no_source_tells_gives_no_line() -> None:
    assert rendering.service_level(PROCEDURE) == []
    assert rendering.service_level(replace(PROCEDURE, service_level="partial")) == [
        "Mức độ: một phần, có bước anh/chị phải đến nơi nhận hồ sơ."
    ]


def test_long_names_are_cut_between_words() -> None:
    assert rendering.shortened("Đăng ký khai sinh", 17) == "Đăng ký khai sinh"
    assert rendering.shortened("Đăng ký khai sinh", 14) == "Đăng ký khai…"
