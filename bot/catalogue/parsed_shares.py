"""How much of what the national sources state became numbers, held against their raw text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from bot.catalogue.amounts import LOWEST_CREDIBLE_AMOUNT
from bot.catalogue.model import Channel, Document

_NUMBER = re.compile(r"\d+")
MOST_LOST = 1000


@dataclass
class Shares:
    """Counts over all records of an import.

    `…_stated`: the source has an entry; `…_parsed`: it became a number with its unit (a sum
    that is nothing by the source's own words is one); `…_words`: it is kept in its words;
    `…_unknown`: a bare default, a lost unit or a sum that cannot be. `lost` names numbers of the
    raw text that stand neither in a value nor in kept words, each with its record.
    """

    fees_stated: int = 0
    fees_parsed: int = 0
    fees_words: int = 0
    fees_unknown: int = 0
    times_stated: int = 0
    times_parsed: int = 0
    times_words: int = 0
    times_unknown: int = 0
    documents_stated: int = 0
    documents_parsed: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)

    def add_channel(self, code: str, channel: Channel, raw_time: str, raw_fees: list[str]) -> None:
        """Count one channel; `raw_fees` are the parts of its fee text, empty ones left out."""
        parsed = sum(fee.amount is not None for fee in channel.fees)
        words = len(channel.fees) - parsed
        self.fees_stated += len(raw_fees)
        self.fees_parsed += parsed
        self.fees_words += words
        # Equal fees of one channel are kept once and counted once.
        self.fees_unknown += max(0, len(set(raw_fees)) - parsed - words)
        if raw_time:
            self.times_stated += 1
            self.times_parsed += channel.time.value is not None
            self.times_words += channel.time.value is None and bool(channel.time.note)
            self.times_unknown += not channel.time.is_published
        kept = [
            f"{fee.amount if fee.amount is not None else ''} {fee.unit} {fee.note}"
            for fee in channel.fees
        ]
        self._hold(code, raw_fees, kept, credible=LOWEST_CREDIBLE_AMOUNT)
        # A bare number of days, hours or months whose unit is lost is given up on purpose.
        if channel.time.is_published:
            value = "" if channel.time.value is None else f"{channel.time.value:g}"
            self._hold(code, [raw_time], [f"{value} {channel.time.note}"], credible=1)

    def add_documents(self, documents: tuple[Document, ...]) -> None:
        """Count the papers, remarks left out."""
        papers = [document for document in documents if not document.remark]
        self.documents_stated += len(papers)
        self.documents_parsed += sum(
            bool(document.original or document.copy) for document in papers
        )

    def _hold(self, code: str, raw: list[str], kept: list[str], *, credible: int) -> None:
        wanted = _numbers(" ".join(raw), credible)
        for number in sorted(wanted - _numbers(" ".join(kept), 0), key=int):
            if len(self.lost) < MOST_LOST:
                self.lost.append((code, number))

    def as_json(self) -> str:
        """All counts as text."""
        return json.dumps(vars(self))

    @staticmethod
    def from_json(text: str) -> Shares:
        """The counts that `as_json` wrote."""
        values = json.loads(text)
        return Shares(**{**values, "lost": [(code, number) for code, number in values["lost"]]})

    def merge(self, other: Shares) -> None:
        """Add the counts of another."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def lines(self) -> list[str]:
        """The shares for people to read."""
        return [
            _line("fees", self.fees_stated, self.fees_parsed, self.fees_words, self.fees_unknown),
            _line(
                "times", self.times_stated, self.times_parsed, self.times_words, self.times_unknown
            ),
            f"documents: {self.documents_stated} papers, "
            f"{_share(self.documents_parsed, self.documents_stated)} with counts",
            f"numbers of the raw text that are kept nowhere: {len(self.lost)}",
        ]


def _line(what: str, stated: int, parsed: int, words: int, unknown: int) -> str:
    return (
        f"{what}: {stated} entries; {_share(parsed, parsed + words)} of those that say something "
        f"became numbers, {words} are kept in words; {unknown} are bare defaults or lost units"
    )


def _numbers(text: str, credible: int) -> set[str]:
    """Numbers of a text without leading zeros; "7.000" gives 7 and 7000."""
    plain = re.sub(r"(?<=\d)[.,](?=\d{3}(?!\d))", "", text)
    # "5.0" is 5: decimals of nothing are none.
    plain = re.sub(r"(\d)[.,]0+(?!\d)", r"\1", plain)
    found = {number.lstrip("0") or "0" for number in _NUMBER.findall(plain)}
    return {number for number in found if int(number) >= credible}


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "0"
