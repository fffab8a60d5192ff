"""Receives a file: straight to disk, hashed on the way, whole or not at all."""

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Protocol

from media.errors import EmptyFile, NoSpace, TooLarge, Truncated, full_disk_named

BLOCK = 1024**2  # bytes
RESERVE = 200 * 1024**2  # bytes
_LOOK_EVERY = 64 * BLOCK


class Readable(Protocol):
    """A stream of bytes, such as the body of a request or an open file."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


@dataclass(frozen=True)
class Received:
    """A whole file on disk."""

    path: Path
    size: int  # bytes
    sha256: str  # of its bytes, hex


def receive(
    stream: Readable,
    folder: Path,
    *,
    limit: int,
    expected: int | None = None,
    reserve: int = RESERVE,
    name: str = "the file",
) -> Received:
    """Writes `stream` to a new file in `folder`, never holding more than a block in memory.

    limit: bytes that a file may have. expected: bytes the sender announced, None where it did not.
    reserve: bytes of disk that stay free. name: of the file, for messages.

    Raises MediaError: too_large, no_space, truncated (not as many bytes as announced), empty_file.
    These, and whatever reading from `stream` raises, leave nothing behind in `folder`.
    """
    if expected is not None and expected > limit:
        raise _too_large(name, limit)
    with full_disk_named(name):
        folder.mkdir(parents=True, exist_ok=True)
        _check_space(folder, (expected or 0) + reserve, name)
        path = folder / f"upload-{secrets.token_hex(12)}"
        part = path.with_suffix(".part")
        try:
            received = _written(stream, part, limit, reserve, name)
            _check_whole(received, expected, name)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    return Received(path, received.size, received.sha256)


def _written(stream: Readable, part: Path, limit: int, reserve: int, name: str) -> Received:
    digest, size, looked = hashlib.sha256(), 0, 0
    with part.open("xb", buffering=0) as file:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limit:
                raise _too_large(name, limit)
            if size - looked >= _LOOK_EVERY:
                _check_space(part.parent, reserve, name)
                looked = size
            digest.update(block)
            _write(file, block)
        os.fsync(file.fileno())
    return Received(part, size, digest.hexdigest())


def _write(file: FileIO, block: bytes) -> None:
    """All of `block`: a disk that is nearly full takes a part of it first."""
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) :]


def _check_whole(received: Received, expected: int | None, name: str) -> None:
    if expected is not None and received.size != expected:
        raise Truncated(
            f"Of {_named(name)} {received.size:,} bytes arrived, not the {expected:,} that were"
            " announced. Nothing was stored. Upload it again.",
            name=name,
            received=received.size,
            expected=expected,
        )
    if received.size == 0:
        raise EmptyFile(
            f"{_upper(_named(name))} is empty: it has 0 bytes. Choose another.", name=name
        )


def _check_space(folder: Path, needed: int, name: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoSpace(
            f"There is no room for {_named(name)}: {free / 1e9:.1f} GB are free,"
            f" {needed / 1e9:.1f} GB are needed. Nothing was stored. Make room, then upload again.",
            name=name,
            free=free,
            needed=needed,
        )


def _too_large(name: str, limit: int) -> TooLarge:
    return TooLarge(
        f"{_upper(_named(name))} is larger than the {limit / 1e9:.1f} GB that are accepted."
        " Nothing was stored.",
        name=name,
        limit=limit,
    )


def _named(name: str) -> str:
    return name if name == "the file" else f"“{name}”"


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
