"""What the server answers over HTTP beside the channels: page, catalogue, health."""

from __future__ import annotations

from sanic import Sanic

from bot.http import errors, health, pages, procedure_page, procedures


def add_routes(app: Sanic) -> None:
    """Put all routes and the error handler on the app."""
    app.blueprint(health.blueprint)
    app.blueprint(pages.blueprint)
    app.blueprint(procedures.blueprint)
    app.blueprint(procedure_page.blueprint)
    errors.handle_errors(app)
