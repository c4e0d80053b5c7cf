"""What citizens say instead of what they said before."""

from __future__ import annotations

import csv

import pytest

from bot import corrections
from bot.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("message", "meant", "denied"),
    [
        ("à nhầm, phải là đổi chứ không phải làm mới", "đổi", "làm mới"),
        ("a nham, phai la doi chu khong phai lam moi", "doi", "lam moi"),
        ("ko phải, ý tui là của con tui", "của con tôi", ""),
        ("nhầm r, căn cước chứ ko phải hộ chiếu", "căn cước", "hộ chiếu"),
        ("nham r can cuoc chu ko phai ho chieu", "can cuoc", "ho chieu"),
        ("không phải làm mới mà là đổi", "đổi", "làm mới"),
        ("em hỏi lộn, hộ chiếu cơ", "hộ chiếu", ""),
        ("a lon, tam tru chu hong phai thuong tru", "tam tru", "thuong tru"),
        ("Nhầm rồi, không phải hộ kinh doanh", "", "hộ kinh doanh"),
        ("Không phải cái đó, ý tôi là đổi chủ xe", "đổi chủ xe", ""),
    ],
)
def test_what_is_meant_and_what_is_not(message: str, meant: str, denied: str) -> None:
    found = corrections.read(message)
    assert found is not None
    assert (found.meant, found.denied) == (meant, denied)


@pytest.mark.parametrize(
    "message",
    [
        "phí bao nhiêu",
        "không",
        "nhầm rồi",
        "có phải nộp ảnh không",
        "sai tên trên giấy khai sinh sửa sao",
        "Tôi lớn tuổi không rành điện thoại",
        "hồ sơ sai thông tin thì sửa ở đâu",
        "",
    ],
)
def test_what_corrects_nothing(message: str) -> None:
    assert corrections.read(message) is None


def test_most_corrections_of_another_writer_are_seen() -> None:
    path = PROJECT_ROOT / "tests" / "nlu" / "aspects_held_out.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    corrected = [row["text"] for row in rows if row["aspect"] == "correction"]
    seen = [text for text in corrected if (found := corrections.read(text)) and found.meant]
    assert len(corrected) == 25
    assert len(seen) >= 17, set(corrected) - set(seen)
