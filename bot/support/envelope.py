"""The envelope of an exported ticket: what a receiving system reads beside the signed slip."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bot import clock
from bot.support.signing import Signer
from bot.support.ticket import STATES, Ticket

FORMAT, VERSION = "quang-ngai-feedback-ticket", 1
DIGEST = "sha256"
_TICKET = ("code", "kind", "field", "level", "agency", "channel", "state")
_TIMES = ("received_at", "due_at", "closed_at", "exported_at")
_KEYS = {"format", "version", *_TICKET, *_TIMES, "document", "signature"}
_DOCUMENT = {"name", "media_type", "size", DIGEST}
_SIGNATURE = {"name", "media_type", "certificate_sha256", "certificate_subject"}
_HEX = re.compile(r"[0-9a-f]{64}")


class EnvelopeInvalid(ValueError):
    """An envelope does not follow its format, or its document is another; the text says where."""


def make(
    ticket: Ticket, pdf: bytes, names: tuple[str, str], signer: Signer, now: dt.datetime
) -> dict[str, Any]:
    """The envelope; `names` are those of document and signature, `now` UTC without a zone."""
    document, signature = names
    return {
        "format": FORMAT,
        "version": VERSION,
        **{name: getattr(ticket, name) for name in _TICKET},
        "received_at": _iso(ticket.made_at),
        "due_at": _iso(ticket.due_at),
        "closed_at": _iso(ticket.closed_at),
        "exported_at": _iso(now),
        "document": {
            "name": document,
            "media_type": "application/pdf",
            "size": len(pdf),
            DIGEST: hashlib.sha256(pdf).hexdigest(),
        },
        "signature": {
            "name": signature,
            "media_type": "application/pkcs7-signature",
            "certificate_sha256": signer.fingerprint,
            "certificate_subject": signer.subject,
        },
    }


def check(envelope: Mapping[str, Any], pdf: bytes) -> None:
    """See that an envelope is of this format and belongs to a document.

    Raises:
        EnvelopeInvalid: it is not, or does not.
    """
    if envelope.get("format") != FORMAT or envelope.get("version") != VERSION:
        raise EnvelopeInvalid("another format or version")
    parts = (envelope, _KEYS), (envelope.get("document"), _DOCUMENT)
    for part, keys in (*parts, (envelope.get("signature"), _SIGNATURE)):
        if not isinstance(part, Mapping) or set(part) != keys:
            raise EnvelopeInvalid(f"not exactly the keys {', '.join(sorted(keys))}")
    for name in _TIMES:
        if not _is_time(envelope[name], optional=name in ("due_at", "closed_at")):
            raise EnvelopeInvalid(f"{name} is no time with a zone")
    if envelope["state"] not in STATES:
        raise EnvelopeInvalid(f"{envelope['state']!r} is no state")
    if not _HEX.fullmatch(envelope["signature"]["certificate_sha256"]):
        raise EnvelopeInvalid("certificate_sha256 is no digest")
    document = envelope["document"]
    if (document["size"], document[DIGEST]) != (len(pdf), hashlib.sha256(pdf).hexdigest()):
        raise EnvelopeInvalid("the document is another")


def _iso(moment: dt.datetime | None) -> str | None:
    """A stored moment (UTC, without a zone) with the zone of Vietnam, to the second."""
    if moment is None:
        return None
    local = moment.replace(tzinfo=dt.timezone.utc).astimezone(clock.VIETNAM)
    return local.isoformat(timespec="seconds")


def _is_time(value: object, *, optional: bool) -> bool:
    if value is None:
        return optional
    try:
        return dt.datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False
