"""Packages of Node.js that tests compare ours with: installed from their locks, then asked."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Ask = Callable[[dict[str, Any]], Any]
FILES = ("package.json", "package-lock.json", ".npmrc", "answer.js")


@contextlib.contextmanager
def running(sources: Path, folder: Path) -> Iterator[Ask]:
    """`ask(question)`: what `answer.js` of a folder says, run in another folder.

    Skips where Node.js is not installed; fails there if `CI` is set.
    """
    if shutil.which("npm") is None or shutil.which("node") is None:
        reason = "Node.js is not installed"
        if os.environ.get("CI"):
            pytest.fail(f"{reason} (CI is set)")
        pytest.skip(reason)
    for name in FILES:
        shutil.copy(sources / name, folder / name)
    install = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
    done = subprocess.run(
        install, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    pipe = subprocess.PIPE
    with subprocess.Popen(
        ["node", "answer.js"], cwd=folder, stdin=pipe, stdout=pipe, text=True
    ) as process:

        def ask(question: dict[str, Any]) -> Any:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{json.dumps(question)}\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0
