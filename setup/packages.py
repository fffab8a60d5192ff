"""The virtual environment and the Python packages in it, installed once for each set of pins."""

import hashlib
import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from setup import debian, say
from setup.place import PYTHON, ROOT, VENV

LOCK = "requirements.lock"
RUN = ("requirements.txt",)
DEVELOP = ("requirements.txt", "requirements-dev.txt", "samples/requirements.txt")


def make_environment() -> None:
    """Creates `.venv` unless a usable one is there."""
    if not PYTHON.exists():
        say.doing("creating .venv")
        _require_venv_module()
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The folder .venv was not made.")
    say.done(f"Python {sys.version.split()[0]}, .venv")


def install_requirements(names: Sequence[str], root: Path = ROOT, venv: Path = VENV) -> bool:
    """Installs what the named files pin, unless that was done; whether anything had to be done.

    `requirements.lock` holds the versions of everything those need in turn.
    """
    files = [root / name for name in names if (root / name).exists()]
    wanted = fingerprint([*files, root / LOCK])
    stamp = venv / ".podium" / files[-1].stem
    if stamp.exists() and stamp.read_text() == wanted:
        say.done("Python packages")
        return False
    say.doing("installing Python packages; the first time takes some minutes, mostly for PyTorch")
    arguments = [argument for file in files for argument in ("-r", str(file))]
    _run(
        [str(venv / "bin/python"), "-m", "pip", "install", *arguments, "-c", str(root / LOCK)],
        "The Python packages were not installed; pip's message above says why.",
    )
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)
    say.done("Python packages")
    return True


def fingerprint(files: Sequence[Path]) -> str:
    """SHA-256 of the contents of files, and of the version of Python."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(b"\0" + file.read_bytes())
    return digest.hexdigest()


def _require_venv_module() -> None:
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if not debian.install(package):
        raise say.Stop(
            f"Python's module venv is missing. Install the package {package}: "
            f"apt-get install {package}"
        )


def _run(command: list[str], message: str) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        raise say.Stop(message)
