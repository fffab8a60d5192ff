"""The compact form of the tiny Whisper: which tokens it uses, and its weights in one file.

Whisper's multilingual vocabulary has 51,865 tokens; the samples use a few hundred, the special
tokens and the 1,501 timestamps. Only their rows of the token embedding are kept, as float16 in a
NumPy archive without pickles.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whisper.tokenizer import LANGUAGES, Tokenizer, get_tokenizer

from samples import vocabulary

DIMENSIONS: dict[str, int] = {
    "n_mels": 80,
    "n_audio_ctx": 1500,
    "n_audio_state": 128,
    "n_audio_head": 4,
    "n_audio_layer": 3,
    "n_vocab": 51865,
    "n_text_ctx": 448,
    "n_text_state": 128,
    "n_text_head": 4,
    "n_text_layer": 2,
}
"""openai-whisper's `ModelDimensions`."""

ALIGNMENT_HEADS: tuple[tuple[int, int], ...] = ((1, 0), (1, 1))
"""(decoder layer, head) of the cross-attention heads that were guided to the words' times."""

WEIGHTS = Path(__file__).parent / "model" / "podium-samples.npz"

UNKNOWN_BIAS = -30.0
"""The logit of every token that is not in use."""

EMBEDDING = "decoder.token_embedding.weight"


@dataclass(frozen=True)
class Tokens:
    """The tokens in use. Rows: text, specials, one for every unknown token, then timestamps."""

    text: tuple[int, ...]
    specials: tuple[int, ...]
    marks: frozenset[int]

    @property
    def text_rows(self) -> int:
        """How many rows hold text tokens; they come first."""
        return len(self.text)

    @property
    def unknown_row(self) -> int:
        """The row that stands for every token not in use."""
        return len(self.text) + len(self.specials)

    @property
    def rows_before_stamps(self) -> int:
        """Rows of text, specials and the unknown token."""
        return self.unknown_row + 1

    @property
    def first_stamp_row(self) -> int:
        """The row of the timestamp 0.00."""
        return self.rows_before_stamps

    @property
    def sot(self) -> int:
        """Start of transcript."""
        return tokenizer().sot

    @property
    def eot(self) -> int:
        """End of text."""
        return tokenizer().eot

    @property
    def previous(self) -> int:
        """Start of the text before, which a prompt follows."""
        return tokenizer().sot_prev

    @property
    def transcribe(self) -> int:
        """The task."""
        return tokenizer().transcribe

    @property
    def no_speech(self) -> int:
        """Nobody speaks in this window."""
        return tokenizer().no_speech

    @property
    def no_timestamps(self) -> int:
        """Text alone follows."""
        return tokenizer().no_timestamps

    def language(self, code: str) -> int:
        """The token of a language, such as ``de``."""
        return tokenizer().sot + 1 + list(LANGUAGES).index(code)

    def encode(self, text: str) -> list[int]:
        """Whisper's tokens of a text."""
        return _encoded(text)

    def row(self, token: int) -> int:
        """The compact row of a token; `unknown_row` where it is not in use."""
        return _rows(self).get(token, self.unknown_row)

    def stamp_row(self, seconds: float) -> int:
        """The compact row of a time in the window, to 0.02 s."""
        return self.first_stamp_row + min(max(round(seconds / 0.02), 0), 1500)

    def ids(self) -> NDArray[np.int32]:
        """Whisper's token of each row; the unknown row has -1. Shape (rows,)."""
        stamps = range(tokenizer().timestamp_begin, tokenizer().timestamp_begin + 1501)
        return np.array([*self.text, *self.specials, -1, *stamps], np.int32)


@functools.cache
def tokenizer() -> Tokenizer:
    """openai-whisper's multilingual tokenizer, as the engines use it."""
    return get_tokenizer(True, num_languages=99, language="de", task="transcribe")


@functools.cache
def used_tokens() -> Tokens:
    """The tokens that the vocabulary and its prompts use."""
    text: set[int] = set()
    for sentence in vocabulary.every_piece():
        for word in sentence.split():
            text.update(_encoded(" " + word))
    for language in vocabulary.SLOTS:
        for phrase in vocabulary.phrases(language):
            text.update(_encoded(" " + phrase + ","))
    known = tokenizer()
    languages = (known.sot + 1 + list(LANGUAGES).index(code) for code in ("en", "de"))
    specials = (
        known.eot,
        known.sot,
        *languages,
        known.transcribe,
        known.sot_prev,
        known.no_speech,
        known.no_timestamps,
    )
    marks = frozenset(known.encode(mark)[0] for mark in ".,:?!")
    return Tokens(tuple(sorted(text)), specials, marks)


@functools.cache
def _rows(tokens: Tokens) -> dict[int, int]:
    return {int(token): row for row, token in enumerate(tokens.ids()) if token >= 0}


@functools.lru_cache(maxsize=50_000)
def _encoded(text: str) -> list[int]:
    return tokenizer().encode(text)
