"""One record of the portal's own JSON, from its object to a procedure."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from bot.catalogue.model import (
    Case,
    Channel,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    Procedure,
)
from bot.catalogue.national_record import RecordError
from bot.catalogue.portal_record import (
    is_internal,
    is_portal_record,
    issuing_body,
    parse_portal_record,
)
from tests.catalogue.exports import SOURCE
from tests.catalogue.portal_files import DOLLAR, DONG, case, fee, named, paper, papers, portal, way


def parse(value: Any) -> Procedure:
    found = parse_portal_record(value, SOURCE)
    assert found is not None
    return found


WHOLE = portal(
    "1.000009",
    "Thủ tục cấp thẻ thử (cấp xã)",
    isFullProcess=True,
    procedureProposal={"proposalNumber": " 12/QĐ-THU "},
    categoriesDetails=named("Lĩnh vực khác"),
    subjectTypesDetails=named("Công dân", "Tổ chức", "Công dân"),
    departmentsExecuting=named("Sở Thử Thành phố Hà Nội", "Chi cục Thử"),
    unitGroupsExecuting=named("Ủy ban nhân dân cấp xã"),
    dossierReceivingAddresses="Nhà  số một\n\n- Nhà số hai",
    executionMethods=[
        way("ONLINE", 3, "WORKING_DAY", fee(7000, "mỗi lần"), words="Gửi\nqua cổng"),
        way("POSTAL", 20, "DAY"),
    ],
    executionCases=[papers("Giấy tờ phải nộp:", paper("- Tờ khai theo mẫu thử;", 1, 2))],
    executionSteps=[
        {"name": "Bước 1", "description": "Điền  tờ khai.\n+ Ký tên."},
        {"name": "", "description": "Gửi."},
    ],
    cases=[case("Thủ tục cấp mới", 5, "WORKING_DAY", "1.000009.01"), case("Cấp lại")],
    resultsDetails=named("Thẻ thử", "Giấy thử"),
    legalBasisesDetails=[{"name": "Luật  Thử", "code": "1/2020/QH14"}, {"name": "Luật Hai"}],
    requirementsAndConditions="Đủ 18 tuổi\n",
)


def test_a_whole_record_becomes_a_procedure() -> None:
    assert parse(WHOLE) == Procedure(
        code="1.000009",
        name="Cấp thẻ thử",
        field="Lĩnh vực thử",
        level="commune",
        issuing_body="Bộ Thử nghiệm",
        decision="12/QĐ-THU",
        subject="Công dân, Tổ chức",
        # The names of other provinces are examples.
        agency="Sở Thử, Chi cục Thử",
        service_level="full",
        online=True,
        places=("Nhà số một", "- Nhà số hai"),
        documents=(Document("Tờ khai theo mẫu thử", 1, 2),),
        channels=(
            Channel(
                "online",
                Duration(3, "working_day"),
                (Fee(7000, note="mỗi lần"),),
                "Gửi qua cổng",
            ),
            Channel("postal", Duration(20, "day")),
        ),
        cases=(
            Case("Cấp mới", "1.000009.01", Duration(5, "working_day")),
            Case("Cấp lại"),
        ),
        forms=(Form("Tờ khai"),),
        steps=("Bước 1", "Điền tờ khai.", "- Ký tên.", "Gửi."),
        result="Thẻ thử; Giấy thử",
        conditions="Đủ 18 tuổi",
        legal_basis=(LegalBasis("Luật Thử", "1/2020/QH14"), LegalBasis("Luật Hai")),
        source=SOURCE,
    )


def test_a_record_with_nothing_in_it_states_nothing() -> None:
    assert parse(portal(executionMethods=[])) == Procedure(
        code="1.000001",
        name="Đăng ký thử",
        field="Lĩnh vực thử",
        level="commune",
        issuing_body="Bộ Thử nghiệm",
        source=SOURCE,
    )


def decomposed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFD", value)
    if isinstance(value, list):
        return [decomposed(item) for item in value]
    return {key: decomposed(v) for key, v in value.items()} if isinstance(value, dict) else value


def test_the_unicode_form_does_not_matter() -> None:
    assert parse(decomposed(WHOLE)) == parse(WHOLE)
    assert issuing_body(decomposed(WHOLE)) == "Bộ Thử nghiệm"


# Fees.


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (fee(7000), Fee(7000)),
        (fee(7000.0, "mỗi lần"), Fee(7000, note="mỗi lần")),
        (fee("7000", "mỗi lần", DONG), Fee(7000, note="mỗi lần")),
        (fee(0, "Miễn phí cho hộ nghèo"), Fee(0, note="Miễn phí cho hộ nghèo")),
        (fee(0, "Do tỉnh quy định"), Fee(note="Do tỉnh quy định")),
        (fee(0, "20.000 đồng/tờ khai"), Fee(20000, "tờ khai")),
        (fee(5, "một  bản", DOLLAR), Fee(5, note="một bản", currency="USD")),
        (fee(20, "", DOLLAR), Fee(20, currency="USD")),
        # Sums that cannot be are not believed, their words are kept.
        (fee(5, "một bản"), Fee(note="một bản")),
        (fee(-7000, "một bản"), Fee(note="một bản")),
        (fee(7000.5, "một bản"), Fee(note="một bản")),
        (fee(10**20, "một bản"), Fee(note="một bản")),
        (fee(0, "một bản", DOLLAR), Fee(note="một bản")),
        (fee(5.5, "một bản", DOLLAR), Fee(note="một bản")),
        (fee(10**20, "một bản", DOLLAR), Fee(note="một bản")),
        (fee(7000, "một bản", "of-another-country"), Fee(note="một bản")),
    ],
)
def test_a_fee_is_a_sum_in_its_currency_or_its_words(raw: Any, expected: Fee) -> None:
    (channel,) = parse(portal(executionMethods=[way("DIRECT", 3, "DAY", raw)])).channels
    assert channel.fees == (expected,)


@pytest.mark.parametrize(
    "raw",
    [
        fee(0),
        fee(0, "Không"),
        fee(0, " - "),
        fee(0, "", DOLLAR),
        fee(5),
        fee(-1),
        fee(7000, "", "of-another-country"),
        {"value": 0},
    ],
)
def test_a_sum_without_words_that_cannot_be_is_no_fee(raw: Any) -> None:
    (channel,) = parse(portal(executionMethods=[way("DIRECT", 3, "DAY", raw)])).channels
    assert channel.fees == ()


def test_equal_fees_of_a_way_stand_once() -> None:
    twice = way("DIRECT", 3, "DAY", fee(7000), fee(9000), fee(7000))
    (channel,) = parse(portal(executionMethods=[twice])).channels
    assert channel.fees == (Fee(7000), Fee(9000))


# Times, ways to file, levels.


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (3, "WORKING_DAY", Duration(3, "working_day")),
        (1.5, "DAY", Duration(1.5, "day")),
        (8, "HOUR", Duration(8, "hour")),
        (2, "MONTH", Duration(2, "month")),
        (1, "YEAR", Duration(1, "year")),
        (5, "OTHER", Duration()),
        (5, "", Duration()),
        (5, None, Duration()),
        (0, "DAY", Duration()),
        (-1, "DAY", Duration()),
        (float("inf"), "DAY", Duration()),
        (None, "DAY", Duration()),
    ],
)
def test_a_time_needs_its_unit(value: Any, unit: Any, expected: Duration) -> None:
    found = parse(portal(executionMethods=[way("DIRECT", value, unit)], cases=[]))
    assert found.channels == (Channel("direct", expected),)
    found = parse(portal(cases=[case("Trẻ em", value, unit)]))
    assert found.cases == (Case("Trẻ em", time=expected if value is not None else Duration()),)


def test_a_way_that_is_not_named_is_not_denied() -> None:
    found = parse(portal(executionMethods=[way("DIRECT")]))
    assert (found.online, found.service_level) == (None, "")


@pytest.mark.parametrize(("value", "level"), [(True, "full"), (False, ""), (None, ""), ("yes", "")])
def test_only_a_clear_yes_is_fully_online(value: Any, level: str) -> None:
    assert parse(portal(isFullProcess=value)).service_level == level


@pytest.mark.parametrize(
    ("ward", "province", "level"),
    [(True, False, "commune"), (True, True, "commune"), (False, True, "province")],
)
def test_the_lowest_level_is_the_level(ward: bool, province: bool, level: str) -> None:
    assert parse(portal(isWard=ward, isProvince=province)).level == level


def test_a_ministrys_own_procedure_is_none() -> None:
    assert parse_portal_record(portal(isWard=False, isMinistry=True), SOURCE) is None


def test_the_agency_is_the_department_or_else_the_kind_of_office() -> None:
    group = named("Ủy ban nhân dân cấp xã")
    assert parse(portal(unitGroupsExecuting=group)).agency == "Ủy ban nhân dân cấp xã"


def test_without_a_category_the_first_of_the_details_is_the_field() -> None:
    assert parse(portal(category=None, categoriesDetails=named("A", "B"))).field == "A"


# Papers and forms.


def test_papers_keep_their_case_count_and_remarks() -> None:
    groups = [
        papers("* Hồ sơ gồm:", paper("- Đơn thử", 1, 0), paper("Giấy không số", 0, 0)),
        papers("Khi ở xa", paper("Giấy ủy nhiệm", 0, 1), paper("  ", 1, 0)),
        papers("", paper("Lưu ý: in rõ", 0, 0), paper("Ảnh", None, "2")),
    ]
    assert parse(portal(executionCases=groups)).documents == (
        Document("Đơn thử", 1, 0),
        Document("Giấy không số"),
        Document("Giấy ủy nhiệm", 0, 1, when="Khi ở xa"),
        Document("Lưu ý: in rõ", remark=True),
        Document("Ảnh", 0, 2),
    )


def test_forms_are_the_files_of_papers_or_what_papers_name() -> None:
    groups = [
        papers(
            "",
            paper("Tờ khai theo mẫu số 01", 1, 0, "mau 01.docx", "mau 01.pdf"),
            paper("Ảnh chân dung", 2, 0, "Huong dan.chup.pdf"),
            paper("Đơn đề nghị (Mẫu số 02)"),
            paper("Đơn đề nghị (Mẫu số 02)"),
            paper("Giấy chứng sinh"),
        )
    ]
    assert parse(portal(executionCases=groups)).forms == (
        Form("Tờ khai", "01", "mau 01.docx"),
        Form("Tờ khai", "01", "mau 01.pdf"),
        Form("Huong dan.chup", "", "Huong dan.chup.pdf"),
        Form("Đơn đề nghị", "02"),
    )


# What is no record.


@pytest.mark.parametrize(
    "value",
    [None, 5, "", [], {}, {"data": None}, {"data": []}, {"data": {"code": "1.000001"}}],
)
def test_other_json_is_no_record(value: Any) -> None:
    assert not is_portal_record(value)
    with pytest.raises(RecordError, match="not a record of the portal"):
        parse_portal_record(value, SOURCE)


@pytest.mark.parametrize(
    "data",
    [
        {"code": "1.00001"},
        {"code": None},
        {"code": ["1.000001"]},
        {"name": ""},
        {"name": None},
        {"name": 7},
        {"name": "Đăng ký \ud800"},
        {"executionMethods": None},
        {"executionMethods": "DIRECT"},
        {"executionMethods": [None]},
        {"executionMethods": [{}]},
        {"executionMethods": [way("PIGEON")]},
        {"executionMethods": [way(time="three")]},
        {"executionMethods": [way("DIRECT", 3, "DAY", fee(None))]},
        {"executionMethods": [way("DIRECT", 3, "DAY", fee("much"))]},
        {"executionMethods": [way("DIRECT", 3, "DAY", fee(float("nan")))]},
        {"executionMethods": [way("DIRECT", 3, "DAY", fee(float("inf")))]},
        {"executionMethods": [way("DIRECT", 3, "DAY", 7000)]},
        {"executionCases": None},
        {"executionCases": [{"name": "x"}]},
        {"executionCases": [papers("", "Tờ khai")]},
        {"executionCases": [papers("", paper("Tờ khai", "one"))]},
        {"executionCases": [papers("", paper("Tờ khai", 10**20))]},
        {"executionSteps": None},
        {"executionSteps": [{"name": "no description"}]},
        {"executionSteps": ["Gửi"]},
        {"cases": [{"code": "no name"}]},
        {"cases": [case("Trẻ em", "three")]},
        {"resultsDetails": "Thẻ"},
        {"legalBasisesDetails": [{"code": "no name"}]},
        {"procedureProposal": ["12/QĐ"]},
        {"departmentPromulgateName": 5},
    ],
    ids=lambda data: ascii(data)[:60],
)
def test_a_part_of_a_wrong_type_is_a_fault_of_the_record(data: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        parse_portal_record(portal(**data), SOURCE)


@pytest.mark.parametrize("part", ["code", "executionSteps", "executionCases", "name"])
def test_a_missing_part_is_a_fault_of_the_record(part: str) -> None:
    value = portal()
    del value["data"][part]
    with pytest.raises(RecordError):
        parse_portal_record(value, SOURCE)


def test_a_character_that_no_database_takes_is_left_out() -> None:
    assert parse(portal(name="Đăng\0 ký")).name == "Đăng ký"


@pytest.mark.parametrize(
    ("data", "internal"),
    [
        ({}, False),
        ({"isInternal": True}, True),
        ({"type": "STANDARD_INTERNAL"}, True),
        ({"type": "SPECIFIC"}, False),
    ],
)
def test_the_administrations_own_business_is_told_apart(
    data: dict[str, Any], internal: bool
) -> None:
    assert is_internal(portal(**data)) is internal
