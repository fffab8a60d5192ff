"""Makes a ladder: the same video in several sizes, from which a player picks by the network.

HLS (RFC 8216) in fragmented MP4. Each size is one file, and its playlist says which bytes are which
segment, so a talk of three hours is a dozen files and not ten thousand. The sound is one of them,
shared by all sizes.
"""

import errno
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from media.errors import FfmpegFailed, Truncated, full_disk_named
from media.ffmpeg import inspect, local, run
from media.playlist import Track, read_track
from media.probe import MediaInfo, VideoStream

HEIGHTS = (1080, 720, 480, 360)  # lines
MASTER = "master.m3u8"
MIME = "application/vnd.apple.mpegurl"  # of playlists
SOUND = "sound"
SMALLEST = 360  # lines; what has no more needs no other size
APART = 0.9  # of the next larger size, at most
SEGMENT = 6.0  # seconds
LONGEST = 10.0  # seconds of a segment, as far as the key frames of a copy decide it
AT_FIRST = 2_000_000  # bits per second, at most, of the size that players begin with
# What a size may need at most, in bits per second: a slide that moves must not stop the play.
RATES = {1080: 4_500_000, 720: 2_500_000, 480: 1_200_000, 360: 700_000}
AAC = {"HE-AAC": "mp4a.40.5", "HE-AACv2": "mp4a.40.29"}
FULL = 256 * 1024  # bytes; where fewer are free a disk is full
# Pictures that are stored before they are due, and sound before the first sample, have times below
# nought, which HLS has not. All files begin that much later, and so stay together.
OFFSET = 10  # seconds


@dataclass(frozen=True)
class Size:
    """One size of a ladder."""

    width: int  # pixels
    height: int
    copied: bool  # whether its picture is that of the source, bit by bit
    track: Track


@dataclass(frozen=True)
class Ladder:
    """A finished folder. sizes: the largest first. files: their names, the master playlist first."""

    folder: Path
    files: tuple[str, ...]
    sizes: tuple[Size, ...]
    duration: float  # seconds

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum((self.folder / name).stat().st_size for name in self.files)


def heights_of(video: VideoStream | None, wanted: Sequence[int] = HEIGHTS) -> tuple[int, ...]:
    """The heights of the ladder of a video, the largest first; none where it needs no ladder.

    Its own height comes first unless that is above all that are wanted; then those that are clearly
    smaller.
    """
    if video is None or not wanted:
        return ()
    own = video.shown[1]
    top = min(own, max(wanted))
    lower = sorted({height for height in wanted if height <= top * APART}, reverse=True)
    return (top, *lower) if own > SMALLEST and (lower or top < own) else ()


def make_ladder(
    source: Path,
    info: MediaInfo,
    folder: Path,
    *,
    heights: Sequence[int] = HEIGHTS,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    log: Callable[[str], None] | None = None,
) -> Ladder:
    """Makes the ladder of `source`, a rendition of `media.renditions`, as the folder `folder`.

    The largest size and the sound are copies of the source's. All other sizes are made in one go,
    with key frames where the copy's segments begin, so that a player may change at each. Where its
    key frames are too far apart for that, the largest is encoded too. It is all written to another
    folder, examined, and then renamed.

    heights: the sizes wanted, in lines. progress: told the seconds of media done. cancelled: true
    ends the work. log: given ffmpeg's lines. ffmpeg gives way to whatever else wants the processor.

    Raises ValueError where `heights_of` has none; MediaError: truncated, no_space, timeout,
    cancelled, ffmpeg_failed, tool_missing; no folder is left then.
    """
    chosen = heights_of(info.video, heights)
    if not chosen:
        raise ValueError(f"“{info.name}” needs no ladder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    attempt = folder.with_name(f".attempt-{secrets.token_hex(6)}")
    lengths = _lengths(source, info)
    make = _Making(source, info, attempt, lengths, progress, cancelled, log)
    try:
        with full_disk_named(info.name):
            attempt.mkdir()
            sizes, sound = make.ladder_unless_full(chosen)
            (attempt / MASTER).write_text(_master(info, sizes, sound))
            shutil.rmtree(folder, ignore_errors=True)
            attempt.rename(folder)
    finally:
        shutil.rmtree(attempt, ignore_errors=True)
    names = [*(str(size.height) for size in sizes), SOUND]
    files = (MASTER, *(file for name in names for file in _names(name)))
    return Ladder(folder, files, sizes, max(size.track.duration for size in sizes))


@dataclass(frozen=True)
class _Making:
    source: Path
    info: MediaInfo
    attempt: Path
    lengths: dict[int, float]  # seconds, by the index of the stream
    progress: Callable[[float], None] | None
    cancelled: Callable[[], bool] | None
    log: Callable[[str], None] | None

    def ladder_unless_full(self, heights: tuple[int, ...]) -> tuple[tuple[Size, ...], Track]:
        """All sizes, and the sound.

        On a full disk ffmpeg's HLS goes on without a word, and what it wrote is not whole.
        """
        try:
            return self.ladder(heights)
        except (FfmpegFailed, Truncated) as error:
            if shutil.disk_usage(self.attempt).free > FULL:
                raise
            raise OSError(errno.ENOSPC, "no room for the sizes") from error

    def ladder(self, heights: tuple[int, ...]) -> tuple[tuple[Size, ...], Track]:
        """The same, whatever becomes of it."""
        own = heights[0] == self.info.video.shown[1]
        self._copy(str(heights[0]) if own else None)
        sound = self._track(SOUND, self.info.audio.index)
        copy = self._track(str(heights[0]), self.info.video.index) if own else None
        if copy and copy.longest > LONGEST:
            copy = None
        sizes = [Size(*self.info.video.shown, True, copy)] if copy else []
        lower = heights[1:] if copy else heights
        self._encode(lower, [segment.start for segment in copy.segments] if copy else None)
        sizes += [
            Size(*self._fitted(height), False, self._track(str(height), self.info.video.index))
            for height in lower
        ]
        self._check(sizes)
        return tuple(sizes), sound

    def _copy(self, top: str | None) -> None:
        """The sound, and the picture where it is one of the sizes, as they are."""
        streams = ffmpeg.input(local(self.source))
        outputs = [self._output(streams[str(self.info.audio.index)], SOUND, {"c:a": "copy"})]
        if top:
            picture = streams[str(self.info.video.index)]
            outputs.append(self._output(picture, top, {"c:v": "copy"}))
        self._run(outputs, None)

    def _encode(self, heights: tuple[int, ...], starts: list[float] | None) -> None:
        """Decodes once; each size is scaled from the next larger one.

        starts: seconds at which segments begin; None: each `SEGMENT` seconds.
        """
        half = min(0.5 / (self.info.video.fps or 25), 0.02)  # before its frame, after the last one
        cuts = f"expr:gte(t,n_forced*{SEGMENT}-{half:.4f})"
        if starts:
            cuts = ",".join(f"{max(0.0, start - half):.4f}" for start in starts)
        picture = ffmpeg.input(local(self.source))[str(self.info.video.index)]
        outputs = []
        for height in heights:
            picture = picture.filter("scale", *self._fitted(height)).filter("setsar", 1)
            own = picture
            if height != heights[-1]:
                both = picture.split()
                own, picture = both[0], both[1]
            outputs.append(self._output(own, str(height), _coding(height, cuts)))
        self._run(outputs, self.progress)

    def _output(self, stream: Any, name: str, coding: dict[str, Any]) -> Any:
        playlist, file = _names(name)
        form = {
            **{"format": "hls", "hls_playlist_type": "vod", "hls_time": SEGMENT},
            **{"hls_segment_type": "fmp4", "hls_flags": "single_file"},
            "hls_segment_filename": local(self.attempt / file),
            **{"output_ts_offset": OFFSET, "map_metadata": -1, "map_chapters": -1},
            "max_muxing_queue_size": 9999,
        }
        return stream.output(local(self.attempt / playlist), **(form | coding))

    def _run(self, outputs: list[Any], progress: Callable[[float], None] | None) -> None:
        arguments = ffmpeg.get_args(ffmpeg.merge_outputs(*outputs))
        run(
            arguments,
            name=self.info.name,
            duration=self.info.duration,
            progress=progress,
            cancelled=self.cancelled,
            log=self.log,
            limit=6 * 3600 + 400 * self.info.duration,
            patient=True,
        )

    def _track(self, name: str, index: int) -> Track:
        """What was made of the stream with that index, once it is seen to be as long."""
        track = read_track(self.attempt / f"{name}.m3u8", name=self.info.name)
        length = self.lengths[index]
        if abs(length - track.duration) <= max(2.0, length * 0.02):
            return track
        raise Truncated(
            f"“{self.info.name}” lasts {length:.0f} seconds, but one of its sizes"
            f" {track.duration:.0f}. Upload the recording again if it does not play to its end.",
            name=self.info.name,
            declared=length,
            reached=track.duration,
        )

    def _fitted(self, height: int) -> tuple[int, int]:
        return self.info.video.fitted(self.info.video.shown[0], height)

    def _check(self, sizes: list[Size]) -> None:
        """Whether the segments of all sizes begin at the same moments, within a frame or two."""
        frames = 2 / (self.info.video.fps or 25)
        first, *others = [[segment.start for segment in size.track.segments] for size in sizes]
        for starts in others:
            if len(starts) != len(first) or any(
                abs(a - b) > frames for a, b in zip(first, starts, strict=True)
            ):
                raise FfmpegFailed(
                    f"The sizes of “{self.info.name}” do not fit together: their segments begin at"
                    " different moments.",
                    name=self.info.name,
                )


def _lengths(source: Path, info: MediaInfo) -> dict[int, float]:
    """Seconds of each stream: sound may end long before the picture does, or after it."""
    asked = ["-show_entries", "stream=index,duration", "-of", "json"]
    found = inspect(source, asked, name=info.name).json().get("streams", [])
    return {stream["index"]: float(stream.get("duration") or info.duration) for stream in found}


def _coding(height: int, cuts: str) -> dict[str, Any]:
    """Key frames are where they are forced and nowhere else, and each begins a segment."""
    rate = next(RATES[step] for step in sorted(RATES) if step >= height)
    return {
        **{"c:v": "libx264", "preset": "veryfast", "crf": 23, "maxrate": rate, "bufsize": 2 * rate},
        **{"force_key_frames": cuts, "forced-idr": 1, "g": 9999, "sc_threshold": 0},
        **{"pix_fmt": "yuv420p", "fps_mode": "vfr", "hls_time": 0.1},
    }


def _names(name: str) -> tuple[str, str]:
    """The playlist of a track and its file."""
    return f"{name}.m3u8", f"{name}.m4a" if name == SOUND else f"{name}.mp4"


def _master(info: MediaInfo, sizes: tuple[Size, ...], sound: Track) -> str:
    """The playlist of playlists; the size that players begin with stands first."""
    rising = sorted(sizes, key=lambda size: size.track.peak)
    light = [size for size in rising if size.track.peak + sound.peak <= AT_FIRST]
    first = light[-1] if light else rising[0]
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,'
        f'CHANNELS="{info.audio.channels}",URI="sound.m3u8"',
    ]
    for size in (first, *(size for size in rising if size is not first)):
        codecs = f"{_h264(size.track)},{AAC.get(info.audio.profile, 'mp4a.40.2')}"
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={size.track.peak + sound.peak},"
            f"AVERAGE-BANDWIDTH={size.track.average + sound.average},"
            f'CODECS="{codecs}",RESOLUTION={size.width}x{size.height},'
            f'FRAME-RATE={info.video.fps:.3f},AUDIO="sound"',
            f"{size.height}.m3u8",
        ]
    return "\n".join(lines) + "\n"


def _h264(track: Track) -> str:
    """The profile and level as RFC 6381 writes them, from the decoder's configuration record."""
    place = track.head.find(b"avcC")
    if place < 0:
        raise FfmpegFailed(f"{track.file.name} is not H.264.", name=track.file.name)
    return f"avc1.{track.head[place + 5 : place + 8].hex()}"
