"""The server: channels, actions, page and API in one process and on one port.

Rasa's own `rasa run` builds its Sanic app with a root route and a second server for the
actions; this one puts the same channels on an app of its own, so that `/` is the page.
Rasa's HTTP API, which would show conversations, is not served.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import AbstractEventLoop
from pathlib import Path

import rasa.core.run
from rasa.core.channels import channel
from sanic import Sanic

from bot.channels import web
from bot.dossiers import lookup, sms, statuses
from bot.dossiers.gateway import gateway
from bot.engine import agent as agents
from bot.engine import erasure, hand_overs, schedule
from bot.engine.ports import check_port
from bot.http import add_routes
from bot.payments import beneficiaries
from bot.payments.gateway import gateway_from_settings
from bot.settings import PROJECT_ROOT, Settings
from bot.support import attendance, promises

# Bytes: no request of ours is larger; Sanic would collect 100 MB of whoever sends them.
LARGEST_BODY, BYTES_PER_LETTER = 256 * 1024, 12
CREDENTIALS = PROJECT_ROOT / "credentials.yml"


def create_app(model: Path, settings: Settings) -> Sanic:
    """The Sanic app; the model is loaded and warmed up before it listens."""
    app = Sanic("tro_ly_thu_tuc", configure_logging=False)
    app.ctx.ready = False
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY + settings.max_message_length * BYTES_PER_LETTER
    inputs = rasa.core.run.create_http_input_channels(None, str(CREDENTIALS))
    channel.register(inputs, app, route="/webhooks/")
    add_routes(app)

    async def load_agent(app: Sanic, loop: AbstractEventLoop) -> None:
        app.ctx.agent = await agents.load(model)
        app.ctx.ready = await agents.warm_up(app.ctx.agent)

    async def purge_conversations() -> None:
        store = app.ctx.agent.tracker_store
        await asyncio.to_thread(erasure.purge, store, erasure.oldest_kept(settings))

    app.register_listener(load_agent, "before_server_start")
    schedule.add(app, web.tell, purge_conversations)
    hand_overs.add(app)
    app.register_listener(rasa.core.run.close_resources, "after_server_stop")
    return app


def serve(model: Path, settings: Settings) -> None:
    """Serve until interrupted; says the page's address once the bot answers.

    Raises:
        PortTaken: the address is in use.
        bot.settings.SettingsError: the procedures system or the payment gateway cannot be asked
            with these settings.
        bot.payments.beneficiary.BeneficiaryListError: the list of who is paid by QR codes cannot
            be used.
        bot.dossiers.sms.SmsUnavailable: one-time codes are wanted and nothing sends them.
        bot.dossiers.statuses.StatusFileError: the meanings of statuses cannot be read.
    """
    check_port(settings.host, settings.port)
    # A mistake in settings or data is told now, and not to the first citizen.
    gateway()
    statuses.statuses()
    gateway_from_settings(settings)
    beneficiaries.check()
    promises.due()
    attendance.check_helpdesk()
    if lookup.is_one_time_code_wanted():
        sms.sender()
    app = create_app(model, settings)

    async def announce(app: Sanic, loop: AbstractEventLoop) -> None:
        shown = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
        print(f"The assistant answers at http://{shown}:{settings.port}/ (Ctrl-C stops it)")
        sys.stdout.flush()

    app.register_listener(announce, "after_server_start")
    app.run(
        host=settings.host,
        port=settings.port,
        workers=1,
        access_log=False,
        debug=False,
        motd=False,
    )
