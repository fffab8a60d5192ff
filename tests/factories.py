"""Plain functions that build what tests need; each writes real rows and real files.

`db` is a database session; a factory flushes, the caller commits.
"""

import functools
import hashlib
import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.actions.passwords import hash_password, new_stamp
from archive.models.people import Appearance, Person, StageRole
from archive.models.programme import Event, Kind, Room, Session, Visibility
from archive.models.recording import Recording, Rendition, RenditionKind, State, Step
from archive.models.transcript import ChunkRow, CueRow, Origin, Revision, Transcript
from archive.models.users import User, UserRole
from archive.parts import Parts
from media.hls import MIME, Ladder, make_ladder
from media.probe import probe
from media.sprites import Sprites, make_sprites
from transcripts.cues import Cue, Word
from transcripts.speech import Chunk

_numbers = itertools.count(1)

# What the talk of `a_talk` says: (speaker, text, start, end), seconds.
TALK = (
    (None, "Guten Morgen und herzlich willkommen.", 0.4, 2.2),
    (None, "Heute geht es um digitale Verwaltung,", 2.4, 4.6),
    (None, "um Häuser aus Glas und um Straßen ohne Namen.", 4.7, 7.6),
    (None, "Die Verwaltung der Zukunft ist ein offenes Haus.", 10.4, 13.2),
    (None, "Vielen Dank für Ihre Aufmerksamkeit.", 13.6, 15.4),
)


PASSWORD = "ein langes Kennwort"


def a_user(db: DatabaseSession, role: str = UserRole.ORGANISER, **values: object) -> User:
    """A user with the password `PASSWORD`, named after the role."""
    given = {"name": str(role), "role": role, "password_hash": _hashed(), "stamp": new_stamp()}
    return _added(db, User(**(given | values)))


def an_event(db: DatabaseSession, **values: object) -> Event:
    """An event of two days in Hamburg."""
    number = next(_numbers)
    given = {
        "slug": f"smart-region-{number}",
        "title": f"Smart Region {number}",
        "place": "Hamburg",
        "starts_on": date(2026, 6, 12),
        "ends_on": date(2026, 6, 13),
        "timezone": "Europe/Berlin",
    }
    return _added(db, Event(**(given | values)))


def a_room(db: DatabaseSession, event: Event, **values: object) -> Room:
    """A room of the event."""
    number = next(_numbers)
    given = {"event_id": event.id, "name": f"Saal {number}", "position": number}
    return _added(db, Room(**(given | values)))


def a_person(db: DatabaseSession, **values: object) -> Person:
    """An invented person."""
    number = next(_numbers)
    given = {"slug": f"mara-lindqvist-{number}", "name": f"Mara Lindqvist {number}"}
    return _added(db, Person(**(given | values)))


def a_session(
    db: DatabaseSession,
    event: Event | None = None,
    people: Sequence[Person] = (),
    role: str = StageRole.SPEAKER,
    **values: object,
) -> Session:
    """A public German talk with these people on stage, without a recording."""
    number = next(_numbers)
    given = {
        "slug": f"digitale-verwaltung-{number}",
        "event_id": (event or an_event(db)).id,
        "kind": Kind.TALK,
        "title": f"Digitale Verwaltung {number}",
        "language": "de",
        "starts_at": datetime(2026, 6, 12, 8, 0, tzinfo=UTC),
        "visibility": Visibility.PUBLIC,
    }
    session = _added(db, Session(**(given | values)))
    for position, person in enumerate(people):
        db.add(Appearance(session_id=session.id, person_id=person.id, role=role, position=position))
    db.flush()
    return session


def a_recording(db: DatabaseSession, session: Session, **values: object) -> Recording:
    """A recording that is ready; its file is not in the store, only its row."""
    number = next(_numbers)
    given = {
        "session_id": session.id,
        "original_name": "mitschnitt.mp4",
        "key": f"recordings/{number}/original.mp4",
        "size": 1000,
        "fingerprint": hashlib.sha256(str(number).encode()).hexdigest(),
        "model": "small",
        "language": "de",
        "state": State.READY,
        "step": Step.INDEX,
        "progress": 1.0,
        "duration": 16.0,
    }
    return _added(db, Recording(**(given | values)))


def a_rendition(
    db: DatabaseSession,
    parts: Parts,
    recording: Recording,
    kind: str = RenditionKind.VIDEO,
    file: Path | None = None,
) -> Rendition:
    """A rendition with its real file in the store: a short video, its sound, or a still of it.

    file: another one than the short one, as long as the recording.
    """
    suffix, mime = {
        RenditionKind.VIDEO: ("mp4", "video/mp4"),
        RenditionKind.AUDIO: ("m4a", "audio/mp4"),
        RenditionKind.POSTER: ("jpg", "image/jpeg"),
    }[RenditionKind(kind)]
    source = file or sample_files()[kind]
    key = f"renditions/{recording.id}/{kind}.{suffix}"
    _stored(parts, source, key)
    pictured = kind != RenditionKind.AUDIO
    length = recording.duration if file else 16.0
    return _added(
        db,
        Rendition(
            recording_id=recording.id,
            kind=kind,
            key=key,
            mime=mime,
            width=320 if pictured else None,
            height=180 if pictured else None,
            duration=length if kind != RenditionKind.POSTER else None,
            size=source.stat().st_size,
        ),
    )


def a_folder(
    db: DatabaseSession,
    parts: Parts,
    recording: Recording,
    kind: str = RenditionKind.HLS,
    made: Ladder | Sprites | None = None,
) -> Rendition:
    """A ladder, or sheets of previews, with its real files in the store; small ones unless `made`."""
    made = made or sample_folders()[kind]
    place = f"renditions/{recording.id}/{kind}-1"
    for name in made.files:
        _stored(parts, made.folder / name, f"{place}/{name}")
    return _added(
        db,
        Rendition(
            recording_id=recording.id,
            kind=kind,
            key=f"{place}/{made.files[0]}",
            size=made.size,
            **_facts(made),
        ),
    )


def a_transcript(
    db: DatabaseSession,
    recording: Recording,
    cues: Sequence[Cue] | None = None,
    language: str = "de",
    model: str = "small",
) -> Revision:
    """A machine's transcript; without `cues` the words of `TALK`."""
    transcript = _added(db, Transcript(recording_id=recording.id, language=language))
    revision = _added(
        db,
        Revision(
            transcript_id=transcript.id,
            number=1,
            origin=Origin.MACHINE,
            engine="faster-whisper 1.2.1",
            model=model,
        ),
    )
    for position, cue in enumerate(talk_cues() if cues is None else cues):
        db.add(
            CueRow(
                revision_id=revision.id,
                position=position,
                start=cue.start,
                end=cue.end,
                text=cue.text,
                speaker=cue.speaker,
                language=cue.language,
                words=[[w.text, w.start, w.end, w.probability] for w in cue.words],
            )
        )
    db.flush()
    return revision


def a_talk(
    db: DatabaseSession,
    parts: Parts,
    event: Event | None = None,
    people: Sequence[Person] = (),
    cues: Sequence[Cue] | None = None,
    model: str = "small",
    kind_of_file: str = RenditionKind.VIDEO,
    **values: object,
) -> Session:
    """A session with everything: video, poster, transcript, and its place in the search index."""
    session = a_session(db, event, people, **values)
    recording = a_recording(db, session, model=model)
    a_rendition(db, parts, recording, kind_of_file)
    if kind_of_file == RenditionKind.VIDEO:
        a_rendition(db, parts, recording, RenditionKind.POSTER)
    a_transcript(db, recording, cues, language=session.language or "de", model=model)
    index_session(db, parts.index, session.id)
    return session


def talk_cues() -> tuple[Cue, ...]:
    """`TALK` as cues, its words spread evenly over each cue."""
    return tuple(timed_cue(text, start, end, speaker) for speaker, text, start, end in TALK)


def timed_cue(text: str, start: float, end: float, speaker: str | None = None) -> Cue:
    """A cue whose words share its time evenly."""
    texts = text.split()
    share = (end - start) / len(texts)
    words = tuple(
        Word(word, round(start + i * share, 3), round(start + (i + 1) * share, 3), 0.9)
        for i, word in enumerate(texts)
    )
    return Cue(start, end, text, words, speaker)


@functools.cache
def sample_files() -> dict[str, Path]:
    """A video of 16 s (H.264 and AAC, as renditions are), its sound and a still; made once."""
    folder = Path(tempfile.mkdtemp(prefix="podium-samples-"))
    video, audio, poster = folder / "video.mp4", folder / "audio.m4a", folder / "poster.jpg"
    _ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10:duration=16"),
        *("-f", "lavfi", "-i", "sine=frequency=220:duration=16"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart", str(video)),
    )
    _ffmpeg("-i", str(video), "-vn", "-c:a", "copy", str(audio))
    _ffmpeg("-ss", "3", "-i", str(video), "-frames:v", "1", str(poster))
    return {
        RenditionKind.VIDEO: video,
        RenditionKind.AUDIO: audio,
        RenditionKind.POSTER: poster,
    }


@functools.cache
def sample_folders() -> dict[str, Ladder | Sprites]:
    """A ladder and previews of a video of 8 s; made once."""
    folder = Path(tempfile.mkdtemp(prefix="podium-samples-"))
    video = folder / "video.mp4"
    _ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=640x480:rate=5:duration=8"),
        *("-f", "lavfi", "-i", "sine=frequency=220:duration=8"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "5", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", "48k", str(video)),
    )
    return {
        RenditionKind.HLS: make_ladder(video, probe(video), folder / "hls"),
        RenditionKind.SPRITES: make_sprites(video, probe(video), folder / "sprites"),
    }


def _facts(made: Ladder | Sprites) -> dict[str, object]:
    """What a rendition's row says of a folder."""
    files = {"files": list(made.files)}
    if isinstance(made, Ladder):
        heights = {"heights": [size.height for size in made.sizes]}
        top = made.sizes[0]
        return {
            **{"mime": MIME, "width": top.width, "height": top.height},
            **{"duration": made.duration, "details": files | heights},
        }
    numbers = {name: getattr(made, name) for name in ("interval", "columns", "rows", "count")}
    return {
        **{"mime": "image/jpeg", "width": made.width, "height": made.height},
        "details": files | numbers,
    }


def _stored(parts: Parts, file: Path, key: str) -> None:
    """Puts a copy of a file into the store."""
    with tempfile.TemporaryDirectory() as folder:
        parts.store.put(Path(shutil.copy(file, folder)), key)


@functools.cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments], check=True, timeout=120
    )


def _added(db: DatabaseSession, row):
    db.add(row)
    db.flush()
    return row


CHUNK = 20 * 16_000  # samples of a chunk of `a_plan`


def a_plan(count: int) -> list[dict[str, int]]:
    """The plan of a recording in `count` chunks of twenty seconds each."""
    edges = [(number * CHUNK, (number + 1) * CHUNK) for number in range(count)]
    return [asdict(Chunk(number, *edge, *edge)) for number, edge in enumerate(edges)]


def a_chunk(db: DatabaseSession, recording: Recording, number: int, **values: object) -> ChunkRow:
    """A chunk of the recording's attempt that waits, as `a_plan` has it."""
    given = {
        "recording_id": recording.id,
        "attempt": recording.attempt,
        "number": number,
        "start": number * CHUNK,
        "end": (number + 1) * CHUNK,
    }
    return _added(db, ChunkRow(**(given | values)))
