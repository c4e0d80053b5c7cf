"""What operators do, and what the citizen is told of it: once, with the place in the queue."""

from __future__ import annotations

import functools

import pytest

from bot import wording
from bot.channels import handover_delivery, operators
from bot.database import DatabaseUnavailable
from bot.settings import Settings
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.handover import Handover, HandoverRefused, Taken
from tests.talks import MINUTE, NOON, held, known, opened, race, take_the_database_away

pytest_plugins = ("tests.databases",)
pytestmark = pytest.mark.usefixtures("database_ready")


def words(response: str, channel: str = "web", /, **values: object) -> str:
    return wording.text("handover", f"utter_handover_{response}", channel).format(**values)


def told(session: str = "one") -> list[str]:
    """What a conversation's citizen is to get."""
    return [line.text for line in handover_talk.undelivered(session)]


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for each time that the delivery is woken."""
    calls: list[None] = []
    monkeypatch.setattr(handover_delivery, "_WAKERS", [lambda: calls.append(None)])
    return calls


def test_the_citizen_is_told_who_answers(woken: list[None]) -> None:
    talk = operators.claim(opened().id, "an", "Nguyễn Văn An")
    assert (talk.state, talk.claim) == (h.HELD, 1)
    assert told() == [words("claimed", name="Nguyễn Văn An")]
    assert len(woken) == 1
    # A second press tells nothing twice.
    assert operators.claim(talk.id, "an", "Nguyễn Văn An").claim == 1
    assert len(told()) == 1


def test_an_agencys_operator_is_told_with_the_agency() -> None:
    operators.claim(opened(desk="Sở Y tế").id, "an", "An")
    assert told() == [words("claimed_desk", name="An", desk="Sở Y tế")]


def test_a_hotline_gets_its_short_words() -> None:
    operators.claim(opened(channel="hotline").id, "an", "An")
    assert told() == [words("claimed", "hotline", name="An")]
    assert told() != [words("claimed", name="An")]


def test_a_name_with_braces_is_told_as_it_is() -> None:
    operators.claim(opened().id, "an", "An {place} {0}")
    assert told() == [words("claimed", name="An {place} {0}")]


def test_who_comes_too_late_tells_nothing() -> None:
    talk = held()
    with pytest.raises(Taken):
        operators.claim(talk.id, "ba", "Ba")
    assert told() == []


@pytest.mark.usefixtures("either_database")
def test_an_operator_who_presses_twice_at_once_has_the_talk_and_is_told_once() -> None:
    talk = opened()
    found = race([functools.partial(operators.claim, talk.id, "an", "An")] * 6)
    assert [one.claim if isinstance(one, Handover) else one for one in found] == [1] * 6
    assert told() == [words("claimed", name="An")]


def test_an_answer_waits_for_delivery_and_wakes_it(woken: list[None]) -> None:
    talk = held()
    line = operators.answer(talk.id, "an", 1, "Dạ {chào}", "k1")
    assert operators.answer(talk.id, "an", 1, "Dạ {chào}", "k1") == line
    assert told() == ["Dạ {chào}"]
    assert woken
    with pytest.raises(Taken):
        operators.answer(talk.id, "an", 2, "Khác", "k2")
    assert told() == ["Dạ {chào}"]


def test_a_talk_that_is_given_back_has_its_old_place() -> None:
    opened("before", NOON - MINUTE)
    talk = held()
    opened("after", NOON + MINUTE)
    back = operators.give_back(talk.id, "an", 1)
    assert back.state == h.WAITING
    assert told() == [words("given_back", name="Cán bộ an", place=2)]
    assert known(talk).told_place == 2


@pytest.mark.parametrize(("desk", "shown"), [("Sở Y tế", "Sở Y tế"), ("", "Tổng đài 1022")])
def test_a_talk_that_is_transferred_has_its_place_there(desk: str, shown: str) -> None:
    talk = held(desk="Sở Tư pháp")
    opened("there", NOON - MINUTE, desk=desk)
    opened("here", NOON - MINUTE, desk="Sở Tư pháp")
    assert operators.transfer(talk.id, "an", 1, desk).desk == desk
    assert told() == [words("transferred", desk=shown, place=2)]
    assert known(talk).told_place == 2


def test_what_is_done_twice_is_told_twice() -> None:
    talk = held()
    operators.give_back(talk.id, "an", 1)
    operators.claim(talk.id, "ba", "Ba")
    operators.give_back(talk.id, "ba", 2)
    operators.claim(talk.id, "an", "An")
    operators.transfer(talk.id, "an", 3, "Sở Y tế")
    assert told() == [
        words("given_back", name="Cán bộ an", place=1), words("claimed", name="Ba"),
        words("given_back", name="Ba", place=1), words("claimed", name="An"),
        words("transferred", desk="Sở Y tế", place=1),
    ]  # fmt: skip


def test_the_bot_goes_on_when_an_operator_returns_the_talk() -> None:
    talk = operators.return_to_bot(held().id, "an", 1)
    assert (talk.state, talk.close_reason) == (h.CLOSED, h.RETURNED)
    assert told() == [words("returned")]


@pytest.mark.parametrize("reason", h.BY_OPERATOR)
def test_the_citizen_is_told_that_the_talk_is_over(reason: str) -> None:
    talk = operators.close(held().id, "an", 1, reason, "Đã xong")
    assert (talk.state, talk.close_reason, talk.close_note) == (h.CLOSED, reason, "Đã xong")
    assert told() == [words("ended", name="Cán bộ an")]


@pytest.mark.parametrize("reason", [h.RETURNED, h.LEFT, h.ERASED, h.TICKET, "bored", ""])
def test_other_reasons_are_refused_and_nothing_is_told(reason: str) -> None:
    talk = held()
    with pytest.raises(HandoverRefused):
        operators.close(talk.id, "an", 1, reason)
    assert known(talk) == talk
    assert told() == []


def test_nothing_is_told_of_what_was_not_done() -> None:
    talk = held()
    for act in (
        lambda: operators.give_back(talk.id, "an", 2),
        lambda: operators.transfer(talk.id, "ba", 1, "Sở Y tế"),
        lambda: operators.return_to_bot(talk.id, "an", 0),
        lambda: operators.close(talk.id, "", 1, h.SOLVED),
    ):
        with pytest.raises(Taken):
            act()
    assert known(talk) == talk
    assert told() == []


def test_who_waits_again_because_an_operator_vanished_is_told_so_once() -> None:
    talk = held()
    handovers.give_back(talk.id, "an", 1)
    for _ in range(2):
        operators.vanished(known(talk), "Cán bộ an")
    assert told() == [words("vanished", name="Cán bộ an", place=1)]


def test_buttons_go_with_the_words() -> None:
    talk = opened()
    line = operators.tell(talk, "utter_handover_waiting", "k1", place=3)
    assert line is not None
    assert line.text == words("waiting", place=3)
    assert [button["payload"] for button in line.buttons] == [
        '/request_human{"aspect": "leave_message"}', "/cancel",
    ]  # fmt: skip
    assert operators.tell(talk, "utter_handover_waiting", "k1", place=2) is None


def test_a_database_that_is_down_says_so(
    monkeypatch: pytest.MonkeyPatch, database_ready: Settings
) -> None:
    talk = held()
    take_the_database_away(monkeypatch)
    for act in (
        lambda: operators.claim(talk.id, "an", "An"),
        lambda: operators.answer(talk.id, "an", 1, "Dạ", "k1"),
        lambda: operators.give_back(talk.id, "an", 1),
        lambda: operators.close(talk.id, "an", 1, h.SOLVED),
    ):
        with pytest.raises(DatabaseUnavailable):
            act()
