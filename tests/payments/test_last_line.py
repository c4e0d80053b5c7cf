"""Whatever is said of paying ends with the line that no official asks for a transfer in chat."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from actions.guidance import GUIDES, ActionGuidance
from actions.payment import ActionPaymentMethods
from bot import wording
from bot.catalogue.seed_import import read_pairs
from bot.settings import PROJECT_ROOT
from tests.actions.talking import say

LAST_LINE = "Cán bộ không bao giờ yêu cầu chuyển tiền trong cuộc trò chuyện này."
# Files whose responses are all about paying; what is no reply by itself stands below.
FILES = ("payment", "scams", "dossier_payments")
PIECES = re.compile(r"utter_payment_line_|utter_button_|utter_payment_moment$")
MESSAGES = PROJECT_ROOT / "tests" / "catalogue" / "guidance_messages.tsv"


def variants() -> list[tuple[str, str, dict[str, Any]]]:
    """File, name and variant of every response of the domain."""
    found = []
    for path in sorted(wording.FOLDER.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name, items in document["responses"].items():
            found += [(path.stem, name, item) for item in items]
    return found


def carries_payment(file: str, name: str, variant: dict[str, Any]) -> bool:
    answer = (variant.get("custom") or {}).get("answer") or {}
    guided = {
        response
        for guide in GUIDES.values()
        if guide.contract == "payment"
        for response in (guide.whole, guide.part, guide.otherwise)
    }
    of_a_file = file in FILES and not PIECES.match(name)
    listed = name.startswith("utter_list_online_payment")
    return of_a_file or listed or name in guided or answer.get("topic") == "payment"


REPLIES = [(name, v) for file, name, v in variants() if carries_payment(file, name, v)]


def test_the_line_is_the_one_of_the_fragment() -> None:
    assert wording.text("fragments", "utter_fragment_no_transfer_in_chat") == LAST_LINE


def test_all_kinds_of_replies_are_looked_at() -> None:
    names = {name for name, _ in REPLIES}
    assert names >= {
        "utter_payment", "utter_payment_of_procedure", "utter_payment_asked",
        "utter_payment_unknown", "utter_payment_not_published", "utter_payment_problem",
        "utter_payment_problem_which", "utter_receipt", "utter_guidance_receipt",
        "utter_guidance_payment_problem", "utter_guidance_payment_problem_part",
        "utter_scam_general", "utter_scam_call", "utter_scam_link", "utter_scam_account",
        "utter_scam_otp", "utter_scam_lost_money", "utter_scam_not_published",
        "utter_payment_state", "utter_payment_ticket_opened",
        "utter_list_online_payment", "utter_list_online_payment_not_published",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "variant"), REPLIES, ids=[name for name, _ in REPLIES])
def test_a_reply_about_paying_ends_with_it(name: str, variant: dict[str, Any]) -> None:
    assert variant["text"].splitlines()[-1] == LAST_LINE, name


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize("intent", ["payment_problem", "ask_receipt"])
def test_guidance_about_paying_ends_with_it_in_the_talk(intent: str) -> None:
    topic = GUIDES[intent].topic
    messages = [m for m, t in read_pairs(MESSAGES, "\t") if t.partition(".")[0] == topic]
    assert len(messages) >= 3
    for message in messages:
        assert say(ActionGuidance(), message, intent).text.endswith(f"\n{LAST_LINE}"), message


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize(
    "message",
    ["trả tiền kiểu chi", "momo được không", "trả góp được không", "/ask_payment_methods"],
)
@pytest.mark.parametrize("code", [None, "1.001193"])
def test_ways_to_pay_end_with_it_in_the_talk(message: str, code: str | None) -> None:
    said = say(ActionPaymentMethods(), message, slots={"procedure_code": code})
    assert said.text.endswith(f"\n{LAST_LINE}")
    assert {answer["topic"] for answer in said.answers} == {"payment"}
