"""Makes the file that browsers play: H.264 and AAC in an MP4 whose index stands in front."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from media.errors import MediaError
from media.ffmpeg import reading, run
from media.probe import MediaInfo, VideoStream, probe

TALLEST = 1080  # pixels
PLAYABLE_PROFILES = ("Constrained Baseline", "Baseline", "Main", "High")
TOLERANCE = 2.0  # seconds that a rendition may differ from its source


@dataclass(frozen=True)
class Rendition:
    """A finished file. copied: whether its picture is that of the upload, bit by bit."""

    path: Path
    kind: str  # video or audio
    mime: str
    width: int | None
    height: int | None
    duration: float  # seconds
    size: int  # bytes
    copied: bool


def make_rendition(
    source: Path,
    info: MediaInfo,
    folder: Path,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Rendition:
    """Makes the rendition of `source` in `folder`; copies streams that browsers play already.

    It is written under another name, checked, and renamed: a file of the final name is whole.
    progress: is told the seconds of media done. Raises MediaError.
    """
    final = folder / ("video.mp4" if info.video else "audio.m4a")
    attempt = folder / f".{secrets.token_hex(4)}{final.suffix}"
    try:
        run(
            _arguments(source, info, attempt),
            name=info.name,
            duration=info.duration,
            progress=progress,
            cancelled=cancelled,
        )
        made = probe(attempt, name=info.name)
        _check(made, info)
        attempt.replace(final)
    finally:
        attempt.unlink(missing_ok=True)
    return Rendition(
        path=final,
        kind="video" if info.video else "audio",
        mime="video/mp4" if info.video else "audio/mp4",
        width=made.video.width if made.video else None,
        height=made.video.height if made.video else None,
        duration=made.duration,
        size=made.size,
        copied=_picture_plays(info.video) if info.video else info.audio.codec == "aac",
    )


def _arguments(source: Path, info: MediaInfo, target: Path) -> list[str]:
    name, options = reading(source)
    streams = ffmpeg.input(name, **options)
    mapped = [streams[str(info.audio.index)]]
    settings: dict[str, Any] = _sound(info)
    if info.video:
        mapped.insert(0, streams[str(info.video.index)])
        settings |= _picture(info.video)
    output = ffmpeg.output(
        *mapped,
        f"file:{target}",
        f="mp4",
        movflags="+faststart",
        map_metadata=-1,
        map_chapters=-1,
        max_muxing_queue_size=4096,
        **settings,
    )
    return ffmpeg.get_args(output)


def _sound(info: MediaInfo) -> dict[str, Any]:
    if info.audio.codec == "aac" and info.audio.channels <= 2:
        return {"c:a": "copy"}
    return {"c:a": "aac", "b:a": "128k", "ac": min(info.audio.channels, 2), "ar": 48_000}


def _picture(video: VideoStream) -> dict[str, Any]:
    if _picture_plays(video):
        return {"c:v": "copy"}
    return {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "pix_fmt": "yuv420p",
        "vf": f"scale=-2:'min({TALLEST},trunc(ih/2)*2)'",
        "g": 250,
    }


def _picture_plays(video: VideoStream) -> bool:
    """Whether every browser plays the picture as it is."""
    return (
        video.codec == "h264"
        and video.pixel_format in ("yuv420p", "yuvj420p")
        and video.profile in PLAYABLE_PROFILES
        and min(video.width, video.height) <= TALLEST
    )


def _check(made: MediaInfo, info: MediaInfo) -> None:
    if abs(made.duration - info.duration) > max(TOLERANCE, info.duration * 0.02):
        raise MediaError(
            "truncated",
            f"“{info.name}” should last {info.duration:.0f} seconds, but only {made.duration:.0f}"
            " could be read. Upload the whole file again.",
            duration=info.duration,
            reached=made.duration,
        )
