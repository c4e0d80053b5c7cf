"""The day that a question about a fact asks for, and the days that tell of something else."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable

import pytest

from bot import text as vn
from bot.dates import asked_day

TODAY = dt.date(2026, 11, 24)

ASKED = [
    # A whole day, in the ways people write it.
    ("lệ phí từ 1/1/2027 là bao nhiêu", "2027-01-01"),
    ("lệ phí từ ngày 01-01-2027 thế nào", "2027-01-01"),
    ("phí kể từ ngày 1.1.2027", "2027-01-01"),
    ("lệ phí ngày 15 tháng 6 năm 2025", "2025-06-15"),
    ("quy định tại thời điểm 15/6/2025", "2025-06-15"),
    ("thủ tục áp dụng từ 01/07/2025 thế nào", "2025-07-01"),
    ("thành phần hồ sơ vào ngày 15/6/2025", "2025-06-15"),
    ("phí làm hộ chiếu ngày 29/2/2024", "2024-02-29"),
    ("phí ngày 24/11/2026", "2026-11-24"),
    ("ngày 15/6/2025 thì phí bao nhiêu", "2025-06-15"),
    ("từ ngày 1/1/2027 phí làm bằng lái bao nhiêu", "2027-01-01"),
    # A month: its last day where it is over, its first where it is to come.
    ("phí khai sinh hồi tháng 3/2025 là bao nhiêu", "2025-03-31"),
    ("lệ phí tháng 2 năm 2024", "2024-02-29"),
    ("mức thu từ tháng 1/2027", "2027-01-01"),
    ("thời gian giải quyết tháng sau", "2026-12-01"),
    ("tháng trước thời hạn giải quyết là mấy ngày", "2026-10-31"),
    ("cho hỏi tháng 3 năm 2025 phí thế nào", "2025-03-31"),
    # A year.
    ("lệ phí cấp hộ chiếu năm 2024", "2024-12-31"),
    ("phí khai sinh năm 2025", "2025-12-31"),
    ("thủ tục gia hạn năm 2024", "2024-12-31"),
    ("phí thay đổi chủ hộ năm 2025", "2025-12-31"),
    ("giấy tờ hồi năm 2023 cần gì", "2023-12-31"),
    ("điều kiện năm 2025", "2025-12-31"),
    ("phí cấp đổi bằng lái năm ngoái", "2025-12-31"),
    ("năm ngoái phí làm hộ chiếu bao nhiêu?", "2025-12-31"),
    ("năm trước lệ phí bao nhiêu", "2025-12-31"),
    ("cho em hỏi năm ngoái phí bao nhiêu", "2025-12-31"),
    ("dạ cho con hỏi năm 2024 lệ phí kết hôn bao nhiêu", "2024-12-31"),
    ("chú ơi cho hỏi phí năm 2024", "2024-12-31"),
    ("sang năm lệ phí có tăng không", "2027-01-01"),
    ("phí năm sau bao nhiêu", "2027-01-01"),
    ("phí năm tới có đổi không", "2027-01-01"),
]

NOT_ASKED = [
    # No day at all.
    "thủ tục đăng ký kết hôn",
    "phí bao nhiêu",
    "",
    # Today's own month and year ask for what holds now.
    "phí năm 2026",
    "phí tháng 11/2026",
    "phí tháng này bao nhiêu",
    "phí hôm nay",
    # Stories: what happened then, and what is to be done now.
    "năm ngoái tôi mất bằng lái giờ làm lại phí bao nhiêu",
    "năm ngoái tôi mất bằng lái, làm lại phí bao nhiêu",
    "năm ngoái mất bằng lái phí bao nhiêu",
    "năm 2024 tôi kết hôn, giờ làm lại giấy tờ",
    "tháng trước em nộp hồ sơ, lệ phí bao nhiêu",
    "năm ngoái con tôi sinh, cần giấy tờ gì",
    "năm 2020 mua xe lệ phí sang tên",
    "gia đình em chuyển về năm ngoái cần giấy tờ gì",
    "giấy tờ xe mất hồi năm ngoái",
    "giấy tờ nhà mất tháng trước làm lại",
    "lệ phí năm ngoái 20k giờ bao nhiêu",
    "lệ phí năm ngoái 20k chừ bao nhiêu",
    "lệ phí năm 2025 bây giờ còn áp dụng không",
    "lệ phí năm 2024 hiện nay còn áp dụng không",
    # Births, deaths, purchases.
    "tôi sinh ngày 12/3/1990 làm căn cước phí bao nhiêu",
    "con tôi sinh ngày 3/5/2025 làm khai sinh cần giấy tờ gì",
    "giấy tờ cho con sinh năm 2025",
    "giấy tờ làm khai sinh cho con sinh ngày 3/5/2025",
    "thủ tục làm giấy khai sinh cho bé sinh tháng 3/2025",
    "thủ tục cho người sinh năm 1960",
    "lệ phí khai tử cho người mất năm 2024",
    "phí đăng ký xe mua năm 2020",
    "lệ phí cho ô tô sản xuất năm 2018",
    # Days of papers, dossiers and laws.
    "bằng lái cấp năm 2015 đổi lại lệ phí bao nhiêu",
    "phí đổi bằng lái cấp năm 2015 bao nhiêu",
    "lệ phí đổi hộ chiếu cấp ngày 5/6/2015",
    "sổ đỏ cấp năm 1995 sang tên cần giấy tờ gì",
    "thủ tục sang tên sổ đỏ cấp năm 1995",
    "giấy tờ hết hạn năm 2024",
    "thời hạn hộ chiếu của tôi đến ngày 1/1/2027",
    "thủ tục em nộp ngày 3/11/2026 chưa có kết quả",
    "luật đất đai năm 2024 quy định thế nào",
    "quy định của luật đất đai năm 2024",
    "giấy tờ theo luật căn cước năm 2023",
    "theo nghị định 96/2024 phí bao nhiêu",
    # Days that no calendar has, and codes.
    "phí tháng 13/2025",
    "phí tháng 0/2025",
    "phí ngày 31/2/2025",
    "phí ngày 29/2/2025",
    "phí ngày 45/12/2025",
    "phí năm 0000",
    "phí hồ sơ H48.16-230512-0003",
    "phí của thủ tục 1.004194",
]


def unaccented(message: str) -> str:
    return vn.fold(message)


def decomposed(message: str) -> str:
    return unicodedata.normalize("NFD", message)


SPELLINGS = [str, str.upper, unaccented, decomposed]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("message", "day"), ASKED)
def test_a_day_beside_a_fact_is_asked_for(
    message: str, day: str, spelling: Callable[[str], str]
) -> None:
    assert asked_day(spelling(message), TODAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("message", NOT_ASKED)
def test_a_story_a_birth_or_a_paper_asks_for_today(
    message: str, spelling: Callable[[str], str]
) -> None:
    assert asked_day(spelling(message), TODAY) is None


def test_the_dialects_now_is_no_uncle_and_no_owner() -> None:
    assert asked_day("chu oi cho hoi phi nam 2024", TODAY) == dt.date(2024, 12, 31)
    assert asked_day("le phi doi chu ho nam 2025", TODAY) == dt.date(2025, 12, 31)
    assert asked_day("le phi nam ngoai 20k chu bao nhieu", TODAY) is None


@pytest.mark.parametrize(
    ("today", "message", "day"),
    [
        ("2027-01-05", "phí tháng trước", "2026-12-31"),
        ("2026-12-31", "phí tháng sau", "2027-01-01"),
        ("2026-12-31", "phí sang năm", "2027-01-01"),
        ("2028-03-31", "phí tháng trước", "2028-02-29"),
        ("2027-01-01", "phí năm ngoái", "2026-12-31"),
        # The year asked for is over now, and was not yet then.
        ("2027-01-01", "phí năm 2026", "2026-12-31"),
        ("2025-12-31", "phí năm 2026", "2026-01-01"),
    ],
)
def test_months_and_years_are_counted_from_today(today: str, message: str, day: str) -> None:
    assert asked_day(message, dt.date.fromisoformat(today)) == dt.date.fromisoformat(day)


def test_line_breaks_and_blanks_do_not_matter() -> None:
    assert asked_day("Lệ phí\n  hồi   tháng 3 / 2025 ?", TODAY) == dt.date(2025, 3, 31)


def test_a_long_message_is_answered_at_once() -> None:
    assert asked_day("phí " * 5000 + "năm", TODAY) is None
