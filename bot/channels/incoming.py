"""What a channel hands to Rasa: the citizen's message without personal data, and who sent it.

Numbers that the talk needs travel sealed in the message's metadata, where the entity extractor
finds them. Rasa stores and streams the text and the metadata as they are here.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import time
from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from sanic.request import Request

from bot import personal_data
from bot.sealing import seal
from bot.settings import settings
from bot.support.handover import REPLY_TO

# Keys of the metadata, beside `REPLY_TO`.
CONCEALED, ADDRESS = "concealed", "address"
# What a dossier's owner proves with to be it.
_NEEDED = (personal_data.PHONE, personal_data.IDENTITY_NUMBER, personal_data.DIGITS)
# Rasa's own commands answer with silence; a citizen who types one wants to start over.
RASA_COMMANDS = frozenset({"/restart", "/back", "/session_start"})
START_OVER = "/cancel"
_PAYLOAD = re.compile(r"\s*(?P<command>/\w+)")
# All but those that would end a text of JSON, or have no sign.
_ESCAPE = re.compile(r"\\u(?!00[01]|0022|005[cC])([0-9a-fA-F]{4})")


def user_message(
    text: str,
    output: OutputChannel,
    sender: str,
    channel: str,
    *,
    address: str = "",
    metadata: Mapping[str, Any] | None = None,
    message_id: str | None = None,
    reply_to: str = "",
) -> UserMessage:
    """The message to hand to Rasa for what was typed.

    `address`: see `address_of`. `metadata` of the caller is kept, personal data in it masked.
    A message whose `message_id` the conversation has is not handled again; None: a new one.
    `reply_to`: the citizen's number or name at a gateway, which is kept sealed.
    """
    shown = personal_data.conceal(as_citizen_means(text))
    concealed = _sealed(shown, sender)
    known = {**_masked(dict(metadata or {})), CONCEALED: concealed, ADDRESS: address}
    # What a caller says of itself is no address that we answer to.
    known.pop(REPLY_TO, None)
    if reply_to:
        known[REPLY_TO] = seal(reply_to, sender)
    message = UserMessage(
        shown.text, output, sender, input_channel=channel, message_id=message_id, metadata=known
    )
    # Of this process: a conversation that is erased while the message waits is not begun anew.
    message.received_at = time.monotonic()
    return message


def hide_answer(message: UserMessage) -> None:
    """Take every number out of a message that was asked for one.

    What the channel has not recognised, out of the talk's context, is seen to here.
    """
    shown = personal_data.conceal_answer(message.text or "")
    message.text = shown.text
    known = message.metadata or {}
    # Dots stand where digits stood: the places of what was masked before are still right.
    further = _sealed(shown, message.sender_id)
    message.metadata = {**known, CONCEALED: [*known.get(CONCEALED, []), *further]}


def _sealed(shown: personal_data.Concealed, sender: str) -> list[dict[str, Any]]:
    return [
        {
            "entity": piece.kind,
            "start": piece.start,
            "end": piece.end,
            "value": seal(piece.value, sender),
        }
        for piece in shown.pieces
        if piece.kind in _NEEDED
    ]


def as_citizen_means(text: str) -> str:
    """The text for what was typed.

    Halves of a character, which JSON can hold but no encoding, are replaced.
    """
    payload = _PAYLOAD.match(text)
    if payload is not None and payload["command"].lower() in RASA_COMMANDS:
        return START_OVER
    if payload is not None and "\\u" in text:
        # Escapes of JSON could hide a number from the mask.
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def address_of_request(request: Request) -> str:
    """`address_of` the client of an HTTP request.

    All lines of the header count, in their order: the last says what our own proxy saw.
    """
    return address_of(request.ip, ",".join(request.headers.getall("x-forwarded-for", [])))


def address_of(ip: str, forwarded_for: str = "") -> str:
    """Keyed hash of the network that a message came from; "" for this machine itself.

    A proxy on this machine names its client last in `X-Forwarded-For`; from elsewhere that header
    may say anything and is not believed. IPv6 counts by the /64 that one household has.
    """
    try:
        address = ipaddress.ip_address(ip)
        if address.is_loopback:
            if not forwarded_for.strip():
                return ""
            address = ipaddress.ip_address(forwarded_for.rsplit(",", 1)[-1].strip())
        address = getattr(address, "ipv4_mapped", None) or address
    except ValueError:
        network = f"unknown:{ip}"
    else:
        width = 64 if address.version == 6 else 32
        network = str(ipaddress.ip_network(f"{address}/{width}", strict=False))
    mark = hmac.new(settings().secret.encode(), f"address:{network}".encode(), hashlib.sha256)
    return mark.hexdigest()[:32]


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return personal_data.mask(value)
    if isinstance(value, (int, float)) and personal_data.find(str(value)):
        return personal_data.mask(str(value))
    if isinstance(value, dict):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value
