"""The staff's console over HTTP: its page, and the API below `/console/api`."""

from __future__ import annotations

from sanic import Sanic

# Each puts its routes on the guarded blueprint.
from bot.http import console_guard, console_page, console_session, console_talks, console_tickets

ROUTES = (console_session, console_talks, console_tickets)


def add_console(app: Sanic) -> None:
    """Serve the console."""
    app.blueprint(console_guard.blueprint)
    app.blueprint(console_page.blueprint)
