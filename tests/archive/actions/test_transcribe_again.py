"""Once more, with other settings: all of a recording or a stretch, and never while in work."""

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.transcribe_again import SETTLED, chunks_within, transcribe_again
from archive.models.recording import Recording, RenditionKind, State, Step
from archive.parts import Parts
from archive.queries.transcript import current_revision
from tests import factories as make
from tests.archive.actions.arrivals import queued


def a_recording(
    db: DatabaseSession, parts: Parts, kind: str | None = RenditionKind.AUDIO, **values: object
) -> Recording:
    """A recording of three chunks of twenty seconds, and its rendition of that kind."""
    given = {"plan": make.a_plan(3), "attempt": 2, "terms": ["Ada Lovelace"]}
    recording = make.a_recording(db, make.a_session(db), **(given | values))
    if kind:
        make.a_rendition(db, parts, recording, kind)
    db.commit()
    return recording


def again(parts: Parts, recording: Recording, **values: object) -> bool:
    """Asks for it with these settings, else the recording's usual ones."""
    return transcribe_again(parts, recording.id, **({"model": "small", "language": "de"} | values))


@pytest.mark.parametrize("state", SETTLED)
def test_settled_recording_is_queued_for_its_next_attempt(either_parts: Parts, state: State):
    with either_parts.sessions() as db:
        recording = a_recording(
            db, either_parts, state=state, failure="engine_failed", failure_details={"error": "x"}
        )

        assert again(either_parts, recording)

        db.refresh(recording)
        assert (recording.state, recording.step, recording.attempt) == (State.QUEUED, None, 3)
        assert (recording.failure, recording.failure_details) == (None, {})
        assert queued(db) == [f"transcribe-{recording.id}-3"]


@pytest.mark.parametrize("state", [s for s in State if s not in SETTLED])
def test_recording_in_work_is_left_alone(parts: Parts, db: DatabaseSession, state: State):
    recording = a_recording(db, parts, state=state, step=Step.TRANSCRIPTION)

    assert again(parts, recording, model="large", language="en") is False

    db.refresh(recording)
    assert (recording.state, recording.attempt, recording.model) == (state, 2, "small")
    assert (recording.language, recording.terms) == ("de", ["Ada Lovelace"])
    assert queued(db) == []


@pytest.mark.parametrize("plan", [None, []])
def test_recording_in_which_nobody_is_known_to_speak_is_left_alone(
    parts: Parts, db: DatabaseSession, plan: list | None
):
    recording = a_recording(db, parts, plan=plan)

    assert again(parts, recording) is False

    assert queued(db) == []


def test_new_settings_replace_all_old_ones(parts: Parts, db: DatabaseSession):
    recording = a_recording(
        db, parts, draft=True, stretch=[0.0, 9.0], other_languages=["fr"], language="de"
    )

    assert again(parts, recording, model="large", language="en")

    db.refresh(recording)
    assert (recording.model, recording.language, recording.other_languages) == ("large", "en", [])
    assert (recording.draft, recording.stretch) == (False, None)
    assert recording.terms is None  # gathered anew


def test_draft_of_a_stretch_in_two_languages(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, parts)

    assert again(
        parts, recording, other_languages=("en", "de", "fr"), draft=True, stretch=(21.0, 39.5)
    )

    db.refresh(recording)
    assert recording.other_languages == ["en", "fr"]  # the first one is not another one
    assert (recording.draft, recording.stretch) == (True, [21.0, 39.5])


def test_language_may_be_left_to_be_detected(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, parts)

    assert again(parts, recording, language=None)

    db.refresh(recording)
    assert recording.language is None


def test_stretch_in_which_nobody_speaks_changes_nothing(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, parts)

    assert again(parts, recording, model="large", stretch=(60.0, 70.0)) is False

    db.refresh(recording)
    assert (recording.state, recording.attempt, recording.model) == (State.READY, 2, "small")
    assert queued(db) == []


def test_shown_transcript_stays_until_the_new_one_is_there(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, parts)
    revision = make.a_transcript(db, recording)
    db.commit()

    again(parts, recording)

    assert current_revision(db, recording.session_id).id == revision.id


def test_second_press_of_the_button_is_one_attempt(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, parts)

    assert (again(parts, recording), again(parts, recording)) == (True, False)

    assert queued(db) == [f"transcribe-{recording.id}-3"]


@pytest.mark.parametrize("kind", [None, RenditionKind.POSTER])
def test_recording_that_ended_before_its_video_was_made_gets_that_too(
    parts: Parts, db: DatabaseSession, kind: str | None
):
    recording = a_recording(db, parts, kind, state=State.CANCELLED)

    assert again(parts, recording)

    assert queued(db) == [f"make_playable-{recording.id}-3"]


@pytest.mark.parametrize(
    ("stretch", "numbers"),
    [
        (None, [0, 1, 2]),
        ((0, 60), [0, 1, 2]),
        ((20, 40), [1]),  # edges belong to one side only
        ((19.9, 40.1), [0, 1, 2]),
        ((25, 26), [1]),
        ((0, 0), []),
        ((60, 90), []),
    ],
)
def test_chunks_within_a_stretch_are_those_that_share_sound_with_it(
    stretch: tuple[float, float] | None, numbers: list[int]
):
    assert chunks_within(make.a_plan(3), stretch) == numbers
