import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.strategies import any_text
from transcripts.search.highlight import Fragment, highlight, highlight_end, matches, snippet
from transcripts.search.query import parse

languages = st.sampled_from([None, "de", "en"])


def marked(fragments: tuple[Fragment, ...]) -> str:
    """The text with what is marked in brackets."""
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in fragments)


def plain(fragments: tuple[Fragment, ...]) -> str:
    return "".join(piece.text for piece in fragments)


@pytest.mark.parametrize(
    ("query", "text", "language", "expected"),
    [
        ("Haus", "Das Haus, die Häuser.", "de", "Das [Haus], die [Häuser]."),
        ("Häuser", "Ein offenes Haus", "de", "Ein offenes [Haus]"),
        ("haus", "HAUS", "de", "[HAUS]"),
        ("Strasse", "auf der Straße", "de", "auf der [Straße]"),
        ("Strassen", "auf der Straße", "de", "auf der [Straße]"),
        ("strassen", "auf den Straßen", "en", "auf den [Straßen]"),
        ("city", "two cities", "en", "two [cities]"),
        ("city", "two cities", None, "two [cities]"),
        ("Haus", "zwei Häuser", None, "zwei [Häuser]"),
        ("Teilnehmer", "Teilnehmer*innen da", "de", "[Teilnehmer*innen] da"),
        ("Teilnehmerinnen", "TeilnehmerInnen da", "de", "[TeilnehmerInnen] da"),
        ("Häuser", "Ha\u0308user", "de", "[Ha\u0308user]"),
        ("Haus", "Haustür", "de", "Haustür"),
        ("Haus*", "Haustür, Häuser, Rathaus", "de", "[Haustür], Häuser, Rathaus"),
        ('"offenes Haus"', "ein offenes Haus", "de", "ein [offenes Haus]"),
        ('"offenes Haus"', "ein offenes, Haus", "de", "ein [offenes, Haus]"),
        ('"offenes Haus"', "Haus offenes", "de", "Haus offenes"),
        ('"offene Häuser"', "ein offenes Haus", "de", "ein offenes Haus"),
        ("IT-Sicherheit", "IT-Sicherheit", "de", "[IT-Sicherheit]"),
        ("IT-Sicherheit", "IT Sicherheit", "de", "[IT Sicherheit]"),
        ("IT-Sicherheit", "ITSicherheit", "de", "[ITSicherheit]"),
        ("itsicherheit", "die IT‑Sicherheit", "de", "die [IT‑Sicherheit]"),
        ("Sicherheit", "die IT-Sicherheit", "de", "die IT-[Sicherheit]"),
        ("sich", "sich auf Sicherheit", "de", "[sich] auf Sicherheit"),
        ("Haus -Garten", "Haus und Garten", "de", "[Haus] und Garten"),
        ('"a b" "b c"', "a b c", "de", "[a b c]"),
        ('"a b c" b', "a b c d", "de", "[a b c] d"),
        ("a b", "a b", "de", "[a] [b]"),
        ("<b>", "<b>fett</b>", "de", "<[b]>fett</[b]>"),
    ],
)
def test_highlight_marks_what_was_found_in_its_own_letters(query, text, language, expected):
    assert marked(highlight(text, parse(query), language)) == expected


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ('"offenes Haus aus Glas"', "Das ist ein offenes Haus", "Das ist ein [offenes Haus]"),
        ('"offenes Haus aus Glas"', "Das ist offenes", "Das ist [offenes]"),
        ('"offenes Haus"', "Das ist ein offenes Haus", "Das ist ein offenes Haus"),
        ('"offenes Haus"', "Haus", "Haus"),
        ("offenes Haus", "Ein offenes", "Ein offenes"),
        ('"a b a b c"', "a b a b", "[a b a b]"),
    ],
)
def test_highlight_end_marks_where_a_phrase_begins_that_goes_on_in_the_next_cue(
    query, text, expected
):
    assert marked(highlight_end(text, parse(query))) == expected


@given(any_text, any_text, languages)
def test_highlighted_pieces_joined_are_the_text(text, query, language):
    for pieces in (
        highlight(text, parse(query), language),
        highlight_end(text, parse(query)),
        snippet(text, parse(query), language),
    ):
        assert plain(pieces) == text
        assert pieces == (Fragment("", False),) or all(piece.text for piece in pieces)


@given(any_text, any_text, languages)
def test_clause_matches_a_text_where_it_is_marked(text, query, language):
    for clause in parse(query).wanted:
        alone = parse(f'"{clause.typed}"' if " " in clause.typed else clause.typed)
        marks = any(piece.marked for piece in highlight(text, alone, language))
        assert matches(clause, text, language) == marks


# --- snippets ----------------------------------------------------------------------------------

LONG = " ".join(f"Wort{n}" for n in range(100))


def test_snippet_of_a_short_text_is_the_text():
    assert marked(snippet("Ein offenes Haus", parse("Haus"), "de")) == "Ein offenes [Haus]"


def test_snippet_is_cut_between_words_around_the_first_match():
    assert marked(snippet(LONG, parse("Wort50 Wort90"), "de", width=60)) == (
        "… Wort48 Wort49 [Wort50] Wort51 Wort52 Wort53 Wort54 …"
    )


def test_snippet_at_the_beginning_and_at_the_end_has_dots_on_one_side():
    assert marked(snippet(LONG, parse("Wort0"), "de", width=30)) == (
        "[Wort0] Wort1 Wort2 Wort3 Wort4 …"
    )
    assert marked(snippet(LONG, parse("Wort99"), "de", width=30)) == (
        "… Wort96 Wort97 Wort98 [Wort99]"
    )


def test_snippet_without_a_match_is_the_beginning():
    assert marked(snippet(LONG, parse("Haus"), "de", width=20)) == "Wort0 Wort1 Wort2 …"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 500 + " Haus",
        "Haus " + "x" * 500,
        "x" * 500 + "-Haus",
        "x" * 500 + "-Haus " + "y " * 100,
    ],
)
def test_snippet_shows_the_match_beside_a_word_without_end(text):
    assert "[Haus]" in marked(snippet(text, parse("Haus"), "de"))


def test_snippet_marks_the_part_of_a_long_phrase_that_it_shows():
    phrase = " ".join(f"Wort{n}" for n in range(40, 80))

    shown = snippet(LONG, parse(f'"{phrase}"'), "de", width=60)

    assert marked(shown) == "… Wort38 Wort39 [Wort40 Wort41 Wort42 Wort43 Wort44] …"


@given(st.lists(any_text, max_size=8).map(" ".join), any_text, languages, st.integers(20, 80))
def test_every_snippet_is_a_piece_of_the_text_with_its_first_match(text, query, language, width):
    whole = highlight(text, parse(query), language)

    pieces = snippet(text, parse(query), language, width)

    shown = plain(pieces)
    if len(text) > width:
        shown = shown.removeprefix("… ").removesuffix(" …")
    assert shown in text
    assert len(shown) <= width
    assert any(piece.marked for piece in pieces) == any(piece.marked for piece in whole)
