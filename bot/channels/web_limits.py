"""How often a session and a network address may write on the web, and begin new sessions."""

from __future__ import annotations

from bot.rate_limits import RateLimit
from bot.settings import settings

# Of the messages of an address so many seconds' worth may come at once: others wait meanwhile.
ADDRESS_BURST_SECONDS = 20
# New sessions a minute: what is kept of conversations is bounded, and others' would have to go.
SESSIONS_PER_ADDRESS = 60


class WebLimits:
    """Limits of this process. An address of "" is this machine, which has none."""

    def __init__(self) -> None:
        """As the settings say."""
        self._per_session = RateLimit(settings().messages_per_minute)
        self._per_address = RateLimit(settings().messages_per_address, ADDRESS_BURST_SECONDS)
        self._new_sessions = RateLimit(SESSIONS_PER_ADDRESS)

    def seconds_to_wait(self, address: str, session: str = "") -> float:
        """Until something may be done again, by a session if one is named; 0 counts as done."""
        wait = self._per_session.seconds_to_wait(session) if session else 0
        return wait or (self._per_address.seconds_to_wait(address) if address else 0)

    def seconds_to_wait_for_session(self, address: str) -> float:
        """Until a new session may begin; 0 counts as begun."""
        return self._new_sessions.seconds_to_wait(address) if address else 0
