"""The list of beneficiaries as a file: JSON with an Ed25519 signature over all the rest of it.

Signed is the canonical form: UTF-8, names of fields sorted, no blanks, without `signature`.
Whoever can write the file but has no private key can put no account of their own into it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.payments.beneficiary import (
    Beneficiary,
    BeneficiaryListError,
    read_beneficiaries,
    read_day,
)

LARGEST_FILE = 2**20
SIGNATURE, SIGNED_ON, BENEFICIARIES = "signature", "signed_on", "beneficiaries"
_KEY_LENGTH, _SIGNATURE_LENGTH = 32, 64
# A key that was drawn has more different bytes; zeros and the like are placeholders, and for some
# of those anybody can make signatures.
_FEWEST_BYTES = 12


@dataclass(frozen=True)
class BeneficiaryList:
    """What a verified file says."""

    beneficiaries: tuple[Beneficiary, ...]
    signed_on: dt.date


def read_signed(content: bytes, public_key: str) -> BeneficiaryList:
    """The list of a file that the owner of a key has signed.

    Args:
        content: the file, JSON in UTF-8.
        public_key: 32 bytes in base64.

    Raises:
        BeneficiaryListError: the key, the file or its signature is not right.
    """
    key = _public_key(public_key)
    document = read_document(content)
    if set(document) != {BENEFICIARIES, SIGNED_ON, SIGNATURE}:
        raise BeneficiaryListError(
            f"The file must have exactly the fields {BENEFICIARIES}, {SIGNED_ON}, {SIGNATURE}."
        )
    signature = _bytes(document.pop(SIGNATURE), _SIGNATURE_LENGTH, "The signature")
    try:
        key.verify(signature, canonical(document))
    except InvalidSignature:
        raise BeneficiaryListError(
            "The signature is wrong: the file was changed after it was signed, or it was signed "
            "with another key."
        ) from None
    try:
        signed_on = read_day(document[SIGNED_ON], SIGNED_ON)
    except ValueError as error:
        raise BeneficiaryListError(str(error)) from None
    return BeneficiaryList(read_beneficiaries(document[BENEFICIARIES]), signed_on)


def signed(document: dict[str, Any], key: Ed25519PrivateKey, on: dt.date) -> dict[str, Any]:
    """A list with its day and signature; those that it had are replaced.

    Raises:
        BeneficiaryListError: it could not be used once it is signed.
    """
    unknown = set(document) - {BENEFICIARIES, SIGNED_ON, SIGNATURE}
    if unknown:
        raise BeneficiaryListError(f"The file has unknown fields: {', '.join(sorted(unknown))}.")
    read_beneficiaries(document.get(BENEFICIARIES))
    whole = {BENEFICIARIES: document[BENEFICIARIES], SIGNED_ON: on.isoformat()}
    signature = key.sign(canonical(whole))
    return {**whole, SIGNATURE: base64.b64encode(signature).decode()}


def read_document(content: bytes) -> dict[str, Any]:
    """A JSON object in which no name comes twice.

    Raises:
        BeneficiaryListError: it is something else, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise BeneficiaryListError(f"The file is larger than {LARGEST_FILE} bytes.")
    try:
        document = json.loads(content.decode("utf-8"), object_pairs_hook=_unique)
    except BeneficiaryListError:
        raise
    except (ValueError, RecursionError) as error:
        raise BeneficiaryListError(f"The file is no JSON in UTF-8: {error}.") from None
    if not isinstance(document, dict):
        raise BeneficiaryListError("The file must hold a JSON object.")
    return document


def canonical(document: dict[str, Any]) -> bytes:
    """What is signed.

    Raises:
        BeneficiaryListError: a text holds half a character, which no encoding has.
    """
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise BeneficiaryListError("A text of the file holds half a character.") from None


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """The key of a PEM file, as `bot beneficiaries keygen` writes it.

    Raises:
        BeneficiaryListError: it is no such key.
        OSError: the file cannot be read.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None  # the parser's message may hold a part of the key
    if not isinstance(key, Ed25519PrivateKey):
        raise BeneficiaryListError(f"{path.name} is no Ed25519 key without a password.")
    return key


def new_key_pair() -> tuple[bytes, str]:
    """A new private key (PEM) and its public key (base64)."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private, public_text(key)


def public_text(key: Ed25519PrivateKey) -> str:
    """The public key of a private one, in base64."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def _public_key(text: str) -> Ed25519PublicKey:
    raw = _bytes(text, _KEY_LENGTH, "The public key (BOT_QR_PUBLIC_KEY)")
    if len(set(raw)) < _FEWEST_BYTES:
        raise BeneficiaryListError("The public key (BOT_QR_PUBLIC_KEY) is a placeholder.")
    return Ed25519PublicKey.from_public_bytes(raw)


def _bytes(text: Any, length: int, name: str) -> bytes:
    try:
        if not isinstance(text, str):
            raise ValueError
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != length:
        raise BeneficiaryListError(f"{name} must be {length} bytes in base64.")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BeneficiaryListError("A field of the file comes twice.")
    return found
