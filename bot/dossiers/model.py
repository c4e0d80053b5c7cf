"""Dossiers (hồ sơ) as every gateway hands them over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# For so many seconds nothing is proven anew, and what was shown stays: a telephone may be put down
# on a table.
PROVEN_FOR = 30 * 60


class GatewayUnavailable(RuntimeError):
    """The procedures system cannot be asked right now, or what it answers makes no sense."""


@dataclass(frozen=True)
class Dossier:
    """What a verified asker may read: never a name, telephone, identity number or address.

    `code` is in its official spelling. `status` is the text that the source writes; what it means
    tells `bot.dossiers.statuses`. `procedure_code` is the national one; unknown texts are empty,
    unknown days None. `fee_unpaid` is in đồng, None if the source does not tell. `delivery` says
    how the result is received. `checked_on` is the day on which the source said all this.
    """

    code: str
    status: str
    source_title: str
    checked_on: dt.date
    procedure_code: str = ""
    procedure_name: str = ""
    agency: str = ""
    note: str = ""
    received_on: dt.date | None = None
    due_on: dt.date | None = None
    finished_on: dt.date | None = None
    returned_on: dt.date | None = None
    fee_unpaid: int | None = None
    delivery: str = ""


@dataclass(frozen=True)
class NumberHashes:
    """Keyed hashes of the applicant's numbers (`verification`); empty where one is unknown."""

    phone: str = ""
    phone_tail: str = ""
    identity: str = ""
    identity_tail: str = ""


@dataclass(frozen=True)
class Record:
    """A dossier with what an asker is verified by: numbers in clear never leave a gateway."""

    dossier: Dossier
    numbers: NumberHashes


@dataclass(frozen=True)
class Asker:
    """Who looks a dossier up: conversation, channel, and keyed hash of the network address.

    `address` is empty for a direct connection from this machine, to which no limit of addresses
    applies (interfaces: HTTP).
    """

    session: str
    channel: str = ""
    address: str = ""
