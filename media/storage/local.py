"""A store in a folder."""

import contextlib
import errno
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

from media.errors import full_disk_named

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}"
KEY = re.compile(rf"{_PART}(/{_PART}){{0,15}}")


class LocalStore:
    """Keeps each file at `root/key`. A file appears there whole, and stays after a power cut.

    Keys are plain letters, digits, `.`, `_` and `-` between slashes; no part begins with a dot, so
    no key leads out of `root` or meets a file that is still being written. Anything else raises
    ValueError. A full disk raises MediaError no_space.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, source: Path, key: str) -> None:
        """Moves `source` to `key`, in place of what was there; copies from another file system."""
        target = self._place(key)
        with full_disk_named(target.name):
            _sync(source)
            try:
                self._move(source, target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                self._copy(source, target)
                source.unlink()
            _sync_folders(target.parent, self._root)

    def path(self, key: str) -> Path:
        """Where the file lies; FileNotFoundError where there is none."""
        place = self._place(key)
        if not place.is_file():
            raise FileNotFoundError(errno.ENOENT, "the store has no such file", key)
        return place

    def open(self, key: str) -> BinaryIO:
        """The file, open for reading; FileNotFoundError where there is none."""
        return self.path(key).open("rb")

    def exists(self, key: str) -> bool:
        """Whether there is a file under `key`."""
        return self._place(key).is_file()

    def size(self, key: str) -> int:
        """Bytes of the file; FileNotFoundError where there is none."""
        return self.path(key).stat().st_size

    def delete(self, key: str) -> None:
        """Removes the file, and the folders it leaves empty; no error where there is none."""
        place = self._place(key)
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == self._root:
                break
            try:
                folder.rmdir()
            except OSError:
                break

    def free_bytes(self) -> int:
        """Bytes that still fit on the disk."""
        self._root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._root).free

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"not a key of the store: {key!r}")
        return self._root / key

    def _move(self, source: Path, target: Path) -> None:
        """Again where `delete` of a neighbour took the empty folder away just then."""
        for last in (False, False, True):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                source.replace(target)
                return
            except FileNotFoundError:
                if last or not source.exists():
                    raise

    def _copy(self, source: Path, target: Path) -> None:
        """From another file system: aside first, then renamed."""
        aside = target.with_name(f".put-{secrets.token_hex(6)}")
        try:
            shutil.copyfile(source, aside)
            _sync(aside)
            self._move(aside, target)
        finally:
            aside.unlink(missing_ok=True)


def _sync_folders(folder: Path, root: Path) -> None:
    """Makes names durable, from `folder` up to `root`."""
    for place in (folder, *folder.parents):
        with contextlib.suppress(FileNotFoundError):
            _sync(place)
        if place == root:
            break


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
