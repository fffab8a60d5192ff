"""`make clean` removes what can be made again, and never a recording."""

from pathlib import Path

import pytest

from setup import clean

KEPT = {"instance/podium.sqlite", "instance/media/talk.mp4", "archive/app.py", ".env"}
CACHES = {
    ".pytest_cache/x",
    ".ruff_cache/x",
    "test-results/x.png",
    "archive/__pycache__/app.pyc",
}
INSTALLED = {
    ".venv/bin/python",
    ".venv/lib/__pycache__/x.pyc",
    "node_modules/hls.js/x",
    "archive/static/vendor/hls/hls.mjs",
    "archive/static/bundles/session.js",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in KEPT | CACHES | INSTALLED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    monkeypatch.setattr(clean, "ROOT", tmp_path)
    monkeypatch.setattr(clean, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.mark.parametrize(
    ("everything", "left"), [(False, KEPT | INSTALLED), (True, KEPT)], ids=["clean", "clean-all"]
)
def test_recordings_and_settings_stay(root: Path, everything: bool, left: set[str]):
    clean.clean(everything=everything)

    found = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
    assert found == left
