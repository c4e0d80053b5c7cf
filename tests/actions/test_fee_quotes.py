"""Fees are reckoned for the number that a citizen names, in the question or after it."""

from __future__ import annotations

from typing import Any

import pytest

from actions.conversation import ActionInform, ActionOutOfScope
from actions.find_procedure import ActionAnswerProcedure
from tests.actions.talking import Said, say

# Certified copies, and the registration of a death: curated facts that are shipped.
COPIES, DEATH = "2.000815", "1.000656"
QUOTED = [
    "- Nộp trực tiếp: 25.000 đồng (hai mươi lăm nghìn đồng)",
    "- Trang 1 đến 2: 2 trang × 5 bản × 2.000 đồng = 20.000 đồng",
    "- Trang 3: 1 trang × 5 bản × 1.000 đồng = 5.000 đồng",
]


pytestmark = pytest.mark.usefixtures("shipped_seed")


def ask(message: str, **slots: Any) -> Said:
    return say(ActionAnswerProcedure(), message, "ask_fee", slots=slots)


def after_fee(message: str, code: str = COPIES, **slots: Any) -> dict[str, Any]:
    told = {"procedure_code": code, "told": "fee", **slots}
    return {"text": message, "slots": told}


@pytest.mark.parametrize(
    "message",
    [
        "chứng thực bản sao 5 bản, mỗi bản 3 trang hết bao nhiêu",
        "chung thuc ban sao 5 ban moi ban 3 trang het bao nhieu",
        "phí chứng thực bản sao năm bản mỗi bản ba trang",
        "sao y chứng thực 5 bản x 3 trang giá mấy đồng rứa",
    ],
)
def test_a_question_with_a_number_is_answered_with_the_sum(message: str) -> None:
    said = ask(message)
    assert said.text.splitlines()[1:4] == QUOTED
    assert said.slots["quantity"] == ["copy:5", "page:3"]
    assert said.slots["procedure_code"] == COPIES
    assert [(a["topic"], a["status"]) for a in said.answers] == [("fee", "answered")]


def test_published_fees_follow_the_sum() -> None:
    assert ask("chứng thực bản sao 5 bản, mỗi bản 3 trang").text.splitlines()[4:6] == [
        "- Nộp trực tiếp: 2.000 đồng/trang (Hai trang đầu, tính theo trang của bản chính)",
        "- Nộp trực tiếp: 1.000 đồng/trang (Từ trang thứ ba trở lên; tổng cộng không quá 200.000 "
        "đồng một bản)",
    ]


@pytest.mark.parametrize("action", [ActionInform(), ActionOutOfScope(), ActionAnswerProcedure()])
@pytest.mark.parametrize(
    ("message", "counts", "total"),
    [
        ("nếu 10 trang thì sao", ["copy:5", "page:10"], "60.000"),
        ("2 bản thôi", ["copy:2", "page:3"], "10.000"),
        ("rứa 3 bản mấy đồng", ["copy:3", "page:3"], "15.000"),
    ],
)
def test_a_number_after_the_fee_is_reckoned_anew(
    action: Any, message: str, counts: list[str], total: str
) -> None:
    turn = after_fee(message, quantity=["copy:5", "page:3"])
    said = say(action, turn["text"], "ask_fee", slots=turn["slots"])
    assert f"- Nộp trực tiếp: {total} đồng (" in said.text
    assert said.slots["quantity"] == counts


def test_a_number_is_forgotten_with_another_procedure() -> None:
    turn = after_fee("phí đăng ký khai tử", quantity=["copy:5", "page:3"])
    said = ask(turn["text"], **turn["slots"])
    assert said.slots["procedure_code"] == DEATH
    assert said.slots["quantity"] is None
    assert "trang" not in said.text


def test_a_number_is_kept_while_one_of_several_is_chosen() -> None:
    said = ask("/ask_fee", procedure_code=COPIES, quantity=["copy:5", "page:3"])
    assert said.text.splitlines()[1:4] == QUOTED


def test_an_exemption_is_reckoned_with() -> None:
    said = ask("còn hộ nghèo thì răng", procedure_code=DEATH, told="fee")
    assert "trường hợp của anh/chị được miễn, không phải nộp" in said.text
    assert said.slots["situation"] == ["poor"]


def test_a_question_about_another_fact_is_no_question_about_the_fee() -> None:
    turn = after_fee("làm 5 bản thì cần giấy tờ gì")
    said = say(ActionAnswerProcedure(), turn["text"], "ask_documents", slots=turn["slots"])
    assert [a["topic"] for a in said.answers] == ["documents"]
