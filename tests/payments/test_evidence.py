"""What a procedure's own text says of paying: kept as written, and nothing concluded from it."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.catalogue.model import Channel, Fee
from bot.payments import evidence as module
from bot.payments.evidence import Evidence, evidence, in_text, names_online_payment
from bot.payments.method_list import methods, questions
from bot.sources import Source
from tests.catalogue.exports import SOURCE, procedure

PORTAL = "nộp phí, lệ phí thông qua chức năng thanh toán trực tuyến hoặc bằng cách thức khác"
OWN = Source("Nghị quyết thử", "https://example.vn/nq", dt.date(2026, 8, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"Người yêu cầu gửi bản chụp giấy tờ; {PORTAL}, hoàn tất việc nộp hồ sơ.",
            [("portal", PORTAL)],
        ),
        (
            "Lệ phí có thể nộp trực tiếp tại bộ phận tiếp nhận hoặc chuyển vào tài khoản của cơ "
            "quan hoặc sử dụng dịch vụ thanh toán điện tử.",
            [
                (
                    way,
                    "Lệ phí có thể nộp trực tiếp tại bộ phận tiếp nhận hoặc chuyển vào tài khoản "
                    "của cơ quan hoặc sử dụng dịch vụ thanh toán điện tử",
                )
                for way in ("portal", "transfer", "desk")
            ],
        ),
        (
            "Hình thức nộp lệ phí: chuyển khoản hoặc nộp trực tiếp tại Kho bạc nhà nước Ba Đình.",
            [
                (
                    way,
                    "Hình thức nộp lệ phí: chuyển khoản hoặc nộp trực tiếp tại Kho bạc nhà nước "
                    "Ba Đình",
                )
                for way in ("transfer", "treasury")
            ],
        ),
        (
            "Nếu lựa chọn hình thức nộp hồ sơ trực tiếp, người yêu cầu nộp tại Trung tâm; nộp lệ "
            "phí nếu thuộc trường hợp phải nộp.",
            [
                (
                    "desk",
                    "Nếu lựa chọn hình thức nộp hồ sơ trực tiếp … nộp lệ phí nếu thuộc trường hợp "
                    "phải nộp",
                )
            ],
        ),
        (
            "Người nộp hồ sơ nộp lệ phí đăng ký tại thời điểm nộp hồ sơ.",
            [("when", "Người nộp hồ sơ nộp lệ phí đăng ký tại thời điểm nộp hồ sơ")],
        ),
        (
            "Tiền sử dụng dịch vụ thanh toán trực tuyến không được tính trong lệ phí.",
            [
                (
                    "surcharge",
                    "Tiền sử dụng dịch vụ thanh toán trực tuyến không được tính trong lệ phí",
                )
            ],
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_sentence_is_taken_at_its_word(text: str, said: list[tuple[str, str]]) -> None:
    assert in_text(text) == tuple(said)


@pytest.mark.parametrize(
    "text",
    [
        # Nothing of how it is paid.
        "Nộp hồ sơ và nộp phí theo quy định của pháp luật về phí, lệ phí.",
        "Nộp hồ sơ trực tiếp, trực tuyến hoặc qua bưu chính, và nộp lệ phí nếu phải nộp.",
        # Sending papers is no way to pay.
        "Gửi hồ sơ qua dịch vụ bưu chính công ích; phí dịch vụ do người nộp chịu.",
        # What the office pays out.
        "Việc chi trả trợ cấp bằng tiền mặt hoặc chuyển khoản, không thu phí.",
        "Kinh phí hỗ trợ được chuyển vào tài khoản của người bệnh, miễn phí.",
        # Whether filing or paying is on-line, the sentence does not say.
        "Nộp hồ sơ tại Sở Tư pháp và nộp phí theo quy định hoặc trực tuyến trên Cổng dịch vụ công.",
        "Tài khoản thanh toán mở tại ngân hàng.",
        "",
    ],
)
def test_what_says_nothing_of_paying_is_passed_over(text: str) -> None:
    assert in_text(text) == ()


def test_a_piece_of_a_channel_has_its_channel_and_the_source_of_its_fees() -> None:
    found = procedure(
        "1.000001",
        "Đăng ký thử",
        steps=(f"Bước 2: {PORTAL}.",),
        channels=(Channel("direct", fees=(Fee(note="Lệ phí nộp trực tiếp tại bộ phận một cửa"),)),),
        sources=(("fees", OWN),),
    )
    assert evidence(found) == (
        Evidence("portal", f"Bước 2: {PORTAL}", "", SOURCE),
        Evidence("desk", "Lệ phí nộp trực tiếp tại bộ phận một cửa", "direct", OWN),
    )
    assert names_online_payment(found)
    assert not names_online_payment(procedure("1.000002", "Đăng ký khác"))


def test_what_two_records_say_alike_is_kept_once() -> None:
    one = procedure("1.000001", "Đăng ký thử", steps=(f"{PORTAL}.",))
    assert len(evidence(one, one)) == 1


def test_patterns_are_about_known_ways_and_questions() -> None:
    about = {key for key, _ in module._patterns().about}
    assert about - set(methods()) - set(questions()) == {"proof"}
