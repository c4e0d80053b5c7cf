"""A birth is a need, not a danger: most parents write "em bé" in their first message."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

import pytest

from bot import aspects
from bot.engine import agent as agents
from bot.engine.training import current_model

BIRTHS = (
    "tôi mới sinh em bé",
    "sinh em bé",
    "vợ tôi mới sinh em bé",
    "toi moi sinh em be",
    "em mới sinh em bé hôm kia",
    "mới có em bé",
    "sắp sinh em bé",
    "sinh đôi hai em bé",
    "vợ tui đẻ em bé rồi",
    "vo em sanh em be trai",
    "gia đình em vừa có em bé",
    "tui moi co em be dau long",
    "em bé được một tháng rồi mà chưa làm giấy tờ",
    "em gái tui mới sanh em bé ở bệnh viện",
    "con em mới sinh được 2 tuần",
    "vợ chồng em hiếm muộn muốn xin em bé về nuôi",
    "em be moi sinh lam the bhyt",
    "đẻ em bé xong thì làm giấy chi trước",
)
DANGERS = {
    "nhặt được em bé ngoài chợ, còn dây rốn": "child",
    "có em bé bị bỏ rơi ở bờ sông": "child",
    "ai do bo em be truoc nha tui": "child",
    "em bé mới sinh tím tái không thở": "medical",
    "vo toi dang de roi tai nha, em be chua ra, mau qua troi": "medical",
    "hàng xóm đánh em bé chảy máu": "child",
}


@lru_cache(maxsize=1)
def _agent() -> Any:
    return agents.load_now(current_model())


def aspect(message: str) -> str:
    return str(asyncio.run(_agent().parse_message(message)).get("aspect") or "")


@pytest.mark.parametrize("message", BIRTHS)
def test_a_birth_is_no_danger(message: str) -> None:
    assert aspect(message) not in aspects.DANGERS


@pytest.mark.parametrize("message", DANGERS)
def test_a_child_in_danger_still_is(message: str) -> None:
    assert aspect(message) == DANGERS[message]
