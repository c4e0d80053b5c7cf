"""An attack on look-ups: codes in a row, and guessed digits.

Against a running server: `python -m tests.dossiers.enumeration_attack --url http://127.0.0.1:5005
--tries 10000 --way one-session`. It ends with 1 if a dossier was shown, else with 0, and prints
one line of JSON. With `--addresses` each way sends `X-Forwarded-For` as the proxy in front of the
server would (which has to run with `BOT_REST_PUBLIC=1`, or it refuses such requests); without it,
all requests come from this machine, to which no limit of addresses applies. Attack only servers
of your own.

In tests `attack` is given a function that asks `bot.dossiers.lookup`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

# One conversation; a new one for each try; from a new address, too; and all on one code.
ONE_SESSION, NEW_SESSIONS, BOTNET, ONE_CODE = WAYS = (
    "one-session",
    "new-sessions",
    "botnet",
    "one-code",
)
SEED = 7
DIGITS = 10_000


@dataclass(frozen=True)
class Guess:
    """A code and four digits, and who is to ask; `number` counts from 0."""

    number: int
    code: str
    digits: str
    session: str
    address: str


@dataclass(frozen=True)
class Result:
    """What came of an attack; `shown` are the guesses that were answered with a dossier."""

    way: str
    tries: int
    shown: int
    errors: int
    seconds: float


# Whether a guess was answered with a dossier; None if the server answered with an error.
Ask = Callable[[Guess], Awaitable["bool | None"]]


def guesses(way: str, tries: int, codes: Sequence[str], seed: int = SEED) -> Iterator[Guess]:
    """Guesses of a way; on one code, each of the 10,000 digits comes once before any again."""
    dice = random.Random(f"{seed} {way}")
    all_digits = dice.sample(range(DIGITS), DIGITS)
    run = f"{dice.getrandbits(32):08x}"
    for number in range(tries):
        on_one_code = way == ONE_CODE
        digits = all_digits[number % DIGITS] if on_one_code else dice.randrange(DIGITS)
        has_own_address = way in (BOTNET, ONE_CODE)
        yield Guess(
            number,
            code=codes[0] if on_one_code else dice.choice(codes),
            digits=f"{digits:04}",
            session=f"attack-{run}-{0 if way == ONE_SESSION else number}",
            address=_address(number if has_own_address else 0),
        )


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


async def attack(way: str, all_guesses: Iterator[Guess], ask: Ask, at_once: int = 1) -> Result:
    """Make all guesses, so many at once; goes on after a success, as a thief would."""
    started = time.monotonic()
    tries = shown = errors = 0
    while some := list(itertools.islice(all_guesses, at_once)):
        answers = await asyncio.gather(*map(ask, some))
        tries += len(answers)
        shown += answers.count(True)
        errors += answers.count(None)
    return Result(way, tries, shown, errors, round(time.monotonic() - started, 1))


def asking_over_rest(url: str, with_address: bool) -> Ask:
    """Asks as a citizen does: the code, then the digits."""

    async def ask(guess: Guess) -> bool | None:
        messages = (f"Hồ sơ {guess.code} của tôi tới đâu rồi?", f"4 số cuối là {guess.digits}")
        for message in messages:
            answers = await asyncio.to_thread(_say, url, guess, message, with_address)
            if answers is None:
                return None
            if ("status", "answered") in answers:
                return True
        return False

    return ask


def _say(
    url: str, guess: Guess, message: str, with_address: bool
) -> list[tuple[object, object]] | None:
    """Topic and status of each answer to a message; None if it was answered with an error."""
    body = json.dumps({"sender": guess.session, "message": message}).encode()
    headers = {"Content-Type": "application/json"}
    if with_address:
        headers["X-Forwarded-For"] = guess.address
    address = f"{url.rstrip('/')}/webhooks/rest/webhook"
    request = urllib.request.Request(address, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            messages = json.load(response)
    except (OSError, urllib.error.HTTPError, ValueError):
        return None
    answers = [message["custom"].get("answer", {}) for message in messages if "custom" in message]
    return [(answer.get("topic"), answer.get("status")) for answer in answers]


def main() -> int:
    """The command line; see above."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--url", required=True, help="where the server answers")
    parser.add_argument("--tries", type=int, default=DIGITS, help="guesses (default: 10000)")
    parser.add_argument("--way", choices=WAYS, default=ONE_SESSION)
    parser.add_argument("--prefix", default="H48.16-260512-", help="how all codes begin")
    parser.add_argument("--first", type=int, default=1, help="first serial number of the codes")
    parser.add_argument("--last", type=int, default=400, help="last serial number of the codes")
    parser.add_argument("--at-once", type=int, default=8, help="guesses at the same time")
    parser.add_argument("--addresses", action="store_true", help="send X-Forwarded-For")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.tries < 1 or options.at_once < 1 or options.first > options.last:
        parser.error("--tries and --at-once begin at 1; --last is not before --first")
    codes = [f"{options.prefix}{n:04}" for n in range(options.first, options.last + 1)]
    ask = asking_over_rest(options.url, options.addresses)
    made = guesses(options.way, options.tries, codes, options.seed)
    result = asyncio.run(attack(options.way, made, ask, options.at_once))
    print(json.dumps(asdict(result)))
    # A server that answers with errors only has withstood nothing.
    return 1 if result.shown or result.errors == result.tries else 0


if __name__ == "__main__":
    sys.exit(main())
