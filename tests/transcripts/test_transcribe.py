import json
from dataclasses import replace

import numpy as np
import pytest

from tests.transcripts.sound import GERMAN, RATE, seconds, sound
from transcripts.cues import Cue, Word
from transcripts.engines.engine import Cancelled, Heard, Options
from transcripts.engines.scripted import ScriptedEngine
from transcripts.hallucinations.caught import Caught
from transcripts.speech import Chunk
from transcripts.transcribe import ChunkTranscript, chunk_key, transcribe_chunk

CHUNK = Chunk(1, 10 * RATE, 14 * RATE, 11 * RATE, 13 * RATE)
SAMPLES = sound(GERMAN)[: 20 * RATE]  # somebody speaks all the time


class Hearing(ScriptedEngine):
    """Hears the given cues, and remembers the sound it was given."""

    def __init__(self, *cues: Cue) -> None:
        super().__init__(())
        self.cues = cues
        self.audio = np.zeros(0, np.int16)

    def transcribe(self, audio, options, *, progress=None, cancelled=None) -> Heard:
        self.audio = audio
        return Heard(self.cues, "de", 0.9)


def heard(*cues: Cue, chunk: Chunk = CHUNK) -> tuple[Word, ...]:
    return transcribe_chunk(Hearing(*cues), SAMPLES, chunk, Options()).words


def test_chunk_is_heard_and_placed_in_the_recording():
    engine = ScriptedEngine(["Guten", "Morgen."])

    transcript = transcribe_chunk(engine, SAMPLES, CHUNK, Options())

    assert transcript == ChunkTranscript(
        start=10.0,
        end=14.0,
        own_start=11.0,
        own_end=13.0,
        language="de",
        language_probability=1.0,
        words=(Word("Guten", 10.0, 12.0, 1.0), Word("Morgen.", 12.0, 14.0, 1.0)),
    )


def test_engine_hears_the_chunk_and_nothing_else():
    engine = Hearing()

    transcribe_chunk(engine, SAMPLES, CHUNK, Options())

    np.testing.assert_array_equal(engine.audio, SAMPLES[10 * RATE : 14 * RATE])


def test_chunk_result_is_the_same_wherever_it_stands_among_others():
    engine = ScriptedEngine(["Guten", "Morgen."])

    first = transcribe_chunk(engine, SAMPLES, CHUNK, Options())

    assert first == transcribe_chunk(engine, SAMPLES, replace(CHUNK, index=7), Options())


def test_declared_language_has_no_probability():
    transcript = transcribe_chunk(ScriptedEngine(["Hi."]), SAMPLES, CHUNK, Options(language="en"))

    assert (transcript.language, transcript.language_probability) == ("en", None)


def test_cue_without_words_shares_its_time_by_letters():
    assert heard(Cue(0.0, 3.0, "ab abcd")) == (
        Word("ab", 10.0, 11.0),
        Word("abcd", 11.0, 13.0),
    )


def test_cue_without_text_has_no_words():
    engine = Hearing(Cue(0.0, 3.0, " "))

    assert transcribe_chunk(engine, seconds(20), CHUNK, Options()).words == ()


def test_words_outside_the_chunk_are_moved_to_its_edges():
    words = (Word("vor", -1.0, 0.5), Word("nach", 3.5, 4.7), Word("spät", 5.0, 6.0))

    assert heard(Cue(-1.0, 6.0, "vor nach spät", words)) == (
        Word("vor", 10.0, 10.5),
        Word("nach", 13.5, 14.0),
        Word("spät", 14.0, 14.0),
    )


def test_words_never_run_backwards():
    words = (Word("a", 1.0, 2.0), Word("b", 0.5, 0.8), Word("c", 2.0, 1.5))

    assert heard(Cue(0.5, 2.0, "a b c", words)) == (
        Word("a", 11.0, 12.0),
        Word("b", 11.0, 11.0),
        Word("c", 12.0, 12.0),
    )


def test_times_are_rounded_to_hundredths_and_probabilities_to_four_places():
    assert heard(Cue(0, 1, "a", (Word("a", 0.1234, 0.5678, 0.987654),))) == (
        Word("a", 10.12, 10.57, 0.9877),
    )


def test_transcript_comes_back_from_json_as_it_went():
    transcript = transcribe_chunk(ScriptedEngine(["Grüße", "\x07“"]), SAMPLES, CHUNK, Options())

    stored = json.loads(json.dumps(transcript.to_json()))

    assert ChunkTranscript.from_json(stored) == transcript


def test_what_was_caught_comes_back_from_json_in_seconds_of_the_recording():
    words = (Word("Guten", 0.0, 2.0), Word("Tag.", 2.0, 4.0))
    late = Cue(5.0, 6.0, "Vielen Dank.")

    transcript = transcribe_chunk(
        Hearing(Cue(0.0, 4.0, "Guten Tag.", words), late), SAMPLES, CHUNK, Options()
    )

    assert transcript.caught == (Caught("times", 14.0, 14.0, "removed", "Vielen Dank."),)
    assert [word.text for word in transcript.words] == ["Guten", "Tag."]
    stored = json.loads(json.dumps(transcript.to_json()))
    assert ChunkTranscript.from_json(stored) == transcript
    other = replace(transcript, other_languages=((10.0, 12.0, "en"),), prompt="Mira Lenz")
    assert ChunkTranscript.from_json(json.loads(json.dumps(other.to_json()))) == other


def test_rows_stored_before_anything_was_caught_are_read():
    transcript = transcribe_chunk(ScriptedEngine(["Ja."]), SAMPLES, CHUNK, Options())
    stored = transcript.to_json()
    for name in ("caught", "prompt", "other_languages"):
        del stored[name]

    assert ChunkTranscript.from_json(stored) == transcript


def test_key_differs_by_the_version_of_the_checks(monkeypatch):
    before = key()

    monkeypatch.setattr("transcripts.transcribe.CHECKS", 99)

    assert key() != before


def test_progress_and_cancellation_reach_the_engine():
    done: list[float] = []
    engine = ScriptedEngine(["Ja."])

    transcribe_chunk(engine, SAMPLES, CHUNK, Options(), progress=done.append)
    with pytest.raises(Cancelled):
        transcribe_chunk(engine, SAMPLES, CHUNK, Options(), cancelled=lambda: True)

    assert done == [4.0]


# --- keys --------------------------------------------------------------------------------------


def key(audio="a1b2", chunk=CHUNK, options=None, **engine: str) -> str:
    scripted = ScriptedEngine(())
    for name, value in engine.items():
        setattr(scripted, name, value)
    return chunk_key(audio, chunk, scripted, options or Options())


def test_key_is_the_same_for_the_same_work():
    assert key() == key(options=Options(language=None, terms=()))
    assert len(key()) == 64


def test_key_does_not_depend_on_the_place_in_the_plan():
    assert key(chunk=replace(CHUNK, index=2, own_start=0, own_end=1)) == key()


@pytest.mark.parametrize(
    "other",
    [
        {"audio": "other"},
        {"chunk": replace(CHUNK, start=CHUNK.start + 1)},
        {"chunk": replace(CHUNK, end=CHUNK.end + 1)},
        {"name": "other"},
        {"version": "2"},
        {"model": "other"},
        {"weights": "other"},
        {"options": Options(language="de")},
        {"options": Options(candidates=("de", "en"))},
        {"options": Options(terms=("Mara Lindqvist",))},
        {"options": Options(beam_size=1)},
        {"options": Options(draft=True)},
    ],
    ids=str,
)
def test_key_differs_where_anything_differs_that_the_result_depends_on(other):
    assert key(**other) != key()
