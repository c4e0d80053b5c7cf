"""Table of tickets (phiếu phản ánh). Times are UTC, without a zone."""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

tickets = sa.Table(
    "tickets",
    metadata,
    # As the citizen gets it told: short, and hard to mishear.
    sa.Column("code", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("dossier_code", sa.String(64), nullable=False, default=""),
    # Keyed hash: who has the code and sits in the conversation may ask for its state.
    sa.Column("session_hash", sa.String(64), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    # What the citizen wrote, personal data masked.
    sa.Column("text", sa.Text, nullable=False, default=""),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("closed_at", sa.DateTime),
    # What the office answers, which the citizen may read.
    sa.Column("answer", sa.Text, nullable=False, default=""),
)
