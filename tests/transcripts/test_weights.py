import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import whisper

from tests.transcripts import hub as hub_module
from tests.transcripts.hub import model_hub
from transcripts.engines.engine import EngineError, ModelMissing
from transcripts.engines.weights import (
    ENGINES,
    GB,
    SIZES,
    ModelFetchError,
    Size,
    catalogue,
    check,
    digest,
    fetch,
    free_bytes,
    installed,
    locate,
    remove,
)

ROOT = Path(__file__).resolve().parents[2]
FASTER, OPENAI = ENGINES
FILES = {
    "model.bin": b"weights" * 1000,
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a\nb",
    "preprocessor_config.json": b"{}",
}


def a_folder(path: Path, *without: str) -> Path:
    """A folder that has what a CTranslate2 model consists of, but no sense."""
    path.mkdir(parents=True)
    for name, content in FILES.items():
        if name not in without:
            (path / name).write_bytes(content)
    return path


def a_checkpoint(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"checkpoint")
    return path


# --- where models lie --------------------------------------------------------------------------


def test_model_of_a_name_lies_in_the_folder_of_models(tmp_path):
    folder = a_folder(tmp_path / "small" / "small-ct2")
    checkpoint = a_checkpoint(tmp_path / "small" / "small.pt")

    assert locate("small", FASTER, tmp_path) == folder
    assert locate("small", OPENAI, tmp_path) == checkpoint


def test_model_of_a_path_lies_there(tmp_path):
    folder = a_folder(tmp_path / "elsewhere" / "ours")
    checkpoint = a_checkpoint(tmp_path / "ours.pt")

    assert locate(str(folder), FASTER, tmp_path / "models") == folder
    assert locate(str(checkpoint), OPENAI, tmp_path / "models") == checkpoint


def test_model_in_the_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    checkpoint = a_checkpoint(tmp_path / "ours.pt")

    assert locate("~/ours.pt", OPENAI, tmp_path / "models") == checkpoint


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("small", "flask --app wsgi models fetch small"),
        ("samples", "flask --app wsgi prepare"),
        ("smal", "Known models: tiny, base, small, medium, turbo, large-v3, samples"),
        ("/nowhere/ours", "Look at /nowhere/ours: there is no f"),
    ],
)
def test_missing_model_says_what_to_do(tmp_path, engine, name, hint):
    with pytest.raises(ModelMissing) as caught:
        locate(name, engine, tmp_path)

    assert f"“{name}” is not here for {engine}" in str(caught.value)
    assert hint in str(caught.value)
    assert isinstance(caught.value, EngineError)


@pytest.mark.parametrize("file", ["model.bin", "config.json", "tokenizer.json"])
def test_check_names_the_file_that_is_missing(tmp_path, file):
    folder = a_folder(tmp_path / "small" / "small-ct2", file)

    assert check("small", FASTER, tmp_path) == [f"{folder / file} is missing"]


def test_check_wants_a_vocabulary_in_either_form(tmp_path):
    folder = a_folder(tmp_path / "small" / "small-ct2", "vocabulary.txt")
    problem = f"{folder} has neither vocabulary.json nor vocabulary.txt"

    assert check("small", FASTER, tmp_path) == [problem]

    (folder / "vocabulary.json").write_text("[]")
    assert check("small", FASTER, tmp_path) == []


def test_check_wants_the_number_of_mels_where_it_is_not_80(tmp_path):
    """Without it faster-whisper takes 80 mels, and the newer models hear nonsense."""
    for name in ("small", "turbo"):
        a_folder(tmp_path / name / f"{name}-ct2", "preprocessor_config.json")

    assert check("small", FASTER, tmp_path) == []
    assert check("turbo", FASTER, tmp_path) == [
        f"{tmp_path / 'turbo' / 'turbo-ct2' / 'preprocessor_config.json'} is missing"
    ]


def test_check_takes_an_empty_checkpoint_for_none(tmp_path):
    a_checkpoint(tmp_path / "small" / "small.pt").write_bytes(b"")

    assert check("small", OPENAI, tmp_path) == [
        f"there is no file {tmp_path / 'small' / 'small.pt'}"
    ]


def test_catalogue_says_which_engines_have_a_model(tmp_path):
    a_folder(tmp_path / "small" / "small-ct2")
    a_checkpoint(tmp_path / "samples" / "samples.pt")
    a_folder(tmp_path / "samples" / "samples-ct2")

    entries = {entry.name: entry for entry in catalogue(tmp_path)}

    assert list(entries) == list(SIZES)
    assert {name: entry.engines for name, entry in entries.items() if entry.engines} == {
        "small": (FASTER,),
        "samples": (FASTER, OPENAI),
    }
    assert (entries["small"].state, entries["tiny"].state) == ("here", "not fetched")
    assert entries["turbo"].size_bytes == SIZES["turbo"].disk


# --- which weights these are -------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 999_999, 2_500_000, 2_999_999])
def test_digest_differs_where_weights_differ_at_their_beginning_or_end(tmp_path, place):
    content = bytearray(3_000_000)
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(content)
    content[place] = 1
    other.write_bytes(content)

    assert digest(one) != digest(other)


def test_digest_differs_where_the_sizes_do(tmp_path):
    (tmp_path / "one").write_bytes(bytes(3_000_000))
    (tmp_path / "other").write_bytes(bytes(3_000_001))

    assert digest(tmp_path / "one") != digest(tmp_path / "other")


def test_digest_is_that_of_the_content(tmp_path):
    for name, content in {"a": b"same", "b": b"same", "c": b"same\0"}.items():
        (tmp_path / name).write_bytes(content)

    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


# --- fetching ----------------------------------------------------------------------------------


def fetch_from(hub: str, models: Path, name: str = "tiny") -> dict:
    """Fetches for faster-whisper in a process of its own: the hub's address is read at import."""
    program = (
        "import json, sys; from pathlib import Path\n"
        "from transcripts.engines.weights import ModelFetchError, fetch\n"
        "told = []\n"
        "tell = lambda done, total: told.append([done, total])\n"
        "name, models = sys.argv[1], Path(sys.argv[2])\n"
        "try: place, error = fetch(name, 'faster-whisper', models, progress=tell), ''\n"
        "except ModelFetchError as problem: place, error = '', str(problem)\n"
        "print(json.dumps({'place': str(place), 'error': error, 'told': told}))"
    )
    environment = {
        "HF_ENDPOINT": hub,
        "HF_HOME": str(models / "cache"),
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-c", program, name, models],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_fetched_folder_is_whole_and_its_progress_was_told(tmp_path):
    with model_hub(FILES) as hub:
        fetched = fetch_from(hub, tmp_path)

    folder = tmp_path / "tiny" / "tiny-ct2"
    assert (fetched["place"], fetched["error"]) == (str(folder), "")
    assert fetched["told"][-1] == [SIZES["tiny"].disk] * 2
    assert (folder / "model.bin").read_bytes() == FILES["model.bin"]
    assert check("tiny", FASTER, tmp_path) == []
    assert list(folder.parent.iterdir()) == [folder]


def test_model_that_is_here_is_not_fetched_again(tmp_path):
    folder = a_folder(tmp_path / "tiny" / "tiny-ct2")

    assert fetch("tiny", FASTER, tmp_path) == folder


def test_fetch_replaces_a_folder_that_is_not_whole(tmp_path):
    folder = a_folder(tmp_path / "tiny" / "tiny-ct2", "config.json")

    with model_hub(FILES) as hub:
        fetched = fetch_from(hub, tmp_path)

    assert fetched["error"] == ""
    assert (folder / "config.json").exists()


def test_fetch_without_a_network_says_what_else_can_be_done(tmp_path):
    with model_hub(FILES) as hub:
        pass

    error = fetch_from(hub, tmp_path)["error"]

    assert error.startswith("“tiny” could not be fetched: ")
    assert "Check the network of this machine." in error
    assert f"put it at {tmp_path / 'tiny' / 'tiny-ct2'}, or set PODIUM_MODEL" in error
    assert "\n" not in error
    assert check("tiny", FASTER, tmp_path) != []


def test_fetch_that_brings_half_a_model_leaves_nothing_that_looks_like_one(tmp_path):
    half = {name: content for name, content in FILES.items() if name != "tokenizer.json"}

    with model_hub(half) as hub:
        error = fetch_from(hub, tmp_path)["error"]

    assert error.startswith("“tiny” arrived incomplete: ")
    assert not (tmp_path / "tiny" / "tiny-ct2").exists()


def test_fetched_file_that_was_changed_on_the_way_is_refused_and_fetched_again(
    tmp_path, monkeypatch
):
    with model_hub(FILES) as hub:
        with monkeypatch.context() as patched:
            patched.setattr(hub_module, "oid", lambda _: "0" * 40)
            error = fetch_from(hub, tmp_path)["error"]
        left = check("tiny", FASTER, tmp_path)
        second = fetch_from(hub, tmp_path)

    assert (
        "model.bin, preprocessor_config.json, tokenizer.json, vocabulary.txt arrived with another"
        in error
    )
    assert left != []
    assert (second["error"], check("tiny", FASTER, tmp_path)) == ("", [])


@pytest.fixture
def published(monkeypatch):
    """Publishes a checkpoint as openai-whisper's “tiny”, under its true or a wrong hash."""

    def publish(hub: str, content: bytes, sha256: str = "") -> None:
        sha256 = sha256 or hashlib.sha256(content).hexdigest()
        monkeypatch.setitem(whisper._MODELS, "tiny", f"{hub}/models/{sha256}/tiny.pt")

    return publish


def test_fetched_checkpoint_is_the_published_one(tmp_path, published):
    told = []

    with model_hub({"tiny.pt": b"weights"}) as hub:
        published(hub, b"weights")
        place = fetch("tiny", OPENAI, tmp_path, progress=lambda *done: told.append(done))

    assert place == tmp_path / "tiny" / "tiny.pt"
    assert place.read_bytes() == b"weights"
    assert list(place.parent.iterdir()) == [place]
    assert told[-1] == (SIZES["tiny"].disk, SIZES["tiny"].disk)


def test_fetched_checkpoint_that_was_changed_on_the_way_is_refused(tmp_path, published):
    with model_hub({"tiny.pt": b"weights"}) as hub:
        published(hub, b"weights", sha256="0" * 64)
        with pytest.raises(ModelFetchError, match="SHA256"):
            fetch("tiny", OPENAI, tmp_path)

    assert not (tmp_path / "tiny" / "tiny.pt").exists()


@pytest.mark.parametrize("name", ["samples", "smal", "/somewhere/ours"])
def test_fetch_knows_published_models_only(tmp_path, name):
    known = "Known: tiny, base, small, medium, turbo, large-v3."

    with pytest.raises(ModelFetchError, match=f"“{name}” is not a published model. {known}"):
        fetch(name, FASTER, tmp_path)


def test_fetch_is_refused_where_the_disk_is_too_small(tmp_path, monkeypatch):
    monkeypatch.setitem(SIZES, "tiny", Size(10**9 * GB, GB, "larger than any disk"))

    with pytest.raises(
        ModelFetchError, match=r"needs 1000000000.0 GB, but only [\d.]+ GB are free"
    ):
        fetch("tiny", FASTER, tmp_path)


def test_free_disk_is_known_before_the_folder_is_made(tmp_path):
    assert free_bytes(tmp_path / "not" / "yet" / "made") > 0


# --- removing ----------------------------------------------------------------------------------


def test_removed_model_frees_what_it_took_for_every_engine(tmp_path):
    folder = a_folder(tmp_path / "small" / "small-ct2")
    checkpoint = a_checkpoint(tmp_path / "small" / "small.pt")
    part = a_folder(tmp_path / "small" / "small-ct2.part", "config.json")
    other = a_folder(tmp_path / "tiny" / "tiny-ct2")
    size = 2 * sum(map(len, FILES.values())) - len(FILES["config.json"]) + len(b"checkpoint")

    assert installed("small", tmp_path) == [folder, part, checkpoint]
    assert remove("small", tmp_path) == size
    assert installed("small", tmp_path) == []
    assert list(tmp_path.iterdir()) == [other.parent]


def test_files_of_other_names_stay(tmp_path):
    a_checkpoint(tmp_path / "small" / "small.pt")
    notes = tmp_path / "small" / "notes.txt"
    notes.write_text("ours")

    remove("small", tmp_path)

    assert [*notes.parent.iterdir()] == [notes]


@pytest.mark.parametrize("name", ["ours", "..", ".", "", "small/../ours", "{folder}/ours"])
def test_model_of_no_known_name_is_not_the_archives_to_remove(tmp_path, name):
    folder = a_folder(tmp_path / "ours" / "ours-ct2")
    name = name.format(folder=tmp_path)

    assert installed(name, tmp_path) == []
    assert remove(name, tmp_path) == 0
    assert folder.is_dir()


def test_what_a_link_points_to_stays(tmp_path):
    """A user's model, linked into the folder of models, whole or piece by piece."""
    theirs = a_folder(tmp_path / "theirs")
    (tmp_path / "models" / "small").mkdir(parents=True)
    (tmp_path / "models" / "small" / "small-ct2").symlink_to(theirs)
    (tmp_path / "models" / "tiny").symlink_to(theirs.parent)

    assert remove("small", tmp_path / "models") == remove("tiny", tmp_path / "models") == 0
    assert sorted(path.name for path in theirs.iterdir()) == sorted(FILES)
    assert installed("small", tmp_path / "models") == []
