"""Where facts come from; every noun's facts name theirs in this form."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Where a fact comes from and when it was last checked there."""

    title: str
    url: str
    checked_on: dt.date
