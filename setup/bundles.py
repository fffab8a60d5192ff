"""Scripts and sheets put together for the browser by esbuild: a page asks for few files, not for fifty.

They lie in `archive/static/bundles`; its manifest says what they were made from, and they are used
only as long as that is so (archive/pages/bundles.py). Podium's pages work without them.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from setup import say
from setup.place import ROOT

STATIC = Path("archive/static")
BUNDLES = STATIC / "bundles"
MANIFEST = BUNDLES / "manifest.json"
PROGRAM = "node_modules/@esbuild/*/bin/esbuild"  # npm installs the one for this machine
ENTRIES = (
    *("js/session.js", "js/search.js", "js/desk.js", "js/queue.js", "js/upload.js"),
    *("css/site.css", "css/session-page.css"),
)  # what pages name
OPTIONS = (
    *("--bundle", "--splitting", "--format=esm", "--minify", "--target=es2022", "--charset=utf8"),
    *("--entry-names=[name]", "--external:../vendor/*", "--log-level=warning"),
)


def make_bundles(root: Path = ROOT) -> None:
    """Makes the bundles unless they are those of the scripts and sheets that are there."""
    sources = digest_of_sources(root)
    if are_current(root, sources):
        return say.done("scripts and sheets put together")
    program = next(root.glob(PROGRAM), None)
    if program is None:
        return say.without("scripts and sheets are sent one by one; esbuild puts them together.")
    try:
        with tempfile.TemporaryDirectory(dir=root / STATIC, prefix=".bundles-") as made:
            if refused := _run(program, root, Path(made)):
                return say.without(f"scripts and sheets are sent one by one: {refused}")
            _exchange(Path(made), root, sources)
    except OSError as error:  # the disk is full, or we may not write there
        return say.without(f"scripts and sheets are sent one by one: {error}.")
    return say.done("scripts and sheets put together")


def are_current(root: Path, sources: str) -> bool:
    """Whether the bundles were made from these `sources`."""
    try:
        return json.loads((root / MANIFEST).read_text())["sources"] == sources
    except (FileNotFoundError, ValueError, KeyError):  # never made, or cut off
        return False


def digest_of_sources(root: Path) -> str:
    """SHA-256 of all scripts and sheets with their names."""
    digest = hashlib.sha256()
    for kind in ("css", "js"):
        for path in sorted((root / STATIC / kind).glob(f"*.{kind}")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _run(program: Path, root: Path, made: Path) -> str:
    """What esbuild had to say if it failed."""
    named = [str(STATIC / name) for name in ENTRIES]
    targets = [f"--outdir={made}", f"--metafile={made / 'metafile.json'}"]
    try:
        ended = subprocess.run(
            [str(program), *named, *OPTIONS, *targets],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    except OSError as error:  # built for another machine, or not allowed to run
        return f"{program.name} cannot be started ({error.strerror})."
    return ended.stderr.strip() if ended.returncode else ""


def _exchange(made: Path, root: Path, sources: str) -> None:
    """Puts new bundles in the place of the old; those without a manifest are not used."""
    outputs = json.loads((made / "metafile.json").read_text())["outputs"]
    (made / "metafile.json").unlink()
    manifest = {"sources": sources, "entries": _entries(outputs)}
    shutil.rmtree(root / BUNDLES, ignore_errors=True)
    made.chmod(0o755)
    shutil.copytree(made, root / BUNDLES)
    (root / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")


def _entries(outputs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """File of each bundle and the files that it needs, by the name of what it was made from."""
    entries = {}
    for path, output in outputs.items():
        source = output.get("entryPoint", "")
        name = str(Path(source).relative_to(STATIC)) if source else ""
        if name in ENTRIES:
            needs = sorted(Path(needed).name for needed in _needs(path, outputs))
            entries[name] = {"file": Path(path).name, "needs": needs}
    return entries


def _needs(path: str, outputs: dict[str, Any]) -> set[str]:
    """What a bundle imports, and what that imports; not what it asks for later."""
    needed: set[str] = set()
    waiting = [path]
    while waiting:
        for taken in outputs[waiting.pop()]["imports"]:
            asked = taken["kind"] == "import-statement" and not taken.get("external")
            if asked and taken["path"] not in needed:
                needed.add(taken["path"])
                waiting.append(taken["path"])
    return needed
