"""How long an answer takes tells nothing: neither whether a code exists, nor anything else.

The statistic: a Mann-Whitney test of the durations of both kinds. It needs no assumption on how
they are distributed; kinds alternate in random order, so that a busy machine slows both. With
p < 0.0005 it raises a false alarm in less than one run of 1,000, and it finds the same leak where
answers are not padded.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scipy.stats import mannwhitneyu

from bot.dossiers import lookup
from bot.dossiers.answer_time import answered_at, even
from bot.dossiers.csv_import import import_dossiers
from bot.dossiers.local_gateway import LocalGateway
from bot.dossiers.model import Asker, GatewayUnavailable
from bot.settings import Settings
from tests.dossiers.files import CODE, PHONE, write_csv
from tests.dossiers.gateways import WatchedGateway
from tests.dossiers.looking_up import DIRECT, OTHER, import_and_watch

# What else runs on the machine at the moment is not to be measured.
pytestmark = pytest.mark.alone

SIGNIFICANT = 0.0005
LARGEST_DIFFERENCE = 0.001
# Look-ups of each kind; each code is tried less often than locks it.
CODES, TRIES_A_CODE, LANES = 40, 5, 4
KNOWN = [f"H48.16-230512-{number:04}" for number in range(1, CODES + 1)]
UNKNOWN = [f"H48.16-230512-{number:04}" for number in range(5001, 5001 + CODES)]
LOCKED = OTHER


@pytest.mark.parametrize(
    ("elapsed", "step", "expected"),
    [
        (0.0, 0.05, 0.05),
        (0.049, 0.05, 0.05),
        (0.05, 0.05, 0.05),
        (0.051, 0.05, 0.10),
        (5.01, 0.25, 5.25),
        (0.2, 0.0, 0.2),
    ],
)
def test_an_answer_is_given_at_the_next_multiple(
    elapsed: float, step: float, expected: float
) -> None:
    assert answered_at(elapsed, step) == pytest.approx(expected)


def seconds_of(work: Callable[[], None], step: float) -> float:
    async def timed() -> None:
        async with even(step):
            work()

    started = time.monotonic()
    asyncio.run(timed())
    return time.monotonic() - started


def test_an_answer_never_comes_before_its_time() -> None:
    assert seconds_of(lambda: None, 0.03) >= 0.03
    assert seconds_of(lambda: time.sleep(0.035), 0.03) >= 0.06


def test_an_error_comes_at_the_same_time() -> None:
    def fail() -> None:
        raise GatewayUnavailable("down")

    started = time.monotonic()
    with pytest.raises(GatewayUnavailable):
        seconds_of(fail, 0.03)
    assert time.monotonic() - started >= 0.03


def test_who_has_gone_away_is_not_waited_for() -> None:
    async def leave() -> float:
        async def look() -> None:
            async with even(60):
                await asyncio.sleep(60)

        task = asyncio.create_task(look())
        await asyncio.sleep(0.01)
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - started

    assert asyncio.run(leave()) < 5


def test_many_wait_at_the_same_time() -> None:
    async def wait() -> None:
        async with even(0.05):
            pass

    async def all_wait() -> float:
        started = time.monotonic()
        await asyncio.gather(*(wait() for _ in range(100)))
        return time.monotonic() - started

    # One after the other would take 5 seconds.
    assert 0.05 <= asyncio.run(all_wait()) < 2.5


LOOK_UPS = {
    "shown": lambda: lookup.look_up(CODE, PHONE, DIRECT),
    "refused": lambda: lookup.look_up(CODE, "0000", DIRECT),
    "locked": lambda: lookup.look_up(LOCKED, PHONE, DIRECT),
    "unavailable": lambda: lookup.look_up(CODE, PHONE, DIRECT),
    "person": lambda: lookup.look_up_person(PHONE, "051098003345", DIRECT),
    "one-time code": lambda: lookup.look_up_with_code(CODE, "012345", DIRECT),
}


@pytest.mark.parametrize("kind", LOOK_UPS)
def test_each_kind_of_answer_takes_its_time(
    database_ready: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    watched = import_and_watch(tmp_path, monkeypatch)
    for number in range(10):
        asyncio.run(lookup.look_up(LOCKED, "0000", Asker(f"session-{number}")))
    watched.asked.clear()
    watched.answer_seconds = 0.1
    watched.fault = GatewayUnavailable("down") if kind == "unavailable" else None
    started = time.monotonic()
    with pytest.raises(GatewayUnavailable) if watched.fault else contextlib.nullcontext():
        shown = asyncio.run(LOOK_UPS[kind]())
        assert bool(shown) is (kind == "shown")
    assert time.monotonic() - started >= 0.1
    assert len(watched.asked) == (0 if kind == "locked" else 1)


async def _lane(lane: int, dice: random.Random, seconds: dict[str, list[float]]) -> None:
    """One after the other: a known and an unknown code, in random order, with wrong digits."""
    for number in range(lane, CODES * TRIES_A_CODE, LANES):
        pair = [("known", KNOWN[number % CODES]), ("unknown", UNKNOWN[number % CODES])]
        dice.shuffle(pair)
        for kind, code in pair:
            asker = Asker(f"{kind}-{number}", "rest")
            started = time.monotonic()
            assert await lookup.look_up(code, "0000", asker) is None
            seconds[kind].append(time.monotonic() - started)


def measured() -> dict[str, list[float]]:
    """Seconds of 200 look-ups of unknown codes, and of 200 known ones with wrong digits."""
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}

    async def all_lanes() -> None:
        lanes = (_lane(n, random.Random(n), seconds) for n in range(LANES))
        await asyncio.gather(*lanes)

    asyncio.run(all_lanes())
    assert [len(found) for found in seconds.values()] == [CODES * TRIES_A_CODE] * 2
    return seconds


def is_leak(seconds: dict[str, list[float]]) -> bool:
    return mannwhitneyu(seconds["known"], seconds["unknown"]).pvalue < SIGNIFICANT


def difference(seconds: dict[str, list[float]]) -> float:
    known, unknown = (statistics.median(seconds[kind]) for kind in ("known", "unknown"))
    return abs(known - unknown)


@pytest.fixture
def known_dossiers(database_ready: Settings, tmp_path: Path) -> None:
    import_dossiers(write_csv(tmp_path / "dossiers.csv", *({"code": code} for code in KNOWN)))


def leaking_gateway(answer_seconds: float) -> WatchedGateway:
    """Its source misses an unknown code 3 to 20 ms faster than it finds a known one."""
    dice = random.Random(5)
    known = set(KNOWN)
    return WatchedGateway(
        answer_seconds=answer_seconds,
        delay=lambda code: 0.022 - (0 if code in known else dice.uniform(0.003, 0.020)),
    )


@pytest.mark.usefixtures("known_dossiers")
def test_unknown_codes_and_wrong_digits_take_the_same_time() -> None:
    assert lookup.gateway().answer_seconds == LocalGateway.answer_seconds > 0
    seconds = measured()
    assert not is_leak(seconds)
    assert difference(seconds) < LARGEST_DIFFERENCE


@pytest.mark.usefixtures("known_dossiers")
@pytest.mark.parametrize("is_padded", [True, False], ids=["padded", "not padded"])
def test_a_source_that_answers_unknown_codes_faster_is_covered_by_padding_alone(
    monkeypatch: pytest.MonkeyPatch, is_padded: bool
) -> None:
    leaking = leaking_gateway(0.05 if is_padded else 0.0)
    monkeypatch.setattr(lookup, "gateway", lambda: leaking)
    seconds = measured()
    assert is_leak(seconds) is not is_padded
    assert (difference(seconds) < LARGEST_DIFFERENCE) is is_padded
