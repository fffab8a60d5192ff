"""Sizes of a recording that plays: `kill -9` does not lose them, and who works alone makes them too."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.actions.make_streaming import UNDER_WAY, make_streaming
from archive.models.recording import Recording, Rendition, RenditionKind, Streaming, StreamingState
from archive.wiring import make_parts
from media.playlist import read_track
from tests import factories as make
from tests.pipeline.installation import Installation
from tests.pipeline.test_pipeline import add_sample


def streaming(installation: Installation) -> Streaming | None:
    with installation.sessions() as db:
        return db.get(Streaming, 1)


def ladder(recording: Recording) -> Rendition:
    return next(made for made in recording.renditions if made.kind == RenditionKind.HLS)


@pytest.mark.thorough
def test_sizes_survive_three_kills(
    either_installation: Installation, sample_video: Callable[[str], Path], tmp_path: Path
) -> None:
    installation = either_installation
    installation.environment["PODIUM_LADDER"] = "auto"
    parts = make_parts(installation.settings)
    with parts.sessions.begin() as db:
        recording = make.a_recording(db, make.a_session(db), duration=79.0)
        rendition = make.a_rendition(db, parts, recording)
        parts.store.put(Path(shutil.copy(sample_video("talk-en"), tmp_path)), rendition.key)
    make_streaming(parts, recording.id)

    for moment in (
        lambda row: row.state == StreamingState.WORKING,
        lambda row: row.progress > 0,
        lambda row: row.progress > 0.3,
    ):
        worker = installation.start_worker()
        installation.wait_for(
            lambda _, moment=moment: (
                moment(row := streaming(installation)) or row.state not in UNDER_WAY
            ),
            every=0.01,
        )
        installation.kill(worker)
    installation.start_worker()
    installation.wait_for(lambda _: streaming(installation).state not in UNDER_WAY)

    row, made = streaming(installation), ladder(installation.recording())
    assert (row.state, row.run, row.reason) == (StreamingState.DONE, 1, None)
    assert made.details["heights"] == [720, 480, 360]
    place = (installation.settings.media / made.key).parent
    assert {path.name for path in place.iterdir()} == set(made.details["files"])
    for name in ("720.m3u8", "480.m3u8", "360.m3u8", "sound.m3u8"):
        assert abs(read_track(place / name, name="talk").duration - 79) < 1
    kinds = [made.kind for made in installation.recording().renditions]
    assert sorted(kinds) == [RenditionKind.HLS, RenditionKind.SPRITES, RenditionKind.VIDEO]


def test_command_that_works_alone_makes_the_sizes_too(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    installation.environment["PODIUM_LADDER"] = "360"
    add_event(installation)

    add_sample(installation, sample_video("talk-en"), "--wait")

    assert streaming(installation).state == StreamingState.DONE
    assert ladder(installation.recording()).details["heights"] == [360]
