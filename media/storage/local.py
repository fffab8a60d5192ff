"""A store in a folder."""

import errno
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


class LocalStore:
    """Keeps each file at `root/key`. A file appears there whole, and stays after a power cut."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, source: Path, key: str) -> None:
        target = self._place(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _sync(source)
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._copy(source, target)
            source.unlink()
        _sync(target.parent)

    def path(self, key: str) -> Path:
        place = self._place(key)
        if not place.is_file():
            raise FileNotFoundError(errno.ENOENT, "the store has no such file", key)
        return place

    def open(self, key: str) -> BinaryIO:
        return self.path(key).open("rb")

    def exists(self, key: str) -> bool:
        return self._place(key).is_file()

    def size(self, key: str) -> int:
        return self.path(key).stat().st_size

    def delete(self, key: str) -> None:
        place = self._place(key)
        place.unlink(missing_ok=True)
        try:
            place.parent.rmdir()  # only an empty folder goes
        except OSError:
            pass

    def free_bytes(self) -> int:
        self._root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._root).free

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"not a key of the store: {key!r}")
        return self._root / key

    def _copy(self, source: Path, target: Path) -> None:
        """From another file system: aside first, then renamed."""
        aside = target.with_name(f".{secrets.token_hex(4)}")
        try:
            shutil.copyfile(source, aside)
            _sync(aside)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
