"""Commands for the home folder: prepare, doctor."""

import secrets
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from archive.actions.add_user import add_user
from archive.actions.migrate import is_current, migrate
from archive.cli.common import settings, size
from archive.context import parts
from archive.models.recording import Recording, Rendition
from archive.models.users import User, UserRole
from archive.queries.workers import live_worker_count
from config import ROOT
from media.errors import MediaError
from media.ffmpeg import versions
from samples.expand import expand
from transcripts.engines import weights
from transcripts.engines.engine import ModelMissing
from transcripts.engines.faster_whisper import FasterWhisper, saturates

CPUINFO = Path("/proc/cpuinfo")
INEXACT = (
    "; without a GPU it hears less exactly on this processor, which has no VNNI instructions:"
    " PODIUM_COMPUTE_TYPE=float32 is exact, but slower and larger"
)


@click.command()
@with_appcontext
def prepare() -> None:
    """Make everything ready to start: folders, database, sample model, first log-ins. Safe to repeat."""
    for folder in (settings().home, settings().media, settings().models, settings().work):
        folder.mkdir(parents=True, exist_ok=True)
    migrate(parts().engine)
    expand(settings().models / "samples")
    _make_first_logins(settings().home / "logins.txt")


@click.command()
@with_appcontext
def doctor() -> None:
    """Check what Podium needs, and say what to do where something is missing."""
    findings = [
        _check("ffmpeg", _ffmpeg),
        _check("browser libraries", _browser_libraries),
        _check("database", _database),
        _check("worker", _worker),
        _check("model", _model),
        _check("disk", _disk),
        _check("files", _files),
    ]
    if not all(findings):
        sys.exit(1)


def _make_first_logins(path: Path) -> None:
    """One log-in for each role, with random passwords, into a file only its owner can read."""
    with parts().sessions.begin() as db:
        if db.scalars(select(User.id).limit(1)).first() is not None:
            return
        logins = [(role, role.value, secrets.token_urlsafe(12)) for role in UserRole]
        for role, name, password in logins:
            add_user(db, name=name, password=password, role=role)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text("".join(f"{role}  {name}  {password}\n" for role, name, password in logins))


class Wrong(Exception):
    """A check found something wrong; the message says what, and what to do."""


def _check(name: str, look: Callable[[], str]) -> bool:
    try:
        found, good = look(), True
    except (Wrong, MediaError) as wrong:
        found, good = str(wrong), False
    except SQLAlchemyError:
        found, good = "not known before the database is right", False
    mark = click.style("ok  ", fg="green") if good else click.style("look", fg="red")
    click.echo(f"{mark} {name}: {found}")
    return good


def _ffmpeg() -> str:
    return ", ".join(f"{tool} {version}" for tool, version in versions().items())


def _browser_libraries() -> str:
    vendor = ROOT / "archive" / "static" / "vendor"
    files = [path for path in vendor.rglob("*") if path.is_file()] if vendor.exists() else []
    if not files:
        raise Wrong("not there; pages work without them, `make run` fetches them where npm is")
    return f"{len(files)} files"


def _database() -> str:
    kind = parts().engine.dialect.name
    ask = "select sqlite_version()" if kind == "sqlite" else "show server_version"
    try:
        with parts().engine.connect() as connection:
            version = connection.execute(text(ask)).scalar()
        current = is_current(parts().engine)
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise Wrong(f"{kind} does not answer ({cause}); DATABASE_URL says where it is") from None
    if not current:
        raise Wrong("its tables are not up to date; run `flask --app wsgi prepare`")
    return f"{kind} {version}, up to date"


def _worker() -> str:
    with parts().sessions() as db:
        count = live_worker_count(db)
    if not count:
        raise Wrong("none is running; `make run` or `flask --app wsgi worker` starts one")
    return f"{count} running"


def _model() -> str:
    try:
        weights.locate(settings().model, settings().engine, settings().models)
    except ModelMissing as missing:
        raise Wrong(str(missing)) from None
    found = f"{settings().model} for {settings().engine}"
    return found + (INEXACT if _in_int8() and saturates(_cpuinfo()) else "")


def _in_int8() -> bool:
    """Whether a processor would hear in int8."""
    chosen = settings()
    return (
        chosen.engine == FasterWhisper.name
        and chosen.compute_type in ("auto", "int8")
        and chosen.device in ("auto", "cpu")
    )


def _cpuinfo() -> str:
    return CPUINFO.read_text() if CPUINFO.exists() else ""


def _disk() -> str:
    free = shutil.disk_usage(settings().home).free
    if free < parts().reserve:
        raise Wrong(f"only {size(free)} free in {settings().home}; uploads are refused")
    return f"{size(free)} free in {settings().home}"


def _files() -> str:
    """Compares the store with the database, both ways."""
    with parts().sessions() as db:
        made = [key for rendition in db.scalars(select(Rendition)) for key in rendition.keys]
        known = {*db.scalars(select(Recording.key)), *made}
    stored = {
        path.relative_to(settings().media).as_posix()
        for path in settings().media.rglob("*")
        if path.is_file()
    }
    if known - stored:
        raise Wrong(f"missing from {settings().media}: {', '.join(sorted(known - stored)[:5])}")
    if stored - known:
        return f"{len(known)} as recorded, {len(stored - known)} that belong to nothing"
    return f"{len(known)} as recorded"
