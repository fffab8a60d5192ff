"""Makes small media files with a stock ffmpeg, and looks at what was made."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SINE = ("-f", "lavfi", "-i", "sine=frequency=440:duration={seconds}")
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size={size}:rate={fps}:duration={seconds}")
TENTHS = "mod(floor(floor(T*10+0.5)/pow(2,X)),2)"  # of a second, as bits
TELLING = (
    "testsrc2=size={size}:rate={fps}:duration={seconds}[scene];"
    "color=size={fields}x2:rate={fps}:duration={seconds},format=gray,"
    "geq=lum='16+219*" + TENTHS + "',scale={width}:{edge}:flags=neighbor[time];"
    "[scene][time]overlay[out0]"
)
FIELDS = 12  # enough for 409 seconds
QUICK = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def sound(seconds: float = 4) -> list[str]:
    """Input options of a tone."""
    return [part.format(seconds=seconds) for part in SINE]


def picture(seconds: float = 4, size: str = "320x180", fps: int = 10) -> list[str]:
    """Input options of a moving test picture."""
    return [part.format(seconds=seconds, size=size, fps=fps) for part in PICTURE]


def telling_picture(seconds: float, size: str, fps: int = 10) -> list[str]:
    """Input options of a moving picture that tells its time: see `told`."""
    width, height = map(int, size.split("x"))
    given = {"seconds": seconds, "size": size, "fps": fps, "fields": FIELDS}
    return ["-f", "lavfi", "-i", TELLING.format(**given, width=width, edge=height // 8)]


def told(levels: Sequence[float]) -> float:
    """The seconds that such a picture tells by the grey levels of its fields.

    They stand side by side along its upper eighth: tenths of a second as bits, the lowest first.
    """
    return sum(1 << bit for bit, level in enumerate(levels) if level > 128) / 10


def shoot(path: Path, *arguments: str | Path) -> Path:
    """Runs ffmpeg with `arguments` to make the file `path`."""
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments), str(path)],
        check=True,
        timeout=120,
    )
    return path


def seen(path: Path) -> dict:
    """What a stock ffprobe says about a file."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return json.loads(done.stdout)


def streams(path: Path) -> dict[str, dict]:
    """The streams of a file by their kind."""
    return {stream["codec_type"]: stream for stream in seen(path)["streams"]}


def grey(path: Path, width: int = 64, height: int = 36) -> np.ndarray:
    """The first frame of a file or picture as so many grey levels, shape (height, width)."""
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-frames:v", "1"]
        + ["-vf", f"scale={width}:{height}:flags=area,format=gray", "-f", "rawvideo", "-"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(height, width)


def processes_naming(text: str) -> list[int]:
    """The ids of living processes in whose command line `text` stands."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if text.encode() in (process / "cmdline").read_bytes() and state != "Z":
                found.append(int(process.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]
