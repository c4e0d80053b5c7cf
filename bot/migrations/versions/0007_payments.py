"""Ways to pay, payment orders, the gateway's messages; what is left to pay of a dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "payment_methods",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("procedure_code", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date()),
        sa.Column("effective_to", sa.Date()),
    )
    op.create_index("ix_payment_methods_procedure_code", "payment_methods", ["procedure_code"])
    op.create_table(
        "payment_orders",
        sa.Column("reference", sa.String(32), primary_key=True),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("dossier_code", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("beneficiary", sa.String(64), nullable=False),
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("gateway_number", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("paid_at", sa.DateTime()),
        sa.Column("paid_twice", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
    )
    for column in ("dossier_code", "session_hash", "state", "made_at"):
        op.create_index(f"ix_payment_orders_{column}", "payment_orders", [column])
    op.create_table(
        "payment_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("message_key", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("is_partial", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("gateway_number", sa.String(64), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("message_key"),
    )
    for column in ("reference", "received_at"):
        op.create_index(f"ix_payment_messages_{column}", "payment_messages", [column])
    op.add_column("dossiers", sa.Column("fee_unpaid", sa.BigInteger()))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("dossiers") as batch:
        batch.drop_column("fee_unpaid")
    for table in ("payment_messages", "payment_orders", "payment_methods"):
        op.drop_table(table)
