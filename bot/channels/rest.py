"""Rasa's REST channel with bad input refused and no reply ever empty.

For integrators and tests: reachable from loopback only, unless `BOT_REST_PUBLIC=1`.
"""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Awaitable, Callable
from json import dumps
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels.fallback import apology, handle
from bot.channels.incoming import address_of_request, user_message
from bot.http.errors import error_response
from bot.settings import settings

LONGEST_SENDER = 200
# Names of other channels' conversations.
OF_OTHERS = ("hotline-", "zalo-")
LONGEST_METADATA, DEEPEST_METADATA = 4096, 5


class RestChannel(InputChannel):
    """`POST /webhooks/rest/webhook` with `{"sender", "message"}`, as Rasa documents it."""

    @classmethod
    def name(cls) -> str:
        """Part of the route and of the tracker's events."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes."""
        blueprint = Blueprint("rest_channel")

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not is_allowed(request):
                return error_response("forbidden", 403)
            body = request.json  # malformed JSON is answered by the app's error handler
            problem = find_problem(body)
            if problem:
                return error_response(problem, 400)
            output = CollectingOutputChannel()
            # Callers who name none must not share a conversation, and what was proven in it.
            sender = body.get("sender") or f"rest-{uuid.uuid4().hex}"
            message = user_message(
                body["message"],
                output,
                sender,
                self.name(),
                address=address_of_request(request),
                metadata=body.get("metadata"),
            )
            await handle(on_new_message, message)
            return json(output.messages or apology_messages(sender))

        return blueprint


def apology_messages(recipient: str) -> list[dict[str, Any]]:
    """The apology as the REST channel writes messages."""
    words = apology()
    return [
        {"recipient_id": recipient, "text": words["text"]},
        {"recipient_id": recipient, "custom": words["custom"]},
    ]


def is_allowed(request: Request) -> bool:
    """Whether the caller sits on this machine and speaks for itself, or all are allowed."""
    if settings().rest_public:
        return True
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.ip).is_loopback
    except ValueError:
        return False


def find_problem(body: Any) -> str | None:
    """Code of what is wrong with a request's body, or None."""
    if not isinstance(body, dict):
        return "not_an_object"
    message, sender = body.get("message"), body.get("sender")
    if not isinstance(message, str) or not message.strip():
        return "message_missing"
    if len(message) > settings().max_message_length:
        return "message_too_long"
    if sender is not None and not _is_usable(sender):
        return "sender_invalid"
    if not _is_small(body.get("metadata") or {}):
        return "metadata_invalid"
    return None


def _is_small(metadata: Any) -> bool:
    """Whether a caller's metadata is an object of a size and depth that can be looked through."""
    return (
        isinstance(metadata, dict)
        and _depth(metadata) <= DEEPEST_METADATA
        and len(dumps(metadata)) <= LONGEST_METADATA
    )


def _depth(value: Any) -> int:
    """Levels of objects and lists in one another; counted no further than is allowed."""
    level, depth = [value], 0
    while level and depth <= DEEPEST_METADATA:
        level = [
            item
            for each in level
            if isinstance(each, (dict, list))
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        depth += 1
    return depth


def _is_usable(sender: Any) -> bool:
    """Whether a conversation can be stored under a name: no database takes NUL or half letters."""
    if not isinstance(sender, str) or len(sender) > LONGEST_SENDER or "\x00" in sender:
        return False
    if sender.startswith(OF_OTHERS):
        return False
    try:
        sender.encode()
    except UnicodeEncodeError:
        return False
    return True
