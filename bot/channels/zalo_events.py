"""What Zalo's webhook brings: whether Zalo has sent it, who speaks, and what they say.

Zalo signs sha256(app id + body + the body's timestamp + the account's secret key). Public sources
differ on whether "mac=" stands before the hexadecimal digits; Zalo's own documents have it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.settings import settings

SIGNATURE_HEADER = "X-ZEvent-Signature"
# Seconds by which an event's time may differ from ours, either way: Zalo repeats for an hour what
# was not taken, with the time of the event.
LONGEST_AGE = 2 * 60 * 60
TEXT, FOLLOW = "user_send_text", "follow"
# A link is sent with the words around it; the others can be looked at only.
LINK = "user_send_link"
ATTACHMENTS = frozenset(
    f"user_send_{kind}"
    for kind in ("image", "file", "audio", "sticker", "location", "gif", "video", "business_card")
)
LONGEST_NAME = 64
# Digits could be taken for a citizen's number and masked.
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


@dataclass(frozen=True)
class Event:
    """What a citizen did. `key`: the same however often Zalo delivers it; tells nothing.

    `text` is "" where none was written; `user_id` is never stored or logged as it is.
    """

    name: str
    key: str
    user_id: str = field(repr=False)
    text: str = field(default="", repr=False)

    @property
    def session(self) -> str:
        """Name of the citizen's conversation."""
        return f"zalo-{self.mark}"

    @property
    def mark(self) -> str:
        """Keyed hash of who the citizen is."""
        return _keyed(f"zalo:{self.user_id}")


def document_of(body: bytes) -> dict[str, Any]:
    """The body's JSON object; an empty one if it is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def is_signed(signature: str, body: bytes, document: Mapping[str, Any], now: float) -> bool:
    """Whether Zalo has sent the body, for this app, and just now. `now`: Unix seconds."""
    timestamp = _timestamp(document)
    app_id, secret = settings().zalo_app_id, settings().zalo_secret_key
    if not timestamp or not app_id or not secret:
        return False
    # The body as it came: written anew, it would have other blanks and escapes.
    signed = app_id.encode() + body + timestamp.encode() + secret.encode()
    expected = f"mac={hashlib.sha256(signed).hexdigest()}"
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        return False
    return abs(now - int(timestamp) / 1000) <= LONGEST_AGE


def event_of(document: Mapping[str, Any]) -> Event | None:
    """What a citizen did that is answered; None for all else that Zalo tells."""
    name = document.get("event_name")
    if not isinstance(name, str):
        return None
    if name == FOLLOW:
        who = document.get("follower")
    elif name in (TEXT, LINK) or name in ATTACHMENTS:
        who = document.get("sender")
    else:
        return None
    user_id = _name(who.get("id")) if isinstance(who, dict) else ""
    message = document.get("message")
    message = message if isinstance(message, dict) else {}
    text = message.get("text")
    text = text if isinstance(text, str) and text.strip() else ""
    if not user_id or (name == TEXT and not text):
        return None
    said = _name(message.get("msg_id")) or f"{user_id}:{_timestamp(document)}"
    key = _keyed(f"zalo-event:{name}:{said}").translate(_LETTERS)
    return Event(name, key, user_id, "" if name == FOLLOW else text)


def _timestamp(document: Mapping[str, Any]) -> str:
    """Milliseconds since 1970 as the body spells them; "" if there are none."""
    value = document.get("timestamp")
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdecimal() and len(text) <= 16 else ""


def _name(value: Any) -> str:
    """An identifier of Zalo's, which may be written as a number; "" if it is none."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    usable = len(text) <= LONGEST_NAME and text.isascii() and text.isprintable()
    return text.strip() if usable else ""


def _keyed(text: str) -> str:
    mark = hmac.new(settings().secret.encode(), text.encode(), hashlib.sha256)
    return mark.hexdigest()[:32]
