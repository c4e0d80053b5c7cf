"""Polls: one question for each dossier, one notice for each change and subscriber."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from bot import database
from bot.database import DatabaseUnavailable
from bot.dossiers import notices, subscriptions
from bot.dossiers import tables as t
from bot.dossiers.gateway import DossierGateway
from bot.dossiers.local_gateway import LocalGateway
from bot.dossiers.model import Dossier, GatewayUnavailable, NumberHashes, Record
from bot.dossiers.notices import Notice
from bot.dossiers.poll import MOST_FAILURES, PARALLEL, Report, poll
from bot.settings import Settings
from tests.databases import at_the_same_time

pytest_plugins = ("tests.databases",)

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ONE, TWO = "H48.16-230512-0001", "H48.16-230512-0002"
# Of `statuses.yml`: the second and the last mean something new, the last is final.
BEFORE, AFTER, LAST = "Đang xử lý", "Có kết quả", "Đã trả kết quả"


def dossier(code: str, status: str) -> Dossier:
    return Dossier(code, status, "Nguồn thử", NOON.date())


@dataclass
class FakeGateway(DossierGateway):
    """Statuses by code; an exception instead of a status is raised."""

    statuses: Mapping[str, str | Exception]
    answer_seconds: float = 0
    asked: list[str] = field(default_factory=list)
    now_asked: int = 0
    most_asked_at_once: int = 0

    async def by_code(self, code: str) -> Record | None:
        self.asked.append(code)
        self.now_asked += 1
        self.most_asked_at_once = max(self.most_asked_at_once, self.now_asked)
        await asyncio.sleep(0.001)
        self.now_asked -= 1
        status = self.statuses.get(code)
        if isinstance(status, Exception):
            raise status
        return None if status is None else Record(dossier(code, status), NumberHashes())

    async def by_person(self, phone: str, identity_number: str) -> list[Record]:
        raise NotImplementedError


def run(statuses: Mapping[str, str | Exception], now: dt.datetime = NOON + HOUR) -> Report:
    return asyncio.run(poll(FakeGateway(statuses), now=now))


def subscribe(session: str, *codes: str, at: dt.datetime = NOON) -> None:
    for code in codes:
        assert subscriptions.subscribe(session, "web", dossier(code, BEFORE), at) is True


def all_notices() -> list[tuple[str, str, str]]:
    column = t.notices.c
    with database.connect() as connection:
        query = sa.select(column.session, column.dossier_code, column.status).order_by(column.id)
        return [tuple(row) for row in connection.execute(query)]


def all_subscriptions() -> list[tuple[object, ...]]:
    column = t.subscriptions.c
    columns = (column.session, column.last_status, column.checked_at, column.ended_at)
    with database.connect() as connection:
        query = sa.select(*columns).order_by(column.id)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.usefixtures("either_database")
def test_a_change_is_one_notice_for_each_subscriber_from_one_question() -> None:
    subscribe("a", ONE, TWO)
    subscribe("b", ONE)
    gateway = FakeGateway({ONE: AFTER, TWO: BEFORE})
    report = asyncio.run(poll(gateway, now=NOON + HOUR))
    assert report == Report(checked=2, changed=1)
    assert sorted(gateway.asked) == [ONE, TWO]
    assert all_notices() == [("a", ONE, AFTER), ("b", ONE, AFTER)]
    assert all_subscriptions() == [
        ("a", AFTER, NOON + HOUR, None),
        ("a", BEFORE, NOON + HOUR, None),
        ("b", AFTER, NOON + HOUR, None),
    ]
    assert notices.pending("b") == [Notice(2, "b", "web", ONE, AFTER, NOON + HOUR)]


@pytest.mark.usefixtures("either_database")
def test_what_has_been_found_is_not_found_again() -> None:
    subscribe("a", ONE)
    changed = [run({ONE: s}, NOON + h * HOUR).changed for h, s in enumerate([BEFORE, AFTER, AFTER])]
    assert changed == [0, 1, 0]
    assert run({ONE: BEFORE}, NOON + 3 * HOUR) == Report(checked=1, changed=1)
    assert all_notices() == [("a", ONE, AFTER), ("a", ONE, BEFORE)]


@pytest.mark.usefixtures("either_database")
def test_rounds_at_the_same_time_make_no_second_notice() -> None:
    for session in ("a", "b", "c"):
        subscribe(session, ONE, TWO)
    reports = at_the_same_time(lambda: run({ONE: AFTER, TWO: LAST}), times=4)
    assert sum(report.changed for report in reports) == 2
    assert [report.failed for report in reports] == [0] * 4
    assert sorted(all_notices()) == sorted(
        (session, code, status)
        for session in ("a", "b", "c")
        for code, status in ((ONE, AFTER), (TWO, LAST))
    )


def test_an_answer_that_was_asked_for_earlier_does_not_turn_a_later_one_back(
    database_ready: Settings,
) -> None:
    subscribe("a", ONE)
    assert run({ONE: AFTER}, NOON + 2 * HOUR).changed == 1
    assert run({ONE: BEFORE}, NOON + HOUR).changed == 0
    assert all_subscriptions() == [("a", AFTER, NOON + 2 * HOUR, None)]


def test_after_the_last_status_the_subscription_ends(database_ready: Settings) -> None:
    subscribe("a", ONE)
    assert run({ONE: LAST}) == Report(checked=1, changed=1)
    assert all_notices() == [("a", ONE, LAST)]
    assert all_subscriptions() == [("a", LAST, NOON + HOUR, NOON + HOUR)]
    assert run({ONE: BEFORE}, NOON + 2 * HOUR) == Report()


def test_a_last_status_that_was_known_ends_the_subscription_without_a_notice(
    database_ready: Settings,
) -> None:
    subscriptions.subscribe("a", "web", dossier(ONE, LAST), NOON)
    assert run({ONE: LAST}) == Report(checked=1)
    assert all_notices() == []
    assert all_subscriptions() == [("a", LAST, NOON + HOUR, NOON + HOUR)]


@pytest.mark.parametrize("written", ["ĐANG XỬ LÝ", " Đang xử lý ", "Đang giải quyết", ""])
def test_other_words_of_the_same_meaning_and_no_words_are_no_change(
    database_ready: Settings, written: str
) -> None:
    subscribe("a", ONE)
    assert run({ONE: written}) == Report(checked=1)
    assert all_notices() == []
    assert all_subscriptions() == [("a", written.strip() or BEFORE, NOON + HOUR, None)]


def test_a_status_that_nobody_knows_is_told_as_it_is_written(database_ready: Settings) -> None:
    subscribe("a", ONE)
    for hours, status in ((1, "Luân chuyển Q7"), (2, "Luân chuyển Q8")):
        assert run({ONE: status}, NOON + hours * HOUR) == Report(checked=1, changed=1)
    assert all_notices() == [("a", ONE, "Luân chuyển Q7"), ("a", ONE, "Luân chuyển Q8")]


def test_a_dossier_that_the_gateway_does_not_know_is_left_as_it_is(
    database_ready: Settings,
) -> None:
    subscribe("a", ONE)
    assert run({}) == Report(unknown=1)
    assert all_notices() == []
    assert all_subscriptions() == [("a", BEFORE, NOON + HOUR, None)]
    assert run({ONE: AFTER}, NOON + 2 * HOUR) == Report(checked=1, changed=1)


def test_who_has_unsubscribed_is_not_told(database_ready: Settings) -> None:
    subscribe("a", ONE)
    subscribe("b", ONE)
    subscriptions.end("a", now=NOON)
    assert run({ONE: AFTER}) == Report(checked=1, changed=1)
    assert all_notices() == [("b", ONE, AFTER)]


def test_subscriptions_of_half_a_year_ago_are_ended(database_ready: Settings) -> None:
    subscribe("a", ONE)
    subscribe("b", TWO, at=NOON + DAY)
    now = NOON + 180 * DAY
    assert run({ONE: AFTER, TWO: AFTER}, now) == Report(checked=1, changed=1)
    assert all_notices() == [("b", TWO, AFTER)]
    assert all_subscriptions() == [("a", BEFORE, None, now), ("b", AFTER, now, None)]


def codes(number: int) -> list[str]:
    return [f"H48.16-230512-{n:04}" for n in range(1, number + 1)]


def test_a_few_are_asked_for_at_a_time(database_ready: Settings) -> None:
    many = codes(30)
    for number, code in enumerate(many):
        subscribe(f"session-{number}", code)
    gateway = FakeGateway(dict.fromkeys(many, AFTER))
    assert asyncio.run(poll(gateway, now=NOON + HOUR)) == Report(checked=30, changed=30)
    assert sorted(gateway.asked) == many
    assert gateway.most_asked_at_once == PARALLEL


def test_a_gateway_that_is_down_ends_the_round_and_nothing_is_lost(
    database_ready: Settings,
) -> None:
    many = codes(30)
    for number, code in enumerate(many):
        subscribe(f"session-{number}", code)
    gateway = FakeGateway(dict.fromkeys(many, GatewayUnavailable("down")))
    report = asyncio.run(poll(gateway, now=NOON + HOUR))
    asked = len(gateway.asked)
    # Those that were under way when the third one failed are waited for.
    assert MOST_FAILURES <= asked < MOST_FAILURES + PARALLEL
    assert report == Report(failed=asked, left=30 - asked)
    assert all_notices() == []
    # The next round begins with those that this one left, and finds all.
    gateway.asked, gateway.statuses = [], dict.fromkeys(many, AFTER)
    assert asyncio.run(poll(gateway, now=NOON + 2 * HOUR)) == Report(checked=30, changed=30)
    assert gateway.asked[: 30 - asked] == many[asked:]
    assert len(all_notices()) == 30


def test_failures_that_are_not_in_a_row_do_not_end_the_round(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dossiers.poll.PARALLEL", 1)
    many = codes(2 * MOST_FAILURES)
    for number, code in enumerate(many):
        subscribe(f"session-{number}", code)
    answers: dict[str, str | Exception] = dict.fromkeys(many, AFTER)
    answers |= dict.fromkeys(many[::2], GatewayUnavailable("down"))
    assert run(answers) == Report(
        checked=MOST_FAILURES, changed=MOST_FAILURES, failed=MOST_FAILURES
    )


def test_an_odd_record_keeps_nobody_else_from_being_told(
    database_ready: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe("a", ONE)
    subscribe("b", TWO)
    with caplog.at_level(logging.DEBUG, "bot"):
        report = run({ONE: KeyError("0905111222"), TWO: AFTER})
    assert report == Report(checked=1, changed=1, failed=1)
    assert all_notices() == [("b", TWO, AFTER)]
    assert caplog.messages == ["A dossier could not be polled: KeyError"]


def test_the_gateways_database_may_be_down_as_well(database_ready: Settings) -> None:
    subscribe("a", ONE)
    assert run({ONE: DatabaseUnavailable("down")}) == Report(failed=1)
    assert all_subscriptions() == [("a", BEFORE, NOON + HOUR, None)]


def test_nobody_is_asked_when_nobody_has_subscribed(database_ready: Settings) -> None:
    gateway = FakeGateway({})
    assert asyncio.run(poll(gateway, now=NOON)) == Report()
    assert gateway.asked == []


def test_connected_citizens_are_told_at_once(database_ready: Settings) -> None:
    subscribe("connected", ONE)
    subscribe("away", ONE)
    told: list[tuple[str, str, str]] = []

    async def tell(notice: Notice) -> bool:
        if notice.session == "connected":
            told.append((notice.session, notice.dossier_code, notice.status))
        return notice.session == "connected"

    asyncio.run(poll(FakeGateway({ONE: AFTER}), tell, NOON + HOUR))
    assert told == [("connected", ONE, AFTER)]
    assert notices.pending("connected") == []
    assert [notice.status for notice in notices.pending("away")] == [AFTER]


def test_dossiers_of_the_local_database_are_polled(database_ready: Settings) -> None:
    values = {"code": ONE, "status": AFTER, "imported_at": NOON}
    with database.begin() as connection:
        connection.execute(sa.insert(t.dossiers).values(values))
    subscribe("a", ONE, TWO)
    report = asyncio.run(poll(LocalGateway(), now=NOON + HOUR))
    assert report == Report(checked=1, changed=1, unknown=1)
    assert all_notices() == [("a", ONE, AFTER)]
