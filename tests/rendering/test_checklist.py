"""The parts of a checklist: what is known, what is not, and what is to be doubted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot import clock
from bot.catalogue.model import Case, Channel, Document, Duration, Fee, Form, Procedure, Source
from bot.offices.model import COMMUNE_CENTRE, Office
from bot.offices.routing import Place
from bot.rendering import checklist as c
from bot.settings import Settings
from tests.catalogue.exports import SOURCE, procedure

PORTAL = Source("Cổng thử", "https://example.vn/cong", dt.date(2026, 7, 19))
UNITS = Source("Bảng xã thử", "https://example.vn/xa", dt.date(2026, 10, 1))
BARE = procedure("1.000002", "Đăng ký khai tử")
FULL = procedure(
    "1.000001",
    "Đăng ký khai sinh",
    plain_name="Làm giấy khai sinh",
    subject="Công dân Việt Nam",
    documents=(
        Document("Giấy chứng sinh;", 1, 2),
        Document("Giấy ủy quyền", 1, when="khi nhờ người khác"),
        Document("Ảnh", 2, when="khi làm thẻ"),
        Document("Đơn", when="khi làm thẻ"),
        Document("Mỗi giấy nộp một bản.", remark=True),
    ),
    documents_note="Không cần chứng thực.",
    mistakes="Đi muộn.\nQuên ảnh.",
    forms=(Form("Tờ khai", "01", url="https://example.vn/to-khai"), Form("Đơn")),
    channels=(
        Channel("online", Duration(3, "working_day"), (Fee(7000),)),
        Channel("direct", Duration(3, "working_day"), (Fee(15000),), "Mang bản chính."),
    ),
    online=True,
    service_level="full",
    places=("Trung tâm Phục vụ hành chính công cấp xã",),
    agency="Ủy ban nhân dân cấp xã",
    result="Giấy khai sinh",
    sources=(("forms", PORTAL), ("service_level", PORTAL)),
)
VILLAGE = Place("Xã Thử", ("Xã Thử",), "")
CENTRE = Office(
    "k", COMMUNE_CENTRE, "Trung tâm xã Thử", "1", "Thôn Một", "", "", "", "Tầng 2", UNITS
)
HEADINGS = [
    "Thủ tục",
    "Ai được nộp",
    "Giấy tờ cần chuẩn bị",
    "Chỗ hay nhầm",
    "Mẫu đơn, tờ khai",
    "Phí, lệ phí",
    "Thời hạn giải quyết",
    "Nộp ở đâu",
    "Nộp trực tuyến",
    "Kết quả nhận được",
    "Nguồn thông tin",
    "Lưu ý",
]


@pytest.fixture(autouse=True)
def _a_tuesday(fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2026-11-24T09:00"))


def part(found: c.Checklist, key: str) -> c.Part:
    return next(part for part in found.parts if part.key == key)


def texts(procedure: Procedure, key: str, *more: object) -> list[str]:
    return [line.text for line in part(c.compose(procedure, *more), key).lines]  # type: ignore[arg-type]


def test_the_parts_stand_in_the_order_in_which_they_are_needed() -> None:
    found = c.compose(FULL)
    assert [part.heading for part in found.parts] == HEADINGS
    assert (found.title, found.code) == ("Làm giấy khai sinh", "1.000001")
    assert found.made_on == dt.date(2026, 11, 24)
    assert texts(FULL, c.ABOUT) == ["Mã thủ tục: 1.000001", "Tên chính thức: Đăng ký khai sinh"]


def test_papers_stand_by_case_with_their_counts_and_explanations_are_none() -> None:
    lines = part(c.compose(FULL), c.PAPERS).lines
    assert [(line.kind, line.text) for line in lines] == [
        (c.BOX, "Giấy chứng sinh (1 bản chính, 2 bản sao)"),
        (c.BOX, "Giấy ủy quyền (1 bản chính): khi nhờ người khác"),
        (c.CASE, "Khi làm thẻ:"),
        (c.BOX, "Ảnh (2 bản chính)"),
        (c.BOX, "Đơn"),
        (c.TEXT, "Lưu ý: Không cần chứng thực."),
        (c.TEXT, "Mỗi giấy nộp một bản."),
    ]


def test_what_no_source_says_is_said_to_be_unpublished() -> None:
    found = c.compose(BARE)
    for key in (c.WHO, c.PAPERS, c.MISTAKES, c.FORMS, c.FEE, c.TIME, c.RESULT):
        unknown = part(found, key)
        assert [line.text for line in unknown.lines] == ["chưa công bố"], key
        assert not unknown.published
    assert texts(BARE, c.ONLINE_FILING) == [
        "Có nhận hồ sơ trực tuyến hay không: chưa công bố.",
        "Vào https://dichvucong.gov.vn và tìm mã 1.000002 để xem có nộp trên mạng được không.",
    ]
    assert any("nguồn dữ liệu chưa công bố" in text for text in texts(BARE, c.PLACE))
    assert "0" not in "".join(texts(BARE, c.FEE))


def test_only_explanations_are_no_papers() -> None:
    only = replace(BARE, documents=(Document("Xem hướng dẫn.", remark=True),))
    assert texts(only, c.PAPERS) == ["chưa công bố", "Xem hướng dẫn."]


def test_mistakes_and_forms_are_items_and_a_form_leads_to_its_file() -> None:
    found = c.compose(FULL)
    assert [(x.kind, x.text) for x in part(found, c.MISTAKES).lines] == [
        (c.ITEM, "Đi muộn."),
        (c.ITEM, "Quên ảnh."),
    ]
    assert [(x.text, x.url) for x in part(found, c.FORMS).lines] == [
        ("Tờ khai, mẫu 01", "https://example.vn/to-khai"),
        ("Đơn", ""),
        (
            "Anh/chị xin mẫu ở nơi nhận hồ sơ, hoặc tìm mã 1.000001 trên Cổng Dịch vụ công "
            "quốc gia.",
            "",
        ),
    ]


def test_fees_stand_by_channel() -> None:
    assert texts(FULL, c.FEE) == ["Nộp trực tuyến: 7.000 đồng", "Nộp trực tiếp: 15.000 đồng"]


def test_a_fee_without_a_sum_is_said_to_be_one() -> None:
    vague = replace(BARE, channels=(Channel("direct", fees=(Fee(note="Theo quy định"),)),))
    assert texts(vague, c.FEE) == [
        "Nộp trực tiếp: Theo quy định",
        "Nguồn dữ liệu không nêu số tiền. Anh/chị hỏi nơi nhận hồ sơ hoặc gọi 1022 trước khi đi.",
    ]


def test_time_comes_with_the_day_on_which_todays_dossier_is_due() -> None:
    assert texts(FULL, c.TIME) == [
        "Mọi cách nộp: 3 ngày làm việc",
        "Thời hạn tính từ khi nơi nhận có đủ hồ sơ.",
        "Nếu anh/chị nộp đủ hồ sơ hôm nay thì hẹn trả chậm nhất ngày 27/11/2026.",
    ]


def test_where_only_cases_have_a_time_theirs_is_told() -> None:
    by_case = replace(
        BARE,
        channels=(Channel("direct", Duration(note="Theo phiếu hẹn")),),
        cases=(Case("Trong nước", time=Duration(2, "day")), Case("Ngoài nước")),
        sources=(("cases", PORTAL),),
    )
    found = part(c.compose(by_case), c.TIME)
    assert [(line.text, line.brief) for line in found.lines[:2]] == [
        ("Nộp trực tiếp: Theo phiếu hẹn", False),
        ("Trong nước: 2 ngày", True),
    ]
    assert found.sources == (SOURCE, PORTAL)


def test_the_centre_of_the_commune_is_named_with_what_is_known_of_it() -> None:
    assert texts(FULL, c.PLACE, VILLAGE, [CENTRE]) == [
        "Nơi nộp: Trung tâm Phục vụ hành chính công cấp xã.",
        "Cơ quan thực hiện: Ủy ban nhân dân cấp xã.",
        "Cấp thực hiện: cấp xã (xã, phường, đặc khu).",
        "Lưu ý: Mang bản chính.",
        "Cấp xã của anh/chị: Xã Thử.",
        "Trung tâm xã Thử. Địa chỉ: Thôn Một. Điện thoại: chưa công bố.",
        "Lưu ý: Tầng 2",
    ]
    assert UNITS in part(c.compose(FULL, VILLAGE, [CENTRE]), c.PLACE).sources


@pytest.mark.parametrize("place", ["", "Ủy ban nhân dân cấp xã", "Bộ phận Một cửa cấp xã"])
def test_where_the_place_may_be_the_centre_one_is_told_to_ask(place: str) -> None:
    perhaps = replace(BARE, places=(place,) if place else ())
    lines = texts(perhaps, c.PLACE, VILLAGE, [CENTRE])
    assert "Anh/chị hỏi lại trước khi đi:" in lines[-3]
    assert lines[-2].startswith("Trung tâm xã Thử.")


@pytest.mark.parametrize("place", ["Công an cấp xã", "Bộ phận Một cửa Ngân hàng Nhà nước Khu vực"])
def test_no_centre_is_named_where_dossiers_go_elsewhere(place: str) -> None:
    elsewhere = replace(BARE, places=(place,))
    lines = texts(elsewhere, c.PLACE, VILLAGE, [CENTRE])
    assert not [line for line in lines if "Trung tâm xã Thử" in line]
    assert lines[-1].startswith("Ngoài điều ghi trên, em chưa có địa chỉ")
    assert UNITS not in part(c.compose(elsewhere, VILLAGE, [CENTRE]), c.PLACE).sources


def test_online_filing_names_the_portal_the_code_and_the_level() -> None:
    lines = part(c.compose(FULL), c.ONLINE_FILING).lines
    assert [line.text for line in lines] == [
        "Thủ tục này có nhận hồ sơ trực tuyến.",
        "Vào https://dichvucong.gov.vn, đăng nhập bằng VNeID rồi tìm mã 1.000001.",
        "Mức độ: toàn trình, anh/chị làm hết trên mạng. (Theo Cổng thử, kiểm tra ngày 19/07/2026.)",
    ]
    assert lines[1].url == c.PORTAL


def test_each_source_stands_once_with_its_day_and_what_comes_from_it() -> None:
    (first, second) = part(c.compose(FULL), c.SOURCES).lines
    assert first.text == (
        "Nguồn thử, kiểm tra ngày 01/07/2026: ai được nộp, giấy tờ cần chuẩn bị, chỗ hay nhầm, "
        "phí, lệ phí, thời hạn giải quyết, nộp ở đâu, nộp trực tuyến, kết quả nhận được."
    )
    assert second.text == "Cổng thử, kiểm tra ngày 19/07/2026: mẫu đơn, tờ khai, nộp trực tuyến."
    assert second.url == PORTAL.url
    one = replace(BARE, result="Giấy")
    assert texts(one, c.SOURCES) == ["Nguồn thử, kiểm tra ngày 01/07/2026."]


def test_who_decides_and_the_day_are_told() -> None:
    assert texts(BARE, c.NOTICE) == [
        "Danh sách này giúp anh/chị chuẩn bị. Hồ sơ đủ hay chưa do nơi nhận hồ sơ quyết định.",
        "Danh sách này làm ngày 24/11/2026. Thông tin có thể thay đổi sau ngày đó.",
    ]


def test_doubts_stand_with_the_facts_that_they_are_about(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = replace(
        FULL,
        expired=(("channels", dt.date(2026, 10, 31)), ("documents", dt.date(2026, 10, 30))),
        upcoming=(("result", dt.date(2027, 1, 1)),),
    )
    found = c.compose(ended)
    assert "hết hiệu lực sau ngày 31/10/2026" in part(found, c.FEE).doubts[0]
    assert "hết hiệu lực sau ngày 30/10/2026" in part(found, c.PAPERS).doubts[0]
    # It is the fees that have ended.
    assert part(found, c.TIME).doubts == ()
    assert part(found, c.RESULT).doubts == ("Từ ngày 01/01/2027, thông tin này thay đổi.",)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2027-11-24T09:00"))
    (doubt,) = part(c.compose(FULL), c.FORMS).doubts
    assert "đã lâu chưa được kiểm tra lại" in doubt


def test_a_long_subject_is_shortened() -> None:
    (text,) = texts(replace(BARE, subject="Tổ chức trong nước, " * 30), c.WHO)
    assert len(text) <= c.LONGEST_SUBJECT + 1
    assert text.endswith("…")


def test_the_path_of_the_page_is_escaped() -> None:
    assert c.page_path("1.000001") == "/p/1.000001"
    assert c.page_path("1.000001", "Xã Tơ&") == "/p/1.000001?xa=X%C3%A3%20T%C6%A1%26"
