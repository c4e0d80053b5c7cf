"""Chatwoot's webhooks: whether they are Chatwoot's, and which conversation they are about.

A webhook is a bell and no more: whatever it says is read again from Chatwoot's API before anything
is done. So it does not matter when one comes twice, late, in another order, or not at all (an API
inbox's webhooks are sent once), and who forges one only has us look.

Authenticity. Chatwoot signs the webhooks of API inboxes and agent bots since 4.13 (of accounts
since 4.11.2): `X-Chatwoot-Signature: sha256=` + hex HMAC-SHA256(secret, timestamp + "." + raw body)
with `X-Chatwoot-Timestamp` in Unix seconds; `BOT_CHATWOOT_SECRET` is then the secret that Chatwoot
shows beside the webhook. Where it signs, the signature alone counts: a wrong one is refused,
whatever else comes with it. Older ones sign nothing; there the secret stands in the address, as
`?token=`. That keeps out whoever does not know it, but it lies in proxies' logs: a signature is the
better choice.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

SIGNATURE, TIMESTAMP = "X-Chatwoot-Signature", "X-Chatwoot-Timestamp"
# Seconds that a signature counts.
FRESH = 300
_MESSAGES = ("message_created", "message_updated")
_STATES = (
    "conversation_status_changed",
    "conversation_resolved",
    "conversation_opened",
    "conversation_updated",
)


def is_authentic(
    headers: Mapping[str, str], token: str, body: bytes, secret: str, now: float | None = None
) -> bool:
    """Whether a webhook comes from who knows the secret; see the module."""
    if not secret:
        return False
    signature = headers.get(SIGNATURE)
    if signature is None:
        return hmac.compare_digest(token.encode("utf-8", "replace"), secret.encode())
    timestamp = headers.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    age = (time.time() if now is None else now) - int(timestamp)
    message = timestamp.encode() + b"." + body
    right = "sha256=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    is_right = hmac.compare_digest(signature.encode("utf-8", "replace"), right.encode())
    return is_right and abs(age) <= FRESH


def conversation_of(event: Mapping[str, Any], inbox: str) -> str:
    """Number of the conversation in which an agent did something; "" if it is none of ours.

    What we wrote ourselves (incoming messages, private notes) rings as well, and is passed over.
    """
    name = event.get("event")
    if name in _MESSAGES:
        is_public = event.get("message_type") == "outgoing" and not event.get("private")
        inner = event.get("conversation")
        conversation = inner if isinstance(inner, dict) and is_public else {}
        found = event.get("inbox")
        of_inbox = found.get("id") if isinstance(found, dict) else conversation.get("inbox_id")
    elif name in _STATES:
        conversation, of_inbox = dict(event), event.get("inbox_id")
    else:
        return ""
    number = conversation.get("id")
    if isinstance(number, bool) or not isinstance(number, int) or str(of_inbox) != inbox:
        return ""
    return str(number)
