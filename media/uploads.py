"""Receives a file: straight to disk, hashed on the way, whole or not at all."""

import errno
import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from media.errors import MediaError

BLOCK = 1024**2  # bytes


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Received:
    """A whole file. sha256: of its bytes, hex."""

    path: Path
    size: int  # bytes
    sha256: str


def receive(
    stream: Readable,
    folder: Path,
    *,
    limit: int,
    expected: int | None = None,
    reserve: int = 200 * 1024**2,
) -> Received:
    """Writes `stream` to a new file in `folder`, never holding more than a block in memory.

    limit: bytes a file may have. expected: bytes announced by the sender, None where unknown.
    reserve: bytes of disk that stay free.

    Raises MediaError: too_large, no_space, truncated; nothing is left in `folder` then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if expected is not None:
        if expected > limit:
            raise _too_large(limit)
        _check_space(folder, expected + reserve)
    path = folder / secrets.token_hex(12)
    try:
        received = _write(stream, path, limit, reserve)
        if expected is not None and received.size != expected:
            raise MediaError(
                "truncated",
                f"Only {received.size} of {expected} bytes arrived. Upload the file again.",
                received=received.size,
                expected=expected,
            )
        return received
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _no_space(folder, None) from error
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(stream: Readable, path: Path, limit: int, reserve: int) -> Received:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limit:
                raise _too_large(limit)
            if size % (64 * BLOCK) < len(block):
                _check_space(path.parent, reserve)
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return Received(path, size, digest.hexdigest())


def _check_space(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise _no_space(folder, needed)


def _no_space(folder: Path, needed: int | None) -> MediaError:
    free = shutil.disk_usage(folder).free
    return MediaError(
        "no_space",
        f"The disk of the archive is too full for this file: {free / 1e9:.1f} GB are free. Nothing"
        " was stored. Make room, then upload it again.",
        free=free,
        needed=needed,
    )


def _too_large(limit: int) -> MediaError:
    return MediaError(
        "too_large",
        f"The file is larger than the {limit / 1e9:.1f} GB that are accepted. Nothing was stored.",
        limit=limit,
    )
