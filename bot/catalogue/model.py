"""Procedures (thủ tục hành chính) and their facts, as the rest of the bot sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.sources import Source

COMMUNE, PROVINCE = "commune", "province"
LEVELS = (COMMUNE, PROVINCE)
ONLINE, DIRECT, POSTAL = "online", "direct", "postal"
CHANNEL_KINDS = (ONLINE, DIRECT, POSTAL)
TIME_UNITS = ("working_day", "day", "hour", "month", "year")
# Toàn trình, một phần, chỉ cung cấp thông tin.
SERVICE_LEVELS = ("full", "partial", "information")
VND = "VND"
# Fees may have a source and days other than the channels that they are paid by, and those of
# one channel others again: "fees", "fees.online".
FEES = "fees"


@dataclass(frozen=True)
class Dates:
    """First and last day on which a fact holds by law; None where no source names one."""

    effective_from: dt.date | None = None
    effective_to: dt.date | None = None

    def begun(self, day: dt.date) -> bool:
        """Whether the fact holds already."""
        return self.effective_from is None or self.effective_from <= day

    def ended(self, day: dt.date) -> bool:
        """Whether the fact holds no longer."""
        return self.effective_to is not None and self.effective_to < day


OPEN = Dates()


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
    """A fee (phí, lệ phí). `amount` is in whole units of `currency`; None: not published.

    0 stands only where the source says in words that nothing is charged. `case` names the
    case (trường hợp) that it is for, if it is not for all.
    """

    amount: int | None = None
    unit: str = ""
    note: str = ""
    currency: str = VND
    case: str = ""
    dates: Dates = OPEN

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
    dates: Dates = OPEN

    @property
    def tells_way(self) -> bool:
        """Whether it says how a dossier is handed in, or how long it takes."""
        return self.time.is_published or bool(self.note)

    @property
    def tells_fees_only(self) -> bool:
        return bool(self.fees) and not self.tells_way


@dataclass(frozen=True)
class Case:
    """A case (trường hợp thực hiện) of a procedure, with a time of its own where it has one."""

    name: str
    code: str = ""
    time: Duration = Duration()
    dates: Dates = OPEN


@dataclass(frozen=True)
class Document:
    """A paper of the dossier (thành phần hồ sơ).

    `original` and `copy` are counts; None means that the source gives none. `when` is
    the case that needs it; `optional` is None where the source does not say. A `remark`
    is no paper but an explanation among the papers.
    """

    name: str
    original: int | None = None
    copy: int | None = None
    when: str = ""
    remark: bool = False
    optional: bool | None = None
    dates: Dates = OPEN


@dataclass(frozen=True)
class Form:
    """A form (mẫu đơn, tờ khai): its name, its number in the law, its file, where it lies."""

    name: str
    number: str = ""
    file: str = ""
    url: str = ""
    dates: Dates = OPEN


@dataclass(frozen=True)
class LegalBasis:
    """A legal text (căn cứ pháp lý) with its number, for example 60/2014/QH13."""

    title: str
    number: str = ""
    dates: Dates = OPEN


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
    """One procedure with its facts; an empty or None fact is an unknown one.

    `code` is the national code (1.001193). Each group of facts may come from another source
    and hold for other days: `sources` and `dates` map names in `FACT_GROUPS` to theirs,
    `source` and `effective` are those of the whole record. `known_from` is the day on which
    this state of the record was first seen. `expired` and `upcoming` pair groups with the
    day on which what is shown ended, or something else begins. Fees go by the name `FEES`
    there, those of one channel by `fee_group(kind)`.
    """

    code: str
    name: str
    field: str
    level: str
    plain_name: str = ""
    local_code: str = ""
    issuing_body: str = ""
    decision: str = ""
    subject: str = ""
    agency: str = ""
    service_level: str = ""
    online: bool | None = None
    online_payment: bool | None = None
    places: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    documents_note: str = ""
    channels: tuple[Channel, ...] = ()
    cases: tuple[Case, ...] = ()
    forms: tuple[Form, ...] = ()
    steps: tuple[str, ...] = ()
    result: str = ""
    conditions: str = ""
    legal_basis: tuple[LegalBasis, ...] = ()
    mistakes: str = ""
    differs_from: tuple[Difference, ...] = ()
    aliases: tuple[str, ...] = ()
    curated: bool = False
    effective: Dates = OPEN
    known_from: dt.date | None = None
    source: Source | None = None
    sources: tuple[tuple[str, Source], ...] = ()
    dates: tuple[tuple[str, Dates], ...] = ()
    expired: tuple[tuple[str, dt.date], ...] = ()
    upcoming: tuple[tuple[str, dt.date], ...] = ()

    @property
    def display_name(self) -> str:
        """The name that a citizen reads."""
        return self.plain_name or self.name

    @property
    def fees(self) -> tuple[Fee, ...]:
        """The fees of all channels."""
        return tuple(fee for channel in self.channels for fee in channel.fees)

    def source_of(self, group: str) -> Source | None:
        """The source of a group of facts, or of the whole record.

        Fees that have none of their own are those of the channels.
        """
        known = dict(self.sources)
        return next((known[name] for name in _wider(group) if name in known), self.source)

    def is_known_on(self, group: str, day: dt.date) -> bool:
        """Whether the sources tell of a group of facts for a day.

        What was first read on some day may have been otherwise before, unless the source
        itself says from when it holds.
        """
        since = self.dates_of(group).effective_from or self.known_from
        return since is None or since <= day

    def dates_of(self, group: str) -> Dates:
        """The days on which a group of facts holds, or the whole record.

        Fees with a source of their own do not end with the channels.
        """
        known = dict(self.dates)
        sourced = {name for name, _ in self.sources if name in FEE_GROUPS}
        for name in _wider(group):
            if name in known:
                return known[name]
            if name in sourced:
                return OPEN
        return self.effective


def fee_group(kind: str) -> str:
    """The name that the fees of one kind of channel have among the groups."""
    return f"{FEES}.{kind}"


def _wider(group: str) -> tuple[str, ...]:
    """The group, then those that it is a part of."""
    if group == FEES:
        return (FEES, "channels")
    return (group, FEES, "channels") if group in FEE_GROUPS else (group,)


FEE_GROUPS = (FEES, *(fee_group(kind) for kind in CHANNEL_KINDS))
# Attributes that are taken from one layer or the other as a whole.
FACT_GROUPS = (
    "plain_name",
    "local_code",
    "subject",
    "agency",
    "service_level",
    "online",
    "online_payment",
    "places",
    "documents",
    "channels",
    "cases",
    "forms",
    "steps",
    "result",
    "conditions",
    "legal_basis",
    "mistakes",
    "differs_from",
)
# How far a procedure is done online: the province has lists of these.
FLAGS = ("service_level", "online", "online_payment")
# Groups that may have a source and days of their own in a record.
ORIGIN_GROUPS = (*FACT_GROUPS, *FEE_GROUPS)
