"""Brings operators' answers to citizens and looks after the queue while the app serves."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import AbstractEventLoop

from sanic import Sanic

from bot.channels import handover_delivery, hotline, queue_care, web, zalo, zalo_push


def add(app: Sanic) -> None:
    """Let the app deliver and look after the queue."""

    async def start(app: Sanic, loop: AbstractEventLoop) -> None:
        brings = {
            web.WebChannel.name(): web.bring,
            hotline.HotlineChannel.name(): hotline.bring,
            zalo.ZaloChannel.name(): zalo_push.bring,
        }
        work = handover_delivery.run(brings, queue_care.care)
        app.ctx.hand_overs = asyncio.ensure_future(work)

    async def stop(app: Sanic, loop: AbstractEventLoop) -> None:
        app.ctx.hand_overs.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await app.ctx.hand_overs

    app.register_listener(start, "after_server_start")
    app.register_listener(stop, "before_server_stop")
