"""Procedures (thủ tục hành chính) and their facts, as the rest of the bot sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

COMMUNE, PROVINCE = "commune", "province"
ONLINE, DIRECT, POSTAL = "online", "direct", "postal"
CHANNEL_KINDS = (ONLINE, DIRECT, POSTAL)
TIME_UNITS = ("working_day", "day", "hour", "month", "year")


@dataclass(frozen=True)
class Source:
    """Where a fact comes from and when it was last checked there."""

    title: str
    url: str
    checked_on: dt.date


@dataclass(frozen=True)
class Duration:
    """A processing time (thời hạn giải quyết); `unit` is one of `TIME_UNITS`.

    Either a value with its unit, or only a note in words; both may be absent.
    """

    value: float | None = None
    unit: str | None = None
    note: str = ""

    @property
    def is_published(self) -> bool:
        return self.value is not None or bool(self.note)


@dataclass(frozen=True)
class Fee:
    """A fee (phí, lệ phí). `amount` is in đồng; None means that it is not published.

    0 stands only where the source says in words that nothing is charged.
    """

    amount: int | None = None
    unit: str = ""
    note: str = ""

    @property
    def is_published(self) -> bool:
        return self.amount is not None or bool(self.note)


@dataclass(frozen=True)
class Channel:
    """A way to hand in a dossier (cách thức thực hiện) with its time and fees."""

    kind: str
    time: Duration = Duration()
    fees: tuple[Fee, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Document:
    """A paper of the dossier (thành phần hồ sơ).

    `original` and `copy` are counts; None means that the source gives none. `when` is
    the case that needs it. A `remark` is no paper but an explanation among the papers.
    """

    name: str
    original: int | None = None
    copy: int | None = None
    when: str = ""
    remark: bool = False


@dataclass(frozen=True)
class LegalBasis:
    """A legal text (căn cứ pháp lý) with its number, for example 60/2014/QH13."""

    title: str
    number: str = ""


@dataclass(frozen=True)
class Difference:
    """Another procedure (`code`) and the case in which the citizen needs that one."""

    code: str
    how: str


@dataclass(frozen=True)
class LifeEvent:
    """A situation of life with the procedures it brings, in the order to do them.

    `steps` pairs a procedure code with a one-line reason.
    """

    key: str
    name: str
    phrases: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Procedure:
    """One procedure with its facts; an empty fact is an unknown one.

    `code` is the national code (1.001193). Each group of facts may come from another
    source: `sources` maps the names in `FACT_GROUPS` to theirs.
    """

    code: str
    name: str
    field: str
    level: str
    plain_name: str = ""
    issuing_body: str = ""
    decision: str = ""
    subject: str = ""
    agency: str = ""
    place: str = ""
    documents: tuple[Document, ...] = ()
    documents_note: str = ""
    channels: tuple[Channel, ...] = ()
    steps: str = ""
    result: str = ""
    conditions: str = ""
    legal_basis: tuple[LegalBasis, ...] = ()
    mistakes: str = ""
    differs_from: tuple[Difference, ...] = ()
    aliases: tuple[str, ...] = ()
    curated: bool = False
    source: Source | None = None
    sources: tuple[tuple[str, Source], ...] = ()

    @property
    def display_name(self) -> str:
        """The name that a citizen reads."""
        return self.plain_name or self.name

    def source_of(self, group: str) -> Source | None:
        """The source of a group of facts, or of the whole record."""
        return dict(self.sources).get(group, self.source)


# Attributes that are taken from one layer or the other as a whole.
FACT_GROUPS = (
    "plain_name",
    "subject",
    "agency",
    "place",
    "documents",
    "channels",
    "steps",
    "result",
    "conditions",
    "legal_basis",
    "mistakes",
    "differs_from",
)
