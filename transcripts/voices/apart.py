"""Turns found in a process of its own: the network's memory comes back when it ends.

It works on one core, behind everything else the machine does, and ends with the process that asked.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import numpy as np

from transcripts.voices.turns import Turn, turns

ROOT = Path(__file__).resolve().parents[2]
ATTENTION = 1.0  # seconds between two looks at whether the turns are still wanted
POLITENESS = 10  # of nice(2)
PR_SET_PDEATHSIG = 1  # of prctl(2)


class VoicesFailed(Exception):
    """The turns could not be found; the message says what the process said last."""


def turns_apart(
    samples: np.memmap, probabilities: np.memmap, *, unwanted: Callable[[], bool]
) -> tuple[Turn, ...] | None:
    """As `turns`, of sound and probabilities of speech that lie in files; None once unwanted.

    Raises VoicesFailed.
    """
    files = [str(part) for mapped in (samples, probabilities) for part in _place(mapped)]
    with subprocess.Popen(
        [sys.executable, "-m", "transcripts.voices.apart", str(os.getpid()), *files],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while True:
                try:
                    said, complaint = process.communicate(timeout=ATTENTION)
                    break
                except subprocess.TimeoutExpired:
                    if unwanted():
                        return None
        finally:
            process.kill()
    if process.returncode:
        last = complaint.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        raise VoicesFailed(last[0])
    return tuple(Turn(*turn) for turn in json.loads(said))


def _place(mapped: np.memmap) -> tuple[object, ...]:
    return mapped.filename, mapped.dtype.str, mapped.offset, len(mapped)


def _mapped(name: str, kind: str, offset: str, length: str) -> np.memmap:
    return np.memmap(name, kind, "r", int(offset), (int(length),))


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before that
        os._exit(1)


def _main(parent: str, *files: str) -> None:
    _die_with(int(parent))
    os.nice(POLITENESS)
    found = turns(_mapped(*files[:4]), _mapped(*files[4:]))
    json.dump([astuple(turn) for turn in found], sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
