"""Commands for recordings: ingest, worker."""

import time
from pathlib import Path

import click
from babel import Locale, UnknownLocaleError
from flask.cli import with_appcontext
from sqlalchemy import select

from archive import worker as worker_process
from archive.actions.delete_from_programme import delete_session
from archive.actions.index_session import index_session
from archive.actions.ingest import DuplicateRecording
from archive.actions.ingest import ingest as ingest_file
from archive.actions.make_streaming import UNDER_WAY
from archive.actions.save_session import others_beside
from archive.cli.common import refuse, settings
from archive.context import parts
from archive.errors import failure_sentence
from archive.models.programme import Event, Session
from archive.models.recording import Recording, State, Streaming
from archive.queries.slugs import free_slug
from archive.queries.workers import live_worker_count
from archive.wiring import mail_sender, make_workshop, model_is_there
from media.errors import MediaError
from media.probe import probe
from media.uploads import Received, receive
from transcripts.engines.engine import ModelMissing
from transcripts.engines.weights import SIZES, locate


@click.command()
@with_appcontext
def worker() -> None:
    """Take work from the queues until told to stop."""
    name = worker_process.claim_name(settings().home / "workers", settings().worker_name)
    worker_process.run(
        make_workshop(settings(), parts(), name),
        model_is_there(settings()),
        mail_sender(settings(), parts()),
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--session", "session_slug", help="Slug of the session the recording belongs to.")
@click.option("--event", "event_slug", help="Slug of the event for a new session.")
@click.option("--title", help="Title of the new session.")
@click.option("--language", help="Languages spoken, the main one first: de or de,en.")
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
    _check_place(session_slug, event_slug, title)
    main, others = _languages(language)
    _check_model(model)
    known = _session_id(session_slug) if session_slug else None
    event_id = _event_id(event_slug) if event_slug else None
    _check_file(file)
    received = _received(file)
    session_id = known or _new_session(event_id, title, main, others)
    try:
        recording_id = ingest_file(
            parts(),
            session_id=session_id,
            received=received,
            original_name=file.name,
            language=main,
            other_languages=others,
            model=model,
        )
    except Exception as trouble:
        if known is None:
            delete_session(parts(), session_id)
        if isinstance(trouble, DuplicateRecording):
            refuse(f"“{file.name}”: {trouble}. Nothing was added.")
        if isinstance(trouble, MediaError):
            refuse(str(trouble))
        raise
    if known is None:
        click.echo(f"New session, a draft: /sessions/{_slug(session_id)}")
    click.echo(f"“{file.name}” is recording {recording_id}.")
    if wait:
        _wait(recording_id)


def _check_place(session: str | None, event: str | None, title: str | None) -> None:
    if session and (event or title):
        refuse("Give either --session, or --event and --title for a new one; not both.")
    if not session and not (event and title and title.strip()):
        refuse("Say where the recording belongs: --session SLUG, or --event SLUG --title TEXT.")


def _languages(text: str | None) -> tuple[str | None, list[str]]:
    """The main language and those spoken too; none where none is given."""
    codes = [code.strip() for code in text.split(",")] if text is not None else []
    for code in codes:
        try:
            Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            refuse(f"There is no language “{code}”; write for example de or de,en.")
    return (codes[0], others_beside(codes[0], codes[1:])) if codes else (None, [])


def _check_model(name: str | None) -> None:
    """A published model may be fetched later; any other has to be there."""
    if name is None or name in SIZES:
        return
    try:
        locate(name, settings().engine, settings().models)
    except ModelMissing as missing:
        refuse(str(missing))


def _check_file(file: Path) -> None:
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
                name=file.name,
            )
    except MediaError as error:
        refuse(str(error))


def _session_id(slug: str) -> int:
    with parts().sessions() as db:
        found = db.scalars(select(Session.id).where(Session.slug == slug)).first()
    return found or refuse(
        f"There is no session “{slug}”. Its slug is the last part of its address."
    )


def _event_id(slug: str) -> int:
    with parts().sessions() as db:
        found = db.scalars(select(Event.id).where(Event.slug == slug)).first()
        known = ", ".join(db.scalars(select(Event.slug).order_by(Event.slug))) or "none yet"
    return found or refuse(f"There is no event “{slug}”. Known events: {known}.")


def _new_session(
    event_id: int, title: str, language: str | None, other_languages: list[str]
) -> int:
    with parts().sessions.begin() as db:
        title = title.strip()
        session = Session(
            event_id=event_id,
            slug=free_slug(db, Session, title),
            title=title,
            language=language,
            other_languages=other_languages,
        )
        db.add(session)
        db.flush()
        index_session(db, parts().index, session.id)
        return session.id


def _slug(session_id: int) -> str:
    with parts().sessions() as db:
        return db.get_one(Session, session_id).slug


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
        _see_to_its_sizes(recording_id)


def _see_to_its_sizes(recording_id: int) -> None:
    """Where nobody else would make them."""
    while True:
        with parts().sessions() as db:
            row = db.get(Streaming, recording_id)
        if row is None or row.state not in UNDER_WAY:
            return
        time.sleep(0.5)


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
