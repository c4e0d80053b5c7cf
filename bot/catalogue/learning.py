"""The classifier of the present catalogue: learnt once, kept in a file, found by every worker."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

from bot import clock, database
from bot import text as vn
from bot.catalogue import companions, layers, repository
from bot.catalogue.classifier import Classifier, ClassifierDamaged
from bot.catalogue.question import default_stripper
from bot.catalogue.search import OUTSIDE
from bot.catalogue.seed_files import SEED_DIR, data_lines
from bot.catalogue.seed_import import read_pairs, read_vague
from bot.settings import PROJECT_ROOT, settings

MODELS = PROJECT_ROOT / "models"
# To be raised with every change of how is learnt.
TRAINER = 3
KEPT = 4
# A classifier of another catalogue is of use if it knows at least this share of its procedures.
LEAST_KNOWN = 0.5

Texts = list[tuple[str, list[str]]]
_log = logging.getLogger(__name__)


def read_texts() -> Texts:
    """What there is to learn from: labels with the words of a name, phrase or message each.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    stripper = default_stripper()
    with database.connect() as connection:
        procedures = repository.names(connection, clock.today())
        phrases = companions.aliases(connection)
    texts = [
        (p.code, vn.normalise(name).split())
        for p in procedures
        for name in dict.fromkeys(filter(None, (p.name, p.plain_name)))
    ]
    messages = read_pairs(SEED_DIR / "messages.tsv", "\t")
    # Also for codes that only a later import brings.
    texts += [(code, stripper.need(text)) for code, text in (*phrases, *messages)]
    # A vague need is a message for each of the procedures that may be meant: none is then likely.
    texts += [
        (code, stripper.need(need))
        for need, codes in read_vague(SEED_DIR / "vague.tsv")
        for code in codes
    ]
    topics = read_pairs(SEED_DIR / "outside.tsv", "\t")
    texts += [(OUTSIDE + topic, stripper.need(phrase)) for topic, phrase in topics]
    return [(label, words) for label, words in texts if words]


def read_background() -> list[list[str]]:
    """Sentences that people tell around their need and that say nothing of it."""
    return [vn.normalise(line).split() for line in data_lines(SEED_DIR / "background.txt")]


def fingerprint_of_texts(texts: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Hash of all that is learnt from, 16 hex digits."""
    digest = hashlib.sha256(str(TRAINER).encode())
    for label, words in texts:
        digest.update(f"{label} {' '.join(words)}\n".encode())
    digest.update((SEED_DIR / "background.txt").read_bytes())
    return digest.hexdigest()[:16]


def fingerprint_of_files() -> str:
    """Hash of what a fresh catalogue is filled from and of how is learnt from it."""
    digest = hashlib.sha256(str(TRAINER).encode())
    export = settings().catalogue_path
    files = [path for path in sorted(SEED_DIR.rglob("*")) if path.is_file()]
    files += sorted(export.glob("*.xz")) if export.is_dir() else []
    for path in files:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def learn(path: Path | None = None, *, force: bool = False) -> bool:
    """Learn from the present catalogue if that was not done yet; whether it had to be.

    Running bots take the new classifier up by themselves.

    Args:
        path: where to; default: a name that tells what was learnt from.
        force: learn anyway.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    # Only here: answering needs no scipy.
    from bot.catalogue import classifier_training

    texts = read_texts()
    path = path or path_of(fingerprint_of_texts(texts))
    if path.exists() and not force:
        return False
    classifier_training.learn(texts, read_background()).save(path)
    for old in sorted(MODELS.glob(path_of("*").name), key=_made_at, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)
    with database.begin() as connection:
        layers.raise_revision(connection)
    return True


def path_of(fingerprint: str) -> Path:
    """Where a classifier lies or will lie."""
    return MODELS / f"search-{fingerprint}.npz"


def newest(codes: Sequence[str]) -> Classifier | None:
    """The newest classifier that knows most of these procedures, None if there is none."""
    wanted = set(codes)
    for path in sorted(MODELS.glob(path_of("*").name), key=_made_at, reverse=True):
        try:
            found = Classifier.load(path)
        except ClassifierDamaged as error:
            _log.warning("%s; search does without it", error)
            continue
        if len(wanted.intersection(found.labels)) >= LEAST_KNOWN * max(1, len(wanted)):
            return found
    return None


def _made_at(path: Path) -> float:
    return path.stat().st_mtime
