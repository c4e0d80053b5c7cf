"""The lean processor warns of what the domain lacks, and handles a message once."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.events import UserUttered

from bot.channels.incoming import user_message
from bot.engine import agent as agents
from bot.engine.lean_processor import LeanProcessor
from bot.engine.training import current_model
from bot.settings import Settings


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


async def deliver(agent: Agent, sender: str, message_id: str | None, text: str) -> Any:
    output = CollectingOutputChannel()
    message = user_message(text, output, sender, "rest", message_id=message_id)
    said = await agent.handle_message(message)
    assert said == output.messages
    return said


async def said_by_citizen(agent: Agent, sender: str) -> list[str | None]:
    tracker = await agent.tracker_store.retrieve(sender)
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def test_a_message_that_comes_again_later_gets_its_own_replies_again(
    agent: Agent, shipped_seed: Settings
) -> None:
    async def talk() -> None:
        first = await deliver(agent, "again", "one", "chào em")
        second = await deliver(agent, "again", "two", "cảm ơn em")
        assert first != second
        assert await deliver(agent, "again", "one", "chào em") == first
        assert await said_by_citizen(agent, "again") == ["chào em", "cảm ơn em"]
        # The same words under another name are another message.
        await deliver(agent, "again", "three", "chào em")
        await deliver(agent, "again", None, "chào em")
        assert len(await said_by_citizen(agent, "again")) == 4

    asyncio.run(talk())


def test_of_two_deliveries_at_once_one_is_handled(agent: Agent, shipped_seed: Settings) -> None:
    async def talk() -> None:
        both = (deliver(agent, "at-once", "one", "chào em") for _ in range(2))
        first, second = await asyncio.gather(*both)
        assert first == second != []
        assert await said_by_citizen(agent, "at-once") == ["chào em"]

    asyncio.run(talk())
