"""Texts in the letters that a hotline's page can hold.

A page is a message of a telephone: 160 letters of the GSM 7-bit default alphabet (3GPP TS 23.038),
which has no Vietnamese accents, or 70 code units of UCS-2.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from urllib.parse import urlsplit

from bot.settings import ACCENTED, UNACCENTED

LIMITS = {UNACCENTED: 160, ACCENTED: 70}

# Of ASCII; what the alphabet has only at two letters' cost, or not at all, is replaced.
_REPLACED = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"', "‘": "'", "’": "'", "‚": "'",
    "‹": "'", "›": "'", "′": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‒": "-", "―": "-",
    "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-", "●": "-", "▪": "-", "‣": "-",
    "☐": "-", "☑": "-", "✓": "-", "✔": "-",
    "×": "x", "÷": ":", "⁄": "/", "€": " EUR", "₫": chr(0x111), "→": "->", "⇒": "->", "←": "<-",
    "≥": ">=", "≤": "<=", "≠": "<>", "≈": "-", "№": "No", "½": "1/2", "¼": "1/4", "¾": "3/4",
    "{": "(", "}": ")", "[": "(", "]": ")", "~": "-", "|": "/", "\\": "/", "^": "", "¦": "/",
    "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE",
    "\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n",
}  # fmt: skip
_SIGNS = str.maketrans(_REPLACED)
# Letters with a stroke are no letters with a mark.
_UNACCENTED = {0x111: "d", 0x110: "D", 0xF0: "d", 0xD0: "D"}
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?(?:\n ?)+")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]+)\]\((?:https?://)?([^()\s]+)\)")
_MARKDOWN = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)")
_SCHEME = re.compile(r"(?:https?://)+", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"“”]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?)"


def as_sent(text: str, form: str) -> str:
    """The text in the letters of a form; done twice, it is the same.

    What has no letters there, such as pictures, is left out. Lines are kept, blank ones are not.
    """
    while (sent := _once(text, form)) != text:
        text = sent
    return sent


def _once(text: str, form: str) -> str:
    limit = LIMITS[form]
    plain = _MARKDOWN_LINK.sub(lambda link: f"{link[1]}: https://{link[2]}", text)
    plain = _MARKDOWN.sub(lambda bold: bold[1] or bold[2], plain)
    plain = _ADDRESS.sub(lambda address: _short(address[0], limit), plain)
    composed = unicodedata.normalize("NFC", plain).translate(_SIGNS)
    if form == UNACCENTED:
        composed = composed.translate(_UNACCENTED)
    spelt = "".join(_spelt(character, form) for character in composed)
    spelt = unicodedata.normalize("NFC", spelt)
    return _LINES.sub("\n", _BLANKS.sub(" ", spelt)).strip()


def _spelt(character: str, form: str) -> str:
    """What a character is written as; "" if it cannot be."""
    if character == "\n" or " " <= character <= "}":
        return character
    if character.isspace():
        return " "
    if form == ACCENTED and _is_plain_letter(character):
        return character
    decomposed = unicodedata.normalize("NFKD", character).translate(_SIGNS)
    return "".join(c for c in decomposed if " " <= c <= "}")


def _is_plain_letter(character: str) -> bool:
    """Whether a character is a letter of one code unit, and no other way to write some."""
    is_letter = unicodedata.category(character)[0] == "L" and character <= "\uffff"
    return is_letter and unicodedata.normalize("NFKC", character) == character


def _short(address: str, limit: int) -> str:
    """An address without its scheme; of one that is longer than a page only the host."""
    rest = address[len(address.rstrip(_AFTER_ADDRESS)) :]
    address = address[: len(address) - len(rest)]
    bare = _SCHEME.sub("", address, count=1).rstrip("/")
    if len(bare) > limit:
        # Brackets may hold no address.
        with contextlib.suppress(ValueError):
            bare = urlsplit(address).hostname or bare
    return bare + rest
