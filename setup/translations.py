"""Translations: the `.po` files people edit become the `.mo` files the app reads."""

import subprocess
from pathlib import Path

from setup import say
from setup.place import PYTHON, ROOT

FOLDER = Path("archive/translations")
# `python -m babel.messages.frontend` ends with 0 whatever it found.
COMPILE = "import sys; from babel.messages.frontend import main; sys.exit(main())"


def compile_translations(root: Path = ROOT) -> None:
    """Compiles what is newer than its compiled file; a `Stop` where a translation is not right."""
    stale = [source for source in sorted((root / FOLDER).rglob("*.po")) if _is_stale(source)]
    if not stale:
        return
    command = [str(PYTHON), "-c", COMPILE, "compile", "-d", str(root / FOLDER)]
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ended.returncode:
        for source in stale:
            source.with_suffix(".mo").unlink(missing_ok=True)  # so that the next start says so too
        raise say.Stop(f"The translations in {FOLDER} are not right:\n{ended.stderr.strip()}")
    say.done("translations")


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
