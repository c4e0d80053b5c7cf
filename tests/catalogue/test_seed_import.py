"""The seed: what ships with the project is whole, and a mistake in it is named."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from bot import database
from bot.catalogue import records
from bot.catalogue.model import Channel, Document, Duration, Fee, LegalBasis, Procedure, Source
from bot.catalogue.seed_import import (
    SEED_DIR,
    SeedError,
    load_seed,
    read_all_procedures,
    read_pairs,
    read_procedures,
    read_vague,
)

SHIPPED = read_all_procedures(SEED_DIR / "procedures")
shipped = pytest.mark.parametrize("procedure", SHIPPED, ids=[p.code for p in SHIPPED])

ITEM = """
- code: "1.000001"
  name: Đăng ký thử
  plain_name: Làm giấy thử
  field: Lĩnh vực thử
  level: commune
  documents:
    - {name: Tờ khai, original: 1, when: khi nộp trực tiếp}
  channels:
    - kind: online
      time: {value: 3, unit: working_day}
      fees:
        - {amount: 7000, unit: lần, note: mỗi người}
  steps:
    - Điền tờ khai
    - Gửi tờ khai
  legal_basis:
    - {number: 1/2020/QH14, title: Luật Thử}
  mistakes:
    - Quên ký
    - Thiếu ảnh
  aliases:
    - làm giấy thử
"""
HEAD = "source: {title: Nguồn thử, url: '', checked_on: 2026-07-01}\nprocedures:"


def dump() -> dict[str, list[tuple[object, ...]]]:
    with database.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in database.metadata.sorted_tables
        }


def seed_folder(tmp_path: Path, **files: str) -> Path:
    """A copy of the shipped seed with some files replaced, by the first word of their name."""
    folder = tmp_path / "seed"
    shutil.copytree(SEED_DIR, folder)
    for stem, content in files.items():
        if stem == "procedures":
            shutil.rmtree(folder / "procedures")
            (folder / "procedures").mkdir()
            (folder / "procedures" / "procedures.yml").write_text(content, encoding="utf-8")
        else:
            next(folder.rglob(f"{stem}.*")).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.usefixtures("database_ready")
def test_the_shipped_seed_loads_and_a_second_load_changes_nothing() -> None:
    first = load_seed()
    assert (len(first.new), first.changed, first.gone) == (len(SHIPPED), [], [])
    before = dump()
    second = load_seed()
    assert second == records.Changes([], [], [], unchanged=len(SHIPPED))
    assert dump() == before


@pytest.mark.usefixtures("database_ready")
def test_what_left_the_seed_leaves_the_database(tmp_path: Path) -> None:
    load_seed()
    changes = load_seed(seed_folder(tmp_path, procedures=HEAD + ITEM))
    assert (changes.new, len(changes.gone)) == (["1.000001"], len(SHIPPED))


@shipped
def test_every_curated_procedure_has_what_citizens_ask_for(procedure: Procedure) -> None:
    groups = ("documents", "channels", "legal_basis", "aliases", "plain_name", "steps")
    assert [group for group in groups if not getattr(procedure, group)] == []


@shipped
def test_every_curated_amount_is_credible_or_unknown(procedure: Procedure) -> None:
    amounts = [fee.amount for channel in procedure.channels for fee in channel.fees]
    odd = [a for a in amounts if a is not None and (type(a) is not int or 0 < a < 1000 or a < 0)]
    assert odd == []


@shipped
def test_every_curated_zero_is_explained(procedure: Procedure) -> None:
    fees = [fee for channel in procedure.channels for fee in channel.fees]
    assert [fee for fee in fees if fee.amount == 0 and not fee.note] == []


def test_every_key_of_the_format_is_read(tmp_path: Path) -> None:
    file = tmp_path / "procedures.yml"
    file.write_text(HEAD + ITEM, encoding="utf-8")
    assert read_procedures(file) == [
        Procedure(
            code="1.000001",
            name="Đăng ký thử",
            plain_name="Làm giấy thử",
            field="Lĩnh vực thử",
            level="commune",
            documents=(Document("Tờ khai", 1, None, "khi nộp trực tiếp"),),
            channels=(
                Channel("online", Duration(3, "working_day"), (Fee(7000, "lần", "mỗi người"),)),
            ),
            steps=("Điền tờ khai", "Gửi tờ khai"),
            legal_basis=(LegalBasis("Luật Thử", "1/2020/QH14"),),
            mistakes="Quên ký\nThiếu ảnh",
            aliases=("làm giấy thử",),
            curated=True,
            source=Source("Nguồn thử", "", dt.date(2026, 7, 1)),
        )
    ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("level: commune", "level: district"),
        ("kind: online", "kind: fax"),
        ("unit: working_day", "unit: fortnight"),
        ("value: 3", "value: three"),
        ("original: 1", "originals: 1"),
        ("title: Luật Thử", "titel: Luật Thử"),
        ("  plain_name: Làm giấy thử\n", ""),
        ("amount: 7000", "amount: 7.000 đồng"),
        ("amount: 7000", "amount: 7.5"),
        ('code: "1.000001"', "code: 1.000001"),
        ("    - Điền tờ khai\n    - Gửi tờ khai\n", "    Điền tờ khai\n"),
        ("    - Quên ký\n    - Thiếu ảnh\n", "    Quên ký\n"),
    ],
)
def test_a_wrong_value_is_refused_naming_file_and_code(
    tmp_path: Path, right: str, wrong: str
) -> None:
    assert right in ITEM
    file = tmp_path / "procedures.yml"
    file.write_text(HEAD + ITEM.replace(right, wrong), encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        read_procedures(file)
    assert str(caught.value).startswith("procedures.yml, 1.00000")


def test_a_code_written_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "procedures.yml"
    file.write_text(HEAD + ITEM + ITEM, encoding="utf-8")
    with pytest.raises(SeedError, match=r"repeated codes 1\.000001"):
        read_all_procedures(tmp_path)


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize(
    ("stem", "content"),
    [
        ("procedures", "procedures: [\n"),
        ("procedures", "procedures: []\n"),
        ("procedures", HEAD + "\n- only words\n"),
        ("procedures", HEAD.replace("2026-07-01", "yesterday") + ITEM),
        ("general", "- topic: payment\n"),
        ("general", "topic: [\n"),
        ("ho-tich", "1.000001 without a tab\n"),
        ("lexicon", "sổ đỏ|giấy chứng nhận|thừa\n"),
    ],
)
def test_a_malformed_file_is_a_seed_error_and_changes_nothing(
    tmp_path: Path, stem: str, content: str
) -> None:
    load_seed()
    before = dump()
    with pytest.raises(SeedError):
        load_seed(seed_folder(tmp_path, **{stem: content}))
    assert dump() == before


def test_a_pair_without_two_columns_is_named_by_line(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("# a comment\n\none\ttwo\nalone\n", encoding="utf-8")
    with pytest.raises(SeedError, match=r"pairs\.tsv, line 4"):
        list(read_pairs(file, "\t"))


def test_pairs_are_read_without_comments(tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    file.write_text("# a comment\n\n one | two \n", encoding="utf-8")
    assert list(read_pairs(file, "|")) == [("one", "two")]


def test_general_facts_have_no_topic_twice() -> None:
    items = yaml.safe_load((SEED_DIR / "general.yml").read_text(encoding="utf-8"))
    topics = [item["topic"] for item in items]
    assert sorted(set(topics)) == sorted(topics)


def test_vague_needs_come_with_their_codes(tmp_path: Path) -> None:
    file = tmp_path / "vague.tsv"
    file.write_text("# words, codes\nlàm căn cước\t1.000001 1.000002 1.000001\n", "utf-8")
    assert list(read_vague(file)) == [("làm căn cước", ("1.000001", "1.000002"))]


@pytest.mark.parametrize(
    "codes", ["1.000001", "1.000001 1.000001", "1.000001 một", "1.000001,1.000002"]
)
def test_a_vague_need_without_two_codes_is_refused(tmp_path: Path, codes: str) -> None:
    file = tmp_path / "vague.tsv"
    file.write_text(f"làm căn cước\t{codes}\n", "utf-8")
    with pytest.raises(SeedError, match=r"vague\.tsv.*làm căn cước"):
        list(read_vague(file))
