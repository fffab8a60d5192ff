"""What every store can do."""

from pathlib import Path
from typing import BinaryIO, Protocol


class Store(Protocol):
    """Keeps files under keys such as `recordings/ab12/talk.mp4`; a key has a whole file or none."""

    def put(self, source: Path, key: str) -> None:
        """Takes the file at `source` over; it is gone from there afterwards."""
        ...

    def path(self, key: str) -> Path:
        """A local path at which the file can be read; FileNotFoundError where there is none."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The file, open for reading; FileNotFoundError where there is none."""
        ...

    def exists(self, key: str) -> bool:
        """Whether there is a file under `key`."""
        ...

    def size(self, key: str) -> int:
        """Bytes of the file; FileNotFoundError where there is none."""
        ...

    def delete(self, key: str) -> None:
        """Removes the file; no error where there is none."""
        ...

    def free_bytes(self) -> int:
        """Bytes that still fit."""
        ...
