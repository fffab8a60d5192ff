"""What every Whisper engine does, shown with the sample model, whose weights are in the repository."""

import difflib
import functools
import math
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import ctranslate2
import faster_whisper
import numpy as np
import pytest
import torch
import tqdm
import whisper

from samples.expand import CHECKPOINT, FOLDER, HEADS
from tests.transcripts.sound import ENGLISH, GERMAN, PANEL, RATE, seconds, sound, words
from transcripts.cues import Word
from transcripts.engines.apart import Apart
from transcripts.engines.engine import Cancelled, Engine, EngineError, Heard, Options
from transcripts.engines.faster_whisper import FasterWhisper
from transcripts.engines.scripted import ScriptedEngine
from transcripts.engines.weights import digest
from transcripts.engines.whisper import OpenAIWhisper, _aligned_here

WHISPER = ("faster-whisper", "openai-whisper")
SECONDS = 39.7  # to the end of a sentence, in the second of Whisper's windows
TALK = sound(GERMAN)[: round(SECONDS * RATE)]
SAID = [word for word in words(GERMAN) if word.end <= SECONDS]
SENTENCE = sound(GERMAN)[: 6 * RATE]
IN_GERMAN = Options(language="de", beam_size=1)
WAYS = {
    "in full": Options(language="de"),
    "draft": Options(language="de", draft=True),
    "again": Options(language="de", again=True),
}


@dataclass(frozen=True)
class Talk:
    """What an engine heard in the German talk, and the progress it told."""

    heard: Heard
    told: tuple[float, ...]


def make(name: str, folder: Path) -> Engine:
    """An engine on the sample model, which lies in `folder` in both forms."""
    if name == "faster-whisper":
        return FasterWhisper(folder / FOLDER, model="samples", device="cpu", threads=1)
    return OpenAIWhisper(folder / CHECKPOINT, model="samples", device="cpu", threads=1)


def weights_of(name: str, folder: Path) -> Path:
    """The file of its weights."""
    files = {"faster-whisper": f"{FOLDER}/model.bin", "openai-whisper": CHECKPOINT}
    return folder / files[name]


@pytest.fixture(scope="module")
def engines(expanded: Path) -> Iterator[dict[str, Engine]]:
    scripted = ScriptedEngine([word.text for word in SAID])
    apart = Apart(functools.partial(make, "faster-whisper", expanded))
    yield {name: make(name, expanded) for name in WHISPER} | {"apart": apart, "scripted": scripted}
    apart.close()


@pytest.fixture(scope="module", params=WHISPER)
def engine_here(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    """An engine in this process, into which a test may look."""
    return engines[request.param]


@pytest.fixture(scope="module", params=[*WHISPER, "apart"])
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    return engines[request.param]


@pytest.fixture(scope="module", params=[*WHISPER, "apart", "scripted"])
def any_engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    return engines[request.param]


@pytest.fixture(scope="module")
def talk() -> Callable[..., Talk]:
    """Hears the talk once with each engine in each way."""

    @functools.cache
    def hear(engine: Engine, options: Options = WAYS["in full"]) -> Talk:
        told: list[float] = []
        heard = engine.transcribe(TALK, options, progress=told.append)
        return Talk(heard, tuple(told))

    return hear


@pytest.fixture(scope="module")
def sentence() -> Callable[[Engine], Heard]:
    """Hears the first sentence of the talk once with each engine."""
    return functools.cache(lambda engine: engine.transcribe(SENTENCE, IN_GERMAN))


def text_of(heard: Heard) -> str:
    return " ".join(cue.text for cue in heard.cues)


def likeness(heard: Heard, truth: str) -> float:
    """How much of the true words was heard, 0 to 1."""
    one, other = text_of(heard).casefold().split(), truth.casefold().split()
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def truth(slug: str, until: float) -> str:
    return " ".join(word.text for word in words(slug) if word.end <= until)


# --- what is heard -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", WHISPER)
def test_engine_names_itself_its_version_and_its_weights(name, engines, expanded):
    engine = engines[name]

    assert (engine.name, engine.version, engine.model, engine.weights) == (
        name,
        version(name),
        "samples",
        digest(weights_of(name, expanded)),
    )


@pytest.mark.parametrize("way", WAYS)
def test_engine_hears_what_was_said(engine, talk, way):
    assert likeness(talk(engine, WAYS[way]).heard, truth(GERMAN, SECONDS)) > 0.8


@pytest.mark.parametrize("way", WAYS)
def test_cues_have_words_with_times_and_probabilities(any_engine, talk, way):
    cues = talk(any_engine, WAYS[way]).heard.cues

    assert cues
    for cue in cues:
        assert cue.text == cue.text.strip() == " ".join(word.text for word in cue.words)
        assert (cue.speaker, cue.language) == (None, None)
        assert cue.start <= cue.words[0].start and cue.words[-1].end <= cue.end
        for word in cue.words:
            assert word.text == word.text.strip() != ""
            assert 0 <= word.probability <= 1
    times = [time for cue in cues for part in (cue, *cue.words) for time in (part.start, part.end)]
    assert {type(time) for time in times} == {float}
    assert all(math.isfinite(time) for time in times)


@pytest.mark.parametrize("way", WAYS)
def test_every_cue_has_its_signals(engine, talk, way):
    heard = talk(engine, WAYS[way]).heard

    assert len(heard.signals) == len(heard.cues)
    for signals in heard.signals:
        assert {type(value) for value in astuple(signals)} == {float}
        assert 0.5 < signals.compression_ratio < 2.4
        assert -1.0 < signals.log_probability <= 0
        assert 0 <= signals.no_speech <= 1


@pytest.mark.parametrize("way", WAYS)
def test_signals_tell_the_temperature(engine, talk, way):
    """The talk is easy: its text is that of the first try."""
    signals = talk(engine, WAYS[way]).heard.signals

    sampled = way == "again" and engine.name == "openai-whisper"  # which knows no penalties
    assert {signal.temperature for signal in signals} == {0.2 if sampled else 0.0}


@pytest.mark.parametrize("way", WAYS)
def test_words_are_timed_where_they_were_said(engine, talk, way):
    off = distances(talk(engine, WAYS[way]).heard, SAID)

    assert np.median(off) < 0.1
    assert np.percentile(off, 90) < 0.5


@pytest.mark.parametrize(
    ("name", "pause"), [("faster-whisper", 3), ("faster-whisper", 12), ("openai-whisper", 3)]
)
def test_words_of_a_draft_are_timed_right_after_a_pause(engines, name, pause):
    """Silence between two sentences: were it spliced out, all that follows would be too early."""
    whole = sound(GERMAN)[: 20 * RATE]
    moved = [
        replace(word, start=word.start + pause, end=word.end + pause)
        for word in words(GERMAN)
        if word.start > 6 and word.end < 20
    ]

    heard = engines[name].transcribe(
        np.concatenate([SENTENCE, seconds(pause), whole[len(SENTENCE) :]]), WAYS["draft"]
    )

    off = distances(heard, moved)
    assert len(off) > 0.7 * len(moved)
    assert np.median(off) < 0.3


def distances(heard: Heard, said: Sequence[Word]) -> list[float]:
    """How far off the starts of those words are that were heard as they were said, in seconds."""
    found = [word for cue in heard.cues for word in cue.words]
    one, other = [w.text for w in found], [w.text for w in said]
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return [
        abs(found[block.a + n].start - said[block.b + n].start)
        for block in blocks
        for n in range(block.size)
    ]


def test_word_with_a_hyphen_is_one_word(engine):
    said = next(word for word in words(PANEL) if word.text == "Cloud-Sicherheit")
    slice_ = sound(PANEL)[int((said.start - 3) * RATE) : int((said.end + 3) * RATE)]

    heard = engine.transcribe(slice_, IN_GERMAN)

    assert "Cloud-Sicherheit" in [w.text.strip(".,") for cue in heard.cues for w in cue.words]


def test_sound_may_be_given_as_integers_or_as_floats(engine, sentence):
    floats = SENTENCE / np.float32(32768)

    assert engine.transcribe(floats, IN_GERMAN) == sentence(engine)


@pytest.mark.thorough
def test_slice_of_a_memory_map_is_heard_as_in_memory(engine, sentence, tmp_path):
    TALK.tofile(tmp_path / "sound")
    mapped = np.memmap(tmp_path / "sound", np.int16, "r")

    assert engine.transcribe(mapped[: len(SENTENCE)], IN_GERMAN) == sentence(engine)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_heard_where_nobody_speaks(engine, way):
    told: list[float] = []

    heard = engine.transcribe(seconds(40), WAYS[way], progress=told.append)

    assert (heard.cues, heard.signals) == ((), ())
    assert told[-1] == 40.0


# --- drafts, and another decoding --------------------------------------------------------------


def test_draft_hears_a_slice_that_is_given_as_floats_in_the_same_way(engine, talk):
    floats = TALK / np.float32(32768)

    assert engine.transcribe(floats, WAYS["draft"]) == talk(engine, WAYS["draft"]).heard


def test_drafts_in_several_threads_are_those_of_one(engine):
    def draft(_: int) -> Heard:
        return engine.transcribe(SENTENCE, WAYS["draft"])

    with ThreadPoolExecutor(3) as threads:
        heard = list(threads.map(draft, range(3)))

    assert heard == [draft(0)] * 3


def test_another_decoding_is_the_same_every_time(engine):
    """Heard in noise, where the text differs with every throw of the dice."""
    noise = np.random.default_rng(1).normal(0, 1600, 6 * RATE)
    noisy = (SENTENCE * 0.3 + noise).astype(np.int16)

    first = engine.transcribe(noisy, WAYS["again"])
    engine.transcribe(noisy, IN_GERMAN)

    assert engine.transcribe(noisy, WAYS["again"]) == first


def test_sampled_text_is_that_of_every_fresh_engine(expanded):
    """A sentence said over and over looks like a loop, so that Whisper throws its dice."""
    over_and_over = np.tile(SENTENCE[: 3 * RATE], 8)

    one, other = (
        make("faster-whisper", expanded).transcribe(over_and_over, WAYS["in full"])
        for _ in range(2)
    )

    assert one == other
    assert max(signal.temperature for signal in one.signals) > 0


def test_another_decoding_is_the_same_after_dice_were_thrown(expanded):
    engine, over_and_over = make("faster-whisper", expanded), np.tile(SENTENCE[: 3 * RATE], 8)
    again = replace(WAYS["again"], beam_size=1)

    first = engine.transcribe(over_and_over, again)
    engine.transcribe(over_and_over, WAYS["in full"])

    assert engine.transcribe(over_and_over, again) == first


def test_another_decoding_leaves_the_next_as_it_was(engine, sentence):
    before = sentence(engine)

    engine.transcribe(SENTENCE, Options(language="de", again=True))

    assert engine.transcribe(SENTENCE, IN_GERMAN) == before


# --- progress and cancellation -----------------------------------------------------------------


def test_progress_rises_and_reaches_the_end(any_engine, talk):
    told = talk(any_engine).told

    assert told[-1] == SECONDS
    assert all(before < after for before, after in pairwise(told))


def test_progress_is_told_on_the_way(engine):
    """At least once a window of Whisper's, of which there are three."""
    told: list[float] = []

    engine.transcribe(sound(GERMAN)[: 70 * RATE], IN_GERMAN, progress=told.append)

    assert len(told) > 2 and told[0] < 35


def test_work_that_is_cancelled_before_it_begins_does_not_begin(any_engine):
    told: list[float] = []

    with pytest.raises(Cancelled):
        any_engine.transcribe(seconds(1), IN_GERMAN, progress=told.append, cancelled=lambda: True)

    assert told == []


@pytest.mark.parametrize("name", WHISPER)
def test_work_that_is_cancelled_before_it_begins_loads_no_model(copy, name):
    weights_of(name, copy).write_bytes(b"")

    with pytest.raises(Cancelled):
        make(name, copy).transcribe(SENTENCE, IN_GERMAN, cancelled=lambda: True)


def test_work_that_is_cancelled_on_the_way_stops_and_leaves_the_engine_as_it_was(engine, sentence):
    told: list[float] = []

    with pytest.raises(Cancelled):
        engine.transcribe(TALK, IN_GERMAN, progress=told.append, cancelled=lambda: told != [])

    assert told[-1] < SECONDS
    assert engine.transcribe(SENTENCE, IN_GERMAN) == sentence(engine)


def test_error_of_whoever_listens_to_progress_is_left_as_it_is(engine):
    class Lost(Exception):
        pass

    def lose(_: float) -> None:
        raise Lost

    with pytest.raises(Lost):
        engine.transcribe(SENTENCE, IN_GERMAN, progress=lose)


# --- languages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("slug", "language"), [(GERMAN, "de"), (ENGLISH, "en")])
def test_language_is_detected(engine, slug, language):
    heard = engine.transcribe(sound(slug)[: 20 * RATE], Options())

    assert heard.language == language
    assert 0.9 < heard.language_probability <= 1
    assert likeness(heard, truth(slug, until=20)) > 0.5


def test_language_is_detected_among_the_candidates(engine):
    assert (
        engine.transcribe(SENTENCE, Options(beam_size=1, candidates=("en", "fr", "de"))).language
        == "de"
    )
    assert (
        engine.transcribe(SENTENCE, Options(beam_size=1, candidates=("en", "de-AT"))).language
        == "de-AT"
    )
    only = engine.transcribe(SENTENCE, Options(beam_size=1, candidates=("en",)))
    assert (only.language, only.language_probability) == ("en", 1.0)


def test_declared_language_is_not_detected(any_engine):
    heard = any_engine.transcribe(SENTENCE, Options(language="en", beam_size=1))

    assert (heard.language, heard.language_probability) == ("en", None)


def test_declared_language_may_name_a_region(engine, sentence):
    heard = engine.transcribe(SENTENCE, Options(language="de-AT", beam_size=1))

    assert heard.language == "de-AT"
    assert heard.cues == sentence(engine).cues


def test_declared_language_that_whisper_does_not_know_is_an_error(engine):
    with pytest.raises(EngineError, match="Whisper knows no language “tlh”"):
        engine.transcribe(seconds(1), Options(language="tlh"))


# --- terms -------------------------------------------------------------------------------------


def test_terms_are_not_written_down(engine):
    options = Options(language="de", beam_size=1, terms=("Mira Lenz", "Bürgerportal"))

    assert likeness(engine.transcribe(SENTENCE, options), truth(GERMAN, until=6)) > 0.8
    assert engine.transcribe(seconds(10), options).cues == ()


def test_terms_stand_before_the_text_of_every_window(engine_here, monkeypatch):
    starts = beginnings(engine_here, monkeypatch)

    engine_here.transcribe(
        sound(GERMAN)[: 40 * RATE],
        Options(language="de", beam_size=1, terms=("Mira Lenz", "Bürgerportal")),
    )

    assert len(starts) > 1
    assert {start.strip() for start in starts} == {"Mira Lenz, Bürgerportal"}


def beginnings(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by what the decoder is given to begin with, for each window it hears."""
    owner, method = {
        "faster-whisper": (faster_whisper.WhisperModel, "get_prompt"),
        "openai-whisper": (whisper.decoding.DecodingTask, "_get_initial_tokens"),
    }[engine.name]
    original, tokenizer = getattr(owner, method), whisper.tokenizer.get_tokenizer(True)
    seen: list[str] = []

    def watched(self: object, *given: object, **named: object) -> Sequence[int]:
        tokens = original(self, *given, **named)
        seen.append(tokenizer.decode([token for token in tokens if token < tokenizer.eot]))
        return tokens

    monkeypatch.setattr(owner, method, watched)
    return seen


def test_terms_may_be_more_than_the_model_can_take(engine):
    terms = tuple(f"Verwaltungsdigitalisierung {n}" for n in range(2000))

    assert engine.transcribe(SENTENCE, Options(language="de", beam_size=1, terms=terms)).cues


@pytest.mark.parametrize(
    ("way", "prompt"),
    [("in full", "Mira Lenz, Bürgerportal"), ("draft", "Mira Lenz, Bürgerportal"), ("again", "")],
)
def test_prompt_is_told_as_the_decoder_was_given_it(engine_here, monkeypatch, way, prompt):
    starts = beginnings(engine_here, monkeypatch)
    options = replace(WAYS[way], terms=("Mira Lenz", "Bürgerportal"))

    heard = engine_here.transcribe(SENTENCE, options)

    assert heard.prompt == prompt
    assert {start.strip() for start in starts} == {prompt}


# --- devices -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gpus", "device", "precision", "loaded_with"),
    [
        (1, "auto", "auto", ("cuda", "float16")),
        (0, "auto", "auto", ("cpu", "int8")),
        (1, "cpu", "auto", ("cpu", "int8")),
        (0, "cuda", "auto", ("cuda", "float16")),
        (0, "auto", "float32", ("cpu", "float32")),
    ],
)
def test_faster_whisper_takes_a_gpu_where_there_is_one(
    expanded, monkeypatch, gpus, device, precision, loaded_with
):
    given: dict[str, object] = {}

    class Loaded(Exception):
        pass

    def load(*_: object, **named: object) -> None:
        given.update(named)
        raise Loaded

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: gpus)
    monkeypatch.setattr(faster_whisper, "WhisperModel", load)
    engine = FasterWhisper(
        expanded / FOLDER, model="samples", device=device, compute_type=precision
    )

    with pytest.raises(EngineError):
        engine.transcribe(seconds(1), IN_GERMAN)

    assert (given["device"], given["compute_type"]) == loaded_with


def test_faster_whisper_says_that_it_cannot_use_an_apple_gpu(expanded):
    engine = FasterWhisper(expanded / FOLDER, model="samples", device="mps")

    with pytest.raises(
        EngineError, match="“mps”: CTranslate2 knows no Metal. Set PODIUM_ENGINE to"
    ):
        engine.transcribe(seconds(1), IN_GERMAN)


@pytest.mark.parametrize(
    ("cuda", "apple", "device", "half"),
    [
        (True, False, "cuda", True),
        (True, True, "cuda", True),
        (False, True, "mps", False),
        (False, False, "cpu", False),
    ],
)
def test_openai_whisper_takes_a_gpu_where_there_is_one(
    expanded, monkeypatch, cuda, apple, device, half
):
    moved: list[str] = []
    given: dict[str, object] = {}

    class On:
        """A model that only says where it is."""

        def __init__(self) -> None:
            self.device = SimpleNamespace(type="cpu")
            self.alignment_heads = object()

        def to(self, where: str) -> None:
            moved.append(where)
            self.device = SimpleNamespace(type=where)

        def register_buffer(self, name: str, value: object, *, persistent: bool) -> None:
            setattr(self, name, value)

    def transcribe(*_: object, **named: object) -> dict[str, list]:
        given.update(named)
        return {"segments": []}

    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: apple)
    monkeypatch.setattr(whisper, "load_model", lambda *_, **__: On())
    monkeypatch.setattr(whisper, "transcribe", transcribe)
    monkeypatch.setattr("transcripts.engines.whisper._set_alignment_heads", lambda *_: None)

    OpenAIWhisper(expanded / CHECKPOINT, model="samples").transcribe(seconds(1), IN_GERMAN)

    assert (moved, given["fp16"]) == ([device], half)


def test_words_are_aligned_on_the_cpu_where_the_gpu_is_apples():
    class OnMetal:
        """A tensor of a device that has no float64."""

        def cpu(self) -> torch.Tensor:
            return torch.zeros(2, 3)

    original = whisper.timing.dtw
    with _aligned_here(whisper, SimpleNamespace(device=SimpleNamespace(type="mps"))):
        found = whisper.timing.dtw(OnMetal())

    assert found.tolist() == original(torch.zeros(2, 3)).tolist()
    assert whisper.timing.dtw is original


# --- weights -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WHISPER)
def test_model_is_loaded_by_its_path_without_a_network(name, expanded, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked for the network")

    for door in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, door, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert make(name, expanded).transcribe(SENTENCE, Options()).language == "de"


def test_closed_engine_loads_its_model_again(engine, sentence):
    engine.close()
    engine.close()

    assert engine.transcribe(SENTENCE, IN_GERMAN) == sentence(engine)


@pytest.mark.parametrize("name", WHISPER)
def test_closed_engine_has_let_go_of_its_model(copy, name):
    engine = make(name, copy)
    engine.transcribe(seconds(1), IN_GERMAN)

    engine.close()

    weights_of(name, copy).write_bytes(b"")
    with pytest.raises(EngineError):
        engine.transcribe(seconds(1), IN_GERMAN)


def test_openai_whisper_leaves_its_library_as_it_was(engines):
    engines["openai-whisper"].transcribe(seconds(1), IN_GERMAN, progress=print)

    assert sys.modules["whisper.transcribe"].tqdm is tqdm


def test_calls_of_several_threads_wait_for_each_other(engine):
    expected = engine.transcribe(SENTENCE, IN_GERMAN)

    with ThreadPoolExecutor(3) as threads:
        heard = list(threads.map(lambda _: engine.transcribe(SENTENCE, IN_GERMAN), range(3)))

    assert heard == [expected] * 3


BROKEN = {
    "faster-whisper": ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"],
    "openai-whisper": [CHECKPOINT, HEADS],
}


@pytest.fixture
def copy(expanded: Path, tmp_path: Path) -> Path:
    """The sample model once more, to be broken."""
    (tmp_path / FOLDER).mkdir()
    for path in expanded.rglob("*"):
        if path.is_file():
            (tmp_path / path.relative_to(expanded)).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize("damage", ["empty", "nonsense", "cut off"])
@pytest.mark.parametrize(
    ("name", "file"), [(name, file) for name, files in BROKEN.items() for file in files]
)
def test_broken_model_is_an_error_that_names_it(copy, name, file, damage):
    broken = copy / FOLDER / file if name == "faster-whisper" else copy / file
    whole = broken.read_bytes()
    left = {"empty": b"", "nonsense": b"no weights", "cut off": whole[: len(whole) // 2]}
    broken.write_bytes(left[damage])
    engine = make(name, copy)

    with pytest.raises(EngineError, match="“samples”"):
        engine.transcribe(SENTENCE, IN_GERMAN)
