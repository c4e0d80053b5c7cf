"""Forms and service levels of a procedure, said with their source or said to be unknown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from actions.find_procedure import ActionAnswerProcedure
from actions.procedure_facts import FACTS, TOPICS
from bot import database
from bot.catalogue import layers
from bot.catalogue import tables as t
from bot.catalogue.model import ORIGIN_GROUPS, Form, Source
from bot.settings import Settings
from tests.actions.talking import Said, say
from tests.catalogue.exports import procedure

FULL = procedure(
    "1.000001", "Đăng ký khai sinh", forms=(Form("Tờ khai", "01"),), service_level="full"
)
BARE = procedure("1.000002", "Đăng ký khai tử")
PORTAL = Source("Cổng thử", "https://example.vn/cong", dt.date(2026, 7, 19))


@pytest.fixture
def catalogue(database_ready: Settings) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [replace(FULL, service_level=""), BARE])
        layers.write_layer(
            connection, t.PORTAL, [replace(FULL, forms=(), source=PORTAL, channels=())]
        )


def ask(intent: str, code: str) -> Said:
    return say(ActionAnswerProcedure(), f"/{intent}", intent, slots={"procedure_code": code})


def test_every_question_has_a_fact_with_a_group_of_its_own() -> None:
    assert set(TOPICS.values()) < set(FACTS)
    assert {group for group, _ in FACTS.values()} <= set(ORIGIN_GROUPS)


@pytest.mark.usefixtures("catalogue")
def test_a_form_is_named_with_its_number_and_source() -> None:
    said = ask("ask_form", FULL.code)
    assert said.text.splitlines()[:2] == [
        "Mẫu đơn, tờ khai của thủ tục “Đăng ký khai sinh”:",
        "- Tờ khai, mẫu 01",
    ]
    assert said.text.endswith("Nguồn: Nguồn thử, kiểm tra ngày 01/07/2026.")
    (answer,) = said.answers
    assert (answer["topic"], answer["status"]) == ("form", "answered")


@pytest.mark.usefixtures("catalogue")
def test_a_service_level_has_its_own_source() -> None:
    said = ask("ask_service_level", FULL.code)
    assert said.text == (
        "Thủ tục “Đăng ký khai sinh”:\n"
        "Mức độ: toàn trình, anh/chị làm hết trên mạng.\n"
        "Nguồn: Cổng thử, kiểm tra ngày 19/07/2026."
    )
    assert said.answers[0]["topic"] == "service_level"
    assert said.answers[0]["source"]["url"] == PORTAL.url


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("intent", "piece"),
    [
        ("ask_form", "nguồn dữ liệu không nêu mẫu đơn, tờ khai nào"),
        ("ask_service_level", "nguồn dữ liệu chưa công bố là toàn trình hay một phần"),
    ],
)
def test_what_no_source_tells_is_said_to_be_untold(intent: str, piece: str) -> None:
    said = ask(intent, BARE.code)
    assert piece in said.text
    assert "kiểm tra ngày 01/07/2026" in said.text
    (answer,) = said.answers
    assert (answer["status"], answer["topic"]) == ("not_published", TOPICS[intent])
    assert answer["procedure"]["code"] == BARE.code
    assert said.slots["procedure_code"] == BARE.code
