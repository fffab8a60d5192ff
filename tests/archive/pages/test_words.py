"""How pages write numbers and times, and how they read those of an address."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from archive.models.people import StageRole
from archive.models.programme import Kind
from archive.models.recording import Step
from archive.pages import words

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    """A request of somebody who reads English."""
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "0:00"),
        (-5, "0:00"),
        (0, "0:00"),
        (7.9, "0:07"),
        (83.4, "1:23"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (3723, "1:02:03"),
        (36_000, "10:00:00"),
    ],
)
def test_clock_shows_what_the_player_shows(seconds: float | None, shown: str):
    assert words.clock(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, ""),
        (0, ""),
        (0.4, "1 sec"),
        (45, "45 sec"),
        (60, "1 min"),
        (89, "1 min"),
        (725, "12 min"),
        (3600, "1 hr"),
        (3900, "1 hr 5 min"),
        (3590, "1 hr"),
    ],
)
def test_length_is_one_that_people_say(seconds: float | None, shown: str):
    assert words.length(seconds) == shown.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("83.4", 83.4),
        ("83,4", 83.4),
        (" 83 ", 83.0),
        ("1:23", 83.0),
        ("1:02:03", 3723.0),
        ("1:23,5", 83.5),
        ("1h2m3s", 3723.0),
        ("2m", 120.0),
        ("90S", 90.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("9999", 100.0),
        ("", None),
        (None, None),
        ("now", None),
        ("nan", None),
        ("inf", None),
        ("1h2x", None),
        ("h", None),
        (":", None),
        ("1:x", None),
        ("1e999", None),
        ("1" * 500, 100.0),
    ],
)
def test_time_of_an_address_is_within_the_recording(text: str | None, seconds: float | None):
    duration = None if seconds is not None and seconds > 100 else 100.0

    assert words.at_seconds(text, duration) == seconds


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, 1),
        ("", 1),
        ("1", 1),
        (" 7 ", 7),
        ("0", 1),
        ("-3", 1),
        ("x", 1),
        ("1.5", 1),
        ("9" * 100, 1_000_000),
    ],
)
def test_page_of_an_address_is_a_page(text: str | None, number: int):
    assert words.page_number(text) == number


@pytest.mark.parametrize(
    ("value", "shown"), [(83.4, "83.4"), (83.0, "83"), (83.449, "83.4"), (0, "0"), (0.04, "0")]
)
def test_seconds_of_an_address_are_short(value: float, shown: str):
    assert words.seconds(value) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 MB"),
        (123_456, "0.1 MB"),
        (9_960_000, "10 MB"),
        (42_400_000, "42 MB"),
        (999_000_000, "999 MB"),
        (1_400_000_000, "1.4 GB"),
        (20 * 1024**3, "21.5 GB"),
    ],
)
def test_size_of_a_file_is_one_that_people_say(size: int, shown: str):
    assert words.file_size(size) == shown.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 6, 12), date(2026, 6, 12), "June 12, 2026"),
        (date(2026, 6, 12), date(2026, 6, 14), "Jun 12 – 14, 2026"),
        (date(2026, 6, 30), date(2026, 7, 1), "Jun 30 – Jul 1, 2026"),
        (date(2026, 12, 31), date(2027, 1, 1), "Dec 31, 2026 – Jan 1, 2027"),
    ],
)
def test_days_of_an_event_are_written_as_short_as_they_can_be(first: date, last: date, shown: str):
    thin = str.maketrans({"\N{THIN SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", NBSP: " "})

    assert words.days(first, last).translate(thin) == shown


def test_time_of_the_archive_is_that_of_its_zone():
    assert words.clock_of_day(datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC)).startswith("12:00:05")


@pytest.mark.parametrize(
    ("code", "name"),
    [("de", "German"), ("en", "English"), (None, ""), ("", ""), ("zz-nonsense-", "zz-nonsense-")],
)
def test_language_has_a_name_or_is_its_code(code: str | None, name: str):
    assert words.language_name(code) == name


@pytest.mark.parametrize(
    ("code", "name"), [("de", "Deutsch"), ("en", "English"), ("fr", "Français")]
)
def test_language_names_itself(code: str, name: str):
    assert words.own_name(code) == name


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("", []),
        (None, []),
        ("One.", ["One."]),
        ("One\nline.\n\n  Two.\n \nThree.", ["One line.", "Two.", "Three."]),
        ("One.\r\n\r\nTwo.", ["One.", "Two."]),
    ],
)
def test_blank_lines_part_paragraphs(text: str | None, paragraphs: list[str]):
    assert words.text_paragraphs(text) == paragraphs


@pytest.mark.parametrize(
    ("table", "things"), [(words.KINDS, Kind), (words.ROLES, StageRole), (words.STEPS, Step)]
)
def test_everything_has_a_name_for_people(table: dict, things: type):
    assert set(table) == set(things)
    assert len({str(name) for name in table.values()}) == len(table)
