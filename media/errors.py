"""What can be wrong with a media file or with working on it."""

from typing import Any


class MediaError(Exception):
    """One thing that went wrong, with a stable reason and a sentence for people.

    reason: not_media, empty_file, truncated, playlist, image, no_audio, unsupported_codec,
    no_space, too_large, timeout, cancelled, ffmpeg_failed or tool_missing.
    message: one English sentence that names the file and says what to do next.
    details: numbers and names behind the sentence, for a caller that writes its own.
    """

    def __init__(self, reason: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.details = details
