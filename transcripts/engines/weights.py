"""Where models lie, which there are, and how they get here.

Layout of the models folder: `NAME/NAME-ct2/` for faster-whisper, `NAME/NAME.pt` for openai-whisper.
A name that is a path means that very folder or checkpoint.
"""

import hashlib
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from transcripts.engines.engine import EngineError, ModelMissing

MB = 1000**2
GB = 1000**3
CT2_FILES = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
_HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
ENGINES = ("faster-whisper", "openai-whisper")


class ModelFetchError(EngineError):
    """A model could not be fetched; the message says why, and what else can be done."""


@dataclass(frozen=True)
class Size:
    """What a model takes, and one sentence about it."""

    disk: int  # bytes, float16 weights
    memory: int  # bytes while it works
    title: str


# Disk: sizes of the published files. Memory: the README of openai-whisper (GPU, float16).
SIZES = {
    "tiny": Size(75 * MB, 1 * GB, "quick tries; many errors in German"),
    "base": Size(145 * MB, 1 * GB, "quick tries"),
    "small": Size(484 * MB, 2 * GB, "a good start on a computer without GPU"),
    "medium": Size(1530 * MB, 5 * GB, "better than small, three times slower"),
    "turbo": Size(1620 * MB, 6 * GB, "nearly the best, much faster than it; wants a GPU"),
    "large-v3": Size(3090 * MB, 10 * GB, "the best; wants a GPU"),
    "samples": Size(12 * MB, 1 * GB, "comes with Podium; knows the sample recordings only"),
}


@dataclass(frozen=True)
class ModelEntry:
    """A model of the list. engines: those whose form of it is on this machine."""

    name: str
    title: str
    size_bytes: int
    memory_bytes: int
    engines: tuple[str, ...]

    @property
    def state(self) -> str:
        """`here` where some engine can use it, else `not fetched`."""
        return "here" if self.engines else "not fetched"


def catalogue(models: Path) -> list[ModelEntry]:
    """The models known by name, and which of them are in the folder `models`."""
    return [
        ModelEntry(
            name=name,
            title=size.title,
            size_bytes=size.disk,
            memory_bytes=size.memory,
            engines=tuple(e for e in ENGINES if not check(name, e, models)),
        )
        for name, size in SIZES.items()
    ]


def locate(name: str, engine: str, models: Path) -> Path:
    """The folder or checkpoint of a model; raises ModelMissing, saying what to run."""
    problems = check(name, engine, models)
    if not problems:
        return _place(name, engine, models)
    if _is_path(name):
        hint = f"Look at {name}: {'; '.join(problems)}."
    elif name in SIZES and name != "samples":
        hint = f"Fetch it with: flask --app wsgi models fetch {name}"
    elif name == "samples":
        hint = "Make it with: flask --app wsgi prepare"
    else:
        hint = f"Known models: {', '.join(SIZES)}; or give the path of a folder or checkpoint."
    raise ModelMissing(name, engine, hint)


def check(name: str, engine: str, models: Path) -> list[str]:
    """What is missing or wrong with a model's files, a sentence each; empty where all is well."""
    return _problems(_place(name, engine, models), name, engine)


def _problems(place: Path, name: str, engine: str) -> list[str]:
    if engine == "openai-whisper":
        return [] if place.is_file() and place.stat().st_size else [f"there is no file {place}"]
    if not place.is_dir():
        return [f"there is no folder {place}"]
    problems = [f"{place / file} is missing" for file in CT2_FILES if not (place / file).is_file()]
    if not any((place / file).is_file() for file in VOCABULARIES):
        problems.append(f"{place} has neither {' nor '.join(VOCABULARIES)}")
    if not (place / "preprocessor_config.json").is_file() and name in ("turbo", "large-v3"):
        problems.append(f"{place / 'preprocessor_config.json'} is missing")
    return problems


def installed(name: str, models: Path) -> list[Path]:
    """What lies in the folder `models` of a model known by name, whole or in part, for any engine.

    Nothing else is the archive's: not a path that a user configured, nor files of other names.
    """
    folder = models / name
    if name not in SIZES or not folder.is_dir() or folder.is_symlink():
        return []
    names = (f"{name}-ct2", f"{name}.pt", f"{name}.json")
    begun = tuple(f"{name}.part" for name in names)
    return sorted(p for p in folder.iterdir() if p.name in names or p.name.startswith(begun))


def remove(name: str, models: Path) -> int:
    """Removes what is `installed` of a model; returns the bytes that are free again.

    A symbolic link is removed, what it points to stays.
    """
    freed = 0
    for path in installed(name, models):
        freed += size_of(path)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    folder = models / name
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return freed


def size_of(path: Path) -> int:
    """The bytes of a file or of all files in a folder; links count as nothing."""
    paths = [path, *path.rglob("*")] if path.is_dir() and not path.is_symlink() else [path]
    return sum(p.stat().st_size for p in paths if p.is_file() and not p.is_symlink())


def free_bytes(folder: Path) -> int:
    """The bytes that are free where `folder` is, or would be made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def fetch(
    name: str,
    engine: str,
    models: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Downloads a model's published weights; returns where they are now.

    They arrive aside and are moved when they are whole, so a broken download leaves nothing that
    looks like a model, and the next try goes on where faster-whisper's download can. Every file has
    the hash under which it was published. progress: is told the bytes done and the bytes in all.
    Raises ModelFetchError.
    """
    if name not in SIZES or name == "samples":
        raise ModelFetchError(
            f"“{name}” is not a published model. Known: {', '.join(n for n in SIZES if n != 'samples')}."
        )
    target = _place(name, engine, models)
    if not check(name, engine, models):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    free = free_bytes(target.parent)
    if free < SIZES[name].disk * 1.1:
        raise ModelFetchError(
            f"“{name}” needs {SIZES[name].disk / GB:.1f} GB, but only {free / GB:.1f} GB are free"
            f" in {models}."
        )
    part = target.with_name(target.name + ".part")
    bring = _bring_ct2 if engine == "faster-whisper" else _bring_checkpoint
    try:
        with _measured(part, SIZES[name].disk, progress):
            bring(name, part)
    except Exception as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise ModelFetchError(
            f"“{name}” could not be fetched: {reason}. Check the network of this machine. A machine"
            f" without internet takes the model as a copy: put it at {target}, or set PODIUM_MODEL"
            " to its path."
        ) from error
    problems = _problems(part, name, engine)
    if problems:
        raise ModelFetchError(f"“{name}” arrived incomplete: {'; '.join(problems)}.")
    _put_in_place(part, target)
    return target


def digest(path: Path) -> str:
    """What tells these weights from others: a hash of their size, beginning and end.

    Gigabytes are not read for it; weights that differ, differ in these places.
    """
    size = path.stat().st_size
    found = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        found.update(file.read(MB))
        file.seek(max(0, size - MB))
        found.update(file.read(MB))
    return found.hexdigest()[:16]


def _place(name: str, engine: str, models: Path) -> Path:
    if _is_path(name):
        return Path(name).expanduser()
    folder = models / name
    return folder / f"{name}-ct2" if engine == "faster-whisper" else folder / f"{name}.pt"


def _put_in_place(part: Path, target: Path) -> None:
    """Moves a whole model over what is left of a broken one."""
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    part.replace(target)


def _is_path(name: str) -> bool:
    return "/" in name or name.startswith("~")


def _bring_ct2(name: str, part: Path) -> None:
    from faster_whisper.utils import download_model

    download_model(name, output_dir=str(part))
    _verify(part)


def _verify(folder: Path) -> None:
    """Compares files with the hashes that the hub named, which its own client does not.

    The client keeps a file's ETag in the second line of its metadata: for large files it is the
    SHA-256, for small ones Git's hash of a blob. A mirror's ETag may be anything else.
    """
    changed = []
    for metadata in (folder / ".cache" / "huggingface" / "download").glob("*.metadata"):
        published = metadata.read_text().splitlines()[1]
        file = folder / metadata.name.removesuffix(".metadata")
        if _HASH.fullmatch(published) and _hash(file, published) != published:
            metadata.unlink()
            file.unlink()  # the next try fetches it again
            changed.append(file.name)
    if changed:
        raise ModelFetchError(f"{', '.join(sorted(changed))} arrived with another hash")


def _hash(file: Path, like: str) -> str:
    """A file's SHA-256, or Git's hash of it where that is what `like` is."""
    found = hashlib.sha256()
    if len(like) == 40:  # https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
        found = hashlib.sha1(b"blob %d\0" % file.stat().st_size)
    with file.open("rb") as content:
        while block := content.read(MB):
            found.update(block)
    return found.hexdigest()


def _bring_checkpoint(name: str, part: Path) -> None:
    import whisper

    folder = part.with_name(part.name + ".folder")
    folder.mkdir(exist_ok=True)
    got = whisper._download(whisper._MODELS[name], str(folder), False)  # checks the SHA-256
    Path(got).replace(part)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _measured(
    part: Path, total: int, progress: Callable[[int, int], None] | None
) -> Iterator[None]:
    """Tells the bytes that have arrived, twice a second, by looking at them."""
    if progress is None:
        yield
        return
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            progress(min(_bytes_in(part), total), total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join(timeout=5)
    progress(total, total)


def _bytes_in(part: Path) -> int:
    paths = [part, *part.parent.glob(f"{part.name}*/**/*"), *part.glob("**/*")]
    count = 0
    for path in set(paths):
        try:
            count += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # a temporary file that was just renamed
            continue
    return count
