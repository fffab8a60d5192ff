"""A machine's transcript becomes a revision, once for each attempt."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.store_transcript import store_transcript
from archive.models.recording import Recording
from archive.models.transcript import CueRow, Origin, Revision, Transcript
from archive.parts import Parts
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from transcripts.cues import Cue, Word

CUES = (
    Cue(0.0, 1.5, "Guten Tag.", (Word("Guten", 0.0, 0.7, 0.9), Word("Tag.", 0.7, 1.5)), "Ada"),
    Cue(2.0, 3.0, "Good day.", (), None, "en"),
)


def a_recording(db: DatabaseSession) -> Recording:
    return make.a_recording(db, make.a_session(db))


def stored(
    db: DatabaseSession,
    recording: Recording,
    attempt: int,
    cues: tuple[Cue, ...] = CUES,
    language: str = "de",
) -> Revision:
    return store_transcript(
        db,
        recording.id,
        cues,
        language=language,
        engine="scripted 1",
        model="small",
        attempt=attempt,
    )


def count(db: DatabaseSession, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table))


def test_revision_holds_the_cues_and_where_they_come_from(db: DatabaseSession):
    recording = a_recording(db)

    revision = stored(db, recording, attempt=1)

    assert (revision.number, revision.origin) == (1, Origin.MACHINE)
    assert (revision.engine, revision.model) == ("scripted 1", "small")
    assert revision.transcript.language == "de"
    assert cues_of(db, revision.id) == CUES
    assert current_revision(db, recording.session_id).id == revision.id


def test_cue_in_the_language_of_the_transcript_carries_none(db: DatabaseSession):
    cue = Cue(0.0, 1.0, "Ja.", (), None, "de")

    revision = stored(db, a_recording(db), attempt=1, cues=(cue,))

    assert cues_of(db, revision.id)[0].language is None


def test_same_attempt_twice_is_one_revision(db: DatabaseSession):
    recording = a_recording(db)

    first = stored(db, recording, attempt=1)
    db.commit()
    db.expire_all()
    second = stored(db, recording, attempt=1)

    assert second.id == first.id
    assert (count(db, Transcript), count(db, Revision), count(db, CueRow)) == (1, 1, len(CUES))


def test_next_attempt_is_the_next_revision_and_the_one_shown(db: DatabaseSession):
    recording = a_recording(db)
    first = stored(db, recording, attempt=1)
    db.commit()
    db.expire_all()

    second = stored(db, recording, attempt=2, cues=CUES[:1])

    assert (second.number, second.transcript_id) == (2, first.transcript_id)
    assert cues_of(db, first.id) == CUES  # a revision never changes
    assert current_revision(db, recording.session_id).id == second.id


def test_each_language_has_a_transcript_of_its_own(db: DatabaseSession):
    recording = a_recording(db)

    revisions = [stored(db, recording, attempt=1, language=code) for code in ("de", "en")]

    assert [revision.number for revision in revisions] == [1, 1]
    assert count(db, Transcript) == 2


def test_recording_without_words_has_an_empty_revision(db: DatabaseSession):
    revision = stored(db, a_recording(db), attempt=1, cues=())

    assert cues_of(db, revision.id) == ()


def test_what_else_is_known_is_kept_beside_the_attempt(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = a_recording(db)

        revision = store_transcript(
            db,
            recording.id,
            CUES,
            language="de",
            engine="scripted 1",
            model="small",
            attempt=2,
            details={"draft": True, "stretch": [1.0, 2.0], "failed": []},
        )
        db.commit()

        db.expire_all()
        assert db.get_one(Revision, revision.id).details == {
            "attempt": 2,
            "draft": True,
            "stretch": [1.0, 2.0],
            "failed": [],
        }
        assert cues_of(db, revision.id) == CUES


def test_attempt_of_a_machine_is_not_the_revision_of_a_person(db: DatabaseSession):
    recording = a_recording(db)
    first = stored(db, recording, attempt=1)
    db.add(
        Revision(
            transcript_id=first.transcript_id,
            number=2,
            origin=Origin.PERSON,
            details={"attempt": 2},
        )
    )
    db.commit()
    db.expire_all()

    third = stored(db, recording, attempt=2)

    assert (third.number, third.origin) == (3, Origin.MACHINE)
