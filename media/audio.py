"""Sound as speech recognition takes it: 16 kHz, mono, 16 bit, read without loading it."""

import secrets
import struct
from collections.abc import Callable
from pathlib import Path

import ffmpeg
import numpy as np

from media.errors import MediaError
from media.ffmpeg import reading, run
from media.probe import MediaInfo

SAMPLE_RATE = 16_000  # Hz


def extract_speech(
    source: Path,
    destination: Path,
    *,
    info: MediaInfo,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Decodes the sound of `source` once, into a WAV at `destination`; 115 MB an hour."""
    attempt = destination.with_name(f".{secrets.token_hex(4)}.wav")
    name, options = reading(source)
    sound = ffmpeg.input(name, **options)[str(info.audio.index)]
    # Sound that starts late or has holes is filled up, so that a sample's number is its time.
    sound = sound.filter("aresample", **{"async": 1, "first_pts": 0})
    output = sound.output(
        f"file:{attempt}", f="wav", acodec="pcm_s16le", ac=1, ar=SAMPLE_RATE, rf64="auto"
    )
    try:
        run(
            ffmpeg.get_args(output),
            name=info.name,
            duration=info.duration,
            progress=progress,
            cancelled=cancelled,
        )
        attempt.replace(destination)
    finally:
        attempt.unlink(missing_ok=True)
    return destination


def open_speech(path: Path) -> np.ndarray:
    """The samples of such a WAV, mapped into memory: int16, shape (samples,)."""
    start, length = _data_chunk(path)
    if length < 2:
        return np.zeros(0, np.int16)
    return np.memmap(path, dtype="<i2", mode="r", offset=start, shape=(length // 2,))


def _data_chunk(path: Path) -> tuple[int, int]:
    """Where the samples start, and how many bytes they are (RIFF and, above 4 GB, RF64)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        kind = file.read(12)
        if kind[:4] not in (b"RIFF", b"RF64") or kind[8:] != b"WAVE":
            raise MediaError("not_media", f"“{path.name}” is not a WAV file.")
        while header := file.read(8):
            if len(header) < 8:
                break
            name, length = struct.unpack("<4sI", header)
            if name == b"data":
                rest = size - file.tell()
                return file.tell(), rest if length == 0xFFFFFFFF else min(length, rest)
            file.seek(length + length % 2, 1)
    raise MediaError("truncated", f"“{path.name}” holds no samples.")
