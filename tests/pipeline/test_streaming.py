"""Sizes of a recording beside the story: nothing waits for them, and `kill -9` does not lose them."""

from collections.abc import Callable
from pathlib import Path

from archive.models.recording import (
    Recording,
    Rendition,
    RenditionKind,
    State,
    Streaming,
    StreamingState,
)
from media.playlist import read_track
from tests.pipeline.installation import Installation
from tests.pipeline.test_pipeline import add_sample

UNDER_WAY = (StreamingState.QUEUED, StreamingState.WORKING)


def streaming(installation: Installation) -> Streaming | None:
    with installation.sessions() as db:
        return db.get(Streaming, 1)


def done(installation: Installation) -> Callable[[Recording], bool]:
    def is_done(_: Recording) -> bool:
        row = streaming(installation)
        return row is not None and row.state not in UNDER_WAY

    return is_done


def ladder(recording: Recording) -> Rendition:
    return next(made for made in recording.renditions if made.kind == RenditionKind.HLS)


def test_sizes_are_made_beside_the_words_through_three_kills(
    either_installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    installation = either_installation
    installation.environment["PODIUM_LADDER"] = "480,360"
    add_event(installation)
    add_sample(installation, sample_video("talk-en"))

    for wanted in (
        lambda row: row is not None,  # queued a moment ago
        lambda row: row.state == StreamingState.WORKING,
        lambda row: row.progress > 0,
    ):
        worker = installation.start_worker()

        def reached(_: Recording, wanted: Callable = wanted) -> bool:
            row = streaming(installation)
            return row is not None and (wanted(row) or row.state not in UNDER_WAY)

        installation.wait_for(reached, every=0.01)
        installation.kill(worker)
    installation.start_worker()
    installation.wait_for(done(installation))
    recording = installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))

    row = streaming(installation)
    assert (row.state, row.run, row.reason) == (StreamingState.DONE, 1, None)
    assert (recording.state, recording.failure) == (State.READY, None)
    assert recording.progress == 1.0
    made = ladder(recording)
    assert made.details["heights"] == [480, 360]
    place = (installation.settings.media / made.key).parent
    assert {path.name for path in place.iterdir()} == set(made.details["files"])
    for name in ("480.m3u8", "360.m3u8", "sound.m3u8"):
        track = read_track(place / name, name="talk")
        assert abs(track.duration - recording.duration) < 1
    assert len([kind for kind in recording.renditions if kind.kind == RenditionKind.SPRITES]) == 1


def test_command_that_works_alone_makes_the_sizes_too(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    installation.environment["PODIUM_LADDER"] = "360"
    add_event(installation)

    add_sample(installation, sample_video("talk-en"), "--wait")

    assert streaming(installation).state == StreamingState.DONE
    assert ladder(installation.recording()).details["heights"] == [360]
