"""Runs ffmpeg and ffprobe: what they may read, how far they are, and why they failed.

`ffmpeg-python` compiles argument lists; the process is ours. A playlist named `.mp4` makes a stock
ffmpeg read other files of the machine, whatever its protocol whitelist says, so every call names
the containers and the codecs it accepts as well.
"""

import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from media.confine import ENVIRONMENT, confined
from media.errors import MediaError

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mpegvideo,avi,flv,ogg,wav,w64,mp3,flac,aac,"
    "asf,mxf,aiff,caf,h264,hevc,amr,dv,ac3,eac3"
)
CODECS = (
    "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg1video,mpeg2video,mpeg4,"
    "msmpeg4v2,msmpeg4v3,wmv1,wmv2,wmv3,vc1,flv,h263,theora,prores,dnxhd,dvvideo,mjpeg,png,"
    "rawvideo,wrapped_avframe,"
    "aac,aac_latm,mp1,mp1float,mp2,mp2float,mp3,mp3float,mp3adu,opus,libopus,vorbis,libvorbis,flac,"
    "alac,ac3,ac3_fixed,eac3,dca,amrnb,amrwb,wmav1,wmav2,wmapro,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_u8,pcm_s8,pcm_f32le,pcm_f32be,"
    "pcm_f64le,pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt"
)
READING = {
    "protocol_whitelist": "file,pipe",
    "format_whitelist": FORMATS,
    "codec_whitelist": CODECS,
}
STALLED = 300.0  # seconds without progress after which ffmpeg is given up


def reading(path: Path) -> tuple[str, dict[str, str]]:
    """The name and the input options under which ffmpeg may read `path`."""
    return f"file:{path}", dict(READING)


def run(
    arguments: list[str],
    *,
    name: str,
    duration: float | None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    stalled_after: float = STALLED,
) -> str:
    """Runs ffmpeg with `arguments` (as ffmpeg-python compiles them) and returns its last words.

    name: the file as a person knows it, for messages. duration: seconds of media, which bounds the
    processor time. progress: is told the seconds of media done. cancelled: is asked twice a second.

    Raises MediaError: tool_missing, timeout, cancelled, no_space, unsupported_codec, ffmpeg_failed.
    """
    flags = ["-nostdin", "-hide_banner", "-loglevel", "error", "-progress", "pipe:1", "-y"]
    cpu_seconds = int(600 + 60 * (duration or 36_000))
    command = confined([_tool("ffmpeg"), *flags, *arguments], cpu_seconds=cpu_seconds)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    words: deque[str] = deque(maxlen=40)
    drain = threading.Thread(target=_drain, args=(process, words), daemon=True)
    drain.start()
    try:
        _follow(process, name, progress, cancelled, stalled_after)
    finally:
        _end(process)
        drain.join(timeout=5)
    last = "\n".join(words)
    if process.returncode:
        raise _failure(name, last, process.returncode)
    return last


def probe_json(path: Path, *arguments: str, name: str, timeout: float = 120.0) -> dict[str, Any]:
    """What ffprobe says about `path`, as parsed JSON; raises MediaError where it says nothing."""
    options = [part for key, value in READING.items() for part in (f"-{key}", value)]
    command = [_tool("ffprobe"), "-hide_banner", "-v", "error", *options, "-of", "json"]
    try:
        done = subprocess.run(
            confined([*command, *arguments, f"file:{path}"], cpu_seconds=int(timeout) + 60),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=ENVIRONMENT,
            timeout=timeout,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise MediaError(
            "timeout", f"“{name}” could not be examined within {timeout:.0f} seconds."
        ) from None
    words = done.stderr.decode(errors="replace").strip()
    if done.returncode:
        raise _unreadable(path, name, words)
    found = json.loads(done.stdout or b"{}")
    return found | {"words": words}


def versions() -> dict[str, str]:
    """The versions of ffmpeg and ffprobe; raises MediaError `tool_missing`."""
    found = {}
    for tool in ("ffmpeg", "ffprobe"):
        said = subprocess.run([_tool(tool), "-version"], capture_output=True, text=True, timeout=20)
        match = re.search(r"version (\S+)", said.stdout)
        found[tool] = match[1] if match else "unknown"
    return found


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise MediaError(
            "tool_missing",
            f"The program {name} is not installed. It is in Debian's package “ffmpeg”:"
            " apt-get install ffmpeg",
            tool=name,
        )
    return path


def _drain(process: subprocess.Popen, words: deque[str]) -> None:
    for line in process.stderr:
        words.append(line.decode(errors="replace").rstrip()[:500])


def _follow(
    process: subprocess.Popen,
    name: str,
    progress: Callable[[float], None] | None,
    cancelled: Callable[[], bool] | None,
    stalled_after: float,
) -> None:
    """Reads progress until ffmpeg is done; raises when it stalls or is cancelled."""
    selector = selectors.DefaultSelector()
    selector.register(process.stdout, selectors.EVENT_READ)
    done, moved, rest = -1.0, time.monotonic(), b""
    while True:
        if selector.select(timeout=0.5):
            block = os.read(process.stdout.fileno(), 65536)
            if not block:
                process.wait(timeout=stalled_after)
                return
            *lines, rest = (rest + block).split(b"\n")
            for seconds in _seconds(lines):
                if seconds > done:
                    done, moved = seconds, time.monotonic()
                    if progress is not None:
                        progress(done)
        if cancelled is not None and cancelled():
            raise MediaError("cancelled", f"Work on “{name}” was cancelled.")
        if time.monotonic() - moved > stalled_after:
            raise MediaError(
                "timeout",
                f"ffmpeg made no progress on “{name}” for {stalled_after:.0f} seconds and was"
                " stopped. Try again; if that happens again, the file is damaged at that point.",
                after=max(done, 0.0),
            )


def _seconds(lines: list[bytes]) -> list[float]:
    found = []
    for line in lines:
        key, _, value = line.partition(b"=")
        if key == b"out_time_us" and value.strip().isdigit():
            found.append(int(value) / 1e6)
    return found


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait(timeout=10)
    process.stdout.close()


def _failure(name: str, words: str, status: int) -> MediaError:
    if "No space left on device" in words or "File too large" in words:
        return MediaError(
            "no_space",
            f"The disk was full while “{name}” was in work. Make room; the work then goes on.",
            words=words,
        )
    if "not in the codec whitelist" in words or "Codec (" in words:
        return _unsupported(name, words)
    last = words.splitlines()[-1] if words else f"status {status}"
    return MediaError("ffmpeg_failed", f"ffmpeg could not work on “{name}”: {last}", words=words)


def _unreadable(path: Path, name: str, words: str) -> MediaError:
    with path.open("rb") as file:
        is_mp4 = file.read(12)[4:8] in (b"ftyp", b"mdat", b"wide", b"free", b"skip")
    if is_mp4 and "moov atom not found" in words:
        return MediaError(
            "truncated",
            f"“{name}” is incomplete: its index is missing, so the recording or the transfer was"
            " cut off. Upload the whole file again.",
            words=words,
        )
    if "not in the codec whitelist" in words:
        return _unsupported(name, words)
    return MediaError(
        "not_media",
        f"“{name}” is not a video or audio file that can be read. Check that it plays on your"
        " computer, and upload it again.",
        words=words,
    )


def _unsupported(name: str, words: str) -> MediaError:
    return MediaError(
        "unsupported_codec",
        f"“{name}” uses a codec that is not accepted here. Export it as MP4 with H.264 and AAC, and"
        " upload that.",
        words=words,
    )
