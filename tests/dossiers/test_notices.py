"""Notices: each is told once, whoever tells it, and none is lost when telling fails."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers import notices
from bot.dossiers import tables as t
from bot.dossiers.notices import Notice
from bot.settings import Settings
from tests.databases import at_the_same_time
from tests.dossiers.files import CODE

pytest_plugins = ("tests.databases",)

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
FIRST, SECOND = "Đã phê duyệt", "Có kết quả"


def put(session: str, *statuses: str, at: dt.datetime = NOON) -> list[Notice]:
    """New notices of one conversation, as they are read."""
    known = {notice.id for notice in notices.pending(session)}
    with database.begin() as connection:
        for status in statuses:
            values = {"session": session, "dossier_code": CODE, "status": status, "made_at": at}
            connection.execute(sa.insert(t.notices).values(channel="web", **values))
    return [notice for notice in notices.pending(session) if notice.id not in known]


def delivered() -> list[tuple[int, dt.datetime | None]]:
    with database.connect() as connection:
        query = sa.select(t.notices.c.id, t.notices.c.delivered_at).order_by(t.notices.c.id)
        return [tuple(row) for row in connection.execute(query)]


class Citizens:
    """Tells those who are connected, and remembers what."""

    def __init__(self, *connected: str) -> None:
        self.connected = connected
        self.told: list[Notice] = []

    async def tell(self, notice: Notice) -> bool:
        if notice.session not in self.connected:
            return False
        self.told.append(notice)
        return True


def test_pending_ones_are_those_of_the_conversation_that_were_not_told(
    database_ready: Settings,
) -> None:
    one = put("one", FIRST, SECOND)
    put("two", FIRST)
    assert [(n.session, n.channel, n.dossier_code, n.status, n.made_at) for n in one] == [
        ("one", "web", CODE, FIRST, NOON),
        ("one", "web", CODE, SECOND, NOON),
    ]
    notices.mark_delivered([one[0].id], NOON + HOUR)
    assert notices.pending("one") == one[1:]
    assert notices.pending("nobody") == []


@pytest.mark.usefixtures("either_database")
def test_what_is_claimed_is_nobody_elses_until_given_back() -> None:
    one = put("one", FIRST, SECOND)
    two = put("two", FIRST)
    assert notices.claim("one", NOON + HOUR) == one
    assert notices.claim("one", NOON + HOUR) == []
    assert notices.pending("one") == []
    assert delivered() == [(one[0].id, NOON + HOUR), (one[1].id, NOON + HOUR), (two[0].id, None)]
    notices.give_back([one[1].id])
    assert notices.claim("one", NOON + 2 * HOUR) == one[1:]
    assert notices.pending("two") == two


@pytest.mark.usefixtures("either_database")
def test_of_several_who_claim_at_once_one_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    one = put("one", FIRST, SECOND)
    set_delivered = notices._set_delivered

    def slowly(*arguments: Any) -> None:
        time.sleep(0.05)  # all others have read meanwhile, if they may
        set_delivered(*arguments)

    monkeypatch.setattr(notices, "_set_delivered", slowly)
    claimed = at_the_same_time(lambda: notices.claim("one", NOON), times=4)
    assert sorted(claimed, key=len) == [[]] * 3 + [one]


def test_nothing_to_give_back_is_no_fault(database_ready: Settings) -> None:
    one = put("one", FIRST)
    notices.give_back([])
    notices.mark_delivered([], NOON)
    assert notices.pending("one") == one


def test_who_is_connected_is_told_in_order_and_others_later(database_ready: Settings) -> None:
    one, two = put("one", FIRST, SECOND), put("two", FIRST)
    citizens = Citizens("one")
    assert asyncio.run(notices.deliver(citizens.tell, NOON)) == 2
    assert citizens.told == one
    assert notices.pending("one") == []
    assert notices.pending("two") == two
    citizens.connected = ("one", "two")
    assert asyncio.run(notices.deliver(citizens.tell, NOON)) == 1
    assert citizens.told == [*one, *two]


def test_old_ones_are_not_offered_but_wait(database_ready: Settings) -> None:
    old = put("one", FIRST, at=NOON - DAY - HOUR)
    citizens = Citizens("one")
    assert asyncio.run(notices.deliver(citizens.tell, NOON)) == 0
    assert citizens.told == []
    new = put("one", SECOND, at=NOON - HOUR)
    assert asyncio.run(notices.deliver(citizens.tell, NOON)) == 2
    assert citizens.told == [*old, *new]


def test_who_comes_back_is_told_all_of_theirs_however_old(database_ready: Settings) -> None:
    one = put("one", FIRST, at=NOON - 100 * DAY) + put("one", SECOND)
    two = put("two", FIRST)
    citizens = Citizens("one", "two")
    assert asyncio.run(notices.deliver_to("one", citizens.tell, NOON)) == 2
    assert asyncio.run(notices.deliver_to("one", citizens.tell, NOON)) == 0
    assert citizens.told == one
    assert notices.pending("two") == two


def test_a_failure_to_tell_keeps_the_rest_and_is_logged_without_words(
    database_ready: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = put("one", FIRST, SECOND), put("two", FIRST)
    told: list[Notice] = []

    async def tell(notice: Notice) -> bool:
        if notice.status == SECOND:
            raise ConnectionError(f"{notice.session}: {notice.dossier_code}")
        told.append(notice)
        return True

    with caplog.at_level(logging.DEBUG, "bot"):
        assert asyncio.run(notices.deliver(tell, NOON)) == 2
    assert told == [one[0], two[0]]
    assert notices.pending("one") == one[1:]
    assert caplog.messages == ["A notice could not be told: ConnectionError"]


def test_a_server_that_stops_while_telling_loses_nothing(database_ready: Settings) -> None:
    one = put("one", FIRST, SECOND)

    async def stopped_at_the_second() -> None:
        reached = asyncio.Event()

        async def tell(notice: Notice) -> bool:
            if notice.status == SECOND:
                reached.set()
                await asyncio.sleep(60)
            return True

        work = asyncio.ensure_future(notices.deliver(tell, NOON))
        await reached.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(stopped_at_the_second())
    assert notices.pending("one") == one[1:]


def test_a_server_that_stops_while_claiming_loses_nothing(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = put("one", FIRST)
    claimed, may_go_on = threading.Event(), threading.Event()
    claim = notices.claim

    def slow_claim(session: str, now: dt.datetime | None = None) -> list[Notice]:
        found = claim(session, now)
        claimed.set()
        assert may_go_on.wait(timeout=10)
        return found

    monkeypatch.setattr(notices, "claim", slow_claim)

    async def stopped() -> None:
        work = asyncio.ensure_future(notices.deliver(Citizens("one").tell, NOON))
        assert await asyncio.to_thread(claimed.wait, 10)
        work.cancel()
        may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(stopped())
    assert notices.pending("one") == one
