"""`flask models`: what is there, what is missing, and what to do where nothing can be fetched."""

import shutil
import socket
from pathlib import Path

import pytest

from config import Settings
from tests.archive.cli.conftest import Run
from tests.pipeline.installation import Installation
from transcripts.engines import weights
from transcripts.engines.weights import CT2_FILES, SIZES, VOCABULARIES


@pytest.fixture
def small(settings: Settings) -> Path:
    """The files of the model `small` for faster-whisper."""
    folder = settings.models / "small" / "small-ct2"
    folder.mkdir(parents=True)
    for name in (*CT2_FILES, VOCABULARIES[0]):
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with 1.2 GB free."""
    usage = shutil._ntuple_diskusage(10**10, 10**10 - 1_200_000_000, 1_200_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


def test_list_names_every_model_and_marks_the_configured(run: Run, small: Path):
    lines = run("models", "list").output.splitlines()

    assert [line[2:].split()[0] for line in lines[:-2]] == list(SIZES)
    assert [line for line in lines[:-2] if line.startswith("*")] == [
        "* small      here          484.0 MB on disk, about 2.0 GB of memory"
        "  a good start on a computer without GPU"
    ]
    assert "not fetched" in next(line for line in lines if "large-v3" in line)
    assert lines[-2] == "* configured, for faster-whisper (PODIUM_MODEL, PODIUM_ENGINE)"


def test_list_says_how_much_disk_is_free(run: Run, settings: Settings, disk: None):
    line = run("models", "list").output.splitlines()[-1]

    assert line == f"1.2 GB are free in {settings.models}."


@pytest.mark.parametrize("name", [(), ("small",)], ids=["configured", "named"])
def test_whole_model_is_complete(run: Run, small: Path, name: tuple[str, ...]):
    done = run("models", "check", *name)

    assert (done.exit_code, done.output) == (0, "small is complete for faster-whisper.\n")


def test_model_that_lacks_files_names_them(run: Run, small: Path):
    for name in ("model.bin", "tokenizer.json"):
        (small / name).unlink()

    done = run("models", "check")

    assert (done.exit_code, done.output.splitlines()) == (
        1,
        [
            "Error: small cannot be used with faster-whisper:",
            f"{small}/model.bin is missing",
            f"{small}/tokenizer.json is missing",
        ],
    )


def test_model_that_is_not_there_says_where_it_would_be(run: Run, settings: Settings):
    done = run("models", "check", "turbo")

    assert done.exit_code == 1
    assert f"there is no folder {settings.models}/turbo/turbo-ct2" in done.output


def test_model_that_is_there_is_not_fetched_again(run: Run, small: Path):
    done = run("models", "fetch", "small")

    assert (done.exit_code, done.output) == (0, f"small is there: {small}\n")


@pytest.mark.parametrize("name", ["huge", "samples", "../x"])
def test_model_that_nobody_publishes_is_refused_with_those_there_are(run: Run, name: str):
    done = run("models", "fetch", name)

    assert (done.exit_code, done.output) == (
        1,
        f"Error: “{name}” is not a published model."
        " Known: tiny, base, small, medium, turbo, large-v3.\n",
    )


@pytest.mark.parametrize(
    ("engine", "place"),
    [("faster-whisper", "tiny/tiny-ct2"), ("openai-whisper", "tiny/tiny.pt")],
)
def test_machine_without_network_is_told_what_else_can_be_done(
    tmp_path: Path, engine: str, place: str
):
    """The real command, with nobody at the address of the hub."""
    nobody = f"http://127.0.0.1:{a_closed_port()}"
    installation = Installation(
        tmp_path / "home", PODIUM_ENGINE=engine, HF_ENDPOINT=nobody, HTTPS_PROXY=nobody
    )

    done = installation.flask("models", "fetch", "tiny", check=False)

    said = done.stderr.splitlines()[-1]
    where = installation.settings.models / place
    assert done.returncode == 1
    assert said.startswith("Error: “tiny” could not be fetched: ")
    assert said.endswith(
        "Check the network of this machine. A machine without internet takes the model as a copy:"
        f" put it at {where}, or set PODIUM_MODEL to its path."
    )
    assert "Traceback" not in done.stderr
    assert not where.exists()


def a_closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_fetched_model_can_be_used(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    def bring(name: str, part: Path) -> None:
        part.mkdir()
        for file in (*CT2_FILES, VOCABULARIES[0]):
            (part / file).write_bytes(b"x")

    monkeypatch.setattr(weights, "_bring_ct2", bring)

    done = run("models", "fetch", "tiny")

    place = settings.models / "tiny" / "tiny-ct2"
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, f"tiny is there: {place}")
    assert run("models", "check", "tiny").exit_code == 0


def test_fetch_says_before_it_begins_what_the_model_takes(
    run: Run, settings: Settings, disk: None, monkeypatch: pytest.MonkeyPatch
):
    def refuse(name: str, part: Path) -> None:
        raise OSError("no network")

    monkeypatch.setattr(weights, "_bring_ct2", refuse)

    done = run("models", "fetch", "tiny")

    assert done.output.splitlines()[0] == (
        "tiny needs 75.0 MB on disk, and about 1.0 GB of memory when it works."
        f" 1.2 GB are free in {settings.models}."
    )


def test_fetch_is_refused_where_the_disk_is_too_full(run: Run, settings: Settings, disk: None):
    done = run("models", "fetch", "large-v3")

    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "large-v3 needs 3.1 GB on disk, and about 10.0 GB of memory when it works."
        f" 1.2 GB are free in {settings.models}.",
        f"Error: “large-v3” needs 3.1 GB, but only 1.2 GB are free in {settings.models}.",
    ]


def test_disk_too_small_for_the_model_is_told_before_anything_is_fetched(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    huge = weights.Size(10**18, 0, "")
    monkeypatch.setitem(weights.SIZES, "tiny", huge)

    done = run("models", "fetch", "tiny")

    assert done.exit_code == 1
    assert "Error: “tiny” needs 1000000000.0 GB, but only " in done.output
    assert done.output.endswith(f" are free in {settings.models}.\n")


# --- remove ------------------------------------------------------------------------------------


def test_removed_model_is_gone_and_the_disk_it_took_is_told(run: Run, small: Path):
    (small / "model.bin").write_bytes(bytes(1_500_000))

    done = run("models", "remove", "small", "--yes")

    assert (done.exit_code, done.output.splitlines()) == (
        0,
        [
            f"   1.5 MB  {small}",
            "small is the configured model: without it nothing can be transcribed.",
            "small is removed; 1.5 MB are free again.",
        ],
    )
    assert not small.exists()
    assert run("models", "check", "small").exit_code == 1


@pytest.mark.parametrize(("answer", "stays"), [("y\n", False), ("n\n", True), ("", True)])
def test_model_is_removed_only_if_one_says_so(run: Run, small: Path, answer: str, stays: bool):
    done = run("models", "remove", "small", input=answer)

    assert "Remove small? [y/N]" in done.output
    assert (small.exists(), done.exit_code) == (stays, 1 if stays else 0)


@pytest.mark.parametrize("name", ["tiny", "ours", "../small"])
def test_model_that_is_not_there_is_not_removed(
    run: Run, settings: Settings, small: Path, name: str
):
    done = run("models", "remove", name, "--yes")

    assert (done.exit_code, done.output) == (
        1,
        f"Error: There is no model “{name}” in {settings.models}. Models elsewhere are never removed"
        " from here. See which there are with: flask --app wsgi models list"
        "\n",
    )
    assert small.exists()


def test_model_of_a_path_is_never_removed(run: Run, tmp_path: Path):
    theirs = tmp_path / "theirs.pt"
    theirs.write_bytes(b"x")

    assert run("models", "remove", str(theirs), "--yes").exit_code == 1
    assert theirs.exists()
