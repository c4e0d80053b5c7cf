"""The checklist in a talk: short, with the way to the page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.checklist import LONGEST_LINE, MOST_LINES, tell_checklist
from bot import clock, database, wording
from bot.catalogue import layers
from bot.catalogue import tables as t
from bot.catalogue.model import Channel, Document, Duration, Fee, Form, Procedure
from bot.offices.routing import Place
from bot.offices.sheet_import import load_seed
from bot.offices.units_import import import_units
from bot.settings import Settings, settings
from tests.actions.talking import template
from tests.catalogue.exports import procedure

BIRTH = procedure(
    "1.000001",
    "Đăng ký khai sinh",
    subject="Công dân Việt Nam",
    documents=(Document("Giấy chứng sinh", 1), Document("Ủy quyền", 1, when="khi nhờ người")),
    mistakes="Đi muộn.\nQuên giấy.",
    forms=(Form("Tờ khai", "01"),),
    channels=(Channel("online", Duration(3, "working_day"), (Fee(7000),)),),
    online=True,
    places=("Trung tâm Phục vụ hành chính công cấp xã",),
    result="Giấy khai sinh",
)
VAN_TUONG = Place("Xã Bình Hải", ("Xã Vạn Tường",), "")
UNCLEAR = Place("Huyện Bình Sơn", ("Xã Bình Sơn", "Xã Vạn Tường"), "")


@dataclass(frozen=True)
class Told:
    """What was said, and the slots that were set."""

    lines: list[str]
    answer: dict[str, Any]
    slots: dict[str, Any]


def store(*procedures: Procedure) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, procedures)


def tell(code: str, place: Place | None = None) -> Told:
    dispatcher = CollectingDispatcher()
    events = tell_checklist(dispatcher, code, place)
    said, contract = dispatcher.messages
    text = template(said["response"]).format(**said)
    slots = {event["name"]: event["value"] for event in events}
    return Told(text.splitlines(), contract["custom"]["answer"], slots)


@pytest.fixture(autouse=True)
def _offices(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2026-11-24T09:00"))
    import_units()
    load_seed()


def test_all_on_one_page() -> None:
    store(BIRTH)
    told = tell(BIRTH.code, VAN_TUONG)
    assert told.lines == [
        "Những thứ cần chuẩn bị cho thủ tục “Đăng ký khai sinh” (mã 1.000001):",
        "Ai được nộp: Công dân Việt Nam",
        "Giấy tờ cần chuẩn bị:",
        "☐ Giấy chứng sinh (1 bản chính)",
        "☐ Ủy quyền (1 bản chính): khi nhờ người",
        "Chỗ hay nhầm: Đi muộn. (còn 1 mục nữa ở bản in)",
        "Mẫu đơn, tờ khai: Tờ khai, mẫu 01",
        "Phí, lệ phí: Nộp trực tuyến: 7.000 đồng",
        "Thời hạn giải quyết:",
        "- Nộp trực tuyến: 3 ngày làm việc",
        "Nếu anh/chị nộp đủ hồ sơ hôm nay thì hẹn trả chậm nhất ngày 27/11/2026.",
        "Nơi nộp: Trung tâm Phục vụ hành chính công cấp xã.",
        "Anh/chị ở Xã Bình Hải (cũ), nay thuộc Xã Vạn Tường.",
        "Trung tâm Phục vụ hành chính công xã Vạn Tường. Địa chỉ: chưa công bố. "
        "Điện thoại: chưa công bố.",
        "Vào https://dichvucong.gov.vn, đăng nhập bằng VNeID rồi tìm mã 1.000001.",
        "Kết quả nhận được: Giấy khai sinh",
        "Bản đầy đủ, in được: http://127.0.0.1:5005/p/1.000001"
        "?xa=X%C3%A3%20V%E1%BA%A1n%20T%C6%B0%E1%BB%9Dng",
        "Nguồn: Nguồn thử; Bảng đơn vị hành chính từ 01/7/2025 (vietnamadminunits 1.0.4), "
        "kiểm tra ngày 01/07/2026. Danh sách này giúp anh/chị chuẩn bị. Hồ sơ đủ hay chưa do "
        "nơi nhận hồ sơ quyết định.",
    ]
    assert told.answer == {
        "topic": "checklist",
        "status": "answered",
        "procedure": {"code": "1.000001", "name": "Đăng ký khai sinh"},
        "source": {
            "title": "Nguồn thử",
            "url": "https://example.vn",
            "checked_on": "2026-07-01",
        },
    }
    assert told.slots == {
        "procedure_code": "1.000001",
        "pending_topic": None,
        "options": None,
        "commune": "Xã Vạn Tường",
        "told": "checklist",
    }


def test_without_a_certain_commune_the_page_is_nobodys() -> None:
    store(BIRTH)
    assert any(line.endswith("/p/1.000001") for line in tell(BIRTH.code).lines)
    told = tell(BIRTH.code, UNCLEAR)
    assert any(line.endswith("/p/1.000001") for line in told.lines)
    assert any("nay thuộc: Xã Bình Sơn, Xã Vạn Tường" in line for line in told.lines)
    assert "commune" not in told.slots


def test_the_page_stands_behind_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    store(BIRTH)
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://example.org/bot")
    settings.cache_clear()
    told = tell(BIRTH.code)
    assert "Bản đầy đủ, in được: https://example.org/bot/p/1.000001" in told.lines


@pytest.mark.parametrize("papers", [12, 60])
def test_long_lists_are_cut_and_counted(papers: int) -> None:
    documents = [
        Document(f"Giấy số {n} {'rất dài ' * 50}", 1, when=f"khi thuộc trường hợp {n // 3}")
        for n in range(papers)
    ]
    fees = tuple(Fee(n * 1000, note=f"loại {n}") for n in range(1, 9))
    channels = (Channel("direct", Duration(3, "day"), fees),)
    store(replace(BIRTH, documents=tuple(documents), channels=channels))
    told = tell(BIRTH.code, VAN_TUONG)
    assert len(told.lines) <= MOST_LINES
    boxes = [line for line in told.lines if line.startswith("☐")]
    assert len(boxes) >= 3
    assert f"Còn {papers - len(boxes)} giấy tờ nữa, có đủ ở bản in." in told.lines
    # No case stands there without one of its papers.
    after = told.lines[told.lines.index(boxes[-1]) + 1]
    assert after.startswith("Còn ")
    assert "- Còn 6 mục nữa, có đủ ở bản in." in told.lines
    assert max(map(len, boxes)) <= LONGEST_LINE + len("☐ …")


def test_papers_go_before_parts_that_can_be_spared() -> None:
    documents = tuple(Document(f"Giấy số {n}", 1) for n in range(11))
    store(replace(BIRTH, documents=documents))
    told = tell(BIRTH.code, VAN_TUONG)
    assert sum(line.startswith("☐") for line in told.lines) == 11
    assert len(told.lines) <= MOST_LINES
    assert not [line for line in told.lines if line.startswith("Kết quả")]


def test_what_is_unknown_is_said_to_be() -> None:
    store(procedure("1.000002", "Đăng ký khai tử"))
    told = tell("1.000002")
    for heading in ("Giấy tờ cần chuẩn bị", "Mẫu đơn, tờ khai", "Phí, lệ phí"):
        assert f"{heading}: chưa công bố" in told.lines
    assert told.answer["status"] == "answered"


def test_a_doubt_is_told_once_with_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    store(BIRTH)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2027-11-24T09:00"))
    (doubt,) = [line for line in tell(BIRTH.code).lines if "lưu ý" in line]
    assert "đã lâu chưa được kiểm tra lại" in doubt
    assert "giấy tờ cần chuẩn bị" in doubt
    assert "mẫu đơn, tờ khai" in doubt


def test_buttons_lead_on() -> None:
    buttons = wording.responses("checklist")["utter_checklist"]["buttons"]
    assert [button["payload"] for button in buttons] == [
        "/ask_where_to_apply",
        "/ask_how_to_apply_online",
        "/ask_payment_methods",
    ]


def test_an_unknown_code_is_not_found() -> None:
    told = tell("9.999999")
    assert told.lines[0].startswith("Em không thấy thủ tục có mã 9.999999")
    assert told.answer == {"topic": "checklist", "status": "not_found"}
    assert told.slots == {"procedure_code": None}


def test_a_code_that_ended_is_said_to_have(monkeypatch: pytest.MonkeyPatch) -> None:
    store(BIRTH, procedure("1.000002", "Đăng ký khai tử"))
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2026-12-01T09:00"))
    store(BIRTH)
    told = tell("1.000002")
    assert told.lines[0].startswith("Thủ tục mã 1.000002 không còn trong danh mục từ ngày")
    assert told.answer["status"] == "not_found"
