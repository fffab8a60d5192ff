"""The compact weights become what both engines load."""

import json
from pathlib import Path

import numpy as np
import tokenizers
import whisper

from samples.compact import ALIGNMENT_HEADS, WEIGHTS, tokenizer
from samples.expand import CHECKPOINT, FOLDER, HEADS, STAMP, expand


def test_compact_file_is_small() -> None:
    assert WEIGHTS.stat().st_size < 6_000_000


def test_second_expansion_does_nothing(expanded: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in expanded.rglob("*")}
    assert expand(expanded) is False
    assert {path: path.stat().st_mtime_ns for path in expanded.rglob("*")} == before


def test_expansion_is_repaired_after_a_loss(tmp_path: Path) -> None:
    expand(tmp_path)
    (tmp_path / FOLDER / "model.bin").unlink()
    (tmp_path / STAMP).write_text("of an older model")
    assert expand(tmp_path) is True
    assert (tmp_path / FOLDER / "model.bin").exists()
    assert list(tmp_path.glob("*.part")) == []


def test_alignment_heads_are_the_same_in_both_forms(expanded: Path) -> None:
    config = json.loads((expanded / FOLDER / "config.json").read_text())
    heads = json.loads((expanded / HEADS).read_text())["alignment_heads"]
    assert config["alignment_heads"] == heads == [list(head) for head in ALIGNMENT_HEADS]


def test_tokenizer_encodes_as_whisper_does(expanded: Path) -> None:
    built = tokenizers.Tokenizer.from_file(str(expanded / FOLDER / "tokenizer.json"))
    for text in (" Bürgerinnen und Bürger, naïve!", " It's 3 o'clock.", " 東京 ist groß"):
        assert built.encode(text, add_special_tokens=False).ids == tokenizer().encode(text)
    assert built.token_to_id("<|de|>") == tokenizer().to_language_token("de")
    assert built.token_to_id("<|0.00|>") == tokenizer().timestamp_begin


def test_token_not_in_use_can_never_be_written(expanded: Path) -> None:
    model = whisper.load_model(str(expanded / CHECKPOINT))
    rows = model.decoder.token_embedding.weight.detach().numpy()
    unused = np.all(rows[:, :-1] == 0, axis=1)
    assert unused.sum() > 49_000
    assert np.all(rows[unused, -1] == -30)
    assert model.decoder.ln.weight[-1] == 0
    assert model.decoder.ln.bias[-1] == 1
