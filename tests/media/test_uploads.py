import hashlib
import io
import os
import shutil

import pytest

from media.errors import EmptyFile, NoSpace, TooLarge, Truncated
from media.fingerprint import fingerprint
from media.uploads import BLOCK, receive

MEGABYTE = 1024**2


class Stream(io.BytesIO):
    """Remembers how much was asked for, and can break off."""

    def __init__(self, content: bytes, breaks_after: int | None = None) -> None:
        super().__init__(content)
        self.breaks_after = breaks_after
        self.asked: list[int] = []

    def read(self, size: int = -1, /) -> bytes:
        self.asked.append(size)
        if self.breaks_after is not None and self.tell() >= self.breaks_after:
            raise ConnectionResetError("the browser went away")
        return super().read(size)


def test_receive_stores_the_bytes_and_their_hash(tmp_path):
    content = os.urandom(3 * MEGABYTE + 17)
    stream = Stream(content)

    received = receive(stream, tmp_path / "in", limit=10 * MEGABYTE, expected=len(content))

    assert received.path.read_bytes() == content
    assert received.size == len(content)
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert list((tmp_path / "in").iterdir()) == [received.path]
    assert max(stream.asked) <= BLOCK <= MEGABYTE


def test_receive_gives_two_files_two_names(tmp_path):
    paths = {receive(io.BytesIO(b"a"), tmp_path, limit=10).path for _ in range(3)}

    assert len(paths) == 3


@pytest.mark.parametrize("expected", [None, 2000])
def test_receive_refuses_more_than_the_limit(expected, tmp_path):
    with pytest.raises(TooLarge) as caught:
        receive(io.BytesIO(bytes(2000)), tmp_path, limit=1999, expected=expected, name="a.mp4")

    assert caught.value.reason == "too_large"
    assert "a.mp4" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sent", [999, 1001])
def test_receive_refuses_another_length_than_announced(sent, tmp_path):
    with pytest.raises(Truncated) as caught:
        receive(io.BytesIO(bytes(sent)), tmp_path, limit=5000, expected=1000)

    assert caught.value.details["received"] == sent
    assert list(tmp_path.iterdir()) == []


def test_receive_refuses_nothing_at_all(tmp_path):
    with pytest.raises(EmptyFile):
        receive(io.BytesIO(), tmp_path, limit=5000)

    assert list(tmp_path.iterdir()) == []


def test_receive_leaves_nothing_when_the_sender_goes_away(tmp_path):
    stream = Stream(bytes(3 * MEGABYTE), breaks_after=2 * MEGABYTE)

    with pytest.raises(ConnectionResetError):
        receive(stream, tmp_path, limit=10 * MEGABYTE)

    assert list(tmp_path.iterdir()) == []


def test_receive_refuses_up_front_what_has_no_room_beside_the_reserve(tmp_path):
    stream = Stream(b"never read")
    free = shutil.disk_usage(tmp_path).free

    with pytest.raises(NoSpace):
        receive(stream, tmp_path, limit=10 * free, expected=free, reserve=MEGABYTE)

    assert stream.asked == []


def test_receive_on_a_disk_that_fills_up_says_so_and_leaves_earlier_files(tiny_disk):
    earlier = receive(io.BytesIO(b"x" * 1000), tiny_disk, limit=MEGABYTE, reserve=0)

    with pytest.raises(NoSpace) as caught:
        receive(io.BytesIO(bytes(3 * MEGABYTE)), tiny_disk, limit=10**9, reserve=0, name="a.mp4")

    assert caught.value.reason == "no_space"
    assert list(tiny_disk.iterdir()) == [earlier.path]
    assert earlier.path.read_bytes() == b"x" * 1000
    assert receive(io.BytesIO(bytes(MEGABYTE)), tiny_disk, limit=10**9, reserve=0).size == MEGABYTE


def test_fingerprint_is_the_hash_of_the_content(tmp_path):
    content = os.urandom(2 * MEGABYTE + 1)
    path = tmp_path / "a"
    path.write_bytes(content)
    heard: list[int] = []

    assert fingerprint(path, progress=heard.append) == hashlib.sha256(content).hexdigest()
    assert heard[-1] == len(content)
