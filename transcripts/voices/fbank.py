"""Filter bank features as Kaldi computes them, which networks for voices are trained on.

https://kaldi-asr.org/doc/feat.html: 25 ms frames every 10 ms, without dither; constant part taken out,
pre-emphasis, Povey's window, power spectrum, triangles on the mel scale, logarithm.
"""

from functools import cache

import numpy as np

SAMPLE_RATE = 16_000  # Hz
BANDS = 80
FRAME, SHIFT, SPECTRUM = 400, 160, 512  # samples
PRE_EMPHASIS = 0.97
LOWEST, HIGHEST = 20.0, SAMPLE_RATE / 2  # Hz
FLOOR = float(np.finfo(np.float32).eps)


def fbank(samples: np.ndarray) -> np.ndarray:
    """Frames of a sound, their mean taken out: float32, shape (1 + (n - 400) // 160, 80).

    samples: int16, 16 kHz mono, shape (n,), 400 at least.
    """
    sound = np.asarray(samples, np.float32) / 32768.0
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::SHIFT]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    power = np.abs(np.fft.rfft((frames - PRE_EMPHASIS * before) * _window(), SPECTRUM)) ** 2
    loudness = np.log(np.maximum(power.astype(np.float32) @ _triangles(), FLOOR))
    return loudness - loudness.mean(axis=0)


@cache
def _window() -> np.ndarray:
    return (np.hanning(FRAME) ** 0.85).astype(np.float32)


@cache
def _triangles() -> np.ndarray:
    """Weight of each frequency in each band, shape (257, 80)."""
    edges = np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2)
    tones = _mel(np.arange(SPECTRUM // 2 + 1) * SAMPLE_RATE / SPECTRUM)[:, None]
    rising = (tones - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - tones) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0.0, np.minimum(rising, falling))
    weights[-1] = 0.0  # Kaldi leaves out the highest frequency
    return weights.astype(np.float32)


def _mel(hertz: float | np.ndarray) -> np.ndarray:
    return 1127.0 * np.log(1.0 + np.asarray(hertz) / 700.0)
