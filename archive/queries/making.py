"""How a machine's revision came to be, for those who judge it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.queries.text import DOUBTFUL, measured


@dataclass(frozen=True)
class Caught:
    """Something that nobody said, or that was lost; kinds and remedies: transcripts/hallucinations."""

    kind: str
    start: float  # seconds
    end: float  # seconds
    remedy: str
    text: str


@dataclass(frozen=True)
class Corrected:
    """What the event's glossary corrected, as it was and is written, and at which seconds."""

    before: str
    after: str
    starts: tuple[float, ...]


@dataclass(frozen=True)
class SetAside:
    """A stretch that could not be written down, and why, as the engine put it."""

    start: float  # seconds
    end: float  # seconds
    reason: str


@dataclass(frozen=True)
class Certainty:
    """How sure the engine was of its words."""

    words: int  # whose probability is known
    mean: float  # 0 to 1
    doubtful: int

    @property
    def share(self) -> float:
        """Of the words, how many are uncertain, 0 to 1."""
        return self.doubtful / self.words


@dataclass(frozen=True)
class Making:
    """What is known of how a revision was made; empty where nothing was kept."""

    draft: bool
    languages: tuple[str, ...]  # BCP 47
    terms: str  # what the engine was told to listen for
    stretch: tuple[float, float] | None  # seconds; what was heard again, the rest is older
    caught: tuple[Caught, ...]
    set_aside: tuple[SetAside, ...]
    corrected: tuple[Corrected, ...]
    certainty: Certainty | None


def making(details: Mapping[str, Any], words: Iterable[Sequence[Any]] = ()) -> Making:
    """What a revision's details say. words: of each cue the list of [text, start, end, probability]."""
    stretch = details.get("stretch")
    return Making(
        draft=bool(details.get("draft")),
        languages=tuple(details.get("languages") or ()),
        terms=details.get("terms") or "",
        stretch=tuple(stretch) if stretch else None,
        caught=tuple(
            Caught(
                kind=one.get("kind", ""),
                start=one["start"],
                end=one.get("end", one["start"]),
                remedy=one.get("remedy", ""),
                text=one.get("text", ""),
            )
            for one in details.get("caught") or ()
            if one.get("start") is not None
        ),
        set_aside=set_aside(details),
        corrected=_corrected(details.get("glossary") or ()),
        certainty=certainty(words),
    )


def _corrected(changes: Iterable[Mapping[str, Any]]) -> tuple[Corrected, ...]:
    starts: dict[tuple[str, str], list[float]] = {}
    for change in changes:
        starts.setdefault((change["before"], change["after"]), []).append(change["start"])
    return tuple(Corrected(*pair, tuple(times)) for pair, times in starts.items())


def set_aside(details: Mapping[str, Any]) -> tuple[SetAside, ...]:
    """The stretches that could not be written down."""
    return tuple(
        SetAside(one["start"], one["end"], one.get("reason", ""))
        for one in details.get("failed") or ()
        if one.get("start") is not None and one.get("end") is not None
    )


def certainty(cues: Iterable[Sequence[Any]]) -> Certainty | None:
    """How sure the engine was; None where no word was measured."""
    total, count, doubtful = 0.0, 0, 0
    for words in cues:
        for _text, probability in measured(words):
            total += probability
            count += 1
            doubtful += probability < DOUBTFUL
    return Certainty(count, total / count, doubtful) if count else None
