"""One turn for a delivery and one queue for a caller, also with servers beside each other."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.channels.hotline_deliveries import Queues, TooManyMessages, answer_once
from bot.channels.hotline_request import Message, normalised
from bot.settings import Settings
from bot.support import hotline_store
from tests.databases import at_the_same_time

pytest_plugins = ("tests.databases",)

MESSAGE = Message("0912345678", "", "chào", "a", None)


def no_wait(_: str) -> float:
    return 0


@pytest.mark.usefixtures("either_database")
def test_of_servers_one_answers_and_the_others_wait_for_it() -> None:
    turns = []

    async def work() -> tuple[list[str], str | None]:
        turns.append(threading.get_ident())
        await asyncio.sleep(0.3)
        return ["Dạ."], "screen"

    pages = at_the_same_time(lambda: asyncio.run(answer_once(MESSAGE, no_wait, work)), 4)
    assert pages == [["Dạ."]] * 4
    assert len(turns) == 1
    assert hotline_store.screen(MESSAGE.sender) == "screen"


def test_a_turn_that_fails_may_be_tried_again_at_once(database_ready: Settings) -> None:
    async def fail() -> tuple[list[str], str | None]:
        raise RuntimeError

    async def work() -> tuple[list[str], str | None]:
        return [], None

    with pytest.raises(RuntimeError):
        asyncio.run(answer_once(MESSAGE, no_wait, fail))
    assert asyncio.run(answer_once(MESSAGE, no_wait, work)) == []
    # Nothing was said, and that is not said anew.
    assert asyncio.run(answer_once(MESSAGE, no_wait, fail)) == []


def test_who_has_to_wait_leaves_no_delivery(database_ready: Settings) -> None:
    async def work() -> tuple[list[str], str | None]:
        return ["Dạ."], None

    with pytest.raises(TooManyMessages) as refused:
        asyncio.run(answer_once(MESSAGE, lambda _: 7.5, work))
    assert refused.value.wait == 7.5
    assert hotline_store.find(MESSAGE.sender, MESSAGE.mark) is None
    assert asyncio.run(answer_once(MESSAGE, no_wait, work)) == ["Dạ."]


def test_a_queue_is_in_order_of_arrival_and_forgotten() -> None:
    queues, order = Queues(), []

    async def stand(number: int) -> None:
        async with queues.turn("me"):
            order.append(number)
            await asyncio.sleep(0)

    async def all_stand() -> None:
        await asyncio.gather(*(stand(number) for number in range(20)))

    asyncio.run(all_stand())
    assert order == list(range(20))
    assert len(queues) == 0


def test_who_has_no_patience_leaves_the_queue() -> None:
    queues = Queues()

    async def leave() -> None:
        async with queues.turn("me"):
            async with queues.turn("you", 0.01):
                pass
            with pytest.raises(asyncio.TimeoutError):
                async with queues.turn("me", 0.01):
                    pytest.fail("two at a time")
        async with queues.turn("me", 0.01):
            pass

    asyncio.run(leave())
    assert len(queues) == 0


@pytest.mark.parametrize(
    ("number", "one"),
    [
        ("0912345678", "0912345678"),
        (" 0912 345.678 ", "0912345678"),
        ("(0255) 3822-123", "02553822123"),
        ("+84912345678", "0912345678"),
        ("84 912 345 678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("+84 0912345678", "0912345678"),
        ("+842553822123", "02553822123"),
        ("1022", "1022"),
        ("84123", "84123"),
        ("+1 202 555 0100", "+12025550100"),
        ("máy số 5", "máy số 5"),
        ("a.b-c", "a.b-c"),
    ],
)
def test_spellings_of_a_number(number: str, one: str) -> None:
    assert normalised(number) == one
    assert normalised(one) == one
