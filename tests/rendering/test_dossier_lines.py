"""What is said of a dossier: whole answers, days over holidays, and what nobody knows."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import NoReturn

import pytest

from bot.catalogue import service as catalogue
from bot.database import DatabaseUnavailable
from bot.dossiers import statuses
from bot.dossiers.model import Dossier
from bot.dossiers.statuses import DONE, FILE_AGAIN, RUNNING, STOPPED
from bot.offices import service as offices
from bot.offices.model import OTHER, Office
from bot.offices.sheet_import import load_seed
from bot.offices.units_import import import_units
from bot.rendering import dossier_lines as d
from bot.rendering.dossier_standing import UNKNOWN
from bot.sources import Source
from tests.style_rules import LINES, RULES, Said, replies_are_short

MOST_LINES = 12
SOURCE = Source("Bảng thử", "", dt.date(2026, 7, 1))
CODE = "H48.16-230512-0003"


def day(text: str) -> dt.date:
    """ "06/07" is a day of 2026."""
    return dt.datetime.strptime(f"{text}/2026", "%d/%m/%Y").date()  # noqa: DTZ007


TODAY = day("01/07")
BARE = Dossier(CODE, "", "Hệ thống thử", TODAY)
FULL = replace(
    BARE,
    status="Đang xử lý",
    procedure_code="1.001193",
    procedure_name="Đăng ký khai sinh",
    agency="Ủy ban nhân dân xã Thử",
    note="Bản sao căn cước của mẹ",
    received_on=TODAY,
    due_on=day("06/07"),
    fee_unpaid=50_000,
    delivery="Nhận trực tiếp",
)
# Without what makes answers long.
PLAIN = replace(FULL, note="", fee_unpaid=None)
OPTIONAL = (
    "procedure_code", "procedure_name", "agency", "note", "received_on", "due_on", "finished_on",
    "returned_on", "fee_unpaid", "delivery",
)  # fmt: skip
ANSWERS = (d.lines, d.late_lines, d.supplement_lines, d.withdraw_lines)
STATUSES = statuses.statuses().statuses
STORED_OFFICES = offices.all_offices


def office(name: str, telephone: str) -> Office:
    return Office(name, OTHER, name, "", "", telephone, "", "", "", SOURCE)


@pytest.fixture(autouse=True)
def _two_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    known = (
        office("Ủy ban nhân dân xã Thử", "0255 3822 868"),
        office("Công an tỉnh Quảng Ngãi", "069 4309 199"),
        office("Trung tâm Phục vụ hành chính công xã Câm", ""),
    )
    monkeypatch.setattr(offices, "all_offices", lambda: known)


def shown(status: str, **values: object) -> list[str]:
    return d.lines(replace(PLAIN, status=status, **values), TODAY)  # type: ignore[arg-type]


# Whole answers

HEAD_OF = f"Hồ sơ {CODE}"
PROCEDURE = "Thủ tục: Đăng ký khai sinh."
DATES = "Ngày nhận: 01/07/2026. Hẹn trả: 06/07/2026."
OFFICE = "Cơ quan đang giữ hồ sơ: Ủy ban nhân dân xã Thử. Điện thoại: 0255 3822 868."


def test_a_dossier_being_worked_on() -> None:
    assert d.lines(FULL, TODAY) == [
        f"{HEAD_OF}: đang được giải quyết (hệ thống ghi “Đang xử lý”).",
        "Cán bộ đang xem xét hồ sơ của anh/chị. "
        "Xem xét xong, hồ sơ được trình lãnh đạo duyệt rồi trả kết quả.",
        PROCEDURE,
        DATES,
        "Còn 3 ngày làm việc đến ngày hẹn trả.",
        OFFICE,
        "Cơ quan ghi chú: Bản sao căn cước của mẹ.",
        "Anh/chị chờ đến ngày hẹn trả.",
        "Hồ sơ còn 50.000 đồng chưa nộp. Anh/chị hỏi nơi đã nộp hồ sơ cách nộp.",
    ]


def test_a_supplement_is_asked_for_and_it_is_said_what_is_missing() -> None:
    assert shown("Yêu cầu bổ sung", note="Bản sao căn cước của mẹ.") == [
        f"{HEAD_OF}: cần anh/chị bổ sung giấy tờ (hệ thống ghi “Yêu cầu bổ sung”).",
        "Cơ quan giải quyết đang chờ anh/chị bổ sung hoặc sửa giấy tờ. "
        "Bổ sung đủ thì hồ sơ được làm tiếp. Không bổ sung thì hồ sơ có thể bị từ chối.",
        PROCEDURE,
        DATES,
        "Trong lúc dừng chờ, hồ sơ không tính là trễ hẹn.",
        OFFICE,
        "Phần cần bổ sung, cơ quan ghi: Bản sao căn cước của mẹ.",
        "Anh/chị bổ sung ở nơi đã nộp, hoặc trên mạng bằng tài khoản đã nộp.",
    ]


def test_a_supplement_of_which_nobody_wrote_down_what_is_missing() -> None:
    assert shown("chờ bổ sung")[-2:] == [
        "Hệ thống chưa ghi rõ thiếu giấy gì, anh/chị xem thông báo đã nhận hoặc hỏi cơ quan đang "
        "giữ hồ sơ.",
        "Anh/chị bổ sung ở nơi đã nộp, hoặc trên mạng bằng tài khoản đã nộp.",
    ]


@pytest.mark.parametrize(
    ("unpaid", "line"),
    [
        (1_250_000, "Số tiền chưa nộp: 1.250.000 đồng."),
        (None, "Số tiền phải nộp: chưa công bố. Anh/chị xem thông báo đã nhận, hoặc hỏi cơ quan "
         "đang giữ hồ sơ."),
        # A source's default, never a sum.
        (0, "Số tiền phải nộp: chưa công bố. Anh/chị xem thông báo đã nhận, hoặc hỏi cơ quan "
         "đang giữ hồ sơ."),
    ],
)  # fmt: skip
def test_money_is_asked_for(unpaid: int | None, line: str) -> None:
    assert shown("Yêu cầu thực hiện nghĩa vụ tài chính", fee_unpaid=unpaid) == [
        f"{HEAD_OF}: cần anh/chị nộp tiền (hệ thống ghi “Yêu cầu thực hiện nghĩa vụ tài chính”).",
        "Cơ quan giải quyết đang chờ anh/chị nộp khoản tiền của hồ sơ này. "
        "Nộp xong thì hồ sơ được làm tiếp.",
        PROCEDURE,
        DATES,
        "Trong lúc dừng chờ, hồ sơ không tính là trễ hẹn.",
        OFFICE,
        line,
        "Anh/chị nộp theo thông báo đã nhận và giữ lại biên lai.",
    ]


def test_a_result_can_be_collected() -> None:
    answer = d.lines(replace(PLAIN, status="Có kết quả", finished_on=day("03/07")), day("08/07"))
    assert answer == [
        f"{HEAD_OF}: đã có kết quả (hệ thống ghi “Có kết quả”).",
        "Kết quả của anh/chị đã có, chưa trả. Nơi trả giao kết quả theo cách anh/chị đã chọn.",
        PROCEDURE,
        f"{DATES} Xong ngày: 03/07/2026.",
        "Xong sớm 1 ngày làm việc so với ngày hẹn.",
        OFFICE,
        "Cách nhận kết quả đã chọn: Nhận trực tiếp. "
        "Đến quầy nhận thì anh/chị đem giấy hẹn trả và căn cước.",
    ]
    assert shown("Có kết quả", delivery="")[-1] == (
        "Nhận ở quầy hay qua bưu chính: hệ thống chưa ghi, anh/chị hỏi nơi đã nộp. "
        "Đến quầy nhận thì anh/chị đem giấy hẹn trả và căn cước."
    )


def test_a_result_was_handed_over() -> None:
    dossier = replace(
        PLAIN, status="Đã trả kết quả", finished_on=day("06/07"), returned_on=day("08/07")
    )
    assert d.lines(dossier, day("09/07")) == [
        # The plain words are the system's: they are not said twice.
        f"{HEAD_OF}: đã trả kết quả.",
        "Hệ thống ghi là kết quả đã trả xong. Hồ sơ kết thúc ở đây.",
        PROCEDURE,
        f"{DATES} Xong ngày: 06/07/2026. Trả kết quả ngày: 08/07/2026.",
        "Xong đúng ngày hẹn.",
        OFFICE,
        "Anh/chị không phải làm gì thêm. Chưa nhận được hoặc thấy sai thì hỏi nơi trả kết quả.",
    ]


def test_a_refusal_has_its_reason_in_the_note_and_no_lateness() -> None:
    answer = d.lines(
        replace(PLAIN, status="Từ chối", note="Sai thẩm quyền", finished_on=day("08/07")),
        day("09/07"),
    )
    assert answer == [
        f"{HEAD_OF}: bị từ chối (hệ thống ghi “Từ chối”).",
        "Nơi nhận hoặc cơ quan giải quyết đã từ chối hồ sơ này. Hồ sơ này không được làm tiếp.",
        PROCEDURE,
        f"{DATES} Xong ngày: 08/07/2026.",
        OFFICE,
        "Cơ quan ghi chú: Sai thẩm quyền.",
        "Anh/chị xem lý do trên thông báo từ chối, hoặc hỏi nơi đã nộp. "
        "Sửa xong thì nộp hồ sơ mới.",
    ]


def test_an_unknown_status_is_shown_and_not_explained() -> None:
    answer = d.lines(replace(PLAIN, status="Chuyển bước “7B”"), day("08/07"))
    assert answer == [
        f"{HEAD_OF}: hệ thống ghi “Chuyển bước 7B”. Em chưa rõ trạng thái này nghĩa là gì.",
        PROCEDURE,
        DATES,
        "Ngày hẹn trả đã qua 2 ngày làm việc.",
        OFFICE,
        "Anh/chị hỏi cơ quan đang giữ hồ sơ để biết rõ, trước khi làm gì thêm.",
    ]


def test_a_dossier_of_which_nothing_is_known() -> None:
    assert d.lines(BARE, TODAY) == [
        f"{HEAD_OF}: trạng thái chưa công bố.",
        "Ngày hẹn trả: chưa công bố. Em chưa tính được còn bao nhiêu ngày.",
        "Cơ quan đang giữ hồ sơ: chưa công bố. Anh/chị hỏi nơi đã nộp, hoặc gọi 1022.",
        "Anh/chị hỏi cơ quan đang giữ hồ sơ để biết rõ, trước khi làm gì thêm.",
    ]


# Days


@pytest.mark.parametrize(
    ("today", "due", "left", "late", "line"),
    [
        ("01/07", "06/07", 3, None, "Còn 3 ngày làm việc đến ngày hẹn trả."),
        ("06/07", "06/07", 0, None, "Hôm nay là ngày hẹn trả."),
        ("07/07", "06/07", None, 1, "Đã trễ hẹn 1 ngày làm việc."),
        # Friday to Monday is one working day.
        ("03/07", "06/07", 1, None, "Còn 1 ngày làm việc đến ngày hẹn trả."),
        ("06/07", "03/07", None, 1, "Đã trễ hẹn 1 ngày làm việc."),
        # Only a weekend lies between.
        ("04/07", "03/07", None, 0, "Ngày hẹn trả đã qua, từ đó đến nay chỉ có ngày nghỉ."),
        ("03/07", "05/07", 0, None, "Từ nay đến ngày hẹn trả chỉ còn ngày nghỉ."),
        # Lunar New Year 2026 is off from 16/02 to 20/02.
        ("13/02", "24/02", 2, None, "Còn 2 ngày làm việc đến ngày hẹn trả."),
        ("20/02", "13/02", None, 0, "Ngày hẹn trả đã qua, từ đó đến nay chỉ có ngày nghỉ."),
        ("23/02", "13/02", None, 1, "Đã trễ hẹn 1 ngày làm việc."),
        # National Day 2026 is off on 01/09 and 02/09.
        ("31/08", "04/09", 2, None, "Còn 2 ngày làm việc đến ngày hẹn trả."),
        ("03/09", "31/08", None, 1, "Đã trễ hẹn 1 ngày làm việc."),
    ],
)
def test_days_to_the_due_date_are_working_days(
    today: str, due: str, left: int | None, late: int | None, line: str
) -> None:
    dossier = replace(PLAIN, due_on=day(due))
    found = d.standing(dossier, day(today))
    assert (found.clock, found.days_left, found.days_late) == (RUNNING, left, late)
    assert found.is_late is found.was_late is (late is not None)
    # Who is kept waiting longer than promised, and nobody else, is asked for pardon.
    pardon = "Thay mặt tỉnh Quảng Ngãi, em xin lỗi anh/chị vì chậm trễ này."
    is_late = d.standing(dossier, day(today)).is_late
    said = d.lines(dossier, day(today))
    assert (f"{line} {pardon}" if is_late else line) in said
    assert any(pardon in each for each in said) == is_late


@pytest.mark.parametrize(
    ("finished", "due", "outcome", "days", "line"),
    [
        ("02/07", "06/07", "early", 2, "Xong sớm 2 ngày làm việc so với ngày hẹn."),
        ("04/07", "05/07", "early", 0, "Xong trước ngày hẹn."),
        ("06/07", "06/07", "on_time", 0, "Xong đúng ngày hẹn."),
        ("07/07", "03/07", "late", 2, "Xong trễ 2 ngày làm việc so với ngày hẹn."),
        ("04/07", "03/07", "late", 0, "Xong sau ngày hẹn, giữa hai ngày chỉ có ngày nghỉ."),
        ("24/02", "13/02", "late", 2, "Xong trễ 2 ngày làm việc so với ngày hẹn."),
    ],
)
def test_a_result_is_compared_with_its_due_date(
    finished: str, due: str, outcome: str, days: int, line: str
) -> None:
    dossier = replace(PLAIN, status="Có kết quả", finished_on=day(finished), due_on=day(due))
    found = d.standing(dossier, day("31/12"))
    assert (found.clock, found.finished, found.finished_days) == (DONE, outcome, days)
    assert (found.is_late, found.days_left, found.days_late) == (False, None, None)
    assert line in d.lines(dossier, day("31/12"))


@pytest.mark.parametrize(
    ("returned", "outcome"), [("06/07", "on_time"), ("02/07", "early"), ("20/07", "")]
)
def test_a_result_fetched_late_may_have_been_there_in_time(returned: str, outcome: str) -> None:
    dossier = replace(PLAIN, status="Đã trả kết quả", returned_on=day(returned))
    assert d.standing(dossier, day("31/12")).finished == outcome


def test_a_finish_that_is_planned_is_no_finish() -> None:
    dossier = replace(PLAIN, finished_on=day("03/07"))
    assert d.standing(dossier, day("02/07")).clock == RUNNING
    assert d.standing(dossier, day("03/07")).clock == DONE
    assert DATES in d.lines(dossier, day("02/07"))


@pytest.mark.parametrize(
    ("status", "clock"),
    [
        ("Yêu cầu bổ sung", STOPPED),
        ("Chờ thanh toán", STOPPED),
        ("Tạm dừng", STOPPED),
        ("Có kết quả", DONE),
        ("Rút hồ sơ", DONE),
        ("Xyz", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_only_a_running_clock_makes_late(status: str, clock: str) -> None:
    found = d.standing(replace(PLAIN, status=status), day("31/12"))
    assert (found.clock, found.is_late, found.was_late) == (clock, False, False)


def test_a_due_date_that_is_not_known() -> None:
    dossier = replace(PLAIN, due_on=None)
    found = d.standing(dossier, TODAY)
    assert (found.is_late, found.days_left, found.days_late) == (False, None, None)
    line = "Ngày hẹn trả: chưa công bố. Em chưa tính được còn bao nhiêu ngày."
    assert line in d.lines(dossier, TODAY)


def test_nobody_is_told_to_wait_for_a_day_that_is_past() -> None:
    assert d.lines(PLAIN, day("07/07"))[-1] == (
        "Anh/chị hỏi cơ quan đang giữ hồ sơ lý do trễ và ngày trả mới. "
        "Hỏi luôn về “Phiếu xin lỗi và hẹn lại ngày trả kết quả”."
    )


# Late or not


def test_a_late_dossier_is_apologised_for_in_the_provinces_name() -> None:
    assert d.late_lines(FULL, day("08/07")) == [
        f"Thay mặt tỉnh Quảng Ngãi, em xin lỗi anh/chị vì hồ sơ {CODE} bị trễ.",
        "Hẹn trả ngày 06/07/2026. Đã trễ hẹn 2 ngày làm việc.",
        "Hiện nay: đang được giải quyết. Cán bộ đang xem xét hồ sơ của anh/chị.",
        OFFICE,
        "Cơ quan ghi chú: Bản sao căn cước của mẹ.",
        "Anh/chị hỏi cơ quan đang giữ hồ sơ lý do trễ và ngày trả mới. "
        "Hỏi luôn về “Phiếu xin lỗi và hẹn lại ngày trả kết quả”.",
    ]


@pytest.mark.parametrize(
    ("today", "line"),
    [
        ("01/07", "Còn 3 ngày làm việc đến ngày hẹn trả."),
        ("06/07", "Hôm nay là ngày hẹn trả."),
    ],
)
def test_a_dossier_within_its_time(today: str, line: str) -> None:
    assert d.late_lines(PLAIN, day(today)) == [
        f"Dạ, hồ sơ {CODE} vẫn trong hạn, hẹn trả ngày 06/07/2026.",
        line,
        "Hiện nay: đang được giải quyết. Cán bộ đang xem xét hồ sơ của anh/chị.",
        OFFICE,
        "Qua ngày hẹn mà chưa có kết quả, anh/chị hỏi cơ quan đang giữ hồ sơ, hoặc gọi 1022.",
    ]


def test_what_a_stopped_dossier_waits_for() -> None:
    dossier = replace(FULL, status="Yêu cầu bổ sung", fee_unpaid=None)
    assert d.late_lines(dossier, day("31/12")) == [
        f"{HEAD_OF} đang dừng chờ nên chưa tính là trễ hẹn.",
        "Cơ quan giải quyết đang chờ anh/chị bổ sung hoặc sửa giấy tờ. "
        "Bổ sung đủ thì hồ sơ được làm tiếp. Không bổ sung thì hồ sơ có thể bị từ chối.",
        DATES,
        "Phần cần bổ sung, cơ quan ghi: Bản sao căn cước của mẹ.",
        "Anh/chị bổ sung ở nơi đã nộp, hoặc trên mạng bằng tài khoản đã nộp.",
        OFFICE,
    ]


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        ({"due_on": None}, f"{HEAD_OF}: em chưa biết có trễ hay không, vì ngày hẹn trả chưa "
         "công bố."),
        ({"status": "Xyz"}, f"{HEAD_OF}: em chưa biết có trễ hay không, vì chưa rõ hồ sơ đang ở "
         "bước nào."),
        ({"status": "Có kết quả"}, f"{HEAD_OF}: em chưa biết có xong đúng hẹn không, vì chưa đủ "
         "ngày để so."),
        ({"status": "Có kết quả", "finished_on": day("03/07")}, f"{HEAD_OF} không bị trễ."),
        ({"status": "Có kết quả", "finished_on": day("08/07")},
         f"Thay mặt tỉnh Quảng Ngãi, em xin lỗi anh/chị vì hồ sơ {CODE} bị trễ."),
        ({"status": "Từ chối", "finished_on": day("08/07")},
         f"{HEAD_OF} đã kết thúc, không còn tính là trễ hẹn."),
    ],
)  # fmt: skip
def test_the_first_line_on_lateness(changes: dict[str, object], head: str) -> None:
    answer = d.late_lines(replace(PLAIN, **changes), day("31/12"))  # type: ignore[arg-type]
    assert answer[0] == head


def test_the_province_apologises_only_if_it_was_late() -> None:
    days = [day(text) for text in ("01/07", "06/07", "07/07", "31/12")]
    finishes = (None, day("03/07"), day("10/07"))
    counts = {True: 0, False: 0}
    for status, today, ended in itertools.product(STATUSES, days, finishes):
        dossier = replace(PLAIN, status=status.names[0], finished_on=ended)
        said = "xin lỗi anh/chị" in " ".join(d.late_lines(dossier, today))
        assert said is d.standing(dossier, today).was_late, (status.key, today, ended)
        counts[said] += 1
    assert min(counts.values()) > 20


# Supplement and withdraw


def test_steps_of_a_supplement_that_was_asked_for() -> None:
    assert d.supplement_lines(replace(FULL, status="Yêu cầu bổ sung"), TODAY) == [
        f"{HEAD_OF} đang chờ anh/chị bổ sung: Bản sao căn cước của mẹ.",
        "Anh/chị bổ sung ở nơi đã nộp:",
        "- Nộp tại quầy: đem giấy tờ và giấy tiếp nhận đến nơi đó.",
        "- Nộp trên mạng: đăng nhập dichvucong.gov.vn bằng tài khoản đã nộp, mở hồ sơ và làm theo "
        "thông báo.",
        OFFICE,
        "Em là máy, không nhận giấy tờ qua đây.",
    ]


def test_without_a_note_the_office_is_asked_what_is_missing() -> None:
    answer = d.supplement_lines(replace(PLAIN, status="Yêu cầu bổ sung"), TODAY)
    assert answer[:3] == [
        f"{HEAD_OF} đang chờ anh/chị bổ sung.",
        "Hệ thống chưa ghi rõ thiếu giấy gì, anh/chị xem thông báo đã nhận hoặc hỏi cơ quan đang "
        "giữ hồ sơ.",
        "Anh/chị bổ sung ở nơi đã nộp:",
    ]


@pytest.mark.parametrize(
    ("status", "head", "now"),
    [
        ("Đang xử lý", f"{HEAD_OF} chưa bị yêu cầu bổ sung.",
         "Hiện nay: đang được giải quyết. Cán bộ đang xem xét hồ sơ của anh/chị."),
        ("Xyz", f"{HEAD_OF} có phải bổ sung hay không, em chưa rõ.",
         "Hệ thống ghi “Xyz”, em chưa rõ trạng thái này nghĩa là gì."),
        ("", f"{HEAD_OF} có phải bổ sung hay không, em chưa rõ.",
         "Trạng thái hiện nay: chưa công bố."),
    ],
)  # fmt: skip
def test_whoever_wants_to_add_papers_asks_first(status: str, head: str, now: str) -> None:
    assert d.supplement_lines(replace(PLAIN, status=status), TODAY) == [
        head,
        "Muốn thêm hoặc sửa giấy tờ, anh/chị hỏi nơi đã nộp trước. Được thì làm như sau:",
        "- Nộp tại quầy: đem giấy tờ và giấy tiếp nhận đến nơi đó.",
        "- Nộp trên mạng: đăng nhập dichvucong.gov.vn bằng tài khoản đã nộp, mở hồ sơ và làm theo "
        "thông báo.",
        now,
        OFFICE,
        "Em là máy, không nhận giấy tờ qua đây.",
    ]


def test_steps_of_a_withdrawal() -> None:
    assert d.withdraw_lines(replace(PLAIN, delivery="Nhận trực tuyến"), TODAY) == [
        f"{HEAD_OF} chưa kết thúc. Phần lớn thủ tục không ghi cách rút, nên muốn rút thì anh/chị "
        "hỏi nơi đã nộp:",
        # The way of the delivery that was chosen stands first.
        "- Nộp trên mạng: đăng nhập dichvucong.gov.vn bằng tài khoản đã nộp và mở hồ sơ. "
        "Không thấy chỗ rút thì hỏi nơi nhận hồ sơ.",
        "- Nộp tại quầy: đem giấy tiếp nhận và căn cước đến nơi đó.",
        "Hiện nay: đang được giải quyết.",
        OFFICE,
        "Giấy tờ gốc và tiền đã nộp có được trả lại không, anh/chị hỏi luôn nơi đó. "
        "Em là máy, không rút thay anh/chị được.",
    ]


def test_a_withdrawal_that_was_asked_for_already() -> None:
    assert d.withdraw_lines(replace(PLAIN, status="Yêu cầu rút hồ sơ"), TODAY) == [
        f"{HEAD_OF}: anh/chị đã xin rút, nơi nhận chưa trả lời.",
        "Nơi nhận báo anh/chị có cho rút hay không.",
        "Anh/chị chờ nơi nhận hồ sơ báo lại.",
        OFFICE,
    ]


@pytest.mark.parametrize("status", [s for s in STATUSES if s.clock == DONE], ids=lambda s: s.key)
def test_what_is_over_is_neither_supplemented_nor_withdrawn(status: statuses.Status) -> None:
    dossier = replace(PLAIN, status=status.names[0])
    if status.todo == FILE_AGAIN:
        wanted = (
            f"{HEAD_OF} không được làm tiếp, nên không bổ sung được nữa.",
            f"{HEAD_OF} đã kết thúc, không còn gì để rút.",
        )
    else:
        wanted = (
            f"{HEAD_OF} đã giải quyết xong, không bổ sung vào hồ sơ này được nữa.",
            f"{HEAD_OF} đã giải quyết xong, không rút được nữa.",
        )
    answers = (d.supplement_lines(dossier, TODAY), d.withdraw_lines(dossier, TODAY))
    assert tuple(answer[0] for answer in answers) == wanted
    assert not [line for answer in answers for line in answer if line.startswith("- ")]


# Offices, names, personal data


@pytest.mark.parametrize(
    ("agency", "line"),
    [
        ("UBND xã Thử", "Cơ quan đang giữ hồ sơ: UBND xã Thử. Điện thoại: 0255 3822 868."),
        ("ỦY BAN NHÂN DÂN XÃ THỬ, tỉnh Quảng Ngãi", "Cơ quan đang giữ hồ sơ: ỦY BAN NHÂN DÂN XÃ "
         "THỬ, tỉnh Quảng Ngãi. Điện thoại: 0255 3822 868."),
        ("Công an tỉnh Quảng Ngãi", "Cơ quan đang giữ hồ sơ: Công an tỉnh Quảng Ngãi. Điện thoại: "
         "069 4309 199."),
        # Near is not the same: a wrong number is worse than none.
        ("UBND xã Thử Hạ", "Cơ quan đang giữ hồ sơ: UBND xã Thử Hạ. Em chưa có số điện thoại nơi "
         "này, anh/chị gọi 1022."),
        ("Công an", "Cơ quan đang giữ hồ sơ: Công an. Em chưa có số điện thoại nơi này, anh/chị "
         "gọi 1022."),
        ("Trung tâm Phục vụ hành chính công xã Câm", "Cơ quan đang giữ hồ sơ: Trung tâm Phục vụ "
         "hành chính công xã Câm. Em chưa có số điện thoại nơi này, anh/chị gọi 1022."),
    ],
)  # fmt: skip
def test_the_telephone_is_that_of_the_very_office(agency: str, line: str) -> None:
    assert line in d.lines(replace(PLAIN, agency=agency), TODAY)


@pytest.mark.usefixtures("shipped_seed")
def test_stored_offices_and_procedures_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offices, "all_offices", STORED_OFFICES)
    import_units()
    load_seed()
    dossier = replace(PLAIN, procedure_name="", agency="Tổng đài 1022 tỉnh Quảng Ngãi")
    answer = d.lines(dossier, TODAY)
    assert "Thủ tục: Đăng ký khai sinh lần đầu cho trẻ." in answer
    assert "Cơ quan đang giữ hồ sơ: Tổng đài 1022 tỉnh Quảng Ngãi. Điện thoại: 1022." in answer


def test_a_procedure_without_any_name_is_told_by_its_code_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catalogue, "procedure", lambda code: None)
    dossier = replace(PLAIN, procedure_name="")
    assert "Thủ tục: 1.001193." in d.lines(dossier, TODAY)
    assert not [x for x in d.lines(replace(dossier, procedure_code=""), TODAY) if "Thủ tục" in x]


def test_an_answer_does_not_depend_on_our_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> NoReturn:
        raise DatabaseUnavailable("down")

    monkeypatch.setattr(offices, "all_offices", down)
    monkeypatch.setattr(catalogue, "procedure", down)
    answer = d.lines(replace(PLAIN, procedure_name=""), TODAY)
    assert "Thủ tục: 1.001193." in answer
    assert (
        "Cơ quan đang giữ hồ sơ: Ủy ban nhân dân xã Thử. Em chưa có số điện thoại nơi này, "
        "anh/chị gọi 1022." in answer
    )


def test_numbers_that_clerks_write_into_texts_are_not_shown() -> None:
    dossier = replace(
        PLAIN,
        status="Gọi 0905111222",
        note="Thiếu giấy,\ngọi 0905 111 222 hoặc CCCD 051098003344",
        delivery="Gửi về địa chỉ 12 Lê Lợi, xã Thử",
        agency="Tổ một cửa 0905111222",
    )
    collected = replace(dossier, status="Có kết quả")
    texts = [line for answer in ANSWERS for x in (dossier, collected) for line in answer(x, TODAY)]
    texts += [f(x, TODAY) for f in (d.short_line, d.change_text) for x in (dossier, collected)]
    whole = "\n".join(texts)
    assert "Cơ quan ghi chú: Thiếu giấy, gọi •••• ••• ••• hoặc CCCD ••••••••••••." in texts
    assert "“Gọi ••••••••••”" in whole
    assert [x for x in ("0905", "111", "0510", "3344", "Lê Lợi") if x in whole] == []


# Lists and notices


@pytest.mark.parametrize(
    ("changes", "today", "line"),
    [
        ({}, "01/07", "Đang xử lý, hẹn trả 06/07/2026 (còn 3 ngày làm việc)"),
        ({}, "06/07", "Đang xử lý, hẹn trả 06/07/2026 (hôm nay)"),
        ({}, "08/07", "Đang xử lý, hẹn trả 06/07/2026 (trễ 2 ngày làm việc)"),
        ({"due_on": day("03/07")}, "04/07", "Đang xử lý, hẹn trả 03/07/2026 (đã qua)"),
        ({"due_on": day("05/07")}, "03/07", "Đang xử lý, hẹn trả 05/07/2026 (chỉ còn ngày nghỉ)"),
        ({"status": "Chờ bổ sung"}, "31/12", "Chờ bổ sung, hẹn trả 06/07/2026 (đang dừng chờ)"),
        ({"status": "Có kết quả"}, "31/12", "Có kết quả, hẹn trả 06/07/2026"),
        ({"status": "Đã trả", "finished_on": day("03/07")}, "31/12",
         "Đã trả, xong ngày 03/07/2026"),
        ({"status": "Xyz"}, "31/12", "Xyz, hẹn trả 06/07/2026 (đã qua)"),
        ({"due_on": None}, "01/07", "Đang xử lý, ngày hẹn trả chưa công bố"),
        ({"status": "", "due_on": None}, "01/07",
         "trạng thái chưa công bố, ngày hẹn trả chưa công bố"),
    ],
)  # fmt: skip
def test_a_line_of_a_list(changes: dict[str, object], today: str, line: str) -> None:
    dossier = replace(PLAIN, **changes)  # type: ignore[arg-type]
    assert d.short_line(dossier, day(today)) == f"{CODE}: {line}"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"status": "Yêu cầu bổ sung", "note": "Ảnh 4x6"},
            f"Hồ sơ {CODE} của anh/chị vừa đổi trạng thái: cần anh/chị bổ sung giấy tờ.\n"
            "Cơ quan giải quyết đang chờ anh/chị bổ sung hoặc sửa giấy tờ.\n"
            "Phần cần bổ sung, cơ quan ghi: Ảnh 4x6.\n"
            "Anh/chị bổ sung ở nơi đã nộp, hoặc trên mạng bằng tài khoản đã nộp.",
        ),
        (
            {"status": "Xyz"},
            f"Hồ sơ {CODE} của anh/chị vừa đổi trạng thái: “Xyz”. "
            "Em chưa rõ trạng thái này nghĩa là gì.\n"
            "Anh/chị hỏi cơ quan đang giữ hồ sơ để biết rõ, trước khi làm gì thêm.",
        ),
        (
            {"status": ""},
            f"Hồ sơ {CODE} của anh/chị vừa có thay đổi, trạng thái mới chưa công bố.\n"
            "Anh/chị hỏi cơ quan đang giữ hồ sơ để biết rõ, trước khi làm gì thêm.",
        ),
    ],
)
def test_the_notice_of_a_change(changes: dict[str, object], text: str) -> None:
    dossier = replace(PLAIN, **changes)  # type: ignore[arg-type]
    assert d.change_text(dossier, TODAY) == text


# Everything at once


@pytest.mark.parametrize(
    "written", [*(s.names[0] for s in STATUSES), "Xyz", ""], ids=lambda w: w or "empty"
)
def test_every_status_composes_whatever_is_missing(written: str) -> None:
    ended = replace(FULL, status=written, finished_on=day("03/07"), returned_on=day("04/07"))
    dossiers = [ended, replace(FULL, status=written), replace(BARE, status=written)]
    dossiers += [
        replace(ended, **{name: getattr(BARE, name)})  # type: ignore[arg-type]
        for name in OPTIONAL
    ]
    found = statuses.find(written)
    for dossier, today in itertools.product(dossiers, (TODAY, day("06/07"), day("09/07"))):
        for answer in ANSWERS:
            said = answer(dossier, today)
            assert CODE in said[0]
            assert 1 < len(said) <= MOST_LINES
            assert all(line and "None" not in line and "{" not in line for line in said), said
        assert CODE in d.short_line(dossier, today)
        assert "\n\n" not in d.change_text(dossier, today)
        if found is not None:
            assert f"{found.meaning} {found.next}" in d.lines(dossier, today)


@pytest.mark.parametrize("status", STATUSES, ids=lambda s: s.key)
def test_whole_answers_keep_the_style_sheet(status: statuses.Status) -> None:
    # The sheet's length is that of a template; here the source's own words stand in it.
    rules = [rule for rule in RULES if rule is not replies_are_short]
    for answer, today in itertools.product(ANSWERS, (TODAY, day("09/07"))):
        said = answer(replace(FULL, status=status.names[0]), today)
        text = "\n".join(said)
        broken = {r.__name__: what for r in rules if (what := r(Said("a", text)))}
        assert broken == {}, text
        assert len(said) <= LINES
