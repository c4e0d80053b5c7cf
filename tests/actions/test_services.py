"""Lists and counts of procedures, as citizens ask for them."""

from __future__ import annotations

import datetime as dt

import pytest

from actions.find_procedure import ActionChooseOption
from actions.services import ActionListServices
from bot import database
from bot.catalogue import companions, layers, listing, listing_question
from bot.catalogue import tables as t
from bot.catalogue.listing import Query
from bot.catalogue.model import Channel, Procedure, Source
from bot.payments.evidence import names_online_payment
from bot.settings import Settings
from tests.actions.talking import Said, say
from tests.catalogue.exports import procedure

CIVIL = [
    procedure(f"1.0001{number:02}", f"Đăng ký việc thứ {number}", field="Hộ tịch")
    for number in range(1, 13)
]
OTHERS = [
    procedure(
        "1.000201",
        "Đăng ký tạm trú",
        field="Đăng ký, quản lý cư trú",
        agency="Công an cấp Xã",
        channels=(Channel("online"),),
        service_level="full",
    ),
    procedure("1.000301", "Cấp phép khai thác", field="Khoáng sản", level="province"),
    procedure(
        "1.000302", "Cấp phép khai thác", field="Khoáng sản", level="province", agency="Sở Y tế"
    ),
    procedure("1.000401", "Đăng ký xe đạp nước", field="Đường thủy", level="province"),
]
SOURCE_LINE = "Nguồn: Nguồn thử, kiểm tra ngày 01/07/2026."


@pytest.fixture
def catalogue(database_ready: Settings) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [*CIVIL, *OTHERS])


def ask(text: str, **entities: str) -> Said:
    return say(ActionListServices(), text, "list_services", entities)


@pytest.mark.usefixtures("catalogue")
def test_a_field_is_counted_and_its_first_ten_are_listed() -> None:
    said = ask("danh sách thủ tục hộ tịch", field="hộ tịch")
    lines = said.text.splitlines()
    assert lines[:3] == [
        "Danh mục em có 12 thủ tục lĩnh vực Hộ tịch.",
        "Em nêu trước 10 thủ tục:",
        "1. Đăng ký việc thứ 1",
    ]
    assert lines[-3:] == [
        "10. Đăng ký việc thứ 10",
        "Muốn xem thủ tục nào, anh/chị gõ số thứ tự, ví dụ: số 1.",
        SOURCE_LINE,
    ]
    assert said.slots["options"] == [p.code for p in CIVIL[:10]]
    assert said.slots["procedure_code"] is None
    (answer,) = said.answers
    assert (answer["topic"], answer["status"]) == ("list", "answered")
    assert [o["code"] for o in answer["options"]] == [p.code for p in CIVIL[:5]]
    assert answer["source"]["checked_on"] == "2026-07-01"
    assert said.buttons[1]["title"] == "2. Đăng ký việc thứ 2"
    assert len(said.buttons) == 5


@pytest.mark.usefixtures("catalogue")
def test_a_number_picks_from_the_list() -> None:
    shown = ask("thủ tục hộ tịch", field="hộ tịch").slots
    picked = say(ActionChooseOption(), "số 9", "choose_option", slots=shown)
    assert picked.slots["procedure_code"] == "1.000109"
    assert "Đăng ký việc thứ 9" in picked.text


@pytest.mark.usefixtures("catalogue")
def test_procedures_of_one_name_are_told_apart() -> None:
    said = ask("thủ tục khoáng sản", field="khoáng sản")
    assert said.text.splitlines()[1:3] == [
        "1. Cấp phép khai thác (mã 1.000301)",
        "2. Cấp phép khai thác (mã 1.000302)",
    ]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("text", "entities", "first"),
    [
        ("xã làm được những thủ tục gì", {}, "13 thủ tục ở cấp xã."),
        ("phường có mấy thủ tục", {}, "13 thủ tục ở cấp xã."),
        ("cap tinh co bao nhieu thu tuc", {}, "3 thủ tục ở cấp tỉnh."),
        ("cấp tỉnh có thủ tục hộ tịch nào", {"field": "hộ tịch"}, "không thấy thủ tục nào"),
        ("sở y tế có thủ tục gì", {"agency": "sở y tế"}, "1 thủ tục do sở y tế thực hiện."),
        (
            "công an phường có thủ tục gì",
            {"agency": "công an phường"},
            "1 thủ tục do công an phường thực hiện.",
        ),
        (
            "ủy ban nhân dân xã làm gì",
            {"agency": "ủy ban nhân dân xã"},
            "13 thủ tục ở cấp xã.",
        ),
        ("thủ tục nào nộp qua mạng", {}, "1 thủ tục có nhận hồ sơ trực tuyến."),
        ("thủ tục về xe đạp nước", {}, "1 thủ tục có tên nói đến “xe đạp nước”."),
        ("bên hộ tịch có bao nhiêu thủ tục", {}, "12 thủ tục lĩnh vực Hộ tịch."),
    ],
    ids=str,
)
def test_what_a_message_narrows_down_to(text: str, entities: dict[str, str], first: str) -> None:
    assert first in ask(text, **entities).text.splitlines()[0]


@pytest.mark.usefixtures("catalogue")
def test_only_published_levels_are_counted_and_that_is_said() -> None:
    said = ask("tỉnh mình có bao nhiêu dịch vụ công toàn trình")
    assert said.text.splitlines()[0] == (
        "Các thủ tục trong danh mục: mới có 1 thủ tục được công bố mức độ trực tuyến, trong đó "
        "1 thủ tục toàn trình. Những thủ tục khác chưa công bố, nên em không tính."
    )
    assert said.answers[0]["status"] == "answered"
    assert said.slots["options"] == ["1.000201"]
    partial = ask("bao nhiêu thủ tục một phần")
    assert "chưa có thủ tục nào trực tuyến một phần" in partial.text
    assert (partial.answers[0]["status"], partial.slots["options"]) == ("answered", None)


@pytest.mark.usefixtures("catalogue")
def test_where_no_level_is_published_nothing_is_counted() -> None:
    said = ask("hộ tịch có mấy thủ tục toàn trình", field="hộ tịch")
    assert "chưa công bố mức độ" in said.text
    assert "0 thủ tục" not in said.text
    assert said.answers[0]["status"] == "not_published"


@pytest.mark.usefixtures("catalogue")
def test_without_a_filter_the_fullest_fields_are_told() -> None:
    said = ask("có bao nhiêu thủ tục tất cả")
    assert said.text.splitlines()[:2] == [
        "Danh mục em có 16 thủ tục thuộc 4 lĩnh vực: 13 ở cấp xã, 3 ở cấp tỉnh. "
        "Những lĩnh vực có nhiều thủ tục nhất:",
        "- Hộ tịch: 12 thủ tục",
    ]
    assert said.text.endswith(SOURCE_LINE)
    assert said.buttons[0] == {"title": "Hộ tịch", "payload": '/list_services{"field": "Hộ tịch"}'}
    assert (said.answers[0]["status"], said.slots) == ("answered", {"options": None})


@pytest.mark.usefixtures("catalogue")
def test_an_unknown_field_is_said_to_be_unknown_and_others_are_offered() -> None:
    said = ask("lĩnh vực vũ trụ có những thủ tục nào")
    assert said.text.startswith("Em không thấy thủ tục nào lĩnh vực vũ trụ trong danh mục.")
    assert "- Hộ tịch: 12 thủ tục" in said.text
    assert said.answers[0]["status"] == "not_found"


@pytest.mark.usefixtures("catalogue")
def test_a_need_instead_of_a_field_is_searched_for() -> None:
    said = ask("kể ra cho tôi đăng ký tạm trú")
    assert said.answers[0]["topic"] == "list"
    assert said.answers[0]["status"] == "clarify"
    assert "1.000201" in said.slots["options"]


@pytest.mark.usefixtures("catalogue")
def test_a_button_carries_its_field() -> None:
    said = ask('/list_services{"field": "Hộ tịch"}', field="Hộ tịch")
    assert said.text.startswith("Danh mục em có 12 thủ tục lĩnh vực Hộ tịch.")


@pytest.mark.usefixtures("database_ready")
def test_an_empty_catalogue_is_said_so() -> None:
    said = ask("có bao nhiêu thủ tục")
    assert said.text.startswith("Em chưa có danh mục thủ tục để đếm.")
    assert said.answers == [{"topic": "list", "status": "not_published"}]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("tôi ở xa, thủ tục nào nộp trực tuyến", Query(online=True)),
        ("o xa lam duoc gi", Query(level="commune")),
        (
            "hợp tác xã cần gì",
            Query(
                subject="Thành lập và hoạt động của tổ hợp tác, hợp tác xã, liên hiệp hợp tác xã"
            ),
        ),
        ("ở địa phương có thủ tục gì", Query()),
        ("tỉnh mình có bao nhiêu thủ tục", Query()),
        ("cấp tỉnh, cấp xã mỗi bên bao nhiêu", Query()),
        ("thủ tục mức độ 4", Query(service_level="full")),
        ("cái nào khỏi đi đâu, làm hoàn toàn trên mạng", Query(service_level="full")),
        ("lĩnh vực nào nhiều nhất", Query()),
        ("những thủ tục nào chuyển về xã", Query(level="commune")),
        ("ttuc về bhyt", Query(subject="Bảo hiểm y tế")),
        ("dien co thu tuc gi", Query()),  # "điện" is found with its accents only
        ("điện có thủ tục gì", Query(subject="Điện lực")),
    ],
    ids=str,
)
def test_reading_a_message(text: str, query: Query) -> None:
    assert listing_question.read(text, "", "", "")[0] == query


def test_an_authority_is_no_field() -> None:
    query, _ = listing_question.read("Sở Xây dựng làm gì", "", "Sở Xây dựng", "Sở Xây dựng")
    assert query == Query(agency="Sở Xây dựng")


# What is paid on-line

PAYING = [
    procedure("1.000501", "Cấp thẻ thợ lặn", field="Thủy sản", online_payment=True),
    procedure("1.000502", "Đăng ký lồng bè", field="Thủy sản", online_payment=False),
    procedure("1.000503", "Cấp phép đo gió", field="Khí tượng", online_payment=True),
]
MENTIONING = procedure(
    "1.000601",
    "Đăng ký lều",
    field="Du lịch",
    steps=("Bước 1: nộp phí, lệ phí thông qua chức năng thanh toán trực tuyến.",),
)
FIGURES = (
    "online_services_2022",
    "- Năm 2022 có 688.",
    Source("Bài 2023", "", dt.date(2026, 8, 2)),
)


def write(*more: Procedure) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [*CIVIL, *OTHERS, *more])
        companions.replace_general_facts(connection, t.CURATED, [FIGURES])


@pytest.mark.usefixtures("database_ready")
def test_only_published_flags_of_online_payment_are_counted_by_field() -> None:
    write(*PAYING, MENTIONING)
    said = ask("bao nhiêu thủ tục thanh toán online")
    assert said.text.splitlines() == [
        "Các thủ tục trong danh mục: mới có 3 thủ tục được công bố có trả tiền trên mạng hay "
        "không, trong đó 2 thủ tục trả được trên mạng. Những thủ tục khác chưa công bố, nên em "
        "không tính.",
        "- Thủy sản: 1 thủ tục",
        "- Khí tượng: 1 thủ tục",
        "1. Cấp thẻ thợ lặn",
        "2. Cấp phép đo gió",
        "Muốn xem thủ tục nào, anh/chị gõ số thứ tự, ví dụ: số 1.",
        SOURCE_LINE,
        "Cán bộ không bao giờ yêu cầu chuyển tiền trong cuộc trò chuyện này.",
    ]
    assert (said.answers[0]["topic"], said.answers[0]["status"]) == ("list", "answered")
    assert said.slots["options"] == ["1.000501", "1.000503"]
    assert "688" not in said.text


@pytest.mark.usefixtures("database_ready")
def test_a_field_narrows_what_is_paid_online() -> None:
    write(*PAYING)
    said = ask("lĩnh vực thủy sản có những thủ tục nào nộp phí online", field="thủy sản")
    assert "mới có 2 thủ tục được công bố" in said.text
    assert said.slots["options"] == ["1.000501"]
    none = ask("hộ tịch thủ tục nào trả tiền trên mạng", field="hộ tịch")
    assert none.answers[0]["status"] == "not_published"
    assert "688" not in none.text, "the province's figures are of no single field"


@pytest.mark.usefixtures("database_ready")
def test_flags_that_all_say_no_are_counted_as_such() -> None:
    write(PAYING[1])
    said = ask("thủ tục nào trả tiền trên mạng được")
    assert "mới có 1 thủ tục được công bố" in said.text
    assert "chưa có thủ tục nào trả được trên mạng" in said.text
    assert (said.answers[0]["status"], said.slots["options"]) == ("answered", None)


@pytest.mark.usefixtures("database_ready")
def test_without_any_flag_the_texts_that_mention_it_are_shown_as_that() -> None:
    write(MENTIONING)
    said = ask("thủ tục nào trả tiền trên mạng được")
    assert said.text.splitlines() == [
        "Các thủ tục trong danh mục: nguồn dữ liệu chưa công bố thủ tục nào trả tiền trên mạng "
        "được, nên em chưa đếm được. Phần cách làm đã công bố của 1 thủ tục có nhắc đến trả tiền "
        "trên mạng. Đó không phải số thủ tục trả được.",
        "- Năm 2022 có 688.",
        "1. Đăng ký lều",
        "Muốn xem thủ tục nào, anh/chị gõ số thứ tự, ví dụ: số 1.",
        "Nguồn: Nguồn thử; Bài 2023, kiểm tra ngày 01/07/2026.",
        "Cán bộ không bao giờ yêu cầu chuyển tiền trong cuộc trò chuyện này.",
    ]
    assert said.answers[0]["status"] == "not_published"
    assert said.slots["options"] == ["1.000601"]


@pytest.mark.usefixtures("database_ready")
def test_of_an_empty_catalogue_nothing_is_paid_online() -> None:
    said = ask("thủ tục nào trả tiền trên mạng được")
    assert said.answers == [{"topic": "list", "status": "not_published"}]


@pytest.mark.usefixtures("database_ready")
def test_a_test_of_all_procedures_is_remembered_until_the_catalogue_changes() -> None:
    write(MENTIONING)
    assert listing.those(names_online_payment) == {"1.000601"}
    write()
    assert listing.those(names_online_payment) == frozenset()


@pytest.mark.parametrize(
    ("text", "lists", "subject"),
    [
        ("Thủ tục nào trả tiền trên mạng được", True, ""),
        ("thu tuc nao nop phi qua mang duoc", True, ""),
        ("lĩnh vực đất đai có những thủ tục nào nộp phí online", True, "Đất đai"),
        ("liệt kê thủ tục hộ tịch thanh toán trực tuyến", True, "Hộ tịch"),
        ("momo trả được những thủ tục nào", True, ""),
        ("bữa ni mấy thủ tục chi đóng tiền trên điện thoại được rứa", True, ""),
        ("nộp phí online thủ tục đất đai được không", False, "Đất đai"),
        ("đăng ký kết hôn trả tiền trên mạng được không", False, ""),
    ],
)
def test_a_list_of_what_is_paid_online_is_told_from_a_way_to_pay(
    text: str, lists: bool, subject: str
) -> None:
    assert listing_question.lists_online_payment(text) is lists
    assert listing_question.read(text, "", "", "")[0] == Query(subject, online_payment=True)


@pytest.mark.parametrize("text", ["thủ tục nào nộp qua mạng", "thủ tục nào phải đóng phí"])
def test_filing_online_or_paying_alone_is_no_paying_online(text: str) -> None:
    assert not listing_question.lists_online_payment(text)
    assert not listing_question.read(text, "", "", "")[0].online_payment
