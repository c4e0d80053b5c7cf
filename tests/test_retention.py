"""Retention: everything goes when its time has come, and a citizen's when they ask for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from bot import database, retention
from bot.dossiers import audit, notices, one_time_codes, subscriptions
from bot.dossiers import tables as t
from bot.dossiers.model import Asker, Dossier
from bot.settings import Settings, settings
from bot.staff.tables import staff_audit
from bot.support import handover_talk, handovers, hotline_store, ratings, tickets
from bot.support.handover import REQUEST, Summary
from bot.support.tables import (
    answer_ratings,
    hotline_deliveries,
    hotline_screens,
)
from bot.support.tables import handovers as handovers_table
from bot.support.tables import tickets as tickets_table
from tests.databases import at_the_same_time

pytest_plugins = ("tests.databases",)

NOW = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)
CODE = "H48.16-230512-0003"

TABLES = (
    t.lookup_failures,
    t.one_time_codes,
    t.lookup_audit,
    t.subscriptions,
    t.notices,
    tickets_table,
    answer_ratings,
    handovers_table,
    staff_audit,
    hotline_deliveries,
    hotline_screens,
)
# What rows are counted as, where it is not their table's name.
COUNTED_AS = {"answer_ratings": "ratings"}
COUNTED = tuple(COUNTED_AS.get(table.name, table.name) for table in TABLES)
# Messages of the sender for development are files (tests/dossiers/test_sms.py).
# Those of payments are counted, too; tests/payments/test_orders.py has rows of them.
OF_PAYMENTS = ("payment_orders", "payment_messages")
NOTHING = dict.fromkeys((*COUNTED, *OF_PAYMENTS, "sms_files"), 0)

# Every row names what it is by `mark`; the rest is what its table demands.
DEMANDED: dict[str, dict[str, Any]] = {
    "lookup_failures": {"kind": "session"},
    "one_time_codes": {"dossier_hash": "x", "code_hash": "x", "expires_at": NOW},
    "lookup_audit": {
        "channel": "web", "address_hash": "", "subject_hash": "x", "way": "digits",
        "outcome": "shown",
    },
    "subscriptions": {"channel": "web", "dossier_code": CODE},
    "notices": {"channel": "web", "dossier_code": CODE, "status": "Có kết quả"},
    "tickets": {"kind": "late_dossier", "session_hash": "x", "channel": "web", "state": "closed"},
    "answer_ratings": {"session_hash": "x", "rating": "good", "channel": "web"},
    "handovers": {
        "channel": "web", "state": "closed", "reason": "request", "priority": 2, "opened_at": NOW,
    },
    "staff_audit": {"action": "claim"},
    "hotline_deliveries": {"message_id": "m", "body_hash": "x", "pages": "x"},
    "hotline_screens": {"screen": "x"},
}  # fmt: skip
MARKS = {
    "lookup_failures": "key_hash",
    "one_time_codes": "session_hash",
    "lookup_audit": "session_hash",
    "subscriptions": "session",
    "notices": "session",
    "tickets": "code",
    "answer_ratings": "message_id",
    "handovers": "session",
    "staff_audit": "name",
    "hotline_deliveries": "sender",
    "hotline_screens": "sender",
}


def put(table: sa.Table, mark: str, **values: object) -> None:
    row = {MARKS[table.name]: mark, **DEMANDED[table.name], **values}
    with database.begin() as connection:
        connection.execute(sa.insert(table).values(row))


def marks(table: sa.Table) -> list[str]:
    with database.connect() as connection:
        column = table.c[MARKS[table.name]]
        return sorted(connection.execute(sa.select(column)).scalars())


def fill() -> None:
    """Of each kind one row that is just old enough to go and one that is not."""
    for name, late in (("goes", -SECOND), ("stays", SECOND)):
        put(t.lookup_failures, name, failed_at=NOW - DAY + late)
        put(t.one_time_codes, name, made_at=NOW - DAY + late)
        put(t.lookup_audit, name, tried_at=NOW - 365 * DAY + late)
        long_ago, month_ago = NOW - 100 * DAY, NOW - 30 * DAY
        put(t.subscriptions, name, consented_at=long_ago, ended_at=month_ago + late)
        put(t.subscriptions, f"{name} by itself", consented_at=NOW - 210 * DAY + late)
        put(t.notices, name, made_at=long_ago, delivered_at=month_ago + late)
        put(t.notices, f"{name} untold", made_at=NOW - 180 * DAY + late)
        put(tickets_table, name, made_at=NOW - 999 * DAY, closed_at=NOW - 365 * DAY + late)
        put(answer_ratings, name, made_at=NOW - 365 * DAY + late)
        put(handovers_table, name, closed_at=month_ago + late)
        put(staff_audit, name, at=NOW - 365 * DAY + late)
        put(hotline_deliveries, name, made_at=NOW - DAY + late)
        put(hotline_screens, name, changed_at=NOW - DAY + late)
    put(handovers_table, "stays open", opened_at=long_ago, state="waiting")
    put(tickets_table, "stays open", made_at=NOW - 999 * DAY, state="open")
    with database.begin() as connection:
        values = {"code": CODE, "imported_at": NOW - 999 * DAY}
        connection.execute(sa.insert(t.dossiers).values(values))


GONE = {
    **dict.fromkeys(NOTHING, 1),
    **dict.fromkeys(OF_PAYMENTS, 0),
    "subscriptions": 2,
    "notices": 2,
    "sms_files": 0,
}


@pytest.mark.usefixtures("either_database")
def test_what_is_older_than_its_time_goes_and_the_rest_stays() -> None:
    fill()
    assert retention.purge(NOW) == GONE
    assert {table.name: marks(table) for table in TABLES} == {
        "lookup_failures": ["stays"],
        "one_time_codes": ["stays"],
        "lookup_audit": ["stays"],
        "subscriptions": ["stays", "stays by itself"],
        "notices": ["stays", "stays untold"],
        "tickets": ["stays", "stays open"],
        "answer_ratings": ["stays"],
        "handovers": ["stays", "stays open"],
        "staff_audit": ["stays"],
        "hotline_deliveries": ["stays"],
        "hotline_screens": ["stays"],
    }
    with database.connect() as connection:
        assert connection.execute(sa.select(t.dossiers.c.code)).scalars().all() == [CODE]
    assert retention.purge(NOW) == NOTHING


def test_a_dry_run_counts_and_deletes_nothing(database_ready: Settings) -> None:
    fill()
    before = {table.name: marks(table) for table in TABLES}
    assert retention.purge(NOW, dry_run=True) == GONE
    assert {table.name: marks(table) for table in TABLES} == before


def test_how_long_audit_tickets_and_ratings_stay_is_a_setting(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(t.lookup_audit, "tried", tried_at=NOW - 10 * DAY)
    put(tickets_table, "closed", made_at=NOW - 50 * DAY, closed_at=NOW - 10 * DAY)
    put(answer_ratings, "rated", made_at=NOW - 10 * DAY)
    assert retention.purge(NOW) == NOTHING
    monkeypatch.setenv("BOT_KEEP_AUDIT_DAYS", "9")
    settings.cache_clear()
    assert retention.purge(NOW) == {**NOTHING, "lookup_audit": 1}
    monkeypatch.setenv("BOT_KEEP_TICKETS_DAYS", "9")
    settings.cache_clear()
    assert retention.purge(NOW) == {**NOTHING, "tickets": 1}
    monkeypatch.setenv("BOT_KEEP_RATINGS_DAYS", "9")
    settings.cache_clear()
    assert retention.purge(NOW) == {**NOTHING, "ratings": 1}


@pytest.mark.usefixtures("either_database")
def test_purges_at_the_same_time_do_each_other_no_harm() -> None:
    fill()
    at_the_same_time(lambda: retention.purge(NOW), times=4)
    assert retention.purge(NOW) == NOTHING
    assert marks(t.subscriptions) == ["stays", "stays by itself"]


def leave_traces(session: str) -> dict[str, tickets.Ticket]:
    """Everything that a conversation may leave; its tickets by what became of them."""
    asker = Asker(session, "web")
    dossier = Dossier(CODE, "Đang xử lý", "Nguồn thử", NOW.date())
    subscriptions.subscribe(session, "web", dossier, NOW)
    put(t.notices, session, made_at=NOW)
    put(t.notices, session, made_at=NOW, delivered_at=NOW)
    one_time_codes.make(CODE, asker, NOW)
    for outcome in (audit.REFUSED, audit.SHOWN):
        audit.record(asker, f"subject {session[-3:]}", audit.DIGITS, outcome, NOW)
    closed, open_one = (
        tickets.open_ticket("late_dossier", session, "web", f"{what} của {session}", CODE, NOW)
        for what in ("Phiếu đóng", "Phiếu mở")
    )
    tickets.close(closed.code, NOW)
    for what in ("good", "bad"):
        more = {"comment": f"Ý của {session}", "question": f"{session} hỏi"}
        ratings.rate(session, f"{what}-answer", what, **more, channel="web", now=NOW)
    talk = handovers.open_handover(session, "hotline", REQUEST, Summary(f"Việc của {session}"))
    handover_talk.hear(talk, f"{session} nhắn", "m1")
    hotline_store.claim(session, "m1", "x", NOW)
    hotline_store.finish(session, "m1", "pages", "screen", NOW)
    return {"closed": closed, "open": open_one}


def rows_that_hold(*texts: str) -> dict[str, int]:
    """Rows of each table of the database in which one of the texts stands, where there are any."""
    found = {}
    with database.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()
            count = sum(any(text in str(tuple(row)) for text in texts) for row in rows)
            if count:
                found[name] = count
    return found


@pytest.mark.usefixtures("either_database")
def test_a_conversation_is_erased_and_no_other() -> None:
    of_one, of_two = leave_traces("session-one"), leave_traces("session-two")
    expected = {"subscriptions": 1, "notices": 2, "tickets": 2, "answer_ratings": 2}
    expected |= {"handovers": 1, "handover_messages": 1}
    expected |= {"hotline_deliveries": 1, "hotline_screens": 1}
    assert rows_that_hold("session-one") == expected
    assert retention.erase_session("session-one") == {
        "subscriptions": 1,
        "notices": 2,
        "one_time_codes": 1,
        "lookup_audit_kept": 2,
        "tickets": 1,
        "tickets_kept": 1,
        "ratings": 2,
        "payment_orders_kept": 0,
        "handovers": 1,
        "hotline_deliveries": 1,
        "hotline_screens": 1,
    }
    # The text of the ticket that somebody works on, and who was shown what.
    assert rows_that_hold("session-one", "subject one") == {
        "tickets": 1,
        "lookup_audit": 2,
    }
    assert tickets.find(of_one["open"].code, "session-one") == of_one["open"]
    tickets.close(of_one["open"].code, NOW)
    assert rows_that_hold("session-one") == {}
    assert rows_that_hold("session-two") == expected
    assert notices.pending("session-two") != []
    assert [item.question for item in ratings.find()] == ["session-two hỏi"] * 2
    assert tickets.find(of_two["open"].code, "session-two") == of_two["open"]


def test_erasing_what_left_nothing_says_so(database_ready: Settings) -> None:
    assert retention.erase_session("nobody") == {
        "subscriptions": 0,
        "notices": 0,
        "one_time_codes": 0,
        "lookup_audit_kept": 0,
        "tickets": 0,
        "tickets_kept": 0,
        "ratings": 0,
        "payment_orders_kept": 0,
        "handovers": 0,
        "hotline_deliveries": 0,
        "hotline_screens": 0,
    }


def test_erasing_does_not_make_a_guesser_new(database_ready: Settings) -> None:
    put(t.lookup_failures, "x", failed_at=NOW)
    retention.erase_session("x")
    assert marks(t.lookup_failures) == ["x"]
