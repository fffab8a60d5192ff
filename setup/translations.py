"""Translations: the `.po` files people edit become the `.mo` files the app reads."""

import subprocess
from pathlib import Path

from setup import say
from setup.place import PYTHON, ROOT

FOLDER = Path("archive/translations")


def compile_translations(root: Path = ROOT) -> None:
    """Compiles what is newer than its compiled file."""
    if not any(_is_stale(source) for source in sorted((root / FOLDER).rglob("*.po"))):
        return
    command = [str(PYTHON), "-m", "babel.messages.frontend", "compile", "-d", str(root / FOLDER)]
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ended.returncode:
        raise say.Stop(f"The translations in {FOLDER} are not right:\n{ended.stderr.strip()}")
    say.done("translations")


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
