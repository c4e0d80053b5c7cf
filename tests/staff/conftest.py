"""What all tests of staff accounts start from."""

from __future__ import annotations

from tests.staff.accounts import quick_hashes

__all__ = ["quick_hashes"]
