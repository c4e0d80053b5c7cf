"""The shared engine: unusable URLs, transactions, silence about bound values, PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import clock, database
from bot.catalogue import layers, records, repository, staging
from bot.catalogue import tables as catalogue
from bot.catalogue.finder import Outcome, find
from bot.catalogue.model import Channel, Document, Duration, Fee, LegalBasis
from bot.catalogue.national_import import import_export
from bot.database import DatabaseUnavailable
from bot.dossiers import tables as dossiers
from bot.dossiers.csv_import import Report, import_dossiers
from bot.dossiers.lookup import look_up
from bot.dossiers.model import Asker
from bot.migrations.runner import upgrade
from bot.settings import Settings, settings
from tests.catalogue.exports import procedure, record, write_export
from tests.dossiers.files import CODE, PHONE, write_csv

POSTGRES = "postgresql+psycopg2://postgres@127.0.0.1:5432/"
SECRET_VALUE = "number-that-nobody-may-read"


@pytest.fixture
def postgres(
    database_ready: Settings,
    monkeypatch: pytest.MonkeyPatch,
    require_service: Callable[[str, str, int], None],
) -> Iterator[None]:
    """The settings point to a database of PostgreSQL that exists only for the test."""
    require_service("PostgreSQL", "127.0.0.1", 5432)
    name = f"bot_test_{uuid.uuid4().hex}"
    server = sa.create_engine(f"{POSTGRES}postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    monkeypatch.setenv("BOT_DATABASE_URL", POSTGRES + name)
    settings.cache_clear()
    try:
        upgrade()
        yield
    finally:
        database.engine().dispose()
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name}"))
        server.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "unknown://host/name",
        "sqlite:////dev/null/bot.db",
        "postgresql://bot@host:port/name",
        "postgresql+nodriver://host/name",
        "mysql://bot@host/name",  # its driver is not installed
    ],
)
def test_an_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="BOT_DATABASE_URL cannot be used"):
        database.create_engine(url)


def test_a_mistyped_url_does_not_print_its_password() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        database.create_engine(f"postgresql//bot:{SECRET_VALUE}@host/name")
    assert SECRET_VALUE not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg2://postgres@127.0.0.1:1/name", "sqlite:///{folder}/no-database.db"],
)
def test_a_database_that_does_not_answer_is_unavailable(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    (tmp_path / "no-database.db").write_bytes(b"this is a letter and no database " * 40)
    monkeypatch.setenv("BOT_DATABASE_URL", url.format(folder=tmp_path))
    settings.cache_clear()
    assert database.is_reachable() is False
    with pytest.raises(DatabaseUnavailable):
        upgrade()


def test_the_folder_of_a_sqlite_file_is_made(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{tmp_path / 'a' / 'b' / 'bot.db'}")
    settings.cache_clear()
    assert database.is_reachable() is True
    assert (tmp_path / "a" / "b" / "bot.db").is_file()


def test_tables_may_be_created_again(database_ready: Settings) -> None:
    upgrade()
    with database.connect() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
        assert names == set(database.metadata.tables)


def _insert_dossier(connection: sa.engine.Connection, code: str | None) -> None:
    values = {"code": code, "note": SECRET_VALUE, "imported_at": sa.func.now()}
    connection.execute(sa.insert(dossiers.dossiers).values(values))


def _dossier_codes() -> list[str]:
    with database.connect() as connection:
        return [row.code for row in connection.execute(sa.select(dossiers.dossiers.c.code))]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_halfway_writes_nothing(
    database_ready: Settings, error: type[BaseException]
) -> None:
    def fail_halfway() -> None:
        with database.begin() as connection:
            _insert_dossier(connection, "one")
            raise error

    with pytest.raises(error):
        fail_halfway()
    assert _dossier_codes() == []


def _insert_the_same_twice(code: str) -> None:
    with database.begin() as connection:
        _insert_dossier(connection, code)
        _insert_dossier(connection, code)


def _insert_without_code() -> None:
    with database.begin() as connection:
        _insert_dossier(connection, None)


def test_a_refused_statement_undoes_all_and_tells_no_bound_value(database_ready: Settings) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        _insert_the_same_twice(SECRET_VALUE)
    assert SECRET_VALUE not in str(caught.value)
    assert _dossier_codes() == []


def test_sqlite_minds_foreign_keys(database_ready: Settings) -> None:
    row = {"procedure_id": 1, "position": 0, "title": "Luật", "number": ""}
    with pytest.raises(DatabaseUnavailable, match="FOREIGN KEY"), database.begin() as connection:
        connection.execute(sa.insert(catalogue.legal_bases).values(row))


@pytest.mark.usefixtures("postgres")
def test_postgres_keeps_catalogue_and_dossiers_like_sqlite(tmp_path: Path) -> None:
    written = procedure(
        "1.000001",
        "Đăng ký thử",
        documents=(Document("Tờ khai", 1, None, "khi ở xa", remark=True),),
        channels=(
            Channel("online", Duration(1.5, "day"), (Fee(7000), Fee(note="tuỳ nơi")), "mạng"),
            Channel("direct"),
        ),
        legal_basis=(LegalBasis("Luật Thử", "1/2020/QH14"),),
    )
    upgrade()
    for expected in (["1.000001"], []):
        with database.begin() as connection:
            changes = layers.write_layer(connection, catalogue.NATIONAL, [written])
        assert changes.new == expected
    with database.connect() as connection:
        found = repository.history(connection, "1.000001")[-1].procedure
    assert records.fingerprint(found) == records.fingerprint(written)
    assert find("đăng ký thử").outcome is Outcome.FOUND

    for report in (Report(new=1, updated=0), Report(new=0, updated=1)):
        assert import_dossiers(write_csv(tmp_path / "dossiers.csv", {})) == report
    asker = Asker("test")
    assert asyncio.run(look_up(CODE, "0000", asker)) is None
    status = asyncio.run(look_up(CODE, PHONE[-4:], asker))
    assert status is not None
    assert (status.code, status.status) == (CODE, "Đang xử lý")


@pytest.mark.usefixtures("postgres")
def test_postgres_goes_on_with_an_interrupted_import(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    upgrade()
    codes = [f"1.00000{n}" for n in range(1, 6)]
    export = write_export(tmp_path / "export", {code: record(code) for code in codes})
    monkeypatch.setattr(staging, "BATCH", 2)
    with monkeypatch.context() as patch:
        patch.setattr(layers, "write_layer", _fail)
        with pytest.raises(KeyboardInterrupt):
            import_export(export)
    with database.connect() as connection:
        assert repository.all_codes(connection, clock.today()) == []
    report = import_export(export)
    assert (report.resumed, report.new) == (5, codes)
    with database.connect() as connection:
        assert repository.all_codes(connection, clock.today()) == codes
        for table in (catalogue.staged_shares, catalogue.originals):
            left = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            assert left == (5 if table is catalogue.originals else 0)


def _fail(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("postgres")
@pytest.mark.parametrize(
    "statement",
    [lambda: _insert_the_same_twice(SECRET_VALUE), _insert_without_code],
    ids=["same twice", "without code"],
)
def test_postgres_tells_no_bound_value_either(statement: Callable[[], None]) -> None:
    # Its own message repeats the row ("Key (code)=(…)", "Failing row contains (…)").
    with pytest.raises(DatabaseUnavailable) as caught:
        statement()
    assert SECRET_VALUE not in str(caught.value)
    assert _dossier_codes() == []
