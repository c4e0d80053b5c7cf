"""Whether the server can listen, found out before anything slow begins."""

from __future__ import annotations

import socket


class PortTaken(RuntimeError):
    """Another program listens on the address."""


def check_port(host: str, port: int) -> None:
    """Make sure that the address can be listened on.

    Raises:
        PortTaken: it cannot; the message says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop the program that uses "
                "it, or choose another port: BOT_PORT=5006 scripts/run"
            ) from error
