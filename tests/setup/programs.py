"""Programs that tests put in the place of real ones."""

from pathlib import Path

import pytest


def put(folder: Path, **scripts: str) -> None:
    """Programs in `folder`, each a shell script; `_` in a name stands for `-`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in scripts.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)


def only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on no other program is found."""
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("PATH", str(folder))
