"""Facts with dates, history of records, more layers and facts.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEW_TEXTS = ("local_code", "service_level")
OLD_LINES = {"steps": "steps", "place": "places"}
# Filled anew from the seed at every start: nothing in them is lost by starting empty.
SEEDED = (
    "life_event_steps",
    "life_event_phrases",
    "life_events",
    "aliases",
    "lexicon",
    "general_facts",
)


def _owned(name: str, *columns: sa.Column, dated: bool = True) -> None:
    dates = [sa.Column("effective_from", sa.Date()), sa.Column("effective_to", sa.Date())]
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "procedure_id",
            sa.Integer(),
            sa.ForeignKey("procedures.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        *columns,
        *(dates if dated else ()),
    )
    op.create_index(f"ix_{name}_procedure_id", name, ["procedure_id"])


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _time() -> list[sa.Column]:
    return [
        sa.Column("time_value", sa.Float()),
        sa.Column("time_unit", sa.String(16)),
        _text("time_note"),
    ]


def _rows_move_to_tables_of_their_own(connection: sa.engine.Connection) -> None:
    """Lines of `steps` and `place` become rows."""
    for column, table in OLD_LINES.items():
        rows = connection.execute(sa.text(f"SELECT id, {column} FROM procedures")).all()
        lines = [
            {"owner": row[0], "position": position, "text": line}
            for row in rows
            for position, line in enumerate(filter(None, row[1].split("\n")))
        ]
        if lines:
            connection.execute(
                sa.text(
                    f"INSERT INTO {table} (procedure_id, position, text) "
                    "VALUES (:owner, :position, :text)"
                ),
                lines,
            )


def upgrade() -> None:
    """Go on. What the tables hold stays; imports read their records once more."""
    connection = op.get_bind()
    _owned("steps", _text("text"), dated=False)
    _owned("places", _text("text"), dated=False)
    _owned("cases", _text("name"), _text("code"), *_time())
    _owned("forms", _text("name"), _text("number"), _text("file"), _text("url"))
    _owned(
        "fact_origins",
        sa.Column("fact_group", sa.String(32), nullable=False),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("sources.id")),
    )
    _rows_move_to_tables_of_their_own(connection)
    _alter_procedures(connection)
    for table in ("channels", "documents", "legal_bases", "fees"):
        op.add_column(table, sa.Column("effective_from", sa.Date()))
        op.add_column(table, sa.Column("effective_to", sa.Date()))
    op.add_column("documents", sa.Column("optional", sa.Boolean()))
    with op.batch_alter_table("fees") as batch:
        batch.add_column(
            sa.Column("currency", sa.String(3), nullable=False, server_default="VND")
        )
        batch.add_column(sa.Column("case", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "originals",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "procedure_id",
            sa.Integer(),
            sa.ForeignKey("procedures.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_originals_procedure_id", "originals", ["procedure_id"])
    op.create_table(
        "catalogue_imports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        _text("file"),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=False),
        _text("report"),
    )
    for table in SEEDED:
        op.drop_table(table)
    _create_seeded(layered=True)


def _alter_procedures(connection: sa.engine.Connection) -> None:
    now = dt.datetime.utcnow().replace(microsecond=0)
    for name in NEW_TEXTS[:1]:
        op.add_column(
            "procedures", sa.Column(name, sa.Text(), nullable=False, server_default="")
        )
    op.add_column(
        "procedures",
        sa.Column("service_level", sa.String(16), nullable=False, server_default=""),
    )
    op.add_column(
        "procedures", sa.Column("raw_hash", sa.String(64), nullable=False, server_default="")
    )
    op.add_column(
        "procedures", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    for name in ("online", "online_payment"):
        op.add_column("procedures", sa.Column(name, sa.Boolean()))
    for name in ("effective_from", "effective_to", "valid_from", "valid_to", "known_from"):
        op.add_column("procedures", sa.Column(name, sa.Date()))
    op.add_column("procedures", sa.Column("recorded_at", sa.DateTime()))
    procedures = sa.table(
        "procedures", sa.column("recorded_at", sa.DateTime()), sa.column("fingerprint")
    )
    # Facts have other parts now, so their hashes are no longer known.
    connection.execute(sa.update(procedures).values(recorded_at=now, fingerprint=""))
    connection.execute(
        sa.text(
            "UPDATE procedures SET known_from = "
            "(SELECT checked_on FROM sources WHERE sources.id = procedures.source_id)"
        )
    )
    # Names of the first migration's constraint: only PostgreSQL keeps them.
    naming = {"uq": "%(table_name)s_%(column_0_name)s_%(column_1_name)s_key"}
    with op.batch_alter_table("procedures", naming_convention=naming) as batch:
        batch.alter_column("known_from", existing_type=sa.Date(), nullable=False)
        batch.alter_column("recorded_at", existing_type=sa.DateTime(), nullable=False)
        batch.drop_constraint("procedures_layer_code_key", type_="unique")
        batch.create_unique_constraint(
            "uq_procedures_layer_code_version", ["layer", "code", "version"]
        )
        batch.drop_column("steps")
        batch.drop_column("place")


def _create_seeded(*, layered: bool) -> None:
    """The tables that the seed fills, with or without their layer."""
    key = ["layer"] if layered else []

    def layered_columns() -> list[sa.Column]:
        return [sa.Column("layer", sa.String(16), nullable=False)] if layered else []

    if layered:
        op.create_table(
            "life_events",
            sa.Column("id", sa.Integer(), primary_key=True),
            *layered_columns(),
            sa.Column("key", sa.String(64), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            _text("name"),
            sa.UniqueConstraint("layer", "key"),
        )
    else:
        op.create_table(
            "life_events",
            sa.Column("key", sa.String(64), primary_key=True),
            sa.Column("position", sa.Integer(), nullable=False),
            _text("name"),
        )
    owner, target = ("event_id", "id") if layered else ("event_key", "key")
    kind = sa.Integer() if layered else sa.String(64)
    for table, columns in (
        ("life_event_phrases", [sa.Column("phrase", sa.Text(), nullable=False, unique=not layered)]),
        (
            "life_event_steps",
            [
                sa.Column("position", sa.Integer(), nullable=False),
                sa.Column("code", sa.String(32), nullable=False),
                _text("why"),
            ],
        ),
    ):
        if layered and table == "life_event_phrases":
            columns.insert(0, sa.Column("position", sa.Integer(), nullable=False))
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column(
                owner,
                kind,
                sa.ForeignKey(f"life_events.{target}", ondelete="CASCADE"),
                nullable=False,
            ),
            *columns,
        )
        op.create_index(f"ix_{table}_{owner}", table, [owner])
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), primary_key=True),
        *layered_columns(),
        sa.Column("code", sa.String(32), nullable=False),
        _text("phrase"),
        sa.UniqueConstraint(*key, "code", "phrase"),
    )
    op.create_index("ix_aliases_code", "aliases", ["code"])
    op.create_table(
        "lexicon",
        sa.Column("id", sa.Integer(), primary_key=True),
        *layered_columns(),
        _text("citizen"),
        _text("official"),
        sa.UniqueConstraint(*key, "citizen", "official"),
    )
    topic = sa.Column("topic", sa.String(32), nullable=False, primary_key=not layered)
    op.create_table(
        "general_facts",
        *([sa.Column("id", sa.Integer(), primary_key=True)] if layered else []),
        *layered_columns(),
        topic,
        _text("text"),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("sources.id"), nullable=False),
        *([sa.UniqueConstraint("layer", "topic")] if layered else []),
    )


def downgrade() -> None:
    """Go back: the newest state of each national and curated record stays, without history."""
    connection = op.get_bind()
    for table in SEEDED:
        op.drop_table(table)
    _create_seeded(layered=False)
    op.drop_table("catalogue_imports")
    op.drop_table("originals")
    connection.execute(
        sa.text("DELETE FROM procedures WHERE layer NOT IN ('national', 'curated')")
    )
    connection.execute(
        sa.text(
            "DELETE FROM procedures WHERE version < (SELECT MAX(newer.version) FROM procedures newer "
            "WHERE newer.layer = procedures.layer AND newer.code = procedures.code)"
        )
    )
    # SQLite migrates without foreign keys: there nothing goes with its owner by itself.
    owned = ("channels", "documents", "legal_bases", "differences", "fact_origins", "forms", "cases")
    for table in (*owned, "places", "steps"):
        connection.execute(
            sa.text(f"DELETE FROM {table} WHERE procedure_id NOT IN (SELECT id FROM procedures)")
        )
    connection.execute(
        sa.text("DELETE FROM fees WHERE channel_id NOT IN (SELECT id FROM channels)")
    )
    with op.batch_alter_table("procedures") as batch:
        batch.add_column(sa.Column("steps", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("place", sa.Text(), nullable=False, server_default=""))
    for column, table in OLD_LINES.items():
        lines: dict[int, list[str]] = {}
        query = f"SELECT procedure_id, text FROM {table} ORDER BY procedure_id, position"
        for owner, text in connection.execute(sa.text(query)):
            lines.setdefault(owner, []).append(text)
        if lines:
            connection.execute(
                sa.text(f"UPDATE procedures SET {column} = :text, fingerprint = '' WHERE id = :id"),
                [{"id": owner, "text": "\n".join(texts)} for owner, texts in lines.items()],
            )
    with op.batch_alter_table("procedures") as batch:
        batch.drop_constraint("uq_procedures_layer_code_version", type_="unique")
        batch.create_unique_constraint("procedures_layer_code_key", ["layer", "code"])
        for name in (
            *NEW_TEXTS,
            "raw_hash",
            "version",
            "online",
            "online_payment",
            "effective_from",
            "effective_to",
            "valid_from",
            "valid_to",
            "known_from",
            "recorded_at",
        ):
            batch.drop_column(name)
    with op.batch_alter_table("fees") as batch:
        for name in ("currency", "case", "effective_from", "effective_to"):
            batch.drop_column(name)
    with op.batch_alter_table("documents") as batch:
        for name in ("optional", "effective_from", "effective_to"):
            batch.drop_column(name)
    for table in ("channels", "legal_bases"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("effective_from")
            batch.drop_column("effective_to")
    for table in ("fact_origins", "forms", "cases", "places", "steps"):
        op.drop_table(table)
