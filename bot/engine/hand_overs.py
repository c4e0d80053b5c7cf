"""Brings operators' answers to citizens and looks after the queue while the app serves."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import AbstractEventLoop

from sanic import Sanic

from bot.channels import chatwoot, handover_delivery, hotline, queue_care, web, zalo, zalo_push
from bot.settings import settings
from bot.support.handover import Handover


def add(app: Sanic) -> None:
    """Let the app deliver, look after the queue, and mirror it in a helpdesk that is named."""

    async def start(app: Sanic, loop: AbstractEventLoop) -> None:
        brings = {
            web.WebChannel.name(): web.bring,
            hotline.HotlineChannel.name(): hotline.bring,
            zalo.ZaloChannel.name(): zalo_push.bring,
        }
        works = [handover_delivery.run(brings, queue_care.care, _reaches)]
        if chatwoot.is_used():
            works.append(chatwoot.run())
        app.ctx.hand_overs = [asyncio.ensure_future(work) for work in works]

    async def stop(app: Sanic, loop: AbstractEventLoop) -> None:
        for work in app.ctx.hand_overs:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    app.register_listener(start, "after_server_start")
    app.register_listener(stop, "before_server_stop")


def _reaches(talk: Handover) -> bool:
    """Whether there is a way to a talk's citizen now, without an effort."""
    if talk.channel == web.WebChannel.name():
        return web.is_open(talk.session)
    if talk.channel == hotline.HotlineChannel.name():
        return bool(settings().hotline_push_url)
    return True
