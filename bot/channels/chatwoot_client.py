"""Chatwoot's API as the mirror needs it: an account's contacts, conversations and messages.

The token is that of a Chatwoot user, best an administrator's: an agent bot's token may neither
list contacts nor read messages, and only administrators may delete.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.settings import Settings

# Seconds for one request, from the name look-up to the last byte.
TIMEOUT = 8.0
LARGEST_ANSWER = 4 * 1024 * 1024
# How many messages Chatwoot lists at once, and the most pages that are read of a conversation.
PAGE, MOST_PAGES = 100, 50
OPEN, RESOLVED, PENDING = "open", "resolved", "pending"
INCOMING, OUTGOING = 0, 1
# Key of a conversation's own attributes: which talk it mirrors.
REFERENCE = "talk"
_UNPROCESSABLE, _NOT_FOUND = 422, 404
_BUSY = (408, 429)
# Of an account whose token is wrong nothing works: no fault of one talk.
_SHUT = (401, 403)


class ChatwootFailure(Exception):
    """A request was not done, or nobody knows; the text holds nothing of request or answer."""


class ChatwootUnavailable(ChatwootFailure):
    """Chatwoot is down, slow or shut to us: other requests would fare no better now."""


class ChatwootRefused(ChatwootFailure):
    """Chatwoot does not do this; `status` says why."""

    def __init__(self, status: int) -> None:
        """See the class."""
        super().__init__(f"status {status}")
        self.status = status

    @property
    def is_gone(self) -> bool:
        """Whether what was asked for is not there (any more)."""
        return self.status == _NOT_FOUND


@dataclass(frozen=True)
class Conversation:
    """A conversation: `status` is "open", "resolved", "pending" or "snoozed"."""

    id: int
    status: str
    contact: int = 0
    assignee: str = ""


@dataclass(frozen=True)
class Message:
    """A message of a conversation; `source` is the name that whoever wrote it gave it.

    `sender` is "user" (an agent), "contact", "agent_bot" or "".
    """

    id: int
    kind: int
    text: str
    is_private: bool
    source: str = ""
    sender: str = ""
    sender_id: int = 0
    sender_name: str = ""
    has_files: bool = False
    is_deleted: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether an agent says this to the citizen."""
        is_public = self.kind == OUTGOING and not self.is_private and not self.is_deleted
        return is_public and self.sender == "user" and self.sender_id > 0


class ChatwootClient:
    """One account of a Chatwoot, for one event loop."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        """`session`: see `opened`."""
        self._session = session
        self._url = f"{settings.chatwoot_url}/api/v1/accounts/{settings.chatwoot_account}"
        self._inbox = int(settings.chatwoot_inbox)
        # How often Chatwoot has answered: whether it is there.
        self.answers = 0

    async def contact(self, identifier: str, name: str) -> int:
        """The contact of this identifier, made if it is not there.

        Raises:
            ChatwootFailure: it is not known whether it was made; asking again is safe.
        """
        known = await self.known_contact(identifier)
        if known:
            return known
        body = {"inbox_id": self._inbox, "name": name, "identifier": identifier}
        try:
            made = await self._ask("POST", "/contacts", body)
        except ChatwootRefused as refused:
            # Unless another request was faster.
            known = await self.known_contact(identifier)
            if refused.status != _UNPROCESSABLE or not known:
                raise
            return known
        return _number(_at(made, "payload", "contact", "id"))

    async def known_contact(self, identifier: str) -> int:
        """The contact of this identifier, 0 if there is none."""
        found = await self._ask("GET", "/contacts/search", query={"q": identifier})
        for one in _list(_at(found, "payload")):
            if _at(one, "identifier") == identifier:
                return _number(_at(one, "id"))
        return 0

    async def delete_contact(self, contact: int) -> None:
        """Delete a contact with its conversations; one that is gone is no error.

        Raises:
            ChatwootRefused: also if the token is not that of an administrator.
            ChatwootUnavailable: see the class.
        """
        with contextlib.suppress(_Gone):
            await self._ask("DELETE", f"/contacts/{contact}")

    async def conversation(self, contact: int, reference: str) -> Conversation:
        """The contact's conversation that mirrors a talk, made if it is not there.

        Raises: see `contact`.
        """
        found = await self._ask("GET", f"/contacts/{contact}/conversations")
        for one in _list(_at(found, "payload")):
            if _at(one, "custom_attributes", REFERENCE) == reference:
                return _conversation(one)
        body = {
            "inbox_id": self._inbox,
            "contact_id": contact,
            # Its own for each talk: an inbox may be set to one conversation for each source.
            "source_id": reference,
            "status": OPEN,
            "custom_attributes": {REFERENCE: reference},
        }
        return _conversation(await self._ask("POST", "/conversations", body))

    async def show(self, conversation: str) -> Conversation:
        """A conversation as it is now."""
        return _conversation(await self._ask("GET", f"/conversations/{conversation}"))

    async def messages(self, conversation: str, after: int = 0) -> list[Message]:
        """All messages behind one, the oldest first."""
        found: dict[int, Message] = {}
        for _ in range(MOST_PAGES):
            path = f"/conversations/{conversation}/messages"
            query = {"after": str(max([after, *found]))}
            page = await self._ask("GET", path, query=query)
            some = [_message(one) for one in _list(_at(page, "payload"))]
            new = {one.id: one for one in some if one.id not in found}
            found.update(new)
            if len(some) < PAGE or not new:
                break
        return [found[number] for number in sorted(found)]

    async def post(self, conversation: str, text: str, source: str, *, incoming: bool) -> None:
        """Write what the citizen said (`incoming`) or a private note, named `source`."""
        body = {
            "content": text,
            "message_type": "incoming" if incoming else "outgoing",
            "private": not incoming,
            "content_type": "text",
            "source_id": source,
        }
        await self._ask("POST", f"/conversations/{conversation}/messages", body)

    async def set_status(self, conversation: str, status: str) -> None:
        """Open or resolve a conversation."""
        path = f"/conversations/{conversation}/toggle_status"
        await self._ask("POST", path, {"status": status})

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        try:
            async with self._session.request(
                method, self._url + path, json=body, params=query, allow_redirects=False
            ) as response:
                _check(response.status, is_deletion=method == "DELETE")
                raw = await response.content.read(LARGEST_ANSWER + 1)
                while chunk := await response.content.read(LARGEST_ANSWER + 1 - len(raw)):
                    raw += chunk
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            # Kind only: an error's text may repeat the address.
            raise ChatwootUnavailable(type(error).__name__) from None
        if len(raw) > LARGEST_ANSWER:
            raise ChatwootUnavailable("answer too large")
        try:
            answer = None if method == "DELETE" else json.loads(raw or b"null")
        except ValueError:
            # As a proxy answers in its place.
            raise ChatwootUnavailable("no JSON") from None
        self.answers += 1
        return answer


class _Gone(ChatwootRefused):
    """What was asked for is not there."""


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[ChatwootClient]:
    """A client, until its connections are closed."""
    session = aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        headers={"api_access_token": settings.chatwoot_token, "Accept": "application/json"},
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    async with session:
        yield ChatwootClient(session, settings)


def _check(status: int, *, is_deletion: bool) -> None:
    if is_deletion and status in _SHUT:
        raise ChatwootRefused(status)
    if status in _SHUT or status in _BUSY or status >= 500 or 300 <= status < 400:
        raise ChatwootUnavailable(f"status {status}")
    if status == _NOT_FOUND:
        raise _Gone(status)
    if status >= 400:
        raise ChatwootRefused(status)


def _conversation(found: Any) -> Conversation:
    assignee = _at(found, "meta", "assignee")
    return Conversation(
        id=_number(_at(found, "id")),
        status=str(_at(found, "status") or ""),
        contact=_number(_at(found, "meta", "sender", "id") or 0),
        assignee=_name(assignee),
    )


def _message(found: Any) -> Message:
    sender = _at(found, "sender")
    return Message(
        id=_number(_at(found, "id")),
        kind=_number(_at(found, "message_type")),
        text=str(_at(found, "content") or ""),
        is_private=bool(_at(found, "private")),
        source=str(_at(found, "source_id") or ""),
        sender=str(_at(sender, "type") or "").lower(),
        sender_id=_number(_at(sender, "id") or 0),
        sender_name=_name(sender),
        has_files=bool(_list(_at(found, "attachments"))),
        is_deleted=bool(_at(found, "content_attributes", "deleted")),
    )


def _name(person: Any) -> str:
    return str(_at(person, "available_name") or _at(person, "name") or "")


def _at(found: Any, *keys: str) -> Any:
    """What lies below keys, None if it does not."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _number(found: Any) -> int:
    """A whole number.

    Raises:
        ChatwootUnavailable: it is none, so something else than Chatwoot has answered.
    """
    if isinstance(found, bool) or not isinstance(found, int):
        raise ChatwootUnavailable("unexpected answer")
    return found
