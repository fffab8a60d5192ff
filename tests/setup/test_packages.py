"""Python packages are installed once for each set of pins."""

import re
import sys
from pathlib import Path

import pytest

from setup import packages, say
from tests.setup.programs import put

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_text(f"contents of {path.name}")
    return paths


def test_fingerprint_of_the_same_is_the_same(files: list[Path]):
    before = packages.fingerprint(files)
    for path in files:
        path.write_text(path.read_text())

    assert packages.fingerprint(files) == before


def test_fingerprint_is_of_contents_not_of_names(files: list[Path], tmp_path: Path):
    before = packages.fingerprint(files)

    moved = [path.rename(path.with_name(f"new-{path.name}")) for path in files]

    assert packages.fingerprint(moved) == before


def test_fingerprint_changes_with_everything_that_matters(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
):
    found = [packages.fingerprint(files), packages.fingerprint(files[::-1])]
    found.append(packages.fingerprint(files[:1]))
    files[1].write_text("other contents")
    found.append(packages.fingerprint(files))
    monkeypatch.setattr(sys, "version", "3.99")
    found.append(packages.fingerprint(files))

    assert len(set(found)) == len(found)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with two files of pins, and an environment whose Python notes what it is told."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("requirements.txt", "requirements-dev.txt", packages.LOCK):
        (root / name).write_text(f"# {name}\n")
    put(root / "venv/bin", python=f'echo "$@" >> {root}/calls')
    return root


def install(root: Path, *names: str) -> bool:
    return packages.install_requirements(names, root, root / "venv")


def calls(root: Path) -> list[str]:
    log = root / "calls"
    return log.read_text().splitlines() if log.exists() else []


def test_packages_are_installed_at_the_versions_of_the_lock_and_once(root: Path):
    outcomes = [install(root, "requirements.txt") for _ in range(2)]

    assert outcomes == [True, False]
    assert calls(root) == [f"-m pip install -r {root}/requirements.txt -c {root}/{packages.LOCK}"]


@pytest.mark.parametrize("changed", ["requirements.txt", packages.LOCK])
def test_changed_pin_installs_again(root: Path, changed: str):
    install(root, "requirements.txt")
    (root / changed).write_text("flask==9\n")

    assert install(root, "requirements.txt") is True
    assert len(calls(root)) == 2


def test_running_and_developing_are_remembered_apart(root: Path):
    for _ in range(2):
        install(root, "requirements.txt")
        install(root, "requirements.txt", "requirements-dev.txt")

    assert len(calls(root)) == 2


def test_file_of_pins_that_a_checkout_lacks_is_left_out(root: Path):
    install(root, "requirements.txt", "samples/requirements.txt")

    assert "samples" not in calls(root)[0]


def test_failed_installation_is_told_and_tried_again(root: Path):
    put(root / "venv/bin", python="exit 1")

    with pytest.raises(say.Stop, match="were not installed; pip's message above says why"):
        install(root, "requirements.txt")

    put(root / "venv/bin", python="exit 0")
    assert install(root, "requirements.txt") is True


def pins(name: str) -> dict[str, str]:
    lines = (CHECKOUT / name).read_text().splitlines()
    found = [re.match(r"([A-Za-z0-9._-]+)(?:\[\w+\])?==(\S+)", line) for line in lines]
    return {match[1].lower().replace("_", "-"): match[2] for match in found if match}


@pytest.mark.parametrize("name", packages.DEVELOP)
def test_every_pin_stands_in_the_lock(name: str):
    lock = {package.replace("_", "-"): version for package, version in pins(packages.LOCK).items()}
    wanted = pins(name)

    assert wanted
    assert {package: lock.get(package) for package in wanted} == wanted


@pytest.mark.parametrize("name", packages.DEVELOP)
def test_every_requirement_is_pinned(name: str):
    lines = (CHECKOUT / name).read_text().splitlines()
    requirements = [line for line in lines if line and not line.startswith(("#", "-r "))]

    assert len(pins(name)) == len(requirements)
