"""Where a dossier stands, told only to an asker who knows the second factor.

A refusal says nothing about why: there may be no such dossier, the factor may be wrong, too many
tries may have failed. Each answer takes the same time (`answer_time`), each try is limited
(`attempts`) and recorded (`audit`); what cannot be recorded is not shown.

Codes are in their official spelling, numbers are digits only; `now` is the time, UTC, for tests.
All functions raise GatewayUnavailable if the procedures system does not answer and
bot.database.DatabaseUnavailable if the database does not; a try that could not be verified does
not count.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.database import DatabaseUnavailable
from bot.dossiers import answer_time, attempts, audit, one_time_codes, sms
from bot.dossiers.attempts import Attempt, Key
from bot.dossiers.gateway import gateway
from bot.dossiers.marks import dossier_mark, person_mark
from bot.dossiers.model import Asker, Dossier, GatewayUnavailable, NumberHashes, Record
from bot.dossiers.verification import TAIL_LENGTH, matches, person_hash
from bot.settings import ONE_TIME_CODE_FACTOR, settings

CODE_PLACE = "{code}"
Dossiers = tuple[Dossier, ...]


@dataclass(frozen=True)
class _Try:
    """Somebody tries to see something, in a way; counted under keys."""

    asker: Asker
    subject: str
    way: str
    keys: tuple[Key, ...]
    now: dt.datetime

    async def record(self, outcome: str) -> None:
        await asyncio.to_thread(audit.record, self.asker, self.subject, self.way, outcome, self.now)

    async def reserve(self) -> Attempt:
        return await asyncio.to_thread(attempts.reserve, self.keys, self.now)

    async def give_up(self, attempt: Attempt) -> None:
        """Nothing could be verified."""
        await asyncio.to_thread(attempts.take_back, attempt)
        await self.record(audit.UNAVAILABLE)


async def look_up(
    code: str, digits: str, asker: Asker, now: dt.datetime | None = None
) -> Dossier | None:
    """The dossier, or None: refused.

    Args:
        digits: the last four, or the whole, of the telephone or identity number. Four are
            refused while `wants_whole_number`, all while `is_one_time_code_wanted`; that counts as
            a failed try, or who guesses would only have to wait.
    """

    async def verified(attempt: Attempt) -> Dossiers:
        is_too_short = attempt.wants_whole_number and len(digits) == TAIL_LENGTH
        if is_too_short or is_one_time_code_wanted():
            return ()
        record = await gateway().by_code(code)
        # Compared also where there is nothing to compare with.
        numbers = record.numbers if record else NumberHashes()
        is_right = matches(settings().secret, code, digits, numbers)
        return (record.dossier,) if record and is_right else ()

    way = audit.DIGITS if len(digits) == TAIL_LENGTH else audit.NUMBER
    shown = await _answer(_try_dossier(code, way, asker, now), verified)
    return shown[0] if shown else None


async def look_up_person(
    phone: str,
    identity_number: str,
    asker: Asker,
    now: dt.datetime | None = None,
    also: Callable[[], Awaitable[bool]] | None = None,
) -> Dossiers:
    """All dossiers of who knows both whole numbers, the latest first; () if refused or none.

    Args:
        also: a further check, asked for every pair of numbers before any dossier is looked for:
            whether it answers, and what, must not tell which pairs are right. What it raises is
            raised here.
    """

    async def verified(_: Attempt) -> Dossiers:
        if also is not None and not await also():
            return ()
        if not person_hash(settings().secret, phone, identity_number):
            return ()
        found = await gateway().by_person(phone, identity_number)
        return tuple(r.dossier for r in found if _has_both(r, phone, identity_number))

    keys = (
        attempts.session_key(asker),
        *attempts.address_keys(asker),
        *attempts.person_keys(phone, identity_number),
    )
    subject = person_mark(phone, identity_number)
    return await _answer(_Try(asker, subject, audit.PERSON, keys, _time(now)), verified)


async def look_again(code: str, asker: Asker, now: dt.datetime | None = None) -> Dossier | None:
    """A dossier that the asker was shown before and has proven to own; None if it is gone.

    Nothing is verified here: callers ask for no other dossiers than those that `look_up` and the
    like have shown in the same conversation.
    """
    record = await gateway().by_code(code)
    outcome = audit.SHOWN if record else audit.REFUSED
    one_try = _Try(asker, dossier_mark(code), audit.AGAIN, (), _time(now))
    await one_try.record(outcome)
    return record.dossier if record else None


async def send_one_time_code(
    code: str, phone: str, asker: Asker, text: str, now: dt.datetime | None = None
) -> None:
    """Send a one-time code to the telephone if it is the whole one of the dossier.

    Nobody learns from the answer whether a code was sent. Three an hour are sent to one
    conversation for one dossier; each counts as a failed try of the dossier and the address.

    Args:
        text: what the message says, with `{code}` where the code stands.

    Raises:
        bot.dossiers.sms.SmsUnavailable: the settings name no sender.
        ValueError: the text has no place for the code.
    """
    if CODE_PLACE not in text:
        raise ValueError(f"the text of a one-time code must hold {CODE_PLACE}")
    sender = sms.sender()
    keys = (
        attempts.sending_key(asker, code),
        *attempts.address_keys(asker),
        attempts.dossier_key(code),
    )
    one_try = _Try(asker, dossier_mark(code), audit.ONE_TIME_CODE, keys, _time(now))
    async with answer_time.even(gateway().answer_seconds):
        attempt = await one_try.reserve()
        if attempt.is_locked:
            await one_try.record(audit.LOCKED)
            return
        try:
            record = await gateway().by_code(code)
        except (GatewayUnavailable, DatabaseUnavailable):
            await one_try.give_up(attempt)
            raise
        number = NumberHashes(phone=record.numbers.phone if record else "")
        if not matches(settings().secret, code, phone, number):
            await one_try.record(audit.REFUSED)
            return
        made = await asyncio.to_thread(one_time_codes.make, code, asker, one_try.now)
        await one_try.record(audit.SENT)
        sms.send_soon(sender, phone, text.replace(CODE_PLACE, made))


async def look_up_with_code(
    code: str, one_time_code: str, asker: Asker, now: dt.datetime | None = None
) -> Dossier | None:
    """The dossier for the one-time code sent for it to this conversation, or None: refused."""
    one_try = _try_dossier(code, audit.ONE_TIME_CODE, asker, now)

    async def verified(_: Attempt) -> Dossiers:
        # Asked for first: a code is not used up while the dossier cannot be had.
        record = await gateway().by_code(code)
        is_right = await asyncio.to_thread(
            one_time_codes.use, code, one_time_code, asker, one_try.now
        )
        return (record.dossier,) if record and is_right else ()

    shown = await _answer(one_try, verified)
    return shown[0] if shown else None


async def wants_whole_number(asker: Asker, now: dt.datetime | None = None) -> bool:
    """Whether four digits are refused to this asker: somebody guesses from many addresses."""
    return await asyncio.to_thread(attempts.wants_whole_number, asker, _time(now))


def is_one_time_code_wanted() -> bool:
    """Whether the province verifies by one-time codes: then no digits open a dossier."""
    return settings().lookup_factor == ONE_TIME_CODE_FACTOR


async def _answer(one_try: _Try, verified: Callable[[Attempt], Awaitable[Dossiers]]) -> Dossiers:
    async with answer_time.even(gateway().answer_seconds):
        attempt = await one_try.reserve()
        if attempt.is_locked:
            await one_try.record(audit.LOCKED)
            return ()
        try:
            shown = await verified(attempt)
        except Exception:
            await one_try.give_up(attempt)
            raise
        await one_try.record(audit.SHOWN if shown else audit.REFUSED)
        if shown:
            await asyncio.to_thread(attempts.take_back, attempt)
        return shown


def _try_dossier(code: str, way: str, asker: Asker, now: dt.datetime | None) -> _Try:
    keys = (
        attempts.session_key(asker),
        *attempts.address_keys(asker),
        attempts.dossier_key(code),
    )
    return _Try(asker, dossier_mark(code), way, keys, _time(now))


def _has_both(record: Record, phone: str, identity_number: str) -> bool:
    """Whether both numbers are this dossier's: what a gateway found is not taken on trust."""
    secret, code, numbers = settings().secret, record.dossier.code, record.numbers
    has_phone = matches(secret, code, phone, NumberHashes(phone=numbers.phone))
    has_identity = matches(secret, code, identity_number, NumberHashes(identity=numbers.identity))
    return has_phone and has_identity


def _time(now: dt.datetime | None) -> dt.datetime:
    return now or dt.datetime.utcnow()
