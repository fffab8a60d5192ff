"""The catalogue of the samples, their truth and their videos agree."""

from datetime import datetime

import pytest

from samples import vocabulary
from samples.programme import SAMPLES, programme, truth
from samples.scripts import SCRIPTS

SESSIONS = programme()["sessions"]


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session["slug"])
def test_session_has_its_video_room_and_people(session: dict) -> None:
    event = programme()["event"]
    people = {person["slug"] for person in programme()["persons"]}
    starts = datetime.fromisoformat(session["starts_at"])
    assert (SAMPLES / session["file"]).stat().st_size < 3_000_000
    assert session["room"] in event["rooms"]
    assert {appearance["person"] for appearance in session["line_up"]} <= people
    assert starts.utcoffset() is not None
    assert event["starts_on"] <= starts.date().isoformat() <= event["ends_on"]


def test_person_is_said_to_be_invented() -> None:
    biographies = [person["biography"] for person in programme()["persons"]]
    assert all("erfunden" in text or "invented" in text for text in biographies)


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session["slug"])
def test_truth_belongs_to_the_session(session: dict) -> None:
    entry = truth()[session["slug"]]
    speakers = {appearance["person"] for appearance in session["line_up"]}
    spoken = {word["speaker"] for word in entry["words"]}
    assert (entry["language"], entry["file"]) == (session["language"], session["file"])
    assert 60 <= entry["seconds"] <= 180
    assert speakers <= spoken <= speakers | {"audience"}


@pytest.mark.parametrize("entry", truth().values(), ids=truth().keys())
def test_truth_is_in_order_and_words_make_the_sentences(entry: dict) -> None:
    words = entry["words"]
    starts = [word["start"] for word in words]
    assert starts == sorted(starts)
    assert all(word["start"] <= word["end"] <= entry["seconds"] for word in words)
    assert " ".join(word["text"] for word in words) == " ".join(
        sentence["text"] for sentence in entry["sentences"]
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.slug)
def test_script_is_made_from_the_vocabulary(script) -> None:
    strangers = [
        line.text
        for line in script.lines
        if not vocabulary.matches_a_pattern(line.text, script.language)
    ]
    assert strangers == []
