"""Lines are brought to their citizens once, in order, and again if they could not be."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel

from bot.channels import handover_delivery
from bot.channels.conversation_output import ConversationOutput
from bot.settings import Settings, settings
from bot.support import handover as h
from bot.support import handover_talk
from bot.support.handover import Handover, Line
from tests.talks import held, opened, take_the_database_away

pytest_plugins = ("tests.databases",)
pytestmark = pytest.mark.usefixtures("database_ready")

PATIENCE = 10.0


class Citizen:
    """Whom lines are brought to."""

    def __init__(self, *, can_be_reached: bool = True) -> None:
        self.got: list[str] = []
        self.tries = 0
        self.can_be_reached = can_be_reached
        self.fault: BaseException | None = None

    async def bring(self, talk: Handover, lines: Sequence[Line]) -> bool:
        self.tries += 1
        if self.fault is not None:
            raise self.fault
        if self.can_be_reached:
            self.got += [line.text for line in lines]
        return self.can_be_reached


class Pages(ConversationOutput):
    """A channel with pages."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    async def heard(self, recipient_id: str, text: str | None) -> None: ...

    async def send_unasked(self, recipient_id: str, text: str) -> None: ...

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None: ...

    async def send_line(self, recipient_id: str, line: Line) -> None:
        self.lines.append(line)


def say(talk: Handover, *words: str, name: str = "an") -> list[Line]:
    return [handover_talk.answer(talk.id, name, 1, text, text) for text in words]


def waiting(session: str = "one") -> list[str]:
    return [line.text for line in handover_talk.undelivered(session)]


def deliver(**bring: handover_delivery.Bring) -> int:
    return asyncio.run(handover_delivery.deliver(bring))


async def no_care() -> None: ...


async def until(is_so: Callable[[], bool]) -> None:
    async def look() -> None:
        while not is_so():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(look(), PATIENCE)


async def while_running(work: Awaitable[None], **options: Any) -> None:
    """Do something while the loop runs, which then ends as servers end it."""
    running = asyncio.ensure_future(handover_delivery.run(**options))
    try:
        await work
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


def test_lines_are_brought_once_in_order_to_their_own_channels() -> None:
    web, hotline = Citizen(), Citizen()
    one, two = held(), held("two", "ba", channel="hotline")
    say(one, "a", "b")
    say(two, "x", name="ba")
    say(one, "c")
    handover_talk.hear(one, "của công dân", "m1")
    assert deliver(web=web.bring, hotline=hotline.bring) == 4
    assert (web.got, hotline.got) == (["a", "b", "c"], ["x"])
    assert deliver(web=web.bring, hotline=hotline.bring) == 0
    assert web.tries == hotline.tries == 1


def test_a_channel_that_cannot_be_reached_from_here_is_left_alone() -> None:
    say(held(channel="rest"), "a")
    web = Citizen()
    assert deliver(web=web.bring) == 0
    assert (waiting(), web.tries) == (["a"], 0)


def test_what_could_not_be_brought_is_brought_later_in_order() -> None:
    citizen = Citizen(can_be_reached=False)
    talk = held()
    say(talk, "a", "b")
    assert deliver(web=citizen.bring) == 0
    assert waiting() == ["a", "b"]
    say(talk, "c")
    citizen.can_be_reached = True
    assert deliver(web=citizen.bring) == 3
    assert citizen.got == ["a", "b", "c"]


def test_one_citizens_fault_is_not_the_others(caplog: pytest.LogCaptureFixture) -> None:
    broken, fine = Citizen(), Citizen()
    broken.fault = RuntimeError("0905111222 mất gói")
    say(held(channel="zalo"), "a")
    say(held("two", "ba"), "b", name="ba")
    with caplog.at_level(logging.ERROR):
        assert deliver(zalo=broken.bring, web=fine.bring) == 1
    assert fine.got == ["b"]
    assert waiting() == ["a"]
    assert "RuntimeError" in caplog.text
    assert "0905111222" not in caplog.text
    broken.fault = None
    assert deliver(zalo=broken.bring) == 1


def test_a_server_that_stops_while_it_sends_gives_the_lines_back() -> None:
    say(held(), "a")

    async def stopped() -> None:
        is_sending = asyncio.Event()

        async def bring(talk: Handover, lines: Sequence[Line]) -> bool:
            is_sending.set()
            await asyncio.Event().wait()
            return True

        work = asyncio.ensure_future(handover_delivery.deliver({"web": bring}))
        await asyncio.wait_for(is_sending.wait(), PATIENCE)
        assert waiting() == []
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(stopped())
    assert waiting() == ["a"]


@pytest.mark.usefixtures("either_database")
def test_two_workers_bring_each_line_once() -> None:
    talks = [held(f"session-{number}", f"operator-{number}") for number in range(5)]
    for talk in talks:
        say(talk, *(f"{talk.session}-{number}" for number in range(4)), name=talk.claimed_by)
    workers = [Citizen(), Citizen()]

    async def both() -> list[int]:
        return await asyncio.gather(*(
            handover_delivery.deliver({"web": worker.bring}) for worker in workers
        ))  # fmt: skip

    assert sum(asyncio.run(both())) == 20
    got = [text for worker in workers for text in worker.got]
    assert sorted(got) == sorted(f"{talk.session}-{n}" for talk in talks for n in range(4))
    # Whoever brings a talk's lines brings them in order.
    for worker in workers:
        for talk in talks:
            own = [text for text in worker.got if text.startswith(talk.session)]
            assert own == sorted(own)


def test_what_is_said_while_a_worker_sends_does_not_overtake() -> None:
    got: list[str] = []

    async def overtaken() -> None:
        talk = held()
        say(talk, "a")
        is_sending, goes_on = asyncio.Event(), asyncio.Event()

        async def slow(talk: Handover, lines: Sequence[Line]) -> bool:
            is_sending.set()
            await goes_on.wait()
            got.extend(line.text for line in lines)
            return True

        async def fast(talk: Handover, lines: Sequence[Line]) -> bool:
            got.extend(line.text for line in lines)
            return True

        first = asyncio.ensure_future(handover_delivery.deliver({"web": slow}))
        await asyncio.wait_for(is_sending.wait(), PATIENCE)
        say(talk, "b")
        # Somebody else looks meanwhile, and brings it or waits.
        second = asyncio.ensure_future(handover_delivery.deliver({"web": fast}))
        await asyncio.wait({second}, timeout=0.2)
        goes_on.set()
        await asyncio.gather(first, second)
        await handover_delivery.deliver({"web": fast})

    asyncio.run(overtaken())
    assert got == ["a", "b"]


def test_a_reply_does_not_overtake_what_is_being_brought() -> None:
    got: list[str] = []

    class Recorded(CollectingOutputChannel):
        async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
            got.append(text)

    async def overtaken() -> None:
        talk = held()
        say(talk, "a")
        is_sending, goes_on = asyncio.Event(), asyncio.Event()

        async def fails(talk: Handover, lines: Sequence[Line]) -> bool:
            is_sending.set()
            await goes_on.wait()
            return False

        first = asyncio.ensure_future(handover_delivery.deliver({"web": fails}))
        await asyncio.wait_for(is_sending.wait(), PATIENCE)
        say(talk, "b")
        # The citizen writes meanwhile.
        second = asyncio.ensure_future(handover_delivery.tell_waiting(Recorded(), "one"))
        await asyncio.wait({second}, timeout=0.2)
        goes_on.set()
        await asyncio.gather(first, second)
        await handover_delivery.tell_waiting(Recorded(), "one")

    asyncio.run(overtaken())
    assert got == ["Cán bộ an: a", "Cán bộ an: b"]


def test_a_reply_brings_what_waits_behind_it() -> None:
    talk = held(channel="rest")
    say(talk, "Dạ")
    handover_talk.say(talk, "Thứ 2", "k1", buttons=[{"title": "Thôi", "payload": "/cancel"}])
    output = CollectingOutputChannel()
    asyncio.run(handover_delivery.tell_waiting(output, "one"))
    assert [message["text"] for message in output.messages] == ["Cán bộ an: Dạ", "Thứ 2"]
    assert [button["payload"] for button in output.messages[1]["buttons"]] == ["/cancel"]
    asyncio.run(handover_delivery.tell_waiting(output, "one"))
    asyncio.run(handover_delivery.tell_waiting(output, "two"))
    assert len(output.messages) == 2


def test_a_reply_that_cannot_bring_a_line_leaves_it_for_later() -> None:
    talk = held(channel="rest")
    say(talk, "a", "b")

    class Broken(CollectingOutputChannel):
        async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
            if text.endswith("b"):
                raise ConnectionError
            await super().send_text_message(recipient_id, text, **kwargs)

    output = Broken()
    with contextlib.suppress(ConnectionError):
        asyncio.run(handover_delivery.tell_waiting(output, "one"))
    assert [message["text"] for message in output.messages] == ["Cán bộ an: a"]
    assert waiting() == ["b"]


def test_a_reply_without_a_database_is_a_reply(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    say(held(channel="rest"), "a")
    take_the_database_away(monkeypatch)
    output = CollectingOutputChannel()
    asyncio.run(handover_delivery.tell_waiting(output, "one"))
    assert output.messages == []
    assert "DatabaseUnavailable" in caplog.text


def test_pages_get_lines_as_they_are_and_texts_with_the_operators_name() -> None:
    talk = held()
    (line,) = say(talk, "Dạ {x}")
    pages, output = Pages(), CollectingOutputChannel()
    for channel in (pages, output):
        assert isinstance(channel, OutputChannel)
        asyncio.run(handover_delivery.send_line(channel, "one", line))
    assert pages.lines == [line]
    assert output.messages == [{"recipient_id": "one", "text": "Cán bộ an: Dạ {x}"}]
    told = handover_talk.say(opened("two"), "Thứ 2", "k1")
    assert told is not None
    assert handover_delivery.spoken(told) == "Thứ 2"


def test_the_loop_brings_at_once_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    # Only being woken can bring it in time.
    monkeypatch.setattr(handover_delivery, "ROUND_SECONDS", 60.0)
    citizen, talk = Citizen(), held()
    looks: list[None] = []
    real = handover_delivery.deliver

    async def counted(*arguments: Any) -> int:
        brought = await real(*arguments)
        looks.append(None)
        return brought

    monkeypatch.setattr(handover_delivery, "deliver", counted)

    async def work() -> None:
        await until(lambda: len(looks) == 1)
        await asyncio.to_thread(say, talk, "a")
        assert citizen.got == []
        # From another thread, as the console's routes do.
        await asyncio.to_thread(handover_delivery.wake)
        await until(lambda: citizen.got == ["a"])

    asyncio.run(while_running(work(), bring={"web": citizen.bring}, care=no_care))
    # Nothing is left of a loop that has ended.
    assert handover_delivery._WAKERS == []
    handover_delivery.wake()


def test_the_loop_looks_by_itself_and_survives_faults(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(handover_delivery, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(handover_delivery, "CARE_SECONDS", 0.0)
    citizen, talk = Citizen(), held()
    cared: list[None] = []

    async def care() -> None:
        cared.append(None)
        raise RuntimeError("Nguyễn Văn A, 0905111222")

    async def work() -> None:
        await until(lambda: len(cared) >= 2)
        await asyncio.to_thread(say, talk, "a")
        await until(lambda: citizen.got == ["a"])

    asyncio.run(while_running(work(), bring={"web": citizen.bring}, care=care))
    assert "RuntimeError" in caplog.text
    assert "0905111222" not in caplog.text


def test_the_loop_goes_on_when_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, database_ready: Settings
) -> None:
    monkeypatch.setattr(handover_delivery, "ROUND_SECONDS", 0.01)
    citizen, talk = Citizen(), held()
    say(talk, "a")

    async def work() -> None:
        await until(lambda: "DatabaseUnavailable" in caplog.text)
        assert citizen.got == []
        down.undo()
        settings.cache_clear()
        await until(lambda: citizen.got == ["a"])

    with pytest.MonkeyPatch.context() as down:
        take_the_database_away(down)
        asyncio.run(while_running(work(), bring={"web": citizen.bring}, care=no_care))


def test_care_is_taken_less_often_than_lines_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handover_delivery, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(handover_delivery, "CARE_SECONDS", 3600.0)
    looks: list[None] = []
    cared: list[None] = []

    async def counted(*arguments: Any) -> int:
        looks.append(None)
        return 0

    async def care() -> None:
        cared.append(None)

    monkeypatch.setattr(handover_delivery, "deliver", counted)

    async def work() -> None:
        await until(lambda: len(looks) > 5)

    asyncio.run(while_running(work(), bring={}, care=care))
    assert len(cared) <= 1


def test_what_an_operator_says_is_named_for_channels_with_text_only() -> None:
    (line,) = say(held(), "Dạ")
    assert line.author == h.OPERATOR
    assert handover_delivery.spoken(line) == "Cán bộ an: Dạ"


def test_who_is_not_reached_just_now_costs_no_writing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk = opened()
    handover_talk.say(talk, "Anh/chị đang đứng thứ 1.", "place")
    taken: list[Any] = []
    monkeypatch.setattr(handover_talk, "take", lambda lines: taken.append(lines) or [])

    async def send(talk: Handover, lines: Sequence[Line]) -> bool:
        return True

    brought = asyncio.run(handover_delivery.deliver({talk.channel: send}, lambda _: False))
    assert (brought, taken) == (0, [])
    asyncio.run(handover_delivery.deliver({talk.channel: send}, lambda _: True))
    assert len(taken) == 1
