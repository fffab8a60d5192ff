"""Small pictures of a whole video, on a few sheets: what someone sees who looks for a moment."""

import math
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ffmpeg

from media.errors import FfmpegFailed, full_disk_named
from media.ffmpeg import local, run
from media.probe import MediaInfo

WIDTH = 160  # pixels
COLUMNS = ROWS = 10
MOST = 200  # pictures
CLOSEST = 2.0  # seconds


@dataclass(frozen=True)
class Sprites:
    """Finished sheets, each of `columns` by `rows` pictures, the last one filled up with black.

    Picture n is of the seconds from n * interval on; it stands on sheet n // (columns * rows), there
    row by row.
    """

    folder: Path
    files: tuple[str, ...]  # the names of the sheets, in order
    interval: float  # seconds
    width: int  # pixels of one picture
    height: int
    columns: int
    rows: int
    count: int  # pictures

    @property
    def size(self) -> int:
        """Bytes of all sheets."""
        return sum((self.folder / name).stat().st_size for name in self.files)


def make_sprites(
    source: Path,
    info: MediaInfo,
    folder: Path,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    log: Callable[[str], None] | None = None,
) -> Sprites:
    """Makes the sheets of the video `source` as the folder `folder`, 200 pictures at most.

    Only key frames are decoded, so each picture is the last one of them before its moment. Written
    to another folder, counted, and then renamed. progress: told the seconds of media done.

    Raises ValueError where there is no picture; MediaError as `media.ffmpeg.run`.
    """
    if info.video is None:
        raise ValueError(f"“{info.name}” has no picture to make previews from")
    folder.parent.mkdir(parents=True, exist_ok=True)
    attempt = folder.with_name(f".attempt-{secrets.token_hex(6)}")
    width, height = _fitted(*info.video.shown)
    interval = max(CLOSEST, math.ceil(info.duration / MOST))
    count = max(1, math.ceil(info.duration / interval))
    files = tuple(f"sheet-{n + 1}.jpg" for n in range(math.ceil(count / (COLUMNS * ROWS))))
    try:
        with full_disk_named(info.name):
            attempt.mkdir()
            picture = (
                ffmpeg.input(local(source), skip_frame="nokey")[str(info.video.index)]
                .filter("fps", f"1/{interval:.0f}", round="up", start_time=0)
                .filter("tpad", stop_mode="clone", stop=count)  # key frames end before the video
                .filter("trim", end_frame=count)
                .filter("scale", width, height)
                .filter("setsar", 1)
                .filter("format", "yuvj420p")
                .filter("tile", f"{COLUMNS}x{ROWS}")
            )
            sheets = local(attempt / "sheet-%d.jpg")
            output = picture.output(sheets, **{"format": "image2", "c:v": "mjpeg", "q:v": 5})
            run(
                ffmpeg.get_args(output),
                name=info.name,
                duration=info.duration,
                progress=progress,
                cancelled=cancelled,
                log=log,
                patient=True,
            )
            if sorted(path.name for path in attempt.iterdir()) != sorted(files):
                raise FfmpegFailed(f"Not all previews of “{info.name}” were made.", name=info.name)
            shutil.rmtree(folder, ignore_errors=True)
            attempt.rename(folder)
    finally:
        shutil.rmtree(attempt, ignore_errors=True)
    return Sprites(folder, files, interval, width, height, COLUMNS, ROWS, count)


def _fitted(width: int, height: int) -> tuple[int, int]:
    """As wide as all previews are; a picture that stands upright is no higher than it is wide."""
    scale = WIDTH / max(width, height)
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)
