"""What ships with the project: enough, consistent, and true to the real catalogue."""

from __future__ import annotations

import csv
import json
import lzma
from collections import defaultdict
from pathlib import Path

import pytest

from bot import text as vn
from bot.catalogue.national_import import belongs_to_province, read_index
from bot.catalogue.seed_import import (
    SEED_DIR,
    read_all_procedures,
    read_life_events,
    read_phrases,
    read_vague,
)

PROCEDURES = read_all_procedures(SEED_DIR / "procedures")
EVENTS = read_life_events(SEED_DIR / "life_events.yml")
PHRASES = [
    *read_phrases(SEED_DIR / "phrases"),
    *((p.code, alias) for p in PROCEDURES for alias in p.aliases),
]


def folded(text: str) -> str:
    return " ".join(vn.words(vn.fold(vn.nfc(text))))


def test_there_is_enough_of_it() -> None:
    assert len(PROCEDURES) >= 160
    assert len({p.field for p in PROCEDURES}) >= 20
    assert len(EVENTS) >= 40


def test_no_phrase_belongs_to_two_procedures() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for code, phrase in PHRASES:
        owners[folded(phrase)].add(code)
    assert {phrase: codes for phrase, codes in owners.items() if len(codes) > 1} == {}


def test_plain_names_tell_siblings_apart() -> None:
    names: dict[str, list[str]] = defaultdict(list)
    for p in PROCEDURES:
        names[folded(p.plain_name)].append(p.code)
    assert {name: codes for name, codes in names.items() if len(codes) > 1} == {}
    assert [p.code for p in PROCEDURES if len(p.plain_name) > 60] == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.key)
def test_a_life_event_bundles_different_procedures_with_reasons(event) -> None:  # type: ignore[no-untyped-def]
    codes = [code for code, _ in event.steps]
    assert len(codes) >= 2
    assert len(set(codes)) == len(codes)
    assert all(why.endswith(".") for _, why in event.steps)
    assert event.phrases


def test_every_code_is_one_that_the_province_offers(shared_data: Path) -> None:
    index = read_index(shared_data / "national-catalogue-2026-07" / "catalog.jsonl.xz")
    offered = {code for code, row in index.items() if belongs_to_province(row)}
    named = {code for code, _ in PHRASES} | {p.code for p in PROCEDURES}
    named |= {code for event in EVENTS for code, _ in event.steps}
    named |= {code for _, codes in read_vague(SEED_DIR / "vague.tsv") for code in codes}
    named |= {other.code for p in PROCEDURES for other in p.differs_from}
    assert named - offered == set()


def test_no_phrase_is_a_question_of_the_evaluation(shared_data: Path) -> None:
    lines = (shared_data / "eval" / "dev-questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = {folded(json.loads(line)["question"]) for line in lines}
    # Two words ("thế phí") may coincide; a whole question may not.
    phrases = [p for _, p in PHRASES] + [need for need, _ in read_vague(SEED_DIR / "vague.tsv")]
    assert [p for p in phrases if len(p.split()) > 4 and folded(p) in asked] == []


def test_the_units_table_is_that_of_its_source(shared_data: Path) -> None:
    source = shared_data / "administrative-units" / "quangngai_old_to_new.csv"
    shipped = SEED_DIR.parent.parent / "offices" / "seed" / "administrative_units.csv"
    with source.open(encoding="utf-8") as a, shipped.open(encoding="utf-8") as b:
        assert list(csv.DictReader(a)) == list(csv.DictReader(b))
    assert "MIT License" in shipped.with_suffix(".LICENSE").read_text(encoding="utf-8")


def test_no_sentence_of_the_records_is_copied(shared_data: Path) -> None:
    # The export has no licence: facts may be restated, sentences not.
    import tarfile

    archive = shared_data / "national-catalogue-2026-07" / "procedures-text.tar.xz"
    wanted = {p.code: p for p in PROCEDURES}
    copied = []
    with tarfile.open(fileobj=lzma.open(archive), mode="r|") as tar:
        for member in tar:
            procedure = wanted.get(Path(member.name).stem)
            stream = tar.extractfile(member) if procedure else None
            if procedure is None or stream is None:
                continue
            record = folded(stream.read().decode("utf-8"))
            texts = [*procedure.steps, *procedure.mistakes.splitlines()]
            texts += [d.name for d in procedure.documents]
            for text in texts:
                words = folded(text).split()
                for start in range(len(words) - 24):
                    if " ".join(words[start : start + 25]) in record:
                        copied.append((procedure.code, text))
                        break
    assert copied == []
