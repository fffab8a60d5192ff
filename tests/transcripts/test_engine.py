import numpy as np
import pytest

from transcripts.cues import Cue, Word
from transcripts.engines.engine import (
    Cancelled,
    EngineError,
    Heard,
    Options,
    Signals,
    as_float,
    cue_of,
    heard_of,
    likeliest,
    prompt_of,
    rising,
    stop_if,
    temperatures_of,
    terms_of,
    troubles,
    whisper_language,
)
from transcripts.engines.faster_whisper import saturates
from transcripts.engines.scripted import ScriptedEngine

# --- sound -------------------------------------------------------------------------------------


def test_integers_become_floats_between_minus_one_and_one():
    found = as_float(np.array([-32768, 0, 16384], np.int16))

    assert found.dtype == np.float32
    assert found.tolist() == [-1.0, 0.0, 0.5]


def test_floats_stay_as_they_are():
    samples = np.array([0.1, -0.2], np.float32)

    assert as_float(samples) is samples
    assert as_float(np.array([0.5], np.float64)).dtype == np.float32


# --- cues --------------------------------------------------------------------------------------


def cue(text: str, *words: tuple[str, float, float, float], language="de") -> Cue | None:
    return cue_of(text, 1.0, 2.0, words, language)


def test_words_are_those_that_begin_with_a_space():
    found = cue(" Guten  Tag.", (" Guten", 1.0, 1.4, 0.9), (" Tag.", 1.5, 2.0, 0.8))

    assert found == Cue(
        1.0, 2.0, "Guten Tag.", (Word("Guten", 1.0, 1.4, 0.9), Word("Tag.", 1.5, 2.0, 0.8))
    )


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([" IT", "-Sicherheit"], ["IT-Sicherheit"]),
        ([" Bürger", "-", " und"], ["Bürger-", "und"]),
        ([" 1", ".000", " Dienste"], ["1.000", "Dienste"]),
        ([" z", ".B."], ["z.B."]),
        ([" a", " –", " b"], ["a", "–", "b"]),
        ([" a", " ", ""], ["a"]),
    ],
)
def test_word_that_whisper_tears_apart_is_one_word(parts, words):
    given = [(part, n * 0.1, n * 0.1 + 0.1, 0.9 - n * 0.1) for n, part in enumerate(parts)]

    found = cue_of("".join(parts), 0.0, 1.0, given, "de")

    assert [word.text for word in found.words] == words
    assert found.text == " ".join(words)


def test_joined_word_lasts_from_its_first_part_to_its_last_and_is_as_sure_as_the_least_sure():
    for chances in ((0.9, 0.4), (0.4, 0.9)):
        found = cue(" E-Mail", (" E", 1.0, 1.2, chances[0]), ("-Mail", 1.2, 1.8, chances[1]))
        assert found.words == (Word("E-Mail", 1.0, 1.8, 0.4),)


def test_words_of_a_language_without_spaces_stay_apart():
    found = cue("東京は", ("東京", 1.0, 1.2, 0.9), ("は", 1.2, 1.8, 0.4), language="ja")

    assert [word.text for word in found.words] == ["東京", "は"]
    assert found.text == "東京は"


def test_segment_that_says_nothing_is_no_cue():
    assert cue(" ", (" ", 1.0, 2.0, 0.1)) is None


def test_segment_without_words_keeps_its_text():
    assert cue(" Guten Tag.") == Cue(1.0, 2.0, "Guten Tag.")


def test_cue_reaches_over_all_its_words():
    found = cue(" a b", (" a", 0.8, 1.2, 0.9), (" b", 1.8, 2.4, 0.9))

    assert (found.start, found.end) == (0.8, 2.4)


def test_times_stay_as_they_were_given():
    """They may lie outside the slice and run backwards: whoever knows the recording puts them right."""
    found = cue_of(" a b", -0.5, 30.0, [(" a", -0.2, 9.5, 1.0), (" b", 9.0, 31.0, 1.0)], "de")

    assert found == Cue(-0.5, 31.0, "a b", (Word("a", -0.2, 9.5, 1.0), Word("b", 9.0, 31.0, 1.0)))


def test_heard_keeps_the_signals_of_the_cues_it_keeps():
    good, silent = Signals(1.2, -0.3, 0.01, 0.0), Signals(0.5, -2.0, 0.9, 1.0)

    heard = heard_of([(None, silent), (Cue(0.0, 1.0, "a"), good)], "de", 0.9, "Mira Lenz")

    assert heard == Heard((Cue(0.0, 1.0, "a"),), "de", 0.9, (good,), "Mira Lenz")


# --- how to decode -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "temperatures"),
    [
        (Options(), (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        (Options(draft=True), (0.0,)),
        (Options(again=True), (0.2, 0.4, 0.6, 0.8, 1.0)),
        (Options(draft=True, again=True), (0.2, 0.4, 0.6, 0.8, 1.0)),
    ],
)
def test_temperatures_that_are_tried(options, temperatures):
    assert temperatures_of(options) == temperatures


@pytest.mark.parametrize("draft", [False, True])
def test_another_decoding_with_penalties_need_not_be_sampled_at_first(draft):
    options = Options(draft=draft, again=True)

    assert temperatures_of(options, penalised=True) == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def test_terms_are_left_out_of_another_decoding():
    assert terms_of(Options(terms=("Mira Lenz",))) == ("Mira Lenz",)
    assert terms_of(Options(terms=("Mira Lenz",), again=True)) == ()


@pytest.mark.parametrize("error", [RuntimeError, ValueError])
def test_trouble_of_a_library_is_an_error_that_names_engine_and_model(error):
    said = "scripted could not transcribe with the model “scripted”: out of memory"

    with pytest.raises(EngineError, match=said), troubles(ScriptedEngine([])):
        raise error("out of memory")


# --- languages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name"), [("de", "de"), ("de-AT", "de"), ("EN-gb", "en"), ("nb", "no"), ("fil", "tl")]
)
def test_language_is_called_as_whisper_calls_it(code, name):
    assert whisper_language(code, {"de", "en", "no", "tl"}) == name


def test_language_that_is_not_known_is_an_error():
    with pytest.raises(EngineError, match="no language “tlh-Latn”"):
        whisper_language("tlh-Latn", {"de"})


def test_likeliest_language_is_that_with_the_highest_chance():
    assert likeliest({"de": 0.25, "en": 0.5, "nl": 0.25}, ()) == ("en", 0.5)


def test_likeliest_language_is_among_the_candidates():
    chances = {"de": 0.2, "en": 0.6, "nl": 0.2}

    assert likeliest(chances, ("de", "nl")) == ("de", 0.5)
    assert likeliest(chances, ("nl-BE", "en-GB")) == ("en-GB", pytest.approx(0.75))
    assert likeliest(chances, ("tlh",)) == ("tlh", 0.0)


# --- progress and cancellation -----------------------------------------------------------------


def test_progress_rises_and_ends_with_the_sound():
    told: list[float] = []

    tell = rising(told.append, 10.0)
    for seconds in (0.0, 3.0, 3.0, 2.0, 9.0, 30.0, 10.0):
        tell(seconds)

    assert told == [3.0, 9.0, 10.0]


def test_progress_that_nobody_wants_is_not_told():
    rising(None, 10.0)(5.0)


def test_work_stops_only_where_it_was_cancelled():
    stop_if(None)
    stop_if(lambda: False)
    with pytest.raises(Cancelled):
        stop_if(lambda: True)


# --- terms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "prompt"), [(100, "Mara Lindqvist, Jon Ek, Ida"), (5, "Mara Lindqvist, Jon Ek"), (1, "")]
)  # fmt: skip
def test_prompt_has_the_first_terms_that_fit(most, prompt):
    terms = ("Mara Lindqvist", "Jon Ek", "Ida")

    assert prompt_of(terms, lambda text: len(text.replace(",", " ,").split()), most) == prompt


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        ("processor : 0\nflags\t\t: fpu avx2 avx512f avx512_vnni\n", False),
        ("processor : 0\nflags\t\t: fpu avx2 avx_vnni\n", False),
        ("processor : 0\nflags\t\t: fpu avx2 avx512f\n", True),
        ("processor : 0\nFeatures\t: fp asimd asimddp\n", False),  # ARM
        ("", False),
    ],
)
def test_processor_that_overflows_in_int8_is_known(cpuinfo, expected):
    assert saturates(cpuinfo) is expected
