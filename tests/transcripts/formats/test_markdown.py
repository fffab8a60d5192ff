from html.parser import HTMLParser
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.transcripts.formats.samples import HOSTILE, TALK
from tests.transcripts.strategies import any_text, cues, said
from transcripts.cues import Cue
from transcripts.formats.lines import one_line
from transcripts.formats.markdown import to_markdown


class Texts(HTMLParser):
    """The text of a page, and the elements it uses."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.elements: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.addresses += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.text += data


def shown(markdown: str) -> Texts:
    """What CommonMark makes of it, read by a parser that is not ours."""
    page = Texts()
    page.feed(MarkdownIt("commonmark").render(markdown))
    return page


def test_markdown_names_title_and_speakers():
    assert to_markdown(TALK, title="Ein Haus") == dedent("""\
        # Ein Haus

        **Mara Lindqvist:** Guten Morgen.

        **Jon Ek:** Danke & hallo!

        Wir beginnen.
        """)


def test_markdown_links_times_where_it_knows_their_address():
    written = to_markdown(TALK, url=lambda seconds: f"https://talks.example/a b?t={seconds:g}")

    assert written == dedent("""\
        [0:01](https://talks.example/a%20b?t=1) **Mara Lindqvist:** Guten Morgen.

        [0:02](https://talks.example/a%20b?t=2.5) **Jon Ek:** Danke & hallo!

        [0:07](https://talks.example/a%20b?t=7) Wir beginnen.
        """)


def test_markdown_keeps_every_address_whole():
    address = "https://talks.example/x_(y)?q=[1]&t=1#*a*"

    assert shown(to_markdown(TALK[:1], url=lambda _: address)).addresses == [
        "https://talks.example/x_%28y%29?q=%5B1%5D&t=1#*a*"
    ]


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "# no heading",
        "- no list",
        "1. no list",
        "2024) no list",
        "+ * _ no list",
        "> no quote",
        "=== ---",
        "~~~ ``` `code`",
        "*a* **b** _c_ __d__ [e](f) ![g](h) <i>j</i>",
        "a \\* b \\",
        "&copy; &#42; & &amp",
        "| a | b |",
    ],
)
def test_markdown_takes_no_text_for_markup(text):
    page = shown(to_markdown([Cue(0, 1, text, (), text)], title=text))

    assert page.elements <= {"h1", "p", "strong"}
    assert one_line(page.text.replace(":", "")) == one_line(
        f"{text} {text} {text}".replace(":", "") if one_line(text) else ""
    )


@given(st.lists(cues(), max_size=4), any_text | said)
def test_markdown_says_everything_that_was_said_in_order(given, title):
    silent = [Cue(cue.start, cue.end, cue.text) for cue in given]

    page = shown(to_markdown(silent, title=title))

    assert page.elements <= {"h1", "p"}
    expected = one_line(" ".join([title, *(cue.text for cue in given)]))
    assert one_line(page.text) == expected
