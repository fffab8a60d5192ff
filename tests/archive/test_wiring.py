"""Which parts there are is chosen in one place, by the settings."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.wiring import engines, make_parts, make_workshop, model_is_there, secret_key
from config import Settings
from transcripts.engines.apart import Apart
from transcripts.engines.engine import ModelMissing
from transcripts.engines.faster_whisper import FasterWhisper
from transcripts.engines.weights import CT2_FILES, VOCABULARIES
from transcripts.engines.whisper import OpenAIWhisper


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url="", _env_file=None)


def put_model(settings: Settings, name: str) -> None:
    """Files that look like a model, in the forms of both engines."""
    folder = settings.models / name / f"{name}-ct2"
    folder.mkdir(parents=True)
    for file in (*CT2_FILES, VOCABULARIES[0]):
        (folder / file).write_bytes(b"x")
    (settings.models / name / f"{name}.pt").write_bytes(b"x")


@pytest.mark.parametrize(
    "url",
    ["", "sqlite:///{home}/other.sqlite", "postgresql://nobody@127.0.0.1:1/podium"],
)
def test_parts_stand_on_the_database_of_the_settings(settings: Settings, url: str):
    chosen = settings.model_copy(update={"database_url": url.format(home=settings.home)})

    parts = make_parts(chosen)

    assert parts.engine.url.render_as_string(hide_password=False) == chosen.database
    parts.engine.dispose()


def test_values_of_the_settings_reach_the_parts(settings: Settings):
    chosen = settings.model_copy(
        update={
            "model": "turbo",
            "engine": "openai-whisper",
            "max_upload_bytes": 7,
            "reserve_bytes": 8,
            "site_name": "Archiv",
            "site_url": "https://archive.example.org/",
            "languages": ("en",),
            "timezone": "Europe/Vienna",
        }
    )

    parts = make_parts(chosen)

    assert (parts.model, parts.whisper) == ("turbo", "openai-whisper")
    assert (parts.upload_limit, parts.reserve) == (7, 8)
    assert (parts.site_name, parts.site_url) == ("Archiv", "https://archive.example.org")
    assert (parts.languages, parts.timezone) == (("en",), "Europe/Vienna")
    assert (parts.work, parts.models) == (chosen.work, chosen.models)
    parts.engine.dispose()


@pytest.mark.parametrize(
    ("name", "kind"), [("faster-whisper", FasterWhisper), ("openai-whisper", OpenAIWhisper)]
)
def test_engine_is_the_configured_one_with_the_model_asked_for(
    settings: Settings, name: str, kind: type
):
    put_model(settings, "tiny")
    chosen = settings.model_copy(update={"engine": name})

    engine = engines(chosen)("tiny")

    assert (type(engine), engine.name, engine.model) == (Apart, kind.name, "tiny")


def test_engine_last_used_stays_and_another_takes_its_place(settings: Settings):
    put_model(settings, "tiny")
    put_model(settings, "base")
    engine_of = engines(settings)

    first = engine_of("tiny")

    assert engine_of("tiny") is first
    assert engine_of("base").model == "base"
    assert engine_of("tiny") is not first


def test_model_that_is_not_there_is_named_and_never_replaced(settings: Settings):
    put_model(settings, "tiny")

    with pytest.raises(ModelMissing, match="models fetch small"):
        engines(settings)("small")

    is_there = model_is_there(settings)
    assert (is_there("tiny"), is_there("small"), is_there("nonsense")) == (True, False, False)


def test_workshop_has_the_name_of_its_worker(settings: Settings):
    parts = make_parts(settings)

    shop = make_workshop(settings, parts, "machine-7")

    assert (shop.worker, shop.parts) == ("machine-7", parts)
    assert (shop.chunk_seconds, shop.beam_size) == (settings.chunk_seconds, settings.beam_size)
    parts.engine.dispose()


def test_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path):
    first = secret_key.__wrapped__(tmp_path / "home")
    second = secret_key.__wrapped__(tmp_path / "home")

    assert first == second
    assert len(bytes.fromhex(first)) == 32
    assert (tmp_path / "home" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_installations_have_keys_of_their_own(tmp_path: Path):
    assert secret_key(tmp_path / "one") != secret_key(tmp_path / "two")


def test_processes_that_start_at_once_agree_on_a_key(tmp_path: Path):
    starters = 8
    start = threading.Barrier(starters)

    def begin(_: int) -> str:
        start.wait(timeout=60)
        return secret_key.__wrapped__(tmp_path / "home")

    with ThreadPoolExecutor(starters) as threads:
        keys = set(threads.map(begin, range(starters)))

    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret_key"]
