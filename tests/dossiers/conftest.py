"""What several tests of look-ups start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.dossiers.gateways import WatchedGateway
from tests.dossiers.igate import DOSSIERS
from tests.dossiers.looking_up import import_and_watch
from tests.igate_server import RunningIGate, running_igate


@pytest.fixture
def igate() -> Iterator[RunningIGate]:
    """A procedures system with the dossiers of `tests.dossiers.igate`."""
    with running_igate(DOSSIERS) as running:
        yield running


@pytest.fixture
def gateway(
    database_ready: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> WatchedGateway:
    """A local database with a few dossiers, whose look-ups are counted."""
    return import_and_watch(tmp_path, monkeypatch)
