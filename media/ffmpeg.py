"""Runs ffmpeg and ffprobe: what they may read, how far they are, and why they failed.

`ffmpeg-python` compiles argument lists, the process is ours. A playlist named `.mp4` makes a stock
ffmpeg read other files of the machine, whatever its protocol whitelist says; so before every input
stand the protocols, the containers and the decoders that are accepted, put there by `guarded`.
"""

import contextlib
import functools
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from media.confine import GIB, Limits, confined, environment
from media.errors import (
    Cancelled,
    FfmpegFailed,
    MediaError,
    NoSpace,
    TimedOut,
    ToolMissing,
    UnsupportedCodec,
)

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,ogg,wav,w64,mp3,flac,aac,asf,mxf,"
    "aiff,caf,amr,dv,ac3,eac3"
)

# Codecs and the decoders that may be used for each, the preferred one first.
VIDEO_DECODERS: dict[str, tuple[str, ...]] = {
    "h264": ("h264",),
    "hevc": ("hevc",),
    "av1": ("libdav1d", "libaom-av1", "av1"),
    "vp8": ("vp8", "libvpx"),
    "vp9": ("vp9", "libvpx-vp9"),
    "mpeg1video": ("mpeg1video",),
    "mpeg2video": ("mpeg2video",),
    "mpeg4": ("mpeg4",),
    "msmpeg4v3": ("msmpeg4",),
    "h263": ("h263",),
    "flv1": ("flv",),
    "wmv2": ("wmv2",),
    "wmv3": ("wmv3",),
    "vc1": ("vc1",),
    "theora": ("theora",),
    "prores": ("prores",),
    "dnxhd": ("dnxhd",),
    "dvvideo": ("dvvideo",),
    "ffv1": ("ffv1",),
    "mjpeg": ("mjpeg",),
}
AUDIO_DECODERS: dict[str, tuple[str, ...]] = {
    "aac": ("aac",),
    "aac_latm": ("aac_latm",),
    "mp3": ("mp3float", "mp3"),
    "mp2": ("mp2float", "mp2"),
    "opus": ("opus", "libopus"),
    "vorbis": ("vorbis", "libvorbis"),
    "flac": ("flac",),
    "alac": ("alac",),
    "ac3": ("ac3",),
    "eac3": ("eac3",),
    "speex": ("speex", "libspeex"),
    "wmav1": ("wmav1",),
    "wmav2": ("wmav2",),
    "amr_nb": ("amrnb",),
    "amr_wb": ("amrwb",),
    "adpcm_ms": ("adpcm_ms",),
    "adpcm_ima_wav": ("adpcm_ima_wav",),
    "adpcm_ima_qt": ("adpcm_ima_qt",),
} | {
    f"pcm_{kind}": (f"pcm_{kind}",)
    for kind in (
        *("u8", "s8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be"),
        *("f32le", "f32be", "f64le", "f64be", "alaw", "mulaw", "dvd", "bluray"),
    )
}

# Nothing is made of subtitles and covers, but ffprobe opens a decoder for each of them, and refuses
# the whole file where it may not.
_SIDE_DECODERS = (
    *("subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "cc_dec"),
    *("dvdsub", "dvbsub", "pgssub", "png"),
)

# How much of a file is looked at to find its tracks: sound may begin late in a broadcast stream.
_LOOK = {"probesize": "50M", "analyzeduration": "30M"}
ACCEPTED = {
    "protocol_whitelist": "file,pipe",
    "format_whitelist": FORMATS,
    "codec_whitelist": ",".join(
        decoder
        for decoders in (*VIDEO_DECODERS.values(), *AUDIO_DECODERS.values(), _SIDE_DECODERS)
        for decoder in decoders
    ),
}

STALLED = 180.0  # seconds without progress after which ffmpeg is given up
ENCODERS = ("libx264", "aac", "mjpeg", "pcm_s16le")
_PACKAGE = "Install Debian's package “ffmpeg”: apt-get install ffmpeg"
_KEPT_LINES = 40


def local(path: Path) -> str:
    """A file's name as ffmpeg takes it, never to be read as an option or another protocol."""
    return f"file:{path.absolute()}"


def run(
    arguments: Sequence[str],
    *,
    name: str,
    duration: float | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    log: Callable[[str], None] | None = None,
    stalled: float = STALLED,
    limit: float | None = None,
    file_size: int = 64 * GIB,
    patient: bool = False,
) -> tuple[str, ...]:
    """Runs ffmpeg with `arguments`, as ffmpeg-python compiles them; returns its last words.

    name: the file as a person knows it, for messages.
    duration: seconds of media, from which the time it may take follows where `limit` is None.
    progress: told the seconds of media done. cancelled: asked five times a second; true ends it.
    log: given every line that ffmpeg says. stalled, limit: seconds. file_size: bytes of one output.
    patient: whether it gives way to whatever else wants the processor.

    Raises ToolMissing, TimedOut, Cancelled, NoSpace, UnsupportedCodec or FfmpegFailed; whatever the
    callbacks raise passes through. In every case the process is gone afterwards.
    """
    limit = limit or 3600 + 40 * (duration or 6 * 3600)
    options = ["-nostdin", "-hide_banner", "-v", "warning", "-nostats", "-progress", "pipe:1", "-y"]
    command = [tool("ffmpeg"), *options, *guarded(arguments)]
    follower = _Follower(name, log, _progress_lines(progress))
    limits = Limits(file_size=file_size, patient=patient)
    _finish(command, follower, cancelled, _Patience(stalled, limit), limits)
    return tuple(follower.words)


def inspect(path: Path, arguments: Sequence[str], *, name: str, limit: float = 300) -> "Inspected":
    """What ffprobe prints about the file at `path`, with what it complains about.

    Raises ToolMissing, TimedOut, or FfmpegFailed with ffprobe's words in `details["log"]`.
    """
    printed: list[str] = []
    command = [tool("ffprobe"), "-hide_banner", "-v", "error", *arguments]
    command += guarded(["-i", local(path)])
    follower = _Follower(name, None, _keeping(printed))
    _finish(command, follower, None, _Patience(STALLED, limit), Limits(cpu=int(limit) * 4))
    return Inspected(printed, tuple(follower.words))


@dataclass(frozen=True)
class Inspected:
    """lines: what ffprobe printed. words: its complaints, the last lines of them."""

    lines: list[str]
    words: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """The printed lines as the JSON they were asked to be."""
        return json.loads("\n".join(self.lines) or "{}")


def guarded(arguments: Sequence[str]) -> list[str]:
    """`arguments` with the accepted protocols, containers and decoders before every input.

    Raises ValueError where an input is not a plain local file.
    """
    guards = [part for key, value in (ACCEPTED | _LOOK).items() for part in (f"-{key}", value)]
    safe: list[str] = []
    for position, argument in enumerate(arguments):
        if argument == "-i":
            if not str(arguments[position + 1]).startswith("file:/"):
                raise ValueError(f"an input must be named by media.ffmpeg.local: {arguments}")
            safe += guards
        safe.append(str(argument))
    return safe


def tool(name: str) -> str:
    """The full path of `ffmpeg` or `ffprobe`; raises ToolMissing."""
    path = shutil.which(name)
    if path is None:
        raise ToolMissing(f"The program {name} is not installed. {_PACKAGE}", tool=name)
    return path


def versions() -> dict[str, str]:
    """The versions of ffmpeg and ffprobe by name; raises ToolMissing, for a missing encoder too."""
    found = {}
    for name in ("ffmpeg", "ffprobe"):
        match = re.search(r"version (\S+)", _said(tool(name), "-version"))
        found[name] = match[1] if match else "unknown"
    known = set(re.findall(r"^ [A-Z.]{6} (\S+)", _said(tool("ffmpeg"), "-encoders"), re.MULTILINE))
    missing = [encoder for encoder in ENCODERS if encoder not in known]
    if missing:
        raise ToolMissing(
            f"This ffmpeg ({tool('ffmpeg')}) was built without {', '.join(missing)}. {_PACKAGE}",
            tool="ffmpeg",
            missing=", ".join(missing),
        )
    return found


def _said(*command: str) -> str:
    done = subprocess.run(
        [*command, "-hide_banner"] if "-version" not in command else command,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=environment(),
        timeout=60,
    )
    return done.stdout


# One process, from start to end -------------------------------------------------------------


@dataclass(frozen=True)
class _Patience:
    stalled: float  # seconds without progress
    limit: float  # seconds altogether


@dataclass
class _Follower:
    """Takes in what a process says: `told` gets its output and says whether that was progress."""

    name: str
    log: Callable[[str], None] | None
    told: Callable[[str], bool]
    words: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT_LINES))

    def hear(self, line: str) -> None:
        """Keeps a line of stderr."""
        self.words.append(line[:500])
        if self.log is not None:
            self.log(line)


def _finish(
    command: list[str],
    follower: _Follower,
    cancelled: Callable[[], bool] | None,
    patience: _Patience,
    limits: Limits,
) -> None:
    """Starts `command`, follows it to its end, and raises where that was no good one."""
    process = subprocess.Popen(
        confined(command, limits),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd="/",
        start_new_session=True,
    )
    try:
        _follow(process, follower, cancelled, patience)
    finally:
        _end(process)
    trouble = _trouble(follower, process.returncode)
    if trouble is not None:
        raise trouble


def _follow(
    process: subprocess.Popen[bytes],
    follower: _Follower,
    cancelled: Callable[[], bool] | None,
    patience: _Patience,
) -> None:
    """Reads both outputs as they come, so that neither fills up and stops the process."""
    started = moved = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            selector.register(stream, selectors.EVENT_READ, data=_Lines())
        while selector.get_map() or process.poll() is None:
            for key, _ in selector.select(timeout=0.2) if selector.get_map() else ():
                block = os.read(key.fd, 65536)
                for line in key.data.take(block):
                    if key.fileobj is process.stderr:
                        follower.hear(line)
                    elif follower.told(line):
                        moved = time.monotonic()
                if not block:
                    selector.unregister(key.fileobj)
            if not selector.get_map():
                _wait_a_little(process)
            if cancelled is not None and cancelled():
                raise Cancelled(f"Work on “{follower.name}” was cancelled.", name=follower.name)
            _check_time(follower, patience, time.monotonic() - started, time.monotonic() - moved)


class _Lines:
    """Cuts blocks of bytes into lines."""

    def __init__(self) -> None:
        self.rest = b""

    def take(self, block: bytes) -> Iterator[str]:
        """The lines completed by `block`; an empty block completes the last one."""
        *lines, self.rest = re.split(rb"[\r\n]+", self.rest + (block or b"\n"))
        yield from (line.decode(errors="replace") for line in lines if line.strip())


def _wait_a_little(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=0.2)


def _check_time(follower: _Follower, patience: _Patience, total: float, still: float) -> None:
    if still > patience.stalled:
        raise TimedOut(
            f"Work on “{follower.name}” stood still for {still:.0f} seconds and was stopped. Try"
            " again; if it stops again, the file is damaged: export it anew and upload that.",
            name=follower.name,
            seconds=round(still),
            log="\n".join(follower.words),
        )
    if total > patience.limit:
        raise TimedOut(
            f"Work on “{follower.name}” was not done after {total:.0f} seconds and was stopped. Try"
            " again when the machine is less busy.",
            name=follower.name,
            seconds=round(total),
            log="\n".join(follower.words),
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        stream.close()


def _progress_lines(progress: Callable[[float], None] | None) -> Callable[[str], bool]:
    """Understands `-progress`: key=value lines, of which out_time_us and total_size may grow."""
    reached = {"out_time_us": 0, "total_size": 0, "frame": 0}

    def told(line: str) -> bool:
        key, _, value = line.partition("=")
        value = value.strip()
        if key not in reached or not value.isdigit() or int(value) <= reached[key]:
            return False
        reached[key] = int(value)
        if key == "out_time_us" and progress is not None:
            progress(int(value) / 1e6)
        return True

    return told


def _keeping(printed: list[str]) -> Callable[[str], bool]:
    def told(line: str) -> bool:
        printed.append(line)
        return True

    return told


# What went wrong ----------------------------------------------------------------------------


def _trouble(follower: _Follower, status: int) -> MediaError | None:
    """The reason of a failure; a full disk counts even where ffmpeg ends as if all were well."""
    name, words = follower.name, "\n".join(follower.words)
    if re.search("No space left on device|Disk quota exceeded", words):
        return NoSpace(
            f"The disk is full, so work on “{name}” stopped. Make room and try again.",
            name=name,
            log=words,
        )
    if status == 0:
        return None
    missing = re.search(r"Unknown encoder '([^']*)'|No such filter: '([^']*)'", words)
    if missing:
        part = missing[1] or missing[2]
        return ToolMissing(
            f"This ffmpeg was built without {part}, which “{name}” needs. {_PACKAGE}",
            tool="ffmpeg",
            missing=part,
        )
    if refused := re.search(r"Codec \(([^)]*)\) not on whitelist", words):
        codec = refused[1]
        return UnsupportedCodec(
            f"“{name}” is coded as “{codec}”, which is not accepted. Export it as MP4 with"
            " H.264 and AAC, and upload that.",
            name=name,
            codec=codec,
            log=words,
        )
    return FfmpegFailed(
        f"ffmpeg could not work on “{name}”: {_last_words(follower, status)}",
        name=name,
        status=status,
        log=words,
    )


def _last_words(follower: _Follower, status: int) -> str:
    if status < 0:
        return f"it was ended by {_signal_name(-status)}, most likely by a limit on memory or time"
    return follower.words[-1] if follower.words else f"it ended with status {status}"


@functools.cache
def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
