"""What goes wrong on the way is tried again, told to a person, and costs no work that was done."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.actions.retry import retry
from archive.models.recording import Recording, RenditionKind, State, Step
from archive.wiring import make_parts
from tests.pipeline.installation import Installation
from tests.pipeline.test_pipeline import add_sample


def ended(recording: Recording) -> bool:
    return recording.state in (State.READY, State.FAILED)


def messages(recording: Recording) -> list[str]:
    return [entry.message for entry in recording.log]


@pytest.fixture
def blocked_folder(installation: Installation) -> Path:
    """A file where the pipeline wants the folder of its first recording: who needs it fails."""
    place = installation.home / "work" / "recording-1"
    place.touch()
    return place


def test_failed_step_is_tried_again_and_the_work_goes_on(
    installation: Installation,
    sample_video: Callable[[str], Path],
    add_event,
    blocked_folder: Path,
) -> None:
    add_event(installation)
    add_sample(installation, sample_video("talk-en"))
    installation.start_worker()
    installation.wait_for(lambda r: any("File exists" in m for m in messages(r)))
    blocked_folder.unlink()

    recording = installation.wait_for(ended)

    assert (recording.state, recording.failure) == (State.READY, None)
    assert recording.attempt == 1


@pytest.mark.thorough
def test_step_that_keeps_failing_stops_with_a_sentence_and_can_be_tried_again(
    installation: Installation,
    sample_video: Callable[[str], Path],
    add_event,
    blocked_folder: Path,
) -> None:
    add_event(installation)
    add_sample(installation, sample_video("talk-en"))
    installation.start_worker()

    failed = installation.wait_for(ended)
    tries = [entry.step for entry in failed.log if entry.message == "started"].count(Step.POSTER)
    blocked_folder.unlink()
    retry(make_parts(installation.settings), 1)
    recording = installation.wait_for(ended)

    assert (failed.state, failed.failure) == (State.FAILED, "unexpected")
    assert failed.failure_details["name"] == "talk-en.mp4"
    assert tries == 4
    assert (recording.state, recording.attempt) == (State.READY, 2)


@pytest.fixture
def small_disk(installation: Installation) -> Iterator[Callable[[str], None]]:
    """The store on a disk of two megabytes, which can be given another size."""
    media = installation.settings.media
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(media)],
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")

    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(media)], check=True)

    yield resize
    installation.stop()
    subprocess.run(["umount", "-l", str(media)], check=True)


@pytest.mark.thorough
def test_full_disk_stops_the_work_and_room_lets_it_go_on(
    installation: Installation,
    sample_video: Callable[[str], Path],
    add_event,
    small_disk: Callable[[str], None],
) -> None:
    installation.environment["PODIUM_RESERVE_BYTES"] = "0"
    add_event(installation)
    add_sample(installation, sample_video("talk-en"))
    installation.start_worker()

    failed = installation.wait_for(ended)
    original = (installation.settings.media / failed.key).read_bytes()
    small_disk("50m")
    recording = installation.wait_for(lambda r: r.state == State.READY)

    assert (failed.state, failed.failure) == (State.FAILED, "no_space")
    assert original == sample_video("talk-en").read_bytes()
    assert recording.attempt == 2
    assert installation.cues()


def test_command_that_waits_says_why_a_recording_failed(
    installation: Installation, silent_video: Path, add_event
) -> None:
    add_event(installation)

    refused = installation.flask(
        *("ingest", str(silent_video), "--event", "probe", "--title", "Stille", "--wait"),
        check=False,
    )

    assert refused.returncode == 1
    assert "Nobody speaks in “silent.mp4”." in refused.stderr
    assert "Traceback" not in refused.stderr


def test_recording_without_speech_is_published_by_decision(
    installation: Installation, silent_video: Path, add_event
) -> None:
    add_event(installation)
    add_sample(installation, silent_video)
    installation.start_worker()
    installation.wait_for(ended)

    retry(make_parts(installation.settings), 1, wordless=True)
    recording = installation.wait_for(ended)

    assert recording.state == State.READY
    assert RenditionKind.VIDEO in {made.kind for made in recording.renditions}
    assert installation.cues() == ()


def test_wrong_extension_does_not_matter_and_sound_alone_becomes_an_audio_page(
    installation: Installation,
    sample_video: Callable[[str], Path],
    add_event,
    tmp_path: Path,
) -> None:
    add_event(installation)
    video = shutil.copy(sample_video("talk-en"), tmp_path / "video.mp3")
    sound = tmp_path / "sound.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", video, "-vn", "-t", "30", "-f", "ogg", sound], check=True
    )
    add_sample(installation, Path(video))
    add_sample(installation, sound)
    installation.start_worker()

    video, audio = [
        {made.kind for made in installation.wait_for(ended, recording_id=id_).renditions}
        for id_ in (1, 2)
    ]

    assert video >= {RenditionKind.VIDEO, RenditionKind.POSTER}
    assert audio == {RenditionKind.AUDIO}


REFUSED = {
    "empty.mp4": (b"", "is empty"),
    "noise.mp4": (bytes(range(256)) * 40, "not a video or audio file"),
    "playlist.mp4": (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "playlist"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_command_line_refuses_what_is_no_recording(
    installation: Installation, add_event, tmp_path: Path, name: str
) -> None:
    content, reason = REFUSED[name]
    add_event(installation)
    file = tmp_path / name
    file.write_bytes(content)

    refused = installation.flask(
        "ingest", str(file), "--event", "probe", "--title", "Nichts", check=False
    )

    assert refused.returncode == 1
    assert name in refused.stderr and reason in refused.stderr
    assert "Traceback" not in refused.stderr
    assert installation.recordings() == []
