"""Whoever uploaded a recording is told once how the work on it ended."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.notify import notify
from archive.models.recording import Recording, State
from archive.models.users import Notice
from tests import factories as make


def uploaded(db: DatabaseSession) -> Recording:
    user = make.a_user(db)
    return make.a_recording(db, make.a_session(db), uploaded_by_id=user.id)


def told(db: DatabaseSession) -> list[tuple[int, str]]:
    db.flush()
    return [(notice.attempt, notice.state) for notice in db.scalars(select(Notice))]


def test_uploader_is_told_once_for_an_attempt(db: DatabaseSession):
    recording = uploaded(db)
    notify(db, recording, State.READY)
    db.flush()
    notify(db, recording, State.READY)

    assert told(db) == [(1, State.READY)]


def test_another_attempt_ends_what_was_told_of_the_first(db: DatabaseSession):
    recording = uploaded(db)
    notify(db, recording, State.FAILED)
    recording.attempt = 2
    notify(db, recording, State.READY)

    assert told(db) == [(2, State.READY)]


def test_recording_that_nobody_uploaded_tells_nobody(db: DatabaseSession):
    notify(db, make.a_recording(db, make.a_session(db)), State.READY)

    assert told(db) == []
