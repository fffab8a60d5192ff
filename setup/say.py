"""What a person at the terminal reads: one line a step, and a clear end when something is missing."""

import sys


class Stop(Exception):
    """Set-up cannot go on; the message says what is missing and what to type."""


def done(what: str) -> None:
    """A step that is finished, or was already."""
    _line("ok", "32", what)


def doing(what: str) -> None:
    """A step that may take a while begins."""
    _line("..", "36", what)


def without(what: str) -> None:
    """Something is not there; the sentence says what follows from that."""
    _line("--", "33", what)


def plain(text: str = "") -> None:
    """A line without a mark."""
    print(text, flush=True)


def failed(message: str) -> None:
    """The last line before giving up, on the error output."""
    sys.stdout.flush()
    print(f"\n{message}", file=sys.stderr, flush=True)


def _line(mark: str, colour: str, what: str) -> None:
    if sys.stdout.isatty():
        mark = f"\033[{colour}m{mark}\033[0m"
    print(f" {mark}  {what}", flush=True)
