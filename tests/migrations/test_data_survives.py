"""What a database of an earlier release holds is still there after the upgrade, and back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Connection

from bot import database
from bot.catalogue import layers, repository, service
from bot.catalogue import tables as t
from bot.catalogue.import_run import Report
from bot.catalogue.model import (
    Channel,
    Difference,
    Document,
    Duration,
    Fee,
    LegalBasis,
    Procedure,
    Source,
)
from bot.catalogue.national_import import SOURCE_TITLE, SOURCE_URL, import_export
from bot.catalogue.national_record import parse_record
from bot.migrations.runner import config, downgrade, upgrade
from tests.catalogue.exports import EXPORTED_ON, procedure, record, write_export
from tests.migrations.test_migrations import empty_database  # noqa: F401

pytestmark = pytest.mark.usefixtures("empty_database")

CODE, OURS = "1.000001", "1.000002"
NATIONAL = Source(SOURCE_TITLE, SOURCE_URL, EXPORTED_ON)
CURATED = Source("Biên tập", "https://example.vn", dt.date(2026, 7, 25))
TEXT = record(
    CODE,
    Trình_tự_thực_hiện="\n    Điền tờ khai.\n    Gửi tờ khai.\n",
    Địa_chỉ_tiếp_nhận_HS=" Nhà số một",
    Căn_cứ_pháp_lý="\n  * Luật Thử (1/2020/QH14)\n",
)
IMPORTED = parse_record(TEXT, issuing_body="Bộ Thử nghiệm", source=NATIONAL)
WRITTEN = procedure(
    OURS,
    "Cấp thẻ thử",
    plain_name="Xin thẻ",
    steps=("Một", "Hai", "Ba"),
    places=("Tầng một", "Tầng hai"),
    documents=(Document("Đơn", 1, 2, "khi mất"), Document("Lưu ý", remark=True)),
    documents_note="Mang bản chính",
    channels=(
        Channel("online", Duration(3.5, "working_day"), (Fee(7000, "lần"), Fee(0, note="nghèo"))),
        Channel("direct", Duration(note="trong ngày"), note="Quầy 1"),
    ),
    legal_basis=(LegalBasis("Luật Một", "1/2020"), LegalBasis("Luật Hai")),
    differs_from=(Difference("1.000009", "khi hỏng"), Difference("1.000008", "khi đổi")),
    mistakes="Quên ký",
    source=CURATED,
)
SCALARS = (
    "name",
    "plain_name",
    "field",
    "level",
    "issuing_body",
    "decision",
    "subject",
    "agency",
    "documents_note",
    "result",
    "conditions",
    "mistakes",
)


def insert(connection: Connection, table: str, **values: Any) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), values)


def insert_as_the_first_release(
    connection: Connection, number: int, layer: str, value: Procedure
) -> None:
    """A record in the tables of revision 0001; `number` keeps identifiers apart."""
    assert value.source is not None
    insert(
        connection,
        "sources",
        title=value.source.title,
        url=value.source.url,
        checked_on=value.source.checked_on,
    )
    source = connection.execute(sa.text("SELECT MAX(id) FROM sources")).scalar()
    insert(
        connection,
        "procedures",
        id=number,
        layer=layer,
        code=value.code,
        fingerprint="0" * 64,
        source_id=source,
        steps="\n".join(value.steps),
        place="\n".join(value.places),
        **{name: getattr(value, name) for name in SCALARS},
    )
    for position, channel in enumerate(value.channels):
        owner = 10 * number + position
        insert(
            connection,
            "channels",
            id=owner,
            procedure_id=number,
            position=position,
            kind=channel.kind,
            time_value=channel.time.value,
            time_unit=channel.time.unit,
            time_note=channel.time.note,
            note=channel.note,
        )
        for place, fee in enumerate(channel.fees):
            insert(
                connection,
                "fees",
                channel_id=owner,
                position=place,
                amount=fee.amount,
                unit=fee.unit,
                note=fee.note,
            )
    for table, items, columns in (
        ("documents", value.documents, ("name", "original", "copy", "when", "remark")),
        ("legal_bases", value.legal_basis, ("title", "number")),
        ("differences", value.differs_from, ("code", "how")),
    ):
        for position, item in enumerate(items):
            insert(
                connection,
                table,
                procedure_id=number,
                position=position,
                **{name: getattr(item, name) for name in columns},
            )


@pytest.fixture
def first_release(empty_database: None) -> None:  # noqa: F811
    """A database of the first release with a record of each layer, a dossier and a unit."""
    with database.begin(migrates=True) as connection:
        command.upgrade(config(connection), "0001")
    with database.begin() as connection:
        insert_as_the_first_release(connection, 1, "national", IMPORTED)
        insert_as_the_first_release(connection, 2, "curated", WRITTEN)
        insert(connection, "catalogue_revision", id=1, number=7)
        insert(connection, "aliases", code=OURS, phrase="xin thẻ mới")
        insert(
            connection,
            "dossiers",
            code="H48.16-230512-0003",
            procedure_code=OURS,
            phone_hash="a",
            phone_tail_hash="b",
            identity_hash="c",
            identity_tail_hash="d",
            status="đang xử lý",
            agency="",
            note="",
            imported_at=dt.datetime.fromisoformat("2026-07-25T08:00:00"),
        )


def facts(code: str) -> dict[str, Any]:
    """What the catalogue tells of a procedure, without sources."""
    found = service.procedure(code)
    assert found is not None
    return {name: getattr(found, name) for name in FACTS}


FACTS = (*SCALARS, "steps", "places", "documents", "channels", "legal_basis", "differs_from")


def told(value: Procedure) -> dict[str, Any]:
    return {name: getattr(value, name) for name in FACTS}


def counts() -> dict[str, int]:
    names = ("procedures", "channels", "fees", "documents", "legal_bases", "differences")
    with database.connect() as connection:
        return {
            name: connection.execute(sa.text(f"SELECT COUNT(*) FROM {name}")).scalar()
            for name in (*names, "dossiers")
        }


def versions() -> list[tuple[str, int, bool]]:
    """Layer and version of each state, and whether it is the answer for today."""
    with database.connect() as connection:
        states = [s for code in (CODE, OURS) for s in repository.history(connection, code)]
    return [(s.layer, s.version, s.valid_to is None) for s in states]


def test_every_fact_of_the_first_release_is_told_after_the_upgrade(first_release: None) -> None:
    before = counts()
    upgrade()
    assert facts(OURS) == told(WRITTEN)
    # Forms were not read at that time; all else was.
    assert facts(CODE) == told(IMPORTED)
    assert counts() == before


def test_lines_become_rows_in_their_order(first_release: None) -> None:
    upgrade()
    with database.connect() as connection:
        rows = {
            name: connection.execute(
                sa.text(f"SELECT position, text FROM {name} WHERE procedure_id = 2 ORDER BY id")
            ).all()
            for name in ("steps", "places")
        }
    assert rows == {
        "steps": [(0, "Một"), (1, "Hai"), (2, "Ba")],
        "places": [(0, "Tầng một"), (1, "Tầng hai")],
    }


def test_sources_and_the_day_since_which_a_record_is_known_survive(first_release: None) -> None:
    upgrade()
    found = service.procedure(OURS)
    assert found is not None
    assert (found.source, found.known_from) == (CURATED, CURATED.checked_on)
    assert versions() == [("national", 1, True), ("curated", 1, True)]
    with database.connect() as connection:
        assert repository.current_revision(connection) == 7


def test_an_import_after_the_upgrade_makes_no_second_state(
    first_release: None, tmp_path: Path
) -> None:
    upgrade()
    export = write_export(tmp_path / "export", {CODE: TEXT})
    first = import_export(export)
    assert (first.new, first.gone, len(first.rejected)) == ([], [], 0)
    with database.begin() as connection:
        layers.write_layer(connection, t.CURATED, [WRITTEN])
    assert versions() == [("national", 1, True), ("curated", 1, True)]
    assert (facts(CODE), facts(OURS)) == (told(IMPORTED), told(WRITTEN))
    second: Report = import_export(export)
    assert (second.unchanged, second.changed) == (1, [])
    assert versions() == [("national", 1, True), ("curated", 1, True)]


def test_a_change_after_the_upgrade_leaves_no_orphans(first_release: None, tmp_path: Path) -> None:
    upgrade()
    import_export(write_export(tmp_path / "export", {CODE: record(CODE, "Tên mới")}))
    with database.connect() as connection:
        for table in t.channels, t.documents, t.legal_bases, t.steps, t.places, t.differences:
            owners = sa.select(t.procedures.c.id)
            orphans = sa.select(table.c.id).where(table.c.procedure_id.notin_(owners))
            assert connection.execute(orphans).all() == [], table.name


def test_the_way_back_brings_lines_and_children_back(first_release: None) -> None:
    before = counts()
    upgrade()
    downgrade("0001")
    assert counts() == before
    with database.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT code, steps, place, plain_name FROM procedures ORDER BY code")
        ).all()
        dossiers = connection.execute(sa.text("SELECT code, status FROM dossiers")).all()
    assert rows == [
        (CODE, "Điền tờ khai.\nGửi tờ khai.", "Nhà số một", ""),
        (OURS, "Một\nHai\nBa", "Tầng một\nTầng hai", "Xin thẻ"),
    ]
    assert dossiers == [("H48.16-230512-0003", "đang xử lý")]
    # And forward once more.
    upgrade()
    assert facts(OURS) == told(WRITTEN)


def test_the_way_back_keeps_the_newest_states_of_the_layers_that_there_were(
    first_release: None, tmp_path: Path
) -> None:
    upgrade()
    import_export(write_export(tmp_path / "one", {CODE: TEXT}))
    changed = {CODE: record(CODE, "Tên mới", Trình_tự_thực_hiện="\n    Gửi.\n")}
    import_export(write_export(tmp_path / "two", changed), checked_on=dt.date(2026, 9, 15))
    with database.begin() as connection:
        layers.write_layer(connection, t.STAFF, [procedure("1.000003", "Của cán bộ", steps=("A",))])
    downgrade("0001")
    with database.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT layer, code, name, steps FROM procedures ORDER BY code")
        ).all()
    assert rows == [
        ("national", CODE, "Tên mới", "Gửi."),
        ("curated", OURS, "Cấp thẻ thử", "Một\nHai\nBa"),
    ]


def test_the_way_back_drops_what_was_only_staged(
    first_release: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    upgrade()
    export = write_export(tmp_path / "export", {"1.000009": record("1.000009")})
    monkeypatch.setattr(layers, "write_layer", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        import_export(export)
    # Rows that are left without an owner make the way back fail.
    downgrade("0003")
    with database.connect() as connection:
        assert connection.execute(sa.text("SELECT DISTINCT layer FROM procedures")).all() == [
            ("curated",),
            ("national",),
        ]
        owners = "SELECT procedure_id FROM {} EXCEPT SELECT id FROM procedures"
        for table in ("channels", "documents", "originals"):
            assert connection.execute(sa.text(owners.format(table))).all() == [], table


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
