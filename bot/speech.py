"""Text of the hotline's pages as a speech engine should say it, in Vietnamese.

Codes and telephone numbers are dictated sign by sign, sums, dates and times are put in words,
short forms are said in full and menu lines name their keys. No run of more than four digits is
left. The words stand in `vocabulary/speech.yml`.
"""

from __future__ import annotations

import re
import unicodedata

from bot import speech_pieces
from bot.speech_words import one_of, vocabulary, word

_BULLET = re.compile(r"^\s*[-•·+]\s+")
_MENU = re.compile(r"^\s*([0-9*#])\s+(\S.*)$")
_END_MARKS = (".", "!", "?", ":", ",", ";")
_SENTENCE_ENDS = ".!?:"
# Of what is no letter, digit or sign of a sentence nothing is said.
_SAID = re.compile(r"[^\w\s.,;:!?]|_")
_QUOTES = re.compile(r"[\"'`“”‘’«»‹›„\u2032\u2033]")
_BRACKETS = re.compile(r"\s*[()\[\]{}]\s*|\s[-–—]+\s|[…|~]|\.{2,}")
_DASHES = re.compile(r"[‐‑‒–—−]")


def spoken(text: str) -> str:
    """What an engine should say instead of a text; line for line, without signs."""
    said: list[str] = []
    key_before = 0
    for line in _plain(text).splitlines():
        key, title = _menu_line(line, key_before)
        key_before = int(key) if key.isdecimal() else 0
        words = _sentence(f"{_press(key)} {title}" if key else _BULLET.sub("", line))
        if not re.search(r"\w", words):
            continue
        if said and not said[-1].endswith(_END_MARKS):
            said[-1] += "." if key or words[0].isupper() or words[0].isdecimal() else ","
        said.append(words)
    return "\n".join(said)


def offers_keys(text: str) -> bool:
    """Whether a text has a menu, so that keys may be pressed."""
    lines = _plain(text).splitlines()
    return any(_menu_line(line, 0)[0] or _key_phrase().search(line) for line in lines)


def _plain(text: str) -> str:
    """One spelling for each sign; digits of all scripts are ours."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", text.replace("…", ". ")))
    text = re.sub(r"https?://", "", text, flags=re.IGNORECASE)
    return "".join(_plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() or character in "\n\t" else " "
    decimal = unicodedata.decimal(character, None)
    return character if decimal is None else str(decimal)


def _menu_line(line: str, key_before: int) -> tuple[str, str]:
    """Key and title of a menu line, or two empty texts.

    "5 ngày làm việc" is none: titles begin with a capital, or follow the key before.
    """
    match = _MENU.match(line)
    if not match:
        return "", ""
    key, title = match.groups()
    # "9 2 việc khác": what the key does begins behind a count.
    known = title.lower().lstrip("0123456789 ").startswith(tuple(vocabulary()["key_phrases"]))
    follows = key.isdecimal() and key_before > 0 and int(key) == key_before + 1
    is_key = title[0].isupper() or follows or known or not key.isdecimal()
    return (key, title) if is_key else ("", "")


def _key_phrase() -> re.Pattern[str]:
    """A key amid a line, with what it does: "0 gặp người, * quay lại"."""
    phrases = one_of(vocabulary()["key_phrases"])
    return re.compile(rf"(?:(?<=^)|(?<=[,.;:] ))([0-9*#]) (?=(?:{phrases})\b)", re.IGNORECASE)


def _press(key: str) -> str:
    return f"{word('press')} {vocabulary()['keys'].get(key, key)}:"


def _sentence(line: str) -> str:
    line = _key_phrase().sub(lambda match: f"{_press(match[1])} ", line)
    pieces = speech_pieces.find(line)
    said: list[str] = []
    position = 0
    before: speech_pieces.Piece | None = None
    for piece in pieces:
        said.append(_between(line[position : piece.start], before, piece))
        said.append(piece.words)
        position, before = piece.end, piece
    said.append(_between(line[position:], before, None))
    return _tidy(" ".join(said))


def _between(
    gap: str, before: speech_pieces.Piece | None, behind: speech_pieces.Piece | None
) -> str:
    """What is said for the text between two pieces."""
    if before and behind and re.fullmatch(r"\s*[-/xX]\s*", gap):
        if not (before.counts and behind.counts):
            return ", "
        return word({"-": "to", "/": "over"}.get(gap.strip(), "times"))
    words = gap
    if before and before.counts:
        units = vocabulary()["units"]
        unit = re.match(rf"\s*({one_of(units)})(?!\w)", words)
        words = f" {units[unit[1]]}{words[unit.end() :]}" if unit else words
    if before and before.is_sum:
        words = re.sub(r"^\s*/\s*(?=[^\W\d])", f" {word('each')} ", words)
    return _signs(words)


def _signs(text: str) -> str:
    """Signs as words, as a pause, or not at all."""
    text = re.sub(r"(?<=\w)-(?=\w)", " ", _QUOTES.sub("", text))
    text = _BRACKETS.sub(", ", re.sub(r"\*{2,}|#{2,}", "", text))
    text = re.sub(r"(?<=[^\W\d])\s*/\s*(?=[^\W\d])", ", ", text)
    key = word("key")
    for sign, words in vocabulary()["keys"].items():
        text = re.sub(rf"(?:{key}\s+)?{re.escape(sign)}", f" {words} ", text, flags=re.IGNORECASE)
    for sign, words in vocabulary()["signs"].items():
        text = text.replace(sign, f" {words} ")
    # Combining marks belong to letters, but are none of \w's.
    return _SAID.sub(lambda m: m[0] if unicodedata.combining(m[0]) else " ", text)


def _tidy(text: str) -> str:
    """One blank between words, none before a mark, one mark at a time."""
    text = " ".join(text.split()).replace(";", ",")
    text = re.sub(r"\s+(?=[,.:!?])", "", text)
    text = re.sub(r"[,.:!?]{2,}", lambda m: _strongest(m[0]), text)
    text = re.sub(r"([,:!?])(?=\w)", r"\1 ", text)
    return text.lstrip(",.:!? ").rstrip(", ")


def _strongest(marks: str) -> str:
    """Of several marks in a row the one that ends a sentence, if any does."""
    return next((mark for mark in marks if mark in _SENTENCE_ENDS), ",")
