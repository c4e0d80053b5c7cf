"""Pages of citizens, left at the end of each test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.web_page import Page


@pytest.fixture
def open_page() -> Iterator[Callable[..., Page]]:
    """Opens pages: `open_page(url, session, known, **headers)`."""
    with contextlib.ExitStack() as pages:

        def open_one(url: str, *arguments: str, **headers: str) -> Page:
            page = Page(url, *arguments, **headers)
            pages.callback(page.close)
            return page

        yield open_one
