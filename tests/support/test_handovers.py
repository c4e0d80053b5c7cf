"""Hand-overs: one for a conversation, answered in order, had by one operator under a lease."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.database import DatabaseUnavailable
from bot.settings import Settings, settings
from bot.support import handover as h
from bot.support import handover_rows, handover_talk, handovers
from bot.support.handover import Handover, HandoverRefused, Summary, Taken
from tests.talks import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    NOON,
    SECOND,
    held,
    known,
    opened,
    rows,
    sealed,
    take_the_database_away,
)

pytest_plugins = ("tests.databases",)

SUMMARY = Summary(
    need="Làm lại giấy khai sinh",
    procedure_code="1.004884",
    procedure_name="Đăng ký lại khai sinh",
    tried=("documents", "fee"),
    missed=2,
    dossiers=("H48.16-260512-0003",),
)


def sessions(state: str = h.WAITING, desks: tuple[str, ...] | None = None) -> list[str]:
    return [talk.session for talk in handovers.listed(state, desks)]


def test_a_summary_is_stored_and_read_whole() -> None:
    assert Summary.from_json(SUMMARY.to_json()) == SUMMARY
    assert (Summary().to_json(), Summary.from_json(""), Summary.from_json("{}")) == (
        "{}", Summary(), Summary(),
    )  # fmt: skip


@pytest.mark.usefixtures("either_database")
def test_a_talk_is_put_into_the_queue_with_what_was_said_before() -> None:
    earlier = [
        (h.CITIZEN, "Gọi 0905111222 giúp", NOON - MINUTE),
        (h.BOT, "Anh/chị cần gì?\x00", NOON - 30 * SECOND),
    ]
    talk = handovers.open_handover(
        "one",
        "zalo",
        h.REQUEST,
        SUMMARY,
        reply_to="x",
        desk="Sở Tư pháp",
        earlier=earlier,
        now=NOON,
    )
    assert talk == Handover(
        talk.id, "one", "zalo", h.WAITING, h.REQUEST, 2, NOON,
        desk="Sở Tư pháp", summary=SUMMARY, reply_to="x",
    )  # fmt: skip
    assert talk == handovers.active("one") == handovers.find(talk.id)
    lines = handover_talk.read(talk.id)
    assert [(line.author, line.text, line.at, line.delivered_at) for line in lines] == [
        (h.CITIZEN, "Gọi •••••••••• giúp", NOON - MINUTE, NOON - MINUTE),
        (h.BOT, "Anh/chị cần gì?", NOON - 30 * SECOND, NOON - 30 * SECOND),
    ]
    assert all(line.earlier and not line.has_sealed for line in lines)
    assert handover_talk.waiting_talks(NOON) == []
    # Its own pages have that already.
    assert handover_talk.of_session("one") == []


@pytest.mark.usefixtures("either_database")
def test_a_conversation_is_handed_over_once_at_a_time() -> None:
    first = opened(need="a", earlier=[(h.CITIZEN, "a", NOON)])
    assert opened(now=NOON + HOUR, need="b", earlier=[(h.CITIZEN, "b", NOON)]) == first
    assert rows() == (1, 1)
    handovers.end(first.id, h.LEFT)
    assert handovers.active("one") is None
    second = opened(now=NOON + HOUR, need="b")
    assert second.id != first.id
    assert second.summary.need == "b"
    assert [talk.id for talk in handovers.of_session("one")] == [first.id, second.id]
    assert handovers.of_session("two") == []


@pytest.mark.usefixtures("either_database")
def test_a_talk_that_becomes_urgent_moves_up_and_never_back() -> None:
    opened("before", NOON - HOUR)
    talk = opened()
    for reason in (h.DENUNCIATION, h.DANGER, h.REQUEST, h.DENUNCIATION, h.MISSED):
        opened(reason=reason)
    after = known(talk)
    # A denunciation stays one, with all the care that is taken of it.
    assert (after.reason, after.priority, after.opened_at) == (h.DENUNCIATION, 0, NOON)
    assert sessions() == ["one", "before"]


@pytest.mark.usefixtures("either_database")
def test_one_that_is_held_stays_with_its_operator_when_it_becomes_urgent() -> None:
    talk = held()
    after = opened(reason=h.DANGER)
    assert (after.state, after.claimed_by, after.claim, after.reason) == (
        h.HELD, "an", talk.claim, h.DANGER,
    )  # fmt: skip


def test_one_that_ends_while_it_becomes_urgent_is_put_into_the_queue_anew(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened()
    look = handovers.active

    def ended_meanwhile(session: str) -> Handover | None:
        found = look(session)
        handovers.end(first.id, h.LEFT)
        return found

    monkeypatch.setattr(handovers, "active", ended_meanwhile)
    talk = opened(reason=h.DANGER)
    assert (talk.id != first.id, talk.state, talk.reason) == (True, h.WAITING, h.DANGER)


@pytest.mark.usefixtures("either_database")
def test_the_urgent_are_answered_first_and_then_the_oldest() -> None:
    opened("asked late", NOON + 4 * MINUTE)
    opened("missed", NOON + MINUTE, reason=h.MISSED)
    opened("asked", NOON + 2 * MINUTE)
    opened("denounces", NOON + 3 * MINUTE, reason=h.DENUNCIATION)
    opened("in danger", NOON + 5 * MINUTE, reason=h.DANGER)
    opened("same moment", NOON + 4 * MINUTE)
    assert sessions() == [
        "in danger", "denounces", "missed", "asked", "asked late", "same moment",
    ]  # fmt: skip


@pytest.mark.usefixtures("either_database")
def test_each_desk_has_a_queue_of_its_own() -> None:
    line = [opened(name, NOON + n * MINUTE) for n, name in enumerate(("a", "b", "c"))]
    desk = [opened(name, NOON - n * MINUTE, desk="Sở Y tế") for n, name in enumerate(("d", "e"))]
    assert [handovers.place(talk) for talk in line] == [1, 2, 3]
    assert [handovers.place(talk) for talk in desk] == [2, 1]
    assert handovers.places() == {talk.id: handovers.place(talk) for talk in (*line, *desk)}
    assert sessions(desks=("",)) == ["a", "b", "c"]
    assert sessions(desks=("Sở Y tế",)) == ["e", "d"]
    assert sessions(desks=("", "Sở Y tế")) == ["e", "a", "d", "b", "c"]
    assert sessions(desks=()) == []
    handovers.claim(line[0].id, "an", "An", NOON)
    handovers.end(desk[1].id, h.LEFT)
    assert [handovers.place(talk) for talk in line[1:]] == [1, 2]
    assert handovers.place(desk[0]) == 1
    assert sessions(h.HELD) == ["a"]
    assert sessions(h.CLOSED) == ["e"]


@pytest.mark.usefixtures("either_database")
def test_an_operator_takes_a_talk_under_a_lease() -> None:
    talk = opened()
    handovers.note_told(talk.id, 3)
    claimed = handovers.claim(talk.id, "an", "Nguyễn Văn An", NOON + MINUTE)
    assert claimed == known(talk)
    assert (claimed.state, claimed.claimed_by, claimed.claimed_name, claimed.claim) == (
        h.HELD, "an", "Nguyễn Văn An", 1,
    )  # fmt: skip
    assert (claimed.lease_until, claimed.told_place) == (NOON + MINUTE + LEASE, None)
    # A second press is no other claim.
    assert handovers.claim(talk.id, "an", "Nguyễn Văn An", NOON + 2 * MINUTE).claim == 1
    with pytest.raises(Taken):
        handovers.claim(talk.id, "ba", "Ba", NOON + MINUTE)
    assert known(talk).claimed_by == "an"


@pytest.mark.usefixtures("either_database")
def test_what_is_closed_or_was_never_there_is_not_taken() -> None:
    talk = opened()
    handovers.end(talk.id, h.LEFT)
    for number, why in ((talk.id, "closed"), (talk.id + 1, "no such talk")):
        with pytest.raises(HandoverRefused, match=why) as refused:
            handovers.claim(number, "an", "An")
        assert not isinstance(refused.value, Taken)
    assert handovers.find(talk.id + 1) is None


@pytest.mark.usefixtures("either_database")
def test_an_operator_has_a_few_talks_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SUPPORT_TALKS_PER_OPERATOR", "2")
    settings.cache_clear()
    first, _, third = (opened(name) for name in ("a", "b", "c"))
    for talk in handovers.listed()[:2]:
        handovers.claim(talk.id, "an", "An", NOON)
    with pytest.raises(HandoverRefused, match="as many talks"):
        handovers.claim(third.id, "an", "An", NOON)
    assert known(third).state == h.WAITING
    assert handovers.claim(third.id, "ba", "Ba", NOON).claimed_by == "ba"
    fourth = opened("d")
    handovers.close(first.id, "an", 1, h.SOLVED)
    assert handovers.claim(fourth.id, "an", "An", NOON).claimed_by == "an"


@pytest.mark.usefixtures("either_database")
def test_a_talk_that_is_given_back_keeps_its_place_and_what_was_said() -> None:
    talk = held()
    handover_talk.hear(talk, "Em cần gấp", "m1")
    later = opened("later", NOON + MINUTE)
    back = handovers.give_back(talk.id, "an", 1)
    assert (back.state, back.claimed_by, back.claimed_name, back.lease_until) == (
        h.WAITING, "", "", None,
    )  # fmt: skip
    assert (back.opened_at, back.claim) == (NOON, 1)
    assert [handovers.place(one) for one in (back, later)] == [1, 2]
    again = handovers.claim(talk.id, "an", "An", NOON + HOUR)
    assert again.claim == 2
    assert [line.text for line in handover_talk.read(talk.id)] == ["Em cần gấp"]


@pytest.mark.usefixtures("either_database")
def test_a_talk_is_sent_to_the_queue_of_another_desk() -> None:
    waits = opened("waits there", NOON + MINUTE, desk="Sở Y tế")
    long_there = opened("waits long there", NOON - MINUTE, desk="Sở Y tế")
    talk = held()
    sent = handovers.transfer(talk.id, "an", 1, "Sở Y tế")
    assert (sent.state, sent.desk, sent.claimed_by) == (h.WAITING, "Sở Y tế", "")
    # Nobody is sent to the end of the queue for having been at the wrong desk.
    assert [handovers.place(one) for one in (long_there, sent, waits)] == [1, 2, 3]
    assert sessions(desks=("",)) == []
    with pytest.raises(Taken):
        handovers.transfer(talk.id, "an", 1, "Sở Tư pháp")
    again = handovers.claim(talk.id, "ba", "Ba", NOON)
    assert handovers.transfer(talk.id, "ba", again.claim, "").desk == ""


@pytest.mark.usefixtures("either_database")
def test_nobody_acts_on_anothers_talk_or_under_an_earlier_claim() -> None:
    talk = held()
    handovers.give_back(talk.id, "an", 1)
    handovers.claim(talk.id, "an", "An", NOON)
    before = known(talk)
    for name, number in (("an", 1), ("an", 3), ("ba", 2), ("", 2)):
        for act in (
            lambda name, number: handovers.give_back(talk.id, name, number),
            lambda name, number: handovers.transfer(talk.id, name, number, "Sở Y tế"),
            lambda name, number: handovers.close(talk.id, name, number, h.SOLVED),
        ):
            with pytest.raises(Taken):
                act(name, number)
    assert known(talk) == before
    with pytest.raises(HandoverRefused, match="no such talk"):
        handovers.give_back(talk.id + 1, "an", 2)


@pytest.mark.usefixtures("either_database")
def test_nobody_acts_on_a_talk_that_nobody_has() -> None:
    talk = opened()
    for name in ("", "an"):
        with pytest.raises(Taken):
            handovers.close(talk.id, name, 0, h.SOLVED)
    assert known(talk) == talk


@pytest.mark.usefixtures("either_database")
@pytest.mark.parametrize("reason", [*h.BY_OPERATOR, h.RETURNED])
def test_an_operator_closes_a_talk_and_what_was_sealed_is_gone(reason: str) -> None:
    talk, other = held(), held("two", "ba")
    for one in (talk, other):
        handover_talk.hear(one, "Số em ••••", "m1", [{"value": "sealed number"}])
    closed = handovers.close(talk.id, "an", 1, reason, " Đã gọi 0905111222\x00 ", NOON + HOUR)
    assert closed == known(talk)
    assert (closed.state, closed.close_reason, closed.closed_at, closed.lease_until) == (
        h.CLOSED, reason, NOON + HOUR, None,
    )  # fmt: skip
    assert closed.close_note == "Đã gọi ••••••••••"
    assert handovers.active("one") is None
    assert sealed() == ['["sealed number"]']
    assert [line.has_sealed for line in handover_talk.read(talk.id)] == [False]
    assert [line.has_sealed for line in handover_talk.read(other.id)] == [True]
    with pytest.raises(Taken):
        handovers.close(talk.id, "an", 1, reason)


def test_a_note_is_cut(database_ready: Settings) -> None:
    talk = held()
    closed = handovers.close(talk.id, "an", 1, h.SOLVED, "x" * 5000)
    assert closed.close_note == "x" * handovers.LONGEST_NOTE


@pytest.mark.parametrize("reason", [h.LEFT, h.ERASED, h.TICKET, "", "bored"])
def test_an_operator_gives_none_but_their_own_reasons(
    database_ready: Settings, reason: str
) -> None:
    talk = held()
    with pytest.raises(HandoverRefused, match="is no reason"):
        handovers.close(talk.id, "an", 1, reason)
    assert known(talk) == talk


@pytest.mark.usefixtures("either_database")
@pytest.mark.parametrize("has_operator", [True, False])
def test_a_talk_that_ends_by_itself_ends_once(has_operator: bool) -> None:
    talk = held() if has_operator else opened()
    handover_talk.hear(talk, "Số em ••••", "m1", [{"value": "sealed number"}])
    ended = handovers.end(talk.id, h.LEFT, now=NOON + HOUR)
    assert ended is not None
    assert (ended.state, ended.close_reason, ended.closed_at) == (h.CLOSED, h.LEFT, NOON + HOUR)
    assert sealed() == []
    assert handovers.end(talk.id, h.TICKET) is None
    assert known(talk) == ended


@pytest.mark.usefixtures("either_database")
def test_the_talks_of_an_operator_who_is_gone_go_back_to_their_old_places() -> None:
    gone, here = held(), held("two", "ba")
    later = opened("later", NOON + MINUTE)
    handovers.renew("ba", NOON + 30 * SECOND)
    assert handovers.return_vanished(NOON + LEASE) == []
    ((talk, name),) = handovers.return_vanished(NOON + LEASE + SECOND)
    assert (name, talk) == ("Cán bộ an", known(gone))
    assert (talk.state, talk.claimed_by, talk.claimed_name, talk.lease_until) == (
        h.WAITING, "", "", None,
    )  # fmt: skip
    assert known(here).state == h.HELD
    assert [handovers.place(one) for one in (talk, later)] == [1, 2]
    assert handovers.return_vanished(NOON + LEASE + SECOND) == []
    # What they send now comes too late, even if they get it back.
    assert handovers.claim(gone.id, "an", "An", NOON + 2 * LEASE).claim == 2
    with pytest.raises(Taken):
        handovers.close(gone.id, "an", 1, h.SOLVED)


@pytest.mark.usefixtures("either_database")
def test_an_operator_who_is_back_in_time_keeps_their_talks() -> None:
    talks = [held(name) for name in ("a", "b")]
    handovers.give_back(talks[1].id, "an", 1)
    handovers.renew("an", NOON + LEASE - SECOND)
    assert known(talks[0]).lease_until == NOON + 2 * LEASE - SECOND
    assert known(talks[1]).lease_until is None
    assert handovers.return_vanished(NOON + LEASE + SECOND) == []
    # Late, but before anybody has looked.
    handovers.renew("an", NOON + 3 * LEASE)
    assert handovers.return_vanished(NOON + 3 * LEASE + SECOND) == []
    assert known(talks[0]).claimed_by == "an"


@pytest.mark.usefixtures("either_database")
def test_an_operator_who_comes_back_while_it_is_looked_keeps_their_talk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk = held()
    read = handover_rows.handover_of

    def renewed_meanwhile(row: object) -> Handover:
        handovers.renew("an", NOON + 2 * LEASE)
        return read(row)

    monkeypatch.setattr(handover_rows, "handover_of", renewed_meanwhile)
    assert handovers.return_vanished(NOON + 2 * LEASE) == []
    monkeypatch.undo()
    assert known(talk).state == h.HELD


@pytest.mark.usefixtures("either_database")
def test_a_waiting_citizen_is_told_each_thing_once() -> None:
    talk = opened()
    assert handovers.note_told(talk.id, 2)
    assert not handovers.note_told(talk.id, 2)
    assert handovers.note_told(talk.id, 1)
    assert handovers.note_told(talk.id, long=True)
    assert not handovers.note_told(talk.id, long=True)
    assert (known(talk).told_place, known(talk).told_long) == (1, True)
    handovers.claim(talk.id, "an", "An", NOON)
    assert not handovers.note_told(talk.id, 1)


@pytest.mark.usefixtures("either_database")
def test_a_talk_is_found_by_its_name_in_another_helpdesk() -> None:
    first, other = opened(), opened("two")
    assert handovers.by_external("17") is None
    handovers.set_external(first.id, "17")
    assert handovers.by_external("17") == known(first)
    handovers.end(first.id, h.LEFT)
    second = opened()
    handovers.set_external(second.id, "17")
    assert handovers.by_external("17") == known(second)
    # A helpdesk that names no talk must not get somebody's.
    assert known(other).external_id == ""
    assert handovers.by_external("") is None


@pytest.mark.usefixtures("either_database")
def test_erasing_deletes_a_conversations_talks_in_whatever_state() -> None:
    closed, other = held(), held("two", "ba")
    handover_talk.hear(closed, "a", "m1")
    handovers.close(closed.id, "an", 1, h.SOLVED)
    for talk in (held(name="ca"), other):
        handover_talk.hear(talk, "a", "m1")
        handover_talk.answer(talk.id, talk.claimed_by, 1, "b", "k1")
    assert rows() == (3, 5)
    assert handover_rows.erase("one") == {"handovers": 2}
    assert rows() == (1, 2)
    assert handovers.of_session("one") == []
    assert len(handover_talk.of_session("two")) == 2
    assert handover_rows.erase("one") == {"handovers": 0}


@pytest.mark.usefixtures("either_database")
def test_talks_that_were_closed_long_ago_are_deleted_and_open_ones_never() -> None:
    long_ago, lately = opened("a"), opened("b")
    opened("c"), held("d")
    handover_talk.hear(long_ago, "a", "m1")
    handovers.end(long_ago.id, h.LEFT, now=NOON)
    handovers.end(lately.id, h.LEFT, now=NOON + 2 * DAY)
    before = NOON + DAY
    assert handover_rows.purge(before, dry_run=True) == 1
    assert rows() == (4, 1)
    assert handover_rows.purge(before) == 1
    assert handover_rows.purge(before) == 0
    assert rows() == (3, 0)
    assert handovers.find(long_ago.id) is None


def test_a_database_that_is_down_says_so(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = held()
    take_the_database_away(monkeypatch)
    for act in (
        lambda: opened("two"),
        lambda: handovers.active("one"),
        lambda: handovers.listed(),
        lambda: handovers.claim(talk.id, "an", "An"),
        lambda: handovers.renew("an"),
        lambda: handovers.close(talk.id, "an", 1, h.SOLVED),
        lambda: handovers.return_vanished(NOON + HOUR),
        lambda: handover_rows.erase("one"),
        lambda: handover_rows.purge(dt.datetime.utcnow()),
    ):
        with pytest.raises(DatabaseUnavailable):
            act()
