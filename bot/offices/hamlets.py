"""Hamlets (thôn, tổ dân phố) as citizens write them."""

from __future__ import annotations

import re

from bot import text as vn

_KIND = r"thon|to dan pho|khu dan cu|khu pho|khoi pho|xom|lang|ban|buon|tdp|kdc|to"
_KIND_PREFIX = re.compile(rf"^(?:{_KIND}) ")
_NAMED = re.compile(r" (?:thon|to dan pho|khu dan cu|khu pho|khoi pho|xom|lang|tdp|kdc) \w")


def _line(text: str) -> str:
    return f" {' '.join(vn.words(vn.fold(vn.nfc(text))))} "


def names(text: str, hamlet: str) -> bool:
    """Whether a text is or holds the name of a hamlet, without accents.

    A name of one word ("thôn 3", "xóm Bắc") counts behind its kind only, or alone.
    """
    line, own = _line(text), _line(hamlet).strip()
    bare = _KIND_PREFIX.sub("", own)
    if not bare:
        return False
    if " " in bare or line.strip() == bare:
        return f" {bare} " in line
    return re.search(rf" (?:{_KIND}) {re.escape(bare)} ", line) is not None


def names_one(text: str) -> bool:
    """Whether a text speaks of some hamlet."""
    return _NAMED.search(_line(text)) is not None
