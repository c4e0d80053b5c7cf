"""Guidance: steps with their source, and whom to ask where no fact is known."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from actions.dossier_wishes import LINES
from actions.guidance import GUIDES, ActionGuidance
from bot import database
from bot.catalogue import companions
from bot.catalogue import tables as t
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.seed_import import read_general_facts, read_pairs
from bot.settings import PROJECT_ROOT, Settings
from tests.actions.talking import Said, say

# What is said without a fact: intent → response, topic and status of the answer, a piece that
# it must say.
GUIDANCE = {
    "payment_problem": ("utter_payment_problem", "payment", "handover", "1800 1096"),
    "ask_receipt": ("utter_receipt", "payment", "handover", "nơi đã thu tiền"),
    "forgot_dossier_code": ("utter_forgot_dossier_code", "status", "handover", "căn cước"),
    "complain_late_dossier": ("utter_complain_late_dossier", "status", "handover", "hẹn trả"),
    "supplement_dossier": ("utter_supplement_dossier", "status", "handover", "nơi đã nộp"),
    "withdraw_dossier": ("utter_withdraw_dossier", "status", "handover", "nơi đã nộp"),
    "ask_account_help": ("utter_account_help", "account", "handover", "VNeID"),
    "ask_digital_signature": (
        "utter_digital_signature", "digital_signature", "handover", "nơi nhận hồ sơ",
    ),
    "ask_privacy": ("utter_privacy", "privacy", "handover", "là máy"),
    "give_feedback": ("utter_give_feedback", "feedback", "handover", "có ký tên"),
    "complain_bot": ("utter_complain_bot", "other", "clarify", "xin lỗi"),
}  # fmt: skip
# Telephone numbers that the project names elsewhere, or everybody knows.
KNOWN_NUMBERS = {"1022", "1800", "1096", "113", "114", "115"}
FORM = "dossier_status_form"


def documents(folder: str) -> list[dict[str, Any]]:
    paths = sorted((PROJECT_ROOT / folder).glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


RESPONSES = {name: v[0] for d in documents("domain") for name, v in d["responses"].items()}
RULES = [rule for d in documents("data/rules") for rule in d["rules"]]


def actions_for(intent: str, *, in_form: bool) -> list[list[str]]:
    """The actions of the rules for an intent."""
    found = []
    for rule in RULES:
        first = rule["steps"][0]
        intents = [step["intent"] for step in first.get("or", [first]) if "intent" in step]
        loops = [each.get("active_loop") for each in rule.get("condition", ())]
        if intent in intents and loops == (["dossier_status_form"] if in_form else []):
            found.append([step["action"] for step in rule["steps"] if "action" in step])
    return found


@pytest.mark.parametrize("intent", GUIDANCE)
def test_a_reply_guides_and_says_what_it_is(intent: str) -> None:
    name, topic, status, piece = GUIDANCE[intent]
    response = RESPONSES[name]
    assert response["custom"]["answer"] == {"topic": topic, "status": status}
    assert piece in response["text"]
    assert "/request_human" in [button["payload"] for button in response["buttons"]]


@pytest.mark.parametrize("intent", GUIDANCE)
def test_no_fee_time_or_telephone_is_made_up(intent: str) -> None:
    text = RESPONSES[GUIDANCE[intent][0]]["text"].replace("4 số cuối", "")
    assert set(re.findall(r"\d+", text)) <= KNOWN_NUMBERS
    assert not re.search(r"{\w+}", text), "nothing fills it in"


@pytest.mark.parametrize("intent", GUIDANCE)
def test_each_has_a_rule_and_leads_back_into_the_form(intent: str) -> None:
    name = "action_guidance" if intent in GUIDES else GUIDANCE[intent][0]
    # Of the citizen's own dossier where one was shown.
    name = "action_about_dossier" if intent in LINES else name
    # Outside the form the citizen's own payment is looked at first, too.
    trouble = "action_payment_trouble"
    alone = trouble if intent in ("payment_problem", "ask_receipt") else name
    assert actions_for(intent, in_form=False) == [[alone]]
    assert actions_for(intent, in_form=True) == [[name, FORM]]


@pytest.mark.parametrize(
    ("intent", "action"),
    [
        ("ask_form", "action_answer_procedure"),
        ("ask_service_level", "action_answer_procedure"),
        ("list_services", "action_list_services"),
    ],
)
def test_questions_to_the_catalogue_lead_back_into_the_form(intent: str, action: str) -> None:
    assert actions_for(intent, in_form=False) == [[action]]
    assert actions_for(intent, in_form=True) == [[action, FORM]]


def test_a_late_dossier_is_not_claimed_to_be_late() -> None:
    response = RESPONSES["utter_complain_late_dossier"]
    assert not re.search(r"trễ|quá hạn|chậm", response["text"])
    assert "/check_dossier_status" in [button["payload"] for button in response["buttons"]]


# Steps from the database

FACTS = {
    name: (text, source) for name, text, source in read_general_facts(SEED_DIR / "general.yml")
}
MESSAGES = PROJECT_ROOT / "tests" / "catalogue" / "guidance_messages.tsv"
INTENTS = {guide.topic: intent for intent, guide in GUIDES.items()}
LONGEST_REPLY = 150


RESPONSES_SAID = {name: response.get("buttons", []) for name, response in RESPONSES.items()}


def said_name(intent: str, topic: str) -> str:
    return GUIDES[intent].part if "." in topic else GUIDES[intent].whole


def ask(text: str, intent: str) -> Said:
    return say(ActionGuidance(), text, intent)


def test_each_intent_has_a_guide_with_its_fallback() -> None:
    assert set(GUIDANCE) - set(GUIDES) == {"complain_bot"}
    for intent, (fallback, contract, _, _) in GUIDANCE.items():
        if intent in GUIDES:
            assert (GUIDES[intent].otherwise, GUIDES[intent].contract) == (fallback, contract)


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize("intent", GUIDES)
def test_an_intent_is_answered_with_steps_source_and_date(intent: str) -> None:
    guide = GUIDES[intent]
    text, source = FACTS[guide.topic]
    said = ask(f"/{intent}", intent)
    assert text in said.text
    day = source.checked_on.strftime("%d/%m/%Y")
    # What is said of paying ends with a warning (tests/payments/test_last_line.py).
    last = said.text.splitlines()[-2 if guide.contract == "payment" else -1]
    assert last == f"Nguồn: {source.title}, kiểm tra ngày {day}."
    assert said.answers == [
        {
            "topic": guide.contract,
            "status": "answered",
            "source": {
                "title": source.title,
                "url": source.url,
                "checked_on": source.checked_on.isoformat(),
            },
        }
    ]


@pytest.mark.usefixtures("shipped_seed")
def test_every_narrower_topic_is_told_short_and_leads_on() -> None:
    for message, topic in read_pairs(MESSAGES, "\t"):
        if topic.partition(".")[0] == "scam":  # told by an aspect, whatever the intent
            continue
        intent = INTENTS[topic.partition(".")[0]]
        said = ask(message, intent)
        assert FACTS[topic][0] in said.text, message
        assert len(said.text.split()) <= LONGEST_REPLY, topic
        payloads = [button["payload"] for button in RESPONSES_SAID[said_name(intent, topic)]]
        assert payloads[-1] == "/request_human"
        assert f"/{intent}" in payloads or "." not in topic


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("intent", GUIDES)
def test_without_a_fact_a_person_is_named(intent: str) -> None:
    said = ask("quên mật khẩu", intent)
    assert said.text == RESPONSES[GUIDES[intent].otherwise]["text"]
    assert said.answers == []  # it stands in the response itself


def test_a_narrower_fact_that_is_missing_gives_way_to_the_general_one(
    database_ready: Settings,
) -> None:
    with database.begin() as connection:
        facts = [("account", *FACTS["account"])]
        companions.replace_general_facts(connection, t.CURATED, facts)
    said = ask("quên mật khẩu", "ask_account_help")
    assert FACTS["account"][0] in said.text


@pytest.mark.usefixtures("database_ready")
def test_another_intent_leads_to_a_person() -> None:
    assert ask("xin chào", "greet").text == RESPONSES["utter_handover"]["text"]
