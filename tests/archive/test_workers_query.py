"""Which workers live, and how much waits for them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.recording import State
from archive.models.transcript import ChunkState
from archive.models.workers import Worker
from archive.parts import Parts
from archive.queries.workers import DEAD_AFTER, live_worker_count, waiting_chunks
from tests import factories as make


def test_worker_lives_that_gave_a_sign_of_life_lately(either_parts: Parts):
    with either_parts.sessions() as db:
        assert live_worker_count(db) == 0
        ages = (timedelta(), DEAD_AFTER - timedelta(seconds=20), DEAD_AFTER, timedelta(days=3))
        for number, age in enumerate(ages):
            db.add(Worker(name=f"worker-{number}", seen_at=now() - age))
        db.flush()

        assert live_worker_count(db) == 2


def test_chunks_wait_that_a_worker_could_take(either_parts: Parts):
    with either_parts.sessions() as db:
        assert waiting_chunks(db) == 0
        for state in (State.QUEUED, State.WORKING):
            recording = make.a_recording(db, make.a_session(db), state=state, attempt=2)
            for number, chunk_state in enumerate(ChunkState):
                make.a_chunk(db, recording, number, state=chunk_state)
            make.a_chunk(db, recording, 0, attempt=1)

        assert waiting_chunks(db) == 2


@pytest.mark.parametrize(
    "state", [state for state in State if state not in (State.QUEUED, State.WORKING)]
)
def test_chunks_of_a_recording_that_is_not_in_work_do_not_wait(db: DatabaseSession, state: State):
    recording = make.a_recording(db, make.a_session(db), state=state)
    make.a_chunk(db, recording, 0)

    assert waiting_chunks(db) == 0
