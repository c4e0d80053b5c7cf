"""Parts of a message that may each ask something of their own."""

from __future__ import annotations

import pytest

from bot.codes import Found
from bot.nlu.clauses import clauses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cần giấy tờ gì, mấy ngày có", ["cần giấy tờ gì", " mấy ngày có"]),
        ("nop o dau va het bao nhieu", ["nop o dau", "het bao nhieu"]),
        ("dạ, phí bao nhiêu ạ", [" phí bao nhiêu ạ"]),
        ("phí bao nhiêu", []),
        ("phí 15.000 hay 20.000 đồng", []),
        ("", []),
    ],
)
def test_a_message_is_divided_at_marks_and_joints(text: str, parts: list[str]) -> None:
    assert [part for part, _ in clauses(text, [])] == parts


def test_no_entity_is_cut_and_offsets_are_the_parts() -> None:
    text = "Sở Văn hóa, Thể thao và Du lịch ở đâu, làm hộ chiếu mấy ngày"
    agency = Found("agency", "x", 0, 31)
    paper = Found("document", "Hộ chiếu", text.index("hộ chiếu"), text.index("hộ chiếu") + 8)
    found = list(clauses(text, [agency, paper]))
    assert [part.strip() for part, _ in found] == [text[:37], "làm hộ chiếu mấy ngày"]
    assert found[0][1] == [agency]
    (moved,) = found[1][1]
    assert found[1][0][moved.start : moved.end] == "hộ chiếu"
