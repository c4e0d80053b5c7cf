"""Pages are sent compressed to who takes it."""

from __future__ import annotations

import gzip
import json

import pytest

from bot.settings import Settings
from tests.http.serving import BROWSER, PROGRAM, Server


@pytest.fixture(autouse=True)
def _catalogue(shipped_seed: Settings) -> None:
    """What the pages tell of."""


def test_a_page_is_compressed_and_the_same(server: Server) -> None:
    plain = server.ask("/p/1.001193", Accept=BROWSER)
    packed = server.ask("/p/1.001193", Accept=BROWSER, Accept_Encoding="gzip, br")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 3
    assert packed.headers["content-length"] == str(len(packed.content))
    for found in (plain, packed):
        assert found.headers["vary"] == "Accept, Accept-Encoding"


def test_a_list_is_compressed_as_well(server: Server) -> None:
    asked = {"Accept": PROGRAM, "Accept_Encoding": "gzip"}
    packed = server.ask("/api/procedures/1.001193", **asked)
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content))["code"] == "1.001193"


def test_what_is_short_stays_as_it_is(server: Server) -> None:
    found = server.ask("/health/live", Accept=PROGRAM, Accept_Encoding="gzip")
    assert "content-encoding" not in found.headers
    assert json.loads(found.text) == {"status": "ok"}


def test_who_refuses_it_gets_it_plain(server: Server) -> None:
    found = server.ask("/", Accept=BROWSER, Accept_Encoding="gzip;q=0, identity")
    assert "content-encoding" not in found.headers
    assert found.text.startswith("<!doctype html>")


@pytest.mark.parametrize("path", ["/", "/p/1.001193"])
def test_only_the_head_has_no_body(server: Server, path: str) -> None:
    found = server.ask(path, "HEAD", Accept=BROWSER, Accept_Encoding="gzip")
    assert (found.status, found.content) == (200, b"")
