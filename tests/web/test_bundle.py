"""The committed bundle: it is what its sources say, and small enough for a slow line."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess

import pytest

from bot.settings import PROJECT_ROOT

DIST = PROJECT_ROOT / "web" / "dist"
MOST_BYTES = 120 * 1024


def test_it_is_built_from_its_sources_and_these_pass_their_own_tests() -> None:
    if shutil.which("npm") is None:
        reason = "Node.js is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [PROJECT_ROOT / "scripts" / "web", "--check"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "web/dist is what web/src says" in done.stderr


def test_it_is_small_enough() -> None:
    whole = (DIST / "widget.js").read_bytes()
    assert len(gzip.compress(whole, 9, mtime=0)) <= MOST_BYTES


def test_it_needs_nothing_that_a_strict_policy_forbids() -> None:
    script = (DIST / "widget.js").read_text(encoding="utf-8")
    for forbidden in ("eval(", "new Function(", "document.write", ".insertAdjacentHTML"):
        assert forbidden not in script, forbidden


def test_the_licences_of_what_it_holds_are_served_with_it() -> None:
    named = (DIST / "widget.js").read_text(encoding="utf-8").splitlines()[0]
    licences = (DIST / "licenses.txt").read_text(encoding="utf-8")
    packages = named.removeprefix("/* Contains ").partition(";")[0].split(", ")
    assert len(packages) >= 3
    assert "/web/licenses.txt" in named
    for package in packages:
        assert package in licences, package
