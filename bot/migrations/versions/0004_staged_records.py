"""Records that an import has read and not yet put into their layer."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "staged_shares",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("procedure_id"),
    )


# Tables of rows that belong to a procedure, as of this migration.
OWNED = (
    "cases",
    "channels",
    "differences",
    "documents",
    "fact_origins",
    "forms",
    "legal_bases",
    "originals",
    "places",
    "steps",
)


def downgrade() -> None:
    """Go back. What was only staged is no fact of the catalogue."""
    op.drop_table("staged_shares")
    staged = "SELECT id FROM procedures WHERE layer LIKE 'staged %'"
    # SQLite migrates without foreign keys: nothing goes with its owner by itself.
    op.execute(
        "DELETE FROM fees WHERE channel_id IN "
        f"(SELECT id FROM channels WHERE procedure_id IN ({staged}))"
    )
    for table in OWNED:
        op.execute(f"DELETE FROM {table} WHERE procedure_id IN ({staged})")
    op.execute("DELETE FROM procedures WHERE layer LIKE 'staged %'")
