"""The loop runs a trained graph as Rasa's runner does."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.agent import Agent
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

from bot.engine import agent as agents
from bot.engine.loop_runner import LoopGraphRunner
from bot.engine.training import current_model

MESSAGES = (
    "Làm giấy khai sinh cho con cần giấy tờ gì, mấy ngày có?",
    "nop o mo rua",
    "hồ sơ H48.16-230512-0003 tới đâu rồi",
    "số 2",
    "😀",
    "",
)


@pytest.fixture(scope="module")
def agent() -> Agent:
    return agents.load_now(current_model())


def test_messages_are_parsed_alike(agent: Agent) -> None:
    assert agent.processor is not None
    ours = agent.processor.graph_runner
    assert isinstance(ours, LoopGraphRunner)
    parsed = [asyncio.run(agent.parse_message(text)) for text in MESSAGES]

    class Rasas(LoopGraphRunner):
        run = DaskGraphRunner.run

    agent.processor.graph_runner = Rasas(ours)
    try:
        assert [asyncio.run(agent.parse_message(text)) for text in MESSAGES] == parsed
    finally:
        agent.processor.graph_runner = ours
    assert parsed[0]["intent"]["name"] == "ask_documents"


def test_an_input_with_the_name_of_a_node_is_refused(agent: Agent) -> None:
    assert agent.processor is not None
    runner = agent.processor.graph_runner
    node = next(iter(runner._graph_schema.nodes))
    with pytest.raises(GraphRunError, match=node):
        runner.run(inputs={node: []}, targets=[node])
