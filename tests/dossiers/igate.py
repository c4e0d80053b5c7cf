"""A client of the procedures system and what it is to find there."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from bot.dossiers.igate_client import IGateGateway
from bot.dossiers.igate_fields import read_fields
from bot.dossiers.igate_mapping import record_of
from bot.dossiers.igate_token import SignIn
from bot.dossiers.model import GatewayUnavailable, Record
from tests.igate_dossiers import OTHER_IDENTITY, OTHER_PHONE, dossier
from tests.igate_server import CLIENT_ID, CLIENT_SECRET

SECRET = "one secret"
TIMEOUT = 0.4
# What a busy machine may add to a bound.
SLACK = 0.6
CODE, LONGER = "H48.16-260701-0003", "H48.16-260701-00031"
SECOND, THIRD = "H48.16-260702-0004", "H48.16-260703-0005"
UNKNOWN = "H48.16-260701-9999"
FIELDS = read_fields()
DOSSIERS = [
    # The search for CODE finds the longer one first.
    dossier(LONGER, "Có kết quả"),
    dossier(CODE),
    dossier(SECOND, received=dt.date(2026, 7, 9)),
    dossier(THIRD, phone=OTHER_PHONE),
    dossier("H48.16-260704-0006", identity=OTHER_IDENTITY),
    dossier("H48.16-260705-0007", received=None),
]


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def client(url: str, sso_url: str = "", **options: Any) -> IGateGateway:
    sign_in = options.pop("sign_in", None) or SignIn(
        sso_url or url, "digo", CLIENT_ID, CLIENT_SECRET
    )
    chosen = {"timeout": TIMEOUT, "cache_seconds": 0, **options}
    return IGateGateway(url, sign_in, FIELDS, SECRET, **chosen)


def run(*calls: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Results of the calls, one after the other in one loop; a failure stands for its result."""

    async def talk() -> list[Any]:
        results: list[Any] = []
        for call in calls:
            try:
                results.append(await call())
            except GatewayUnavailable as failure:
                results.append(str(failure))
        return results

    return asyncio.run(talk())


def found(code: str) -> Record:
    record = record_of(next(d for d in DOSSIERS if d["code"] == code), FIELDS, SECRET)
    assert record is not None
    return record
