"""Tables of the catalogue.

A procedure has at most one row per layer: `national` holds what the national database
says, `curated` what the project's people wrote and checked. An import replaces one layer
and leaves the other alone; the repository reads both as one procedure.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

NATIONAL, CURATED = "national", "curated"

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False, default=""),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.UniqueConstraint("title", "url", "checked_on"),
)

procedures = sa.Table(
    "procedures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("layer", sa.String(16), nullable=False),
    sa.Column("code", sa.String(32), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plain_name", sa.Text, nullable=False, default=""),
    sa.Column("field", sa.Text, nullable=False, default=""),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("issuing_body", sa.Text, nullable=False, default=""),
    sa.Column("decision", sa.Text, nullable=False, default=""),
    sa.Column("subject", sa.Text, nullable=False, default=""),
    sa.Column("agency", sa.Text, nullable=False, default=""),
    sa.Column("place", sa.Text, nullable=False, default=""),
    sa.Column("documents_note", sa.Text, nullable=False, default=""),
    sa.Column("steps", sa.Text, nullable=False, default=""),
    sa.Column("result", sa.Text, nullable=False, default=""),
    sa.Column("conditions", sa.Text, nullable=False, default=""),
    sa.Column("mistakes", sa.Text, nullable=False, default=""),
    # Hash of the record as it was read: tells an import what has changed.
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    sa.UniqueConstraint("layer", "code"),
)


def _owner() -> sa.Column:
    return sa.Column(
        "procedure_id",
        sa.ForeignKey("procedures.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


channels = sa.Table(
    "channels",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _owner(),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("time_value", sa.Float),
    sa.Column("time_unit", sa.String(16)),
    sa.Column("time_note", sa.Text, nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
)

fees = sa.Table(
    "fees",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "channel_id", sa.ForeignKey("channels.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger),
    sa.Column("unit", sa.Text, nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _owner(),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("original", sa.Integer),
    sa.Column("copy", sa.Integer),
    sa.Column("when", sa.Text, nullable=False, default=""),
    sa.Column("remark", sa.Boolean, nullable=False, default=False),
)

legal_bases = sa.Table(
    "legal_bases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _owner(),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False, default=""),
)

# When the citizen needs another procedure instead (cấp đổi, not cấp lại).
differences = sa.Table(
    "differences",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _owner(),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("how", sa.Text, nullable=False),
)

# Situations of life (sự kiện cuộc đời) and the procedures they bring, in order.
life_events = sa.Table(
    "life_events",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)


def _event() -> sa.Column:
    return sa.Column(
        "event_key",
        sa.ForeignKey("life_events.key", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


life_event_phrases = sa.Table(
    "life_event_phrases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "event_key",
        sa.ForeignKey("life_events.key", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("phrase", sa.Text, nullable=False, unique=True),
)

life_event_steps = sa.Table(
    "life_event_steps",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "event_key",
        sa.ForeignKey("life_events.key", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

# Citizens' words for a procedure; also for codes that only a later import brings.
aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(32), nullable=False, index=True),
    sa.Column("phrase", sa.Text, nullable=False),
    sa.UniqueConstraint("code", "phrase"),
)

# Citizens' words and the official words that mean the same ("sổ đỏ").
lexicon = sa.Table(
    "lexicon",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("citizen", sa.Text, nullable=False),
    sa.Column("official", sa.Text, nullable=False),
    sa.UniqueConstraint("citizen", "official"),
)

# Answers that belong to no single procedure, as lines of text with a source.
general_facts = sa.Table(
    "general_facts",
    metadata,
    sa.Column("topic", sa.String(32), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
)

# One row: rises with every change, so that running bots rebuild their search index.
revision = sa.Table(
    "catalogue_revision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
