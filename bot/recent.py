"""What was put in last, and no more of it than fits: memory that grows with no crowd."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values by key; of too many, those that were put in longest ago are forgotten."""

    def __init__(self, most: int) -> None:
        """`most`: how many keys are kept, at least 1."""
        self._most = most
        self._values: OrderedDict[str, Value] = OrderedDict()

    def __contains__(self, key: object) -> bool:
        """Whether the key is still kept."""
        return key in self._values

    def get(self, key: str, default: Value) -> Value:
        """The value that was put in last, or the default."""
        return self._values.get(key, default)

    def put(self, key: str, value: Value) -> None:
        """Keep a value as the newest."""
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._most:
            self._values.popitem(last=False)
