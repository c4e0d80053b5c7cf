"""`python -m benchmarks NAME …`: runs one benchmark; without a name, lists them."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

HELPERS = {"__main__", "our_featurizer", "questions", "tables"}


def names() -> list[str]:
    """Names of the benchmarks there are."""
    found = pkgutil.iter_modules([str(Path(__file__).resolve().parent)])
    return sorted(module.name for module in found if module.name not in HELPERS)


def main(arguments: list[str]) -> int:
    """Run; the exit status."""
    if not arguments or arguments[0] not in names():
        print(f"Usage: scripts/bench NAME [options]; NAME is one of {', '.join(names())}.")
        return 2 if arguments else 0
    importlib.import_module(f"benchmarks.{arguments[0]}").main(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
