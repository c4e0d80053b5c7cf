"""Turns to a full answer: how many messages citizens need for twenty typical goals.

Each goal of `goals.yml` is talked through with the trained model and the catalogue of the settings;
a turn counts until all that is wanted has been told. Milliseconds a turn beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.tables import show

GOALS = Path(__file__).with_name("goals.yml")
TOLD = ("answered", "not_published", "handover")


def _told(messages: list[dict[str, Any]]) -> set[str]:
    """Topics of the answers, with and without the procedure's code."""
    found = set()
    for message in messages:
        answer = (message.get("custom") or {}).get("answer") or {}
        if answer.get("status") in TOLD:
            code = (answer.get("procedure") or {}).get("code", "")
            found |= {answer["topic"], f"{answer['topic']} {code}"}
    return found


async def _talk(goals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    from bot.engine import agent as agents
    from bot.engine.training import current_model

    agent = await agents.load(current_model())
    await agents.warm_up(agent)
    rows = []
    for number, goal in enumerate(goals):
        wanted, turns, spent = set(goal["wanted"]), 0, 0.0
        for said in goal["says"]:
            output = CollectingOutputChannel()
            before = time.perf_counter()
            await agent.handle_message(UserMessage(said, output, f"goal-{number}"))
            spent += time.perf_counter() - before
            turns += 1
            wanted -= _told(output.messages)
            if not wanted:
                break
        rows.append(
            {
                "goal": goal["goal"],
                "turns": turns if not wanted else "-",
                "missing": ", ".join(sorted(wanted)),
                "ms a turn": f"{1000 * spent / turns:.0f}",
            }
        )
    return rows


def main(arguments: Sequence[str]) -> None:
    """Run and print the table."""
    argparse.ArgumentParser(prog="scripts/bench turns", description=__doc__).parse_args(
        list(arguments)
    )
    from bot.engine import quiet

    quiet.configure()
    goals = yaml.safe_load(GOALS.read_text(encoding="utf-8"))
    show("turns", asyncio.run(_talk(goals)))
