"""Takes a poster from a video."""

import secrets
from pathlib import Path

import ffmpeg
import numpy as np

from media.errors import FfmpegFailed, full_disk_named
from media.ffmpeg import local, run
from media.probe import MediaInfo

BOX = (1280, 1280)  # pixels
MOMENTS = (0.15, 0.1, 0.25, 0.4, 0.6, 0.8, 0.0)  # shares of the duration, in the order tried
FRAMES = 40  # of which the most typical is taken
SMALL = (64, 36)  # pixels of the grey copy that is looked at
CONTRAST = 10.0  # standard deviation of grey levels below which a picture counts as blank


def make_poster(source: Path, info: MediaInfo, destination: Path) -> Path:
    """Writes a JPEG, at most 1280 pixels wide, of a frame that shows something; returns its path.

    The `thumbnail` filter takes the frame nearest to the average of a stretch, so neither a fade
    nor a flash; a frame that is black or blank all over is passed over for one from another moment.

    Raises ValueError where there is no picture; MediaError as `media.ffmpeg.run`, and ffmpeg_failed
    where no frame can be decoded at all.
    """
    if info.video is None:
        raise ValueError(f"“{info.name}” has no picture to take a poster from")
    destination.parent.mkdir(parents=True, exist_ok=True)
    mark = f".attempt-{secrets.token_hex(6)}"
    best, frame, grey = (destination.with_name(f"{mark}-{n}") for n in ("best", "frame", "grey"))
    found = -1.0
    try:
        with full_disk_named(info.name):
            for moment in MOMENTS:
                _take(source, info, moment * info.duration, frame, grey)
                contrast = _contrast(frame, grey)
                if contrast > found:
                    found = contrast
                    frame.replace(best)
                if found >= CONTRAST:
                    break
            if found < 0:
                raise FfmpegFailed(f"No picture of “{info.name}” could be decoded.", name=info.name)
            best.replace(destination)
    finally:
        for attempt in (best, frame, grey):
            attempt.unlink(missing_ok=True)
    return destination


def _take(source: Path, info: MediaInfo, moment: float, frame: Path, grey: Path) -> None:
    """A frame from near `moment` (seconds), as a JPEG and as a small grey copy."""
    for path in (frame, grey):
        path.unlink(missing_ok=True)
    width, height = info.video.fitted(*BOX)
    picture = (
        ffmpeg.input(local(source), ss=f"{moment:.3f}", t=30)[str(info.video.index)]
        .filter("scale", width, height)
        .filter("setsar", 1)
        .filter("thumbnail", FRAMES)
        .split()
    )
    jpeg = picture[0].filter("format", "yuvj420p")
    small = picture[1].filter("scale", *SMALL).filter("format", "gray")
    outputs = ffmpeg.merge_outputs(
        jpeg.output(local(frame), **{"format": "mjpeg", "frames:v": 1, "q:v": 3}),
        small.output(local(grey), **{"format": "rawvideo", "frames:v": 1}),
    )
    run(ffmpeg.get_args(outputs), name=info.name, duration=60)


def _contrast(frame: Path, grey: Path) -> float:
    """Spread of the grey levels, 0 for one flat colour; -1.0 where there is no frame."""
    if not (frame.exists() and frame.stat().st_size and grey.exists()):
        return -1.0
    levels = np.fromfile(grey, dtype=np.uint8)
    return float(levels.std()) if levels.size else -1.0
