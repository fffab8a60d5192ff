"""A recording in two languages, heard by the sample model: each chunk is in the one it is spoken in."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from samples.expand import FOLDER
from tests.transcripts.sound import ENGLISH, GERMAN, RATE, seconds, sound, words
from transcripts.engines.engine import Engine, Options
from transcripts.engines.faster_whisper import FasterWhisper
from transcripts.speech import plan_chunks, speech_probabilities
from transcripts.stitch import stitch
from transcripts.transcribe import ChunkTranscript, transcribe_chunk

PART = 24  # seconds of each language
TWO = ("de", "en")


@pytest.fixture(scope="module")
def engine(expanded: Path) -> Engine:
    return FasterWhisper(expanded / FOLDER, model="samples", device="cpu", threads=1)


def panel() -> np.ndarray:
    """German, a long pause, English, a long pause, German."""
    parts = [sound(slug)[: PART * RATE] for slug in (GERMAN, ENGLISH, GERMAN)]
    return np.concatenate([parts[0], seconds(8), parts[1], seconds(8), parts[2]])


def heard(engine: Engine, options: Options) -> list[ChunkTranscript]:
    samples = panel()
    voice = speech_probabilities(samples)
    chunks = plan_chunks(voice, len(samples), target=60)
    return [transcribe_chunk(engine, samples, chunk, options, voice=voice) for chunk in chunks]


def test_language_of_a_mixed_recording_is_decided_chunk_by_chunk(engine: Engine) -> None:
    chunks = heard(engine, Options(candidates=TWO))

    assert [chunk.language for chunk in chunks] == ["de", "en", "de"]
    cues = stitch(chunks)
    assert [code for code, _ in groupby(cue.language for cue in cues)] == ["de", "en", "de"]
    said = " ".join(cue.text for cue in cues if cue.language == "en")
    spoken = [word.text for word in words(ENGLISH) if word.end < PART - 2]
    assert said.split()[: len(spoken) // 2] == spoken[: len(spoken) // 2]


def test_only_a_declared_language_can_be_found(engine: Engine) -> None:
    assert {chunk.language for chunk in heard(engine, Options(candidates=("de", "fr")))} <= {
        "de",
        "fr",
    }


def test_declared_language_holds_for_every_chunk(engine: Engine) -> None:
    assert [chunk.language for chunk in heard(engine, Options(language="de"))] == ["de"] * 3
