"""`flask stream`: older recordings get sizes too, each of them once."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import RenditionKind, Streaming, StreamingState
from archive.parts import Parts
from tests import factories as make
from tests.archive.cli.conftest import Run


def test_every_video_that_lacks_sizes_is_put_on_the_queue_once(
    run: Run, parts: Parts, db: DatabaseSession
):
    old, failed, small, done, sound = [make.a_recording(db, make.a_session(db)) for _ in range(5)]
    for recording in (old, failed, small, done):
        make.a_rendition(db, parts, recording)
    make.a_rendition(db, parts, sound, RenditionKind.AUDIO)
    for recording, state, reason in (
        (failed, StreamingState.FAILED, "timeout"),
        (small, StreamingState.NOT_NEEDED, "small"),
        (done, StreamingState.DONE, None),
    ):
        db.add(Streaming(recording_id=recording.id, state=state, reason=reason))
    db.commit()

    first, second = run("stream"), run("stream")

    assert first.output.startswith("Recordings on the queue: 2.")
    assert second.output.startswith("Recordings on the queue: 0.")
    queued = select(Streaming.recording_id).where(Streaming.state == StreamingState.QUEUED)
    assert set(db.scalars(queued)) == {old.id, failed.id}


def test_sizes_whose_files_are_gone_are_made_again(run: Run, parts: Parts, db: DatabaseSession):
    kept, lost = [make.a_recording(db, make.a_session(db)) for _ in range(2)]
    for recording in (kept, lost):
        make.a_rendition(db, parts, recording)
        made = make.a_folder(db, parts, recording)
        db.add(Streaming(recording_id=recording.id, state=StreamingState.DONE))
    db.commit()
    parts.store.delete(made.keys[2])

    done = run("stream")

    assert done.output.startswith("Recordings on the queue: 1.")
    db.expire_all()
    assert db.get(Streaming, lost.id).state == StreamingState.QUEUED
    assert db.get(Streaming, kept.id).state == StreamingState.DONE
    assert {made.kind for made in kept.renditions} == {RenditionKind.VIDEO, RenditionKind.HLS}
    assert {made.kind for made in lost.renditions} == {RenditionKind.VIDEO}
