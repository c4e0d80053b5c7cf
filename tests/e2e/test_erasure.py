"""A citizen asks for their data to be erased: all of it goes, and nobody else's."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa

from bot import database, wording
from bot.dossiers import one_time_codes
from bot.dossiers import tables as t
from bot.dossiers.marks import session_mark
from bot.dossiers.model import Asker
from bot.settings import Settings, settings
from tests.e2e import traces
from tests.e2e.stored_talks import CODE, IDENTITY, PHONE, Event, StoredBot
from tests.e2e.talks import RestTalk, shell_talk, web_talk
from tests.running_bot import TEST_SECRET, Reply

pytest_plugins = ("tests.e2e.stored_talks",)

ASK, AGAIN = "xoá dữ liệu của tôi", "báo tôi khi có thay đổi"
BUTTON = '/ask_privacy{"aspect":"erase_now"}'
ASKED, ERASED = ("privacy", "clarify"), ("privacy", "answered")
NAME, NAME_IN_SHELL = "Trần Văn Cào Cào", "Trần Văn Dế Mèn"
OWNED = {"subscriptions": 1, "notices": 1, "one_time_codes": 1}
NOTHING = dict.fromkeys(OWNED, 0)


@contextlib.contextmanager
def rest_talk(stored: StoredBot) -> Iterator[RestTalk]:
    yield RestTalk(stored.bot, f"erasure-{uuid.uuid4().hex}")


TALKS: dict[str, Callable[[StoredBot], AbstractContextManager[Any]]] = {
    "rest": rest_talk,
    "web": lambda stored: web_talk(stored.bot),
}


@pytest.fixture
def _tables_of_the_server(
    stored: StoredBot, fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process reads and writes the database that the server does."""
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{stored.folder / 'bot.db'}")
    monkeypatch.setenv("BOT_SECRET", TEST_SECRET)
    settings.cache_clear()


@pytest.fixture
def other(stored: StoredBot, _tables_of_the_server: None) -> RestTalk:
    """Somebody else who asked about the same dossier."""
    talk = RestTalk(stored.bot, f"other-{uuid.uuid4().hex}")
    leave_traces(talk)
    return talk


@pytest.fixture(params=TALKS)
def talk(
    request: pytest.FixtureRequest, stored: StoredBot, _tables_of_the_server: None
) -> Iterator[Any]:
    """A talk that has left all that a talk leaves, a sealed number that waits among it."""
    with TALKS[request.param](stored) as talk:
        leave_traces(talk)
        yield talk


def leave_traces(talk: Any) -> None:
    for message in (f"tôi là {NAME}, xin chào", f"tra cứu hồ sơ {CODE}", PHONE, AGAIN):
        assert talk.say(message).text
    now = dt.datetime.utcnow()
    one_time_codes.make(CODE, Asker(talk.sender), now)
    with database.begin() as connection:
        row = {"session": talk.sender, "channel": talk.channel, "dossier_code": CODE}
        told = {**row, "status": "Có kết quả", "made_at": now, "delivered_at": now}
        connection.execute(sa.insert(t.notices).values(told))
    talk.say('/check_dossier_status{"lookup_way": "person"}')
    assert talk.say(PHONE).answers == [{"topic": "status", "status": "clarify"}]
    assert owned_by(talk.sender) == OWNED


def owned_by(sender: str) -> dict[str, int]:
    """Rows that belong to a conversation, by table."""
    owner = {
        t.subscriptions: t.subscriptions.c.session == sender,
        t.notices: t.notices.c.session == sender,
        t.one_time_codes: t.one_time_codes.c.session_hash == session_mark(Asker(sender)),
    }
    with database.connect() as connection:
        return {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table).where(own)
            ).scalar_one()
            for table, own in owner.items()
        }


def heard_of(stored: StoredBot, sender: str, last: str) -> list[Event]:
    """A conversation's stream of events, in which a kind of event is waited for."""
    stream = stored.events(lambda e: (e.get("sender_id"), e["event"]) == (sender, last))
    return [event for event in stream if event.get("sender_id") == sender]


def outcomes(reply: Reply) -> list[tuple[str, str]]:
    return [(answer["topic"], answer["status"]) for answer in reply.answers]


def said(events: list[Event]) -> list[str]:
    return [event["text"] for event in events if event["event"] == "user"]


@pytest.mark.parametrize("yes", ["ừ", BUTTON], ids=["word", "button"])
def test_a_yes_erases_all_of_the_conversation_and_no_other(
    stored: StoredBot, talk: Any, other: RestTalk, yes: str
) -> None:
    others_rows = stored.rows(other.sender)
    assert others_rows
    assert outcomes(talk.say(ASK)) == [ASKED]
    assert NAME in traces_of(stored, talk.sender)
    assert outcomes(talk.say(yes)) == [ERASED]
    assert stored.rows(talk.sender) == []
    assert owned_by(talk.sender) == NOTHING
    stream = heard_of(stored, talk.sender, "conversation_erased")
    assert set(stream[-1]) == {"sender_id", "event", "timestamp"}
    assert stream[-1]["event"] == "conversation_erased"
    assert (stored.rows(other.sender), owned_by(other.sender)) == (others_rows, OWNED)


def traces_of(stored: StoredBot, sender: str) -> str:
    """All texts of one conversation, or of all."""
    return "\n".join(text for event in stored.rows(sender) for text in traces.texts_in(event))


def test_the_next_message_starts_afresh(stored: StoredBot, talk: Any) -> None:
    talk.say(ASK)
    talk.say("ừ")
    # Nothing is known of a dossier, of a number that was given, or of what was asked.
    reply = talk.say(AGAIN)
    assert reply.answers == [{"topic": "status", "status": "clarify"}]
    assert CODE not in reply.text
    assert talk.say(IDENTITY).answers[-1]["status"] == "clarify"
    rows = stored.rows(talk.sender)
    assert [event["event"] for event in rows[:3]] == ["slot", "action", "session_started"]
    assert said(rows) == [AGAIN, "••••••••••••"]
    assert not {NAME, CODE} & set(traces.texts_in(rows))
    assert owned_by(talk.sender) == NOTHING


@pytest.mark.parametrize(
    "answers",
    [["không"], ["/deny"], ["phí đăng ký tạm trú bao nhiêu", "ừ"], ["đăng ký tạm trú", "ừ"]],
    ids=["no", "no by button", "yes too late", "yes to something else"],
)
def test_nothing_is_erased_without_a_yes_right_then(
    stored: StoredBot, talk: Any, answers: list[str]
) -> None:
    before = stored.rows(talk.sender)
    for message in (ASK, *answers, "xin chào"):
        assert ERASED not in outcomes(talk.say(message))
    rows = stored.rows(talk.sender)
    assert rows[: len(before)] == before
    assert said(rows[len(before) :]) == [ASK, *answers, "xin chào"]
    assert owned_by(talk.sender) == OWNED
    stream = heard_of(stored, talk.sender, "user")
    assert "conversation_erased" not in {event["event"] for event in stream}


def test_one_may_ask_again_after_a_no(stored: StoredBot, talk: Any) -> None:
    for message in (ASK, "không", ASK):
        talk.say(message)
    assert outcomes(talk.say("ừ")) == [ERASED]
    assert stored.rows(talk.sender) == []


def test_a_shell_erases_as_well(stored: StoredBot) -> None:
    asked = f"tôi tên {NAME_IN_SHELL}, đăng ký tạm trú cần giấy tờ gì"
    shown, _ = shell_talk(stored.bot, [asked, ASK, "ừ"])
    assert wording.text("privacy", "utter_erased") in shown
    assert NAME_IN_SHELL not in traces_of(stored, "")
