"""A revision of what was heard: of the whole, and of a stretch that was heard again."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.assembly import assemble
from archive.models.recording import Recording
from archive.models.transcript import ChunkState, Origin, Revision, TranscribedChunk
from archive.parts import Parts
from archive.queries.transcript import current_revision
from tests import factories as make
from transcripts.cues import Cue, Word
from transcripts.transcribe import ChunkTranscript

LENGTH = 20  # seconds of a chunk of `make.a_plan`


def heard(db: DatabaseSession, recording: Recording, number: int, text: str) -> None:
    """The chunk of the recording's attempt says one word, in its middle."""
    start, end = float(number * LENGTH), float((number + 1) * LENGTH)
    said = ChunkTranscript(
        start=start,
        end=end,
        own_start=start,
        own_end=end,
        language="de",
        language_probability=None,
        words=(Word(text, start + 9.0, start + 10.0, 0.9),),
    )
    key = f"{recording.attempt}-{number}"
    db.add(
        TranscribedChunk(
            recording_id=recording.id,
            key=key,
            start=int(start * 16_000),
            end=int(end * 16_000),
            engine="faster-whisper 1.2.1",
            result=said.to_json(),
            seconds=1.0,
            worker="one",
        )
    )
    make.a_chunk(db, recording, number, state=ChunkState.DONE, key=key)


def failed(db: DatabaseSession, recording: Recording, number: int, reason: str) -> None:
    make.a_chunk(db, recording, number, state=ChunkState.FAILED, failure=reason)


def shown(db: DatabaseSession, recording: Recording) -> tuple[list[str], list[tuple[float, str]]]:
    """The texts of the newest revision, and from where it lacks something, and why."""
    revision = current_revision(db, recording.session_id)
    texts = [cue.text for cue in revision.cues]
    return texts, [(one["start"], one["reason"]) for one in revision.details["failed"]]


def test_what_is_set_aside_stays_told_until_it_is_heard(parts: Parts, db: DatabaseSession):
    recording = make.a_recording(db, make.a_session(db), attempt=1, plan=make.a_plan(4))
    for number, text in enumerate(("Eins.", "Zwei.")):
        heard(db, recording, number, text)
    failed(db, recording, 2, "no memory")
    failed(db, recording, 3, "no memory")
    assert assemble(db, recording)
    db.expire_all()
    assert shown(db, recording) == (["Eins.", "Zwei."], [(40.0, "no memory"), (60.0, "no memory")])

    recording.attempt, recording.stretch = 2, [0.0, 60.0]
    heard(db, recording, 0, "Anders.")
    failed(db, recording, 1, "a hard place")
    heard(db, recording, 2, "Drei.")
    assert assemble(db, recording)
    db.expire_all()

    assert shown(db, recording) == (
        ["Anders.", "Zwei.", "Drei."],  # what was heard before is better than nothing
        [(20.0, "a hard place"), (60.0, "no memory")],
    )


def test_stretch_replaces_the_cues_whose_middle_lies_in_it(parts: Parts, db: DatabaseSession):
    recording = make.a_recording(db, make.a_session(db), attempt=1, plan=make.a_plan(3))
    cues = [Cue(18.0, 21.0, "Davor."), Cue(25.0, 30.0, "Darin."), Cue(39.0, 42.0, "Danach.")]
    make.a_transcript(db, recording, cues)
    recording.attempt, recording.stretch = 2, [20.0, 40.0]
    heard(db, recording, 1, "Neu.")

    assert assemble(db, recording)
    db.expire_all()

    assert shown(db, recording) == (["Davor.", "Neu.", "Danach."], [])


def test_glossary_corrects_what_is_heard_and_tells_it(parts: Parts, db: DatabaseSession):
    event = make.an_event(db, glossary="OZG = ozett, ozg\nNord")
    recording = make.a_recording(
        db, make.a_session(db, event), attempt=1, plan=make.a_plan(2), stretch=[20.0, 40.0]
    )
    make.a_transcript(db, recording, [Cue(9.0, 10.0, "Ozett."), Cue(29.0, 30.0, "Altes.")])
    heard(db, recording, 1, "Ozett-Gesetz.")

    assert assemble(db, recording)
    db.expire_all()

    assert shown(db, recording)[0] == ["Ozett.", "OZG-Gesetz."]  # what was there is not touched
    revision = current_revision(db, recording.session_id)
    (word,) = revision.cues[1].words
    assert word == ["OZG-Gesetz.", 29.0, 30.0, None]
    assert revision.details["glossary"] == [{"start": 29.0, "before": "Ozett", "after": "OZG"}]


def test_what_people_have_corrected_is_not_replaced(parts: Parts, db: DatabaseSession):
    recording = make.a_recording(db, make.a_session(db), attempt=1, plan=make.a_plan(1))
    corrected = make.a_transcript(db, recording, [Cue(1.0, 2.0, "Von Hand.")])
    corrected.origin = Origin.PERSON
    recording.attempt = 2
    heard(db, recording, 0, "Maschine.")

    assert assemble(db, recording)
    db.expire_all()

    assert current_revision(db, recording.session_id).id == corrected.id
    offered = db.scalars(select(Revision).where(Revision.offered)).one()
    assert [cue.text for cue in offered.cues] == ["Maschine."]
