"""Who speaks, in captions that name people in their text: "Mara Lindqvist: Guten Morgen."."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from transcripts.cues import Cue
from transcripts.formats.lines import one_line


def told(cue: Cue, speaker: str | None) -> str:
    """The text of a cue, after the name of a speaker who was not speaking before."""
    name, text = one_line(cue.speaker), one_line(cue.text)
    return f"{name}: {text}" if name and name != one_line(speaker) else text


def named(cues: Sequence[Cue], names: Collection[str], *, goes_on: bool) -> list[Cue]:
    """Cues whose text begins with one of the names and a colon get it as their speaker.

    Only names that are known beforehand count, for "Also: ..." looks the same. goes_on: cues without
    a name belong to the one who was named last, as where `told` wrote them.
    """
    known = {one_line(name) for name in names} - {""}
    found: list[Cue] = []
    speaker = None
    for cue in cues:
        name, text = (cue.speaker, cue.text) if cue.speaker else _parted(cue.text, known)
        speaker = name or (speaker if goes_on else None)
        found.append(replace(cue, text=text, speaker=speaker))
    return found


def _parted(text: str, known: Collection[str]) -> tuple[str | None, str]:
    """At the longest of the names, for a name may hold a colon itself."""
    for name in sorted(known, key=len, reverse=True):
        if text.startswith(f"{name}:") and text[len(name) + 1 :][:1] in ("", " "):
            return name, text[len(name) + 1 :].removeprefix(" ")
    return None, text
