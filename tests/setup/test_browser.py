"""Browser libraries are copied when they are just what the list says, and never twice."""

import hashlib
import json
from pathlib import Path

import pytest

from setup import browser, packages, say

FILES = {"hls.js/dist/hls.mjs": b"export default 1;", "font/files/a.woff2": b"\x00\x01font"}
TARGETS = {"hls.js/dist/hls.mjs": "hls/hls.mjs", "font/files/a.woff2": "fonts/a.woff2"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a lock file, a list of two files, and node_modules that hold them."""
    for name, content in FILES.items():
        file = tmp_path / "node_modules" / name
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "setup").mkdir()
    write_list(tmp_path, {n: hashlib.sha256(c).hexdigest() for n, c in FILES.items()})
    return tmp_path


def write_list(root: Path, digests: dict[str, str]) -> None:
    entries = [
        {
            "package": name.partition("/")[0],
            "file": name.partition("/")[2],
            "target": TARGETS[name],
            "sha256": digest,
        }
        for name, digest in digests.items()
    ]
    (root / browser.LIST).write_text(json.dumps(entries))


def inputs(root: Path) -> str:
    return packages.fingerprint([root / "package-lock.json", root / browser.LIST])


def copied(root: Path) -> dict[str, bytes]:
    vendor = root / browser.VENDOR
    return {
        path.relative_to(vendor).as_posix(): path.read_bytes()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


EXPECTED = {TARGETS[name]: content for name, content in FILES.items()}


def test_listed_files_are_copied(root: Path):
    assert not browser.is_current(root, inputs(root))

    browser.copy_libraries(root, inputs(root))

    assert copied(root) == EXPECTED
    assert browser.is_current(root, inputs(root))


def test_files_of_an_older_list_go(root: Path):
    old = root / browser.VENDOR / "old" / "library.js"
    old.parent.mkdir(parents=True)
    old.write_text("x")

    browser.copy_libraries(root, inputs(root))

    assert copied(root) == EXPECTED


def test_file_that_is_not_the_listed_one_stops_everything(root: Path):
    browser.copy_libraries(root, inputs(root))
    tampered = root / "node_modules" / "font/files/a.woff2"
    tampered.write_bytes(b"something else")
    digest = hashlib.sha256(b"something else").hexdigest()

    with pytest.raises(say.Stop) as stopped:
        browser.copy_libraries(root, "new")

    assert str(stopped.value) == (
        "font: files/a.woff2 is not the file that setup/vendor.json lists"
        f" (SHA-256 {digest}). Nothing was copied."
    )
    assert copied(root) == EXPECTED
    assert browser.is_current(root, inputs(root))


def test_file_that_is_missing_is_named(root: Path):
    (root / "node_modules" / "font/files/a.woff2").unlink()

    with pytest.raises(say.Stop, match="font has no file files/a.woff2, which setup/vendor.json"):
        browser.copy_libraries(root, inputs(root))


def lock_changed(root: Path) -> None:
    (root / "package-lock.json").write_text('{"version": 2}')


def list_changed(root: Path) -> None:
    write_list(root, dict.fromkeys(FILES, "0" * 64))


def file_gone(root: Path) -> None:
    (root / browser.VENDOR / "hls/hls.mjs").unlink()


def manifest_gone(root: Path) -> None:
    (root / browser.MANIFEST).unlink()


def manifest_cut_off(root: Path) -> None:
    whole = (root / browser.MANIFEST).read_text()
    (root / browser.MANIFEST).write_text(whole[:20])


@pytest.mark.parametrize(
    "change", [lock_changed, list_changed, file_gone, manifest_gone, manifest_cut_off]
)
def test_copies_are_no_longer_current(root: Path, change):
    browser.copy_libraries(root, inputs(root))

    change(root)

    assert not browser.is_current(root, inputs(root))


def test_libraries_that_are_there_are_not_fetched_again(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    browser.copy_libraries(root, inputs(root))
    monkeypatch.setenv("PATH", "/nowhere")

    browser.fetch_libraries(root)

    assert capsys.readouterr().out == " ok  browser libraries\n"


def test_machine_without_npm_is_told_once_and_goes_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(browser, "NODE", root / "no-node")
    refused = root / ".venv" / ".podium" / "browser-refused"
    refused.parent.mkdir(parents=True)
    refused.write_text(inputs(root))

    browser.fetch_libraries(root)

    assert capsys.readouterr().out == (
        " --  browser libraries: not there; pages work without them. With npm they come.\n"
    )


def fake_npm(root: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program `npm` of version 10 that runs `script` when it is to install."""
    programs = root / "programs"
    programs.mkdir()
    for name, body in {
        "node": "",
        "npm": f'if [ "$1" = --version ]; then echo 10.1.0; else {script}; fi',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")


def test_npm_that_fails_is_remembered_and_pages_go_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    fake_npm(root, "exit 1", monkeypatch)

    browser.fetch_libraries(root)

    assert capsys.readouterr().out.splitlines()[-1] == (
        " --  browser libraries: npm could not fetch them; its message above says why."
        " Pages work without them."
    )
    assert (root / ".venv/.podium/browser-refused").read_text() == inputs(root)


def test_npm_fetches_by_the_lock_file_and_runs_no_scripts(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    fetched = root / "fetched"
    (root / "node_modules").rename(fetched)
    fake_npm(root, f'echo "$@" > arguments; cp -r {fetched} node_modules', monkeypatch)

    browser.fetch_libraries(root)

    assert (root / "arguments").read_text().split() == [
        *("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    ]
    assert copied(root) == EXPECTED
    assert capsys.readouterr().out.splitlines()[-1] == " ok  browser libraries"


@pytest.mark.parametrize(("version", "usable"), [("6.14.4", False), ("7.0.0", True), ("x", False)])
def test_npm_too_old_for_the_lock_file_is_not_used(
    root: Path, monkeypatch: pytest.MonkeyPatch, version: str, usable: bool
):
    fake_npm(root, "exit 1", monkeypatch)
    npm = root / "programs" / "npm"
    npm.write_text(npm.read_text().replace("10.1.0", version))
    monkeypatch.setattr(browser, "NODE", root / "no-node")

    assert browser.npm_command() == ([str(npm)] if usable else None)


def test_digests_of_the_list_are_brought_up_to_date(root: Path):
    file = root / "node_modules" / "hls.js/dist/hls.mjs"
    file.write_bytes(b"a new version")

    browser.write_digests(root)
    browser.copy_libraries(root, inputs(root))

    assert copied(root)["hls/hls.mjs"] == b"a new version"


def test_real_list_names_only_files_that_the_pages_use():
    """What is fetched but never used would be fetched for nothing; licences go with their files."""
    root = Path(__file__).resolve().parents[2]
    targets = {entry["target"] for entry in json.loads((root / browser.LIST).read_text())}
    folders = [root / "archive" / name for name in ("static/css", "static/js", "templates")]
    sources = "".join(
        path.read_text() for folder in folders for path in folder.rglob("*") if path.is_file()
    )

    unused = {t for t in targets if not t.endswith("LICENSE") and t.split("/")[-1] not in sources}
    unlicensed = {t for t in targets if f"{t.split('/')[0]}/LICENSE" not in targets}
    assert (unused, unlicensed) == (set(), set())


def test_copies_never_reach_git():
    ignored = (Path(__file__).resolve().parents[2] / ".gitignore").read_text().splitlines()

    assert {f"/{browser.VENDOR}/", f"/{browser.MODULES}/"} <= set(ignored)
