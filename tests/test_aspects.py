"""What more than its intent is known of a message, and what the message before adds."""

from __future__ import annotations

import pytest

from bot import aspects

FIRE = {"text": "cháy rồi", "aspect": "fire"}


def aspect(text: str, learnt: str = "", *, in_form: bool = False, after: object = None) -> str:
    before = after if isinstance(after, dict) else None
    message = {"text": text, "aspect": learnt}
    return aspects.aspect_of(message, in_form=in_form, before=before)


def test_what_was_learnt_is_told() -> None:
    assert aspect("đưa phong bì được không", "bribe") == "bribe"
    assert aspect("phí bao nhiêu") == ""


@pytest.mark.parametrize("text", ["rứa gọi số mấy", "giờ làm sao", "báo ai", "goi ai bay gio"])
def test_a_short_question_after_a_danger_still_speaks_of_it(text: str) -> None:
    assert aspect(text, after=FIRE) == "fire"
    assert aspect(text, "next_step", after=FIRE) == "fire"
    assert aspect(text) == ""


def test_other_messages_after_a_danger_are_their_own() -> None:
    assert aspect("chồng tôi cầm dao", "crime", after=FIRE) == "crime"
    assert aspect("cảm ơn", after=FIRE) == ""
    long = "cho tôi hỏi làm giấy khai sinh cho con thì nộp ở đâu"
    assert aspect(long, after=FIRE) == ""


def test_the_menu_leaves_a_form_only() -> None:
    assert aspect("menu", in_form=True) == aspects.LEAVE
    assert aspect("Menu đi ad", in_form=True) == aspects.LEAVE
    assert aspect("menu") == ""


@pytest.mark.parametrize(
    "text",
    [
        "checklist làm căn cước",
        "cho tôi danh sách cần chuẩn bị để đăng ký tạm trú",
        "danh sach giay to mang theo khi lam so do",
    ],
)
def test_a_checklist_of_a_named_procedure_is_heard(text: str) -> None:
    assert aspect(text) == aspects.CHECKLIST


def test_a_list_of_procedures_is_no_checklist() -> None:
    assert aspect("danh sách thủ tục đất đai") == ""


SCAM = {"text": "có người gọi bảo chuyển tiền lệ phí", "aspect": "scam"}


@pytest.mark.parametrize(
    "text",
    [
        "http://dichvucong-qn.top/nop-phat phải của tỉnh không",
        "họ kêu chuyển vô stk 0123456789 để giữ hồ sơ",
        "no nhan tin bao nop vao so tai khoan •••••••••••• moi tra giay",
    ],
)
def test_strange_links_and_accounts_told_by_others_are_a_swindlers(text: str) -> None:
    assert aspect(text) == aspects.SCAM
    assert aspect(text, "erase", in_form=True) == aspects.SCAM
    # A danger has its own answer.
    assert aspect(text, "crime") == "crime"


@pytest.mark.parametrize(
    "text",
    [
        "hoàn tiền vô stk 0123456789 giúp tui, bên đó kêu gửi số",
        "nộp vào tài khoản kho bạc được không",
        "nộp tại dichvucong.gov.vn phải không",
        '/find_procedure{"text": "http://dichvucong-qn.top"}',
    ],
)
def test_ones_own_money_known_hosts_and_buttons_are_not(text: str) -> None:
    assert aspect(text) == ""


@pytest.mark.parametrize("text", ["tôi lỡ chuyển rồi", "giờ làm sao", "báo ai", "lo doc roi"])
def test_what_follows_a_swindlers_call_still_speaks_of_it(text: str) -> None:
    link = {"text": "bấm vô http://dichvucong-qn.top thử", "aspect": ""}
    assert aspect(text, after=SCAM) == aspects.SCAM
    assert aspect(text, after=link) == aspects.SCAM
    assert aspect(text) == ""
    assert aspect(text, after={"text": "phí bao nhiêu", "aspect": ""}) == ""


def test_other_messages_after_a_swindlers_call_are_their_own() -> None:
    assert aspect("cảm ơn", after=SCAM) == ""
    assert aspect("làm khai sinh cần giấy tờ gì", after=SCAM) == ""
