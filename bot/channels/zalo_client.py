"""Sending messages as the Official Account, by Zalo's API v3.0 ("consultation" messages)."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from bot.channels.zalo_http import PAUSE, RATE_LIMIT, UNAUTHORIZED, ZaloFailure, code_of, post
from bot.channels.zalo_tokens import Tokens
from bot.settings import Settings

PATH = "/v3.0/oa/message/cs"
# Seconds for one request.
TIMEOUT = 8.0
# Invalid or ended access tokens. -216 is what v3.0 answers; -124 is the older of Zalo's two codes.
TOKEN_REFUSED = frozenset((-216, -124, UNAUTHORIZED))


def is_on(known: Settings) -> bool:
    """Whether the settings name an account, its key, and a token for it."""
    # A refresh token alone is of no use without the secret that it is used with.
    renewed = known.zalo_refresh_token and known.zalo_app_secret
    token = renewed or known.zalo_access_token
    return bool(known.zalo_app_id and known.zalo_secret_key and token)


class ZaloClient:
    """Zalo's API for one account."""

    def __init__(self, settings: Settings, timeout: float = TIMEOUT) -> None:
        """`timeout`: seconds for one request."""
        self._url = settings.zalo_api_url + PATH
        self._timeout = timeout
        self._tokens = Tokens(settings)

    async def send(self, user_id: str, message: dict[str, Any]) -> None:
        """Send one message (see `bot.channels.zalo_output.messages`).

        A refused token is renewed once; a request that Zalo has no time for is repeated once.

        Raises:
            ZaloFailure: it was not sent, or nobody knows.
        """
        body = {"recipient": {"user_id": user_id}, "message": message}
        refused, may_renew, may_repeat = "", True, True
        while True:
            token = await self._tokens.token(refused)
            try:
                code = await self._post(token, body)
            except ZaloFailure as failure:
                if failure.pause is None or not may_repeat:
                    raise
                may_repeat = False
                await asyncio.sleep(failure.pause)
                continue
            if code == 0:
                return
            if code not in TOKEN_REFUSED or not may_renew:
                raise ZaloFailure(f"error {code}")
            refused, may_renew = token, False

    async def close(self) -> None:
        """Nothing of the account's tokens gets lost at the end."""
        await self._tokens.finish()

    async def _post(self, token: str, body: dict[str, Any]) -> int:
        answer = await post(self._url, {"access_token": token}, self._timeout, document=body)
        code = code_of(answer)
        if code == RATE_LIMIT:
            raise ZaloFailure(f"error {code}", PAUSE)
        return code


@functools.lru_cache(maxsize=1)
def client_for(settings: Settings) -> ZaloClient:
    """The client that all of this process share."""
    return ZaloClient(settings)
