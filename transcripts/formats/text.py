"""Plain text, to read and to quote; it has no times, so nobody can bring it back."""

from collections.abc import Sequence

from transcripts.cues import Cue
from transcripts.formats.lines import one_line, paragraphs
from transcripts.formats.names import told


def to_text(cues: Sequence[Cue], *, title: str | None = None) -> str:
    """Paragraphs with an empty line between them, each new speaker named."""
    parts = [one_line(title)] if one_line(title) else []
    speaker: str | None = None
    for paragraph in paragraphs(cues):
        first, *others = paragraph
        texts = [told(first, speaker), *(one_line(cue.text) for cue in others)]
        speaker = first.speaker
        if text := " ".join(filter(None, texts)):
            parts.append(text)
    return "\n\n".join(parts) + "\n"
