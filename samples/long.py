"""Synthesised recordings of any length, with the truth about every word and every gap.

Talk is made of sentences of the samples' vocabulary, three of four of which the sample model was
trained on, in voices that it was trained on. Between stretches of talk lie gaps in which nobody
speaks: silence, noise, music or applause. The same arguments give the same samples.
"""

import functools
import random
import wave
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samples import vocabulary
from samples.speech import SAMPLE_RATE, TRAINING_VOICES, SpokenWord, Utterance, Voice, speak

POOL = 160  # utterances of a language, each synthesised once and said again and again
LOUDNESS = 0.5  # peak of speech
ROOM_NOISE = 0.0008  # standard deviation, everywhere
SHORTEST_GAP, LONGEST_GAP = 6.0, 20.0  # seconds
GAP_KINDS = ("silence", "noise", "music", "applause")
LEVELS = (None, 20.0, None, 10.0)  # dB of speech over the noise under it, stretch after stretch


@dataclass(frozen=True)
class Shape:
    """What a recording is like.

    languages: of its stretches, in turn. gap_every: seconds of talk between two gaps, roughly; None
    for no gaps. pauses: shortest and longest pause between two sentences, seconds. noisy: whether
    noise lies under some stretches, at 20 or at 10 dB below the speech. flowing: only sentences
    without a comma or a colon, at which a voice pauses.
    """

    languages: tuple[str, ...] = ("de",)
    gap_every: float | None = 60.0
    pauses: tuple[float, float] = (0.3, 1.2)
    noisy: bool = True
    flowing: bool = False


@dataclass(frozen=True)
class Gap:
    """A time in which nobody speaks, in seconds; its kind is one of `GAP_KINDS`."""

    start: float
    end: float
    kind: str


@dataclass(frozen=True)
class Stretch:
    """Talk between two gaps, in seconds: its language, and dB of speech over noise or None."""

    start: float
    end: float
    language: str
    level: float | None


@dataclass(frozen=True)
class Truth:
    """What is in a recording; all times in seconds from its start."""

    seconds: float
    words: tuple[SpokenWord, ...]
    gaps: tuple[Gap, ...]
    stretches: tuple[Stretch, ...]


PLAIN = Shape()


def long_recording(
    seconds: float, seed: int, shape: Shape = PLAIN
) -> tuple[NDArray[np.int16], Truth]:
    """Samples at 16 kHz, shape (seconds * 16000,), and the truth; everything in memory."""
    builder = _Builder(seconds, seed, shape)
    samples = np.concatenate(list(builder.pieces()))
    return samples, builder.truth()


def write_long_recording(path: Path, seconds: float, seed: int, shape: Shape = PLAIN) -> Truth:
    """Writes the same as a WAV, a sentence at a time: memory does not grow with the length."""
    builder = _Builder(seconds, seed, shape)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for piece in builder.pieces():
            file.writeframes(piece.astype("<i2").tobytes())
    return builder.truth()


class _Builder:
    """Says sentence after sentence, and writes down what it said when."""

    def __init__(self, seconds: float, seed: int, shape: Shape) -> None:
        self._length = round(seconds * SAMPLE_RATE)
        self._seed = seed
        self._shape = shape
        self._rng = random.Random(seed)
        self._noise = np.random.default_rng(seed)
        self._at = 0  # samples
        self._words: list[SpokenWord] = []
        self._gaps: list[Gap] = []
        self._stretches: list[Stretch] = []

    def truth(self) -> Truth:
        return Truth(
            self._length / SAMPLE_RATE,
            tuple(self._words),
            tuple(self._gaps),
            tuple(self._stretches),
        )

    def pieces(self) -> Iterator[NDArray[np.int16]]:
        """The samples, piece by piece."""
        yield self._finished(np.zeros(SAMPLE_RATE // 2, np.float32), None)
        while self._left() > 0:
            before = len(self._words)
            yield from self._stretch()
            if self._shape.gap_every is not None and self._left() > LONGEST_GAP:
                yield self._gap()
            elif len(self._words) == before:
                break
        if self._at < self._length:
            rest = np.zeros(self._length - self._at, np.float32)
            yield self._finished(rest, None)

    def _stretch(self) -> Iterator[NDArray[np.int16]]:
        """Talk in one language, in the voices of a few people, over noise or not."""
        number = len(self._stretches)
        language = self._shape.languages[number % len(self._shape.languages)]
        level = LEVELS[number % len(LEVELS)] if self._shape.noisy else None
        every = self._shape.gap_every or 60.0
        sentences = self._sentences(language)
        start, talk = self._at, self._rng.uniform(0.7, 1.3) * every
        while (self._at - start) / SAMPLE_RATE < talk:
            said = self._rng.choice(sentences)
            if said.seconds + self._shape.pauses[0] > self._left():
                break
            pause = self._rng.uniform(*self._shape.pauses)
            now = self._at / SAMPLE_RATE
            self._words += [
                SpokenWord(word.text, now + word.start, now + word.end) for word in said.words
            ]
            silence = np.zeros(round(min(pause, self._left() - said.seconds) * SAMPLE_RATE))
            yield self._finished(np.concatenate([said.samples, silence]), level)
        if self._at > start:
            self._stretches.append(
                Stretch(start / SAMPLE_RATE, self._at / SAMPLE_RATE, language, level)
            )

    def _sentences(self, language: str) -> list[Utterance]:
        pool = _pool(language, self._seed)
        if not self._shape.flowing:
            return pool
        return [said for said in pool if not any(word.text[-1] in ",:" for word in said.words)]

    def _gap(self) -> NDArray[np.int16]:
        kind = GAP_KINDS[len(self._gaps) % len(GAP_KINDS)]
        length = round(self._rng.uniform(SHORTEST_GAP, LONGEST_GAP) * SAMPLE_RATE)
        start = self._at / SAMPLE_RATE
        sound = self._finished(_faded(_SOUNDS[kind](length, self._noise)), None)
        self._gaps.append(Gap(start, self._at / SAMPLE_RATE, kind))
        return sound

    def _left(self) -> float:
        return (self._length - self._at) / SAMPLE_RATE

    def _finished(self, sound: NDArray, level: float | None) -> NDArray[np.int16]:
        """With the noise under it, as it is written."""
        self._at += len(sound)
        under = ROOM_NOISE if level is None else _SPEECH_POWER**0.5 * 10 ** (-level / 20)
        noise = self._noise.standard_normal(len(sound), np.float32) * np.float32(under)
        return (np.clip(sound + noise, -1, 1) * 32767).astype(np.int16)


@functools.lru_cache(maxsize=8)
def _pool(language: str, seed: int) -> list[Utterance]:
    """Utterances to choose from, synthesised in a fresh process.

    What espeak-ng 1.51 synthesises depends a little on what it said before in the same process.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_spoken, language, seed).result()


def _spoken(language: str, seed: int) -> list[Utterance]:
    """Sentences in voices of the model's training, all equally loud."""
    rng = random.Random(f"{seed} {language}")
    return [_utterance(language, rng, held_out=number % 4 == 0) for number in range(POOL)]


def _utterance(language: str, rng: random.Random, held_out: bool) -> Utterance:
    drawn = vocabulary.held_out_sentence if held_out else vocabulary.training_sentence
    accent, variant = rng.choice(TRAINING_VOICES[language])
    said = speak(
        drawn(language, rng), Voice(accent, variant, rng.randint(130, 160), rng.randint(30, 65))
    )
    power = float(np.mean(said.samples**2))
    loudness = min((_SPEECH_POWER / power) ** 0.5, 0.9 / float(np.abs(said.samples).max()))
    return Utterance(said.samples * np.float32(loudness), said.words)


_SPEECH_POWER = (0.2 * LOUDNESS) ** 2  # mean square of speech: its peak is about 14 dB above


def _silence(length: int, _: np.random.Generator) -> NDArray[np.float32]:
    return np.zeros(length, np.float32)


def _rustle(length: int, noise: np.random.Generator) -> NDArray[np.float32]:
    """Noise with less and less of the high tones, as of a hall."""
    white = noise.standard_normal(length, np.float32)
    return np.convolve(white, np.ones(5, np.float32) / 5, "same") * np.float32(0.08)


def _music(length: int, noise: np.random.Generator) -> NDArray[np.float32]:
    """Broken chords over a held bass, four notes a second."""
    sound = np.zeros(length + SAMPLE_RATE, np.float32)
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    step = SAMPLE_RATE // 4
    chords = ((0, 4, 7, 12), (-3, 0, 4, 9), (-7, -3, 0, 5), (-5, -1, 2, 7))
    for number, at in enumerate(range(0, length, step)):
        chord = chords[number // 8 % len(chords)]
        played = [(chord[int(noise.integers(4))], 0.12)]
        played += [(chord[0] - 12, 0.1)] if number % 4 == 0 else []
        for semitones, loudness in played:
            pitch = 261.63 * 2 ** (semitones / 12)  # Hz, from middle C
            tone = sum(
                np.sin(2 * np.pi * pitch * (n + 1) * times) / (n + 1) ** 1.5 for n in range(4)
            )
            sound[at : at + SAMPLE_RATE] += tone * loudness * np.exp(-3 * times)
    return sound[:length]


def _applause(length: int, noise: np.random.Generator) -> NDArray[np.float32]:
    """Some hundred claps a second, each a burst of a few milliseconds around its own tone."""
    sound = np.zeros(length, np.float32)
    times = np.arange(SAMPLE_RATE // 50) / SAMPLE_RATE
    for _ in range(6):
        tone = np.cos(2 * np.pi * noise.uniform(700, 2600) * times) * np.exp(-times / 0.004)
        clap = tone * noise.standard_normal(len(times))
        struck = (noise.random(length) < 50 / SAMPLE_RATE) * noise.uniform(0.2, 1.0, length)
        sound += np.convolve(struck, clap)[:length].astype(np.float32)
    return sound * np.float32(0.25 / max(float(np.abs(sound).max()), 0.1))


_SOUNDS = {"silence": _silence, "noise": _rustle, "music": _music, "applause": _applause}


def _faded(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Half a second of fading in and of fading out."""
    ramp = np.linspace(0, 1, SAMPLE_RATE // 2, dtype=np.float32)
    sound[: len(ramp)] *= ramp
    sound[-len(ramp) :] *= ramp[::-1]
    return sound
