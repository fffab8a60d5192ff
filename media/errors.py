"""What can be wrong with a media file, or with working on it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class MediaError(Exception):
    """One thing that went wrong, with a stable reason and a sentence for people.

    reason: not_media, empty_file, truncated, playlist, image, no_audio, unsupported_codec,
    no_space, too_large, timeout, cancelled, ffmpeg_failed or tool_missing.
    message: one English sentence or two: the file, what is wrong with it, what to do next.
    details: names and numbers behind the sentence, for a caller that words its own;
    `log` holds the last lines ffmpeg said, where it said any.
    """

    def __init__(self, reason: str, message: str, **details: Any) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return self.message


class _Known(MediaError):
    """A MediaError whose class states its reason."""

    code: ClassVar[str]

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(self.code, message, **details)
        self.args = (message,)  # what a copy of this error is made from


class NotMedia(_Known):
    """The bytes are neither video nor sound."""

    code = "not_media"


class EmptyFile(_Known):
    """There are no bytes."""

    code = "empty_file"


class Truncated(_Known):
    """Part of the file is missing."""

    code = "truncated"


class Playlist(_Known):
    """A list of other files, which are never opened."""

    code = "playlist"


class Image(_Known):
    """A picture."""

    code = "image"


class NoAudio(_Known):
    """A video without any audio track."""

    code = "no_audio"


class UnsupportedCodec(_Known):
    """Media in a coding that is not accepted, or that nothing here can decode."""

    code = "unsupported_codec"


class NoSpace(_Known):
    """The disk is full, or would be."""

    code = "no_space"


class TooLarge(_Known):
    """More bytes than are accepted."""

    code = "too_large"


class TimedOut(_Known):
    """The work took too long, or stood still."""

    code = "timeout"


class Cancelled(_Known):
    """The caller asked to stop."""

    code = "cancelled"


class FfmpegFailed(_Known):
    """ffmpeg gave up for a reason that has no name of its own."""

    code = "ffmpeg_failed"


class ToolMissing(_Known):
    """A program, or a part of it, is not installed."""

    code = "tool_missing"


@contextmanager
def full_disk_named(name: str) -> Iterator[None]:
    """Turns the system's "no space left" and "quota exceeded" into NoSpace, naming the file."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoSpace(
            f"The disk is full, so “{name}” could not be stored. Make room and try again.",
            name=name,
        ) from error
