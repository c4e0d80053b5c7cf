"""QR orders: who is offered a code, for what, how often and how long. On both databases."""

from __future__ import annotations

import datetime as dt
import inspect
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import database, settings
from bot.payments import qr, qr_reference, vietqr
from bot.payments.marks import keyed_hash, session_hash
from bot.payments.qr import MOST_OPEN, QrGone, QrOrder, find, offer
from bot.payments.tables import orders
from bot.support.citizens import session_hash as ticket_hash
from tests.databases import at_the_same_time
from tests.payments.beneficiary_lists import (
    AGENCY,
    ENTRY,
    OTHER_AGENCY,
    entry,
    signed,
    switch_on,
    write,
)

pytest_plugins = ("tests.databases",)

CODE, FEE = "H48.16-261112-0003", 25_000
NOON = dt.datetime.fromisoformat("2026-11-30T05:00:00")  # UTC without zone; 12:00 in Vietnam
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def file(either_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good list that the settings name."""
    path = write(tmp_path / "beneficiaries.json", signed(ENTRY))
    switch_on(monkeypatch, path)
    return path


def rows() -> list[dict[str, Any]]:
    with database.connect() as connection:
        found = connection.execute(sa.select(orders).order_by(orders.c.made_at))
        return [dict(row._mapping) for row in found]


def offered(
    code: str = CODE, amount: int = FEE, session: str = "one", now: dt.datetime = NOON
) -> QrOrder:
    order = offer(code, AGENCY, amount, session, now)
    assert order is not None
    return order


def settle(reference: str, state: str) -> None:
    with database.begin() as connection:
        update = sa.update(orders).where(orders.c.reference == reference)
        connection.execute(update.values(state=state))


def test_a_fee_gets_a_code_to_the_agencys_account(file: Path) -> None:
    order = offered()
    to = order.beneficiary
    assert (to.key, to.name, to.account) == ("justice", ENTRY["name"], ENTRY["account"])
    assert order.expires_at == NOON + 30 * MINUTE
    assert qr_reference.is_reference(order.reference)
    assert vietqr.parse(order.payload) == vietqr.Transfer(
        "970436", "0271000123456", 25_000, order.reference
    )
    assert order.path == f"/pay/qr/{order.token}"
    assert order.url == f"http://127.0.0.1:5005{order.path}"
    assert find(order.token, NOON) == order


def test_what_is_kept_names_nobody(file: Path) -> None:
    order = offered(session="session-of-a-citizen")
    (row,) = rows()
    assert len(row.pop("session_hash")) == 64
    assert row == {
        "reference": order.reference,
        "way": "qr",
        "dossier_code": CODE,
        "amount": FEE,
        "beneficiary": "justice",
        "state": "open",
        "gateway_number": "",
        "made_at": NOON,
        "expires_at": NOON + 30 * MINUTE,
        "paid_at": None,
        "paid_twice": False,
        "changed_at": NOON,
    }


def test_asked_again_it_is_the_same_order(file: Path) -> None:
    order = offered()
    assert offered(now=NOON + 29 * MINUTE) == order
    assert len(rows()) == 1


def test_after_its_time_another_one_is_made(file: Path) -> None:
    order = offered()
    other = offered(now=NOON + 30 * MINUTE)
    assert other.reference != order.reference
    assert other.expires_at == NOON + 60 * MINUTE


@pytest.mark.parametrize(
    "changes", [{"amount": FEE + 1}, {"code": "H48.16-261112-0004"}, {"session": "two"}]
)
def test_another_fee_dossier_or_conversation_has_another_order(
    file: Path, changes: dict[str, Any]
) -> None:
    assert offered().reference != offered(**changes).reference
    assert len(rows()) == 2


def test_the_time_is_a_setting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_QR_MINUTES", "5")
    settings.settings.cache_clear()
    assert offered().expires_at == NOON + 5 * MINUTE


def test_a_conversation_has_few_open_orders(file: Path) -> None:
    made = [offered(amount=FEE + n) for n in range(MOST_OPEN)]
    assert offer(CODE, AGENCY, FEE + MOST_OPEN, "one", NOON) is None
    # Those that are open are still shown, and others are not kept from theirs.
    assert offered(amount=FEE) == made[0]
    assert offered(session="two").amount == FEE
    assert offered(amount=FEE + MOST_OPEN, now=NOON + 30 * MINUTE).amount == FEE + MOST_OPEN


def test_many_at_the_same_time_get_one_order(file: Path) -> None:
    found = at_the_same_time(offered, 8)
    assert len({order.reference for order in found}) == 1
    assert len(rows()) == 1


def test_an_agency_without_beneficiary_gets_no_code(file: Path) -> None:
    for agency in (OTHER_AGENCY, ""):
        assert offer(CODE, agency, FEE, "one", NOON) is None
    assert rows() == []


def test_without_a_list_there_are_no_codes_and_no_pages(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = offered()
    monkeypatch.setenv("BOT_QR_BENEFICIARIES", "")
    settings.settings.cache_clear()
    assert offer(CODE, AGENCY, FEE, "one", NOON) is None
    assert find(order.token, NOON) is None


def test_a_list_that_was_tampered_with_ends_all_codes(file: Path) -> None:
    order = offered()
    forged = file.read_text(encoding="utf-8").replace(ENTRY["account"], "0999000123456")
    file.write_text(forged, encoding="utf-8")
    assert offer(CODE, AGENCY, FEE, "one", NOON) is None
    assert offer(CODE, AGENCY, FEE + 1, "two", NOON) is None
    with pytest.raises(QrGone):
        find(order.token, NOON)


def test_the_account_is_always_that_of_the_list(file: Path) -> None:
    order = offered()
    write(file, signed(entry(account="0271000999999")))
    again = find(order.token, NOON)
    assert again is not None
    assert vietqr.parse(again.payload).account == "0271000999999"
    assert offered() == again


def test_an_order_of_another_beneficiary_is_not_offered_again(file: Path) -> None:
    order = offered()
    write(file, signed(entry(key="treasury")))
    other = offered()
    assert (other.beneficiary.key, other.reference != order.reference) == ("treasury", True)
    with pytest.raises(QrGone):
        find(order.token, NOON)


def test_days_of_the_list_are_those_of_vietnam(file: Path) -> None:
    write(file, signed(entry(valid_to="2026-11-30")))
    last = dt.datetime.fromisoformat("2026-11-30T16:59:59")
    assert offer(CODE, AGENCY, FEE, "one", last) is not None
    assert offer(CODE, AGENCY, FEE, "two", last + dt.timedelta(seconds=1)) is None


@pytest.mark.parametrize("state", ["paid", "disputed", "refunding"])
def test_a_fee_that_may_be_paid_is_not_asked_for_again(file: Path, state: str) -> None:
    settle(offered().reference, state)
    for session in ("one", "two"):
        assert offer(CODE, AGENCY, FEE, session, NOON) is None
    assert offered(amount=FEE + 1).amount == FEE + 1


@pytest.mark.parametrize("state", ["failed", "expired", "refunded"])
def test_a_fee_that_is_still_owed_gets_a_new_code(file: Path, state: str) -> None:
    order = offered()
    settle(order.reference, state)
    assert offered().reference != order.reference


def test_a_page_ends_with_its_order(file: Path) -> None:
    order = offered()
    assert find(order.token, NOON + 30 * MINUTE - dt.timedelta(microseconds=1)) == order
    with pytest.raises(QrGone):
        find(order.token, NOON + 30 * MINUTE)
    settle(order.reference, "paid")
    with pytest.raises(QrGone):
        find(order.token, NOON)


def test_there_is_no_page_of_an_order_of_another_kind(file: Path) -> None:
    order = offered()
    with database.begin() as connection:
        connection.execute(sa.update(orders).values(way="gateway"))
    assert find(order.token, NOON) is None
    assert find(qr_reference.token(qr_reference.draw()), NOON) is None
    assert find(order.reference, NOON) is None


@pytest.mark.parametrize("amount", ["25000", 25000.0, True, None])
def test_only_integers_are_sums(file: Path, amount: Any) -> None:
    with pytest.raises(TypeError, match="an integer"):
        offer(CODE, AGENCY, amount, "one", NOON)
    assert rows() == []


@pytest.mark.parametrize("amount", [0, -1, 10**13])
def test_sums_that_no_code_carries_are_refused(file: Path, amount: int) -> None:
    with pytest.raises(ValueError, match="no sum from 1 to"):
        offer(CODE, AGENCY, amount, "one", NOON)
    assert rows() == []


@pytest.mark.parametrize("code", ["", "x" * 65])
def test_an_order_has_a_dossier(file: Path, code: str) -> None:
    with pytest.raises(ValueError, match="code of a dossier"):
        offer(code, AGENCY, FEE, "one", NOON)


def test_no_function_takes_a_text_for_a_sum() -> None:
    public = (vietqr.payload, offer)
    found = [inspect.signature(function).parameters["amount"].annotation for function in public]
    assert found == ["int", "int"]
    assert qr.QrOrder.__annotations__["amount"] == "int"


def test_a_database_that_is_down_keeps_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(order: QrOrder, session: str, now: dt.datetime) -> dict[str, Any]:
        return {**kept(order, session, now), "state": None}

    kept = qr._values
    monkeypatch.setattr(qr, "_values", fail)
    with pytest.raises(database.DatabaseUnavailable):
        offer(CODE, AGENCY, FEE, "one", NOON)
    assert rows() == []


def test_marks_of_payments_are_their_own() -> None:
    assert session_hash("one") == session_hash("one")
    assert len({session_hash("one"), session_hash("two"), ticket_hash("one", "ticket"),
                keyed_hash("qr-page", "one")}) == 4  # fmt: skip
    assert len(session_hash("\ud800")) == 64
