"""Every setting has a name, a default and a sentence; what cannot be is refused in a sentence."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import ROOT, Settings, read_settings
from media.hls import HEIGHTS
from tests.conftest import ROOT as CHECKOUT

OWN_NAMES = {"database_url": "DATABASE_URL", "port": "PORT"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting comes from the machine that the tests run on."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PODIUM_{name.upper()}", raising=False)
    for name in OWN_NAMES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_described_in_a_sentence(name: str):
    description = Settings.model_fields[name].description

    assert description[0].isupper() and description.endswith(".")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_has_a_default_that_is_accepted(name: str):
    default = Settings.model_fields[name].get_default()

    assert getattr(Settings(**{name: default}), name) == default


OTHER = {
    "home": ("/srv/podium", Path("/srv/podium")),
    "database_url": ("postgresql://db/podium", "postgresql://db/podium"),
    "port": ("9000", 9000),
    "site_name": ("Archiv der Tage", "Archiv der Tage"),
    "site_url": ("https://archive.example.org", "https://archive.example.org"),
    "languages": ("en, de", ("en", "de")),
    "timezone": ("America/New_York", "America/New_York"),
    "secure_cookies": ("yes", True),
    "trusted_proxies": ("2", 2),
    "model": ("/srv/models/large", "/srv/models/large"),
    "engine": ("openai-whisper", "openai-whisper"),
    "device": ("cuda", "cuda"),
    "compute_type": ("float16", "float16"),
    "threads": ("4", 4),
    "beam_size": ("1", 1),
    "chunk_seconds": ("30", 30.0),
    "voices": ("no", False),
    "ladder": ("360, 720", (720, 360)),
    "idle_seconds": ("60", 60.0),
    "max_upload_bytes": ("1000", 1000),
    "reserve_bytes": ("0", 0),
    "worker_name": ("machine-7", "machine-7"),
    "smtp_host": ("mail.example.org", "mail.example.org"),
    "smtp_port": ("587", 587),
    "smtp_user": ("podium", "podium"),
    "smtp_password": ("geheim", "geheim"),
    "smtp_security": ("starttls", "starttls"),
    "mail_from": ("Podium <podium@example.org>", "Podium <podium@example.org>"),
    "log_format": ("json", "json"),
}


def test_every_setting_is_tried_below():
    assert set(OTHER) == set(Settings.model_fields)


@pytest.mark.parametrize("name", OTHER)
def test_setting_is_read_from_its_variable_alone(monkeypatch: pytest.MonkeyPatch, name: str):
    text, value = OTHER[name]
    monkeypatch.setenv(OWN_NAMES.get(name, f"PODIUM_{name.upper()}"), text)

    settings = Settings()

    assert getattr(settings, name) == value
    assert settings.model_fields_set == {name}


@pytest.mark.parametrize("name", OWN_NAMES)
def test_well_known_names_have_a_second(monkeypatch: pytest.MonkeyPatch, name: str):
    text, value = OTHER[name]
    monkeypatch.setenv(f"PODIUM_{name.upper()}", text)

    assert getattr(Settings(), name) == value


@pytest.mark.parametrize("name", OTHER)
def test_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(OWN_NAMES.get(name, f"PODIUM_{name.upper()}"), "")

    assert Settings().model_fields_set == set()


def test_settings_are_read_from_a_file_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    file = tmp_path / ".env"
    file.write_text("# settings\nPODIUM_MODEL=turbo\nexport PORT='9000'\nUNKNOWN=1\n")
    monkeypatch.setenv("PORT", "9001")

    settings = Settings(_env_file=file)

    assert (settings.model, settings.port) == ("turbo", 9001)


# What follows from them ---------------------------------------------------------------------


def test_home_is_where_everything_is_kept(tmp_path: Path):
    settings = Settings(home=tmp_path)

    assert (settings.media, settings.models, settings.work) == (
        tmp_path / "media",
        tmp_path / "models",
        tmp_path / "work",
    )
    assert settings.database == f"sqlite:///{tmp_path}/podium.sqlite"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("instance", Path.cwd() / "instance"),
        ("~/podium", Path.home() / "podium"),
        ("/srv/podium", Path("/srv/podium")),
    ],
)
def test_home_is_absolute(given: str, meant: Path):
    assert Settings(home=given).home == meant


def test_home_is_beside_the_code_unless_told_otherwise():
    assert Settings().home == CHECKOUT / "instance" == ROOT / "instance"


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("postgresql://u:p@db/podium", "postgresql+psycopg://u:p@db/podium"),
        ("postgres://db/podium", "postgresql+psycopg://db/podium"),
        ("postgresql+psycopg://db/podium", "postgresql+psycopg://db/podium"),
        ("sqlite:////srv/p.sqlite", "sqlite:////srv/p.sqlite"),
    ],
)
def test_plain_postgres_url_means_psycopg(url: str, meant: str):
    assert Settings(database_url=url).database == meant


@pytest.mark.parametrize(
    ("text", "heights"),
    [
        ("auto", HEIGHTS),
        ("Off", ()),
        ("360", (360,)),
        ("360,1080,360", (1080, 360)),
    ],
)
def test_heights_are_named_or_listed(text: str, heights: tuple[int, ...]):
    assert Settings(ladder=text).ladder == heights


# What cannot be -----------------------------------------------------------------------------

REFUSED: dict[tuple[str, str], str] = {
    ("PORT", "0"): "Input should be greater than or equal to 1",
    ("PORT", "65536"): "Input should be less than or equal to 65535",
    ("PORT", "http"): "Input should be a valid integer, unable to parse string as an integer",
    ("DATABASE_URL", "mysql://db/podium"): "it must begin with sqlite: or postgresql:",
    ("DATABASE_URL", "podium.sqlite"): "it must begin with sqlite: or postgresql:",
    ("PODIUM_SITE_URL", "archive.example.org"): (
        "it must begin with https:// or http:// and name a host"
    ),
    ("PODIUM_SITE_URL", "https://"): "it must begin with https:// or http:// and name a host",
    ("PODIUM_LANGUAGES", "de,klingon"): ("there is no language “klingon”; write for example de,en"),
    ("PODIUM_LANGUAGES", " , "): ("Tuple should have at least 1 item after validation, not 0"),
    ("PODIUM_TIMEZONE", "Mars/Olympus"): (
        "there is no such time zone; write for example Europe/Berlin"
    ),
    ("PODIUM_ENGINE", "whisper"): "Input should be 'faster-whisper' or 'openai-whisper'",
    ("PODIUM_LOG_FORMAT", "xml"): "Input should be 'console' or 'json'",
    ("PODIUM_SMTP_PORT", "0"): "Input should be greater than or equal to 1",
    ("PODIUM_SMTP_SECURITY", "ssl"): "Input should be 'none', 'starttls' or 'tls'",
    ("PODIUM_MAIL_FROM", "podium"): ("it must be a mail address, for example podium@example.org"),
    ("PODIUM_SECURE_COOKIES", "perhaps"): (
        "Input should be a valid boolean, unable to interpret input"
    ),
    ("PODIUM_TRUSTED_PROXIES", "-1"): "Input should be greater than or equal to 0",
    ("PODIUM_THREADS", "-1"): "Input should be greater than or equal to 0",
    ("PODIUM_BEAM_SIZE", "0"): "Input should be greater than or equal to 1",
    ("PODIUM_CHUNK_SECONDS", "5"): "Input should be greater than or equal to 20",
    ("PODIUM_CHUNK_SECONDS", "361"): "Input should be less than or equal to 360",
    ("PODIUM_MAX_UPLOAD_BYTES", "20 GB"): (
        "Input should be a valid integer, unable to parse string as an integer"
    ),
    ("PODIUM_MAX_UPLOAD_BYTES", "0"): "Input should be greater than 0",
    ("PODIUM_RESERVE_BYTES", "-1"): "Input should be greater than or equal to 0",
    ("PODIUM_LADDER", "yes"): "it must be auto, off, or heights among 1080, 720, 480 and 360",
    ("PODIUM_LADDER", "720,off"): "it must be auto, off, or heights among 1080, 720, 480 and 360",
    ("PODIUM_LADDER", "2160"): "it must be auto, off, or heights among 1080, 720, 480 and 360",
}


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_value_that_cannot_be_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
):
    monkeypatch.setenv(name, text)

    with pytest.raises(SystemExit) as ended:
        read_settings()

    shown: Any = "()" if text == " , " else text
    assert ended.value.code == f"{name} is “{shown}”: {REFUSED[name, text]}."


def test_everything_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("PODIUM_BEAM_SIZE", "0")

    with pytest.raises(SystemExit) as ended:
        read_settings()

    assert [line.split()[0] for line in ended.value.code.splitlines()] == [
        "PORT",
        "PODIUM_BEAM_SIZE",
    ]


def test_server_and_commands_end_with_the_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PODIUM_HOME", str(tmp_path))
    monkeypatch.setenv("PODIUM_TIMEZONE", "Berlin")

    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "users", "list"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "PODIUM_TIMEZONE is “Berlin”: there is no such time zone; write for example Europe/Berlin."
    )
    assert "Traceback" not in done.stderr
