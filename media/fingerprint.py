"""Tells files apart by what is in them."""

import hashlib
from collections.abc import Callable
from pathlib import Path

BLOCK = 1024**2  # bytes


def fingerprint(path: Path, *, progress: Callable[[int], None] | None = None) -> str:
    """SHA-256 of the file at `path`, hex. progress: told the bytes read so far."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            if progress is not None:
                progress(done)
    return digest.hexdigest()
