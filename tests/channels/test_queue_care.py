"""What happens in the queue by itself: each citizen is told once, and nobody's words are lost."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from typing import Any

import pytest

from bot import clock, wording
from bot.channels import handover_delivery, queue_care
from bot.database import DatabaseUnavailable
from bot.rendering.moments import moment_text
from bot.sealing import seal
from bot.settings import settings
from bot.support import handover as h
from bot.support import handover_talk, handovers, promises, ticket, tickets
from bot.support.handover import Handover, Summary
from tests.talks import (
    HOUR,
    LEASE,
    MINUTE,
    SECOND,
    held,
    known,
    opened,
    put_on_duty,
    race,
    sealed,
    take_the_database_away,
)

pytest_plugins = ("tests.databases",)

# UTC: 09:00 on a Monday, and 19:00.
MORNING = dt.datetime.fromisoformat("2026-07-20T02:00:00")
EVENING = dt.datetime.fromisoformat("2026-07-20T12:00:00")
LONG = 10 * MINUTE


@pytest.fixture(autouse=True)
def nobody_delivers(database_ready: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover_delivery, "_WAKERS", [])


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Looks after the queue at a moment (UTC), which is the present for all."""

    def at(now: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: clock.in_vietnam(now))
        queue_care.look_after(now)

    return at


def words(response: str, channel: str = "web", /, **values: object) -> str:
    return wording.text("handover", f"utter_handover_{response}", channel).format(**values)


def told(session: str = "one") -> list[str]:
    return [line.text for line in handover_talk.undelivered(session)]


def waits(session: str, place: int | None, **more: Any) -> Handover:
    talk = opened(session, more.pop("now", MORNING), **more)
    if place is not None:
        handovers.note_told(talk.id, place)
    return known(talk)


def promised(now: dt.datetime) -> str:
    return moment_text(promises.due(clock.in_vietnam(now)))


@pytest.mark.usefixtures("either_database")
def test_who_waits_again_because_an_operator_is_gone_is_told_the_old_place(look: Any) -> None:
    talk = held(now=MORNING)
    waits("later", 1, now=MORNING + MINUTE)
    look(MORNING + LEASE)
    assert told() == []
    for _ in range(2):
        look(MORNING + LEASE + SECOND)
    assert told() == [words("vanished", name="Cán bộ an", place=1)]
    assert known(talk).state == h.WAITING
    # Another one's place became worse: that is not told.
    assert told("later") == []


@pytest.mark.usefixtures("either_database")
def test_places_that_move_up_are_told_once(look: Any) -> None:
    first, *_ = (waits(name, place + 1) for place, name in enumerate(("a", "b", "c")))
    look(MORNING)
    assert told("b") == told("c") == []
    handovers.end(first.id, h.LEFT)
    for _ in range(2):
        look(MORNING)
    assert told("b") == [words("place", place=1)]
    assert told("c") == [words("place", place=2)]


def test_a_place_that_became_worse_is_not_told(look: Any) -> None:
    waits("a", 1)
    urgent = waits("b", 1, reason=h.DANGER)
    look(MORNING)
    handovers.claim(urgent.id, "an", "An", MORNING)
    look(MORNING)
    assert told("a") == []


def test_a_place_that_becomes_better_a_second_time_is_told_again(look: Any) -> None:
    first = waits("a", None)
    talk = waits("b", 2)
    handovers.claim(first.id, "an", "An", MORNING)
    look(MORNING)
    assert told("b") == [words("place", place=1)]
    # An urgent talk comes, and the citizen hears of it by writing.
    urgent = waits("c", None, reason=h.DANGER)
    handovers.note_told(talk.id, 2)
    handovers.claim(urgent.id, "ba", "Ba", MORNING)
    look(MORNING + SECOND)
    assert told("b") == [words("place", place=1)] * 2


def test_who_was_told_no_place_is_told_none(look: Any) -> None:
    waits("a", None)
    look(MORNING)
    assert told("a") == []


def test_desks_move_up_by_themselves(look: Any) -> None:
    line, desk = waits("a", 2), waits("b", 2, desk="Sở Y tế")
    waits("before", None, now=MORNING - MINUTE)
    look(MORNING)
    assert told("b") == [words("place", place=1)]
    assert (told("a"), known(line).told_place, known(desk).told_place) == ([], 2, 1)


@pytest.mark.usefixtures("either_database")
def test_a_long_wait_is_told_once_with_a_way_out(look: Any) -> None:
    put_on_duty()
    waits("one", 1)
    look(MORNING + LONG)
    assert told() == []
    late = MORNING + LONG + SECOND
    for _ in range(3):
        look(late)
    (line,) = handover_talk.undelivered("one")
    assert line.text == words("long", due=promised(late))
    assert [button["payload"] for button in line.buttons] == [
        '/request_human{"aspect": "leave_message"}', '/request_human{"aspect": "call_back"}',
        "/cancel",
    ]  # fmt: skip
    assert handovers.listed(h.WAITING)[0].told_long
    assert tickets.listed() == []


def test_who_waits_long_still_moves_up(look: Any) -> None:
    first = waits("a", 1)
    waits("b", 2)
    late = MORNING + LONG + SECOND
    look(late)
    handovers.end(first.id, h.LEFT)
    look(late)
    assert told("b") == [words("long", due=promised(late)), words("place", place=1)]


def test_how_long_is_long_is_a_setting(look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SUPPORT_WAIT_MINUTES", "3")
    settings.cache_clear()
    waits("one", 1)
    look(MORNING + 3 * MINUTE)
    assert told() == []
    look(MORNING + 3 * MINUTE + SECOND)
    assert len(told()) == 1


@pytest.mark.usefixtures("either_database")
def test_at_the_end_of_the_hours_a_talk_becomes_a_ticket(look: Any) -> None:
    summary = Summary(need="Làm lại khai sinh", procedure_name="Đăng ký lại khai sinh")
    talk = handovers.open_handover(
        "one", "web", h.REQUEST, summary, desk="Sở Tư pháp",
        earlier=[(h.CITIZEN, "Câu cũ", MORNING)], now=EVENING - MINUTE,
    )  # fmt: skip
    handover_talk.hear(talk, "Giấy bị cháy", "m1")
    handover_talk.say(talk, "Đã chuyển", "m1-place", delivered=True)
    handover_talk.hear(talk, "Gọi số ••••••••••", "m2", [{"value": "sealed"}])
    for _ in range(2):
        look(EVENING)
    (made,) = tickets.listed()
    assert (made.kind, made.channel, made.agency) == (ticket.MESSAGE, "web", "Sở Tư pháp")
    assert made.text.split("\n") == [
        "Làm lại khai sinh", "Đăng ký lại khai sinh", "Giấy bị cháy", "Gọi số ••••••••••",
    ]  # fmt: skip
    assert made.due_at == promises.due(clock.in_vietnam(EVENING))
    # Four hours from the next morning on.
    assert moment_text(made.due_at).startswith("11 giờ thứ ba, ngày 21/07/2026")
    assert tickets.find(made.code, "one") == made
    assert told() == [words("ticket", code=made.code, due=promised(EVENING))]
    after = known(talk)
    assert (after.state, after.close_reason, after.closed_at) == (h.CLOSED, h.TICKET, EVENING)
    assert sealed() == []


def test_who_asked_for_a_person_and_said_nothing_else_gets_a_ticket(look: Any) -> None:
    waits("one", 1, now=EVENING)
    look(EVENING)
    (made,) = tickets.listed()
    assert made.text == "?"
    assert len(told()) == 1


def test_a_caller_of_the_hotline_can_be_called_back(look: Any) -> None:
    waits("one", 1, now=EVENING, channel="hotline", reply_to=seal("84905111222", "one"))
    waits("two", 1, now=EVENING, channel="zalo", reply_to=seal("1246845883529197922", "two"))
    look(EVENING)
    made = {one.channel: one.has_contact for one in tickets.listed()}
    # A name at Zalo is no telephone number.
    assert made == {"hotline": True, "zalo": False}


def test_a_denunciation_that_becomes_a_ticket_is_for_supervisors_only(look: Any) -> None:
    waits("one", 1, now=EVENING, reason=h.DENUNCIATION, need="Tố cáo cán bộ")
    look(EVENING)
    assert [made.kind for made in tickets.listed()] == [ticket.DENUNCIATION]


@pytest.mark.usefixtures("either_database")
def test_who_is_still_on_duty_goes_on_after_the_hours_for_a_while(look: Any) -> None:
    put_on_duty("an")
    put_on_duty("ba", desk="Sở Y tế")
    waits("one", 1, now=EVENING)
    waits("desk", 1, now=EVENING, desk="Sở Y tế")
    waits("alone", 1, now=EVENING, desk="Sở Tư pháp")
    look(EVENING + LONG)
    assert [talk.session for talk in handovers.listed(h.WAITING)] == ["one", "desk"]
    assert [made.agency for made in tickets.listed()] == ["Sở Tư pháp"]
    look(EVENING + LONG + SECOND)
    assert handovers.listed(h.WAITING) == []
    assert len(tickets.listed()) == 3


def test_a_talk_that_somebody_has_goes_on_after_the_hours(look: Any) -> None:
    talk = held(now=EVENING - HOUR)
    handovers.renew("an", EVENING)
    look(EVENING)
    assert known(talk).state == h.HELD
    assert tickets.listed() == []


def test_within_the_hours_nobody_becomes_a_ticket(look: Any) -> None:
    talk = waits("one", 1)
    look(MORNING + HOUR)
    assert known(talk).state == h.WAITING
    assert tickets.listed() == []


@pytest.mark.usefixtures("either_database")
def test_workers_who_look_at_once_do_everything_once(look: Any) -> None:
    held("gone", "an", EVENING - HOUR)
    for number in range(3):
        waits(f"waits-{number}", number + 1, now=EVENING - MINUTE, need="a")
    found = race([functools.partial(look, EVENING)] * 5)
    assert found == [None] * 5
    assert len(tickets.listed()) == 4
    for number in range(3):
        assert len(told(f"waits-{number}")) == 1
    assert len(told("gone")) == 2


def test_who_may_open_no_more_tickets_is_told_what_else_to_do(look: Any) -> None:
    for number in range(tickets.MOST_PER_HOUR):
        tickets.open_ticket("message", "one", "web", f"{number}")
    talk = waits("one", 1, now=EVENING)
    look(EVENING)
    assert known(talk).state == h.CLOSED
    assert told() == [words("closed", due=promised(EVENING))]
    assert len(tickets.listed()) == tickets.MOST_PER_HOUR


def test_what_was_said_is_not_lost_if_the_ticket_cannot_be_made(
    look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits("one", 1, now=EVENING, need="Làm lại khai sinh")

    def down(*_: Any, **__: Any) -> None:
        raise DatabaseUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(tickets, "open_ticket", down)
        with pytest.raises(DatabaseUnavailable):
            look(EVENING)
    assert told() == []
    # A little later the database is back.
    look(EVENING + 2 * LEASE)
    assert [made.text for made in tickets.listed()] == ["Làm lại khai sinh"]
    assert len(told()) == 1


def test_a_talk_that_is_taken_just_then_stays_its_operators(
    look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = waits("one", 1, now=EVENING)
    count = handovers.places

    def taken_meanwhile() -> dict[int, int]:
        handovers.claim(talk.id, "an", "An", EVENING)
        return count()

    monkeypatch.setattr(handovers, "places", taken_meanwhile)
    look(EVENING)
    assert (known(talk).state, known(talk).claimed_by) == (h.HELD, "an")
    assert told() == []


def test_care_looks_at_the_present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SUPPORT_HOURS", "always")
    settings.cache_clear()
    talk = held(now=dt.datetime.utcnow() - HOUR)
    asyncio.run(queue_care.care())
    assert known(talk).state == h.WAITING


def test_a_database_that_is_down_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    take_the_database_away(monkeypatch)
    with pytest.raises(DatabaseUnavailable):
        asyncio.run(queue_care.care())
