"""From a file to a page that plays and can be searched, by real commands and a real worker."""

from collections.abc import Callable
from pathlib import Path

from archive.models.recording import RenditionKind, State
from tests.pipeline.installation import Installation
from transcripts.search.index import SearchIndex
from transcripts.search.query import parse
from transcripts.search.results import Filters

EVERYONE = frozenset({"public"})
STAFF = frozenset({"draft", "unlisted", "public"})


def add_sample(installation: Installation, video: Path, *more: str) -> None:
    installation.flask(
        "ingest",
        str(video),
        "--event",
        "probe",
        "--title",
        "Eine Probe",
        "--model",
        "samples",
        *more,
    )


def test_recording_becomes_playable_and_searchable(
    either_installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    installation = either_installation
    add_event(installation)
    add_sample(installation, sample_video("talk-de"), "--language", "de")
    installation.start_worker()

    recording = installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))

    assert (recording.state, recording.failure) == (State.READY, None)
    assert {r.kind for r in recording.renditions} >= {RenditionKind.VIDEO, RenditionKind.POSTER}
    assert recording.voices is None  # `_installed` switches that off
    cues = installation.cues()
    assert len(cues) > 10
    word = max((w.text.strip(".,?!") for cue in cues for w in cue.words), key=len)
    assert moments(installation, word, STAFF) > 0
    assert moments(installation, word, EVERYONE) == 0  # a draft is nobody's but the staff's


def test_page_plays_before_the_transcript_is_there(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    add_event(installation)
    add_sample(installation, sample_video("talk-en"))
    installation.start_worker()

    recording = installation.wait_for(
        lambda r: any(made.kind == RenditionKind.VIDEO for made in r.renditions)
    )

    assert recording.state in (State.QUEUED, State.WORKING)
    assert installation.cues() == ()


def test_recording_waits_for_its_model_and_goes_on_by_itself(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    add_event(installation)
    models = installation.home / "models"
    (models / "samples").rename(models / "away")
    add_sample(installation, sample_video("talk-en"))
    installation.start_worker()

    waiting = installation.wait_for(lambda r: r.state == State.WAITING_FOR_MODEL)
    assert any(made.kind == RenditionKind.VIDEO for made in waiting.renditions)

    (models / "away").rename(models / "samples")
    ready = installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))
    assert ready.state == State.READY
    assert installation.cues()


def test_ingest_waits_without_a_worker_by_working_itself(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    add_event(installation)

    done = installation.flask(
        "ingest",
        str(sample_video("talk-en")),
        "--event",
        "probe",
        "--title",
        "Allein",
        "--model",
        "samples",
        "--wait",
    )

    assert "Ready" in done.stdout
    assert installation.recording().state == State.READY


def test_same_file_twice_links_the_first(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    add_event(installation)
    add_sample(installation, sample_video("talk-en"))

    again = installation.flask(
        "ingest",
        str(sample_video("talk-en")),
        "--event",
        "probe",
        "--title",
        "Noch einmal",
        check=False,
    )

    assert again.returncode == 1
    assert "eine-probe" in again.stderr
    assert "Traceback" not in again.stderr
    assert len(installation.recordings()) == 1
    assert list((installation.home / "work" / "uploads").iterdir()) == []


def test_silence_fails_with_a_reason_and_publishes_nothing(
    installation: Installation, silent_video: Path, add_event
) -> None:
    add_event(installation)
    add_sample(installation, silent_video)
    installation.start_worker()

    recording = installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))

    assert (recording.state, recording.failure) == (State.FAILED, "no_speech")
    assert list((installation.home / "work").glob("recording-*")) == []
    assert [made.kind for made in recording.renditions] == [RenditionKind.POSTER]
    assert (installation.settings.media / recording.key).stat().st_size == recording.size
    assert recording.log


def moments(installation: Installation, words: str, visibilities: frozenset[str]) -> int:
    with installation.sessions() as db:
        results = SearchIndex().search(
            db.connection(), parse(words), Filters(visibilities=visibilities)
        )
    return results.total_moments
