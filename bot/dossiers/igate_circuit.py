"""A circuit breaker (pybreaker) around coroutines: a system that is down is left in peace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pybreaker

from bot.dossiers.model import GatewayUnavailable

Result = TypeVar("Result")


class Circuit:
    """Opens after failures in a row; when its time is over, one call is let through on trial."""

    def __init__(self, failures: int, open_seconds: float) -> None:
        """`failures` in a row open it for `open_seconds`."""
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=failures, reset_timeout=open_seconds, throw_new_error_on_trip=False
        )
        self._on_trial = False

    async def run(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """The call's result; every exception of it is a failure.

        Raises:
            GatewayUnavailable: the circuit is open; nothing was called.
        """
        # pybreaker lets every call through while the first is on trial.
        if self._on_trial:
            raise _is_open()
        try:
            with self._breaker.calling():
                if self._breaker.current_state != pybreaker.STATE_HALF_OPEN:
                    return await call()
                self._on_trial = True
                try:
                    return await call()
                finally:
                    self._on_trial = False
        except pybreaker.CircuitBreakerError:
            pass
        raise _is_open()


def _is_open() -> GatewayUnavailable:
    return GatewayUnavailable("circuit open")
