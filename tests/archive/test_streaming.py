"""Sizes and previews of a recording, made by a worker with real ffmpeg on a real queue."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive import worker
from archive.actions.cancel import cancel
from archive.actions.make_streaming import make_streaming, stop_streaming
from archive.actions.remove_recording import remove_recording
from archive.models.recording import (
    LogEntry,
    Recording,
    Rendition,
    RenditionKind,
    State,
    Streaming,
    StreamingState,
)
from archive.parts import Parts
from archive.workshop import Workshop
from media.hls import HEIGHTS
from tests import factories as make
from tests.conftest import stored_files
from tests.media.studio import QUICK, picture, shoot, sound

LADDER = ["480.m3u8", "480.mp4", "360.m3u8", "360.mp4", "sound.m3u8", "sound.m4a"]
PATIENCE = 120  # seconds


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven seconds of 480 lines, with a key frame each second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return shoot(path, *picture(7, "640x480"), *sound(7), *QUICK, "-g", "10", "-c:a", "aac")


@pytest.fixture
def work(parts: Parts, no_loop: None) -> Iterator[Callable[..., None]]:
    """A worker of these parts, started by calling it."""
    with ExitStack() as stack:

        def begin(heights: tuple[int, ...] = HEIGHTS, at: Parts = parts, at_once: int = 1) -> None:
            shop = Workshop(at, _no_engine, 20, 1, "one", heights=heights)
            stack.enter_context(worker.working(shop, streaming_at_once=at_once))

        yield begin


@pytest.fixture
def recorded(db: DatabaseSession, parts: Parts, tmp_path: Path) -> Callable[..., Recording]:
    """Puts a recording of a session into the archive, which plays `file`."""

    def record(file: Path | None = None, kind: str = RenditionKind.VIDEO) -> Recording:
        recording = make.a_recording(db, make.a_session(db, slug="talk"))
        rendition = make.a_rendition(db, parts, recording, kind)
        if file is not None:
            copy = tmp_path / "copy.mp4"
            copy.write_bytes(file.read_bytes())
            parts.store.put(copy, rendition.key)
        db.commit()
        return recording

    return record


def ended(parts: Parts, recording_id: int) -> Streaming:
    """The work on the recording, as soon as it has ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with parts.sessions() as db:
            row = db.get(Streaming, recording_id)
        if row.state not in (StreamingState.QUEUED, StreamingState.WORKING):
            return row
        time.sleep(0.05)
    raise AssertionError(f"after {PATIENCE} s: {row.state}, {row.progress}")


def kept(parts: Parts, kind: str) -> Rendition | None:
    with parts.sessions() as db:
        return db.scalars(select(Rendition).where(Rendition.kind == kind)).first()


def half_made(parts: Parts) -> list[str]:
    worker._remove_half_made(parts)
    return [path.name for path in parts.work.glob("streaming-*")]


def test_recording_gets_sizes_and_previews(parts: Parts, client, recorded, film: Path, work):
    work()
    recording = recorded(film)

    assert make_streaming(parts, recording.id)
    assert not make_streaming(parts, recording.id)  # it is under way
    row = ended(parts, recording.id)

    assert (row.state, row.progress, row.reason) == (StreamingState.DONE, 1.0, None)
    assert stored_files(parts) == sorted(["master.m3u8", *LADDER, "sheet-1.jpg", "video.mp4"])
    assert half_made(parts) == []
    hls, sprites = kept(parts, RenditionKind.HLS), kept(parts, RenditionKind.SPRITES)
    assert hls.key == f"renditions/{recording.id}/hls-1/master.m3u8"
    assert hls.details == {"files": ["master.m3u8", *LADDER], "heights": [480, 360]}
    assert (hls.width, hls.height, round(hls.duration)) == (640, 480, 7)
    assert hls.size == sum(parts.store.size(key) for key in hls.keys)
    assert sprites.details["count"] == 4
    assert not make_streaming(parts, recording.id)  # it is done

    page = client.get("/sessions/talk").get_data(as_text=True)
    assert f'data-hls="/media/{hls.id}/hls/master.m3u8"' in page
    assert f"/media/{sprites.id}/sprites/sheet-1.jpg" in page
    answer = client.get(f"/media/{hls.id}/hls/360.mp4", headers={"Range": "bytes=0-99"})
    assert (answer.status_code, len(answer.get_data())) == (206, 100)


def test_pipeline_hands_over_once_the_recording_plays_and_waits_for_nothing(
    parts: Parts, db: DatabaseSession, film: Path, work
):
    recording = make.a_recording(
        db, make.a_session(db), state=State.QUEUED, step=None, progress=0.0, wordless=True
    )
    copy = parts.work / "upload.mp4"
    parts.work.mkdir()
    copy.write_bytes(film.read_bytes())
    parts.store.put(copy, recording.key)
    parts.jobs.process(db, recording.id, recording.attempt)
    db.commit()

    work()
    wait_until(lambda: db.get(Recording, recording.id, populate_existing=True).state == State.READY)
    row = ended(parts, recording.id)

    assert (row.state, row.run) == (StreamingState.DONE, 1)
    assert db.get(Recording, recording.id, populate_existing=True).progress == 1.0
    assert kept(parts, RenditionKind.HLS).details["heights"] == [480, 360]


@pytest.mark.parametrize(
    ("kind", "heights", "reason", "made"),
    [
        (RenditionKind.VIDEO, HEIGHTS, "small", {RenditionKind.SPRITES}),
        (RenditionKind.VIDEO, (), "off", {RenditionKind.SPRITES}),
        (RenditionKind.AUDIO, HEIGHTS, "sound", set()),
    ],
)
def test_what_needs_no_sizes_says_why(parts: Parts, recorded, work, kind, heights, reason, made):
    work(heights)
    recording = recorded(kind=kind)

    make_streaming(parts, recording.id)
    row = ended(parts, recording.id)

    assert (row.state, row.reason) == (StreamingState.NOT_NEEDED, reason)
    assert {k for k in (RenditionKind.HLS, RenditionKind.SPRITES) if kept(parts, k)} == made
    assert half_made(parts) == []


def test_full_disk_is_told_and_the_recording_plays_on(
    parts: Parts, db: DatabaseSession, recorded, film: Path, work
):
    work(at=replace(parts, reserve=10**18))
    recording = recorded(film)
    make_streaming(parts, recording.id)

    row = ended(parts, recording.id)

    assert (row.state, row.reason) == (StreamingState.FAILED, "no_space")
    assert row.details["needed"] > row.details["free"]
    assert db.get(Recording, recording.id, populate_existing=True).state == State.READY
    assert "no_space" in db.scalars(select(LogEntry.message)).all()[-1]
    assert kept(parts, RenditionKind.SPRITES)  # they are small
    assert half_made(parts) == []


def test_work_goes_on_by_itself_once_there_is_room(parts: Parts, db: DatabaseSession, recorded):
    recording = recorded()
    full = {"state": StreamingState.FAILED, "reason": "no_space"}
    db.add(Streaming(recording_id=recording.id, **full))
    db.commit()

    worker._wake_sizes_without_space(replace(parts, reserve=10**18))
    assert db.get_one(Streaming, recording.id, populate_existing=True).run == 1

    worker._wake_sizes_without_space(parts)
    row = db.get_one(Streaming, recording.id, populate_existing=True)
    assert (row.state, row.run, row.reason) == (StreamingState.QUEUED, 2, None)


def test_broken_video_fails_in_a_sentence_and_plays_on_as_it_was(
    parts: Parts, recorded, work, tmp_path
):
    work()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(5000))
    recording = recorded(broken)

    make_streaming(parts, recording.id)
    row = ended(parts, recording.id)

    assert (row.state, row.reason) == (StreamingState.FAILED, "not_media")
    assert stored_files(parts) == ["video.mp4"]
    assert half_made(parts) == []


def test_second_run_takes_the_place_of_the_first(
    parts: Parts, db: DatabaseSession, recorded, film: Path, work
):
    work()
    recording = recorded(film)
    make_streaming(parts, recording.id)
    ended(parts, recording.id)
    first = kept(parts, RenditionKind.HLS)
    db.get(Streaming, recording.id).state = StreamingState.FAILED
    db.commit()

    assert make_streaming(parts, recording.id)
    assert ended(parts, recording.id).state == StreamingState.DONE

    second = kept(parts, RenditionKind.HLS)
    assert second.key == f"renditions/{recording.id}/hls-2/master.m3u8"
    assert not any(parts.store.exists(key) for key in first.keys)
    assert all(parts.store.exists(key) for key in second.keys)


def test_recording_removed_in_the_middle_leaves_nothing(parts: Parts, recorded, tmp_path, work):
    work()
    long = [*picture(25, "1280x720", 30), *sound(25), *QUICK, "-g", "30", "-c:a", "aac"]
    recording = recorded(shoot(tmp_path / "long.mp4", *long))
    make_streaming(parts, recording.id)
    wait_until(lambda: half_made(parts))

    remove_recording(parts, recording.id)

    wait_until(lambda: not half_made(parts))
    time.sleep(1.5)  # whoever is at it asks once a second
    assert half_made(parts) == []
    assert stored_files(parts) == []


def test_cancelled_recording_is_not_worked_on_further(
    parts: Parts, db: DatabaseSession, recorded, film: Path, work
):
    work(at_once=0)
    recording = recorded(film)
    make_streaming(parts, recording.id)
    recording.state = State.WORKING
    db.commit()

    assert cancel(parts, recording.id)

    row = ended(parts, recording.id)
    assert (row.state, row.run) == (StreamingState.CANCELLED, 2)
    assert make_streaming(parts, recording.id)  # and may be asked for


def test_stopping_what_is_not_under_way_changes_nothing(
    parts: Parts, db: DatabaseSession, recorded
):
    recording = recorded()
    stop_streaming(db, recording.id)
    assert db.get(Streaming, recording.id) is None
    db.add(Streaming(recording_id=recording.id, state=StreamingState.DONE))
    db.flush()

    stop_streaming(db, recording.id)

    assert (db.get(Streaming, recording.id).state, db.get(Streaming, recording.id).run) == (
        StreamingState.DONE,
        1,
    )


def test_removing_a_recording_removes_every_file(parts: Parts, recorded, film: Path, work):
    work()
    recording = recorded(film)
    make_streaming(parts, recording.id)
    ended(parts, recording.id)
    assert len(stored_files(parts)) == 9

    remove_recording(parts, recording.id)

    assert stored_files(parts) == []


def wait_until(wanted: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.02)


def _no_engine(model: str):
    raise AssertionError("nobody is to be heard here")
