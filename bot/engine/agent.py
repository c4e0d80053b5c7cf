"""Loading the trained model with its actions."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.utils import AvailableEndpoints
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.utils.endpoints import EndpointConfig

from bot.engine import erasure
from bot.engine.in_process_actions import InProcessActions
from bot.engine.lean_processor import LeanProcessor
from bot.engine.loop_runner import LoopGraphRunner
from bot.nlu.segmentation import segment
from bot.settings import settings

# Words that touch every part of a turn, so that the first citizen waits no longer.
WARM_UP_MESSAGES = ("xin chào", "làm giấy khai sinh cần giấy tờ gì")


BOUNDED = "bot.engine.tracker_store.BoundedTrackerStore"


def endpoints() -> AvailableEndpoints:
    """Rasa's endpoints of endpoints.yml, with actions in this process.

    Where that file names no tracker store, conversations stay in memory and old ones are forgotten.
    """
    named = AvailableEndpoints.read_endpoints(str(settings().endpoints))
    return AvailableEndpoints(
        action=InProcessActions(),
        tracker_store=named.tracker_store or EndpointConfig(type=BOUNDED),
        lock_store=named.lock_store,
        event_broker=named.event_broker,
    )


async def load(model: Path) -> Agent:
    """The agent of a model, ready to handle messages.

    Raises:
        RuntimeError: the model cannot be loaded, or the tracker store cannot forget.
    """
    agent = await load_agent(model_path=str(model), endpoints=endpoints())
    if not agent.is_ready():
        raise RuntimeError(f"{model.name} cannot be loaded; scripts/train makes a new one.")
    if agent.processor is not None:
        erasure.check(agent.processor.tracker_store)
        agent.processor = LeanProcessor(agent.processor)
        if isinstance(agent.processor.graph_runner, DaskGraphRunner):
            agent.processor.graph_runner = LoopGraphRunner(agent.processor.graph_runner)
    return agent


def load_now(model: Path) -> Agent:
    """`load`, outside an event loop."""
    return asyncio.run(load(model))


async def warm_up(agent: Agent) -> bool:
    """Handle a few messages; whether each was answered."""
    # Most messages need no words, and the first that does must not wait for underthesea.
    segment(WARM_UP_MESSAGES[-1])
    answered = True
    for text in WARM_UP_MESSAGES:
        output = CollectingOutputChannel()
        await agent.handle_message(UserMessage(text, output, "warm-up"))
        answered = answered and bool(output.messages)
    return answered
