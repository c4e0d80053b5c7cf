"""The lean processor still warns of what the domain lacks, and of nothing else."""

from __future__ import annotations

import asyncio
import warnings

import pytest
from rasa.core.agent import Agent

from bot.engine import agent as agents
from bot.engine.lean_processor import LeanProcessor
from bot.engine.training import current_model


@pytest.fixture(scope="module")
def agent() -> Agent:
    return agents.load_now(current_model())


def test_known_intents_and_entities_pass_in_silence(agent: Agent) -> None:
    assert isinstance(agent.processor, LeanProcessor)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = asyncio.run(agent.parse_message("làm sổ đỏ ở phường Trương Quang Trọng mấy tiền"))
    assert {entity["entity"] for entity in parsed["entities"]} == {"document", "place"}


@pytest.mark.parametrize(
    ("intent", "entity"), [("dance", "document"), ("greet", "shoe"), (None, "shoe")]
)
def test_an_intent_or_entity_that_the_domain_lacks_is_warned_of(
    agent: Agent, intent: str | None, entity: str
) -> None:
    parsed = {"intent": {"name": intent}, "entities": [{"entity": entity, "value": "x"}]}
    assert agent.processor is not None
    with pytest.warns(UserWarning, match="not defined in the domain"):
        agent.processor._check_for_unseen_features(parsed)
