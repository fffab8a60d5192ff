"""What hypothesis may think of: texts of any letters, and cues of any times."""

from hypothesis import strategies as st

from transcripts.cues import Cue, Word

# Every letter that a file in UTF-8 can hold.
texts = st.text(st.characters(codec="utf-8"), max_size=60)
# Texts made of what the formats and the query language themselves are made of.
tricky = st.lists(
    st.sampled_from(
        ["-->", "<v X>", "<b>", "&amp;", "&", "<", ">", "\n\n", "1", "00:00:01.000", "NOTE", '"']
        + [
            "-",
            "*",
            "(",
            ")",
            "'",
            "\\",
            "Häuser",
            "Strasse",
            "der",
            "the",
            "\u0308",
            "\u00ad",
            " ",
        ]
    ),
    max_size=12,
).map("".join)
any_text = texts | tricky
# What people say and files find hard: gender forms, other scripts, what only looks like markup.
said = st.lists(
    st.sampled_from(
        "Teilnehmer*innen Kolleg:innen Leser_innen z.\u00a0B. Straße Ärger & &lt; < > <i> </v> --> "
        "שלום مرحبا 日本語 👩‍🏫 🇩🇪 \u200f {\\an8} 7 1. # ] NOTE STYLE WEBVTT Mara: 100\u202f%".split(
            " "
        )
        + ["00:00:01.000 --> 00:00:02.000", "eins\n\nzwei", "drei\r\nvier", "<00:00:01.000>"]
    ),
    max_size=14,
).map(" ".join)
milliseconds = st.integers(0, 400 * 3_600_000)
languages = st.sampled_from(["de", "en-GB", "ar"])
no_language = st.none()


@st.composite
def cues(draw, text=any_text | said, speaker=any_text, language=no_language) -> Cue:
    """A cue at whole milliseconds, where every format can keep it."""
    start, end = sorted((draw(milliseconds), draw(milliseconds)))
    name = draw(st.none() | speaker)
    return Cue(start / 1000, end / 1000, draw(text), (), name, draw(language))


@st.composite
def word_timed_cues(draw) -> Cue:
    """A cue whose words begin at whole milliseconds inside it, each later than the last."""
    words = draw(st.lists(_one_word, min_size=2, max_size=8))
    starts = sorted(draw(st.sets(milliseconds, min_size=len(words) + 1, max_size=len(words) + 1)))
    times = [at / 1000 for at in starts]
    timed = map(Word, words, times[:-1], times[1:])
    return Cue(times[0], times[-1], " ".join(words), tuple(timed))


_letters = st.characters(codec="utf-8", exclude_categories=["Z", "C"])
_one_word = st.text(_letters, min_size=1, max_size=9) | st.sampled_from(
    ["Teilnehmer*innen", "&", "<b>", "-->", "<00:00:01.000>", "z.\u00a0B."]
)


@st.composite
def worded_cues(draw) -> Cue:
    """A cue with all it can hold, at any times."""
    seconds = st.floats(0, 1e6)
    start, end = sorted((draw(seconds), draw(seconds)))
    words = draw(
        st.lists(st.builds(_word, any_text, seconds, seconds, st.none() | st.floats(0, 1)))
    )
    language = draw(st.none() | st.sampled_from(["de", "en-GB"]))
    return Cue(start, end, draw(any_text), tuple(words), draw(st.none() | any_text), language)


def _word(text: str, one: float, other: float, probability: float | None) -> Word:
    return Word(text, min(one, other), max(one, other), probability)
