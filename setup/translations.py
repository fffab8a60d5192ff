"""Translations: the `.po` files follow the sentences in the code; `archive/language.py` reads them."""

import re
import subprocess
import tempfile
from pathlib import Path

from setup import say
from setup.place import ROOT, VENV

FOLDER = Path("archive/translations")
# No line numbers, no dates, no wrapping: what differs is a sentence that changed.
EXTRACT = ["-k", "lazy_gettext", "--no-wrap", "--sort-by-file", "--add-location=file"]
UPDATE = ["--no-wrap", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"]
UNTRANSLATED = re.compile(r'^msgstr(?:\[0\])? ""\n(?!")', re.MULTILINE)


def update_translations(root: Path = ROOT) -> None:
    """Brings every catalogue up to date, and says how many sentences wait for a translation."""
    with tempfile.TemporaryDirectory() as folder:
        template = str(Path(folder) / "messages.pot")
        mapping = str(FOLDER / "babel.toml")
        _pybabel(root, "extract", "-F", mapping, *EXTRACT, "-o", template, "archive")
        _pybabel(root, "update", *UPDATE, "-i", template, "-d", str(FOLDER))
    for catalogue in sorted((root / FOLDER).rglob("*.po")):
        waiting = len(UNTRANSLATED.findall(catalogue.read_text(encoding="utf-8") + "\n"))
        say.done(f"{catalogue.relative_to(root)}: {waiting} sentences to translate")


def _pybabel(root: Path, command: str, *arguments: str) -> None:
    ended = subprocess.run(
        [str(VENV / "bin" / "pybabel"), command, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if ended.returncode:
        done = {"extract": "collected", "update": "written"}[command]
        raise say.Stop(f"The sentences in the code were not {done}:\n{ended.stderr.strip()}")
