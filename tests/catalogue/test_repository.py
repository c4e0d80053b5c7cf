"""Reading and writing the catalogue: layers, whole procedures, revision."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot import database
from bot.catalogue import companions, layers, repository, service
from bot.catalogue import tables as t
from bot.catalogue.model import (
    FACT_GROUPS,
    Case,
    Channel,
    Difference,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    Procedure,
    Source,
)
from bot.catalogue.records import Changes
from tests.catalogue.exports import procedure

pytestmark = pytest.mark.usefixtures("database_ready")

TODAY = dt.date(2026, 11, 24)
OF_NATION = Source("Cơ sở quốc gia", "https://example.vn/a", dt.date(2026, 7, 20))
OF_OURS = Source("Biên tập", "https://example.vn/b", dt.date(2026, 7, 25))

NATIONAL = procedure(
    "1.000001",
    "Đăng ký thử",
    source=OF_NATION,
    issuing_body="Bộ Thử nghiệm",
    decision="12/QĐ",
    agency="Ủy ban thử",
    documents=(Document("Tờ khai", 1, 0), Document("Ảnh", None, None, "khi ở xa", remark=True)),
    channels=(Channel("online", Duration(3.5, "working_day"), (Fee(7000), Fee(0, note="nghèo"))),),
    steps=("- Gửi",),
    legal_basis=(LegalBasis("Luật Thử", "1/2020"), LegalBasis("Luật Hai")),
)
CURATED = procedure(
    "1.000001",
    "Tên của ta",
    source=OF_OURS,
    field="Lĩnh vực của ta",
    plain_name="Làm giấy thử",
    documents=(Document("Tờ khai dễ hiểu", 2, 1),),
    documents_note="Mang bản chính",
    mistakes="Quên ký",
    curated=True,
)
SECOND = procedure("1.000002", "Đăng ký hai", level="province", source=OF_NATION)
THIRD = procedure("1.000003", "Đăng ký ba", plain_name="Ba", source=OF_OURS, curated=True)


def write(layer: str, *procedures: Procedure, keep: tuple[str, ...] = ()) -> Changes:
    with database.begin() as connection:
        return layers.write_layer(connection, layer, procedures, keep=keep)


def revision() -> int:
    with database.connect() as connection:
        return repository.current_revision(connection)


def all_from(procedure: Procedure) -> Procedure:
    """As it is read: each group of facts that is known names its source."""
    source = procedure.source
    assert source is not None
    known = [group for group in FACT_GROUPS if getattr(procedure, group) not in ("", (), None)]
    return replace(
        procedure,
        known_from=source.checked_on,
        sources=tuple((group, source) for group in known),
    )


def test_procedures_come_back_whole_with_the_layers_merged() -> None:
    write(t.NATIONAL, NATIONAL, SECOND)
    write(t.CURATED, CURATED, THIRD)
    with database.begin() as connection:
        companions.replace_aliases(
            connection,
            t.CURATED,
            [("1.000001", "làm giấy"), ("1.000001", "xin giấy"), ("1.000002", "hai")],
        )
    curated_groups = {"plain_name", "documents", "mistakes"}
    merged = replace(
        NATIONAL,
        plain_name="Làm giấy thử",
        documents=CURATED.documents,
        documents_note="Mang bản chính",
        mistakes="Quên ký",
        curated=True,
        aliases=("làm giấy", "xin giấy"),
    )
    merged = replace(
        all_from(merged),
        sources=tuple(
            (group, OF_OURS if group in curated_groups else OF_NATION)
            for group, _ in all_from(merged).sources
        ),
    )
    with database.connect() as connection:
        codes = ["1.000003", "9.999999", "1.000001", "1.000002"]
        found = list(repository.get_many(connection, codes, TODAY))
    assert found == [
        all_from(THIRD),
        merged,
        replace(all_from(SECOND), aliases=("hai",)),
    ]


def test_one_layer_comes_back_as_it_was_written() -> None:
    write(t.NATIONAL, NATIONAL)
    assert service.procedure("1.000001") == all_from(NATIONAL)


def test_an_unknown_code_gives_nothing() -> None:
    assert service.procedure("9.999999") is None


def test_a_note_on_papers_does_not_outlive_its_papers() -> None:
    write(t.NATIONAL, NATIONAL)
    write(t.CURATED, replace(CURATED, documents=()))
    found = service.procedure("1.000001")
    assert found is not None
    assert (found.documents, found.documents_note) == (NATIONAL.documents, "")


def test_writing_a_layer_tells_what_became_of_each_code() -> None:
    assert write(t.NATIONAL, NATIONAL, SECOND) == Changes(["1.000001", "1.000002"], [], [])
    changed = replace(SECOND, steps=("- Khác",))
    third = replace(THIRD, curated=False)
    assert write(t.NATIONAL, changed, third) == Changes(["1.000003"], ["1.000002"], ["1.000001"])
    assert write(t.NATIONAL, changed, third) == Changes([], [], [], unchanged=2)


def test_a_code_that_is_to_be_kept_stays() -> None:
    write(t.NATIONAL, NATIONAL, SECOND)
    assert write(t.NATIONAL, SECOND, keep=(NATIONAL.code,)) == Changes([], [], [], unchanged=1)
    with database.connect() as connection:
        assert repository.all_codes(connection, TODAY) == ["1.000001", "1.000002"]


def test_a_correction_is_what_is_read_and_the_mistake_stays_in_the_history() -> None:
    write(t.NATIONAL, NATIONAL)
    corrected = replace(NATIONAL, documents=(), channels=(), legal_basis=())
    write(t.NATIONAL, corrected)
    for day in (dt.date(2026, 7, 20), TODAY):
        assert service.procedure("1.000001", day) == all_from(corrected)
    with database.connect() as connection:
        states = repository.history(connection, "1.000001")
    assert [(s.version, s.valid_from == s.valid_to and s.valid_to is not None) for s in states] == [
        (1, True),
        (2, False),
    ]


def test_a_deleted_state_leaves_no_orphans_behind() -> None:
    write(t.NATIONAL, NATIONAL)
    with database.begin() as connection:
        connection.execute(sa.delete(t.procedures))
    children = (t.channels, t.fees, t.documents, t.legal_bases)
    with database.connect() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            for table in children
        ]
    assert counts == [0, 0, 0, 0]


@pytest.mark.parametrize("group", [g for g in FACT_GROUPS if g not in ("documents", "channels")])
def test_a_change_in_any_group_of_facts_is_noticed(group: str) -> None:
    write(t.NATIONAL, NATIONAL)
    others = {
        "legal_basis": (LegalBasis("Luật khác"),),
        "differs_from": (Difference("1.000009", "khi mất"),),
        "cases": (Case("trẻ em"),),
        "forms": (Form("Tờ khai", "01"),),
        "steps": ("khác",),
        "places": ("khác",),
        "online": False,
        "online_payment": True,
        "service_level": "full",
    }
    other = others.get(group, "khác")
    assert write(t.NATIONAL, replace(NATIONAL, **{group: other})).changed == ["1.000001"]


def test_the_revision_rises_with_every_change_and_only_then() -> None:
    seen = [revision()]
    write(t.NATIONAL, NATIONAL)
    seen.append(revision())
    write(t.NATIONAL, NATIONAL)
    seen.append(revision())
    for pairs in ([("1.000001", "làm giấy")], [("1.000001", "làm giấy")], []):
        with database.begin() as connection:
            companions.replace_aliases(connection, t.CURATED, pairs)
        seen.append(revision())
    with database.begin() as connection:
        companions.replace_lexicon(connection, t.CURATED, [("giấy", "đăng ký thử")])
    seen.append(revision())
    assert seen == [0, 1, 1, 2, 2, 3, 4]


def test_a_rolled_back_change_leaves_the_revision_alone() -> None:
    def fail_halfway() -> None:
        with database.begin() as connection:
            layers.write_layer(connection, t.NATIONAL, [NATIONAL])
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail_halfway()
    assert (revision(), service.procedure("1.000001")) == (0, None)


def test_names_join_the_layers_for_the_search() -> None:
    write(t.NATIONAL, NATIONAL, SECOND)
    write(t.CURATED, CURATED)
    with database.connect() as connection:
        found = repository.names(connection, TODAY)
    assert [(p.code, p.name, p.plain_name, p.level, p.curated) for p in found] == [
        ("1.000001", "Đăng ký thử", "Làm giấy thử", "commune", True),
        ("1.000002", "Đăng ký hai", "", "province", False),
    ]


def test_general_facts_are_replaced_as_a_whole() -> None:
    for facts in ([("a", "một", OF_OURS), ("b", "hai", OF_OURS)], [("a", "ba", OF_NATION)]):
        with database.begin() as connection:
            companions.replace_general_facts(connection, t.CURATED, facts)
    assert service.general_fact("a") == ("ba", OF_NATION)
    assert service.general_fact("b") is None


def test_a_procedure_without_source_is_never_written() -> None:
    with pytest.raises(ValueError, match="has no source"):
        write(t.NATIONAL, replace(NATIONAL, source=None))


def test_the_same_facts_with_a_newer_source_only_get_the_source() -> None:
    write(t.NATIONAL, NATIONAL)
    assert NATIONAL.source is not None
    newer = replace(NATIONAL.source, checked_on=dt.date(2027, 1, 1))
    before = revision()
    assert write(t.NATIONAL, replace(NATIONAL, source=newer)) == Changes([], [], [], unchanged=1)
    assert revision() == before, "the search index need not be built again"
    found = service.procedure(NATIONAL.code)
    assert found is not None
    assert found.source == newer
