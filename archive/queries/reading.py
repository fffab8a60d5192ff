"""A transcript as an article: its paragraphs under the chapters they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.queries.text import Block, CueLine, Missing, Paragraph
from transcripts.chapters import Chapter


@dataclass(frozen=True)
class Section:
    """What is said in a chapter; without one it is what comes before the first."""

    chapter: Chapter | None
    blocks: tuple[Block, ...]


def sections(blocks: Sequence[Block], chapters: Sequence[Chapter]) -> tuple[Section, ...]:
    """The blocks, in order, under their chapters; each section says anew who speaks.

    A cue belongs to the chapter in which most of it lies, so a paragraph may be divided.
    """
    bounds: list[Chapter | None] = [None, *chapters]
    found: dict[int, list[Block]] = {number: [] for number in range(len(bounds))}
    speaker: str | None = None
    for block in blocks:
        if isinstance(block, Missing):
            found[_chapter_at(block.start, chapters)].append(block)
            continue
        speaker = block.speaker or speaker
        for number, cues in _divided(block.cues, chapters).items():
            named = block.speaker if cues[0] == block.cues[0] else None
            known = any(isinstance(one, Paragraph) for one in found[number])
            shown = named if known else speaker
            found[number].append(replace(block, speaker=shown, start=cues[0].start, cues=cues))
    return tuple(
        Section(chapter, tuple(found[number]))
        for number, chapter in enumerate(bounds)
        if chapter is not None or found[number]
    )


def _divided(
    cues: Sequence[CueLine], chapters: Sequence[Chapter]
) -> dict[int, tuple[CueLine, ...]]:
    parts: dict[int, list[CueLine]] = {}
    for cue in cues:
        parts.setdefault(_chapter_at((cue.start + cue.end) / 2, chapters), []).append(cue)
    return {number: tuple(part) for number, part in parts.items()}


def _chapter_at(time: float, chapters: Sequence[Chapter]) -> int:
    """The number of the chapter at `time`, seconds, from 1; 0 before the first."""
    return sum(chapter.start <= time for chapter in chapters)
