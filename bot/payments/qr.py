"""QR orders: a code for the exact fee of a dossier, good for some minutes.

The sum is the one that the procedures system told of a dossier whose owner was verified, and the
account stands in the signed list: nothing that was written in a talk becomes part of a code.
Whether a transfer came, only the bank and the office know: an order is never marked as paid here.
Times are UTC, without a zone; `now` is the time, for tests.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot import clock, database
from bot.payments import beneficiaries, qr_reference, vietqr
from bot.payments.beneficiary import Beneficiary
from bot.payments.marks import session_hash
from bot.payments.tables import orders
from bot.settings import settings

WAY = "qr"
OPEN = "open"
# A fee that is paid, or perhaps paid, must not be asked for again.
_SETTLED = ("paid", "disputed", "refunding")
MOST_OPEN = 5
# As of the tables' columns: a dossier without a code has no order.
_LONGEST_CODE = 64

_COLUMN = orders.c


class QrGone(LookupError):
    """There was such an order, and its code must not be used any more."""


@dataclass(frozen=True)
class QrOrder:
    """A code that may be used until `expires_at`; `amount` in đồng, `payload` what is drawn."""

    reference: str
    dossier_code: str
    amount: int
    beneficiary: Beneficiary
    expires_at: dt.datetime

    @property
    def payload(self) -> str:
        """The text of the code."""
        to = self.beneficiary
        return vietqr.payload(to.bank_bin, to.account, self.amount, self.reference)

    @property
    def token(self) -> str:
        """What stands in the page's address; who has it sees the page."""
        return qr_reference.token(self.reference)

    @property
    def path(self) -> str:
        """The page's path below `BOT_PUBLIC_URL`."""
        return f"/pay/qr/{self.token}"

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{settings().public_url}{self.path}"


def offer(
    dossier_code: str, agency: str, amount: int, session: str, now: dt.datetime | None = None
) -> QrOrder | None:
    """An order for what is left to pay of a dossier, or None: then no code is offered.

    Asked again in the same conversation while the order is open, it is the same one. None is
    returned while QR codes are off or their list cannot be used, if the agency has no beneficiary,
    if this sum of the dossier was settled in another way, or if `MOST_OPEN` other orders of the
    conversation are open.

    Args:
        dossier_code: of a dossier that the asker has proven to own.
        agency: which the dossier names; it decides who receives the fee.
        amount: `Dossier.fee_unpaid`, in đồng, as the procedures system tells it.
        session: the conversation.

    Raises:
        TypeError: the amount is no integer.
        ValueError: the amount is not positive or more than a code can carry, or there is no code
            of a dossier.
        bot.database.DatabaseUnavailable: the database is down; nothing was kept.
    """
    if type(amount) is not int:
        raise TypeError("An amount is an integer.")
    if not 1 <= len(dossier_code) <= _LONGEST_CODE:
        raise ValueError("A QR order needs the code of a dossier.")
    now = now or dt.datetime.utcnow()
    to = beneficiaries.beneficiary_for(agency, clock.in_vietnam(now).date())
    if to is None:
        return None
    until = now + dt.timedelta(minutes=settings().qr_minutes)
    order = QrOrder(qr_reference.draw(), dossier_code, amount, to, until)
    # What a code cannot carry is refused before anything is kept.
    vietqr.Transfer(to.bank_bin, to.account, amount, order.reference)
    return _known_or_kept(order, session_hash(session), now)


def _known_or_kept(order: QrOrder, session: str, now: dt.datetime) -> QrOrder | None:
    own = (_COLUMN.way == WAY, _COLUMN.session_hash == session)
    is_open = (_COLUMN.state == OPEN, _COLUMN.expires_at > now)
    with database.begin() as connection:
        # Two messages of one conversation at the same time get one order.
        database.queue_up(connection, [session])
        same_fee = (_COLUMN.dossier_code == order.dossier_code, _COLUMN.amount == order.amount)
        settled = sa.select(_COLUMN.reference).where(*same_fee, _COLUMN.state.in_(_SETTLED))
        if connection.execute(settled).first():
            return None
        found = connection.execute(sa.select(orders).where(*own, *is_open)).all()
        for row in found:
            is_same = (row.dossier_code, row.amount) == (order.dossier_code, order.amount)
            if is_same and row.beneficiary == order.beneficiary.key:
                return _order(row, order.beneficiary)
        if len(found) >= MOST_OPEN:
            return None
        connection.execute(sa.insert(orders).values(_values(order, session, now)))
    return order


def _values(order: QrOrder, session: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "reference": order.reference,
        "way": WAY,
        "dossier_code": order.dossier_code,
        "amount": order.amount,
        "beneficiary": order.beneficiary.key,
        "session_hash": session,
        "state": OPEN,
        "made_at": now,
        "expires_at": order.expires_at,
        "changed_at": now,
    }


def find(token: str, now: dt.datetime | None = None) -> QrOrder | None:
    """The order of a page; None if there is none, or QR codes are off.

    Raises:
        QrGone: it has expired or ended, or its beneficiary is not in the list any more.
        bot.database.DatabaseUnavailable: the database is down.
    """
    reference = qr_reference.reference_of(token)
    if reference is None or not beneficiaries.are_set():
        return None
    now = now or dt.datetime.utcnow()
    this = (_COLUMN.reference == reference, _COLUMN.way == WAY)
    with database.connect() as connection:
        row = connection.execute(sa.select(orders).where(*this)).first()
    if row is None:
        return None
    to = beneficiaries.beneficiary(row.beneficiary, clock.in_vietnam(now).date())
    if row.state != OPEN or row.expires_at <= now or to is None:
        raise QrGone(reference)
    return _order(row, to)


def _order(row: Any, to: Beneficiary) -> QrOrder:
    return QrOrder(row.reference, row.dossier_code, row.amount, to, row.expires_at)
