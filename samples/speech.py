"""Speech from espeak-ng with the true start time of every word.

espeak-ng reports a word event for each word it speaks (`espeakEVENT_WORD` in
``espeak-ng/speak_lib.h``: position in the text in characters, position in the audio in
milliseconds). Ends are not reported: a word ends where the next begins, or where the sentence's
sound ends.
"""

import ctypes
import ctypes.util
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000

TRAINING_VOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "de": tuple(
        ("de", variant)
        for variant in ("m1", "m2", "m3", "m4", "m5", "m7", "f1", "f2", "f3", "f5", "")
    ),
    "en": tuple(
        (accent, variant)
        for accent in ("en", "en-us")
        for variant in ("m1", "m3", "m7", "f1", "f2", "f5", "")
    ),
}
HELD_OUT_VOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "de": (("de", "m6"), ("de", "f4")),
    "en": (("en", "m6"), ("en-us", "f4"), ("en-gb-x-rp", "m4")),
}


@dataclass(frozen=True)
class Voice:
    """An espeak-ng voice: accent, variant, speed (words a minute) and pitch (0 to 99)."""

    accent: str
    variant: str
    speed: int
    pitch: int


@dataclass(frozen=True)
class SpokenWord:
    """A word as written, with its punctuation; start and end in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Utterance:
    """A spoken sentence: float32 samples in -1..1 at 16 kHz, shape (n,), and its words."""

    samples: NDArray[np.float32]
    words: tuple[SpokenWord, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound in seconds."""
        return len(self.samples) / SAMPLE_RATE


def speak(text: str, voice: Voice) -> Utterance:
    """Speak one sentence. The sound begins with its first word and ends with its last."""
    sound, events = _synthesise(text, voice)
    rate = _library()[1]
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    first, last = int(loud[0]), int(loud[-1]) + 1
    samples = _resampled(sound[first:last], rate)
    starts = _word_starts(text, events, first / rate, len(samples) / SAMPLE_RATE)
    ends = [*starts[1:], len(samples) / SAMPLE_RATE]
    words = tuple(
        SpokenWord(word, round(start, 3), round(end, 3))
        for word, start, end in zip(text.split(), starts, ends, strict=True)
    )
    return Utterance(samples, words)


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)
_SYNCHRONOUS, _CHARACTERS, _UTF8 = 2, 1, 1
_SPEED, _PITCH, _WORD_EVENT, _LAST_EVENT = 1, 3, 1, 0
_pieces: list[NDArray[np.int16]] = []
_events: list[tuple[int, float]] = []


@_CALLBACK
def _receive(wave: Any, count: int, events: Any) -> int:
    if wave and count > 0:
        _pieces.append(np.ctypeslib.as_array(wave, shape=(count,)).copy())
    place = 0
    while events[place].type != _LAST_EVENT:
        if events[place].type == _WORD_EVENT:
            _events.append((events[place].text_position - 1, events[place].audio_position / 1000))
        place += 1
    return 0


@functools.cache
def _library() -> tuple[ctypes.CDLL, int]:
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        raise RuntimeError("libespeak-ng is missing: install Debian's package espeak-ng.")
    library = ctypes.CDLL(name)
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
    library.espeak_SetSynthCallback(_receive)
    return library, rate


def _synthesise(text: str, voice: Voice) -> tuple[NDArray[np.float32], list[tuple[int, float]]]:
    library, _ = _library()
    name = f"{voice.accent}+{voice.variant}" if voice.variant else voice.accent
    if library.espeak_SetVoiceByName(name.encode()) != 0:
        raise ValueError(f"espeak-ng has no voice {name!r}.")
    library.espeak_SetParameter(_SPEED, voice.speed, 0)
    library.espeak_SetParameter(_PITCH, voice.pitch, 0)
    _pieces.clear()
    _events.clear()
    encoded = text.encode()
    library.espeak_Synth(
        encoded, ctypes.c_size_t(len(encoded) + 1), 0, _CHARACTERS, 0, _UTF8, None, None
    )
    return np.concatenate(_pieces).astype(np.float32) / 32768, list(_events)


def _resampled(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Band-limited change of the sampling rate by cutting the spectrum."""
    padded = np.pad(sound, (0, -len(sound) % 441))
    length = len(padded) * SAMPLE_RATE // rate
    spectrum = np.fft.rfft(padded)[: length // 2 + 1]
    return (np.fft.irfft(spectrum, length) * (length / len(padded))).astype(np.float32)


def _word_starts(
    text: str, events: list[tuple[int, float]], offset: float, seconds: float
) -> list[float]:
    """The first event inside each written word; words without one share their neighbours' gap."""
    begins: list[int] = []
    for word in text.split():
        begins.append(text.index(word, begins[-1] + 1 if begins else 0))
    bounds = [*begins[1:], len(text)]
    found = [
        min((at - offset for position, at in events if begin <= position < bound), default=None)
        for begin, bound in zip(begins, bounds, strict=True)
    ]
    found[0] = 0.0
    known = [place for place, start in enumerate(found) if start is not None]
    starts = np.interp(
        range(len(found) + 1), [*known, len(found)], [*(found[place] for place in known), seconds]
    )
    return [float(max(start, 0.0)) for start in starts[:-1]]
