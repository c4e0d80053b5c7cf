"""Tables of tickets (phiếu phản ánh) and ratings (đánh giá). Times are UTC, without a zone."""

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

# What citizens think of answers: one rating of a message by a conversation.
answer_ratings = sa.Table(
    "answer_ratings",
    metadata,
    # Keyed hash: ratings are erased with their conversation.
    sa.Column("session_hash", sa.String(64), primary_key=True),
    # The bot's message.
    sa.Column("message_id", sa.String(64), primary_key=True),
    sa.Column("rating", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False, default=""),
    # What the citizen wrote, beside the rating and before the answer; personal data masked.
    sa.Column("comment", sa.Text, nullable=False, default=""),
    sa.Column("question", sa.Text, nullable=False, default=""),
    # What the answer was about.
    sa.Column("topic", sa.String(64), nullable=False, default=""),
    sa.Column("procedure_code", sa.String(32), nullable=False, default=""),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
)
