from pathlib import Path

import pytest

from media.errors import NoSpace
from media.storage.local import LocalStore
from media.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return LocalStore(tmp_path / "store")


@pytest.fixture
def parcel(tmp_path: Path) -> Path:
    path = tmp_path / "parcel"
    path.write_bytes(b"parcel")
    return path


def test_store_keeps_what_was_put(store, parcel):
    store.put(parcel, "recordings/ab12/talk.mp4")

    assert store.path("recordings/ab12/talk.mp4").read_bytes() == b"parcel"
    assert store.exists("recordings/ab12/talk.mp4")
    assert store.size("recordings/ab12/talk.mp4") == 6
    with store.open("recordings/ab12/talk.mp4") as file:
        assert file.read() == b"parcel"
    assert not parcel.exists()


def test_store_moves_within_a_file_system(store, parcel):
    number = parcel.stat().st_ino

    store.put(parcel, "a")

    assert store.path("a").stat().st_ino == number


def test_store_copies_from_another_file_system(store, tiny_disk):
    parcel = tiny_disk / "parcel"
    parcel.write_bytes(b"from afar")
    assert tiny_disk.stat().st_dev != tiny_disk.parent.stat().st_dev

    store.put(parcel, "a/b")

    assert store.path("a/b").read_bytes() == b"from afar"
    assert not parcel.exists()
    assert [path.name for path in store.path("a/b").parent.iterdir()] == ["b"]


def test_store_replaces_a_file_as_a_whole(store, parcel, tmp_path):
    store.put(parcel, "a")
    newer = tmp_path / "newer"
    newer.write_bytes(b"newer")

    with store.open("a") as reading:
        store.put(newer, "a")
        assert reading.read() == b"parcel"

    assert store.path("a").read_bytes() == b"newer"


def test_store_on_a_full_disk_says_so_and_keeps_both_files(tiny_disk, tmp_path):
    store = LocalStore(tiny_disk)
    earlier, large = tmp_path / "earlier", tmp_path / "large"
    earlier.write_bytes(b"earlier")
    large.write_bytes(bytes(3 * 1024**2))
    store.put(earlier, "a/talk.mp4")

    with pytest.raises(NoSpace, match="talk.mp4"):
        store.put(large, "a/talk.mp4")

    assert store.path("a/talk.mp4").read_bytes() == b"earlier"
    assert large.stat().st_size == 3 * 1024**2
    assert [path.name for path in (tiny_disk / "a").iterdir()] == ["talk.mp4"]


def test_store_removes_a_file_and_the_folders_it_leaves_empty(store, parcel, tmp_path):
    store.put(parcel, "a/b/c")

    store.delete("a/b/c")
    store.delete("a/b/c")

    assert not store.exists("a/b/c")
    assert list((tmp_path / "store").iterdir()) == []


def test_store_leaves_neighbours_alone(store, parcel, tmp_path):
    other = tmp_path / "other"
    other.touch()
    store.put(parcel, "a/b")
    store.put(other, "a/c")

    store.delete("a/b")

    assert store.exists("a/c")


@pytest.mark.parametrize("look", ["path", "open", "size"])
def test_store_says_when_there_is_no_such_file(look, store):
    with pytest.raises(FileNotFoundError):
        getattr(store, look)("a/b")


@pytest.mark.parametrize(
    "key",
    [
        *("", "/", "/etc/passwd", "../a", "a/../../b", "a/..", "./a", "a//b", "a/", ".hidden"),
        *("a\\b", "a\0b", "a\nb", "a b", "a\n", "~/a", "ä", "a" * 300),
    ],
)
def test_store_refuses_keys_that_lead_elsewhere(key, store, parcel):
    for verb in (store.path, store.open, store.size, store.exists, store.delete):
        with pytest.raises(ValueError, match="key"):
            verb(key)
    with pytest.raises(ValueError, match="key"):
        store.put(parcel, key)
    assert parcel.exists()


def test_store_tells_how_much_still_fits(tiny_disk):
    assert LocalStore(tiny_disk / "store").free_bytes() <= 2 * 1024**2
