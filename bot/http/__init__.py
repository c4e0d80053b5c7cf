"""What the server answers over HTTP beside the channels: pages, files, catalogue, health."""

from __future__ import annotations

from sanic import Sanic

from bot.http import (
    assets,
    chat_page,
    chatwoot,
    compression,
    console,
    errors,
    health,
    limits,
    payment_qr,
    payments,
    portal,
    procedure_page,
    procedures,
)


def add_routes(app: Sanic) -> None:
    """Put all routes on the app, with their errors, limits and compression."""
    app.blueprint(health.blueprint)
    assets.add_assets(app)
    app.blueprint(portal.blueprint)
    app.blueprint(chat_page.blueprint)
    app.blueprint(procedures.blueprint)
    app.blueprint(procedure_page.blueprint)
    app.blueprint(payment_qr.blueprint)
    app.blueprint(payments.blueprint)
    app.blueprint(chatwoot.blueprint)
    console.add_console(app)
    errors.handle_errors(app)
    limits.add_limits(app)
    compression.add_compression(app)
