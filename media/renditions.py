"""Makes the file that browsers play: H.264 and AAC in an MP4 whose index stands in front."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from media.errors import FfmpegFailed, NotMedia, Truncated, full_disk_named
from media.ffmpeg import STALLED, local, run
from media.probe import AudioStream, MediaInfo, VideoStream, probe

BOX = (1920, 1080)  # pixels, the largest picture
FASTEST = 60.0  # frames per second
H264_PROFILES = ("Constrained Baseline", "Baseline", "Main", "High", "Constrained High")
H264_LEVEL = 52  # 5.2, what browsers' decoders promise at most
BIT_RATE = 20_000_000  # bits per second; what camcorders write above it is not for the web
AAC_PROFILES = ("LC", "HE-AAC", "HE-AACv2", "")
# Their timestamps are incomplete or overflow, and a copy would carry that on.
UNTIMED = {"avi", "flv", "asf", "mpeg"}


@dataclass(frozen=True)
class Rendition:
    """A finished file.

    copied: whether its picture, or the sound of a file without one, is that of the upload.
    """

    path: Path
    kind: str  # video or audio
    mime: str
    width: int | None  # pixels, as shown
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
    log: Callable[[str], None] | None = None,
) -> Rendition:
    """Makes the rendition of `source` in `folder`, as `video.mp4` or `audio.m4a`.

    What browsers play already is copied, the rest is encoded; where a copy turns out unplayable it
    is encoded after all. The file is written under another name, examined, and then renamed, so
    whatever has the final name is whole.

    progress: told the seconds of media done. cancelled: true ends the work. log: given ffmpeg's
    lines.

    Raises MediaError: truncated, no_space, timeout, cancelled, unsupported_codec, ffmpeg_failed,
    tool_missing; no file is left then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    make = _Making(source, info, folder, progress, cancelled, log)
    copies = _copies(info)
    if any(copies.values()):
        try:
            return make.rendition(copies)
        except (FfmpegFailed, NotMedia, Truncated) as error:
            if log is not None:
                log(f"copying did not work, so it is encoded: {error}")
    return make.rendition(dict.fromkeys(copies, False))


@dataclass(frozen=True)
class _Making:
    source: Path
    info: MediaInfo
    folder: Path
    progress: Callable[[float], None] | None
    cancelled: Callable[[], bool] | None
    log: Callable[[str], None] | None

    def rendition(self, copies: dict[str, bool]) -> Rendition:
        """One try, with the tracks copied that `copies` says."""
        info = self.info
        final = self.folder / ("video.mp4" if info.video else "audio.m4a")
        attempt = self.folder / f".attempt-{secrets.token_hex(6)}{final.suffix}"
        try:
            with full_disk_named(info.name):
                run(
                    _arguments(self.source, info, attempt, copies),
                    name=info.name,
                    duration=info.duration,
                    progress=self.progress,
                    cancelled=self.cancelled,
                    log=self.log,
                    # The index is moved to the front at the end, in silence.
                    stalled=STALLED + info.size / 10e6,
                )
                made = _examined(attempt, info, exact=any(copies.values()))
                attempt.replace(final)
        finally:
            attempt.unlink(missing_ok=True)
        width, height = made.video.shown if made.video else (None, None)
        return Rendition(
            path=final,
            kind="video" if made.video else "audio",
            mime="video/mp4" if made.video else "audio/mp4",
            width=width,
            height=height,
            duration=made.duration,
            size=made.size,
            copied=copies.get("video", copies["audio"]),
        )


def _copies(info: MediaInfo) -> dict[str, bool]:
    """Which tracks are taken over as they are."""
    timed = not UNTIMED & set(info.container.split(","))
    copies = {"audio": timed and _sound_plays(info.audio)}
    if info.video:
        copies["video"] = timed and _picture_plays(info.video, info)
    return copies


def _sound_plays(audio: AudioStream) -> bool:
    return (
        audio.codec == "aac"
        and audio.profile in AAC_PROFILES
        and 1 <= audio.channels <= 2
        and audio.sample_rate <= 48_000
    )


def _picture_plays(video: VideoStream, info: MediaInfo) -> bool:
    """Whether every current browser plays the picture as it is."""
    width, height = video.shown
    bit_rate = video.bit_rate or info.size * 8 / max(info.duration, 1.0)
    return (
        video.codec == "h264"
        and video.pixel_format in ("yuv420p", "yuvj420p")
        and video.profile in H264_PROFILES
        and video.level <= H264_LEVEL
        and video.rotation == 0
        and not video.interlaced
        and width <= BOX[0]
        and height <= BOX[1]
        and bit_rate <= BIT_RATE
    )


def _arguments(source: Path, info: MediaInfo, target: Path, copies: dict[str, bool]) -> list[str]:
    """What ffmpeg is asked for; titles, places and names in the upload's metadata stay behind."""
    streams = ffmpeg.input(local(source))
    mapped = [streams[str(info.audio.index)]]
    coding = {"c:a": "copy"} if copies["audio"] else _sound(info.audio)
    if info.video:
        mapped.insert(0, streams[str(info.video.index)])
        coding |= {"c:v": "copy"} if copies["video"] else _picture(info.video)
    output = ffmpeg.output(
        *mapped,
        local(target),
        format="mp4",
        movflags="+faststart",
        map_metadata=-1,
        map_chapters=-1,
        max_muxing_queue_size=9999,
        **coding,
    )
    return ffmpeg.get_args(output)


def _sound(audio: AudioStream) -> dict[str, Any]:
    # Holes in the sound are filled, so that it stays with the picture.
    filters = [*mixed_down(audio, 2), "aresample=async=1:first_pts=0"]
    coding = {"c:a": "aac", "b:a": "128k", "ar": 48_000, "ac": min(audio.channels or 2, 2)}
    return {"af": ",".join(filters), **coding}


def mixed_down(audio: AudioStream, channels: int) -> list[str]:
    """The filter that mixes more channels than a layout with a name has; ffmpeg does the others."""
    if audio.channels <= 8:
        return []
    mix = "+".join(f"{1 / audio.channels:.4f}*c{n}" for n in range(audio.channels))
    layout, names = ("mono", ["c0"]) if channels == 1 else ("stereo", ["c0", "c1"])
    return ["pan=" + "|".join([layout, *(f"{name}={mix}" for name in names)])]


def _picture(video: VideoStream) -> dict[str, Any]:
    width, height = video.fitted(*BOX)
    filters = ["yadif"] if video.interlaced else []
    filters += [f"scale={width}:{height}", "setsar=1", "format=yuv420p"]
    if video.fps > FASTEST + 1:
        filters.append(f"fps={FASTEST:.0f}")
    # A whole picture every four seconds lets a jump to a moment arrive quickly.
    pictures = round(4 * min(video.fps or 25, FASTEST)) or 1
    coding = {"c:v": "libx264", "preset": "veryfast", "crf": 23, "g": pictures}
    return {"vf": ",".join(filters), **coding}


def _examined(attempt: Path, info: MediaInfo, *, exact: bool) -> MediaInfo:
    """What was made, once it has been seen to be as long as the source.

    exact: also refuse what is longer, as a copy of broken timestamps can be.
    """
    if not attempt.exists():
        raise FfmpegFailed(f"ffmpeg wrote nothing for “{info.name}”.", name=info.name)
    made = probe(attempt, name=info.name)
    tolerance = max(2.0, info.duration * 0.02)
    if info.video and made.video is None:
        raise FfmpegFailed(f"The picture of “{info.name}” could not be decoded.", name=info.name)
    if made.duration < info.duration - tolerance:
        raise Truncated(
            f"“{info.name}” should last {info.duration:.0f} seconds, but only {made.duration:.0f}"
            " of them could be decoded. Upload the whole file again.",
            name=info.name,
            declared=info.duration,
            reached=made.duration,
        )
    if exact and made.duration > info.duration + tolerance:
        raise FfmpegFailed(
            f"The copy of “{info.name}” lasts {made.duration:.0f} seconds, not"
            f" {info.duration:.0f}: its timestamps are broken.",
            name=info.name,
        )
    return made
