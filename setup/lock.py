"""Writes the lock files anew, after a pin in requirements*.txt or package.json was changed."""

import json
import subprocess
from pathlib import Path

from setup import browser, packages, say
from setup.place import PYTHON, ROOT

HEADER = """\
# Every package that requirements.txt, requirements-dev.txt and samples/requirements.txt need, direct
# or not, at the version that was tested. Written by `make lock`; change a pin there, not here.
# Left out: triton, for each build of PyTorch asks for its own.
"""
LEFT_OUT = ("triton",)


def lock() -> None:
    """Python's and npm's lock, and the SHA-256 of the browser libraries."""
    pins = resolved(ROOT)
    (ROOT / packages.LOCK).write_text(HEADER + "".join(f"{pin}\n" for pin in pins))
    say.done(f"{packages.LOCK}: {len(pins)} packages")
    npm = browser.npm_command()
    if npm is None:
        raise say.Stop("package-lock.json needs npm; the rest is done.")
    _run([*npm, "install", "--ignore-scripts", "--omit-lockfile-registry-resolved=true"])
    browser.write_digests()
    say.done("package-lock.json, setup/vendor.json")


def resolved(root: Path) -> list[str]:
    """`name==version` of all packages as pip would install them into an empty environment."""
    files = [root / name for name in packages.DEVELOP if (root / name).exists()]
    arguments = [argument for file in files for argument in ("-r", str(file))]
    report = _run(
        [str(PYTHON), "-m", "pip", "install", "--dry-run", "--ignore-installed", "-qq"]
        + ["--report", "-", *arguments]
    )
    return sorted(
        f"{item['metadata']['name'].lower()}=={item['metadata']['version'].partition('+')[0]}"
        for item in json.loads(report)["install"]
        if item["metadata"]["name"].lower() not in LEFT_OUT
    )


def _run(command: list[str]) -> str:
    ended = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    if ended.returncode:
        raise say.Stop(f"{' '.join(command[:4])} failed; its message above says why.")
    return ended.stdout
