"""Tables of administrative units (đơn vị hành chính), offices, hours and digital teams.

Empty text means that no source says it; it is never to be read as "none".
"""

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

# Offices that citizens turn to. `unit_code` is the commune of today that an office serves,
# empty where it serves the whole province.
offices = sa.Table(
    "offices",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit_code", sa.String(16), nullable=False, index=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("telephone", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("website", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("source_title", sa.Text, nullable=False),
    sa.Column("source_url", sa.Text, nullable=False),
    sa.Column("checked_on", sa.Date, nullable=False),
)

# Spans in which an office is open: weekday 0 is Monday, times are local "HH:MM". They have
# a source of their own, because who publishes an address often says nothing of hours.
office_hours = sa.Table(
    "office_hours",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "office_key", sa.ForeignKey("offices.key", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("weekday", sa.Integer, nullable=False),
    sa.Column("opens", sa.String(5), nullable=False),
    sa.Column("closes", sa.String(5), nullable=False),
    sa.Column("source_title", sa.Text, nullable=False),
    sa.Column("source_url", sa.Text, nullable=False),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.UniqueConstraint("office_key", "weekday", "opens"),
)

# Community digital technology groups (tổ công nghệ số cộng đồng), one a hamlet; a team
# without a hamlet serves the whole commune.
digital_teams = sa.Table(
    "digital_teams",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("unit_code", sa.String(16), nullable=False, index=True),
    sa.Column("hamlet", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("telephone", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("source_title", sa.Text, nullable=False),
    sa.Column("source_url", sa.Text, nullable=False),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.UniqueConstraint("unit_code", "hamlet"),
)
