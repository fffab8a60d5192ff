"""What was caught in a chunk, as it is stored with its words."""

from dataclasses import dataclass

CHECKS = 1
"""Raise it when a rule or a remedy changes, so that chunks are transcribed anew."""


@dataclass(frozen=True)
class Caught:
    """What was caught in a chunk, and what was done about it.

    kind: loop, silence, phrase, echo, times, lost, language or rate. start, end: seconds of the
    recording. remedy: decoded_again, removed, gap, or kept where it turned out to be spoken. text:
    what was caught, at most 200 characters.
    """

    kind: str
    start: float
    end: float
    remedy: str
    text: str
