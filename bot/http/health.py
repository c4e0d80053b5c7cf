"""Whether the server lives, and whether it answers messages."""

from __future__ import annotations

import asyncio

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import database

blueprint = Blueprint("health", url_prefix="/health")


@blueprint.get("/live")
async def live(_: Request) -> HTTPResponse:
    """The process runs."""
    return json({"status": "ok"})


@blueprint.get("/ready")
async def ready(request: Request) -> HTTPResponse:
    """Messages are answered: the model is loaded and the database is there."""
    model_ready = bool(getattr(request.app.ctx, "ready", False))
    database_ready = await asyncio.get_running_loop().run_in_executor(None, database.is_reachable)
    parts = {"model": model_ready, "database": database_ready}
    if all(parts.values()):
        return json({"status": "ok"})
    missing = [name for name, there in parts.items() if not there]
    return json({"status": "unavailable", "missing": missing}, status=503)
