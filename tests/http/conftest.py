"""A server without a model, for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http.serving import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.stop()
