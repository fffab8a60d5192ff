"""The command for recordings whose voices were not told apart when they came in."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import selectinload

from archive.cli.common import refuse, settings
from archive.context import parts
from archive.hearing import voices_of
from archive.models.programme import Session
from archive.models.recording import Recording, State
from archive.wiring import make_workshop
from archive.workshop import set_up, tidy_up
from media.errors import MediaError
from transcripts.voices.apart import VoicesFailed


@click.command()
@click.argument("slug")
@with_appcontext
def voices(slug: str) -> None:
    """Tell the voices apart in the newest recording of the session SLUG."""
    if not settings().voices:
        refuse("Telling voices apart is switched off: PODIUM_VOICES is no.")
    set_up(make_workshop(settings(), parts(), "command"))
    with parts().sessions() as db:
        recording = _newest_recording(db, slug)
    click.echo(f"Listening to “{recording.original_name}”; an hour of talk takes some minutes.")
    try:
        found = voices_of(recording)
    except (VoicesFailed, MediaError, OSError) as trouble:
        refuse(f"The voices could not be told apart: {trouble}")
    finally:
        tidy_up(recording.id)
    if found is None:
        refuse("The recording was removed, or its work was begun anew, meanwhile.")
    with parts().sessions.begin() as db:
        db.get_one(Recording, recording.id).voices = found
    count = len({voice for _, _, voice in found})
    click.echo(f"{count} voices. They get their names at /desk/sessions/{slug}/voices.")


def _newest_recording(db: DatabaseSession, slug: str) -> Recording:
    session = db.scalars(
        select(Session).where(Session.slug == slug).options(selectinload(Session.recordings))
    ).first()
    if session is None:
        refuse(f"There is no session “{slug}”. Its slug is the last part of its address.")
    if not session.recordings:
        refuse("The session has no recording.")
    recording = max(session.recordings, key=lambda one: one.id)
    if recording.state != State.READY:
        refuse("The recording is not ready. While it is in work its voices are told apart anyway.")
    return recording
