"""Which files of `static/` a page names: bundles (setup/bundles.py), else what they are made from.

A bundle made from other scripts and sheets than those that are there is not used.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from flask import current_app

STATIC = Path(__file__).resolve().parents[1] / "static"
BUNDLES = "bundles"
IMPORT = re.compile(r'^(?:import|export)\b[^"]*?(?:from\s*)?"(\.{1,2}/[^"]+)";', re.MULTILINE)


def bundled(name: str) -> str:
    """The file that holds a script or sheet together with all that it takes in."""
    entry = _usable().get(name)
    return f"{BUNDLES}/{entry['file']}" if entry else name


def modules_of(script: str) -> tuple[str, ...]:
    """The files that a script imports, and those that these import.

    A page that names them all spares the browser finding out one by one.
    """
    entry = _usable().get(script)
    if entry:
        return tuple(f"{BUNDLES}/{name}" for name in entry["needs"])
    return imports_of(script)


@cache
def imports_of(script: str) -> tuple[str, ...]:
    """The modules that a script in `static/` imports, and those that these import, by name."""
    needed: set[str] = set()
    waiting = [script]
    while waiting:
        name = waiting.pop()
        for place in IMPORT.findall((STATIC / name).read_text()):
            path = (STATIC / PurePosixPath(name).parent / place).resolve()
            module = path.relative_to(STATIC).as_posix()
            if module not in needed:
                needed.add(module)
                waiting.append(module)
    return tuple(sorted(needed))


def _usable() -> dict[str, Any]:
    """The bundles; none while somebody works on scripts and sheets."""
    return {} if current_app.debug else _entries()


@cache
def _entries() -> dict[str, Any]:
    """The bundles that can be used, by the name of what they were made from."""
    try:
        manifest = json.loads((STATIC / BUNDLES / "manifest.json").read_text())
    except (FileNotFoundError, ValueError):  # never made, or cut off while it was written
        return {}
    return manifest["entries"] if manifest.get("sources") == _digest_of_sources() else {}


def _digest_of_sources() -> str:
    """As setup/bundles.py writes it down."""
    digest = hashlib.sha256()
    for kind in ("css", "js"):
        for path in sorted((STATIC / kind).glob(f"*.{kind}")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
