"""The mirror against a Chatwoot on a real port: talks go there, and what agents do comes back."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.channels import chatwoot, chatwoot_client, chatwoot_mirror
from bot.channels.chatwoot_pauses import Pauses
from bot.settings import Settings, settings
from bot.support import handover as h
from bot.support import handover_rows, handover_talk, handovers
from bot.support.handover import Handover, Summary
from tests.chatwoot_server import (
    BOT,
    CLOSED,
    DONE_UNSAID,
    ERROR,
    GARBAGE,
    LAN,
    MINH,
    SLOW,
    ChatwootServer,
    running_chatwoot,
)

SECONDS = 20.0
NUMBERS = ("một", "hai", "ba", "bốn", "năm")


@contextlib.contextmanager
def mirroring() -> Iterator[None]:
    """The mirror in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    work = asyncio.run_coroutine_threadsafe(
        chatwoot.run(round_seconds=0.05, slot_seconds=0.5, pauses=Pauses(0.05, 0.2)), loop
    )
    try:
        yield
    finally:
        work.cancel()
        with contextlib.suppress(BaseException):
            work.result(timeout=10)
        asyncio.run_coroutine_threadsafe(_finished(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


async def _finished() -> None:
    """All other tasks of the loop are over."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others) if others else None


@pytest.fixture
def desk(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatwootServer]:
    with running_chatwoot() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        # Bells are tested at the webhook: here each conversation is looked at all the time.
        monkeypatch.setattr(chatwoot_mirror, "LOOK_SECONDS", 0.1)
        settings.cache_clear()
        yield server


@pytest.fixture
def mirror(desk: ChatwootServer) -> Iterator[ChatwootServer]:
    with mirroring():
        yield desk


def open_talk(session: str = "session-1", **further: Any) -> Handover:
    summary = Summary("Làm khai sinh cho con", "1.001193", "Đăng ký khai sinh", (), 2)
    return handovers.open_handover(session, "web", h.REQUEST, summary, **further)


def hear(talk: Handover, *texts: str) -> None:
    for text in texts:
        assert handover_talk.hear(talk, text, f"message-{text}")


def wait(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)
    return found


def now_of(talk: Handover) -> Handover:
    found = handovers.find(talk.id)
    assert found is not None
    return found


def answers(talk: Handover) -> list[tuple[str, str]]:
    """Who has said what to the citizen."""
    return [(x.name, x.text) for x in handover_talk.read(talk.id) if x.author == h.OPERATOR]


def claimed(talk: Handover, name: str) -> Handover:
    return wait(lambda: (now := now_of(talk)).claimed_by == name and now)


def test_a_talk_that_opens_stands_in_the_inbox_without_personal_data(
    mirror: ChatwootServer,
) -> None:
    at = dt.datetime(2026, 12, 1, 1)  # noqa: DTZ001
    earlier = [
        (h.CITIZEN, "tôi muốn khai sinh, số 0912345678", at),
        (h.BOT, "Dạ, hồ sơ gồm Giấy chứng sinh.", at),
    ]
    talk = open_talk("0912345678", earlier=earlier)
    hear(talk, "tôi cần gặp người", "con tôi sinh ở quê")
    number = mirror.one()
    mirror.wait_until(lambda: len(mirror.told(number)) == 2)
    assert mirror.told(number) == ["tôi cần gặp người", "con tôi sinh ở quê"]
    (note,) = mirror.notes(number)
    for part in ("Làm khai sinh cho con", "1.001193", "không hiểu 2 tin", "Giấy chứng sinh"):
        assert part in note
    assert mirror.messages(number)[0]["content"] == note
    assert mirror.status(number) == "open"
    (contact,) = mirror.contacts.values()
    assert contact["name"].startswith("Công dân ")
    assert "912345678" not in f"{mirror.contacts}{mirror.conversations}"
    wait(lambda: now_of(talk).external_id == str(number))


def test_the_first_answer_claims_the_talk_and_reaches_the_citizen_once(
    mirror: ChatwootServer,
) -> None:
    talk = open_talk()
    number = mirror.one()
    first = mirror.says(number, "Chào anh/chị")
    claimed(talk, "chatwoot:11")
    for _ in range(3):
        mirror.ring_again(first)
        chatwoot.ring(str(number))
    mirror.says(number, "Anh/chị cần gì?")
    wait(lambda: len(answers(talk)) == 2)
    assert answers(talk) == [("Chị Lan", "Chào anh/chị"), ("Chị Lan", "Anh/chị cần gì?")]
    assert now_of(talk).claim == 1


def test_notes_the_bots_messages_and_activities_reach_nobody(mirror: ChatwootServer) -> None:
    talk = open_talk()
    number = mirror.one()
    mirror.says(number, "để tôi hỏi phòng Tư pháp", private=True)
    mirror.says(number, "Em là máy", BOT)
    mirror.says(number, "Chào anh/chị")
    wait(lambda: answers(talk))
    assert answers(talk) == [("Chị Lan", "Chào anh/chị")]
    # Nor does what we write come back to us: the conversation holds the same two notes.
    before = len(mirror.requests)
    mirror.wait_until(lambda: len(mirror.requests) > before + 6)
    assert [m["content"] for m in mirror.messages(number) if not m["private"]] == [
        "Em là máy",
        "Chào anh/chị",
    ]
    assert len(mirror.notes(number)) == 2


def test_another_agent_who_answers_takes_the_talk_over(mirror: ChatwootServer) -> None:
    talk = open_talk()
    number = mirror.one()
    mirror.says(number, "Chào anh/chị", LAN)
    claimed(talk, "chatwoot:11")
    mirror.says(number, "Tôi trả lời tiếp", MINH)
    now = claimed(talk, "chatwoot:12")
    wait(lambda: len(answers(talk)) == 2)
    assert (now.claim, now.claimed_name) == (2, "Anh Minh")
    assert answers(talk)[-1] == ("Anh Minh", "Tôi trả lời tiếp")
    said = [x.text for x in handover_talk.read(talk.id) if x.author == h.BOT]
    assert len(said) == 2
    assert "Chị Lan" in said[0]
    assert "Anh Minh" in said[1]


@pytest.mark.parametrize(
    ("status", "reason"), [("resolved", h.SOLVED), ("pending", h.RETURNED)], ids=str
)
def test_a_closed_conversation_ends_the_talk_after_its_last_answer(
    mirror: ChatwootServer, status: str, reason: str
) -> None:
    talk = open_talk()
    number = mirror.one()
    mirror.says(number, "Xong rồi ạ")
    mirror.set_status(number, status)
    wait(lambda: now_of(talk).state == h.CLOSED)
    assert now_of(talk).close_reason == reason
    assert answers(talk) == [("Chị Lan", "Xong rồi ạ")]
    mirror.wait_until(lambda: mirror.status(number) == "resolved")


def test_a_conversation_resolved_without_an_answer_ends_the_waiting_talk(
    mirror: ChatwootServer,
) -> None:
    talk = open_talk()
    number = mirror.one()
    wait(lambda: now_of(talk).external_id)
    mirror.set_status(number, "resolved", LAN)
    wait(lambda: now_of(talk).state == h.CLOSED)
    assert now_of(talk).close_reason == h.SOLVED
    (said,) = [x.text for x in wait(lambda: handover_talk.undelivered(talk.session))]
    assert "Chị Lan" in said


def test_a_citizen_who_leaves_resolves_the_conversation_after_their_last_words(
    mirror: ChatwootServer,
) -> None:
    talk = open_talk()
    number = mirror.one()
    mirror.wait_until(lambda: mirror.notes(number))
    hear(talk, "thôi")
    handovers.end(talk.id, h.LEFT)
    mirror.wait_until(lambda: mirror.status(number) == "resolved")
    assert mirror.told(number) == ["thôi"]
    assert "quay lại hỏi máy" in mirror.notes(number)[-1]


def test_an_answer_after_the_end_is_told_to_the_agent_only(mirror: ChatwootServer) -> None:
    talk = open_talk()
    number = mirror.one()
    mirror.wait_until(lambda: mirror.notes(number))
    handovers.end(talk.id, h.LEFT)
    mirror.wait_until(lambda: mirror.status(number) == "resolved")
    mirror.says(number, "Còn đó không anh/chị?")
    chatwoot.ring(str(number))
    mirror.wait_until(lambda: "Còn đó không" in mirror.notes(number)[-1])
    assert answers(talk) == []


def test_a_talk_that_the_console_has_is_not_taken_from_it(mirror: ChatwootServer) -> None:
    talk = open_talk()
    number = mirror.one()
    held = handovers.claim(talk.id, "hoa", "Hoa")
    handover_talk.answer(talk.id, "hoa", held.claim, "Chào anh/chị, tôi là Hoa", "1")
    mirror.says(number, "Tôi trả lời nhé")
    mirror.wait_until(lambda: any("Hoa đang trả lời" in x for x in mirror.notes(number)))
    mirror.set_status(number, "resolved")
    mirror.wait_until(lambda: any("chưa kết thúc" in x for x in mirror.notes(number)))
    mirror.wait_until(lambda: mirror.status(number) == "open")
    mirror.wait_until(lambda: "Cán bộ Hoa: Chào anh/chị, tôi là Hoa" in mirror.notes(number))
    assert answers(talk) == [("Hoa", "Chào anh/chị, tôi là Hoa")]
    assert now_of(talk).claimed_by == "hoa"


def test_files_and_texts_that_are_too_long_are_told_to_the_agent(mirror: ChatwootServer) -> None:
    talk = open_talk()
    number = mirror.one()
    file = {"id": 1, "file_type": "image", "data_url": "http://127.0.0.1/picture.png"}
    mirror.wait_until(lambda: mirror.notes(number))
    mirror.says(number, None, attachments=(file,))
    mirror.says(number, "x" * 2001)
    mirror.wait_until(lambda: len(mirror.notes(number)) == 3)
    assert "Hình và tệp" in "".join(mirror.notes(number))
    assert "quá dài" in mirror.notes(number)[-1]
    assert now_of(talk).state == h.WAITING


def test_an_agent_with_enough_talks_takes_no_other_from_a_colleague(
    mirror: ChatwootServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(settings().support_talks_per_operator):
        one = open_talk(f"other-{number}")
        handovers.claim(one.id, "chatwoot:12", "Anh Minh")
    talk = open_talk()
    number = int(wait(lambda: now_of(talk).external_id))
    mirror.says(number, "Chào anh/chị", LAN)
    claimed(talk, "chatwoot:11")
    mirror.says(number, "Tôi trả lời tiếp", MINH)
    mirror.wait_until(lambda: any("giữ đủ số" in x for x in mirror.notes(number)))
    assert now_of(talk).claimed_by == "chatwoot:11"


def test_the_lease_of_an_agents_talk_is_renewed_while_chatwoot_is_there(
    desk: ChatwootServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = open_talk()
    past = dt.datetime.utcnow() - dt.timedelta(hours=1)
    handovers.claim(talk.id, "chatwoot:11", "Chị Lan", past)
    with mirroring():
        wait(lambda: (until := now_of(talk).lease_until) and until > dt.datetime.utcnow())
        desk.fail(CLOSED, times=10_000)
        mark = len(desk.requests)
        desk.wait_until(lambda: len(desk.requests) > mark + 3)
        before = now_of(talk).lease_until
        mark = len(desk.requests)
        desk.wait_until(lambda: len(desk.requests) > mark + 2)
        assert now_of(talk).lease_until == before


@pytest.mark.parametrize("fault", [ERROR, CLOSED, GARBAGE, DONE_UNSAID], ids=str)
@pytest.mark.parametrize(
    "where", ["POST contacts", "POST conversations", "POST conversations/1/messages"], ids=str
)
def test_whatever_fails_each_line_stands_there_once_and_in_order(
    desk: ChatwootServer, fault: str, where: str
) -> None:
    talk = open_talk()
    hear(talk, *NUMBERS)
    desk.fail(fault, times=2, only=where)
    with mirroring():
        desk.wait_until(lambda: desk.conversations and len(desk.told(1)) >= len(NUMBERS))
        before = len(desk.requests)
        desk.wait_until(lambda: len(desk.requests) > before + 4)
    assert desk.told(1) == list(NUMBERS)
    assert len(desk.notes(1)) == len(desk.conversations) == len(desk.contacts) == 1


def test_a_slow_chatwoot_does_not_make_lines_come_twice(
    desk: ChatwootServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chatwoot_client, "TIMEOUT", 0.3)
    talk = open_talk()
    hear(talk, *NUMBERS)
    desk.fail(SLOW, times=2, only="POST conversations/1/messages")
    with mirroring():
        desk.wait_until(lambda: desk.conversations and len(desk.told(1)) >= len(NUMBERS))
    assert desk.told(1) == list(NUMBERS)


def test_what_is_said_while_chatwoot_is_down_comes_when_it_is_back(
    desk: ChatwootServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = open_talk()
    with mirroring():
        number = desk.one()
        desk.wait_until(lambda: desk.notes(number))
        desk.fail(CLOSED, times=10_000)
        hear(talk, *NUMBERS)
        desk.says(number, "Tôi đây ạ")
        before = len(desk.requests)
        desk.wait_until(lambda: len(desk.requests) > before + 3)
        desk.fail("", times=0)
        desk.wait_until(lambda: len(desk.told(number)) == len(NUMBERS))
        claimed(talk, "chatwoot:11")
    assert desk.told(number) == list(NUMBERS)
    assert answers(talk) == [("Chị Lan", "Tôi đây ạ")]


def test_a_mirror_that_starts_anew_goes_on_where_the_last_one_stopped(
    desk: ChatwootServer,
) -> None:
    talk = open_talk()
    hear(talk, *NUMBERS)
    with mirroring():
        number = desk.one()
        desk.wait_until(lambda: len(desk.told(number)) >= 2)
    desk.says(number, "Chào anh/chị", LAN)
    desk.says(number, "Tôi nghe đây", MINH)
    with mirroring():
        desk.wait_until(lambda: len(desk.told(number)) >= len(NUMBERS))
        wait(lambda: len(answers(talk)) == 2)
    gone = open_talk("session-2")
    with mirroring():
        wait(lambda: now_of(gone).external_id)
        desk.wait_until(lambda: desk.notes(int(now_of(gone).external_id)))
    handovers.end(gone.id, h.LEFT)
    with mirroring():
        desk.wait_until(lambda: desk.status(int(now_of(gone).external_id)) == "resolved")
    assert desk.told(number) == list(NUMBERS)
    assert answers(talk) == [("Chị Lan", "Chào anh/chị"), ("Anh Minh", "Tôi nghe đây")]
    assert now_of(talk).claimed_by == "chatwoot:12"
    assert len(desk.contacts) == len(desk.conversations) == 2


def test_two_mirrors_write_each_line_once(desk: ChatwootServer) -> None:
    talk = open_talk()
    with mirroring(), mirroring():
        hear(talk, *NUMBERS)
        desk.wait_until(lambda: desk.conversations and len(desk.told(1)) >= len(NUMBERS))
        before = len(desk.requests)
        desk.wait_until(lambda: len(desk.requests) > before + 6)
    assert desk.told(1) == list(NUMBERS)
    assert len(desk.notes(1)) == len(desk.conversations) == 1


def test_an_inbox_with_a_bot_or_with_one_conversation_for_each_contact_works_too(
    desk: ChatwootServer,
) -> None:
    desk.has_active_bot = desk.locks_to_single = True
    first = open_talk()
    with mirroring():
        desk.wait_until(lambda: desk.conversations and desk.notes(1))
        assert desk.status(1) == "open"
        handovers.end(first.id, h.LEFT)
        desk.wait_until(lambda: desk.status(1) == "resolved")
        second = open_talk()
        hear(second, "lại là tôi")
        desk.wait_until(lambda: len(desk.conversations) == 2 and desk.told(2))
    assert (desk.told(1), desk.told(2)) == ([], ["lại là tôi"])
    assert len(desk.contacts) == 1


def test_a_conversation_that_was_deleted_there_is_made_again(mirror: ChatwootServer) -> None:
    talk = open_talk()
    hear(talk, *NUMBERS)
    number = mirror.one()
    mirror.wait_until(lambda: len(mirror.told(number)) == len(NUMBERS))
    with mirror.changed:
        mirror.conversations[number + 1000] = mirror.conversations.pop(number)
        del mirror.conversations[number + 1000]
    mirror.wait_until(lambda: mirror.conversations and len(mirror.told(mirror.one())) == 5)
    assert mirror.told(mirror.one()) == list(NUMBERS)


@pytest.mark.parametrize("is_administrator", [True, False], ids=["may-delete", "may-not"])
def test_erased_data_leaves_the_helpdesk_as_well(
    mirror: ChatwootServer, is_administrator: bool
) -> None:
    mirror.is_administrator = is_administrator
    talk = open_talk()
    number = mirror.one()
    mirror.wait_until(lambda: mirror.notes(number))
    handover_rows.erase(talk.session)
    if is_administrator:
        mirror.wait_until(lambda: not mirror.contacts)
        assert mirror.conversations == {}
    else:
        mirror.wait_until(lambda: mirror.status(number) == "resolved")
        assert "xóa dữ liệu" in mirror.notes(number)[-1]


def test_a_forgotten_citizens_contact_is_deleted_once_chatwoot_is_there(
    mirror: ChatwootServer,
) -> None:
    talk = open_talk()
    number = mirror.one()
    mirror.wait_until(lambda: mirror.notes(number))
    handovers.end(talk.id, h.LEFT)
    mirror.wait_until(lambda: mirror.status(number) == "resolved")
    mirror.fail(ERROR, times=3)
    chatwoot.forget(talk.session)
    mirror.wait_until(lambda: not mirror.contacts)


def test_nothing_of_what_is_said_is_logged(
    desk: ChatwootServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    talk = open_talk()
    hear(talk, "chuyện riêng của tôi")
    desk.fail(ERROR, times=2)
    with mirroring():
        number = desk.one()
        desk.wait_until(lambda: desk.told(number))
        desk.says(number, "lời riêng của cán bộ")
        wait(lambda: answers(talk))
    log = "\n".join(record.getMessage() for record in caplog.records)
    assert "Chatwoot cannot be reached: status 500" in log
    assert "riêng" not in log
    assert settings().chatwoot_token not in log


def test_a_wrong_token_loses_nothing(desk: ChatwootServer, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = open_talk()
    hear(talk, "tôi hỏi")
    monkeypatch.setenv("BOT_CHATWOOT_TOKEN", "wrong")
    settings.cache_clear()
    with mirroring():
        desk.wait_until(lambda: len(desk.requests) >= 2)
    assert desk.conversations == {}
    monkeypatch.setenv("BOT_CHATWOOT_TOKEN", desk.environment["BOT_CHATWOOT_TOKEN"])
    settings.cache_clear()
    with mirroring():
        desk.wait_until(lambda: desk.conversations and desk.told(1) == ["tôi hỏi"])
