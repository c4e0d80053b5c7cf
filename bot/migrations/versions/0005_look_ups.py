"""Look-ups of dossiers: limits, audit, one-time codes, subscriptions, notices; tickets; leases."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _create(name: str, *columns: sa.Column, indexed: tuple[str, ...] = ()) -> None:
    op.create_table(name, *columns)
    for column in indexed:
        op.create_index(f"ix_{name}_{column}", name, [column])


def _key() -> sa.Column:
    return sa.Column("id", sa.Integer(), primary_key=True)


def upgrade() -> None:
    """Go forward. Refusals were kept for an hour only: they begin anew."""
    op.drop_table("dossier_refusals")
    with op.batch_alter_table("dossiers") as table:
        table.add_column(
            sa.Column("person_hash", sa.String(64), nullable=False, server_default="")
        )
    op.create_index("ix_dossiers_person_hash", "dossiers", ["person_hash"])
    _create(
        "lookup_failures",
        _key(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=False),
        indexed=("key_hash", "failed_at"),
    )
    _create(
        "lookup_audit",
        _key(),
        sa.Column("tried_at", sa.DateTime(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("subject_hash", sa.String(64), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        indexed=("tried_at", "session_hash", "subject_hash"),
    )
    _create(
        "one_time_codes",
        _key(),
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("dossier_hash", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        indexed=("session_hash",),
    )
    _create(
        "subscriptions",
        _key(),
        sa.Column("session", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("dossier_code", sa.String(64), nullable=False),
        sa.Column("last_status", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(), nullable=False),
        sa.Column("checked_at", sa.DateTime()),
        sa.Column("ended_at", sa.DateTime()),
        indexed=("session",),
    )
    _create(
        "notices",
        _key(),
        sa.Column("session", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("dossier_code", sa.String(64), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("delivered_at", sa.DateTime()),
        indexed=("session",),
    )
    _create(
        "tickets",
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("dossier_code", sa.String(64), nullable=False),
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("answer", sa.Text(), nullable=False),
        indexed=("session_hash", "made_at"),
    )
    _create(
        "leases",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("until", sa.DateTime(), nullable=False),
    )


ADDED = (
    "leases",
    "tickets",
    "notices",
    "subscriptions",
    "one_time_codes",
    "lookup_audit",
    "lookup_failures",
)


def downgrade() -> None:
    """Go back."""
    for name in ADDED:
        op.drop_table(name)
    op.drop_index("ix_dossiers_person_hash", "dossiers")
    with op.batch_alter_table("dossiers") as table:
        table.drop_column("person_hash")
    op.create_table(
        "dossier_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("refused_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dossier_refusals_code_hash", "dossier_refusals", ["code_hash"])
