"""What the hotline's gateway asks for, read from a request's body."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from bot.settings import HOTLINE_FORMS, settings

LARGEST_BODY = 16 * 1024
LONGEST_NUMBER, LONGEST_MESSAGE_ID = 64, 128
_SIGNS_IN_NUMBERS = re.compile(r"[\s.\-()]")
_VIETNAMESE = re.compile(r"(?:\+|00)?84(0?\d{9,10})")
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


class BadRequest(ValueError):
    """The body cannot be used; the text is the error's code."""


@dataclass(frozen=True)
class Caller:
    """Who asks, as the gateway names them, and the form of pages they want ("": as before)."""

    number: str
    form: str

    @property
    def sender(self) -> str:
        """Name of their conversation; it does not tell the number."""
        return f"hotline-{_mark('hotline', self.number)}"


@dataclass(frozen=True)
class Message(Caller):
    """A message or a key; `sent_at`: Unix seconds, None if the gateway does not say."""

    text: str
    message_id: str
    sent_at: float | None

    @property
    def mark(self) -> str:
        """Its identifier as it is kept: letters only, in which no number can be read."""
        return _mark("hotline-message", self.message_id).translate(_LETTERS)

    @property
    def text_hash(self) -> str:
        """Keyed hash of what was said."""
        return _mark("hotline-text", self.text)


def normalised(number: str) -> str:
    """A telephone number in its one spelling ("0912345678"); other names stay as they are."""
    bare = _SIGNS_IN_NUMBERS.sub("", number)
    abroad = _VIETNAMESE.fullmatch(bare)
    if abroad is not None:
        return f"0{abroad[1].lstrip('0')}"
    return bare if re.fullmatch(r"\+?\d+", bare) else number.strip()


def read_caller(body: bytes) -> Caller:
    """Who asks.

    Raises:
        BadRequest: the body cannot be used.
    """
    given = _object(body)
    if "message_id" in given or "text" in given:
        # A message that was signed for the other address is no leave to poll.
        raise BadRequest("bad_request")
    return _caller(given)


def read_message(body: bytes) -> Message:
    """The message.

    Raises:
        BadRequest: the body cannot be used.
    """
    given = _object(body)
    caller = _caller(given)
    text, message_id, sent_at = given.get("text"), given.get("message_id"), given.get("sent_at")
    if not isinstance(text, str) or not text.strip():
        raise BadRequest("text_missing")
    if len(text) > settings().max_message_length:
        raise BadRequest("message_too_long")
    if not isinstance(message_id, str) or not _is_identifier(message_id):
        raise BadRequest("message_id_invalid")
    if sent_at is not None and not _is_time(sent_at):
        raise BadRequest("sent_at_invalid")
    return Message(caller.number, caller.form, text, message_id, sent_at)


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("bad_request") from None
    if not isinstance(given, dict):
        raise BadRequest("not_an_object")
    return given


def _caller(given: dict[str, Any]) -> Caller:
    number, form = given.get("from"), given.get("form")
    if not isinstance(number, str) or not _is_number(number):
        raise BadRequest("from_invalid")
    if form is not None and form not in HOTLINE_FORMS:
        raise BadRequest("form_invalid")
    return Caller(normalised(number), form or "")


def _is_number(value: str) -> bool:
    # Control characters, invisible ones, halves of characters.
    is_visible = not any(unicodedata.category(character)[0] == "C" for character in value)
    return is_visible and bool(value.strip()) and len(value) <= LONGEST_NUMBER


def _is_identifier(value: str) -> bool:
    return 0 < len(value) <= LONGEST_MESSAGE_ID and value.isprintable()


def _is_time(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value < 1e11 and math.isfinite(value)


def _mark(purpose: str, value: str) -> str:
    message = f"{purpose}:{value}".encode("utf-8", "backslashreplace")
    return hmac.new(settings().secret.encode(), message, hashlib.sha256).hexdigest()[:32]
