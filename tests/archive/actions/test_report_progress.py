"""How far the work is: every step has its span, and what stopped it is kept."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions import report_progress as module
from archive.actions.cancel import cancel
from archive.actions.pause import pause
from archive.actions.report_progress import (
    SPANS,
    log_line,
    report_failure,
    report_progress,
    report_waiting,
    reporter,
)
from archive.db import now
from archive.models.recording import LogEntry, Recording, State, Step
from archive.parts import Parts
from tests import factories as make


@pytest.fixture
def recording(db: DatabaseSession) -> Recording:
    recording = make.a_recording(
        db, make.a_session(db), state=State.QUEUED, step=None, progress=0.0
    )
    db.commit()
    return recording


def test_spans_of_the_steps_make_up_the_whole():
    edges = [edge for span in SPANS.values() for edge in span]

    assert set(SPANS) == set(Step)
    assert edges == sorted(edges)
    assert (edges[0], edges[-1], edges[1:-1:2]) == (0.0, 1.0, edges[2::2])


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_share_of_a_step_is_a_share_of_its_span(
    parts: Parts, db: DatabaseSession, recording: Recording, step: Step, share: float
):
    report_progress(parts.sessions, recording.id, step, share)

    db.refresh(recording)
    start, end = SPANS[step]
    assert (recording.state, recording.step) == (State.WORKING, step)
    assert recording.progress == pytest.approx(start + share * (end - start))


@pytest.mark.parametrize(("share", "edge"), [(-1.0, 0), (1.5, 1), (float("inf"), 1)])
def test_share_beyond_the_edge_is_the_edge(
    parts: Parts, db: DatabaseSession, recording: Recording, share: float, edge: int
):
    report_progress(parts.sessions, recording.id, Step.RENDITION, share)

    db.refresh(recording)
    assert recording.progress == pytest.approx(SPANS[Step.RENDITION][edge])


def test_report_is_a_sign_of_life(parts: Parts, db: DatabaseSession, recording: Recording):
    before = now()

    report_progress(parts.sessions, recording.id, Step.PROBE, 0.5)

    db.refresh(recording)
    assert recording.updated_at >= before


def test_reporter_tells_once_a_second_at_most(
    parts: Parts, db: DatabaseSession, recording: Recording, monkeypatch: pytest.MonkeyPatch
):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    report = reporter(parts.sessions, recording.id, Step.TRANSCRIPTION, total=200.0)
    start, end = SPANS[Step.TRANSCRIPTION]

    seen = []
    for clock.now, done in ((100.0, 20.0), (100.9, 40.0), (101.0, 60.0), (101.5, 80.0)):
        report(done)
        db.refresh(recording)
        seen.append(round((recording.progress - start) / (end - start), 6))
        db.rollback()

    assert seen == [0.1, 0.1, 0.3, 0.3]


def test_reporter_of_nothing_is_done(parts: Parts, db: DatabaseSession, recording: Recording):
    reporter(parts.sessions, recording.id, Step.RENDITION, total=0)(0.0)

    db.refresh(recording)
    assert recording.progress == pytest.approx(SPANS[Step.RENDITION][1])


def test_failure_keeps_its_reason_and_where_it_happened(
    parts: Parts, db: DatabaseSession, recording: Recording
):
    report_progress(parts.sessions, recording.id, Step.SPEECH, 0.0)

    report_failure(parts.sessions, recording.id, "no_speech", {"name": "a.mp4", "duration": 3.5})

    db.refresh(recording)
    assert (recording.state, recording.step) == (State.FAILED, Step.SPEECH)
    assert recording.failure == "no_speech"
    assert recording.failure_details == {"name": "a.mp4", "duration": 3.5}


def test_waiting_for_a_model_is_no_failure(parts: Parts, db: DatabaseSession, recording: Recording):
    report_waiting(parts.sessions, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.step) == (State.WAITING_FOR_MODEL, Step.TRANSCRIPTION)
    assert recording.failure is None


def test_log_keeps_its_lines_in_order_and_of_bearable_length(
    parts: Parts, db: DatabaseSession, recording: Recording
):
    log_line(parts.sessions, recording.id, 1, Step.PROBE, "started")
    log_line(parts.sessions, recording.id, 2, None, "x" * 10_000)

    lines = db.scalars(select(LogEntry).order_by(LogEntry.id)).all()
    assert [(line.attempt, line.step, line.message) for line in lines] == [
        (1, "probe", "started"),
        (2, None, "x" * 8000),
    ]


def test_report_on_a_recording_that_was_removed_is_harmless(parts: Parts, db: DatabaseSession):
    report_progress(parts.sessions, 4711, Step.PROBE, 0.5)
    report_failure(parts.sessions, 4711, "no_audio", {})

    assert db.scalars(select(Recording)).all() == []


@pytest.mark.parametrize("state", [s for s in State if s != State.QUEUED])
def test_report_begins_only_what_was_queued(either_parts: Parts, state: State):
    with either_parts.sessions() as db:
        recording = make.a_recording(db, make.a_session(db), state=state)
        db.commit()

        report_progress(either_parts.sessions, recording.id, Step.TRANSCRIPTION, 0.5)
        reporter(either_parts.sessions, recording.id, Step.TRANSCRIPTION, total=10.0)(5.0)

        db.refresh(recording)
        assert recording.state == state


def test_recording_that_is_paused_between_two_reports_stays_so(
    parts: Parts, db: DatabaseSession, recording: Recording
):
    report_progress(parts.sessions, recording.id, Step.TRANSCRIPTION, 0.1)
    assert pause(parts, recording.id)

    report_progress(parts.sessions, recording.id, Step.TRANSCRIPTION, 0.2)

    db.refresh(recording)
    assert recording.state == State.PAUSED


def test_recording_that_is_cancelled_between_two_reports_stays_so(
    parts: Parts, db: DatabaseSession, recording: Recording
):
    report_progress(parts.sessions, recording.id, Step.TRANSCRIPTION, 0.1)
    assert cancel(parts, recording.id)

    report_progress(parts.sessions, recording.id, Step.TRANSCRIPTION, 0.2)

    db.refresh(recording)
    assert recording.state == State.CANCELLED
