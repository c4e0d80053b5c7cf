"""Exemptions and reductions (miễn, giảm): for whom, how much, and whether a case has one.

A relief is applied only where its words name nobody but known groups and the citizen has told
that they are one of them; all others are told in the source's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.catalogue.model import ONLINE, Channel, Fee
from bot.catalogue.situation import Situation
from bot.payments import note_words

WHOLE = 100
_BETWEEN = re.compile(r"\s*[,;]\s*(?:va |hoac )?|\s+(?:va|hoac)\s+")
# Lệ phí and phí are two things in law.
LEVY, CHARGE = "le phi", "phi"
_LEVY = re.compile(r"\ble phi\b")
_LAW = re.compile(
    r"\s*[(,]?\s*(?:theo )?(?:quy dinh )?(?:tai )?(?:khoan \d+ dieu \d+ )?"
    r"(?:thong tu|luat|nghi dinh)\b[^.;:]*$"
)
_CHARGE = re.compile(r"(?<!le )\bphi\b")


@dataclass(frozen=True)
class Relief:
    """`percent` off, 100 for nothing to pay, with the source's `text`.

    `groups` are the lines that name who has it, one of which must fit; none: everybody
    (`for_all`) or nobody knows. `levy`: of a lệ phí, so that it says nothing of a phí.
    """

    percent: int
    text: str
    groups: tuple[str, ...] = ()
    for_all: bool = False
    levy: bool = False

    def fits(self, situation: Situation, channel: Channel) -> bool:
        """Whether it is certain that a citizen has it who files through a channel."""
        if self.for_all:
            return True
        online = channel.kind == ONLINE and any(map(note_words.mentions_online, self.groups))
        return online or any(situation.fits(group) is True for group in self.groups)

    def covers(self, fee: str) -> bool:
        """Whether it is of the fee that words name, and certainly of no other."""
        return _kinds(fee) == {LEVY if self.levy else CHARGE}

    def may_cover(self, fee: str) -> bool:
        """Whether a fee of these words, or of none, can be the one that it is of."""
        return not self.levy or _kinds(fee) != {CHARGE}

    def reduced(self, amount: int) -> int:
        """What is left of a sum, in whole đồng, half a đồng rounded up."""
        return (amount * (WHOLE - self.percent) * 2 + WHOLE) // (2 * WHOLE)

    def is_rounded(self, amount: int) -> bool:
        """Whether what is left had to be rounded."""
        return amount * (WHOLE - self.percent) % WHOLE != 0


def of_fee(fee: Fee) -> Relief | None:
    """The relief that a fee's row states, if it is one."""
    words = note_words.folded(fee.note)
    found = note_words.patterns()["reduction"].match(words)
    if fee.amount is None and found and int(found[1]) <= WHOLE:
        return _relief(int(found[1]), fee, found[2] or "", bare=not found[2])
    if fee.amount != 0:
        return None
    return _of_free(fee)


def of_words(text: str) -> Relief:
    """The relief that words beside a sum state ("Miễn lệ phí cho …")."""
    return _of_free(Fee(0, note=text))


def _of_free(fee: Fee) -> Relief:
    words = _without_law(note_words.folded(fee.note))
    found = note_words.patterns()["relief"].match(words)
    return _relief(WHOLE, fee, found[1] if found else "", bare=_is_nothing(words) and not found)


def _is_nothing(words: str) -> bool:
    return not words or bool(note_words.patterns()["nothing"].match(words))


def _without_law(words: str) -> str:
    return _LAW.sub("", words)


def _relief(percent: int, fee: Fee, whom: str, *, bare: bool) -> Relief:
    groups: tuple[str, ...] = ()
    beneficiary = note_words.patterns()["beneficiary"]
    if fee.case:
        # A case of its own is a condition as it stands.
        groups = (fee.case,)
    elif whom:
        named = [piece.strip() for piece in _BETWEEN.split(whom) if piece.strip()]
        groups = tuple(named) if all(map(beneficiary.match, named)) else ()
    text = ": ".join(filter(None, (fee.case, fee.note)))
    levy = bool(_LEVY.search(note_words.folded(fee.note)))
    return Relief(percent, text, groups, bare and not fee.case, levy)


def _kinds(text: str) -> set[str]:
    words = note_words.folded(text)
    # "Luật phí và lệ phí" is the name of a law.
    words = words.replace("phi va le phi", "").replace("phi, le phi", "")
    kinds = {LEVY} if _LEVY.search(words) else set()
    return kinds | ({CHARGE} if _CHARGE.search(words) else set())
