"""A database that knows the units of the province."""

from __future__ import annotations

import pytest

from bot.offices.units_import import import_units
from bot.settings import Settings


@pytest.fixture
def units_ready(database_ready: Settings) -> Settings:
    """All tables, and the shipped administrative units."""
    import_units()
    return database_ready
