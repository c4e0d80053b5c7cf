"""The telephone number of a ticket: kept as a keyed hash and sealed, never in clear.

With the ticket's code it opens the ticket from anywhere. Wrong pairs are counted by code and by
conversation, in this process: right ones cost nothing, so `bot.rate_limits`, which counts every
try, does not fit.
"""

from __future__ import annotations

import re
import threading
import time

from bot import sealing
from bot.codes import PHONE, find_codes
from bot.recent import Recent
from bot.support import ticket_rows as rows
from bot.support.citizens import session_hash
from bot.support.ticket import Ticket, TicketRefused
from bot.support.ticket_codes import normalised

FAILURES_PER_HOUR = 10
HOUR = 3600.0
_LENGTHS = (10, 11)
_MOST_KEYS = 100_000


class _Failures:
    """When tries failed within the last hour, by key (monotonic seconds)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: Recent[tuple[float, ...]] = Recent(_MOST_KEYS)

    def reserve(self, keys: tuple[str, ...], now: float) -> bool:
        """Count a try as failed under all keys; False, and nothing counted, if one is locked."""
        with self._lock:
            known = {key: self._since(key, now - HOUR) for key in keys}
            if any(len(times) >= FAILURES_PER_HOUR for times in known.values()):
                return False
            for key, times in known.items():
                self._times.put(key, (*times, now))
            return True

    def take_back(self, keys: tuple[str, ...], now: float) -> None:
        """The try of this moment was right."""
        with self._lock:
            for key in keys:
                times = list(self._times.get(key, ()))
                if now in times:
                    times.remove(now)
                self._times.put(key, tuple(times))

    def _since(self, key: str, start: float) -> tuple[float, ...]:
        return tuple(at for at in self._times.get(key, ()) if at > start)


_failures = _Failures()


def national(number: str) -> str:
    """The digits of a telephone number as it is dialled at home (0912…), "" if it is none."""
    found = [code.value for code in find_codes(number) if code.entity == PHONE]
    digits = found[0] if found else re.sub(r"\D", "", number)
    digits = f"0{digits[2:]}" if digits.startswith("84") else digits
    return digits if len(digits) in _LENGTHS and digits.startswith("0") else ""


def kept(code: str, number: str) -> tuple[str, str]:
    """Hash and sealed form of a number that is left with the ticket of this code; "" for none.

    Raises:
        TicketRefused: it is no telephone number.
    """
    if not number:
        return "", ""
    digits = national(number)
    if not digits:
        raise TicketRefused("A contact is a telephone number.")
    return _mark(digits), sealing.seal(digits, _context(code))


def sealed_answer(code: str, text: str) -> str:
    """An answer as it is kept: staff may have written a number."""
    return sealing.seal(text, rows.answer_context(normalised(code)))


def contact(code: str) -> str:
    """The telephone number that was left with a ticket, "" if none; for whoever calls back.

    Raises:
        TicketRefused: there is no such ticket.
        bot.database.DatabaseUnavailable: the database is down.
    """
    sealed = rows.contact_sealed(code)
    if sealed is None:
        raise TicketRefused(f"There is no ticket {normalised(code)}.")
    return sealing.unseal(sealed, _context(normalised(code)), None) or "" if sealed else ""


def find_by_number(
    code: str, number: str, session: str = "", now: float | None = None
) -> Ticket | None:
    """The ticket with a code and the telephone number that was left with it, or None.

    None alike for a wrong code, a wrong number, and after `FAILURES_PER_HOUR` wrong pairs of the
    code or the conversation within an hour. `now` is a monotonic time; for tests.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = time.monotonic() if now is None else now
    wanted = normalised(code)
    digits = national(number) or number
    keys = (
        session_hash(wanted, "ticket-code"),
        session_hash(session, "ticket-try"),
        # Conversations cost nothing: a known number would be tried with all codes.
        session_hash(digits, "ticket-number"),
    )
    if not _failures.reserve(keys, now):
        return None
    hashed = _mark(digits)
    found = rows.find(rows.COLUMN.code == wanted, rows.COLUMN.contact_hash == hashed)
    if found:
        _failures.take_back(keys, now)
    return found[0] if found else None


def _mark(digits: str) -> str:
    return session_hash(digits, "ticket-contact")


def _context(code: str) -> str:
    return f"ticket:{code}"
