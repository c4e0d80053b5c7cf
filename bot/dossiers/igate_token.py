"""Signing in to the procedures system by OpenID Connect: one token, renewed before it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.dossiers.igate_http import Answer, Line, RequestFailed, request
from bot.dossiers.model import GatewayUnavailable

# A token is renewed so many seconds before it ends, short ones after nine tenths of their time.
MARGIN, LONGEST_USE = 30.0, 0.9
# Where the answer does not tell how long a token is good.
USUAL_SECONDS = 60.0


@dataclass(frozen=True)
class SignIn:
    """Who the bot is. With a username the grant is `password`, else `client_credentials`."""

    sso_url: str
    realm: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The token endpoint."""
        return f"{self.sso_url}/auth/realms/{quote(self.realm)}/protocol/openid-connect/token"

    @property
    def form(self) -> dict[str, str]:
        """What is sent to it."""
        secret = {"client_secret": self.client_secret} if self.client_secret else {}
        client = {"client_id": self.client_id, **secret}
        if self.username:
            person = {"username": self.username, "password": self.password}
            return {"grant_type": "password", **client, **person}
        return {"grant_type": "client_credentials", **client}


class Tokens:
    """The current token."""

    def __init__(self, sign_in: SignIn, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that only grow; for tests."""
        self._sign_in = sign_in
        self._clock = clock
        self._token = ""
        self._renew_at = 0.0

    async def token(self, line: Line, refused: str = "") -> str:
        """A token that is good for now, and is not the one that was just refused.

        Raises:
            GatewayUnavailable: signing in failed.
        """
        if not self._is_good(refused):
            async with line.signing_in:
                # Another look-up may have signed in meanwhile.
                if not self._is_good(refused):
                    await self._renew(line)
        return self._token

    def _is_good(self, refused: str) -> bool:
        return self._token not in ("", refused) and self._clock() < self._renew_at

    async def _renew(self, line: Line) -> None:
        asked_at = self._clock()
        try:
            answer = await request(line.session, "POST", self._sign_in.url, form=self._sign_in.form)
        except RequestFailed as failure:
            # Not repeated: only the search is.
            raise GatewayUnavailable(f"sign-in: {failure}") from None
        if answer.status != 200:
            raise GatewayUnavailable(f"sign-in: refused with status {answer.status}")
        self._token, seconds = _read(answer)
        self._renew_at = asked_at + max(seconds - MARGIN, seconds * LONGEST_USE)


def _read(answer: Answer) -> tuple[str, float]:
    """Token and seconds that it is good for."""
    document = answer.document if isinstance(answer.document, dict) else {}
    token, seconds = document.get("access_token"), document.get("expires_in")
    # What does not fit into a header must not get there.
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise GatewayUnavailable("sign-in: no token in the answer")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return token, USUAL_SECONDS
    return token, max(0.0, float(seconds))
