"""How fees are paid, in general and for a procedure: the way that is asked for comes first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from actions.payment import ActionPaymentMethods
from bot import clock, database, wording
from bot.catalogue import companions, layers
from bot.catalogue import tables as t
from bot.catalogue.model import Channel, Fee
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.seed_import import read_general_facts
from bot.payments.method_list import methods
from bot.payments.tables import methods as table
from bot.settings import Settings
from tests.actions.talking import Said, say
from tests.catalogue.exports import SOURCE, procedure

QUOTE = "nộp phí, lệ phí thông qua chức năng thanh toán trực tuyến hoặc bằng cách thức khác"
PLAIN = procedure("1.000001", "Đăng ký tàu ngầm")
QUOTED = procedure(
    "1.000002",
    "Đăng ký khinh khí cầu",
    steps=(f"Bước 1: Nộp giấy tờ; {QUOTE}, hoàn tất.", "Nộp lệ phí tại thời điểm nộp hồ sơ."),
)
FREE = procedure(
    "1.000003",
    "Đăng ký diều sáo",
    channels=(Channel("direct", fees=(Fee(amount=0, note="Miễn phí"),)),),
)
PAID = procedure("1.000004", "Cấp thẻ thợ lặn", field="Thủy sản", online_payment=True)
LAST_LINE = wording.text("fragments", "utter_fragment_no_transfer_in_chat")
FACTS = {
    topic: (text, source) for topic, text, source in read_general_facts(SEED_DIR / "general.yml")
}
SOURCED = {"title": SOURCE.title, "url": SOURCE.url, "checked_on": "2026-07-01"}


@pytest.fixture(autouse=True)
def _catalogue(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 30))
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [PLAIN, QUOTED, FREE, PAID])
        facts = [(topic, *FACTS[topic]) for topic in ("payment", "online_services_2022")]
        companions.replace_general_facts(connection, t.CURATED, facts)


def ask(text: str, code: str | None = None, **slots: Any) -> Said:
    slots = {"procedure_code": code, **slots}
    said = say(ActionPaymentMethods(), text, "ask_payment_methods", slots=slots)
    assert said.text.endswith(f"\n{LAST_LINE}")
    return said


def publish(code: str, method: str, **values: Any) -> None:
    row: dict[str, Any] = {
        "procedure_code": code, "channel": "", "method": method, "accepted": True, "note": "",
        "source_title": "Thông báo thử", "source_url": "", "checked_on": dt.date(2026, 10, 1),
        **values,
    }  # fmt: skip
    with database.begin() as connection:
        connection.execute(sa.insert(table), [row])


# In general


def test_without_anything_particular_the_common_ways_are_told() -> None:
    said = ask("trả tiền kiểu chi")
    text, source = FACTS["payment"]
    assert text in said.text
    assert (said.answers[0]["topic"], said.answers[0]["status"]) == ("payment", "answered")
    assert said.answers[0]["source"]["title"] == source.title
    assert said.slots == {"procedure_code": None}


def test_without_any_fact_it_is_said_to_be_unpublished() -> None:
    with database.begin() as connection:
        companions.replace_general_facts(connection, t.CURATED, [])
    said = ask("trả tiền kiểu chi")
    assert said.answers == [{"topic": "payment", "status": "not_published"}]
    assert "chưa công bố cách nộp phí" in said.text


def test_the_way_asked_for_comes_first_then_how_and_what_to_keep() -> None:
    said = ask("tra = momo dc k")
    wallet = methods()["wallet"]
    assert said.text.splitlines()[:4] == [
        f"Trả bằng ví điện tử: {wallet.general.text}",
        f"- Cách làm: {wallet.steps.text}",
        f"- Phí thêm: {wallet.fees.text}",
        f"- Chứng từ: {wallet.proof.text}",
    ]
    assert "Cổng Dịch vụ công quốc gia" in said.text
    assert said.answers[0]["status"] == "answered"
    assert said.answers[0]["source"]["checked_on"] == "2026-11-30"
    assert "kiểm tra ngày 20/07/2026." in said.text, "the day of the source checked longest ago"


def test_two_ways_are_told_both_and_short() -> None:
    lines = ask("tiền mặt hay chuyển khoản").text.splitlines()
    assert lines[0].startswith("Trả tiền mặt: ")
    assert lines[1].startswith("Chuyển khoản vào tài khoản của cơ quan: ")
    assert lines[2].startswith("- Chứng từ: ")


def test_no_account_is_ever_told() -> None:
    said = ask("cho e xin stk để ck lệ phí vs ạ")
    assert "Em không cho số tài khoản qua đây." in said.text


def test_what_no_source_tells_is_said_to_be_unknown() -> None:
    said = ask("trả góp được không")
    assert "nguồn chưa công bố chung" in said.text
    assert "1022" in said.text
    assert said.answers == [{"topic": "payment", "status": "not_published"}]


# Of a procedure


def test_nothing_published_is_said_so_before_the_common_ways() -> None:
    said = ask("trả tiền kiểu chi", PLAIN.code)
    lines = said.text.splitlines()
    assert lines[0] == "Trả phí, lệ phí cho thủ tục “Đăng ký tàu ngầm”:"
    assert lines[1] == "Chưa công bố riêng cách trả cho thủ tục này. Cách chung:"
    main = [method for method in methods().values() if method.main]
    assert lines[2:5] == [f"- {method.general.text}" for method in main]
    (answer,) = said.answers
    assert answer["status"] == "not_published"
    assert answer["procedure"] == {"code": PLAIN.code, "name": PLAIN.name}
    assert said.slots["procedure_code"] == PLAIN.code


def test_a_way_that_is_not_published_is_neither_yes_nor_no() -> None:
    said = ask("momo được hông", PLAIN.code)
    assert said.text.splitlines()[1] == (
        "Thủ tục này có trả bằng ví điện tử được không thì chưa công bố riêng. Cách chung: "
        f"{methods()['wallet'].general.text}"
    )
    assert said.answers[0]["status"] == "not_published"


def test_its_own_text_is_quoted_with_its_source() -> None:
    said = ask("trả tiền kiểu chi", QUOTED.code)
    assert said.text.splitlines()[1:3] == [
        "Bản công bố của thủ tục này ghi:",
        f"- Trả trên mạng: “{QUOTE}”",
    ]
    assert said.answers[0]["status"] == "answered"
    assert said.answers[0]["source"] == SOURCED
    wallet = ask("momo được không", QUOTED.code)
    assert "Cách bản công bố có ghi: trả trên mạng." in wallet.text
    assert wallet.answers[0]["status"] == "not_published"


def test_when_to_pay_is_quoted_where_it_is_published() -> None:
    said = ask("trả tiền trước hay nhận kết quả rồi mới trả", QUOTED.code)
    assert said.text.splitlines()[1] == (
        "Bản công bố của thủ tục này ghi: “Nộp lệ phí tại thời điểm nộp hồ sơ”."
    )
    assert said.answers[0]["status"] == "answered"
    other = ask("trả tiền trước hay nhận kết quả rồi mới trả", PLAIN.code)
    assert "Chưa công bố riêng cho thủ tục này." in other.text
    assert other.answers[0]["status"] == "not_published"


def test_an_office_says_yes_or_no() -> None:
    publish(PLAIN.code, "wallet", note="Chỉ ví VNPT")
    publish(PLAIN.code, "cash", accepted=False, channel="direct")
    yes = ask("momo được không", PLAIN.code)
    assert yes.text.splitlines()[1] == ("Được trả bằng ví điện tử cho thủ tục này. Chỉ ví VNPT.")
    assert yes.answers[0]["source"]["title"] == "Thông báo thử"
    no = ask("tiền mặt được không", PLAIN.code)
    assert no.text.splitlines()[1:3] == [
        "Không trả tiền mặt được khi nộp trực tiếp cho thủ tục này.",
        "Cách bản công bố có ghi: trả bằng ví điện tử.",
    ]
    assert no.answers[0]["status"] == "answered"
    both = ask("trả tiền kiểu chi", PLAIN.code).text
    assert "- Trả tiền mặt khi nộp trực tiếp: không nhận\n" in both
    assert "- Trả bằng ví điện tử: được; Chỉ ví VNPT\n" in both


def test_how_the_citizen_files_is_minded() -> None:
    publish(PLAIN.code, "cash", accepted=False, channel="online")
    assert "Không trả tiền mặt" in ask("tiền mặt được không", PLAIN.code, situation=["online"]).text
    assert (
        "chưa công bố riêng" in ask("tiền mặt được không", PLAIN.code, situation=["in_person"]).text
    )


def test_what_costs_nothing_is_said_first() -> None:
    said = ask("trả tiền kiểu chi", FREE.code)
    assert said.text.splitlines()[1] == "Bản công bố ghi thủ tục này không thu tiền."
    assert said.answers[0]["status"] == "answered"


@pytest.mark.parametrize("note", ["Miễn lệ phí cho người thuộc hộ nghèo", "Miễn phí hộ nghèo"])
def test_a_conditional_exemption_is_not_told_as_free(note: str) -> None:
    fee = Fee(amount=0, note=note)
    poor = procedure("1.000009", "Đăng ký bè", channels=(Channel("direct", fees=(fee,)),))
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [PLAIN, poor])
    assert "không thu tiền" not in ask("trả tiền kiểu chi", poor.code).text


def test_a_procedure_that_the_message_names_is_meant() -> None:
    said = ask("phí đăng ký khinh khí cầu trả bằng momo được không", PLAIN.code)
    assert said.answers[0]["procedure"]["code"] == QUOTED.code
    assert said.slots["procedure_code"] == QUOTED.code


def test_a_button_names_the_procedure() -> None:
    said = say(
        ActionPaymentMethods(),
        '/ask_payment_methods{"procedure_code": "1.000002"}',
        "ask_payment_methods",
        {"procedure_code": "1.000002"},
    )
    assert said.answers[0]["procedure"]["code"] == QUOTED.code


def test_a_procedure_that_is_gone_leaves_the_answer_general() -> None:
    assert "procedure" not in ask("momo được không", "1.999999").answers[0]


def test_which_procedures_are_paid_online_is_a_list() -> None:
    said = ask("thủ tục nào trả tiền trên mạng được", PLAIN.code)
    assert said.answers[0]["topic"] == "list"
    assert "1. Cấp thẻ thợ lặn" in said.text
