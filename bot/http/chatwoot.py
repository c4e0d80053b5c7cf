"""Where Chatwoot tells that something happened: `POST /chatwoot/events`.

The address of an API inbox's or an agent bot's webhook. How it is known to be Chatwoot's, and why
nothing of what it says is believed, stands in `bot.channels.chatwoot_events`. It is answered at
once: Chatwoot waits for five seconds and then takes the message for undelivered.
"""

from __future__ import annotations

import logging

from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels import chatwoot
from bot.channels.chatwoot_events import conversation_of, is_authentic
from bot.http.errors import error_response
from bot.settings import settings

PATH = "/chatwoot/events"

logger = logging.getLogger(__name__)

blueprint = Blueprint("chatwoot")


@blueprint.post(PATH)
async def take(request: Request) -> HTTPResponse:
    """Look at the conversation that the event is about; others are passed over."""
    if not chatwoot.is_used():
        return error_response("not_found", 404)
    token = request.args.get("token") or ""
    if not is_authentic(request.headers, token, request.body, settings().chatwoot_secret):
        logger.warning("A webhook without a right signature or token was refused.")
        return error_response("signature_invalid", 401)
    try:
        event = request.json
    except SanicException:
        return error_response("bad_request", 400)
    if not isinstance(event, dict):
        return error_response("not_an_object", 400)
    conversation = conversation_of(event, settings().chatwoot_inbox)
    if conversation:
        chatwoot.ring(conversation)
    return json({"status": "ok"}, headers={"Cache-Control": "no-store"})
