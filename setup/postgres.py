"""A PostgreSQL server for the tests: the one given, one on this machine, or one started for them."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from setup import debian, say
from setup.place import PYTHON

VARIABLE = "PODIUM_TEST_POSTGRES_URL"
LOCAL = tuple(
    f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}" for name in ("test", "postgres")
)
PURPOSE = "PostgreSQL tests are skipped without them"
QUESTION = """
import sys, psycopg
with psycopg.connect(sys.argv[1], connect_timeout=3) as connection:
    sql = "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
    sys.exit(not connection.execute(sql).fetchone()[0])
"""


@contextmanager
def server() -> Iterator[str | None]:
    """The URL of a server on which databases may be made; None where there is none, which is said."""
    given = os.environ.get(VARIABLE)
    if given:
        say.done(f"PostgreSQL from {VARIABLE}")
        yield given
        return
    for url in LOCAL:
        if _may_make_databases(url):
            say.done("PostgreSQL at 127.0.0.1:5432")
            yield url
            return
    programs = _programs()
    if programs is None:
        say.without(debian.missing(["initdb", "postgres"], "postgresql", PURPOSE))
        yield None
        return
    with temporary_server(programs) as url:
        yield url


@contextmanager
def temporary_server(programs: Path) -> Iterator[str | None]:
    """A server of its own in a temporary folder on a free port, stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="podium-postgres-"))
    port = _free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    options += " -c fsync=off -c max_connections=200"
    data, log = folder / "data", folder / "log"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _as_postgres(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            + ["--locale=C", "--no-sync"]
        )
        start = [programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", "120"]
        _as_postgres([*start, "start"])
    except (subprocess.CalledProcessError, LookupError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        say.without(f"PostgreSQL did not start ({error}); PostgreSQL tests are skipped.")
        yield None
        return
    try:
        say.done(f"PostgreSQL, started for the tests on port {port}")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        with suppress(subprocess.CalledProcessError):
            _as_postgres([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _may_make_databases(url: str) -> bool:
    """Whether the server answers and lets us; asked by psycopg in the virtual environment."""
    plain = url.replace("+psycopg", "")
    return subprocess.run([PYTHON, "-c", QUESTION, plain], capture_output=True).returncode == 0


def _programs() -> Path | None:
    """The folder of `initdb` and `postgres`, from Debian's package where that may be installed."""
    return _find_programs() or (_find_programs() if debian.install("postgresql") else None)


def _find_programs() -> Path | None:
    """The newest under Debian's folder, which is not on PATH; else what PATH has."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).parent if found else None


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdecimal() else 0


def _as_postgres(command: list[str | Path]) -> None:
    """PostgreSQL refuses to run as root: root takes the user that Debian's package made."""
    options = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"LC_ALL": "C"},
        **options,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
