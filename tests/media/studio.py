"""Makes small media files with a stock ffmpeg, and looks at what was made."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np

SINE = ("-f", "lavfi", "-i", "sine=frequency=440:duration={seconds}")
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size={size}:rate={fps}:duration={seconds}")
QUICK = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def sound(seconds: float = 4) -> list[str]:
    """Input options of a tone."""
    return [part.format(seconds=seconds) for part in SINE]


def picture(seconds: float = 4, size: str = "320x180", fps: int = 10) -> list[str]:
    """Input options of a moving test picture."""
    return [part.format(seconds=seconds, size=size, fps=fps) for part in PICTURE]


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


def grey(path: Path) -> np.ndarray:
    """The first frame of a file or picture as 64 x 36 grey levels."""
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-frames:v", "1"]
        + ["-vf", "scale=64:36,format=gray", "-f", "rawvideo", "-"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(36, 64)


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
