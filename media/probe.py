"""What a media file is, and whether it is whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.errors import (
    EmptyFile,
    FfmpegFailed,
    Image,
    MediaError,
    NoAudio,
    NotMedia,
    Playlist,
    Truncated,
    UnsupportedCodec,
)
from media.ffmpeg import AUDIO_DECODERS, VIDEO_DECODERS, inspect
from media.structure import image_kind, missing_bytes, playlist_kind

# Containers whose length ffprobe guesses from the bit rate: their packets are counted instead.
_GUESSED = {"mp3", "aac", "ac3", "eac3", "amr"}
# Containers whose length is read off their own last packets, which are therefore there.
_MEASURED = _GUESSED | {"mpegts", "mpeg", "ogg"}
_TAIL = 10.0  # seconds before the end in which packets are looked for


@dataclass(frozen=True)
class VideoStream:
    """The picture of a file, as it is stored."""

    index: int  # of the stream in the file
    codec: str
    profile: str  # "" where there is none
    level: int  # as the codec counts: 41 is H.264 level 4.1; 0 unknown
    width: int  # pixels, as stored
    height: int
    aspect: float  # width of a pixel by its height
    fps: float  # frames per second on average; 0 unknown
    pixel_format: str
    rotation: int  # degrees clockwise that a player turns the picture by
    interlaced: bool
    bit_rate: int  # bits per second; 0 unknown

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as a viewer sees them, turned and with square pixels."""
        width, height = round(self.width * self.aspect), self.height
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """The largest even size that keeps the shape, fits the box, and is no larger than shown."""
        own_width, own_height = self.shown
        scale = min(1.0, width / own_width, height / own_height)
        return (
            max(2, round(own_width * scale) // 2 * 2),
            max(2, round(own_height * scale) // 2 * 2),
        )


@dataclass(frozen=True)
class AudioStream:
    """The sound of a file: the track marked as default, else its first."""

    index: int  # of the stream in the file
    codec: str
    profile: str  # "" where there is none
    channels: int
    sample_rate: int  # Hz
    duration: float | None  # seconds, where the container says so of the track
    bit_rate: int  # bits per second; 0 unknown


@dataclass(frozen=True)
class MediaInfo:
    """What was found in a file; `video` is None for sound alone."""

    name: str  # as a person knows the file
    container: str  # ffmpeg's name of the format, e.g. "mov,mp4,m4a,3gp,3g2,mj2"
    duration: float  # seconds
    size: int  # bytes
    audio: AudioStream
    video: VideoStream | None


def probe(path: Path, *, name: str | None = None) -> MediaInfo:
    """Examines the file at `path`, known to people as `name`; its content counts, not its ending.

    Raises MediaError: empty_file, playlist, image, not_media, truncated, no_audio,
    unsupported_codec, timeout, tool_missing. OSError where there is no such file.
    """
    name = name or path.name
    _refuse_at_sight(path, name)
    found = _found(path, name)
    streams = found.get("streams", [])
    video, audio = _video(streams, name), _audio(streams, name)
    if audio is None:
        raise _without_sound(name, video)
    container = found["format"]["format_name"]
    return MediaInfo(
        name=name,
        container=container,
        duration=_checked_duration(path, found, container, audio, name),
        size=path.stat().st_size,
        audio=audio,
        video=video,
    )


def _refuse_at_sight(path: Path, name: str) -> None:
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise EmptyFile(
            f"“{name}” is empty: it has 0 bytes. Upload the recording again.", name=name
        )
    if kind := playlist_kind(start):
        raise Playlist(
            f"“{name}” is a playlist ({kind}), a list of other files, and no recording itself."
            " Upload the recording that it points to.",
            name=name,
            kind=kind,
        )
    if kind := image_kind(start):
        raise Image(
            f"“{name}” is a picture ({kind}), not a recording. Upload the video or audio file.",
            name=name,
            kind=kind,
        )


def _found(path: Path, name: str) -> dict[str, Any]:
    missing = missing_bytes(path)
    try:
        seen = inspect(path, ["-show_format", "-show_streams", "-of", "json"], name=name)
    except FfmpegFailed as error:
        if missing and "moov atom not found" in error.details["log"]:
            raise _without_index(name, error.details["log"]) from error
        raise _unreadable(name, error.details["log"]) from error
    found = seen.json()
    if not found.get("streams") or "format" not in found:
        raise _unreadable(name, "\n".join(seen.words))
    if missing:
        raise Truncated(
            f"“{name}” is incomplete: by its own account at least {_bytes(missing)} more belong to"
            " it. Upload the whole file again.",
            name=name,
            missing=missing,
        )
    return found


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count:,} bytes"


def _without_index(name: str, log: str) -> MediaError:
    return Truncated(
        f"“{name}” is incomplete: the index at its end is missing, so the recording or the transfer"
        " was cut off. Upload the whole file again.",
        name=name,
        log=log,
    )


def _unreadable(name: str, log: str) -> MediaError:
    return NotMedia(
        f"“{name}” is not a video or audio file that can be read. Check that it plays on your"
        " computer, and upload it as MP4, MKV, WebM, MOV, MP3, M4A, WAV or FLAC.",
        name=name,
        log=log,
    )


def _video(streams: list[dict[str, Any]], name: str) -> VideoStream | None:
    tracks = [
        s
        for s in streams
        if s.get("codec_type") == "video"
        and not s.get("disposition", {}).get("attached_pic")
        and not s.get("disposition", {}).get("timed_thumbnails")
        # Covers in containers that do not mark them, and pictures for a single moment.
        and s.get("codec_name") not in ("png", "bmp", "gif", "webp", "tiff")
    ]
    track = _preferred(tracks, VIDEO_DECODERS, name)
    if track is None:
        return None
    if not (track.get("width") and track.get("height")):
        raise _unreadable(name, "a video track without any picture")
    return VideoStream(
        index=track["index"],
        codec=track["codec_name"],
        profile=str(track.get("profile") or ""),
        level=max(0, int(track.get("level") or 0)),
        width=int(track["width"]),
        height=int(track["height"]),
        aspect=_ratio(track.get("sample_aspect_ratio", ""), ":") or 1.0,
        fps=_ratio(track.get("avg_frame_rate", ""), "/") or 0.0,
        pixel_format=track.get("pix_fmt") or "",
        rotation=_rotation(track),
        interlaced=track.get("field_order", "unknown") not in ("progressive", "unknown"),
        bit_rate=int(track.get("bit_rate") or 0),
    )


def _audio(streams: list[dict[str, Any]], name: str) -> AudioStream | None:
    tracks = [s for s in streams if s.get("codec_type") == "audio"]
    track = _preferred(tracks, AUDIO_DECODERS, name)
    if track is None:
        return None
    return AudioStream(
        index=track["index"],
        codec=track["codec_name"],
        profile=str(track.get("profile") or ""),
        channels=int(track.get("channels") or 0),
        sample_rate=int(track.get("sample_rate") or 0),
        duration=_seconds(track.get("duration")),
        bit_rate=int(track.get("bit_rate") or 0),
    )


def _preferred(
    tracks: list[dict[str, Any]], decoders: dict[str, Any], name: str
) -> dict[str, Any] | None:
    """The default track, else the first, of those that can be decoded; an error if none can."""
    usable = [t for t in tracks if t.get("codec_name") in decoders]
    if tracks and not usable:
        codec = tracks[0].get("codec_name") or tracks[0].get("codec_tag_string") or "unknown"
        kind = tracks[0]["codec_type"]
        raise UnsupportedCodec(
            f"The {kind} of “{name}” is coded as “{codec}”, which is not accepted. Export it as MP4"
            " with H.264 and AAC, and upload that.",
            name=name,
            codec=codec,
            kind=kind,
        )
    usable.sort(key=lambda t: not t.get("disposition", {}).get("default"))
    return usable[0] if usable else None


def _rotation(track: dict[str, Any]) -> int:
    """ffprobe counts the display matrix against the clock, the older tag with it."""
    for side in track.get("side_data_list", []):
        if "rotation" in side:
            return round(-float(side["rotation"]) / 90) * 90 % 360
    return round(float(track.get("tags", {}).get("rotate", 0)) / 90) * 90 % 360


def _ratio(text: str, mark: str) -> float | None:
    above, _, below = text.partition(mark)
    try:
        return float(above) / float(below) or None
    except (ValueError, ZeroDivisionError):
        return None


def _seconds(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _without_sound(name: str, video: VideoStream | None) -> MediaError:
    if video is None:
        return _unreadable(name, "neither video nor audio tracks")
    return NoAudio(
        f"“{name}” has no audio track, so there is nothing to transcribe. Export it with its sound,"
        " and upload that.",
        name=name,
    )


# How long it is -----------------------------------------------------------------------------


def _checked_duration(
    path: Path, found: dict[str, Any], container: str, audio: AudioStream, name: str
) -> float:
    """The length in seconds, which the packets in the file have been seen to reach."""
    kinds = set(container.split(","))
    declared = _declared(found)
    start = _seconds(found["format"].get("start_time")) or 0.0
    if declared is None or kinds & _GUESSED:
        reached = _reached(path, ["-select_streams", str(audio.index)], name) - start
        if reached <= 0:
            raise Truncated(
                f"“{name}” holds no sound that could be played. Upload the whole file again.",
                name=name,
            )
        return reached
    if not kinds & _MEASURED:
        begin = max(0.0, start + declared - _TAIL)
        reached = _reached(path, ["-read_intervals", f"{begin:.3f}%"], name) - start
        if declared - reached > max(2.0, declared * 0.01):
            raise Truncated(
                f"“{name}” is incomplete: it should last {declared:.0f} seconds, but its end is"
                " missing. Upload the whole file again.",
                name=name,
                declared=declared,
                reached=max(reached, 0.0),
            )
    return declared


def _declared(found: dict[str, Any]) -> float | None:
    whole = _seconds(found["format"].get("duration"))
    tracks = [_seconds(stream.get("duration")) for stream in found["streams"]]
    return next((d for d in (whole, *tracks) if d is not None and d > 0), None)


def _reached(path: Path, which: list[str], name: str) -> float:
    """The moment in seconds at which the last of the packets asked for ends; 0.0 without any."""
    entries = "packet=pts_time,dts_time,duration_time"
    asked = ["-show_entries", entries, "-of", "compact=p=0", *which]
    try:
        seen = inspect(path, asked, name=name, limit=1800)
    except FfmpegFailed:
        return 0.0
    return max(map(_end_of_packet, seen.lines), default=0.0)


def _end_of_packet(line: str) -> float:
    values = dict(part.partition("=")[::2] for part in line.split("|"))
    begin = _seconds(values.get("pts_time")) or _seconds(values.get("dts_time")) or 0.0
    return begin + (_seconds(values.get("duration_time")) or 0.0)
