"""A little transcript, texts that look like parts of files, and what the formats may change."""

from collections.abc import Sequence
from dataclasses import replace

from transcripts.cues import Cue
from transcripts.formats.lines import one_line

WELCOME = Cue(1.0, 2.5, "Guten Morgen.", (), "Mara Lindqvist")
REPLY = Cue(2.5, 4.0, "Danke & hallo!", (), "Jon Ek")
MORE = Cue(7.0, 9.25, "Wir beginnen.", (), "Jon Ek")
TALK = (WELCOME, REPLY, MORE)

LONG = "Heute geht es um Häuser aus Glas und um Straßen ohne Namen."

HOSTILE = (
    "<script>alert(1)</script>",
    "</v><v Somebody else>",
    "00:00:01.000 --> 00:00:02.000",
    "NOTE",
    "WEBVTT",
    "a\n\nb\r\n\r\nc",
    "7",
    "7\n00:00:01.000 --> 00:00:02.000\nx",
    "&amp;lt; &#60; &notin; &",
    "5 < 7 and 9 > 8",
    "{\\an8}",
    "]]> <!-- --> <![CDATA[ <?xml",
    "\u2028 \u0085 z.\u00a0B.",
    "Teilnehmer*innen, Kolleg:innen",
    "\u200fשלום עולם",
    "👩‍🏫 \U0001f1e9\U0001f1ea e\u0308",
    "\x1b[31m \ufffe",
    "",
)


def plain(cue: Cue, **changes: object) -> Cue:
    """A cue as formats of lines can hold it: single spaces, no control characters."""
    speaker = one_line(cue.speaker) or None
    return replace(cue, text=one_line(cue.text), speaker=speaker, **changes)


def in_time(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    return tuple(sorted(cues, key=lambda cue: cue.start))
