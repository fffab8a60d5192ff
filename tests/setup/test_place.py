"""Set-up reads the few settings it needs just as `config.py` will read them."""

import os
from pathlib import Path

import pytest

from config import Settings
from setup import place

LINES = {
    "PORT=8001": "8001",
    "PORT = 8001": "8001",
    "  PORT=8001  ": "8001",
    "export PORT=8001": "8001",
    "  export   PORT=8001": "8001",
    "PORT='8001'": "8001",
    'PORT="8001"': "8001",
    "PORT=8001 # where it listens": "8001",
    "PORT='8001' # where it listens": "8001",
    "# PORT=9\nPORT=8001\n# PORT=10": "8001",
    "PORT=8001\nPORT=8002": "8002",
    "": "",
    "PORT=": "",
    "PORT=''": "",
    "# PORT=8001": "",
    "  # PORT=8001": "",
    "PORT": "",
    "PORTS=8001": "",
}
HOMES = {
    "PODIUM_HOME=/srv/podium": "/srv/podium",
    "PODIUM_HOME='/srv/my podium'": "/srv/my podium",
    'PODIUM_HOME="/srv/a # b"': "/srv/a # b",
    "PODIUM_HOME=/srv/my podium # there": "/srv/my podium",
    "PODIUM_HOME=/srv/a#b": "/srv/a#b",
    "PODIUM_HOME=/srv/Größe": "/srv/Größe",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "PODIUM_PORT", "PODIUM_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, without a file of settings."""
    monkeypatch.setattr(place, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("content", LINES)
def test_line_of_the_file_is_read_as_the_app_reads_it(root: Path, content: str):
    (root / ".env").write_text(content, encoding="utf-8")

    assert place.setting("PORT", "") == LINES[content]
    assert str(Settings(_env_file=root / ".env").port) == (LINES[content] or "8000")


@pytest.mark.parametrize("content", HOMES)
def test_home_of_the_file_is_read_as_the_app_reads_it(root: Path, content: str):
    (root / ".env").write_text(content, encoding="utf-8")

    assert place.home() == Settings(_env_file=root / ".env").home == Path(HOMES[content])


def test_environment_goes_before_the_file(root: Path, monkeypatch: pytest.MonkeyPatch):
    (root / ".env").write_text("PORT=8001")
    monkeypatch.setenv("PORT", "8002")

    assert place.port() == 8002


def test_empty_variable_is_as_good_as_none(root: Path, monkeypatch: pytest.MonkeyPatch):
    (root / ".env").write_text("PORT=8001")
    monkeypatch.setenv("PORT", "")

    assert place.port() == Settings(_env_file=root / ".env").port == 8001


def test_defaults_are_those_of_the_app(root: Path):
    assert place.port() == Settings.model_fields["port"].default
    assert place.home() == root / "instance"


@pytest.mark.parametrize(
    ("given", "meant"),
    [("data", "{root}/data"), ("../data", "{parent}/data"), ("~/data", "{user}/data")],
)
def test_home_is_absolute(root: Path, monkeypatch: pytest.MonkeyPatch, given: str, meant: str):
    monkeypatch.setenv("PODIUM_HOME", given)

    expected = meant.format(root=root, parent=root.parent, user=Path.home())
    assert str(place.home()) == expected


@pytest.mark.parametrize("text", ["1", "8000", "65535"])
def test_port_is_a_number(root: Path, monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("PORT", text)

    assert place.port() == int(text)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "80.0", "8000 8001", "1e3"])
def test_port_that_cannot_be_is_named(root: Path, monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(
        ValueError, match=f"^PORT is “{text}”; a number from 1 to 65535 is needed.$"
    ):
        place.port()


def test_second_name_of_the_port_is_read_after_the_first(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PODIUM_PORT", "8003")
    assert place.port() == 8003

    monkeypatch.setenv("PORT", "8004")
    assert place.port() == 8004


def test_programs_find_the_environment_first_and_one_absolute_home(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PODIUM_HOME", "data")

    environment = place.command_environment()

    assert environment["PATH"].split(os.pathsep)[0] == str(place.VENV / "bin")
    assert environment["PODIUM_HOME"] == str(root / "data")
    assert environment["VIRTUAL_ENV"] == str(place.VENV)
