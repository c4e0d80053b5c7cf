"""Tables of staff accounts, their sessions, and the record of what was done. Times are UTC."""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    # As citizens are told who answers.
    sa.Column("shown_name", sa.String(128), nullable=False),
    # argon2id, with its parameters and salt.
    sa.Column("password_hash", sa.Text, nullable=False),
    # "operator", "supervisor", "admin".
    sa.Column("role", sa.String(16), nullable=False),
    # Agency; "" is the province's information line.
    sa.Column("desk", sa.String(128), nullable=False, default=""),
    sa.Column("is_active", sa.Boolean, nullable=False, default=True),
    # Failed sign-ins one after the other; until when no further one is looked at.
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", sa.DateTime),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

staff_sessions = sa.Table(
    "staff_sessions",
    metadata,
    # Whoever reads the table cannot use what it says.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("seen_at", sa.DateTime, nullable=False, index=True),
    # Whether its operator takes talks just now.
    sa.Column("on_duty", sa.Boolean, nullable=False, default=False),
)

# What staff did; kept as long as the record of look-ups.
staff_audit = sa.Table(
    "staff_audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("name", sa.String(64), nullable=False, index=True),
    # "sign_in", "sign_in_failed", "claim", "answer", "reveal" …
    sa.Column("action", sa.String(32), nullable=False),
    # Of what: "handover:12", "ticket:PA012345".
    sa.Column("subject", sa.String(64), nullable=False, default=""),
    sa.Column("detail", sa.Text, nullable=False, default=""),
    sa.Column("address_hash", sa.String(64), nullable=False, default=""),
)
