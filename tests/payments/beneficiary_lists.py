"""Signed lists of beneficiaries for tests, with keys that only they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot import clock, settings
from bot.payments import signed_list

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = signed_list.public_text(KEY)
AGENCY, OTHER_AGENCY = "Sở Tư pháp", "Ủy ban nhân dân xã Bình Sơn"
ENTRY: dict[str, Any] = {
    "key": "justice",
    "name": "SO TU PHAP TINH QUANG NGAI",
    "bank_bin": "970436",
    "bank_name": "Vietcombank",
    "account": "0271000123456",
    "agencies": [AGENCY],
    "valid_from": "2026-01-01",
    "valid_to": "2099-12-31",
}


def entry(**changes: Any) -> dict[str, Any]:
    """A good entry, changed."""
    return {**ENTRY, **changes}


def signed(*entries: dict[str, Any]) -> dict[str, Any]:
    """A signed list of entries, as JSON."""
    return signed_list.signed({"beneficiaries": list(entries)}, KEY, clock.today())


def sign_anything(document: dict[str, Any]) -> dict[str, Any]:
    """A right signature below what `signed` would refuse."""
    signature = signed_list.base64.b64encode(KEY.sign(signed_list.canonical(document))).decode()
    return {**document, "signature": signature}


def write(path: Path, document: Any) -> Path:
    """The file of a list."""
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def switch_on(monkeypatch: pytest.MonkeyPatch, path: Path, public_key: str = PUBLIC_KEY) -> None:
    """Name a list in the settings."""
    monkeypatch.setenv("BOT_QR_BENEFICIARIES", str(path))
    monkeypatch.setenv("BOT_QR_PUBLIC_KEY", public_key)
    settings.settings.cache_clear()
