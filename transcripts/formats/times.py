"""Times as files write them; all in seconds from the start of the recording."""

import re

LONGEST = 10_000 * 3600  # seconds; whatever claims to be later is no time of a recording

# Hours may be missing, a comma may stand for the dot; thousandths may be missing after hours.
CLOCK = r"\d{1,4}:\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?|\d{1,6}:\d{1,2}[.,]\d{1,9}"
_ARROW = re.compile(rf"[ \t]*({CLOCK})[ \t]*-->[ \t]*({CLOCK})(?:[ \t].*)?")


def milliseconds(seconds: float) -> int:
    """Rounded; what lies before the start is at the start."""
    return round(max(seconds, 0.0) * 1000)


def clock(at: int, decimal: str = ".") -> str:
    """Milliseconds as 00:00:01.500, with more digits of hours where they are needed."""
    minutes, rest = divmod(at, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{decimal}{rest % 1000:03}"


def short_clock(seconds: float) -> str:
    """For people to read: 1:05, 1:00:05; the second that has begun."""
    minutes, second = divmod(milliseconds(seconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def seconds(written: str) -> float | None:
    """Of a clock as `CLOCK` describes it, to the millisecond; None where minutes or seconds pass 59."""
    *hours, minute, second = written.replace(",", ".").split(":")
    if float(second) >= 60 or (hours and int(minute) >= 60):
        return None
    return round(int(hours[0] if hours else 0) * 3600 + int(minute) * 60 + float(second), 3)


def is_arrow(line: str) -> bool:
    """Whether a line is one of times: 00:01.000 --> 00:02.000."""
    return _ARROW.fullmatch(line) is not None


def arrow(line: str) -> tuple[float, float] | None:
    """The times of a line such as 00:01.000 --> 00:02.000 position:10%; None where it is none."""
    match = _ARROW.fullmatch(line)
    if match is None:
        return None
    start, end = seconds(match[1]), seconds(match[2])
    return None if start is None or end is None else (start, end)
