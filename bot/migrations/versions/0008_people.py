"""Hand-overs to people, their accounts, contacts on tickets, the hotline's deliveries and screens."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_TICKETS = (
    ("contact_hash", sa.String(64)),
    ("contact_sealed", sa.Text()),
    ("field", sa.String(128)),
    ("level", sa.String(16)),
    ("agency", sa.String(255)),
    ("place", sa.Text()),
)


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("tickets") as batch:
        for name, kind in OF_TICKETS:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch.add_column(sa.Column("due_at", sa.DateTime()))
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("session", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("desk", sa.String(128), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("claimed_by", sa.String(64), nullable=False),
        sa.Column("claimed_name", sa.String(128), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime()),
        sa.Column("told_place", sa.Integer()),
        sa.Column("told_long", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("close_reason", sa.String(32), nullable=False),
        sa.Column("close_note", sa.Text(), nullable=False),
        sa.Column("external_id", sa.String(64), nullable=False),
    )
    for column in ("session", "state", "closed_at", "external_id"):
        op.create_index(f"ix_handovers_{column}", "handovers", [column])
    op.create_index(
        "uq_handovers_open",
        "handovers",
        ["session"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "handover_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "handover_id",
            sa.Integer(),
            sa.ForeignKey("handovers.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("author", sa.String(16), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("earlier", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("buttons", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("delivered_at", sa.DateTime()),
        sa.UniqueConstraint("handover_id", "message_id"),
    )
    for column in ("handover_id", "delivered_at"):
        op.create_index(f"ix_handover_messages_{column}", "handover_messages", [column])
    op.create_table(
        "hotline_deliveries",
        sa.Column("sender", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(128), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "message_id"),
    )
    op.create_index("ix_hotline_deliveries_made_at", "hotline_deliveries", ["made_at"])
    op.create_table(
        "hotline_screens",
        sa.Column("sender", sa.String(64), primary_key=True),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_hotline_screens_changed_at", "hotline_screens", ["changed_at"])
    op.create_table(
        "staff",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("shown_name", sa.String(128), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("desk", sa.String(128), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime()),
        sa.Column("made_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
    )
    for column in ("name", "seen_at"):
        op.create_index(f"ix_staff_sessions_{column}", "staff_sessions", [column])
    op.create_table(
        "staff_audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
    )
    for column in ("at", "name"):
        op.create_index(f"ix_staff_audit_{column}", "staff_audit", [column])


def downgrade() -> None:
    """Go back."""
    for table in (
        "staff_audit",
        "staff_sessions",
        "staff",
        "hotline_screens",
        "hotline_deliveries",
        "handover_messages",
        "handovers",
    ):
        op.drop_table(table)
    with op.batch_alter_table("tickets") as batch:
        for name in ("due_at", *(name for name, _ in OF_TICKETS)):
            batch.drop_column(name)
