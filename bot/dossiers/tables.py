"""Tables of the local dossiers (hồ sơ).

Telephone and identity numbers stand here only as keyed hashes; see `verification`.
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
    sa.Column("received_on", sa.Date),
    sa.Column("due_on", sa.Date),
    sa.Column("finished_on", sa.Date),
    sa.Column("status", sa.Text, nullable=False, default=""),
    sa.Column("agency", sa.Text, nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("imported_at", sa.DateTime, nullable=False),
)

# Refused look-ups, by keyed hash of the code (whether it exists or not).
refusals = sa.Table(
    "dossier_refusals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code_hash", sa.String(64), nullable=False, index=True),
    sa.Column("refused_at", sa.DateTime, nullable=False),
)
