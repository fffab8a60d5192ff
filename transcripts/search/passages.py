"""The texts of cues as the index keeps them: in parts, of which few are read for a few moments."""

import json
import zlib
from collections.abc import Iterable, Sequence

from transcripts.search.results import Passage

PART = 128  # cues whose texts are kept together


def in_parts(passages: Sequence[Passage]) -> list[bytes]:
    """All passages of a session, as `texts` keeps them."""
    return [written(passages[first : first + PART]) for first in range(0, len(passages), PART)]


def written(passages: Sequence[Passage]) -> bytes:
    """The passages of a part: a list of each of their values, as alike ones compress best."""
    rows = [(p.start, p.end, p.text, p.language, p.cue_index, p.speaker) for p in passages]
    columns = json.dumps(list(zip(*rows, strict=True)), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(columns.encode())


def read(kept: bytes, numbers: Iterable[int] | None = None) -> list[Passage]:
    """The passages that `written` was given, all or those with these numbers."""
    columns = json.loads(zlib.decompress(kept))
    if numbers is None:
        return [Passage(*row) for row in zip(*columns, strict=True)]
    return [Passage(*(column[number] for column in columns)) for number in numbers]
