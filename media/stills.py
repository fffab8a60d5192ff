"""Takes a poster from a video."""

import secrets
from pathlib import Path

import ffmpeg

from media.errors import MediaError
from media.ffmpeg import reading, run
from media.probe import MediaInfo

WIDEST = 1280  # pixels


def make_poster(source: Path, info: MediaInfo, destination: Path) -> Path:
    """Writes a JPEG of a typical frame, at most 1280 pixels wide, to `destination`.

    ffmpeg's `thumbnail` filter picks the frame closest to the average of a stretch, which is
    neither a fade nor a flash; the stretch begins at a tenth of the video, behind the countdown.
    """
    if info.video is None:
        raise ValueError(f"“{info.name}” has no picture to take a poster from")
    attempt = destination.with_name(f".{secrets.token_hex(4)}{destination.suffix}")
    try:
        for start in (info.duration * 0.1, 0.0):
            run(_arguments(source, info, start, attempt), name=info.name, duration=60.0)
            if attempt.exists():
                attempt.replace(destination)
                return destination
    finally:
        attempt.unlink(missing_ok=True)
    raise MediaError("ffmpeg_failed", f"No picture could be taken from “{info.name}”.")


def _arguments(source: Path, info: MediaInfo, start: float, target: Path) -> list[str]:
    name, options = reading(source)
    picture = ffmpeg.input(name, ss=f"{start:.3f}", t=20, **options)[str(info.video.index)]
    frames = int(min(max(info.video.fps * 8, 10), 240))
    picture = picture.filter("thumbnail", frames).filter("scale", f"min({WIDEST},iw)", "-2")
    return ffmpeg.get_args(
        picture.output(
            f"file:{target}",
            **{"frames:v": 1, "q:v": 3, "f": "image2", "update": 1},
            pix_fmt="yuvj420p",
        )
    )
