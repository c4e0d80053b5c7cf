"""A caller of the hotline, and what each of its pages must be.

Written by the contract, not by the bot's code: signatures, alphabets and what may not be torn.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.running_bot import TEST_SECRET, RunningBot

WEBHOOK = "/webhooks/hotline/webhook"
UNACCENTED, ACCENTED = "unaccented", "accented"
LONGEST = {UNACCENTED: 160, ACCENTED: 70}
MOST_PAGES = 2
NEXT_KEY = "1"
MORE = {UNACCENTED: "1 xem tiep", ACCENTED: "1 xem tiếp"}
KEYS = {
    UNACCENTED: "0 gap nguoi, * quay lai, # ve dau.",
    ACCENTED: "0 gặp người, * quay lại, # về đầu.",
}
# A text that is longer goes on for ever.
MOST_PRESSES = 25

# GSM 7-bit default alphabet (3GPP TS 23.038), without the escape to its extension table.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Whose telephones they are: of nobody in `tests.running_bot.DOSSIERS`.
_numbers = itertools.count(1)
_CHOICE = re.compile(r"([1-9]) \S.*")

# Without accents. What is one word: torn if two pages, put together, have it in between.
CODE = r"(?:000\.00\.\d\d\.)?H\d\d(?:\.\d\d)?-\d{6}-\d{4}(?!\d)"
PROCEDURE = r"(?<![\d.])\d\.\d{6}(?!\d)"
DATE = r"(?<!\d)\d{1,2}/\d{1,2}/\d{4}(?!\d)"
_TIGHT = {
    "dossier code": CODE,
    "procedure code": PROCEDURE,
    "date": DATE,
    "time": r"(?<!\d)\d\d:\d\d(?!\d)",
    "telephone": r"(?<!\d)(?:0\d{9}|1800\d{4})(?!\d)",
    "sum": r"(?<![\d.])\d{1,3}(?:\.\d{3})+(?!\d)",
}
# What is more than one word: torn if it is there when the pages are joined by a blank.
_NUMBER = r"(?<![\d.,/:])\d+(?:[.,]\d+)*"
_LOOSE = {
    "sum": rf"{_NUMBER} (?:(?:nghin|ngan|trieu|ty)(?: dong)?|dong)\b",
    "time": rf"{_NUMBER} (?:phut|gio|ngay|tuan|thang|nam)\b",
    "date": r"ngay \d{1,2} thang \d{1,2}(?: nam \d{4})?",
    "telephone": r"(?<!\d)(?:1800 \d{4}|0\d{2,3}[ .]\d{3}[ .]\d{3,4})(?!\d)",
    "dossier code": r"H\d\d \d\d \d{6} \d{4}",
    "ticket": r"PA \d{3} \d{3}",
}


def plain(text: str) -> str:
    """The text without accents, blanks and ends of lines folded."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


@dataclass(frozen=True)
class Pages:
    """Pages as they came, in the order of a telephone."""

    pages: list[str]
    form: str = UNACCENTED

    @property
    def has_more(self) -> bool:
        """Whether the key for the next pages is offered."""
        return bool(self.pages) and self.pages[-1].rpartition("\n")[2] == MORE[self.form]

    @property
    def contents(self) -> list[str]:
        """What the pages say, without the line for the next ones."""
        if not self.has_more:
            return list(self.pages)
        last = self.pages[-1].rpartition("\n")[0]
        return [*self.pages[:-1], *([last] if last else [])]

    @property
    def text(self) -> str:
        """All that they say on one line."""
        return " ".join(" ".join(self.contents).split())

    @property
    def menu(self) -> list[str]:
        """Lines of the choices at the end."""
        lines = "\n".join(self.contents).split("\n")
        if lines[-1] == KEYS[self.form]:
            lines.pop()
        found: list[str] = []
        while lines and (match := _CHOICE.fullmatch(lines[-1])):
            if found and int(match[1]) != int(found[0][0]) - 1:
                break
            found.insert(0, lines.pop())
        return found if found and found[0].startswith("1 ") else []

    def holds(self, piece: str) -> bool:
        """Whether a piece stands in them, in the letters of their form."""
        return spelt(piece, self.form).casefold() in self.text.casefold()


def spelt(piece: str, form: str) -> str:
    """What is expected, in the letters of a form."""
    if form == UNACCENTED:
        return plain(piece)
    return " ".join(unicodedata.normalize("NFC", piece).split())


class Caller:
    """Somebody with a telephone, whose gateway signs and numbers what they send."""

    def __init__(self, bot: RunningBot, form: str = UNACCENTED) -> None:
        """A telephone that has never called; nothing is shown yet."""
        self.bot, self.form = bot, form
        self.number = f"08{next(_numbers):08d}"
        self.shown = Pages([], form)
        self._sent = 0

    def send(self, text: str) -> tuple[int, Any]:
        """Status and JSON of a message."""
        self._sent += 1
        message_id = f"{self.number}-{self._sent}"
        fields = {"from": self.number, "text": text, "message_id": message_id, "form": self.form}
        body = json.dumps(fields).encode()
        timestamp = str(int(time.time()))
        signed = timestamp.encode() + b"." + body
        digest = hmac.new(TEST_SECRET.encode(), signed, hashlib.sha256).hexdigest()
        headers = {"X-Timestamp": timestamp, "X-Signature": f"sha256={digest}"}
        return self.bot.request(WEBHOOK, body, headers)

    def say(self, text: str) -> Pages:
        """The pages that answer a message; as they must be."""
        status, answer = self.send(text)
        assert status == 200, answer
        assert list(answer) == ["messages"], answer
        self.shown = Pages(answer["messages"], self.form)
        found = list(faults(self.shown))
        assert not found, f"{text!r}: {found}\n{shown(self.shown.pages)}"
        return self.shown

    def press(self, key: str) -> Pages:
        """The pages that answer a key."""
        assert re.fullmatch(r"[0-9*#]", key), key
        return self.say(key)

    def all(self) -> Pages:
        """The pages that are shown and all that follow, read by their key; none is torn."""
        pages = self.shown.contents
        for _ in range(MOST_PRESSES):
            if not self.shown.has_more:
                break
            pages += self.press(NEXT_KEY).contents
        assert not self.shown.has_more, f"no end after {MOST_PRESSES} keys:\n{shown(pages)}"
        assert not torn(pages), f"{torn(pages)}\n{shown(pages)}"
        return Pages(pages, self.form)


def faults(reply: Pages) -> Iterator[str]:
    """What is wrong with a reply of the hotline, in words."""
    if not reply.pages:
        yield "no page"
    if len(reply.pages) > MOST_PAGES:
        yield f"{len(reply.pages)} pages at a time"
    for number, page in enumerate(reply.pages, start=1):
        if not page.strip():
            yield f"page {number} is empty"
        yield from (f"page {number} {fault}" for fault in _faults_of_page(page, reply.form))
    yield from torn(reply.contents)


def _faults_of_page(page: str, form: str) -> Iterator[str]:
    units = len(page.encode("utf-16-le", "surrogatepass")) // 2
    if units > LONGEST[form]:
        yield f"has {units} letters"
    if form == UNACCENTED and (strange := set(page) - _GSM):
        yield f"has letters that are not of the alphabet: {sorted(strange)}"
    if form == ACCENTED and unicodedata.normalize("NFC", page) != page:
        yield "is not composed"
    if any(unicodedata.category(letter) == "Cc" for letter in page if letter != "\n"):
        yield "has control characters"


def torn(pages: Sequence[str]) -> list[str]:
    """What stands on two pages and belongs on one."""
    found = []
    for before, after in itertools.pairwise(pages):
        end, start = plain(before.rpartition("\n")[2]), plain(after.partition("\n")[0])
        for glue, patterns in (("", _TIGHT), (" ", _LOOSE)):
            for name, pattern in patterns.items():
                for match in re.finditer(pattern, f"{end}{glue}{start}"):
                    if match.start() < len(end) and match.end() > len(end) + len(glue):
                        found.append(f"a {name} is torn: {match[0]}")
    return found


def shown(pages: Sequence[str]) -> str:
    """Pages for whoever reads why a test failed."""
    return "\n".join(f"[{number}] {page}" for number, page in enumerate(pages, start=1))
