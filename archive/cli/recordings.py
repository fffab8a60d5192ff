"""Commands for recordings: ingest, reindex, worker."""

import time
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from archive import worker as worker_process
from archive.actions.index_session import index_session
from archive.actions.ingest import DuplicateRecording
from archive.actions.ingest import ingest as ingest_file
from archive.cli.common import refuse, settings
from archive.context import parts
from archive.errors import failure_sentence
from archive.models.programme import Event, Session
from archive.models.recording import Recording, State
from archive.queries.slugs import free_slug
from archive.queries.workers import live_worker_count
from archive.wiring import make_workshop, model_is_there
from media.errors import MediaError
from media.probe import probe
from media.uploads import Received, receive


@click.command()
@with_appcontext
def worker() -> None:
    """Take work from the queues until told to stop."""
    name = worker_process.claim_name(settings().home / "workers", settings().worker_name)
    worker_process.run(make_workshop(settings(), parts(), name), model_is_there(settings()))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--session", "session_slug", help="Slug of the session the recording belongs to.")
@click.option("--event", "event_slug", help="Slug of the event for a new session.")
@click.option("--title", help="Title of the new session.")
@click.option("--language", help="Language spoken, e.g. de; detected where not given.")
@click.option("--model", help="Whisper model; the configured one where not given.")
@click.option("--wait", is_flag=True, help="Wait until the recording is ready, showing progress.")
@with_appcontext
def ingest(
    file: Path,
    session_slug: str | None,
    event_slug: str | None,
    title: str | None,
    language: str | None,
    model: str | None,
    wait: bool,
) -> None:
    """Take FILE in as a recording of a session, given or new."""
    _check(file)
    session_id = _session(session_slug, event_slug, title, language)
    try:
        recording_id = ingest_file(
            parts(),
            session_id=session_id,
            received=_received(file),
            original_name=file.name,
            language=language,
            model=model,
        )
    except DuplicateRecording as twin:
        refuse(f"“{file.name}”: {twin}. Nothing was added.")
    click.echo(f"“{file.name}” is recording {recording_id}.")
    if wait:
        _wait(recording_id)


@click.command()
@with_appcontext
def reindex() -> None:
    """Build the search index again from the catalogue and the transcripts."""
    with parts().sessions() as db:
        ids = db.scalars(select(Session.id).order_by(Session.id)).all()
    with click.progressbar(ids, label="Indexing sessions") as progress:
        for session_id in progress:
            with parts().sessions.begin() as db:
                index_session(db, parts().index, session_id)


def _check(file: Path) -> None:
    try:
        probe(file, name=file.name)
    except MediaError as error:
        refuse(str(error))


def _received(file: Path) -> Received:
    try:
        with file.open("rb") as stream:
            return receive(
                stream,
                parts().work / "uploads",
                limit=parts().upload_limit,
                expected=file.stat().st_size,
                reserve=parts().reserve,
            )
    except MediaError as error:
        refuse(str(error))


def _session(slug: str | None, event: str | None, title: str | None, language: str | None) -> int:
    if slug and (event or title):
        refuse("Give either --session, or --event and --title for a new one; not both.")
    if not slug and not (event and title):
        refuse("Say where the recording belongs: --session SLUG, or --event SLUG --title TEXT.")
    with parts().sessions.begin() as db:
        if slug:
            session = db.scalars(select(Session).where(Session.slug == slug)).first()
            if session is None:
                refuse(f"There is no session “{slug}”. Its slug is the last part of its address.")
            return session.id
        row = db.scalars(select(Event).where(Event.slug == event)).first()
        if row is None:
            known = ", ".join(db.scalars(select(Event.slug).order_by(Event.slug))) or "none yet"
            refuse(f"There is no event “{event}”. Known events: {known}.")
        session = Session(
            event_id=row.id, slug=free_slug(db, Session, title), title=title, language=language
        )
        db.add(session)
        db.flush()
        index_session(db, parts().index, session.id)
        click.echo(f"New session, a draft: /sessions/{session.slug}")
        return session.id


def _wait(recording_id: int) -> None:
    """Shows progress until the recording is ready; works itself where no worker lives."""
    with parts().sessions() as db:
        alone = live_worker_count(db) == 0
    if not alone:
        return _show(recording_id)
    click.echo("No worker is running, so this command does the work.")
    name = worker_process.claim_name(settings().home / "workers", settings().worker_name)
    with worker_process.working(make_workshop(settings(), parts(), name)):
        _show(recording_id)


def _show(recording_id: int) -> None:
    with click.progressbar(length=1000, label="Waiting", width=30) as bar:
        while True:
            with parts().sessions() as db:
                recording = db.get(Recording, recording_id)
            if recording is None:
                refuse("The recording was removed while it was in work.")
            bar.label = recording.step or recording.state
            bar.update(max(0, int(recording.progress * 1000) - bar.pos))
            if recording.state in (State.READY, State.FAILED, State.WAITING_FOR_MODEL):
                break
            time.sleep(0.5)
    if recording.state == State.FAILED:
        refuse(str(failure_sentence(recording.failure, recording.failure_details)))
    if recording.state == State.WAITING_FOR_MODEL:
        click.echo(
            f"The page plays, but the model “{recording.model}” is not there. Fetch it with "
            f"`flask --app wsgi models fetch {recording.model}`; the work then goes on by itself."
        )
        return
    click.echo(f"Ready: {recording.duration:.0f} seconds of recording.")
