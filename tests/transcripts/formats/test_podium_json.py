import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.formats.samples import in_time
from tests.transcripts.strategies import any_text, worded_cues
from transcripts.cues import Cue, Word
from transcripts.formats.errors import FormatError
from transcripts.formats.podium_json import from_json, to_json
from transcripts.formats.reading import Repair

STORED = {"start": 1.0, "end": 2.0, "text": "x", "speaker": None, "language": None, "words": []}

# --- out ---------------------------------------------------------------------------------------


def test_json_holds_everything_a_transcript_has():
    cue = Cue(0.5, 1, "Ja.", (Word("Ja.", 0.5, 0.9, 0.75),), "Jon Ek", "en")

    written = json.loads(to_json([cue], language="de", title="Ein Haus", model="small"))

    assert written == {
        "version": 1,
        "title": "Ein Haus",
        "language": "de",
        "model": "small",
        "cues": [
            {
                "start": 0.5,
                "end": 1,
                "text": "Ja.",
                "speaker": "Jon Ek",
                "language": "en",
                "words": [{"text": "Ja.", "start": 0.5, "end": 0.9, "probability": 0.75}],
            }
        ],
    }


def test_json_refuses_what_is_no_number():
    with pytest.raises(ValueError, match="JSON"):
        to_json([Cue(0, float("nan"), "x")])


# --- there and back ----------------------------------------------------------------------------


storable = any_text.map(lambda text: text.replace("\0", ""))


@given(st.lists(worded_cues(), max_size=6), storable, storable)
def test_json_comes_back_as_it_went_in_order_of_time(given, title, language):
    reading = from_json(to_json(given, title=title, language=language).encode())

    expected = json.loads(to_json(in_time(given)).replace("\\u0000", ""))
    assert json.loads(to_json(reading.cues)) == expected
    assert (reading.title or "", reading.language or "") == (title, language)


def test_json_of_a_cue_comes_back_whole():
    cue = Cue(0.1, 0.2, "a\n\n b", (Word("a", 0.1, 0.15, 0.0), Word("b", 0.15, 0.2)), "A", "de")

    assert from_json(to_json([cue])).cues == (cue,)


# --- in ----------------------------------------------------------------------------------------


def test_from_json_reads_what_whisper_writes():
    written = {
        "text": " Guten Morgen. Welcome.",
        "language": "de",
        "segments": [
            {
                "id": 0,
                "seek": 0,
                "start": 0.0,
                "end": 1.5,
                "text": " Guten Morgen.",
                "tokens": [50364],
                "temperature": 0.0,
                "avg_logprob": -0.2,
                "no_speech_prob": 0.01,
                "words": [
                    {"word": " Guten", "start": 0.0, "end": 0.5, "probability": 0.9},
                    {"word": " Morgen.", "start": 0.5, "end": 1.25, "probability": 0.8},
                ],
            },
            {"id": 1, "start": 2.0, "end": 3.0, "text": " Welcome.", "language": "en"},
        ],
    }

    reading = from_json(json.dumps(written))

    assert reading.language == "de"
    assert reading.cues == (
        Cue(
            0.0,
            1.5,
            "Guten Morgen.",
            (Word("Guten", 0.0, 0.5, 0.9), Word("Morgen.", 0.5, 1.25, 0.8)),
        ),
        Cue(2.0, 3.0, "Welcome.", (), None, "en"),
    )


def test_from_json_reads_the_segments_of_faster_whisper_alone():
    segment = {"id": 1, "seek": 0, "start": 0.0, "end": 1.0, "text": " Ja.", "words": None}

    assert from_json(json.dumps([segment])).cues == (Cue(0.0, 1.0, "Ja."),)


def test_from_json_takes_no_words_whose_times_are_missing_or_go_back():
    good = {"word": " a", "start": 1.0, "end": 1.2}
    wrong = (
        {"word": "1984"},
        {"word": "b", "start": 0.5, "end": 0.6},
        {"word": "b", "start": 2},
        5,
    )
    segments = [
        {"start": 1.0, "end": 2.0, "text": " a b", "speaker": "A", "words": [good, word]}
        for word in wrong
    ]

    reading = from_json(json.dumps({"segments": segments}))

    assert reading.cues == (Cue(1.0, 2.0, "a b", (), "A"),) * 4
    assert reading.repairs == (Repair("word_times", None, 4),)


@pytest.mark.parametrize(
    ("file", "line", "kind"),
    [
        ('{"version": 1,\n "cues": [}', 2, "not_json"),
        ("", 1, "not_json"),
        pytest.param("[" * 100_000, None, "not_json", id="not_json 1"),
        pytest.param("9" * 5000, None, "not_json", id="not_json 2"),
        (b'{"version": 1,\n "cues": ["\xe4"]}', 2, "encoding"),
        ("{}", None, "not_captions"),
        ("5", None, "not_captions"),
        ('{"cues": 5, "version": 1}', None, "not_captions"),
        ('{"segments": 5}', None, "not_captions"),
        ('["x"]', None, "not_captions"),
        ('{"version": 2, "cues": []}', None, "version"),
        ('{"version": 1, "cues": ["x"]}', None, "bad_cue"),
        ('{"version": 1, "cues": [{"words": []}]}', None, "bad_cue"),
        ('{"segments": [{"start": 1, "end": 2}]}', None, "bad_cue"),
        ('{"segments": [{"start": 2, "end": 1, "text": "x"}]}', None, "bad_cue"),
    ],
)
def test_from_json_says_what_is_wrong_and_where(file, line, kind):
    with pytest.raises(FormatError) as caught:
        from_json(file)

    assert (caught.value.kind, caught.value.line) == (kind, line)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "1"},
        {"start": None},
        {"start": True},
        {"start": -0.1},
        {"start": float("nan")},
        {"end": float("inf")},
        {"end": 10**400},
        {"end": 0.5},
        {"text": None},
        {"words": 5},
        {"words": ["x"]},
        {"words": [{"text": "x", "start": 2, "end": 1}]},
        {"words": [{"text": 5, "start": 1, "end": 2}]},
    ],
    ids=str,
)
def test_from_json_refuses_cues_without_text_and_time(wrong):
    with pytest.raises(FormatError, match="Caption 2 is not whole"):
        from_json(json.dumps({"version": 1, "cues": [STORED, STORED | wrong]}))


def test_from_json_leaves_out_what_no_database_stores():
    stored = STORED | {"text": "a\0b\ud800", "speaker": "\0"}

    (cue,) = from_json(json.dumps({"version": 1, "cues": [stored]})).cues

    assert (cue.text, cue.speaker) == ("ab", "")
