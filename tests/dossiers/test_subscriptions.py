"""Subscriptions: consent is kept once, for a limited time, and ends when the citizen says so."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers import notices, subscriptions
from bot.dossiers import tables as t
from bot.dossiers.model import Dossier
from bot.dossiers.subscriptions import Subscription, TooManySubscriptions
from bot.settings import Settings
from tests.databases import at_the_same_time
from tests.dossiers.files import CODE

pytest_plugins = ("tests.databases",)

OTHER = "H48.16-230512-0004"
NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def dossier(code: str = CODE, status: str = "Đang xử lý") -> Dossier:
    return Dossier(code, status, "Nguồn thử", NOON.date())


def kept(session: str = "one", code: str = CODE, at: dt.datetime = NOON) -> Subscription:
    return Subscription(session, "web", code, "Đang xử lý", at)


def put_notice(session: str, code: str) -> None:
    with database.begin() as connection:
        values = {"channel": "web", "status": "Có kết quả", "made_at": NOON}
        row = {"session": session, "dossier_code": code, **values}
        connection.execute(sa.insert(t.notices).values(row))


def all_rows() -> list[tuple[object, ...]]:
    column = t.subscriptions.c
    with database.connect() as connection:
        query = sa.select(column.session, column.dossier_code, column.ended_at).order_by(column.id)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.usefixtures("either_database")
def test_consent_is_kept_with_its_time_and_the_status_that_the_citizen_knows() -> None:
    assert subscriptions.subscribe("one", "web", dossier(), NOON) is True
    assert subscriptions.of_session("one", NOON) == [kept()]
    assert subscriptions.of_session("two", NOON) == []


@pytest.mark.usefixtures("either_database")
def test_who_has_subscribed_does_not_do_so_twice() -> None:
    assert subscriptions.subscribe("one", "web", dossier(), NOON) is True
    assert subscriptions.subscribe("one", "web", dossier(status="Khác"), NOON + HOUR) is False
    assert subscriptions.subscribe("one", "web", dossier(OTHER), NOON + HOUR) is True
    assert subscriptions.subscribe("two", "web", dossier(), NOON + HOUR) is True
    assert subscriptions.active(NOON + HOUR) == [
        kept(),
        kept(code=OTHER, at=NOON + HOUR),
        kept("two", at=NOON + HOUR),
    ]


@pytest.mark.usefixtures("either_database")
def test_subscribing_from_several_pages_at_once_keeps_one() -> None:
    brought = at_the_same_time(lambda: subscriptions.subscribe("one", "web", dossier(), NOON))
    assert sorted(brought) == [False] * 7 + [True]
    assert subscriptions.active(NOON) == [kept()]


def test_a_conversation_has_a_limited_number_of_active_ones(database_ready: Settings) -> None:
    codes = [f"H48.16-230512-{n:04}" for n in range(1, subscriptions.MOST_ACTIVE + 1)]
    for code in codes:
        assert subscriptions.subscribe("one", "web", dossier(code), NOON) is True
    one_more = dossier("H48.16-230512-0999")
    with pytest.raises(TooManySubscriptions):
        subscriptions.subscribe("one", "web", one_more, NOON)
    assert [item.dossier_code for item in subscriptions.of_session("one", NOON)] == codes
    assert subscriptions.subscribe("two", "web", one_more, NOON) is True
    assert subscriptions.end("one", codes[0], NOON) == 1
    assert subscriptions.subscribe("one", "web", one_more, NOON) is True


@pytest.mark.usefixtures("either_database")
def test_one_or_all_of_a_conversation_are_ended_and_no_others() -> None:
    for session in ("one", "two"):
        for code in (CODE, OTHER):
            subscriptions.subscribe(session, "web", dossier(code), NOON)
    assert subscriptions.end("one", CODE, NOON + HOUR) == 1
    assert subscriptions.end("one", CODE, NOON + HOUR) == 0
    assert subscriptions.of_session("one", NOON + HOUR) == [kept(code=OTHER)]
    assert subscriptions.end("two", now=NOON + 2 * HOUR) == 2
    assert all_rows() == [
        ("one", CODE, NOON + HOUR),
        ("one", OTHER, None),
        ("two", CODE, NOON + 2 * HOUR),
        ("two", OTHER, NOON + 2 * HOUR),
    ]
    assert subscriptions.end("nobody", now=NOON) == 0


def test_who_ends_a_subscription_is_not_told_what_was_pending(database_ready: Settings) -> None:
    for session in ("one", "two"):
        for code in (CODE, OTHER):
            put_notice(session, code)
    notices.mark_delivered([notices.pending("one")[0].id], NOON)
    subscriptions.end("one", OTHER, NOON)
    assert notices.pending("one") == []
    subscriptions.end("two", now=NOON)
    assert notices.pending("two") == []
    with database.connect() as connection:
        left = connection.execute(sa.select(t.notices.c.session, t.notices.c.dossier_code)).all()
    assert [tuple(row) for row in left] == [("one", CODE)]  # told long ago


def test_after_ending_one_may_subscribe_anew(database_ready: Settings) -> None:
    subscriptions.subscribe("one", "web", dossier(), NOON)
    subscriptions.end("one", now=NOON + HOUR)
    assert subscriptions.subscribe("one", "web", dossier(), NOON + 2 * HOUR) is True
    assert subscriptions.active(NOON + 2 * HOUR) == [kept(at=NOON + 2 * HOUR)]


def test_a_subscription_ends_by_itself_after_half_a_year(database_ready: Settings) -> None:
    subscriptions.subscribe("one", "web", dossier(), NOON)
    later = NOON + 180 * DAY
    assert subscriptions.active(later - HOUR) == [kept()]
    assert subscriptions.active(later) == []
    assert subscriptions.end("one", now=later) == 0
    assert subscriptions.subscribe("one", "web", dossier(), later) is True
    assert subscriptions.of_session("one", later) == [kept(at=later)]
