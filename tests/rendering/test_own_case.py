"""Papers, fees and times with the citizen's own case first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalogue.model import (
    DIRECT,
    ONLINE,
    Case,
    Channel,
    Difference,
    Document,
    Duration,
    Fee,
    Procedure,
)
from bot.catalogue.situation import Situation
from bot.rendering import own_case
from bot.rendering import procedure_lines as rendering

PROCEDURE = Procedure(
    code="1.000001",
    name="Cấp thẻ",
    field="Căn cước",
    level="commune",
    documents=(
        Document("Tờ khai", 1),
        Document("Đơn báo mất", 1, None, "khi thẻ bị mất"),
        Document("Thẻ cũ", 1, None, "khi thẻ bị hỏng"),
        Document("Giấy ủy quyền", 1, None, "khi nhờ người khác đi thay"),
        Document("Giấy khai sinh", None, 1, "khi làm cho người dưới 14 tuổi"),
        Document("Xem thêm quy định", remark=True),
    ),
    documents_note="Mang bản chính.",
)
FEES = (
    Fee(10_000, case="Cấp mới"),
    Fee(20_000, case="Cấp lại do bị mất"),
    Fee(0, note="Miễn lệ phí cho hộ nghèo"),
)


def case(*keys: str) -> Situation:
    return Situation.from_list(keys)


def test_papers_of_the_own_case_come_first_and_other_cases_are_counted() -> None:
    assert own_case.lines("documents", PROCEDURE, case("lost", "age:15")) == [
        "Trường hợp của anh/chị (bị mất):",
        "- Đơn báo mất (1 bản chính): khi thẻ bị mất",
        "Ngoài ra:",
        "- Tờ khai (1 bản chính)",
        "- Giấy ủy quyền (1 bản chính): khi nhờ người khác đi thay",
        "Lưu ý: Mang bản chính.",
        "Bản công bố còn 1 đoạn giải thích kèm theo. Anh/chị xem đầy đủ trên Cổng Dịch vụ công "
        "quốc gia, mã thủ tục 1.000001.",
        "Không kể 2 giấy tờ của trường hợp khác.",
    ]


def test_only_exclusion_needs_no_heading() -> None:
    lines = own_case.lines("documents", PROCEDURE, case("age:15"))
    assert lines[0] == "- Tờ khai (1 bản chính)"
    assert lines[-1] == "Không kể 1 giấy tờ của trường hợp khác."
    assert not any("khai sinh" in line for line in lines)


def test_papers_for_all_that_a_case_has_nothing_to_do_with_stay_as_they_are() -> None:
    plain = rendering.documents(PROCEDURE)
    assert own_case.lines("documents", PROCEDURE, case("merit")) == plain
    assert own_case.lines("documents", PROCEDURE, Situation()) == plain


def test_papers_are_never_all_left_out() -> None:
    procedure = replace(PROCEDURE, documents=PROCEDURE.documents[2:3])
    assert own_case.lines("documents", procedure, case("lost")) == rendering.documents(procedure)
    nothing = replace(PROCEDURE, documents=())
    assert own_case.lines("documents", nothing, case("lost")) == []


def test_fees_of_the_own_case_come_first() -> None:
    procedure = replace(PROCEDURE, channels=(Channel(DIRECT, fees=FEES),))
    assert own_case.lines("fee", procedure, case("lost", "poor")) == [
        "Trường hợp của anh/chị (bị mất, hộ nghèo):",
        "- Nộp trực tiếp: Cấp lại do bị mất: 20.000 đồng",
        "- Nộp trực tiếp: Miễn lệ phí cho hộ nghèo",
        "Không kể 1 mức thu của trường hợp khác.",
    ]
    assert own_case.lines("fee", procedure, case("car")) == rendering.fees(procedure)


def test_fees_of_the_channel_that_the_citizen_wants_come_first() -> None:
    channels = (Channel(ONLINE, fees=(Fee(5_000),)), Channel(DIRECT, fees=(Fee(10_000),)))
    procedure = replace(PROCEDURE, channels=channels)
    assert own_case.lines("fee", procedure, case("online")) == [
        "Trường hợp của anh/chị (nộp trực tuyến):",
        "- Nộp trực tuyến: 5.000 đồng",
        "Ngoài ra:",
        "- Nộp trực tiếp: 10.000 đồng",
    ]


def test_channels_that_are_alike_are_not_told_apart() -> None:
    time = Duration(3, "working_day")
    procedure = replace(PROCEDURE, channels=(Channel(ONLINE, time), Channel(DIRECT, time)))
    lines = own_case.lines("processing_time", procedure, case("online"))
    assert lines == rendering.times(procedure) == ["- Mọi cách nộp: 3 ngày làm việc"]


def test_an_unpublished_fee_stays_unpublished() -> None:
    procedure = replace(PROCEDURE, channels=(Channel(DIRECT),))
    assert own_case.lines("fee", procedure, case("online", "lost")) == []


def test_times_of_an_own_case_come_first() -> None:
    procedure = replace(
        PROCEDURE,
        channels=(Channel(DIRECT, Duration(10, "working_day")),),
        cases=(
            Case("Cấp lại do bị mất", time=Duration(5, "working_day")),
            Case("Cấp mới", time=Duration(10, "working_day")),
        ),
    )
    assert own_case.lines("processing_time", procedure, case("lost")) == [
        "Trường hợp của anh/chị (bị mất):",
        "- Cấp lại do bị mất: 5 ngày làm việc",
        "Ngoài ra:",
        "- Nộp trực tiếp: 10 ngày làm việc",
    ]


def test_other_topics_know_no_cases() -> None:
    with pytest.raises(KeyError):
        own_case.lines("place", PROCEDURE, case("lost"))


OTHERS = (
    Difference("1.000002", "Khi thẻ của trẻ đã cấp nay bị mất hoặc hư."),
    Difference("1.000003", "Khi người làm thẻ đã đủ 14 tuổi."),
    Difference("1.000004", "Khi hộ nghèo xin miễn phí."),
)
CHILD = replace(PROCEDURE, name="Cấp thẻ cho người dưới 14 tuổi", differs_from=OTHERS)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (["lost"], "1.000002"),
        (["lost", "age:10"], "1.000002"),
        (["age:15"], "1.000003"),
        (["age:10"], None),
        (["poor"], None),
        (["car"], None),
        ([], None),
    ],
)
def test_the_case_may_call_for_another_procedure(keys: list[str], code: str | None) -> None:
    assert own_case.other_procedure(CHILD, case(*keys)) == code


def test_a_procedure_whose_name_is_about_the_case_is_kept() -> None:
    procedure = replace(CHILD, name="Cấp lại thẻ do bị mất")
    assert own_case.other_procedure(procedure, case("lost")) is None
