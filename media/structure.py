"""What a file's own bytes say before any decoder sees them: of what kind it is, and if whole.

The boxes of MP4 (ISO/IEC 14496-12), the elements of Matroska (RFC 8794) and the chunks of RIFF name
their own lengths; a file that ends earlier than they say was cut off.
"""

import struct
from pathlib import Path
from typing import BinaryIO

_PLAYLISTS = (
    (b"#extm3u", "HLS or M3U"),
    (b"ffconcat version", "ffconcat"),
    (b"<mpd", "DASH"),
    (b"[playlist]", "PLS"),
    (b"<smil", "SMIL"),
    (b"<asx", "ASX"),
    (b"<smoothstreamingmedia", "Smooth Streaming"),
    (b"<playlist", "XSPF"),
    (b"[reference]", "ASF reference"),
    (b"v=0\r\no=", "SDP"),
    (b"v=0\no=", "SDP"),
)
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"8BPS", "Photoshop"),
    (b"\x00\x00\x01\x00\x01\x00", "icon"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
)
_IMAGE_BRANDS = (b"avif", b"heic", b"heix", b"mif1")
_MP4_BOXES = (
    b"ftyp",
    b"moov",
    b"mdat",
    b"moof",
    b"free",
    b"skip",
    b"wide",
    b"pnot",
    b"styp",
    b"sidx",
)
_SEGMENT = 0x18538067  # the element that holds everything in a Matroska file


def playlist_kind(start: bytes) -> str | None:
    """The kind of playlist that a file beginning with `start` is, if it is one."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"file ") or text.startswith(b"file\t"):
        return "ffconcat"
    if text.startswith((b"<?xml", b"<!--")):
        return next((kind for sign, kind in _PLAYLISTS if sign[:1] == b"<" and sign in text), None)
    return next((kind for sign, kind in _PLAYLISTS if text.startswith(sign)), None)


def image_kind(start: bytes) -> str | None:
    """The kind of picture that a file beginning with `start` is, if it is one."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WebP"
    if start[4:8] == b"ftyp" and start[8:12] in _IMAGE_BRANDS:
        return start[8:12].decode().upper()
    if start[:2] == b"BM" and start[6:10] == b"\x00\x00\x00\x00":
        return "BMP"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text):
        return "SVG"
    return next((kind for sign, kind in _IMAGES if start.startswith(sign)), None)


def missing_bytes(path: Path) -> int:
    """How many bytes of the file at `path` are missing by its own account.

    0 where it is whole, or says nothing about its length; 1 where its index is missing and nobody
    can tell how much else is.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(16)
        file.seek(0)
        if start[4:8] in _MP4_BOXES:
            return _missing_of_mp4(file, size)
        if start[:4] == b"\x1a\x45\xdf\xa3":
            return _missing_of_matroska(file, size)
        if start[:4] == b"RIFF":
            return _missing_of_riff(start, size)
    return 0


def _missing_of_mp4(file: BinaryIO, size: int) -> int:
    """Walks the outermost boxes: one must be `moov`, and those that hold media must be whole."""
    position, indexed = 0, False
    while position + 8 <= size:
        file.seek(position)
        header = file.read(16)
        length, kind = struct.unpack_from(">I4s", header)
        if length == 1 and len(header) == 16:
            (length,) = struct.unpack_from(">Q", header, 8)
        elif length == 0:
            length = size - position
        if length < 8:
            break
        indexed = indexed or kind == b"moov"
        position += length
        if position > size and kind in (b"mdat", b"moov", b"moof"):
            return position - size
    return 0 if indexed else 1


def _missing_of_matroska(file: BinaryIO, size: int) -> int:
    """Skips the header; the segment behind it states its length unless it was streamed."""
    for _ in range(4):
        element, data_length = _number(file, marked=True), _number(file, marked=False)
        if element is None:
            return 0
        if element == _SEGMENT:
            return 0 if data_length is None else max(0, file.tell() + data_length - size)
        file.seek(data_length or 0, 1)
    return 0


def _number(file: BinaryIO, *, marked: bool) -> int | None:
    """A Matroska number of variable length, with its length marker or without; None if unknown."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    extra = 8 - first[0].bit_length()
    value = first[0] if marked else first[0] & (0x7F >> extra)
    rest = file.read(extra)
    unknown = value == 0x7F >> extra and rest == b"\xff" * extra
    return None if unknown and not marked else int.from_bytes(bytes([value]) + rest)


def _missing_of_riff(start: bytes, size: int) -> int:
    """The first chunk holds the file or its first gigabyte; streams write an impossible length."""
    (length,) = struct.unpack_from("<I", start, 4)
    return max(0, length + 8 - size) if 0 < length < 0x7FFFF000 else 0
