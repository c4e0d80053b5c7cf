"""alembic's environment: runs the migrations on the connection handed to it."""

from __future__ import annotations

from alembic import context

from bot.database import metadata

# The tables register themselves when imported.
from bot.catalogue import tables as _catalogue  # noqa: F401  isort: skip
from bot.dossiers import tables as _dossiers  # noqa: F401  isort: skip
from bot.offices import tables as _offices  # noqa: F401  isort: skip
from bot.payments import tables as _payments  # noqa: F401  isort: skip
from bot.staff import tables as _staff  # noqa: F401  isort: skip
from bot.support import tables as _support  # noqa: F401  isort: skip
from bot import leases as _leases  # noqa: F401  isort: skip


def run() -> None:
    """Run in the caller's transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        # SQLite alters tables by copying them.
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
