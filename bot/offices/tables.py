"""Tables of administrative units (đơn vị hành chính)."""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

# Units until 30 June 2025 and what they became. `share` says how much of the old unit went
# there: whole, or one of its parts. An old ward without a name was a district of its own.
administrative_units = sa.Table(
    "administrative_units",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("old_province", sa.Text, nullable=False),
    sa.Column("old_district", sa.Text, nullable=False),
    sa.Column("old_ward", sa.Text, nullable=False),
    sa.Column("new_ward", sa.Text, nullable=False),
    sa.Column("new_type", sa.Text, nullable=False),
    sa.Column("new_code", sa.String(16), nullable=False),
    sa.Column("share", sa.String(16), nullable=False),
)
