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
milliseconds = st.integers(0, 400 * 3_600_000)


@st.composite
def cues(draw, text=any_text) -> Cue:
    """A cue at whole milliseconds, where every format can keep it."""
    start, end = sorted((draw(milliseconds), draw(milliseconds)))
    speaker = draw(st.none() | any_text)
    return Cue(start / 1000, end / 1000, draw(text), (), speaker)


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
