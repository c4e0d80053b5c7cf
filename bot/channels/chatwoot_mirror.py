"""The copy of handed-over talks in Chatwoot, kept up to date in both directions.

What is there already is read back from Chatwoot: each message of ours has a name there (its
`source_id`). So nothing is kept here but the conversation's number, and a mirror that starts anew,
or does not know whether a request was done, reads before it writes again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from bot.channels import chatwoot_agents as agents
from bot.channels import chatwoot_notes as notes
from bot.channels.chatwoot_client import (
    OPEN,
    RESOLVED,
    ChatwootClient,
    ChatwootRefused,
    ChatwootUnavailable,
    Conversation,
)
from bot.channels.chatwoot_pauses import Pauses
from bot.channels.chatwoot_talks import Copy, ended_lately, ended_of, open_talks
from bot.channels.chatwoot_watch import Watch
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.handover import Handover, Line

# Seconds after which a conversation is looked at that rang no bell.
LOOK_SECONDS = 15.0
# Talks that are looked after at the same time.
AT_ONCE = 4
SUMMARY, END, STILL_HELD = "summary", "end", "still-held"
# Key of the pause that counts for all talks; they have their identifiers.
ALL = 0

Work = Callable[[], Awaitable[None]]

logger = logging.getLogger(__name__)


class NotOurs(Exception):
    """Another process writes to Chatwoot meanwhile."""


class Mirror:
    """All talks that are copied."""

    def __init__(self, client: ChatwootClient, watch: Watch, pauses: Pauses | None = None) -> None:
        """`watch`: whether this process writes, or only brings what agents say; `pauses`: how long
        it waits after failures.
        """
        self._client = client
        self._watch = watch
        self._pauses = pauses or Pauses()
        self._copies: dict[int, Copy] = {}
        self._forgotten: set[str] = set()
        self._term = 0

    def forget(self, identifiers: Iterable[str]) -> None:
        """Contacts to delete with all that was said, as soon as Chatwoot can be reached."""
        self._forgotten |= set(identifiers)

    async def round(self, rung: set[str]) -> None:
        """Look after all talks once; `rung`: conversations in which something happened.

        Raises:
            bot.database.DatabaseUnavailable: the database is down.
        """
        if rung:
            # Whoever rings is there.
            self._pauses.end(ALL)
        term = self._watch.term()
        if term and term != self._term:
            await self._begin()
        self._term = term
        if self._pauses.left(ALL):
            return
        if not self._pauses.is_on(ALL):
            # If Chatwoot stays away for long, its talks go back to the queue and to others.
            await asyncio.to_thread(agents.renew)
        talks = {talk.id: talk for talk in await asyncio.to_thread(open_talks)}
        work: list[tuple[int, Work]] = [
            (number, partial(self._follow, talk, rung)) for number, talk in talks.items()
        ]
        if term:
            left = [copy for number, copy in self._copies.items() if number not in talks]
            work += [(copy.talk.id, partial(self._leave, copy)) for copy in left]
            late = await asyncio.to_thread(ended_of, rung)
            late = [talk for talk in late if talk.id not in self._copies]
            work += [(talk.id, partial(self._answer_late, talk)) for talk in late]
            if self._forgotten:
                work.append((ALL, self._delete_forgotten))
        limit = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._safely(limit, key, some) for key, some in work))

    async def _begin(self) -> None:
        """Another process may have written meanwhile, and talks may have ended unnoticed."""
        self._copies.clear()
        for talk in await asyncio.to_thread(ended_lately):
            self._copies[talk.id] = Copy(talk, talk.external_id)

    async def _safely(self, limit: asyncio.Semaphore, key: int, work: Work) -> None:
        """One talk's fault is not the others'; what fails for all is not tried with the next."""
        async with limit:
            if self._pauses.left(ALL) or self._pauses.left(key):
                return
            before = self._client.answers
            try:
                await work()
                self._pauses.end(key)
                if self._client.answers > before:
                    self._pauses.end(ALL)
                return
            except NotOurs:
                logger.info("Another process writes to Chatwoot.")
            except ChatwootUnavailable as failure:
                self._pauses.begin(ALL)
                logger.warning("Chatwoot cannot be reached: %s", failure)
            except ChatwootRefused as failure:
                self._pauses.begin(key)
                logger.error("Chatwoot refused something of talk %d: %s", key, failure)
                if failure.is_gone and key in self._copies:
                    await self._lose(self._copies.pop(key))
            except Exception as error:
                # Kind only: an error's text may repeat what was said.
                self._pauses.begin(key)
                logger.error("Talk %d was not mirrored: %s", key, type(error).__name__)
            if key in self._copies:
                self._copies[key].forget()

    async def _lose(self, copy: Copy) -> None:
        """The conversation was deleted there: an open talk gets a new one."""
        if self._term:
            await asyncio.to_thread(handovers.set_external, copy.talk.id, "")
            self._pauses.end(copy.talk.id)

    async def _follow(self, talk: Handover, rung: set[str]) -> None:
        if not self._term and talk.external_id not in rung:
            return
        copy = self._copies.get(talk.id)
        if copy is None:
            copy = Copy(talk, talk.external_id) if talk.external_id else await self._open(talk)
            self._copies[talk.id] = copy
        copy.talk = talk
        is_old = copy.looked_at is None or time.monotonic() - copy.looked_at >= LOOK_SECONDS
        if is_old or copy.conversation in rung:
            await self._look(copy)
        if self._term:
            await self._write(copy)

    def _check_ours(self) -> None:
        """Before each request that changes something.

        Raises:
            NotOurs: another process may have written meanwhile.
        """
        if self._watch.term() != self._term:
            raise NotOurs

    async def _set_status(self, conversation: str, status: str) -> None:
        self._check_ours()
        await self._client.set_status(conversation, status)

    async def _open(self, talk: Handover) -> Copy:
        name = notes.contact_name(talk.session)
        self._check_ours()
        contact = await self._client.contact(notes.identifier(talk.session), name)
        self._check_ours()
        there = await self._client.conversation(contact, notes.reference(talk))
        if there.status != OPEN:
            # As where an inbox has a bot of its own.
            await self._set_status(str(there.id), OPEN)
        await asyncio.to_thread(handovers.set_external, talk.id, str(there.id))
        return Copy(talk, str(there.id), contact)

    async def _look(self, copy: Copy) -> Conversation:
        """Do what agents did since the last look."""
        looked_at = time.monotonic()
        # First: all that was said before a conversation was resolved is among the messages.
        there = await self._client.show(copy.conversation)
        messages = await self._client.messages(copy.conversation, copy.last_message)
        copy.contact = there.contact or copy.contact
        copy.names |= {one.source for one in messages if one.source}
        answers = [m for m in messages if m.is_answer and _refused(m.id) not in copy.names]
        undone = await asyncio.to_thread(agents.answer, copy.talk.id, answers) if answers else {}
        goes_on = await asyncio.to_thread(agents.follow, copy.talk.id, there)
        if self._term:
            for number, text in undone.items():
                await self._note(copy, _refused(number), text)
            if not goes_on:
                last = max((one.id for one in messages), default=copy.last_message)
                text = notes.say("utter_chatwoot_still_held", name=copy.talk.claimed_name)
                await self._note(copy, f"{STILL_HELD}-{last}", text)
                await self._set_status(copy.conversation, OPEN)
        copy.last_message = max([copy.last_message, *(one.id for one in messages)])
        copy.looked_at = looked_at
        return there

    async def _write(self, copy: Copy) -> None:
        """Write what is said here and not there yet, in order; nothing into an ended talk."""
        talk = await asyncio.to_thread(handovers.find, copy.talk.id)
        if talk is None or talk.state == h.CLOSED:
            return
        await self._write_lines(copy)

    async def _write_lines(self, copy: Copy) -> None:
        if SUMMARY not in copy.names:
            lines = await asyncio.to_thread(handover_talk.read, copy.talk.id)
            await self._note(copy, SUMMARY, notes.summary(copy.talk, lines))
        while lines := await asyncio.to_thread(handover_talk.read, copy.talk.id, copy.last_line):
            for line in lines:
                await self._write_line(copy, line)
                copy.last_line = line.id

    async def _write_line(self, copy: Copy, line: Line) -> None:
        name = f"line-{line.id}"
        if line.earlier or not line.text.strip() or name in copy.names:
            return
        if line.author == h.CITIZEN:
            await self._post(copy, name, line.text, incoming=True)
        elif line.author == h.OPERATOR and not agents.is_from_chatwoot(line):
            await self._note(copy, name, notes.spoken(line))

    async def _note(self, copy: Copy, name: str, text: str) -> None:
        if name not in copy.names:
            await self._post(copy, name, text, incoming=False)

    async def _post(self, copy: Copy, name: str, text: str, *, incoming: bool) -> None:
        self._check_ours()
        await self._client.post(copy.conversation, text, name, incoming=incoming)
        copy.names.add(name)

    async def _leave(self, copy: Copy) -> None:
        """The talk has ended here: so does its conversation."""
        talk = await asyncio.to_thread(handovers.find, copy.talk.id)
        try:
            if talk is None or notes.reference(talk) != notes.reference(copy.talk):
                await self._erase(copy)
            elif (await self._client.show(copy.conversation)).status != RESOLVED:
                copy.talk = talk
                await self._look(copy)
                await self._write_lines(copy)
                await self._resolve(copy, talk.close_reason)
        except ChatwootRefused as refused:
            if not refused.is_gone:
                raise
        self._copies.pop(copy.talk.id, None)

    async def _resolve(self, copy: Copy, reason: str) -> None:
        await self._note(copy, END, notes.end(reason))
        await self._set_status(copy.conversation, RESOLVED)

    async def _erase(self, copy: Copy) -> None:
        contact = copy.contact or (await self._client.show(copy.conversation)).contact
        try:
            await self._client.delete_contact(contact)
        except ChatwootRefused as refused:
            logger.error("A contact of Chatwoot cannot be deleted by us: %s", refused)
            await self._resolve(copy, h.ERASED)

    async def _delete_forgotten(self) -> None:
        for identifier in sorted(self._forgotten):
            contact = await self._client.known_contact(identifier)
            try:
                if contact:
                    await self._client.delete_contact(contact)
            except ChatwootRefused as refused:
                logger.error("A contact of Chatwoot cannot be deleted by us: %s", refused)
            self._forgotten.discard(identifier)

    async def _answer_late(self, talk: Handover) -> None:
        """Tell agents who write into the conversation of a talk that has ended."""
        await self._look(Copy(talk, talk.external_id))


def _refused(number: int) -> str:
    return f"refused-{number}"
