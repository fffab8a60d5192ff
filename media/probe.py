"""What a media file is, and whether it is whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.errors import MediaError
from media.ffmpeg import probe_json

TAIL = 40.0  # seconds at the end of a file that are looked at
PLAYLISTS = (b"#EXTM3U", b"ffconcat version", b"<?xml", b"<MPD", b"[playlist]", b"file ", b"<smil")
IMAGES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}


@dataclass(frozen=True)
class VideoStream:
    """index: of the stream in the file. rotation: degrees clockwise that players apply."""

    index: int
    codec: str
    width: int  # pixels as stored
    height: int
    fps: float
    pixel_format: str
    profile: str
    rotation: int


@dataclass(frozen=True)
class AudioStream:
    """index: of the stream in the file."""

    index: int
    codec: str
    channels: int
    sample_rate: int  # Hz


@dataclass(frozen=True)
class MediaInfo:
    """What was found in a file; `video` is None for sound alone."""

    name: str  # as a person knows the file
    container: str
    duration: float  # seconds
    size: int  # bytes
    audio: AudioStream
    video: VideoStream | None


def probe(path: Path, *, name: str | None = None) -> MediaInfo:
    """Examines the file at `path`, known to people as `name`.

    Raises MediaError: empty_file, playlist, image, not_media, truncated, no_audio,
    unsupported_codec, timeout, tool_missing.
    """
    name = name or path.name
    _look_at_first_bytes(path, name)
    found = probe_json(path, "-show_format", "-show_streams", name=name)
    audio, video = _audio(found), _video(found)
    if audio is None:
        raise _without_audio(name, found, video)
    duration = _duration(found) or _duration_by_packets(path, name)
    _check_tail(path, name, duration)
    return MediaInfo(
        name=name,
        container=found["format"]["format_name"],
        duration=duration,
        size=path.stat().st_size,
        audio=audio,
        video=video,
    )


def _look_at_first_bytes(path: Path, name: str) -> None:
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise MediaError("empty_file", f"“{name}” is empty (0 bytes). Upload the file again.")
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(PLAYLISTS):
        raise MediaError(
            "playlist",
            f"“{name}” is a playlist, a list of other files, and holds no recording itself. Upload"
            " the recording it points to.",
        )
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    for magic, kind in IMAGES.items():
        if start.startswith(magic) or webp:
            raise MediaError(
                "image",
                f"“{name}” is a picture ({'WebP' if webp else kind}), not a recording. Upload the"
                " video or audio file.",
            )


def _audio(found: dict[str, Any]) -> AudioStream | None:
    """The track marked as default, else the first one."""
    tracks = [s for s in found.get("streams", []) if s.get("codec_type") == "audio"]
    tracks = [s for s in tracks if s.get("codec_name") and int(s.get("channels") or 0) > 0]
    tracks.sort(key=lambda s: not s.get("disposition", {}).get("default"))
    if not tracks:
        return None
    track = tracks[0]
    return AudioStream(
        index=track["index"],
        codec=track["codec_name"],
        channels=int(track["channels"]),
        sample_rate=int(track.get("sample_rate") or 0),
    )


def _video(found: dict[str, Any]) -> VideoStream | None:
    for stream in found.get("streams", []):
        cover = stream.get("disposition", {}).get("attached_pic")
        if stream.get("codec_type") == "video" and not cover and stream.get("width"):
            return VideoStream(
                index=stream["index"],
                codec=stream.get("codec_name", "unknown"),
                width=int(stream["width"]),
                height=int(stream["height"]),
                fps=_rate(stream.get("avg_frame_rate", "0/1")),
                pixel_format=stream.get("pix_fmt", ""),
                profile=str(stream.get("profile", "")),
                rotation=_rotation(stream),
            )
    return None


def _rate(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below) if float(below or 1) else 0.0


def _rotation(stream: dict[str, Any]) -> int:
    for side in stream.get("side_data_list", []):
        if "rotation" in side:
            return -int(side["rotation"]) % 360
    return int(stream.get("tags", {}).get("rotate", 0)) % 360


def _without_audio(name: str, found: dict[str, Any], video: VideoStream | None) -> MediaError:
    if video is None:
        return MediaError(
            "not_media",
            f"“{name}” holds neither video nor sound that can be read. Check that it plays on your"
            " computer, and upload it again.",
        )
    return MediaError(
        "no_audio",
        f"“{name}” has no sound, so there is nothing to transcribe. Export it with its audio track,"
        " and upload that.",
    )


def _duration(found: dict[str, Any]) -> float:
    times = [found.get("format", {}).get("duration")]
    times += [stream.get("duration") for stream in found.get("streams", [])]
    return max((float(t) for t in times if t not in (None, "N/A")), default=0.0)


def _duration_by_packets(path: Path, name: str) -> float:
    """For files whose container says nothing, such as those a browser recorded."""
    found = probe_json(
        path, "-select_streams", "a:0", "-show_entries", "packet=pts_time", name=name, timeout=600
    )
    times = [float(p["pts_time"]) for p in found.get("packets", []) if "pts_time" in p]
    if not times:
        raise MediaError(
            "truncated", f"“{name}” holds no sound that can be played. Upload the whole file again."
        )
    return max(times)


def _check_tail(path: Path, name: str, duration: float) -> None:
    """Looks for picture or sound near the declared end: a file that was cut off has none there."""
    start = max(0.0, duration - TAIL)
    found = probe_json(
        path,
        "-read_intervals",
        f"{start:.3f}%",
        "-show_entries",
        "packet=pts_time,duration_time",
        name=name,
        timeout=300,
    )
    reached = max((_end(packet) for packet in found.get("packets", [])), default=0.0)
    if duration - reached > max(2.0, 0.05 * duration):
        raise MediaError(
            "truncated",
            f"“{name}” is incomplete: it should last {duration:.0f} seconds, but ends after"
            f" {reached:.0f}. Upload the whole file again.",
            duration=duration,
            reached=reached,
        )


def _end(packet: dict[str, Any]) -> float:
    if "pts_time" not in packet:
        return 0.0
    return float(packet["pts_time"]) + float(packet.get("duration_time", 0))
