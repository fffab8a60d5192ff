"""Scripts and sheets are put together by the real esbuild, once for each state of theirs."""

import errno
import json
import shutil
from pathlib import Path

import pytest

from setup import bundles
from tests.conftest import ROOT

PROGRAM = next(ROOT.glob(bundles.PROGRAM), None)
needs_program = pytest.mark.skipif(PROGRAM is None, reason="needs esbuild: make test fetches it")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with our scripts and sheets, and with esbuild where it is there."""
    for kind in ("css", "js"):
        shutil.copytree(ROOT / bundles.STATIC / kind, tmp_path / bundles.STATIC / kind)
    if PROGRAM:
        folder = tmp_path / PROGRAM.parent.relative_to(ROOT)
        folder.parent.mkdir(parents=True)
        folder.symlink_to(PROGRAM.parent)
    return tmp_path


def manifest(root: Path) -> dict:
    return json.loads((root / bundles.MANIFEST).read_text())


@needs_program
def test_each_entry_becomes_a_file_with_what_it_needs(root: Path):
    bundles.make_bundles(root)

    entries = manifest(root)["entries"]
    assert set(entries) == set(bundles.ENTRIES)
    for entry in entries.values():
        for name in (entry["file"], *entry["needs"]):
            assert (root / bundles.BUNDLES / name).stat().st_size > 0
    together = (root / bundles.BUNDLES / "session.js").read_text()
    assert "../vendor/hls/hls.mjs" in together  # asked for where it lies, by those who need it
    assert not list((root / bundles.STATIC).glob(".bundles-*"))


@needs_program
def test_they_are_made_anew_when_a_source_has_changed(root: Path):
    bundles.make_bundles(root)
    first = manifest(root)["sources"]
    with (root / bundles.STATIC / "css/print.css").open("a") as sheet:
        sheet.write("@media print { .fresh { color: teal } }")
    assert not bundles.are_current(root, bundles.digest_of_sources(root))

    bundles.make_bundles(root)

    assert manifest(root)["sources"] != first
    assert ".fresh" in (root / bundles.BUNDLES / "session-page.css").read_text()


@needs_program
def test_they_are_not_made_twice(root: Path):
    bundles.make_bundles(root)
    before = (root / bundles.MANIFEST).stat().st_mtime_ns
    bundles.make_bundles(root)
    assert (root / bundles.MANIFEST).stat().st_mtime_ns == before


@needs_program
def test_mistake_in_a_script_is_told_and_the_bundles_stay_unused(root: Path, capsys):
    bundles.make_bundles(root)
    with (root / bundles.STATIC / "js/time.js").open("a") as script:
        script.write("export const = 1;")

    bundles.make_bundles(root)

    assert "time.js" in capsys.readouterr().out
    assert not bundles.are_current(root, bundles.digest_of_sources(root))


@needs_program
def test_full_disk_is_told_and_pages_do_without(root: Path, capsys, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bundles.shutil, "copytree", full)
    bundles.make_bundles(root)
    assert "No space left on device" in capsys.readouterr().out
    assert not bundles.are_current(root, bundles.digest_of_sources(root))


def test_without_esbuild_pages_do_without(root: Path, capsys):
    shutil.rmtree(root / "node_modules", ignore_errors=True)
    bundles.make_bundles(root)
    assert "one by one" in capsys.readouterr().out
    assert not (root / bundles.BUNDLES).exists()


def test_esbuild_for_another_machine_is_told(root: Path, capsys):
    shutil.rmtree(root / "node_modules", ignore_errors=True)
    program = root / "node_modules/@esbuild/other/bin/esbuild"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"\x7fELF of another machine")
    program.chmod(0o755)
    bundles.make_bundles(root)
    assert "cannot be started" in capsys.readouterr().out
