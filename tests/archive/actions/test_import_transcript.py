"""A transcript from a file is shown, found and exported at once, and replaces nothing for good."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.cancel import cancel
from archive.actions.finish_correction import Finished, finish_correction
from archive.actions.import_transcript import ImportRefused, Source, import_transcript
from archive.actions.remove_translation import remove_translation
from archive.actions.save_correction import Said, save_correction
from archive.assembly import assemble
from archive.models.recording import Recording, Rendition, RenditionKind, State
from archive.models.transcript import (
    ChunkState,
    Correction,
    CorrectionPatch,
    Origin,
    Revision,
    TranscribedChunk,
    Transcript,
)
from archive.models.users import UserRole
from archive.parts import Parts
from archive.queries.session import transcript_file
from archive.queries.transcript import cues_of, current_revision, shown_revisions
from tests import factories as make
from tests.archive.actions.finding import found
from transcripts.cues import Cue, Word
from transcripts.transcribe import ChunkTranscript

FILE = (
    Cue(0.5, 2.0, "Guten Morgen und willkommen.", (), "Ada L."),
    Cue(2.5, 7.0, "Heute geht es um Rathäuser.", (), "Ada L."),
    Cue(8.0, 15.0, "Vielen Dank.", (), "Publikum"),
)


def from_file(language: str = "de", upload: str = "one", *, translation: bool = False) -> Source:
    return Source(language, translation, "rede.srt", "srt", ("order",), upload)


class Desk:
    """A talk with its recording, and somebody who works on it."""

    def __init__(self, db: DatabaseSession, state: str = State.READY, **values: object) -> None:
        self.db = db
        self.session = make.a_session(db, title="Rede", slug="rede")
        self.recording = make.a_recording(db, self.session, state=state, **values)
        self.user = make.a_user(db, UserRole.STAFF).id
        db.commit()

    def machine(self) -> Revision:
        revision = make.a_transcript(self.db, self.recording)
        self.db.commit()
        return revision

    def playable(self) -> None:
        self.db.add(
            Rendition(
                recording_id=self.recording.id,
                kind=RenditionKind.AUDIO,
                key=f"renditions/{self.recording.id}/audio.m4a",
                mime="audio/mp4",
                size=1,
            )
        )
        self.db.commit()

    def imports(self, parts: Parts, source: Source | None = None, cues=FILE, **more) -> int:
        """The number of the revision."""
        imported = import_transcript(
            parts, self.user, self.recording.id, cues, source or from_file(), **more
        )
        return imported.revision

    def shown(self) -> Revision:
        self.db.expire_all()
        return current_revision(self.db, self.session.id)

    def heard(self, text: str, language: str = "de") -> None:
        """What the engine heard in the only chunk of the recording."""
        words = tuple(Word(w, 1.0 + n, 1.5 + n, 0.9) for n, w in enumerate(text.split()))
        said = ChunkTranscript(0.0, 20.0, 0.0, 20.0, language, 0.9, words)
        self.db.add(
            TranscribedChunk(
                recording_id=self.recording.id,
                key="k" * 64,
                start=0,
                end=320_000,
                engine="faster-whisper 1.2.1",
                result=said.to_json(),
                seconds=1.0,
                worker="w",
            )
        )
        make.a_chunk(self.db, self.recording, 0, state=ChunkState.DONE, key="k" * 64)
        self.db.commit()


@pytest.fixture
def desk(db: DatabaseSession) -> Desk:
    return Desk(db)


def test_import_is_shown_found_and_exported_at_once(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        machine = desk.machine()

        assert (
            desk.imports(either_parts, speakers={"Ada L.": "Ada Lovelace", "Publikum": None}) == 2
        )

        shown = desk.shown()
        assert (shown.origin, shown.made_by_id, shown.number) == (Origin.IMPORT, desk.user, 2)
        assert shown.details == {
            "file": "rede.srt",
            "format": "srt",
            "repaired": ["order"],
            "upload": "one",
        }
        cues = cues_of(db, shown.id)
        assert [cue.text for cue in cues] == [cue.text for cue in FILE]
        assert [cue.speaker for cue in cues] == ["Ada Lovelace", "Ada Lovelace", None]
        assert [word.text for word in cues[0].words] == FILE[0].text.split()
        assert all(
            cue.start <= word.start <= word.end <= cue.end for cue in cues for word in cue.words
        )
        assert found(either_parts, db, "Rathäuser") == ["rede"]
        assert found(either_parts, db, "Straßen") == []
        assert transcript_file(db, None, "rede").cues == cues
        assert db.get(Revision, machine.id) is not None  # the history keeps it


def test_words_of_captions_that_last_too_long_are_cut_again(parts: Parts, desk: Desk):
    text = "Guten Morgen. Heute geht es um Häuser aus Glas und um Straßen ohne Namen, und dann um mehr."
    desk.imports(parts, cues=[Cue(0.0, 28.0, text, (), "Ada")])

    cues = cues_of(desk.db, desk.shown().id)
    assert len(cues) > 3
    assert " ".join(cue.text for cue in cues) == text
    assert {cue.speaker for cue in cues} == {"Ada"}


def test_same_upload_twice_is_one_revision(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)

        assert [desk.imports(either_parts), desk.imports(either_parts)] == [1, 1]
        assert desk.imports(either_parts, from_file(upload="another")) == 2
        assert len(db.scalars(select(Revision)).all()) == 2


def test_names_and_codes_that_are_too_long_are_cut(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        cue = Cue(0.0, 2.0, "Hallo.", (), "N" * 900, "de-CH-1901-x-privat")

        desk.imports(either_parts, cues=[cue, Cue(2.0, 3.0, "Hi.", (), " ", "en")])

        cues = cues_of(db, desk.shown().id)
        assert [(c.speaker, c.language) for c in cues] == [("N" * 200, None), (None, "en")]


# What becomes of the machine's work -----------------------------------------------------------------


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_recording_that_plays_and_got_no_text_is_ready_with_an_imported_one(
    either_parts: Parts, state: State
):
    with either_parts.sessions() as db:
        desk = Desk(db, state, failure="engine_failed", failure_details={"error": "x"})
        desk.playable()

        desk.imports(either_parts)

        db.expire_all()
        recording = desk.recording
        assert (recording.state, recording.failure, recording.progress) == (State.READY, None, 1.0)
        assert recording.ready_at is not None
        assert recording.log[-1].message == "a transcript was imported"


def test_recording_in_which_nobody_was_heard_is_prepared_without_words(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db, State.FAILED, failure="no_speech", attempt=1)

        desk.imports(either_parts)

        db.expire_all()
        recording = desk.recording
        assert (recording.state, recording.wordless, recording.attempt) == (State.QUEUED, True, 2)
        assert recording.failure is None


def test_recording_whose_file_is_broken_stays_failed(parts: Parts, db: DatabaseSession):
    desk = Desk(db, State.FAILED, failure="not_media")

    desk.imports(parts)

    db.expire_all()
    assert (desk.recording.state, desk.recording.failure) == (State.FAILED, "not_media")
    assert desk.shown().origin == Origin.IMPORT


@pytest.mark.parametrize(
    "state", [State.QUEUED, State.WORKING, State.PAUSED, State.WAITING_FOR_MODEL, State.READY]
)
def test_work_that_is_under_way_goes_on(parts: Parts, db: DatabaseSession, state: State):
    desk = Desk(db, state)
    desk.playable()

    desk.imports(parts)

    db.expire_all()
    assert (desk.recording.state, desk.recording.attempt) == (state, 1)


def test_machine_that_ends_later_is_offered_and_replaces_nothing(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db, State.WORKING, language=None)
        desk.imports(either_parts)
        desk.heard("Die Maschine hört etwas anderes.")

        with either_parts.sessions.begin() as working:
            assert assemble(working, working.get_one(Recording, desk.recording.id))

        assert desk.shown().origin == Origin.IMPORT
        offered = db.scalars(select(Revision).where(Revision.offered)).one()
        assert (offered.origin, offered.number) == (Origin.MACHINE, 2)


def test_machine_that_hears_the_language_of_a_translation_does_not_become_one(parts, desk):
    desk.imports(parts)
    desk.imports(parts, from_file("en", "two", translation=True))
    desk.heard("The machine hears English today.", "en")

    with parts.sessions.begin() as working:
        assert assemble(working, working.get_one(Recording, desk.recording.id))

    offered = desk.db.scalars(select(Revision).where(Revision.offered)).one()
    assert (offered.transcript.language, offered.transcript.translation) == ("de", False)
    assert {cue.language for cue in cues_of(desk.db, offered.id)} == {"en"}


def test_work_that_is_stopped_before_it_plays_is_not_ready_for_its_import(parts, db):
    desk = Desk(db, State.WORKING)
    desk.imports(parts)

    assert cancel(parts, desk.recording.id)

    db.expire_all()
    assert desk.recording.state == State.CANCELLED


# Corrections that are not finished -------------------------------------------------------------------


def test_correction_that_was_begun_before_is_brought_together_with_the_import(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        machine = desk.machine()
        said = Said(4, 4, (Cue(13.6, 15.4, "Herzlichen Dank."),))
        save_correction(either_parts, desk.user, machine.transcript_id, machine.id, [said])
        # The file says the same but for one line.
        imported = [c for n, c in enumerate(cues_of(db, machine.id)) if n != 1]

        desk.imports(either_parts, cues=imported)
        finished = finish_correction(either_parts, desk.user, machine.transcript_id)

        assert finished == Finished(3)
        texts = [cue.text for cue in cues_of(db, desk.shown().id)]
        assert texts[-1] == "Herzlichen Dank."
        assert len(texts) == 4


def test_correction_of_what_the_import_says_otherwise_is_kept_and_told(parts: Parts, desk: Desk):
    machine = desk.machine()
    said = Said(0, 0, (Cue(0.4, 2.2, "Moin zusammen."),))
    save_correction(parts, desk.user, machine.transcript_id, machine.id, [said])

    desk.imports(parts)

    assert finish_correction(parts, desk.user, machine.transcript_id).rivals >= 1
    patches = desk.db.scalars(select(CorrectionPatch)).all()
    assert "Moin zusammen." in [cue["text"] for patch in patches for cue in patch.cues]
    assert desk.db.scalars(select(Correction)).one().base_id == desk.shown().id


# Translations ----------------------------------------------------------------------------------------


def test_translation_is_stored_beside_what_was_said(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        desk.machine()
        english = [Cue(0.5, 2.0, "Good morning.")]

        assert desk.imports(either_parts, from_file("en", translation=True), english) == 1

        shown = shown_revisions(db, desk.recording.id)
        assert [(one.language, one.translation) for one in shown] == [("de", False), ("en", True)]
        assert desk.shown().origin == Origin.MACHINE
        assert found(either_parts, db, "morning") == []


@pytest.mark.parametrize(
    ("before", "source", "reason"),
    [
        ((), from_file("en", translation=True), "nothing_said"),
        ((from_file("de"),), from_file("de", "b", translation=True), "same_language"),
        (
            (from_file("de"), from_file("en", "b", translation=True)),
            from_file("en", "c"),
            "is_translation",
        ),
    ],
)
def test_text_that_cannot_be_what_it_is_said_to_be_is_refused(parts, desk, before, source, reason):
    for one in before:
        desk.imports(parts, one)

    with pytest.raises(ImportRefused) as refused:
        desk.imports(parts, source)

    assert refused.value.reason == reason
    assert len(desk.db.scalars(select(Revision)).all()) == len(before)


def test_removed_translation_is_gone_and_what_was_said_stays(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        desk.imports(either_parts)
        desk.imports(either_parts, from_file("en", "b", translation=True))

        assert remove_translation(either_parts, desk.recording.id, "en")
        assert not remove_translation(either_parts, desk.recording.id, "en")
        assert not remove_translation(either_parts, desk.recording.id, "de")

        assert [one.language for one in db.scalars(select(Transcript))] == ["de"]
        assert len(cues_of(db, desk.shown().id)) == 3
