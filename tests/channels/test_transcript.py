"""A conversation's messages, read from its events."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import wording
from bot.channels import transcript
from bot.dossiers.model import PROVEN_FOR
from bot.settings import Settings
from bot.support import handover_talk
from bot.support.handover import Line
from tests.talks import held, take_the_database_away

BUTTONS = [{"title": "Lệ phí", "payload": "/ask_fee", "type": "postback"}]
SHOWN = [{"title": "Lệ phí", "payload": "/ask_fee"}]
ANSWER = {"answer": {"topic": "documents", "status": "answered"}}


def user(text: str, message_id: str | None, at: float = 1.0, **metadata: Any) -> UserUttered:
    return UserUttered(
        text, {"name": "inform"}, message_id=message_id, timestamp=at, metadata=metadata
    )


def events() -> list[Event]:
    return [
        ActionExecuted("action_session_start", timestamp=0.5),
        SessionStarted(timestamp=0.5),
        user('/choose_option{"procedure_code": "1.004194"}', "quiet", quiet=True),
        BotUttered("Thủ tục này", {"buttons": BUTTONS}, timestamp=2.0),
        SlotSet("procedure_code", "1.004194"),
        BotUttered(None, {"custom": ANSWER}, timestamp=3.0),
        user("/ask_fee", "pressed", 4.0),
        BotUttered("7.000 đồng", timestamp=5.0),
        BotUttered("Hồ sơ đổi trạng thái", metadata={"message_id": "unasked-1"}, timestamp=6.0),
    ]


def test_messages_have_the_numbers_under_which_they_were_sent() -> None:
    assert [one.as_dict() for one in transcript.read(events())] == [
        {"id": "quiet", "from": "citizen", "at": 1.0, "quiet": True,
         "text": '/choose_option{"procedure_code": "1.004194"}'},
        {"id": "quiet.1", "from": "bot", "at": 2.0, "text": "Thủ tục này", "buttons": SHOWN},
        {"id": "quiet.2", "from": "bot", "at": 3.0, "custom": ANSWER},
        {"id": "pressed", "from": "citizen", "at": 4.0, "text": "/ask_fee", "title": "Lệ phí"},
        {"id": "pressed.1", "from": "bot", "at": 5.0, "text": "7.000 đồng"},
        {"id": "unasked-1", "from": "bot", "at": 6.0,
         "text": wording.text("web", "utter_web_dossier_hidden")},
    ]  # fmt: skip


def test_a_change_of_a_dossier_is_shown_for_a_while() -> None:
    now = time.time()
    for age, shown in ((60, True), (PROVEN_FOR + 1, False)):
        told = BotUttered("Hồ sơ đổi", metadata={"message_id": "unasked-1"}, timestamp=now - age)
        (one,) = transcript.read([told])
        assert (one.text == "Hồ sơ đổi") is shown


def test_a_session_that_began_anew_has_only_what_came_after() -> None:
    later = [*events(), SessionStarted(timestamp=7.0), user("chào", "new", 8.0)]
    assert [one.id for one in transcript.read(later)] == ["new"]


def test_a_message_of_another_channel_is_told_by_its_time() -> None:
    said = transcript.read([user("chào", None, 8.0), BotUttered("Chào anh/chị", timestamp=9.0)])
    assert [one.id for one in said] == ["at8.0", "at8.0.1"]


def test_a_typed_text_that_looks_like_a_payload_gets_no_title() -> None:
    said = transcript.read([user("/nothing", "x"), BotUttered("?", {"buttons": BUTTONS})])
    assert said[0].title == ""


@pytest.mark.parametrize(
    ("message_id", "handled"),
    [("quiet", True), ("pressed", True), ("other", False), ("", False), (None, False)],
)
def test_whether_a_message_was_handled(message_id: str | None, handled: bool) -> None:
    assert transcript.is_handled(events(), message_id) is handled


def test_replies_of_a_turn_are_those_that_answered_it() -> None:
    assert [said.message() for said in transcript.replies(events(), "quiet")] == [
        {"text": "Thủ tục này", "buttons": SHOWN, "custom": {}},
        {"text": "", "buttons": [], "custom": ANSWER},
    ]
    # What the bot said by itself is no part of the turn.
    assert [said.text for said in transcript.replies(events(), "pressed")] == ["7.000 đồng"]
    assert transcript.replies(events(), "other") == []


def test_what_was_handled_in_a_session_that_is_over_does_not_count() -> None:
    later = [*events(), SessionStarted(timestamp=7.0), user("chào", "new", 8.0)]
    assert not transcript.is_handled(later, "quiet")
    assert transcript.replies(later, "quiet") == []
    assert transcript.is_handled(later, "new")


def looked_up(at: float) -> list[Event]:
    """A look-up, then a question about something else."""
    answer = {"answer": {"topic": "status", "status": "answered"}}
    return [
        user("tra hồ sơ", "look", at),
        BotUttered("Hồ sơ H48.16-260512-0003: đang giải quyết", {"buttons": BUTTONS}, timestamp=at),
        BotUttered("Hồ sơ H48.16-260512-0004: có kết quả", timestamp=at),
        BotUttered(None, {"custom": answer}, timestamp=at),
        user("giấy tờ gì", "ask", at),
        BotUttered("Tờ khai", timestamp=at),
        BotUttered(None, {"custom": ANSWER}, timestamp=at),
        user("tra hồ sơ khác", "wrong", at),
        BotUttered("Em chưa tìm được", timestamp=at),
        BotUttered(None, {"custom": {"answer": {**answer["answer"], "status": "refused"}}},
                   timestamp=at),
    ]  # fmt: skip


def test_how_a_dossier_stands_is_shown_as_long_as_the_proof_lasts() -> None:
    now = time.time()
    fresh, old = (transcript.read(looked_up(now - age)) for age in (60, PROVEN_FOR + 1))
    assert "đang giải quyết" in fresh[1].text
    hidden = [one for one in old if one.by == "bot" and "chỉ hiện trong 30 phút" in one.text]
    assert [one.id for one in hidden] == ["look.1", "look.2"]
    assert all(one.buttons == [] for one in hidden)
    assert [one.text for one in old if one.by == "bot" and one.text and one not in hidden] == [
        "Tờ khai", "Em chưa tìm được",
    ]  # fmt: skip
    assert "H48" not in str([one.as_dict() for one in old if one.by == "bot"])
    # The same message again brings no more.
    replayed = transcript.replies(looked_up(now - PROVEN_FOR - 1), "look")
    assert "H48" not in str(replayed)
    assert len(replayed) == 3


def test_the_money_of_a_dossier_is_hidden_with_it() -> None:
    def paid(at: float) -> list[Event]:
        answer = {"answer": {"topic": "payment", "status": "not_published", "of_dossier": True}}
        return [
            user("nộp tiền chưa", "pay", at),
            BotUttered("Hồ sơ H48.16-260512-0003 còn 25.000 đồng", timestamp=at),
            BotUttered(None, {"custom": answer}, timestamp=at),
        ]

    now = time.time()
    assert "25.000" in str([one.as_dict() for one in transcript.read(paid(now - 60))])
    old = transcript.read(paid(now - PROVEN_FOR - 1))
    assert "25.000" not in str([one.as_dict() for one in old])
    assert "H48" not in str([one.as_dict() for one in old])


def test_a_turn_is_found_by_any_of_its_replies() -> None:
    said = transcript.read(events())
    for message_id in ("quiet.1", "quiet.2"):
        question, replies = transcript.turn_of(said, message_id)
        assert question is not None
        assert question.id == "quiet"
        assert [one.id for one in replies] == ["quiet.1", "quiet.2"]
    assert transcript.turn_of(said, "pressed") == (None, [])
    assert transcript.turn_of(said, "nobody.1") == (None, [])


def agent_of(store: Any, *, expired: bool = False) -> Any:
    """As much of Rasa's agent as reads and keeps conversations."""
    processor = SimpleNamespace(_has_session_expired=lambda _: expired)
    return SimpleNamespace(tracker_store=store, lock_store=InMemoryLockStore(), processor=processor)


@pytest.fixture(params=["memory", "sqlite"])
def agent(request: pytest.FixtureRequest, tmp_path: Path, database_ready: Settings) -> Any:
    domain = Domain.empty()
    if request.param == "memory":
        store: Any = InMemoryTrackerStore(domain)
    else:
        store = SQLTrackerStore(domain, dialect="sqlite", db=str(tmp_path / "said.db"))
    tracker = DialogueStateTracker.from_events("me", events(), domain=domain)
    asyncio.run(store.save(tracker))
    return agent_of(store)


def test_a_page_that_knows_something_gets_what_came_after(agent: Any) -> None:
    said, whole = asyncio.run(transcript.since(agent, "me", "quiet.2"))
    assert ([one.id for one in said], whole) == (["pressed", "pressed.1", "unasked-1"], False)
    said, whole = asyncio.run(transcript.since(agent, "me", "unasked-1"))
    assert (said, whole) == ([], False)


@pytest.mark.parametrize("known", ["", "of another life"])
def test_a_page_that_knows_nothing_gets_all(agent: Any, known: str) -> None:
    said, whole = asyncio.run(transcript.since(agent, "me", known))
    assert (said[0].id, len(said), whole) == ("quiet", 6, True)


def test_a_page_gets_no_more_than_it_can_show(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "MOST_MESSAGES", 2)
    said, whole = asyncio.run(transcript.since(agent, "me"))
    assert ([one.id for one in said], whole) == (["pressed.1", "unasked-1"], True)


def test_an_unknown_and_an_expired_conversation_have_nothing(agent: Any) -> None:
    assert asyncio.run(transcript.since(agent, "somebody else")) == ([], True)
    old = agent_of(agent.tracker_store, expired=True)
    assert asyncio.run(transcript.since(old, "me")) == ([], True)


def test_what_the_bot_says_by_itself_is_read_later(agent: Any) -> None:
    before = time.time()
    asyncio.run(transcript.add(agent, "me", "Có kết quả", "unasked-2"))
    (said,), _ = asyncio.run(transcript.since(agent, "me", "unasked-1"))
    assert (said.id, said.by, said.text) == ("unasked-2", "bot", "Có kết quả")
    assert before <= said.at <= time.time()


def test_nothing_is_added_to_a_conversation_that_was_erased(agent: Any) -> None:
    asyncio.run(transcript.add(agent, "gone", "Có kết quả", "unasked-2"))
    assert asyncio.run(agent.tracker_store.retrieve("gone")) is None


def spoken(number: int, author: str, text: str, at: float, **more: Any) -> Line:
    moment = dt.datetime.fromtimestamp(at, tz=dt.timezone.utc).replace(tzinfo=None)
    return Line(number, 1, author, text, moment, more.pop("message_id", f"key-{number}"), **more)


def test_a_line_of_an_operator_is_shown_with_its_name() -> None:
    line = spoken(7, "operator", "Dạ", 4.5, name="Nguyễn Văn An")
    assert transcript.of_line(line).as_dict() == {
        "id": "person-7", "from": "bot", "at": 4.5, "text": "Dạ", "name": "Nguyễn Văn An",
    }  # fmt: skip


def test_a_line_of_the_bot_is_shown_with_its_buttons() -> None:
    line = spoken(8, "bot", "Thứ 2", 4.5, buttons=tuple(BUTTONS))
    assert transcript.of_line(line).as_dict() == {
        "id": "person-8", "from": "bot", "at": 4.5, "text": "Thứ 2", "buttons": SHOWN,
    }  # fmt: skip


def test_a_line_of_the_citizen_has_the_name_that_came_with_it() -> None:
    line = spoken(9, "citizen", "Giấy bị cháy", 4.5, message_id="typed")
    assert transcript.line_id(line) == "typed"
    assert transcript.of_line(line).as_dict() == {
        "id": "typed", "from": "citizen", "at": 4.5, "text": "Giấy bị cháy",
    }  # fmt: skip


def test_what_persons_say_stands_where_it_was_said() -> None:
    said = transcript.read(events())
    lines = [
        spoken(1, "citizen", "trước", 0.7, message_id="before"),
        spoken(2, "operator", "giữa", 3.5),
        # At the same moment, what the conversation has comes first.
        spoken(3, "bot", "cùng lúc", 4.0),
        spoken(4, "citizen", "sau", 9.0, message_id="after"),
    ]
    merged = transcript.with_people(said, lines)
    assert [one.id for one in merged] == [
        "before", "quiet", "quiet.1", "quiet.2", "person-2", "pressed", "person-3", "pressed.1",
        "unasked-1", "after",
    ]  # fmt: skip


def test_lines_that_clocks_put_into_disorder_stay_in_their_order() -> None:
    lines = [spoken(1, "citizen", "a", 9.0), spoken(2, "operator", "b", 8.0)]
    merged = transcript.with_people(transcript.read(events()), lines)
    assert [one.text for one in merged[-2:]] == ["a", "b"]
    assert [one.id for one in merged if one not in merged[-2:]] == [
        one.id for one in transcript.read(events())
    ]


def test_a_message_that_both_have_is_shown_once() -> None:
    said = transcript.read(events())
    assert (
        transcript.with_people(said, [spoken(1, "citizen", "x", 4.0, message_id="pressed")]) == said
    )
    assert transcript.with_people(said, []) == said


def test_a_page_reads_what_persons_said_behind_what_it_knows(
    agent: Any, database_ready: Settings
) -> None:
    talk = held("me")
    handover_talk.hear(talk, "Giấy bị cháy", "typed")
    line = handover_talk.answer(talk.id, "an", 1, "Dạ", "k1")
    said, whole = asyncio.run(transcript.since(agent, "me", "typed"))
    assert ([one.id for one in said], whole) == ([f"person-{line.id}"], False)
    said, whole = asyncio.run(transcript.since(agent, "me"))
    assert ([one.text for one in said[-2:]], whole) == (["Giấy bị cháy", "Dạ"], True)
    assert said[0].id == "quiet"
    assert asyncio.run(transcript.since(agent, "me", f"person-{line.id}")) == ([], False)


def test_what_persons_said_is_read_also_where_the_bot_begins_anew(
    agent: Any, database_ready: Settings
) -> None:
    for session in ("me", "unknown"):
        talk = held(session, f"operator of {session}")
        handover_talk.answer(talk.id, talk.claimed_by, 1, "Dạ", "k1")
    old = agent_of(agent.tracker_store, expired=True)
    for session in ("me", "unknown"):
        said, whole = asyncio.run(transcript.since(old, session))
        assert ([one.text for one in said], whole) == (["Dạ"], True)
    assert asyncio.run(transcript.since(old, "somebody else")) == ([], True)


def test_without_a_database_a_page_still_reads_what_the_bot_said(
    agent: Any, database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_the_database_away(monkeypatch)
    said, whole = asyncio.run(transcript.since(agent, "me"))
    assert (said[0].id, len(said), whole) == ("quiet", 6, True)
