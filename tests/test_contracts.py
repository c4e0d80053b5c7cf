"""YAML against code: what one names, the other must have."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from actions import procedure_facts
from bot import aspects
from bot import text as vn
from bot.catalogue.freshness import EXPIRED, STALE
from bot.catalogue.model import CHANNEL_KINDS, LEVELS, SERVICE_LEVELS, TIME_UNITS
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.seed_import import read_general_facts
from bot.nlu.messages import alike, read_messages
from bot.payments import order
from bot.settings import PROJECT_ROOT
from bot.support import tickets

DOMAIN_FILES = sorted((PROJECT_ROOT / "domain").glob("*.yml"))
NLU_FILES = sorted((PROJECT_ROOT / "data" / "nlu").glob("*.yml"))
RULE_FILES = sorted((PROJECT_ROOT / "data" / "rules").glob("*.yml"))
PYTHON_FILES = sorted((PROJECT_ROOT / "bot").rglob("*.py")) + sorted(
    (PROJECT_ROOT / "actions").glob("*.py")
)
VIETNAMESE = re.compile(
    r"[ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.I
)
# Interfaces that others rely on (the first set).
INTENTS = {
    "find_procedure", "ask_documents", "ask_fee", "ask_processing_time", "ask_where_to_apply",
    "ask_how_to_apply_online", "ask_steps", "check_dossier_status", "ask_payment_methods",
    "request_human", "greet", "goodbye", "thank", "affirm", "deny", "ask_help", "bot_challenge",
    "cancel", "choose_option", "inform", "out_of_scope", "ask_office_hours",
    "ask_office_contact", "ask_digital_team",
}  # fmt: skip


class UniqueKeyLoader(yaml.SafeLoader):
    """PyYAML keeps the last of repeated keys silently; this one refuses."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        repeated = [key for key, n in Counter(keys).items() if n > 1]
        assert not repeated, f"repeated keys {repeated} at {node.start_mark}"
        return super().construct_mapping(node, deep)


def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), UniqueKeyLoader)


def domain() -> dict[str, Any]:
    return load(PROJECT_ROOT / "domain.yml")


def responses() -> dict[str, list[dict[str, Any]]]:
    merged: dict[str, list[dict[str, Any]]] = {}
    for path in DOMAIN_FILES:
        for name, variants in load(path)["responses"].items():
            assert name not in merged, f"{name} stands in two files"
            merged[name] = variants
    return merged


def messages() -> Iterator[tuple[str, str]]:
    return ((message.intents[0], message.text) for message in read_messages())


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """String constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documentation:
            yield node.lineno, node.value


def test_every_yaml_file_has_unique_keys() -> None:
    files = [*DOMAIN_FILES, *NLU_FILES, *RULE_FILES, *PROJECT_ROOT.glob("*.yml")]
    files += sorted((PROJECT_ROOT / "bot").rglob("*.yml"))
    assert len(files) > 15
    for path in files:
        assert load(path), path


def test_the_intents_that_others_rely_on_are_there_with_enough_messages() -> None:
    counts = Counter(intent for intent, _ in messages())
    assert set(domain()["intents"]) == set(counts)
    assert set(counts) >= INTENTS
    assert {intent: n for intent, n in counts.items() if n < 60} == {}


def test_aspects_are_those_that_the_talk_deals_with() -> None:
    counts = Counter(message.aspect for message in read_messages() if message.aspect)
    assert set(counts) == set(aspects.ALL)
    assert {aspect: n for aspect, n in counts.items() if n < 60} == {}


def test_no_messages_are_alike() -> None:
    assert [(pair.one.text, pair.other.text) for pair in alike(read_messages())] == []


def test_held_out_messages_are_not_trained_on() -> None:
    parts = (
        "held_out",
        "development",
        "aspects_held_out",
        "dossier_moves_held_out",
        "payments_held_out",
    )
    paths = [PROJECT_ROOT / "tests" / "nlu" / f"{part}.csv" for part in parts]
    kept = {
        vn.fold(row["text"])
        for path in paths
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }
    assert len(kept) > 1000
    trained = {vn.fold(text) for _, text in messages()}
    # Short words such as "ok" or "1" are the same wherever they are said.
    assert [line for line in kept & trained if len(line) > 25] == []


def test_every_action_of_the_domain_has_a_class_and_the_other_way_round() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    named = set(domain()["actions"])
    own = {
        name
        for name, run in executor.actions.items()
        if isinstance(getattr(run, "__self__", None), Action)
        and type(run.__self__).__module__.startswith("actions.")
    }
    assert named == own


def test_every_response_named_in_python_or_rules_exists() -> None:
    known = set(responses())
    named = {
        value
        for path in PYTHON_FILES
        for _, value in strings(path)
        if re.fullmatch(r"utter_\w*[a-z]", value)
    }
    for path in RULE_FILES:
        named |= set(re.findall(r"utter_\w+", path.read_text(encoding="utf-8")))
    assert named - known == set()
    for topic in procedure_facts.FACTS:
        assert f"utter_{topic}" in known
        if topic not in (procedure_facts.OVERVIEW, "place"):  # these always have lines
            assert f"utter_{topic}_not_published" in known


def test_every_response_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in [*PYTHON_FILES, *RULE_FILES])
    topics = set(procedure_facts.FACTS)
    made = {f"utter_{t}" for t in topics} | {f"utter_{t}_not_published" for t in topics}
    # Fragments that are named by values of the catalogue.
    made |= {f"utter_fragment_{value}" for value in (*CHANNEL_KINDS, *TIME_UNITS, *LEVELS)}
    made |= {f"utter_fragment_service_level_{v}" for v in (*SERVICE_LEVELS, "unpublished")}
    made |= {f"utter_fragment_{reason}" for reason in (EXPIRED, STALE)}
    made |= {f"utter_danger_{kind}" for kind in aspects.DANGERS}
    made |= {f"utter_limit_{kind}" for kind in aspects.LIMITS}
    made |= {f"utter_ticket_{state}" for state in tickets.STATES}
    made |= {f"utter_payment_line_{state}" for state in order.STATES}
    facts = {topic for topic, _, _ in read_general_facts(SEED_DIR / "general.yml")}
    scams = {t.removeprefix("scam").lstrip(".") for t in facts if t.partition(".")[0] == "scam"}
    made |= {f"utter_scam_{kind or 'general'}" for kind in scams}
    # Offered to operators, all of the file.
    made |= set(load(PROJECT_ROOT / "domain" / "prepared_answers.yml")["responses"])
    for name in set(responses()) - made:
        short = re.sub(r"^utter_(fragment|http|web|payment_line|button)_", "", name)
        assert name in source or f'"{short}"' in source, f"{name} is used nowhere"


def test_numbers_to_call_in_danger_are_those_of_the_facts() -> None:
    known = responses()
    facts = {topic: text for topic, text, _ in read_general_facts(SEED_DIR / "general.yml")}
    for kind in aspects.DANGERS:
        said = re.findall(r"\b1\d\d\b", known[f"utter_danger_{kind}"][0]["text"])
        sourced = re.findall(r"\b1\d\d\b", facts[f"danger.{kind}"])
        # The first is the one to call; others that are said beside it are of the facts, too.
        assert said[0] == sourced[0], kind
        everywhere = " ".join(facts[f"danger.{other}"] for other in aspects.DANGERS)
        assert set(said) <= set(re.findall(r"\b1\d\d\b", everywhere)), kind


def test_every_response_has_a_variant_without_channel() -> None:
    for name, variants in responses().items():
        assert any("channel" not in variant for variant in variants), name


def test_every_intent_has_a_rule() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in RULE_FILES)
    for intent in [*domain()["intents"], "nlu_fallback"]:
        assert re.search(rf"intent: {intent}$", text, re.MULTILINE), intent


def test_wording_has_no_blank_lines_and_polite_address() -> None:
    for name, variants in responses().items():
        for variant in variants:
            text = variant["text"]
            # Rasa's channels split a text at blank lines into several messages.
            assert "\n\n" not in text, name
            assert not re.search(r"\b(bạn|quý khách|mày)\b", text, re.IGNORECASE), name


# Patterns, names of the source's sections and source titles are data of the format.
DATA_IN_PYTHON = {
    "bot/text.py", "bot/spelling.py", "bot/corrections.py", "bot/nlu/amounts.py",
    "bot/nlu/clauses.py", "bot/nlu/days.py", "bot/nlu/gazetteer.py", "bot/ordinals.py",
    "bot/codes.py", "bot/speech_pieces.py",
    "bot/catalogue/amounts.py", "bot/catalogue/finder.py",
    "bot/catalogue/national_record.py", "bot/catalogue/national_import.py",
    "bot/catalogue/fee_days.py", "bot/catalogue/fee_sheet.py",
    "bot/catalogue/portal_import.py", "bot/catalogue/localising.py", "bot/catalogue/forms.py",
    "bot/dossiers/local_gateway.py", "bot/engine/agent.py", "bot/engine/shell.py",
}  # fmt: skip


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda p: str(Path(p).relative_to(PROJECT_ROOT)))
def test_no_citizens_wording_stands_in_python(path: Path) -> None:
    if path.relative_to(PROJECT_ROOT).as_posix() in DATA_IN_PYTHON:
        # Even there: no sentence addresses the citizen.
        assert not [s for _, s in strings(path) if "anh/chị" in s.lower()]
        return
    assert [(line, s) for line, s in strings(path) if VIETNAMESE.search(s)] == []


def test_actions_say_only_templates() -> None:
    for path in sorted((PROJECT_ROOT / "actions").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "utter_message":
                names = {keyword.arg for keyword in node.keywords}
                assert not node.args, f"{path.name}:{node.lineno}"
                assert names <= {"response", "json_message", "buttons", None}, path.name
