"""One recording comes before all others; of two, the later one does."""

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.cancel import cancel
from archive.actions.put_first import IN_LINE, put_first
from archive.models.recording import Recording, State
from archive.parts import Parts
from archive.queries.queue import line
from tests import factories as make


def a_recording(db: DatabaseSession, state: State = State.WORKING, **values: object) -> Recording:
    """A recording with one chunk that waits."""
    recording = make.a_recording(db, make.a_session(db), state=state, **values)
    make.a_chunk(db, recording, 0)
    db.commit()
    return recording


def test_later_one_that_is_put_first_comes_first(either_parts: Parts):
    with either_parts.sessions() as db:
        one, two, three = (a_recording(db).id for _ in range(3))
        assert line(db) == [one, two, three]
        db.rollback()

        assert put_first(either_parts, two)
        assert put_first(either_parts, three)

        assert line(db) == [three, two, one]


def test_putting_first_again_overtakes_again(parts: Parts, db: DatabaseSession):
    one, two = (a_recording(db).id for _ in range(2))

    for recording_id in (one, two, one):
        put_first(parts, recording_id)

    assert line(db) == [one, two]


def test_what_is_no_longer_in_line_does_not_count(parts: Parts, db: DatabaseSession):
    a_recording(db, State.FAILED, priority=7)
    recording = a_recording(db)

    put_first(parts, recording.id)

    db.refresh(recording)
    assert recording.priority == 1


@pytest.mark.parametrize("state", IN_LINE)
def test_whatever_is_in_line_can_be_put_first(parts: Parts, db: DatabaseSession, state: State):
    recording = a_recording(db, state)

    assert put_first(parts, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.priority) == (state, 1)


@pytest.mark.parametrize("state", [s for s in State if s not in IN_LINE])
def test_what_is_not_in_line_cannot_be_put_first(parts: Parts, db: DatabaseSession, state: State):
    recording = a_recording(db, state)

    assert put_first(parts, recording.id) is False

    db.refresh(recording)
    assert recording.priority == 0


def test_cancelled_recording_loses_its_place(parts: Parts, db: DatabaseSession):
    recording = a_recording(db)
    put_first(parts, recording.id)

    cancel(parts, recording.id)

    db.refresh(recording)
    assert recording.priority == 0
