"""Sound as speech recognition takes it: 16 kHz, mono, 16 bit, read without loading it."""

import secrets
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import ffmpeg
import numpy as np

from media.errors import FfmpegFailed, NotMedia, Truncated, full_disk_named
from media.ffmpeg import local, run
from media.probe import MediaInfo
from media.renditions import mixed_down

SAMPLE_RATE = 16_000  # Hz
SAMPLE_BYTES = 2
_FORMAT = (1, 1, SAMPLE_RATE, 16)  # PCM, mono, Hz, bits


def extract_speech(
    source: Path,
    destination: Path,
    *,
    info: MediaInfo,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    log: Callable[[str], None] | None = None,
) -> Path:
    """Decodes the sound of `source` into a WAV at `destination`, 115 MB an hour; returns its path.

    The number of a sample is its time: sound that starts late is preceded by silence, and holes are
    filled with it. progress: told the seconds of media done. log: given ffmpeg's lines.

    Raises MediaError: truncated (also where much less can be decoded than the track declares),
    no_space, timeout, cancelled, ffmpeg_failed, tool_missing; no file is left then.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    attempt = destination.with_name(f".attempt-{secrets.token_hex(6)}.wav")
    try:
        with full_disk_named(info.name):
            run(
                _arguments(source, info, attempt),
                name=info.name,
                duration=info.duration,
                progress=progress,
                cancelled=cancelled,
                log=log,
            )
            _check(attempt, info)
            attempt.replace(destination)
    finally:
        attempt.unlink(missing_ok=True)
    return destination


def open_speech(path: Path) -> np.ndarray:
    """The samples of such a WAV, mapped into memory read-only: int16, shape (samples,).

    Understands RIFF and, above 4 GB, RF64 (EBU Tech 3306). Raises MediaError: not_media where it is
    no WAV of that kind, truncated where it holds no samples or fewer than it declares.
    """
    with path.open("rb") as file:
        start, length = _samples_in(file, path.name)
    if length < SAMPLE_BYTES:
        raise Truncated(f"“{path.name}” holds no samples.", name=path.name)
    if start + length > path.stat().st_size:
        raise Truncated(f"“{path.name}” ends before its samples do.", name=path.name)
    return np.memmap(path, dtype="<i2", mode="r", offset=start, shape=(length // SAMPLE_BYTES,))


def _arguments(source: Path, info: MediaInfo, target: Path) -> list[str]:
    sound = ffmpeg.input(local(source))[str(info.audio.index)]
    filters = [*mixed_down(info.audio, 1), f"aresample={SAMPLE_RATE}:async=1:first_pts=0"]
    output = sound.output(
        local(target),
        **{"format": "wav", "c:a": "pcm_s16le", "ac": 1, "ar": SAMPLE_RATE, "rf64": "auto"},
        af=",".join(filters),
        map_metadata=-1,
    )
    return ffmpeg.get_args(output)


def _check(attempt: Path, info: MediaInfo) -> None:
    if not attempt.exists():
        raise FfmpegFailed(f"ffmpeg wrote no sound for “{info.name}”.", name=info.name)
    decoded = len(open_speech(attempt)) / SAMPLE_RATE
    declared = info.audio.duration or 0.0
    if decoded < declared - max(2.0, declared * 0.02):
        raise Truncated(
            f"The sound of “{info.name}” should last {declared:.0f} seconds, but only"
            f" {decoded:.0f} of them could be decoded. Upload the whole file again.",
            name=info.name,
            declared=declared,
            reached=decoded,
        )


def _samples_in(file: BinaryIO, name: str) -> tuple[int, int]:
    """Offset and length in bytes of the chunk `data`."""
    kind, _, form = struct.unpack("<4sI4s", file.read(12).ljust(12))
    if kind not in (b"RIFF", b"RF64") or form != b"WAVE":
        raise NotMedia(f"“{name}” is not a WAV file.", name=name)
    long_length, described = None, None
    while len(header := file.read(8)) == 8:
        chunk, length = struct.unpack("<4sI", header)
        start = file.tell()
        if chunk == b"ds64":
            (long_length,) = struct.unpack("<8xQ", file.read(16).ljust(16, b"\0"))
        elif chunk == b"fmt ":
            tag, channels, rate, bits = struct.unpack("<HHI6xH", file.read(16).ljust(16, b"\0"))
            described = (tag, channels, rate, bits)
        elif chunk == b"data":
            if described != _FORMAT:
                raise NotMedia(f"“{name}” is not 16 kHz, mono, 16 bit PCM.", name=name)
            return start, long_length if length == 0xFFFFFFFF and long_length else length
        file.seek(start + length + length % 2)
    raise Truncated(f"“{name}” holds no samples.", name=name)
