"""The access token of the Official Account, renewed when it ends or is refused.

Each refresh token works once: the one that comes with the new access token replaces it. Both are
kept sealed in `var/zalo_tokens`, and only who holds a lock on the file beside it renews them.
Servers with folders of their own must not share an account: each would use up the other's token.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import os
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.channels.zalo_http import ZaloFailure, code_of, post
from bot.sealing import seal, unseal
from bot.settings import Settings

FILE, LOCK_FILE = "zalo_tokens", "zalo_tokens.lock"
PATH = "/v4/oa/access_token"
# The sealed file opens as this "conversation" only.
SEALED_AS = "zalo-tokens"
# A token is renewed so many seconds before it ends (they are good for about a day).
MARGIN = 300.0
# Seconds. Longer than for a message: an answer that is not waited for has used the token up.
TIMEOUT, LOCK_TIMEOUT, LOCK_PAUSE = 20.0, 30.0, 0.05

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pair:
    """Tokens; `ends_at` is the access token's end in Unix seconds, 0 if unknown.

    `origin` marks the settings that they come from; `made_at` is 0 for those of the settings.
    """

    origin: str
    made_at: float
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: float = 0.0

    def is_good(self, refused: str, margin: float = MARGIN) -> bool:
        """Whether the access token can be used now; `refused` is one that Zalo does not take."""
        lasts = not self.ends_at or not self.refresh or time.time() < self.ends_at - margin
        return self.access not in ("", refused) and lasts


class Tokens:
    """The current tokens."""

    def __init__(self, settings: Settings) -> None:
        """Tokens of the file if they come from these settings, else of the settings."""
        self._settings = settings
        self._pair: Pair | None = None
        self._renewing: asyncio.Task[None] | None = None

    async def token(self, refused: str = "") -> str:
        """An access token that is good for now, and is not the one that was just refused.

        Raises:
            ZaloFailure: there is none to be had.
        """
        if self._pair is None:
            self._pair = self._kept() or self._first()
        if not self._pair.is_good(refused):
            try:
                await self._renewed(refused)
            except ZaloFailure:
                # Renewed early: for some minutes the old one does.
                if not self._pair.is_good(refused, margin=0):
                    raise
        return self._pair.access

    async def finish(self) -> None:
        """Wait for a renewal that is under way: its answer must not get lost."""
        if self._renewing is not None and self._renewing.get_loop() is asyncio.get_running_loop():
            await asyncio.wait([self._renewing])

    async def _renewed(self, refused: str) -> None:
        """One renewal for all who wait; it goes on if they do not."""
        task = self._renewing
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            task = self._renewing = asyncio.create_task(self._renew(refused))
        await asyncio.shield(task)

    async def _renew(self, refused: str) -> None:
        async with self._locked():
            # Another process may have renewed them meanwhile.
            found = (self._kept(), self._pair, self._first())
            known = max((pair for pair in found if pair), key=lambda pair: pair.made_at)
            if not known.is_good(refused):
                known = await self._ask(known)
                self._keep(known)
            self._pair = known

    async def _ask(self, known: Pair) -> Pair:
        if not known.refresh:
            raise ZaloFailure("the access token is refused, and there is no refresh token")
        asked_at = time.time()
        answer = await post(
            self._settings.zalo_oauth_url + PATH,
            {"secret_key": self._settings.zalo_app_secret},
            TIMEOUT,
            form={
                "refresh_token": known.refresh,
                "app_id": self._settings.zalo_app_id,
                "grant_type": "refresh_token",
            },
        )
        if code := code_of(answer):
            raise ZaloFailure(f"the refresh token is refused with error {code}")
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not _is_token(access) or not _is_token(refresh):
            raise ZaloFailure("no tokens in the answer")
        return Pair(known.origin, asked_at, str(access), str(refresh), _end(asked_at, answer))

    def _first(self) -> Pair:
        known = self._settings
        return Pair(self._origin(), 0.0, known.zalo_access_token, known.zalo_refresh_token)

    def _origin(self) -> str:
        known = self._settings
        given = f"zalo-tokens:{known.zalo_access_token}:{known.zalo_refresh_token}"
        return hmac.new(known.secret.encode(), given.encode(), hashlib.sha256).hexdigest()[:32]

    def _kept(self) -> Pair | None:
        """The file's tokens; None if there are none, or the settings have been changed since."""
        try:
            sealed = (self._settings.var_dir / FILE).read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            logger.error("Zalo's tokens cannot be read: %s", type(error).__name__)
            return None
        opened = unseal(sealed.strip(), SEALED_AS, None)
        if opened is None:
            logger.error("Zalo's tokens cannot be opened: they were sealed with another secret")
            return None
        try:
            pair = Pair(**json.loads(opened))
        except (TypeError, ValueError):  # of another version
            return None
        return pair if pair.origin == self._origin() else None

    def _keep(self, pair: Pair) -> None:
        """Replace the file in one step: half a file would lose the account."""
        folder = self._settings.var_dir
        try:
            # Made with mode 600.
            descriptor, name = tempfile.mkstemp(prefix=f".{FILE}", dir=folder)
            try:
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    file.write(seal(json.dumps(asdict(pair)), SEALED_AS))
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, folder / FILE)
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            # They work until this process ends.
            logger.error("Zalo's tokens cannot be kept: %s", type(error).__name__)

    @contextlib.asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        """Holds the lock that all processes of this folder share."""
        try:
            self._settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._settings.var_dir / LOCK_FILE
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ZaloFailure(f"no lock for the tokens ({type(error).__name__})") from None
        try:
            give_up_at = time.monotonic() + LOCK_TIMEOUT
            while not _lock(descriptor):
                if time.monotonic() > give_up_at:
                    raise ZaloFailure("the tokens stay locked")
                await asyncio.sleep(LOCK_PAUSE)
            yield
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_token(value: Any) -> bool:
    """What does not fit into a header must not get there."""
    return isinstance(value, str) and bool(value) and value.isascii() and value.isprintable()


def _end(asked_at: float, answer: dict[str, Any]) -> float:
    """When the access token ends; the seconds come as a number or as text."""
    try:
        seconds = float(answer.get("expires_in") or 0)
    except (TypeError, ValueError):
        return 0.0
    return asked_at + seconds if 0 < seconds < 1e9 else 0.0
