"""A Whisper of the size of `base` that says a fixed text, for the arithmetic and not for its words.

All matrices are random, so each step costs what it costs in a real model. The text is spelled by
the decoder's position embeddings: at each position the row of one token lies along them, so that
every window holds the timestamp 0.00, `TOKENS` tokens of text and the end of text, in greedy and in
beam search, at int8 and at float32. Two heads look along the window as the text goes on, so that
the words have times that rise. Nothing is decoded a second time for a doubtful text.
"""

import json
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from numpy.typing import NDArray
from whisper.model import ModelDimensions, Whisper

from samples import compact, expand
from samples.compact import EMBEDDING, tokenizer

NAME = "bench-base"
BASE = {
    "n_mels": 80,
    "n_audio_ctx": 1500,
    "n_audio_state": 512,
    "n_audio_head": 8,
    "n_audio_layer": 6,
    "n_vocab": 51865,
    "n_text_ctx": 448,
    "n_text_state": 512,
    "n_text_head": 8,
    "n_text_layer": 6,
}
"""`ModelDimensions` of openai-whisper's `base`."""

TOKENS = 80  # of text a window; German talk has some 70 to 100 in 30 seconds
BEFORE = 3  # positions of the start, the language and the task
SPREAD = 0.02  # standard deviation of the random matrices
LOUD = 200.0  # length of the position embeddings: far above what the layers add
SHARP = 1.5  # of the alignment heads


def write_base(models: Path) -> None:
    """Writes the model in both forms into a models folder, under `NAME`."""
    folder = models / NAME
    folder.mkdir(parents=True, exist_ok=True)
    weights = _weights()
    with mock.patch.dict(compact.DIMENSIONS, BASE):
        expand._write_checkpoint(folder / f"{NAME}.pt", weights)
        expand._write_folder(folder / f"{NAME}-ct2", weights)
    heads = [list(head) for head in compact.ALIGNMENT_HEADS]
    (folder / f"{NAME}.json").write_text(json.dumps({"alignment_heads": heads}))


def _weights() -> dict[str, NDArray[np.float32]]:
    """A state dict of openai-whisper with random matrices, and with the text in its positions."""
    torch.manual_seed(0)
    whisper = Whisper(ModelDimensions(**BASE))
    for name, value in whisper.named_parameters():
        if value.ndim > 1:
            torch.nn.init.normal_(value, std=SPREAD)
        elif name.endswith("bias"):
            torch.nn.init.zeros_(value)
    weights = {name: value.numpy().copy() for name, value in whisper.state_dict().items()}
    directions = _spell(weights, _text())
    _align(weights, directions)
    return weights


def _text() -> list[int]:
    """What every window says: words of two letters or more, none of them twice."""
    known = tokenizer()
    words = (token for token in range(1000, 20_000) if known.decode([token])[:1] == " ")
    plain = (token for token in words if known.decode([token]).strip().isalpha())
    return [known.timestamp_begin, *(next(plain) for _ in range(TOKENS)), known.eot]


def _spell(weights: dict[str, NDArray[np.float32]], text: list[int]) -> NDArray[np.float64]:
    """Lets the positions ask for the tokens, from the last one before the text on.

    Returns the unit vectors along which the positions lie, shape (tokens, width).
    """
    rows, positions = weights[EMBEDDING], weights["decoder.positional_embedding"]
    directions = np.random.default_rng(0).standard_normal((len(text), rows.shape[1]))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for place, token in enumerate(text):
        rows[token] = 2.0 * directions[place]
        positions[BEFORE - 1 + place] = LOUD * directions[place]
    positions[BEFORE - 1 + len(text) :] = LOUD * directions[-1]
    return directions


def _align(weights: dict[str, NDArray[np.float32]], directions: NDArray[np.float64]) -> None:
    """Lets the alignment heads look at each token's share of the window, one after another.

    The encoder's sinusoids are made to stand out; the heads' keys pick waves of 20 to 400 frames of
    them, and their queries, found by least squares, those of the frame in question.
    """
    waves = weights["encoder.positional_embedding"]
    half = waves.shape[1] // 2
    picked = np.linspace(32, 115, 32).round().astype(int)
    picked = np.concatenate([picked, half + picked])
    frames = np.linspace(0, len(waves) - 1, len(directions)).round().astype(int)
    centred = waves - waves.mean(1, keepdims=True)
    normed = centred / centred.std(1, keepdims=True)
    shown = directions - directions.mean(1, keepdims=True)
    shown = shown / shown.std(1, keepdims=True)
    asked = SHARP * np.linalg.pinv(shown) @ normed[frames][:, picked]
    for layer, head in compact.ALIGNMENT_HEADS:
        rows = slice(64 * head, 64 * head + 64)
        name = f"decoder.blocks.{layer}.cross_attn"
        weights[f"{name}.query.weight"][rows] = asked.T
        weights[f"{name}.key.weight"][rows] = 0.0
        weights[f"{name}.key.weight"][np.arange(64) + rows.start, picked] = SHARP
    weights["encoder.positional_embedding"] = waves * np.float32(LOUD)
