"""A PostgreSQL server for the tests: the one given, else one started, else a sentence."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from setup import debian, postgres
from tests.setup.programs import only, put


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    monkeypatch.setattr(postgres, "LOCAL", ())


def test_given_server_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setenv(postgres.VARIABLE, "postgresql://somewhere/else")

    with postgres.server() as url:
        assert url == "postgresql://somewhere/else"

    assert capsys.readouterr().out == " ok  PostgreSQL from PODIUM_TEST_POSTGRES_URL\n"


def test_machine_without_programs_is_told_what_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    only(tmp_path / "bin", monkeypatch)
    monkeypatch.setattr(postgres, "_find_programs", lambda: None)

    with postgres.server() as url:
        assert url is None

    sentence = debian.missing(["initdb", "postgres"], "postgresql", postgres.PURPOSE)
    assert capsys.readouterr().out == f" --  {sentence}\n"


@pytest.mark.parametrize("url", ["postgresql+psycopg://postgres@127.0.0.1:1/postgres", "nonsense"])
def test_server_that_does_not_answer_is_not_taken(url: str):
    assert postgres._may_make_databases(url) is False


def test_server_that_does_not_start_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    put(tmp_path / "bin", initdb="exit 1", pg_ctl="exit 1")
    monkeypatch.setattr(postgres.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    with postgres.temporary_server(tmp_path / "bin") as url:
        assert url is None

    said = capsys.readouterr().out
    assert said.startswith(" --  PostgreSQL did not start (")
    assert said.endswith("); PostgreSQL tests are skipped.\n")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_started_server_makes_databases_and_is_gone_afterwards(capsys: pytest.CaptureFixture):
    programs = postgres._find_programs()
    if programs is None:
        pytest.skip("needs the programs of PostgreSQL: apt-get install postgresql")

    with postgres.temporary_server(programs) as url:
        assert postgres._may_make_databases(url)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("create database probe"))
        engine.dispose()

    with pytest.raises(OperationalError):
        engine.connect()
    port = engine.url.port
    assert capsys.readouterr().out == f" ok  PostgreSQL, started for the tests on port {port}\n"
