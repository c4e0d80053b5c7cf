"""Tables of the catalogue.

A procedure has its facts in layers: `staff` holds what the province's people entered,
`curated` what the project's people wrote and checked, `portal` and `national` what the
national portal's own records and the national text export say. An import writes one layer and
leaves the others alone; the repository reads all as one procedure, the first layer that
knows a fact going before the others. A layer keeps earlier states of its records.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

STAFF, CURATED, PORTAL, NATIONAL = "staff", "curated", "portal", "national"
LAYERS = (STAFF, CURATED, PORTAL, NATIONAL)
# What an import has read so far stands in a layer of this name until all of it is there.
STAGED = {PORTAL: "staged portal", NATIONAL: "staged national"}

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False, default=""),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.UniqueConstraint("title", "url", "checked_on"),
)

# One row per state of a record in a layer. `valid_from` (included) and `valid_to` (excluded)
# are the days for which this state is the answer, None meaning without end; a row that was
# corrected keeps an empty window. `effective_…` are days that the source itself names.
procedures = sa.Table(
    "procedures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("layer", sa.String(16), nullable=False),
    sa.Column("code", sa.String(32), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plain_name", sa.Text, nullable=False, default=""),
    sa.Column("local_code", sa.Text, nullable=False, default=""),
    sa.Column("field", sa.Text, nullable=False, default=""),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("issuing_body", sa.Text, nullable=False, default=""),
    sa.Column("decision", sa.Text, nullable=False, default=""),
    sa.Column("subject", sa.Text, nullable=False, default=""),
    sa.Column("agency", sa.Text, nullable=False, default=""),
    sa.Column("service_level", sa.String(16), nullable=False, default=""),
    sa.Column("online", sa.Boolean),
    sa.Column("online_payment", sa.Boolean),
    sa.Column("documents_note", sa.Text, nullable=False, default=""),
    sa.Column("result", sa.Text, nullable=False, default=""),
    sa.Column("conditions", sa.Text, nullable=False, default=""),
    sa.Column("mistakes", sa.Text, nullable=False, default=""),
    # Hash of the record's facts: tells an import what has changed. Empty: not known any more.
    sa.Column("fingerprint", sa.String(64), nullable=False),
    # Hash of what was read and by which reader: equal ones need not be read again.
    sa.Column("raw_hash", sa.String(64), nullable=False, default=""),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    sa.Column("effective_from", sa.Date),
    sa.Column("effective_to", sa.Date),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("known_from", sa.Date, nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    sa.UniqueConstraint("layer", "code", "version", name="uq_procedures_layer_code_version"),
)


def _owned(name: str, *columns: sa.Column, dated: bool = True) -> sa.Table:
    """A table of facts that belong to a row of `procedures`, in their order."""
    dates = [sa.Column("effective_from", sa.Date), sa.Column("effective_to", sa.Date)]
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "procedure_id",
            sa.ForeignKey("procedures.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("position", sa.Integer, nullable=False),
        *columns,
        *(dates if dated else ()),
    )


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, default="")


# Source and dates of one group of facts where they are not those of the record.
fact_origins = _owned(
    "fact_origins",
    sa.Column("fact_group", sa.String(32), nullable=False),
    sa.Column("source_id", sa.ForeignKey("sources.id")),
)
channels = _owned(
    "channels",
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("time_value", sa.Float),
    sa.Column("time_unit", sa.String(16)),
    _text("time_note"),
    _text("note"),
)
cases = _owned(
    "cases",
    sa.Column("name", sa.Text, nullable=False),
    _text("code"),
    sa.Column("time_value", sa.Float),
    sa.Column("time_unit", sa.String(16)),
    _text("time_note"),
)
documents = _owned(
    "documents",
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("original", sa.Integer),
    sa.Column("copy", sa.Integer),
    _text("when"),
    sa.Column("remark", sa.Boolean, nullable=False, default=False),
    sa.Column("optional", sa.Boolean),
)
forms = _owned(
    "forms",
    sa.Column("name", sa.Text, nullable=False),
    _text("number"),
    _text("file"),
    _text("url"),
)
legal_bases = _owned("legal_bases", sa.Column("title", sa.Text, nullable=False), _text("number"))
steps = _owned("steps", sa.Column("text", sa.Text, nullable=False), dated=False)
places = _owned("places", sa.Column("text", sa.Text, nullable=False), dated=False)
# When the citizen needs another procedure instead (cấp đổi, not cấp lại).
differences = _owned(
    "differences",
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    dated=False,
)

# What a record was read from, as it was: names and texts above are cleaned for reading.
originals = sa.Table(
    "originals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "procedure_id",
        sa.ForeignKey("procedures.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    # Compressed by zlib.
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# Of records of a staged layer: how much of what they were read from became numbers, as JSON.
staged_shares = sa.Table(
    "staged_shares",
    metadata,
    sa.Column("procedure_id", sa.ForeignKey("procedures.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("shares", sa.Text, nullable=False),
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
    _text("unit"),
    _text("note"),
    sa.Column("currency", sa.String(3), nullable=False, default="VND"),
    _text("case"),
    sa.Column("effective_from", sa.Date),
    sa.Column("effective_to", sa.Date),
)

# The tables below hold rows of the layers `curated` (the seed) and `staff`.


def _layer() -> sa.Column:
    return sa.Column("layer", sa.String(16), nullable=False)


# Situations of life (sự kiện cuộc đời) and the procedures they bring, in order.
life_events = sa.Table(
    "life_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _layer(),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("layer", "key"),
)


def _event() -> sa.Column:
    return sa.Column(
        "event_id",
        sa.ForeignKey("life_events.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


life_event_phrases = sa.Table(
    "life_event_phrases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _event(),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("phrase", sa.Text, nullable=False),
)

life_event_steps = sa.Table(
    "life_event_steps",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _event(),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

# Citizens' words for a procedure; also for codes that only a later import brings.
aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _layer(),
    sa.Column("code", sa.String(32), nullable=False, index=True),
    sa.Column("phrase", sa.Text, nullable=False),
    sa.UniqueConstraint("layer", "code", "phrase"),
)

# Citizens' words and the official words that mean the same ("sổ đỏ").
lexicon = sa.Table(
    "lexicon",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _layer(),
    sa.Column("citizen", sa.Text, nullable=False),
    sa.Column("official", sa.Text, nullable=False),
    sa.UniqueConstraint("layer", "citizen", "official"),
)

# Answers that belong to no single procedure, as lines of text with a source.
general_facts = sa.Table(
    "general_facts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _layer(),
    sa.Column("topic", sa.String(32), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("source_id", sa.ForeignKey("sources.id"), nullable=False),
    sa.UniqueConstraint("layer", "topic"),
)

# One row: rises with every change, so that running bots rebuild their search index.
revision = sa.Table(
    "catalogue_revision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)

# What was imported when: the newest reader's version tells whether to read an export again.
imports = sa.Table(
    "catalogue_imports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("reader", sa.Integer, nullable=False),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.Column("finished_at", sa.DateTime, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
)
