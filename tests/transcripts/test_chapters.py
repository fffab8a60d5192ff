"""Chapters as people write them: what is read, and what is said of a line that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.strategies import any_text
from transcripts.chapters import (
    LONGEST_TITLE,
    MOST,
    Chapter,
    Problem,
    chapters_to_vtt,
    ends,
    read_chapters,
    written,
)
from transcripts.formats.vtt import from_vtt

titles = st.text(st.characters(codec="utf-8"), max_size=60).map(lambda text: " ".join(text.split()))
chapters = st.lists(
    st.builds(
        Chapter,
        st.integers(0, 400_000),
        titles.filter(lambda title: title and not title.startswith(("-", "–", "—"))),
    ),
    max_size=20,
    unique_by=lambda chapter: chapter.start,
).map(lambda made: tuple(sorted(made, key=lambda chapter: chapter.start)))


def test_times_and_titles_are_read():
    reading = read_chapters("0:00 Begrüßung\n\n  12:30\tFragen  &  Antworten\r\n1:02:03 Schluss\n")

    assert reading.chapters == (
        Chapter(0, "Begrüßung"),
        Chapter(750, "Fragen & Antworten"),
        Chapter(3723, "Schluss"),
    )
    assert reading.problems == ()


def test_dash_after_the_time_is_left_out():
    assert read_chapters("0:00 - Intro\n75:00 – – Fragen").chapters == (
        Chapter(0, "Intro"),
        Chapter(4500, "Fragen"),
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Begrüßung", Problem(2, "no_time", "Begrüßung")),
        ("5 Begrüßung", Problem(2, "no_time", "5 Begrüßung")),
        ("12:30Fragen", Problem(2, "no_time", "12:30Fragen")),
        ("12:3 Fragen", Problem(2, "bad_time", "12:3")),
        ("12:60 Fragen", Problem(2, "bad_time", "12:60")),
        ("1:60:00 Fragen", Problem(2, "bad_time", "1:60:00")),
        ("12:30", Problem(2, "no_title", "12:30")),
        ("12:30 - ", Problem(2, "no_title", "12:30")),
        ("12:30 " + "x" * 201, Problem(2, "long_title", "x" * 40 + "…", str(LONGEST_TITLE))),
        ("1:00 Noch einmal", Problem(2, "order", "1:00", "1:00")),
        ("0:30 Davor", Problem(2, "order", "0:30", "1:00")),
        ("20:00 Danach", Problem(2, "beyond", "20:00", "20:00")),
    ],
)
def test_line_that_cannot_be_read_is_named(line, problem):
    reading = read_chapters(f"1:00 Anfang\n{line}\n15:00 Ende", duration=1200)

    assert reading.problems == (problem,)
    assert reading.chapters == (Chapter(60, "Anfang"), Chapter(900, "Ende"))


def test_there_are_not_endless_chapters():
    text = "\n".join(f"{n}:00 Teil" for n in range(MOST + 1))

    assert read_chapters(text).problems == (Problem(MOST + 1, "too_many", f"{MOST}:00", str(MOST)),)


@given(any_text, st.none() | st.floats(0, 1e6))
def test_any_text_is_read_and_what_is_read_is_in_order(text, duration):
    reading = read_chapters(text, duration)

    starts = [chapter.start for chapter in reading.chapters]
    assert starts == sorted(set(starts))
    assert all(duration is None or start < duration for start in starts)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    assert len(reading.chapters) + len(reading.problems) == len(lines)
    assert {problem.line for problem in reading.problems} <= set(lines)


@given(chapters)
def test_what_is_written_is_read_again(made):
    assert read_chapters(written(made)).chapters == made


@given(chapters, st.floats(0, 1e6))
def test_track_holds_every_chapter_until_the_next(made, duration):
    made = tuple(c for c in made if c.title.isprintable() and c.title.isascii())
    if not made:
        assert chapters_to_vtt(made, duration) == "WEBVTT\n"
        return
    cues = from_vtt(chapters_to_vtt(made, duration)).cues

    assert [(c.start, c.text) for c in cues] == [(m.start, m.title) for m in made]
    assert [c.end for c in cues] == pytest.approx(ends(made, duration), abs=0.001)
