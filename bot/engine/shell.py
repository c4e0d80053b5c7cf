"""`rasa shell` with actions in the same process, and a shell for staff who test intents."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import rasa.core.run
from rasa.core.agent import Agent

from bot.engine import agent as agents
from bot.engine.explain import explain_message
from bot.engine.ports import check_port
from bot.settings import Settings


def talk(model: Path, settings: Settings) -> None:
    """Rasa's own shell; `/stop` leaves it.

    Raises:
        bot.engine.ports.PortTaken: Rasa's shell serves itself on the bot's port.
    """
    check_port("127.0.0.1", settings.port)
    rasa.core.run.serve_application(
        model_path=str(model),
        channel="bot.channels.shell.ShellChannel",
        interface="127.0.0.1",
        port=settings.port,
        endpoints=agents.endpoints(),
        enable_api=False,
    )


def show_intents(model: Path) -> None:
    """Reads messages and shows intents, entities and procedures until end of input."""
    agent = agents.load_now(model)
    if sys.stdin.isatty():
        print("Gõ một câu rồi Enter; Ctrl-D để thoát.")
    while True:
        try:
            text = input("> " if sys.stdin.isatty() else "")
        except EOFError:
            return
        if text.strip():
            print(describe(agent, text))


def describe(agent: Agent, text: str) -> str:
    """Intents, entities and procedures of a message, as lines for a terminal."""
    result = asyncio.run(explain_message(agent, text))
    lines = [f"  intent     {i['name']}  {i['confidence']:.2f}" for i in result["ranking"][:3]]
    further = [name for name in result["questions"] if name != result["intent"]["name"]]
    lines += [f"  asks also  {', '.join(further)}"] if further else []
    lines += [
        f"  entity     {e['entity']} = {e['value']}  [{e['start']}:{e['end']}]"
        for e in result["entities"]
    ]
    lines += [
        f"  procedure  {p['code']}  {p['score']:.2f}  {p['name']}" for p in result["procedures"][:3]
    ]
    return "\n".join(lines)
