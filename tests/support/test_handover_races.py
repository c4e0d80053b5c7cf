"""Operators, citizens and workers who act on the same talk at the same moment."""

from __future__ import annotations

import functools

import pytest

from bot.settings import settings
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.handover import Handover, HandoverRefused, Line, Taken
from tests.databases import at_the_same_time
from tests.talks import LEASE, MINUTE, NOON, held, known, opened, race, rows

pytest_plugins = ("tests.databases",)
pytestmark = pytest.mark.usefixtures("either_database")

OPERATORS = [f"operator-{number}" for number in range(20)]


def test_messages_that_ask_for_a_person_at_once_open_one_talk() -> None:
    talks = at_the_same_time(lambda: opened(need="a", earlier=[(h.CITIZEN, "a", NOON)]))
    assert len({talk.id for talk in talks}) == 1
    assert rows() == (1, 1)
    assert handovers.active("one") == talks[0]


def test_of_twenty_operators_who_take_a_talk_one_has_it() -> None:
    talk = opened()
    found = race([
        functools.partial(handovers.claim, talk.id, name, name.title()) for name in OPERATORS
    ])  # fmt: skip
    (winner,) = [one for one in found if isinstance(one, Handover)]
    assert [type(one) for one in found if one is not winner] == [Taken] * 19
    assert known(talk) == winner
    assert winner.claim == 1
    assert winner.claimed_name == winner.claimed_by.title()


def test_of_operators_who_take_all_talks_at_once_nobody_shares_one() -> None:
    talks = [opened(f"session-{number}") for number in range(5)]
    works = [
        functools.partial(handovers.claim, talk.id, name, name)
        for talk in talks
        for name in OPERATORS[:4]
    ]
    found = [one for one in race(works) if isinstance(one, Handover)]
    assert len(found) == len({one.id for one in found})
    assert len(found) == len(talks)
    held_by = [one.claimed_by for one in handovers.listed(h.HELD)]
    assert len(held_by) == len(talks)


def test_an_operator_who_takes_many_talks_at_once_gets_no_more_than_they_may() -> None:
    talks = [opened(f"session-{number}") for number in range(10)]
    found = race([functools.partial(handovers.claim, talk.id, "an", "An") for talk in talks])
    most = settings().support_talks_per_operator
    assert len(handovers.listed(h.HELD)) == most
    assert len([one for one in found if isinstance(one, HandoverRefused)]) == 10 - most


def test_a_talk_that_is_taken_while_its_citizen_leaves_ends_in_one_way() -> None:
    for number in range(5):
        talk = opened(f"session-{number}")
        claimed, ended = race([
            functools.partial(handovers.claim, talk.id, "an", "An"),
            functools.partial(handovers.end, talk.id, h.LEFT),
        ])  # fmt: skip
        after = known(talk)
        assert isinstance(ended, Handover)
        assert (after.state, after.close_reason) == (h.CLOSED, h.LEFT)
        # Taken first and ended then, or ended and so refused.
        assert after.claim == (1 if isinstance(claimed, Handover) else 0)


def test_operators_who_close_and_give_back_at_once_do_one_of_both() -> None:
    for number in range(5):
        talk = held(f"session-{number}")
        found = race([
            functools.partial(handovers.close, talk.id, "an", 1, h.SOLVED),
            functools.partial(handovers.give_back, talk.id, "an", 1),
            functools.partial(handovers.transfer, talk.id, "an", 1, "Sở Y tế"),
        ])  # fmt: skip
        (done,) = [one for one in found if isinstance(one, Handover)]
        assert [type(one) for one in found if one is not done] == [Taken, Taken]
        assert known(talk) == done


def test_an_operator_who_comes_back_as_their_lease_ends_keeps_it_or_has_lost_it() -> None:
    talk = held()
    late = NOON + 2 * LEASE
    returned, _ = race([
        functools.partial(handovers.return_vanished, late),
        functools.partial(handovers.renew, "an", late),
    ])  # fmt: skip
    after = known(talk)
    assert after.state == (h.WAITING if returned else h.HELD)
    assert after.lease_until == (None if returned else late + LEASE)


def test_workers_who_look_for_vanished_operators_at_once_return_a_talk_once() -> None:
    held()
    found = at_the_same_time(lambda: handovers.return_vanished(NOON + 2 * LEASE))
    assert sorted(map(len, found)) == [0] * 7 + [1]


def test_a_citizen_is_told_by_one_of_the_workers() -> None:
    talk = opened()
    assert sum(at_the_same_time(lambda: handovers.note_told(talk.id, 2))) == 1
    assert sum(at_the_same_time(lambda: handovers.note_told(talk.id, long=True))) == 1


def test_a_talk_ends_by_itself_once() -> None:
    talk = opened()
    found = at_the_same_time(lambda: handovers.end(talk.id, h.TICKET))
    assert len([one for one in found if one is not None]) == 1


def test_the_same_answer_sent_at_once_is_one_line() -> None:
    talk = held()
    lines = at_the_same_time(lambda: handover_talk.answer(talk.id, "an", 1, "Dạ", "k1"))
    assert len({line.id for line in lines}) == 1
    assert len(handover_talk.read(talk.id)) == 1


def test_the_same_message_that_comes_at_once_is_kept_once() -> None:
    talk = opened()
    heard = at_the_same_time(lambda: handover_talk.hear(talk, "a", "m1"))
    assert sorted(heard) == [False] * 7 + [True]
    assert len(handover_talk.read(talk.id)) == 1


def test_the_bot_that_says_the_same_at_once_says_it_once() -> None:
    talk = opened()
    said = at_the_same_time(lambda: handover_talk.say(talk, "a", "k1"))
    assert len([line for line in said if line is not None]) == 1
    assert len(handover_talk.read(talk.id)) == 1


def test_of_two_operators_who_answer_at_once_one_is_heard() -> None:
    talk = held()
    handovers.give_back(talk.id, "an", 1)
    handovers.claim(talk.id, "ba", "Ba", NOON)
    # The first still has the talk on the screen.
    stale, fresh = race([
        functools.partial(handover_talk.answer, talk.id, "an", 1, "Em là An", "k1"),
        functools.partial(handover_talk.answer, talk.id, "ba", 2, "Em là Ba", "k1"),
    ])  # fmt: skip
    assert isinstance(stale, Taken)
    assert isinstance(fresh, Line)
    assert [line.text for line in handover_talk.read(talk.id)] == ["Em là Ba"]


def test_an_answer_that_is_sent_while_the_talk_is_given_back_is_told_or_refused() -> None:
    for number in range(5):
        talk = held(f"session-{number}")
        answered, returned = race([
            functools.partial(handover_talk.answer, talk.id, "an", 1, "Dạ", "k1"),
            functools.partial(handovers.give_back, talk.id, "an", 1),
        ])  # fmt: skip
        assert isinstance(returned, Handover)
        written = [line.text for line in handover_talk.read(talk.id)]
        assert written == (["Dạ"] if isinstance(answered, Line) else [])
        assert isinstance(answered, (Line, Taken))


def test_a_number_that_comes_while_the_talk_is_closed_does_not_stay() -> None:
    for number in range(5):
        talk = held(f"session-{number}")
        race([
            functools.partial(handover_talk.hear, talk, "••", "m1", [{"value": "sealed"}]),
            functools.partial(handovers.close, talk.id, "an", 1, h.SOLVED),
        ])  # fmt: skip
        assert known(talk).state == h.CLOSED
        assert not any(line.has_sealed for line in handover_talk.read(talk.id))


def test_each_waiting_line_is_given_to_one_worker() -> None:
    talk = held()
    lines = [handover_talk.answer(talk.id, "an", 1, f"{n}", f"{n}", NOON) for n in range(6)]
    parts = at_the_same_time(lambda: handover_talk.take(lines, NOON + MINUTE))
    assert sorted(line.id for part in parts for line in part) == [line.id for line in lines]
