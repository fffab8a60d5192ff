"""Write the tiny Whisper of the samples in the two forms that the engines load.

``python -m samples.expand DEST`` writes, under DEST, ``samples.pt`` for openai-whisper,
``samples.json`` with its alignment heads (a checkpoint loaded by path has none), and the folder
``samples-ct2`` for faster-whisper. No network is used, and a second call does nothing.
"""

import argparse
import base64
import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
import torch
from ctranslate2.specs import WhisperSpec
from ctranslate2.specs.common_spec import LayerNormSpec, LinearSpec
from numpy.typing import NDArray
from tokenizers import decoders, models, pre_tokenizers
from whisper.model import sinusoids
from whisper.tokenizer import LANGUAGES

from samples.compact import ALIGNMENT_HEADS, DIMENSIONS, EMBEDDING, UNKNOWN_BIAS, WEIGHTS, tokenizer

CHECKPOINT, HEADS, FOLDER, STAMP = "samples.pt", "samples.json", "samples-ct2", "samples.sha256"
FORM = "1"
"""Raise it when what is written changes, so that older expansions are written anew."""

Weights = Mapping[str, NDArray[np.float32]]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m samples.expand", description=__doc__)
    parser.add_argument("destination", type=Path)
    destination = parser.parse_args().destination
    wrote = expand(destination)
    print(f"Sample model {'written to' if wrote else 'is already in'} {destination}")


def expand(destination: Path, compact: Path = WEIGHTS) -> bool:
    """Write both forms under `destination`; False where they were there already.

    Each is written under another name first, so that an interrupted call leaves nothing half
    done. The stamp, the SHA-256 of the compact file, is written last.
    """
    mark = f"{FORM} {hashlib.sha256(compact.read_bytes()).hexdigest()}\n"
    if is_expanded(destination, mark):
        return False
    destination.mkdir(parents=True, exist_ok=True)
    (destination / STAMP).unlink(missing_ok=True)
    weights = whole_weights(compact)
    _write_checkpoint(destination / CHECKPOINT, weights)
    _write_text(destination / HEADS, json.dumps({"alignment_heads": ALIGNMENT_HEADS}))
    _write_folder(destination / FOLDER, weights)
    _write_text(destination / STAMP, mark)
    return True


def is_expanded(destination: Path, mark: str) -> bool:
    """Whether all files of this very model are there."""
    stamp = destination / STAMP
    files = (CHECKPOINT, HEADS, f"{FOLDER}/model.bin", f"{FOLDER}/tokenizer.json")
    return (
        stamp.exists()
        and stamp.read_text() == mark
        and all((destination / name).exists() for name in files)
    )


def whole_weights(compact: Path = WEIGHTS) -> dict[str, NDArray[np.float32]]:
    """openai-whisper's state dict as float32 arrays, with a row for each of 51,865 tokens.

    Rows of tokens not in use are one constant: zeros, and in the last column a bias of
    `UNKNOWN_BIAS`, because the last unit after the final layer norm is always 1.
    """
    with np.load(compact, allow_pickle=False) as archive:
        weights = {
            name: archive[name].astype(np.float32) for name in archive.files if name != "ids"
        }
        ids = archive["ids"]
    rows = weights[EMBEDDING]
    whole = np.zeros((DIMENSIONS["n_vocab"], rows.shape[1]), np.float32)
    whole[:, -1] = UNKNOWN_BIAS
    whole[ids[ids >= 0]] = rows[ids >= 0]
    positions = sinusoids(DIMENSIONS["n_audio_ctx"], DIMENSIONS["n_audio_state"]).numpy()
    return {**weights, EMBEDDING: whole, "encoder.positional_embedding": positions}


def alignment_heads_dump() -> bytes:
    """What ``Whisper.set_alignment_heads`` of openai-whisper takes."""
    import gzip

    mask = np.zeros((DIMENSIONS["n_text_layer"], DIMENSIONS["n_text_head"]), bool)
    mask[tuple(zip(*ALIGNMENT_HEADS, strict=True))] = True
    return base64.b85encode(gzip.compress(mask.tobytes()))


def _write_text(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)


def _write_checkpoint(path: Path, weights: Weights) -> None:
    state = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in weights.items()}
    unfinished = path.with_name(path.name + ".part")
    torch.save({"dims": DIMENSIONS, "model_state_dict": state}, unfinished)
    unfinished.replace(path)


def _write_folder(folder: Path, weights: Weights) -> None:
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    spec = _specification(weights)
    spec.validate()
    spec.save(str(unfinished))
    _byte_pair_tokenizer().save(str(unfinished / "tokenizer.json"))
    (unfinished / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "feature_extractor_type": "WhisperFeatureExtractor",
                "feature_size": 80,
                "sampling_rate": 16000,
                "hop_length": 160,
                "chunk_length": 30,
                "n_fft": 400,
            }
        )
    )
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def _specification(weights: Weights) -> WhisperSpec:
    """CTranslate2's form of the weights, with the ids that Whisper's decoding needs."""
    spec = WhisperSpec(
        DIMENSIONS["n_audio_layer"],
        DIMENSIONS["n_audio_head"],
        DIMENSIONS["n_text_layer"],
        DIMENSIONS["n_text_head"],
    )
    encoder, decoder = spec.encoder, spec.decoder
    for name in ("conv1", "conv2"):
        convolution = getattr(encoder, name)
        convolution.weight = weights[f"encoder.{name}.weight"]
        convolution.bias = weights[f"encoder.{name}.bias"]
    encoder.position_encodings.encodings = weights["encoder.positional_embedding"]
    _norm(encoder.layer_norm, weights, "encoder.ln_post")
    decoder.embeddings.weight = weights[EMBEDDING]
    decoder.position_encodings.encodings = weights["decoder.positional_embedding"]
    decoder.projection.weight = weights[EMBEDDING]
    _norm(decoder.layer_norm, weights, "decoder.ln")
    for part, layers in (("encoder", encoder.layer), ("decoder", decoder.layer)):
        for place, layer in enumerate(layers):
            _fill_layer(layer, weights, f"{part}.blocks.{place}", part == "decoder")
    spec.register_vocabulary(_vocabulary())
    known = tokenizer()
    spec.config.suppress_ids = sorted(
        {
            *known.non_speech_tokens,
            known.transcribe,
            known.translate,
            known.sot,
            known.sot_prev,
            known.sot_lm,
            known.no_speech,
        }
    )
    spec.config.suppress_ids_begin = [known.encode(" ")[0], known.eot]
    spec.config.lang_ids = list(range(known.sot + 1, known.sot + 1 + len(LANGUAGES) - 1))
    spec.config.alignment_heads = [list(head) for head in ALIGNMENT_HEADS]
    return spec


def _fill_layer(layer: Any, weights: Weights, name: str, crosses: bool) -> None:
    _attention(layer.self_attention.linear, weights, f"{name}.attn", (("query", "key", "value"),))
    _norm(layer.self_attention.layer_norm, weights, f"{name}.attn_ln")
    if crosses:
        _attention(
            layer.attention.linear, weights, f"{name}.cross_attn", (("query",), ("key", "value"))
        )
        _norm(layer.attention.layer_norm, weights, f"{name}.cross_attn_ln")
    _linear(layer.ffn.linear_0, weights, [f"{name}.mlp.0"])
    _linear(layer.ffn.linear_1, weights, [f"{name}.mlp.2"])
    _norm(layer.ffn.layer_norm, weights, f"{name}.mlp_ln")


def _attention(
    linears: list[LinearSpec], weights: Weights, name: str, fused: tuple[tuple[str, ...], ...]
) -> None:
    for linear, parts in zip(linears, fused, strict=False):
        _linear(linear, weights, [f"{name}.{part}" for part in parts])
    _linear(linears[-1], weights, [f"{name}.out"])


def _linear(spec: LinearSpec, weights: Weights, names: list[str]) -> None:
    """Several projections fused to one. Whisper's key projection has no bias: zeros."""
    matrices = [weights[f"{name}.weight"] for name in names]
    spec.weight = np.concatenate(matrices)
    spec.bias = np.concatenate(
        [
            weights.get(f"{name}.bias", np.zeros(len(matrix), np.float32))
            for name, matrix in zip(names, matrices, strict=True)
        ]
    )


def _norm(spec: LayerNormSpec, weights: Weights, name: str) -> None:
    spec.gamma = weights[f"{name}.weight"]
    spec.beta = weights[f"{name}.bias"]


def _vocabulary() -> list[str]:
    """51,865 names in the order of their ids, in the byte-level spelling of GPT-2.

    CTranslate2 finds the special tokens by name, and knows the model as multilingual by the
    empty name at 50256.
    """
    names = [""] * DIMENSIONS["n_vocab"]
    for spelled, token in _byte_pairs()[0].items():
        names[token] = spelled
    for name, token in tokenizer().special_tokens.items():
        names[token] = "<|nocaptions|>" if name == "<|nospeech|>" else name
    return names


def _byte_pair_tokenizer() -> tokenizers.Tokenizer:
    """Whisper's tokenizer in the form of the `tokenizers` library."""
    spelled, merges = _byte_pairs()
    built = tokenizers.Tokenizer(models.BPE(spelled, merges))
    built.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    built.decoder = decoders.ByteLevel()
    specials = sorted(tokenizer().special_tokens.items(), key=lambda entry: entry[1])
    built.add_special_tokens(
        ["<|nocaptions|>" if name == "<|nospeech|>" else name for name, _ in specials]
    )
    return built


def _byte_pairs() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Names and merges of the text tokens, from the ranks inside openai-whisper's tokenizer."""
    ranks: dict[bytes, int] = tokenizer().encoding._mergeable_ranks
    letters = _byte_letters()

    def spell(piece: bytes) -> str:
        return "".join(letters[byte] for byte in piece)

    merges = [
        (spell(left), spell(right))
        for piece, rank in sorted(ranks.items(), key=lambda entry: entry[1])
        if len(piece) > 1
        for left, right in [_last_merge(piece, rank, ranks)]
    ]
    return {spell(piece): rank for piece, rank in ranks.items()}, merges


def _last_merge(piece: bytes, rank: int, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """The two parts a token was merged from: merge its bytes with all lower ranks."""
    parts = [bytes([byte]) for byte in piece]
    while len(parts) > 2:
        pairs = [
            ranks.get(left + right, rank) for left, right in zip(parts, parts[1:], strict=False)
        ]
        best = min(range(len(pairs)), key=pairs.__getitem__)
        parts[best : best + 2] = [parts[best] + parts[best + 1]]
    return parts[0], parts[1]


def _byte_letters() -> dict[int, str]:
    """GPT-2's printable letter for each byte (`bytes_to_unicode` in openai/gpt-2)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in printable}
    others = (byte for byte in range(256) if byte not in letters)
    return letters | {byte: chr(256 + place) for place, byte in enumerate(others)}


if __name__ == "__main__":
    main()
