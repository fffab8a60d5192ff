"""Removes what can be made again; never the instance folder, which holds recordings."""

import shutil

from setup import browser, bundles, say
from setup.place import ROOT, VENV

CACHES = (
    ".pytest_cache",
    ".ruff_cache",
    ".import_linter_cache",
    ".hypothesis",
    "test-results",
    "bench-results",
)


def clean(*, everything: bool) -> None:
    """Removes caches; with `everything` also `.venv`, node_modules, browser libraries and bundles."""
    folders = [ROOT / name for name in CACHES]
    if everything:
        folders += [VENV, ROOT / browser.MODULES, ROOT / browser.VENDOR, ROOT / bundles.BUNDLES]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    for folder in ROOT.rglob("__pycache__"):
        if VENV not in folder.parents:
            shutil.rmtree(folder, ignore_errors=True)
    say.done("removed what can be made again; recordings and database are as they were")
