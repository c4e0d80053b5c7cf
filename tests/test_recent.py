"""Memory of what came last."""

from __future__ import annotations

from bot.recent import Recent


def test_what_was_put_in_longest_ago_goes_first() -> None:
    kept: Recent[int] = Recent(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        kept.put(key, value)
    assert [kept.get(key, 0) for key in "abc"] == [3, 0, 4]
    assert ["a" in kept, "b" in kept] == [True, False]
