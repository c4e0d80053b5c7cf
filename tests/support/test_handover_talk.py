"""What is said in a handed-over talk: kept once, brought once, and clear only to who has it."""

from __future__ import annotations

import contextlib
import time

import pytest

from bot.database import DatabaseUnavailable
from bot.sealing import seal
from bot.settings import Settings
from bot.support import handover as h
from bot.support import handover_rows, handover_talk, handovers
from bot.support.handover import Handover, HandoverRefused, Line, Taken
from tests.talks import (
    DAY,
    HOUR,
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

NUMBER = "0905111222"
BUTTONS = [{"title": "Quay lại", "payload": "/cancel"}]


def pieces(*values: str, session: str = "one") -> list[dict[str, object]]:
    return [{"entity": "phone", "value": seal(value, session)} for value in values]


def texts(talk: Handover) -> list[str]:
    return [line.text for line in handover_talk.read(talk.id)]


def hear_a_number(talk: Handover) -> Line:
    handover_talk.hear(talk, "Số em ••••••••••", "m1", pieces(NUMBER, session=talk.session))
    return handover_talk.read(talk.id)[-1]


@pytest.mark.usefixtures("either_database")
def test_what_a_citizen_writes_is_kept_once_and_needs_no_delivery() -> None:
    talk = opened()
    assert handover_talk.hear(talk, " Em chào\x00 \ud83d", "m1", now=NOON)
    assert not handover_talk.hear(talk, "Em chào", "m1", now=NOON + MINUTE)
    (line,) = handover_talk.read(talk.id)
    assert line == Line(line.id, talk.id, h.CITIZEN, "Em chào ?", NOON, "m1", delivered_at=NOON)
    # The same name in another talk is another message.
    assert handover_talk.hear(opened("two"), "Em chào", "m1", now=NOON)


def test_a_long_message_is_cut(database_ready: Settings) -> None:
    talk = opened()
    handover_talk.hear(talk, "x" * 5000, "m1")
    assert texts(talk) == ["x" * handover_talk.LONGEST_TEXT]


@pytest.mark.usefixtures("either_database")
def test_what_a_citizen_writes_to_a_closed_talk_is_not_kept() -> None:
    # The operator closes it while the message is under way: nobody would read it any more, and
    # what is sealed beside it would lie there until the talk is purged.
    talk = held()
    handovers.close(talk.id, "an", 1, h.SOLVED)
    with pytest.raises(HandoverRefused):
        hear_a_number(talk)
    assert (texts(talk), sealed()) == ([], [])


@pytest.mark.usefixtures("either_database")
def test_what_the_bot_says_is_said_once_for_each_key() -> None:
    talk = opened()
    line = handover_talk.say(talk, "Thứ 2", "place-2", buttons=BUTTONS, now=NOON)
    assert line is not None
    assert line == Line(line.id, talk.id, h.BOT, "Thứ 2", NOON, "place-2", buttons=tuple(BUTTONS))
    assert handover_talk.say(talk, "Thứ 2", "place-2") is None
    told = handover_talk.say(talk, "Đã ghi", "m1-place", delivered=True, now=NOON)
    assert told is not None
    assert told.delivered_at == NOON
    assert handover_talk.undelivered("one") == [line]


@pytest.mark.usefixtures("either_database")
def test_an_operator_answers_under_their_name() -> None:
    talk = held()
    line = handover_talk.answer(talk.id, "an", 1, " Dạ,\nem nghe\x00 ", "k1", NOON)
    assert line == Line(
        line.id, talk.id, h.OPERATOR, "Dạ,\nem nghe", NOON, "an-k1", name="Cán bộ an"
    )
    assert handover_talk.undelivered("one") == [line]


@pytest.mark.usefixtures("either_database")
def test_the_same_answer_again_is_the_same_line() -> None:
    talk = held()
    first = handover_talk.answer(talk.id, "an", 1, "Dạ", "k1", NOON)
    assert handover_talk.answer(talk.id, "an", 1, "Khác", "k1", NOON + MINUTE) == first
    second = handover_talk.answer(talk.id, "an", 1, "Dạ", "k2", NOON + MINUTE)
    assert second.id > first.id
    # Keys are an operator's own.
    handovers.give_back(talk.id, "an", 1)
    handovers.claim(talk.id, "ba", "Ba", NOON)
    handover_talk.answer(talk.id, "ba", 2, "Em là Ba", "k1", NOON)
    assert texts(talk) == ["Dạ", "Dạ", "Em là Ba"]


@pytest.mark.usefixtures("either_database")
def test_an_answer_with_a_long_key_is_kept_or_refused_and_not_lost() -> None:
    name = "n" * 64
    talk = held(name=name)
    handover_talk.answer(talk.id, name, 1, "a", "k" * 36, NOON)
    kept = []
    for text in "bc":
        with contextlib.suppress(HandoverRefused):
            kept.append(handover_talk.answer(talk.id, name, 1, text, "k" * 80 + text, NOON).text)
    assert texts(talk) in (["a"], ["a", "b", "c"])
    assert texts(talk) == ["a", *kept]


@pytest.mark.usefixtures("either_database")
def test_an_answer_under_a_stale_claim_is_refused_and_nothing_is_written() -> None:
    talk = held()
    handovers.give_back(talk.id, "an", 1)
    for name, number in (("an", 1), ("an", 0), ("", 1)):
        with pytest.raises(Taken):
            handover_talk.answer(talk.id, name, number, "Dạ", "k1")
    handovers.claim(talk.id, "ba", "Ba", NOON)
    for name, number in (("an", 1), ("an", 2), ("ba", 1)):
        with pytest.raises(Taken):
            handover_talk.answer(talk.id, name, number, "Dạ", "k1")
    handovers.close(talk.id, "ba", 2, h.SOLVED)
    with pytest.raises(Taken):
        handover_talk.answer(talk.id, "ba", 2, "Dạ", "k1")
    with pytest.raises(HandoverRefused, match="no such talk"):
        handover_talk.answer(talk.id + 1, "ba", 2, "Dạ", "k1")
    assert rows() == (1, 0)


@pytest.mark.parametrize(
    "text", ["", " \n ", "\x00", "x" * (handover_talk.LONGEST_TEXT + 1), "Dạ\x1b[2J", "a\x07b"],
    ids=["empty", "blank", "nul", "long", "escape", "bell"],
)  # fmt: skip
def test_what_is_no_answer_is_refused(database_ready: Settings, text: str) -> None:
    talk = held()
    with pytest.raises(HandoverRefused):
        handover_talk.answer(talk.id, "an", 1, text, "k1")
    assert texts(talk) == []


@pytest.mark.usefixtures("either_database")
def test_lines_are_read_in_order_from_where_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = held(earlier=[(h.CITIZEN, "trước", NOON)])
    other = held("two", "ba")
    handover_talk.hear(other, "x", "m1")
    for number, text in enumerate("abc"):
        handover_talk.hear(talk, text, f"m{number}", now=NOON + number * SECOND)
    assert texts(talk) == ["trước", "a", "b", "c"]
    lines = handover_talk.read(talk.id)
    assert handover_talk.read(talk.id, lines[2].id) == lines[3:]
    assert handover_talk.read(talk.id, lines[3].id) == []
    monkeypatch.setattr(handover_talk, "MOST_LINES", 2)
    assert handover_talk.read(talk.id) == lines[:2]


@pytest.mark.usefixtures("either_database")
def test_a_conversation_reads_all_its_talks_without_what_came_before_them() -> None:
    first = held(earlier=[(h.CITIZEN, "trước", NOON)])
    handover_talk.hear(first, "a", "m1")
    handovers.close(first.id, "an", 1, h.SOLVED)
    second = held(earlier=[(h.CITIZEN, "a", NOON)])
    handover_talk.answer(second.id, "an", 1, "b", "k1")
    handover_talk.hear(held("two", "ba"), "của người khác", "m1")
    assert [line.text for line in handover_talk.of_session("one")] == ["a", "b"]


@pytest.mark.usefixtures("either_database")
def test_what_was_masked_opens_for_who_has_the_talk_and_for_nobody_else() -> None:
    talk = held()
    line = hear_a_number(talk)
    assert line.has_sealed
    assert NUMBER not in str(sealed())
    assert handover_talk.opened(talk.id, line.id, "an", 1) == [NUMBER]
    other = held("two", "ba")
    for number, name, claim in (
        (talk.id, "ba", 1), (talk.id, "an", 0), (talk.id, "an", 2), (talk.id, "", 1),
    ):  # fmt: skip
        with pytest.raises(Taken):
            handover_talk.opened(number, line.id, name, claim)
    # A line of another talk is not opened under one's own claim.
    assert handover_talk.opened(other.id, line.id, "ba", 1) == []
    handovers.give_back(talk.id, "an", 1)
    with pytest.raises(Taken):
        handover_talk.opened(talk.id, line.id, "an", 1)
    handovers.claim(talk.id, "ca", "Ca", NOON)
    assert handover_talk.opened(talk.id, line.id, "ca", 2) == [NUMBER]
    handovers.close(talk.id, "ca", 2, h.SOLVED)
    with pytest.raises(Taken):
        handover_talk.opened(talk.id, line.id, "ca", 2)


@pytest.mark.usefixtures("either_database")
def test_what_was_masked_opens_however_long_the_talk_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk = held()
    line = hear_a_number(talk)
    later = time.time() + 2 * 24 * 60 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert handover_talk.opened(talk.id, line.id, "an", 1) == [NUMBER]


def test_what_is_not_sealed_here_does_not_open(database_ready: Settings) -> None:
    talk = held()
    handover_talk.hear(talk, "••", "m1", pieces(NUMBER, session="two"))
    handover_talk.hear(talk, "••", "m2", [{"value": "nonsense"}, {"value": None}])
    handover_talk.hear(talk, "nothing", "m3")
    lines = handover_talk.read(talk.id)
    assert [handover_talk.opened(talk.id, line.id, "an", 1) for line in lines] == [[], [], []]
    assert [line.has_sealed for line in lines] == [True, True, False]
    assert handover_talk.opened(talk.id, lines[-1].id + 1, "an", 1) == []


@pytest.mark.usefixtures("either_database")
def test_waiting_lines_are_offered_by_talks_in_order_for_a_day() -> None:
    first, second = held(), held("two", "ba")
    handover_talk.say(first, "a", "k1", now=NOON)
    handover_talk.answer(second.id, "ba", 1, "x", "k1", NOON + SECOND)
    handover_talk.answer(first.id, "an", 1, "b", "k2", NOON + 2 * SECOND)
    handover_talk.hear(first, "c", "m1", now=NOON + 3 * SECOND)
    # Also what was said last in a talk that is closed.
    handovers.close(second.id, "ba", 1, h.SOLVED)
    offered = handover_talk.waiting_talks(NOON + MINUTE)
    assert [(talk, [line.text for line in lines]) for talk, lines in offered] == [
        (known(first), ["a", "b"]), (known(second), ["x"]),
    ]  # fmt: skip
    (later,) = handover_talk.waiting_talks(NOON + DAY + 2 * SECOND)
    assert [line.text for line in later[1]] == ["b"]
    assert handover_talk.waiting_talks(NOON + 2 * DAY) == []
    # Whoever comes back after that finds the rest.
    assert [line.text for line in handover_talk.undelivered("one")] == ["a", "b"]


@pytest.mark.usefixtures("either_database")
def test_a_line_is_given_to_one_caller_until_it_is_given_back() -> None:
    talk = held()
    lines = [handover_talk.answer(talk.id, "an", 1, text, text, NOON) for text in "abc"]
    assert handover_talk.take(lines[:2], NOON + MINUTE) == lines[:2]
    assert handover_talk.take(lines, NOON + MINUTE) == lines[2:]
    assert handover_talk.take(lines) == []
    assert handover_talk.waiting_talks(NOON + MINUTE) == []
    assert handover_talk.undelivered("one") == []
    handover_talk.give_back(lines[1:])
    assert handover_talk.undelivered("one") == lines[1:]
    assert handover_talk.take(lines) == lines[1:]
    handover_talk.give_back([])
    assert handover_talk.undelivered("one") == []


@pytest.mark.usefixtures("either_database")
def test_what_is_said_in_an_erased_talk_is_not_kept() -> None:
    talk = held()
    handover_rows.erase("one")
    with pytest.raises((DatabaseUnavailable, HandoverRefused)):
        handover_talk.hear(talk, "a", "m1")
    with pytest.raises(HandoverRefused):
        handover_talk.answer(talk.id, "an", 1, "b", "k1")
    assert rows() == (0, 0)


def test_a_database_that_is_down_says_so(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = held()
    line = hear_a_number(talk)
    take_the_database_away(monkeypatch)
    for act in (
        lambda: handover_talk.hear(talk, "a", "m2"),
        lambda: handover_talk.say(talk, "a", "k1"),
        lambda: handover_talk.answer(talk.id, "an", 1, "a", "k1"),
        lambda: handover_talk.read(talk.id),
        lambda: handover_talk.opened(talk.id, line.id, "an", 1),
        lambda: handover_talk.waiting_talks(NOON + HOUR),
        lambda: handover_talk.take([line]),
    ):
        with pytest.raises(DatabaseUnavailable):
            act()
