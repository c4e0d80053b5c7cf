"""Tables of the local dossiers (hồ sơ).

Telephone and identity numbers stand here only as keyed hashes; see `verification`.
Times are UTC, without a zone.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

dossiers = sa.Table(
    "dossiers",
    metadata,
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("procedure_code", sa.String(32), nullable=False, default=""),
    sa.Column("phone_hash", sa.String(64), nullable=False, default=""),
    sa.Column("phone_tail_hash", sa.String(64), nullable=False, default=""),
    sa.Column("identity_hash", sa.String(64), nullable=False, default=""),
    sa.Column("identity_tail_hash", sa.String(64), nullable=False, default=""),
    # Of both numbers together, not bound to the code: finds what one person has filed.
    sa.Column("person_hash", sa.String(64), nullable=False, default="", server_default=""),
    sa.Column("received_on", sa.Date),
    sa.Column("due_on", sa.Date),
    sa.Column("finished_on", sa.Date),
    sa.Column("status", sa.Text, nullable=False, default=""),
    sa.Column("agency", sa.Text, nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
    # In đồng; NULL: not told.
    sa.Column("fee_unpaid", sa.BigInteger),
    sa.Column("imported_at", sa.DateTime, nullable=False),
    sa.Index("ix_dossiers_person_hash", "person_hash"),
)

# Failed look-ups, by keyed hash of what is limited: session, address, code or person.
lookup_failures = sa.Table(
    "lookup_failures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("key_hash", sa.String(64), nullable=False, index=True),
    sa.Column("failed_at", sa.DateTime, nullable=False, index=True),
)

# Every try, for whoever has to find out what happened; hashes are keyed.
lookup_audit = sa.Table(
    "lookup_audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("tried_at", sa.DateTime, nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("session_hash", sa.String(64), nullable=False, index=True),
    sa.Column("address_hash", sa.String(64), nullable=False),
    # Of the dossier's code, or of both numbers of a person.
    sa.Column("subject_hash", sa.String(64), nullable=False, index=True),
    # digits, number, person, one_time_code, subscription …
    sa.Column("way", sa.String(32), nullable=False),
    # shown, refused, locked, sent, unavailable …
    sa.Column("outcome", sa.String(32), nullable=False),
)

# One-time codes sent and not used yet.
one_time_codes = sa.Table(
    "one_time_codes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("session_hash", sa.String(64), nullable=False, index=True),
    sa.Column("dossier_hash", sa.String(64), nullable=False),
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, default=0, server_default="0"),
)

# Who asked to be told of a change, having been verified, and when they agreed.
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("session", sa.String(255), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("dossier_code", sa.String(64), nullable=False),
    sa.Column("last_status", sa.Text, nullable=False, default=""),
    sa.Column("consented_at", sa.DateTime, nullable=False),
    sa.Column("checked_at", sa.DateTime),
    sa.Column("ended_at", sa.DateTime),
)

# What a poll has found and a citizen is to be told.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("session", sa.String(255), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("dossier_code", sa.String(64), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("delivered_at", sa.DateTime),
)
