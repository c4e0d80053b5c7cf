"""A record of the procedures system becomes a dossier, whatever it lacks, and shows no person."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import today
from bot.dossiers.igate_fields import read_fields
from bot.dossiers.igate_mapping import LONGEST_TEXT, belongs_to, record_of
from bot.dossiers.model import Dossier, NumberHashes, Record
from bot.dossiers.verification import matches, number_hashes, person_hash
from tests.igate_dossiers import IDENTITY, OTHER_IDENTITY, OTHER_PHONE, PHONE, dossier, name

SECRET = "one secret"
CODE = "H48.16-260701-0003"
FIELDS = read_fields()


def mapped(raw: Any) -> Dossier:
    record = record_of(raw, FIELDS, SECRET)
    assert record is not None
    return record.dossier


def changed(**fields: Any) -> Dossier:
    return mapped({**dossier(CODE), **fields})


def test_a_whole_record_is_mapped() -> None:
    raw = dossier(
        CODE,
        "Có kết quả",
        finished=dt.date(2026, 7, 5),
        returned=dt.date(2026, 7, 6),
        fees=[(30_000, 0), (8_000, 8_000)],
    )
    expected = Dossier(
        code=CODE,
        status="Có kết quả",
        source_title="Hệ thống thông tin giải quyết thủ tục hành chính của tỉnh",
        checked_on=today(),
        procedure_code="1.001193",
        procedure_name="Đăng ký khai sinh",
        agency="UBND xã Bình Sơn",
        note="",
        received_on=dt.date(2026, 7, 1),
        due_on=dt.date(2026, 7, 6),
        finished_on=dt.date(2026, 7, 5),
        returned_on=dt.date(2026, 7, 6),
        fee_unpaid=30_000,
        delivery="Nhận trực tiếp",
    )
    assert record_of(raw, FIELDS, SECRET) == Record(
        expected, number_hashes(SECRET, CODE, PHONE, IDENTITY)
    )


def test_nothing_of_the_applicant_is_in_the_record() -> None:
    shown = repr(record_of(dossier(CODE), FIELDS, SECRET))
    owner = dossier(CODE)["applicant"]["data"]
    assert CODE in shown
    assert [value for value in owner.values() if value in shown] == []


def test_a_record_with_only_a_code_is_a_dossier_of_which_nothing_is_known() -> None:
    record = record_of({"code": CODE}, FIELDS, SECRET)
    expected = Dossier(CODE, "", FIELDS.source_title, today())
    assert record == Record(expected, NumberHashes())


@pytest.mark.parametrize(
    "wrong",
    [None, "", "x", 7, 1.5, True, [], {}, [None], [[1]], {"name": {}}, {"name": [7, None]}, [{}]],
    ids=repr,
)
def test_a_field_of_another_type_never_breaks_a_record(wrong: Any) -> None:
    whole = dossier(CODE)
    for field in [key for key in whole if key != "code"]:
        record = record_of({**whole, field: wrong}, FIELDS, SECRET)
        assert record is not None
        assert record.dossier.code == CODE
    everywhere = record_of({**dict.fromkeys(whole, wrong), "code": CODE}, FIELDS, SECRET)
    assert everywhere is not None
    assert everywhere.numbers == NumberHashes()
    unknown = (everywhere.dossier.received_on, everywhere.dossier.fee_unpaid)
    assert unknown == (None, None)


@pytest.mark.parametrize("raw", [None, [], "x", 7, {}, {"code": None}, {"code": "mã"}, {"code": 7}])
def test_what_has_no_dossier_code_is_no_record(raw: Any) -> None:
    assert record_of(raw, FIELDS, SECRET) is None


def test_a_list_nested_deeply_is_no_name() -> None:
    nested: Any = "x"
    for _ in range(900):
        nested = [nested]
    assert changed(dossierTaskStatus={"name": nested}, dossierStatus=None).status == ""


def test_the_code_is_in_official_spelling_and_so_are_the_hashes() -> None:
    record = record_of({**dossier(" h48.16-260701-3 ")}, FIELDS, SECRET)
    assert record is not None
    assert record.dossier.code == CODE
    assert matches(SECRET, CODE, PHONE[-4:], record.numbers)


@pytest.mark.parametrize(
    ("task_status", "status", "expected"),
    [
        ({"name": name("Trình duyệt")}, {"name": "Đang xử lý"}, "Trình duyệt"),
        ({"name": "Trình duyệt"}, None, "Trình duyệt"),
        ({"name": {"languageId": 228, "name": "Trình duyệt"}}, None, "Trình duyệt"),
        ({"name": [{"languageId": "228", "name": " Trình  duyệt "}]}, None, "Trình duyệt"),
        ("Trình duyệt", None, "Trình duyệt"),
        ({"name": [{"languageId": 46, "name": "In process"}]}, "Đang xử lý", "Đang xử lý"),
        ({"id": "t-1"}, {"id": 2, "name": "Đang xử lý"}, "Đang xử lý"),
        (None, {"id": 2, "name": [{"name": "Đang xử lý"}]}, "Đang xử lý"),
        (None, "Đang xử lý", "Đang xử lý"),
        (None, 4, ""),
        (None, {"id": 4}, ""),
        (None, None, ""),
    ],
)
def test_the_status_is_the_vietnamese_text_nearest_to_the_work(
    task_status: Any, status: Any, expected: str
) -> None:
    assert changed(dossierTaskStatus=task_status, dossierStatus=status).status == expected


@pytest.mark.parametrize("status", [4, {"id": 4}, "4"])
def test_a_status_that_is_a_number_has_the_text_that_the_file_gives_it(status: Any) -> None:
    fields = replace(FIELDS, status_ids={"4": "Đã trả kết quả"})
    raw = {**dossier(CODE), "dossierTaskStatus": None, "dossierStatus": status}
    record = record_of(raw, fields, SECRET)
    assert record is not None
    assert record.dossier.status == "Đã trả kết quả"


@pytest.mark.parametrize(
    ("procedure", "expected"),
    [
        ({"nationCode": "1.001612", "code": "TLHDH"}, "1.001612"),
        ({"code": "1.001612.000.00.00.H48"}, "1.001612"),
        ({"nationCode": "", "code": "2.000815"}, "2.000815"),
        ({"code": "1.0016123"}, ""),
        ({"code": "TLHDH-01"}, ""),
        ({"code": 1.001612}, ""),
        (None, ""),
    ],
)
def test_the_procedure_has_its_national_code_or_none(procedure: Any, expected: str) -> None:
    assert changed(procedure=procedure).procedure_code == expected


@pytest.mark.parametrize(
    ("agency", "expected"),
    [
        ({"name": "Sở Xây dựng"}, "Sở Xây dựng"),
        ({"name": name("Sở Xây dựng"), "parent": {"name": name("UBND tỉnh")}}, "Sở Xây dựng"),
        ({"name": name("Phòng Đất đai"), "parent": {"name": "Sở NN"}}, "Phòng Đất đai, Sở NN"),
        ({"name": name("Bộ phận Một cửa"), "parent": None}, "Bộ phận Một cửa"),
        ({"name": name("Phòng Hộ tịch Sở Tư pháp"), "parent": {"name": "Sở tư pháp"}},
         "Phòng Hộ tịch Sở Tư pháp"),
        ({"name": [], "parent": {"name": "Sở Tư pháp"}}, "Sở Tư pháp"),
        ("Sở Tư pháp", "Sở Tư pháp"),
    ],
)  # fmt: skip
def test_an_agency_is_named_with_the_one_above_where_its_own_name_says_little(
    agency: Any, expected: str
) -> None:
    assert changed(agency=agency).agency == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-09-21T10:00:00.000+0000", dt.date(2022, 9, 21)),
        ("2022-09-21T16:59:59.999+0000", dt.date(2022, 9, 21)),
        ("2022-09-21T17:00:00.000+0000", dt.date(2022, 9, 22)),
        ("2022-09-21T18:00:00.000+0000", dt.date(2022, 9, 22)),
        ("2022-12-31T23:30:00Z", dt.date(2023, 1, 1)),
        ("2022-09-21T23:30:00+07:00", dt.date(2022, 9, 21)),
        ("2022-09-21T01:00:00+0900", dt.date(2022, 9, 20)),
        ("2022-09-21T23:30:00", dt.date(2022, 9, 21)),
        ("2022-09-21 08:00", dt.date(2022, 9, 21)),
        (" 2022-09-21 ", dt.date(2022, 9, 21)),
        ("2022-02-30T10:00:00.000+0000", None),
        ("2022-09-21T25:00:00.000+0000", None),
        ("9999-12-31T23:00:00.000+0000", None),
        ("2022-09-21T10:00:00.000+9999", None),
        ("21/09/2022", None),
        ("", None),
        (1663754400000, None),
        (None, None),
    ],
)
def test_a_moment_is_the_day_on_which_it_lies_in_vietnam(
    text: Any, expected: dt.date | None
) -> None:
    assert changed(appointmentDate=text).due_on == expected


def fee(amount: Any = 30_000.0, paid: Any = 0.0, **more: Any) -> dict[str, Any]:
    return {"amount": amount, "quantity": 1, "paid": paid, "required": 1, **more}


@pytest.mark.parametrize(
    ("fees", "expected"),
    [
        ([fee()], 30_000),
        ([fee(), fee(8000, 3000)], 35_000),
        ([fee(paid=30_000)], 0),
        ([fee(paid=40_000), fee(8000)], 8000),
        ([fee(paid=60_000, quantity=2)], 0),
        ([fee(paid=30_000, required=0)], 0),
        ([{"amount": 30_000, "paid": 10_000}], 20_000),
        # Uncertain, so not told:
        ([fee(quantity=2)], None),
        ([fee(paid=30_000, quantity=2)], None),
        ([fee(required=0)], None),
        ([fee(), {"amount": 8000}], None),
        ([fee(paid=None)], None),
        ([fee(amount="30000")], None),
        ([fee(amount=-5)], None),
        ([fee(amount=0.5)], None),
        ([fee(amount=float("nan"))], None),
        ([fee(amount=float("inf"))], None),
        ([fee(amount=True)], None),
        ([fee(quantity=0)], None),
        ([None], None),
        ([], None),
        ({}, None),
        (None, None),
    ],
)
def test_only_a_sum_that_is_certain_is_left_to_pay(fees: Any, expected: int | None) -> None:
    assert changed(dossierFee=fees).fee_unpaid == expected


def test_texts_are_bounded_and_numbers_of_persons_in_them_are_dots() -> None:
    status = f"Chờ ông Thử ({PHONE}) bổ sung"
    found = changed(dossierTaskStatus={"name": status}, agency="x" * 9999)
    assert PHONE not in found.status
    assert found.status.startswith("Chờ ông Thử (")
    assert found.agency == "x" * LONGEST_TEXT


def test_numbers_in_other_spellings_are_the_same_applicant() -> None:
    raw = dossier(CODE, phone="+84905111222", identity="051 098 003 344")
    assert record_of(raw, FIELDS, SECRET) == record_of(dossier(CODE), FIELDS, SECRET)
    other = {**dossier(CODE), "applicant": {"phoneNumber": PHONE, "identityNumber": IDENTITY}}
    assert record_of(other, FIELDS, SECRET) == record_of(dossier(CODE), FIELDS, SECRET)


@pytest.mark.parametrize(
    ("phone", "identity", "expected"),
    [
        (PHONE, IDENTITY, True),
        ("+84 905 111 222", "051.098.003.344", True),
        (OTHER_PHONE, IDENTITY, False),
        (PHONE, OTHER_IDENTITY, False),
        (PHONE[-4:], IDENTITY, False),
        ("", "", False),
        (None, None, False),
    ],
)
def test_a_dossier_belongs_to_who_has_both_numbers(
    phone: Any, identity: Any, expected: bool
) -> None:
    raw = dossier(CODE, phone=phone, identity=identity)
    person = person_hash(SECRET, PHONE, IDENTITY)
    assert belongs_to(raw, FIELDS, SECRET, person) is expected
