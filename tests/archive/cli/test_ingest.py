"""`flask ingest`: a file of this machine becomes a recording, or nothing changes and it is said."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from archive.models.recording import Recording, State
from archive.parts import Parts
from config import Settings
from tests import factories as make
from tests.archive.actions.arrivals import queued
from tests.archive.actions.finding import VISITORS, found
from tests.archive.cli.conftest import Run


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return shutil.copy(make.sample_files()["video"], tmp_path / "Mitschnitt Tag 1.mp4")


@pytest.fixture(autouse=True)
def programme(db: DatabaseSession) -> Session:
    """Two events, and in the first a session."""
    session = make.a_session(
        db, make.an_event(db, slug="event"), slug="talk", title="Ein Vortrag", language="de"
    )
    make.an_event(db, slug="another")
    db.commit()
    return session


def counts(db: DatabaseSession) -> tuple[int, int]:
    """Sessions and recordings."""
    return tuple(db.scalar(select(func.count()).select_from(t)) for t in (Session, Recording))


def kept(settings: Settings) -> list[Path]:
    """All files of the store, and all that wait to get there."""
    folders = (settings.media, settings.work / "uploads")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_file_becomes_a_recording_of_the_session(
    run: Run, db: DatabaseSession, parts: Parts, settings: Settings, video: Path
):
    content = video.read_bytes()

    done = run("ingest", video, "--session", "talk")

    recording = db.scalars(select(Recording)).one()
    assert (done.exit_code, done.output) == (0, "“Mitschnitt Tag 1.mp4” is recording 1.\n")
    assert recording.session.slug == "talk"
    assert (recording.original_name, recording.state) == ("Mitschnitt Tag 1.mp4", State.QUEUED)
    assert (recording.language, recording.model) == ("de", "small")
    assert parts.store.path(recording.key).read_bytes() == content
    assert video.read_bytes() == content  # the file of this machine stays
    assert queued(db) == ["make_playable-1-1"]
    assert kept(settings) == [parts.store.path(recording.key)]


def test_language_and_model_are_those_asked_for(run: Run, db: DatabaseSession, video: Path):
    run("ingest", video, "--session", "talk", "--language", "en", "--model", "turbo")

    recording = db.scalars(select(Recording)).one()
    assert (recording.language, recording.model) == ("en", "turbo")


def test_event_and_title_make_a_new_session_which_is_a_draft(
    run: Run, db: DatabaseSession, parts: Parts, video: Path
):
    done = run(
        *("ingest", video, "--event", "event", "--title", " Häuser aus Glas "),
        *("--language", "de"),
    )

    session = db.scalars(select(Session).where(Session.slug != "talk")).one()
    assert done.output == (
        "New session, a draft: /sessions/haeuser-aus-glas\n“Mitschnitt Tag 1.mp4” is recording 1.\n"
    )
    assert (session.title, session.language) == ("Häuser aus Glas", "de")
    assert (session.visibility, session.event.slug) == ("draft", "event")
    assert db.scalars(select(Recording.session_id)).all() == [session.id]
    assert found(parts, db, "Glas") == ["haeuser-aus-glas"]
    assert found(parts, db, "Glas", VISITORS) == []


NEITHER = "Say where the recording belongs: --session SLUG, or --event SLUG --title TEXT."
BOTH = "Give either --session, or --event and --title for a new one; not both."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), NEITHER),
        (("--event", "event"), NEITHER),
        (("--title", "Neu"), NEITHER),
        (("--event", "event", "--title", " "), NEITHER),
        (("--session", "talk", "--event", "event"), BOTH),
        (("--session", "talk", "--title", "Neu"), BOTH),
        (("--session", "talk", "--event", "event", "--title", "Neu"), BOTH),
        (
            ("--session", "nothing"),
            "There is no session “nothing”. Its slug is the last part of its address.",
        ),
        (
            ("--event", "nothing", "--title", "Neu"),
            "There is no event “nothing”. Known events: another, event.",
        ),
        (
            ("--session", "talk", "--language", "deutsch"),
            "There is no language “deutsch”; write for example de or de,en.",
        ),
        (
            ("--session", "talk", "--language", "de,"),
            "There is no language “”; write for example de or de,en.",
        ),
        (
            ("--event", "event", "--title", "Neu", "--model", "huge"),
            "The Whisper model “huge” is not here for faster-whisper. Known models: tiny, base,"
            " small, medium, turbo, large-v3, samples; or give the path of a folder or"
            " checkpoint.",
        ),
    ],
)
def test_unclear_place_or_wish_is_refused(
    run: Run,
    db: DatabaseSession,
    settings: Settings,
    video: Path,
    options: tuple[str, ...],
    sentence: str,
):
    done = run("ingest", video, *options)

    assert (done.exit_code, done.output) == (1, f"Error: {sentence}\n")
    assert (counts(db), kept(settings)) == ((1, 0), [])


@pytest.mark.parametrize("place", [("--session", "talk"), ("--event", "event", "--title", "Neu")])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "“x.mp4” is empty"),
        (b"Guten Tag. " * 500, "“x.mp4” is "),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "“x.mp4” is a playlist"),
    ],
    ids=["empty", "text", "playlist"],
)
def test_file_that_is_no_recording_is_refused_by_name(
    run: Run,
    db: DatabaseSession,
    settings: Settings,
    tmp_path: Path,
    place: tuple[str, ...],
    content: bytes,
    said: str,
):
    file = tmp_path / "x.mp4"
    file.write_bytes(content)

    done = run("ingest", file, *place)

    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {said}")
    assert (counts(db), kept(settings)) == ((1, 0), [])


@pytest.mark.parametrize("place", [("--session", "talk"), ("--event", "event", "--title", "Neu")])
def test_same_file_twice_names_the_first_and_adds_nothing(
    run: Run,
    db: DatabaseSession,
    settings: Settings,
    video: Path,
    tmp_path: Path,
    place: tuple[str, ...],
):
    run("ingest", video, "--session", "talk")
    before = kept(settings)
    copy = shutil.copy(video, tmp_path / "kopie.mp4")

    done = run("ingest", copy, *place)

    assert (done.exit_code, done.output) == (
        1,
        "Error: “kopie.mp4”: the same file already belongs to the session “Ein Vortrag” (talk)."
        " Nothing was added.\n",
    )
    assert (counts(db), kept(settings)) == ((1, 1), before)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"upload_limit": 1000}, "“Mitschnitt Tag 1.mp4” is larger than the 0.0 GB"),
        ({"reserve": 10**18}, "There is no room for “Mitschnitt Tag 1.mp4”"),
    ],
    ids=["too large", "no room"],
)
def test_file_that_cannot_be_kept_is_refused_by_name(
    run: Run,
    db: DatabaseSession,
    parts: Parts,
    settings: Settings,
    video: Path,
    limit: dict[str, int],
    said: str,
):
    for name, value in limit.items():
        object.__setattr__(parts, name, value)

    done = run("ingest", video, "--event", "event", "--title", "Neu")

    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {said}")
    assert (counts(db), kept(settings)) == ((1, 0), [])


def test_file_that_does_not_exist_is_named(run: Run, db: DatabaseSession):
    done = run("ingest", "/nowhere/x.mp4", "--session", "talk")

    assert done.exit_code == 2
    assert "'/nowhere/x.mp4' does not exist" in done.output


def test_first_of_several_languages_is_the_main_one(run: Run, db: DatabaseSession, video: Path):
    run("ingest", video, "--event", "event", "--title", "Neu", "--language", "de, en,de")

    recording = db.scalars(select(Recording)).one()
    spoken = [(r.language, r.other_languages) for r in (recording, recording.session)]
    assert spoken == [("de", ["en"])] * 2
