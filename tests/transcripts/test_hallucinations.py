"""Each kind of what Whisper says that nobody said is provoked, caught and mended, over real speech."""

from itertools import pairwise

import numpy as np
import pytest

from tests.transcripts.sound import ENGLISH, GERMAN, PANEL, RATE, seconds, sound, words
from transcripts.cues import Cue, Word
from transcripts.engines.engine import Cancelled, Heard, Options, Signals
from transcripts.engines.scripted import ScriptedEngine
from transcripts.hallucinations.caught import Caught
from transcripts.speech import Chunk
from transcripts.transcribe import ChunkTranscript, transcribe_chunk

FINE = Signals(1.3, -0.3, 0.05, 0.0)
SPEECH = sound(GERMAN)[: 20 * RATE]
TALK = np.concatenate([SPEECH, seconds(10), SPEECH])  # nobody speaks from 20 to 30
NOISE = np.random.default_rng(1).normal(0, 1500, 10 * RATE).astype(np.int16)
TEXTS = [word for word in words(GERMAN) if word.end < 19.5]
ENGLISH_TEXT = "This is what we have to do for the people of our region and for all that they need."


class Playing(ScriptedEngine):
    """Answers with the given hearings in turn, and remembers what it was asked."""

    def __init__(self, *hearings: Heard) -> None:
        super().__init__(())
        self.hearings = list(hearings)
        self.asked: list[tuple[float, Options]] = []

    def transcribe(self, audio, options, *, progress=None, cancelled=None) -> Heard:
        self.asked.append((len(audio) / RATE, options))
        return self.hearings.pop(0)


def cue(text: str, start: float, end: float) -> Cue:
    """Words of one length each."""
    texts = text.split()
    each = (end - start) / len(texts)
    timed = [Word(t, start + n * each, start + (n + 1) * each, 0.9) for n, t in enumerate(texts)]
    return Cue(start, end, text, tuple(timed))


def spoken(offset: float = 0.0) -> Cue:
    """What is truly said in the first 20 s."""
    timed = tuple(Word(w.text, w.start + offset, w.end + offset, 0.9) for w in TEXTS)
    return Cue(timed[0].start, timed[-1].end, " ".join(w.text for w in timed), timed)


def hearing(*cues: Cue, signals: Signals = FINE, prompt: str = "", language: str = "de") -> Heard:
    return Heard(cues, language, 0.9, (signals,) * len(cues), prompt)


def transcribed(
    engine: Playing, audio: np.ndarray = SPEECH, options: Options | None = None, **given
) -> ChunkTranscript:
    chunk = Chunk(0, 0, len(audio), 0, len(audio))
    return transcribe_chunk(engine, audio, chunk, options or Options(), **given)


def text_of(transcript: ChunkTranscript) -> str:
    return " ".join(word.text for word in transcript.words)


def outcomes(transcript: ChunkTranscript) -> list[tuple[str, str]]:
    return [(one.kind, one.remedy) for one in transcript.caught]


# --- speech stays as it is ---------------------------------------------------------------------


@pytest.mark.parametrize("slug", [GERMAN, PANEL, ENGLISH])
@pytest.mark.parametrize("draft", [False, True])
def test_clean_speech_is_untouched_and_the_engine_is_not_asked_again(slug, draft):
    timed = tuple(words(slug))
    cues = [Cue(w.start, w.end, w.text, (w,)) for w in timed]
    engine = Playing(hearing(*cues, language="en" if slug == ENGLISH else "de"))

    transcript = transcribed(engine, sound(slug), Options(draft=draft))

    assert [word.text for word in transcript.words] == [word.text for word in timed]
    assert (transcript.caught, len(engine.asked)) == ((), 1)


@pytest.mark.parametrize(
    "text",
    [
        "Nein, nein, nein, das machen wir nicht, nein.",
        "Immer wieder, immer wieder, immer wieder fragen alle danach.",
        "Yes we can. Yes we can. Yes we can.",
        "Vielen Dank fürs Zuschauen.",
        "Thank you for watching.",
        "Untertitel der Videos sind wichtig.",
        "ARD und ZDF kooperieren seit 2016.",
        "Ich begrüße Mira Lenz, Jonas Falk und das OZG.",
        "Wir haben the best of both worlds gesagt.",
    ],
)
def test_what_a_speaker_may_say_survives(text):
    audio = sound(GERMAN)[: 4 * RATE]
    engine = Playing(hearing(cue(text, 0.3, 3.8), prompt="Mira Lenz, Jonas Falk, OZG"))

    transcript = transcribed(engine, audio)

    assert (text_of(transcript), transcript.caught, len(engine.asked)) == (text, (), 1)


def test_one_word_of_a_sentence_that_was_timed_into_a_pause_stays():
    timed = (*spoken().words, Word("wirklich", 24.0, 24.5, 0.8), *spoken(30).words)
    engine = Playing(hearing(Cue(0, 50, " ".join(word.text for word in timed), timed)))

    assert text_of(transcribed(engine, TALK)).split() == [word.text for word in timed]


def test_small_overshoot_at_the_end_is_clamped():
    engine = Playing(hearing(spoken(), cue("Das war es.", 19.6, 20.4)))

    transcript = transcribed(engine)

    assert transcript.words[-1].end == 20.0
    assert transcript.caught == ()


# --- nobody speaks -----------------------------------------------------------------------------


@pytest.mark.parametrize("sound_", [seconds(10), NOISE], ids=["silence", "noise"])
@pytest.mark.parametrize("draft", [False, True])
def test_words_where_nobody_speaks_are_removed(sound_, draft):
    audio = np.concatenate([SPEECH, sound_])
    engine = Playing(hearing(spoken(), cue("Und so geht das weiter.", 23, 27)))

    transcript = transcribed(engine, audio, Options(draft=draft))

    assert text_of(transcript) == spoken().text
    assert transcript.caught == (
        Caught("silence", 23.0, 27.0, "removed", "Und so geht das weiter."),
    )
    assert len(engine.asked) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Untertitel der Amara.org-Community",
        "Untertitelung des ZDF, 2020",
        "Subtitles by the Amara.org community",
        "Subtitles by Jane Doe",
        "Vielen Dank fürs Zuschauen.",
        "Thanks for watching!",
        "Please subscribe to my channel.",
    ],
)
def test_known_phrase_where_nobody_speaks_is_removed(text):
    engine = Playing(hearing(spoken(), cue(text, 22, 27), spoken(30)))

    transcript = transcribed(engine, TALK)

    assert outcomes(transcript) == [("phrase", "removed")]
    assert text not in text_of(transcript)


def test_credit_over_speech_is_heard_again_without_terms():
    engine = Playing(hearing(cue("Untertitelung des ZDF, 2020", 0, 19)), hearing(spoken()))

    transcript = transcribed(engine, options=Options(terms=("OZG",), candidates=("de", "en")))

    assert text_of(transcript) == spoken().text
    assert outcomes(transcript) == [("phrase", "decoded_again")]
    assert engine.asked[1][1] == Options(language="de", candidates=("de", "en"), again=True)


def test_polite_phrase_that_signals_doubt_is_heard_again():
    doubtful = Signals(1.0, -1.4, 0.8, 0.0)
    engine = Playing(
        Heard((spoken(), cue("Vielen Dank.", 19.6, 20)), "de", None, (FINE, doubtful)), hearing()
    )

    assert outcomes(transcribed(engine))[0][0] == "phrase"


@pytest.mark.parametrize(("draft", "remedy"), [(False, "decoded_again"), (True, "gap")])
def test_echo_of_the_terms_is_caught(draft, remedy):
    prompt = "Mira Lenz, Bürgerportal, OZG"
    engine = Playing(hearing(cue("Mira Lenz, OZG.", 0, 19), prompt=prompt), hearing(spoken()))

    transcript = transcribed(engine, options=Options(draft=draft))

    assert outcomes(transcript) == [("echo", remedy)]
    assert text_of(transcript) == ("[unverständlich]" if draft else spoken().text)


# --- loops -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "signals"),
    [
        ("ja " * 20, FINE),
        ("und dann " * 12, FINE),
        ("das ist so gut. " * 6, FINE),
        ("eins zwei drei vier fünf sechs sieben acht " * 4, FINE),
        ("Was auch immer es ist", Signals(3.1, -0.4, 0.1, 1.0)),
        ("haha" * 20, FINE),
    ],
)
def test_loop_is_heard_again(text, signals):
    engine = Playing(hearing(cue(text, 0.3, 19.5), signals=signals), hearing(spoken()))

    transcript = transcribed(engine)

    assert outcomes(transcript) == [("loop", "decoded_again")]
    assert text_of(transcript) == spoken().text


def test_loop_that_comes_again_is_an_honest_gap():
    loop = hearing(cue("ja " * 40, 0.3, 19.5))

    german = transcribed(Playing(loop, loop))
    english = transcribed(Playing(hearing(*loop.cues, language="en"), loop))

    assert [(w.text, w.probability) for w in german.words] == [("[unverständlich]", 0.0)]
    assert text_of(english) == "[inaudible]"
    assert outcomes(german) == [("loop", "gap")]


def test_loop_of_a_draft_is_a_gap_at_once():
    engine = Playing(hearing(cue("ja " * 40, 0.3, 19.5)))

    assert outcomes(transcribed(engine, options=Options(draft=True))) == [("loop", "gap")]
    assert len(engine.asked) == 1


def test_words_of_another_decoding_are_placed_and_the_others_stay():
    loop = cue("ja " * 40, 30.3, 49.5)
    engine = Playing(hearing(spoken(), loop), hearing(cue("Das war gut zu hören.", 0.4, 18)))

    transcript = transcribed(engine, TALK)

    new = transcript.words[len(TEXTS) :]
    assert text_of(transcript) == f"{spoken().text} Das war gut zu hören."
    assert 30 < new[0].start < 31
    assert all(one.start <= other.start for one, other in pairwise(transcript.words))


# --- lost, fast, backwards ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "remedy", "text"),
    [
        (
            hearing(cue("Das war verloren, und nun ist es da.", 0.4, 19)),
            "decoded_again",
            "verloren,",
        ),
        (hearing(), "gap", "[unverständlich]"),
    ],
)
def test_lost_window_is_heard_again(second, remedy, text):
    engine = Playing(hearing(spoken()), second)

    transcript = transcribed(engine, TALK)

    assert text_of(transcript).startswith(spoken().text) and text in text_of(transcript)
    assert outcomes(transcript) == [("lost", remedy)]


def test_speech_without_words_is_heard_again_once_and_in_pieces():
    long = np.concatenate([sound(GERMAN), sound(PANEL)])
    engine = Playing(*[hearing()] * 30)

    transcript = transcribed(engine, long)

    again = [length for length, _ in engine.asked[1:]]
    assert max(again) <= 30.01
    assert sum(again) <= len(long) / RATE
    assert set(outcomes(transcript)) == {("lost", "gap")}
    assert {word.text for word in transcript.words} == {"[unverständlich]"}


def test_impossible_rate_is_heard_again():
    fast = cue(" ".join(f"wort{n}" for n in range(40)), 2, 5)
    engine = Playing(hearing(fast), hearing(spoken()), hearing(spoken()))

    assert outcomes(transcribed(engine))[0] == ("rate", "decoded_again")


def test_times_that_run_backwards_are_heard_again():
    one, other = cue("Das ist der eine Teil.", 8, 19), cue("Und das der andere.", 1, 6)
    engine = Playing(hearing(one, other), hearing(spoken()))

    transcript = transcribed(engine)

    assert text_of(transcript) == spoken().text
    assert outcomes(transcript) == [("times", "decoded_again")]


def test_words_behind_the_end_are_removed():
    engine = Playing(hearing(spoken(), cue("Bis morgen also.", 25, 27)))

    assert outcomes(transcribed(engine)) == [("times", "removed")]


# --- languages ---------------------------------------------------------------------------------


def test_translated_window_is_heard_again():
    engine = Playing(hearing(cue(ENGLISH_TEXT, 0, 19)), hearing(spoken()))

    transcript = transcribed(engine, options=Options(language="de"))

    assert text_of(transcript) == spoken().text
    assert outcomes(transcript) == [("language", "decoded_again")]
    assert transcript.other_languages == ()


def test_other_language_that_comes_again_is_spoken():
    english = hearing(cue(ENGLISH_TEXT, 0.3, 19))

    transcript = transcribed(Playing(english, english), options=Options(language="de"))

    assert text_of(transcript) == ENGLISH_TEXT
    assert outcomes(transcript) == [("language", "kept")]
    assert transcript.other_languages == ((0.3, 19.0, "en"),)


@pytest.mark.parametrize(("chance", "language"), [(-0.1, "en"), (-0.8, "de")])
def test_other_candidate_is_heard_too_and_the_likelier_is_kept(chance, language):
    english = hearing(cue(ENGLISH_TEXT, 0.3, 19))
    again = hearing(*english.cues, signals=Signals(1.3, chance, 0.0, 0.2), language="en")
    engine = Playing(english, hearing(spoken()), again)

    transcript = transcribed(engine, options=Options(candidates=("de", "en")))

    assert [options.language for _, options in engine.asked] == [None, "de", "en"]
    assert text_of(transcript) == (ENGLISH_TEXT if language == "en" else spoken().text)
    assert [one[2] for one in transcript.other_languages] == ["en"] * (language == "en")


def test_other_languages_than_german_and_english_raise_no_suspicion():
    engine = Playing(hearing(cue(ENGLISH_TEXT, 0, 19.5), language="fr"))

    assert transcribed(engine).caught == ()


# --- on the way --------------------------------------------------------------------------------


def test_work_is_cancelled_between_two_decodings():
    engine = Playing(hearing(cue("ja " * 40, 0.3, 19.5)))

    with pytest.raises(Cancelled):
        transcribed(engine, cancelled=lambda: len(engine.asked) > 0)

    assert len(engine.asked) == 1


def test_what_was_caught_is_quoted_in_200_characters():
    loop = hearing(cue("immer weiter " * 40, 0.3, 19.5))

    assert len(transcribed(Playing(loop, loop)).caught[0].text) == 200
