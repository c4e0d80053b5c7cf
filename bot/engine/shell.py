"""`rasa shell` with actions in the same process, and a shell for staff who test intents."""

from __future__ import annotations

import asyncio
import sys
import uuid
from asyncio import AbstractEventLoop
from pathlib import Path

import rasa.core.run
from rasa.core.agent import Agent
from rasa.core.channels import channel, console
from sanic import Sanic

from bot.channels.shell import ShellChannel
from bot.engine import agent as agents
from bot.engine.explain import explain_message
from bot.engine.ports import check_port
from bot.settings import Settings

HOST = "127.0.0.1"


def talk(model: Path, settings: Settings) -> None:
    """Rasa's own shell, on a server that handles messages as ours does; `/stop` leaves it.

    `rasa shell` would load an agent of its own, which stores what ours masks or erases.

    Raises:
        bot.engine.ports.PortTaken: the shell serves itself on the bot's port.
    """
    check_port(HOST, settings.port)
    app = Sanic("tro_ly_thu_tuc_shell", configure_logging=False)
    channel.register([ShellChannel()], app, route="/webhooks/")

    async def load_agent(app: Sanic, loop: AbstractEventLoop) -> None:
        app.ctx.agent = await agents.load(model)

    async def read_terminal(app: Sanic) -> None:
        # Rasa's reader asks at once; the server begins to listen right after this.
        await asyncio.sleep(1)
        await console.record_messages(
            server_url=f"http://{HOST}:{settings.port}", sender_id=uuid.uuid4().hex
        )
        app.stop()

    app.register_listener(load_agent, "before_server_start")
    app.register_listener(rasa.core.run.close_resources, "after_server_stop")
    app.add_task(read_terminal)
    app.run(host=HOST, port=settings.port, workers=1, access_log=False, debug=False, motd=False)


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
