"""Reads the playlists that ffmpeg wrote: where each segment of a file lies, and if all are there."""

import re
from dataclasses import dataclass
from pathlib import Path

from media.errors import FfmpegFailed

_RANGE = re.compile(r"(\d+)@(\d+)")


@dataclass(frozen=True)
class Segment:
    """A stretch of a file that a player fetches at once."""

    start: float  # seconds from the beginning
    duration: float
    size: int  # bytes

    @property
    def bit_rate(self) -> float:
        """Bits per second."""
        return self.size * 8 / max(self.duration, 0.001)


@dataclass(frozen=True)
class Track:
    """One file in segments, as a playlist describes it."""

    file: Path
    head: bytes  # what a decoder is told before the first segment
    segments: tuple[Segment, ...]

    @property
    def duration(self) -> float:
        """Seconds."""
        return sum(segment.duration for segment in self.segments)

    @property
    def longest(self) -> float:
        """Seconds of the longest segment."""
        return max(segment.duration for segment in self.segments)

    @property
    def peak(self) -> int:
        """Bits per second of the most expensive segment; a short one counts with all others."""
        long = [s.bit_rate for s in self.segments if s.duration >= self.longest / 2]
        return max(self.average, round(max(long)))

    @property
    def average(self) -> int:
        """Bits per second."""
        return round(sum(s.size for s in self.segments) * 8 / max(self.duration, 0.001))


def read_track(playlist: Path, *, name: str) -> Track:
    """The track that `playlist` describes; `name` is for messages.

    Raises FfmpegFailed where the list has no end, names another file, or where the segments are not
    just the bytes of the file, one after the other.
    """
    if not playlist.exists():
        raise _wrong(name, f"there is no {playlist.name}")
    lines = playlist.read_text().splitlines()
    if lines[:1] != ["#EXTM3U"] or lines[-1] != "#EXT-X-ENDLIST":
        raise _wrong(name, f"{playlist.name} is cut off")
    (head,) = [line for line in lines if line.startswith("#EXT-X-MAP:")] or [""]
    said = re.fullmatch(r'#EXT-X-MAP:URI="([^"/]+)",BYTERANGE="(\d+)@0"', head)
    if said is None:
        raise _wrong(name, f"{playlist.name} has no beginning")
    file, end = playlist.with_name(said[1]), int(said[2])
    if not file.exists():
        raise _wrong(name, f"there is no {file.name}")
    with file.open("rb") as opened:
        begins = opened.read(end)
    segments: list[Segment] = []
    start = duration = 0.0
    for line in lines:
        if line.startswith("#EXTINF:"):
            duration = float(line.removeprefix("#EXTINF:").rstrip(","))
        elif line.startswith("#EXT-X-BYTERANGE:"):
            size, offset = map(int, _RANGE.search(line).groups())
            if offset != end:
                raise _wrong(name, f"{file.name} lacks the bytes from {end} on")
            segments.append(Segment(start, duration, size))
            start, end = start + duration, end + size
        elif not line.startswith("#") and line != file.name:
            raise _wrong(name, f"{playlist.name} names “{line}”")
    if not segments or end != file.stat().st_size:
        raise _wrong(name, f"{file.name} has {file.stat().st_size} bytes, not {end}")
    return Track(file, begins, tuple(segments))


def _wrong(name: str, what: str) -> FfmpegFailed:
    return FfmpegFailed(f"The sizes of “{name}” are not complete: {what}.", name=name)
