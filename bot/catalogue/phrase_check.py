"""What is wrong with citizens' phrases: shared, vague, saying only the name, leading elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bot import clock, database
from bot import text as vn
from bot.catalogue import companions, finder, repository

SHARED, NAME, ELSEWHERE, UNKNOWN = "shared", "name", "elsewhere", "unknown code"
# Asked back on, whatever the phrase says (`seed/vague.tsv`).
VAGUE = "vague"


@dataclass(frozen=True)
class Fault:
    """A phrase of a procedure (`code`), its fault, and the codes that it concerns."""

    code: str
    phrase: str
    kind: str
    others: tuple[str, ...] = ()


def _key(text: str) -> str:
    return vn.fold(vn.normalise(text))


def faults() -> Iterator[Fault]:
    """Faults of all phrases, by code and phrase.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        procedures = {p.code: p for p in repository.names(connection, clock.today())}
        phrases = companions.aliases(connection)
    owners: dict[str, set[str]] = defaultdict(set)
    for code, phrase in phrases:
        owners[_key(phrase)].add(code)
    for code, phrase in phrases:
        procedure = procedures.get(code)
        others = owners[_key(phrase)] - {code}
        if procedure is None:
            yield Fault(code, phrase, UNKNOWN)
        elif others:
            yield Fault(code, phrase, SHARED, tuple(sorted(others)))
        elif choices := finder.look(phrase).choices:
            yield Fault(code, phrase, VAGUE, tuple(match.code for match in choices))
        elif _key(phrase) == _key(procedure.name):
            yield Fault(code, phrase, NAME)
        else:
            matches = finder.search(phrase, 1)
            if matches and matches[0].code != code and not _twins(matches[0].code, code):
                yield Fault(code, phrase, ELSEWHERE, (matches[0].code,))


def _twins(one: str, other: str) -> bool:
    """Whether two codes are one procedure at commune and province level."""
    first, second = finder.options([one]).matches, finder.options([other]).matches
    names = {vn.fold(match.official_name) for match in (*first, *second)}
    return len(names) == 1
