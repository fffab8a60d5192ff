"""Transcription: what Podium adds to its engine, and what it gets for that.

    python -m bench.transcription [--quick] [--json FILE] [--only PART ...] [--threads N]

Parts: overhead, workers, speedup, kill, hearing, memory. Each runs in a process of its own, and
the figures of each are written as soon as it ends. Times are medians of runs that take turns, and
each figure is a ratio within one run. Recordings are synthesised, and the models are that of the
samples and one of the size of `base` with random weights: the figures tell about work and memory,
and say nothing about how well a real model hears a real conference.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.report import print_table, write_json
from config import ROOT

HEADLINES = {
    "overhead_ratio": "pipeline over bare engine on the same slices, size of base",
    "two_workers_speedup": "one worker over two, one thread each",
    "speedup_over_openai_whisper": "openai-whisper over faster-whisper, same weights",
    "kill_extra_chunks": "chunks begun beyond the plan after two kill -9",
    "wer": "word error rate, longest recording, samples' model",
    "invented_words_in_gaps": "words where nobody speaks, longest recording",
    "peak_mb": "memory beyond the model, longest recording, MB",
}


def main() -> None:
    arguments = _arguments()
    figures: dict[str, Any] = {
        "quick": arguments.quick,
        "threads": arguments.threads,
        "cores": os.cpu_count(),
    }
    for part in arguments.only or PARTS:
        print(f"{part} …", flush=True)
        started = time.monotonic()
        figures |= _apart(part, arguments)
        figures.setdefault("took_s", {})[part] = round(time.monotonic() - started)
        figures["load_at_end"] = os.getloadavg()[0]
        write_json(arguments.json, figures)
    rows = [
        {"figure": name, "value": figures[name], "what": what}
        for name, what in HEADLINES.items()
        if name in figures
    ]
    print_table(rows)


def _overhead(*given: Any) -> dict[str, Any]:
    from bench.overhead import measure_overhead

    return measure_overhead(*given)


def _workers(*given: Any) -> dict[str, Any]:
    from bench.workers import measure_two_workers

    return measure_two_workers(*given)


def _speedup(*given: Any) -> dict[str, Any]:
    from bench.overhead import measure_speedup

    return measure_speedup(*given)


def _kill(*given: Any) -> dict[str, Any]:
    from bench.workers import measure_kills

    return measure_kills(*given)


def _hearing(*given: Any) -> dict[str, Any]:
    from bench.hearing import measure_hearing

    return measure_hearing(*given)


def _memory(*given: Any) -> dict[str, Any]:
    from bench.memory import measure_memory

    return measure_memory(*given)


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "overhead": _overhead,
    "workers": _workers,
    "speedup": _speedup,
    "kill": _kill,
    "hearing": _hearing,
    "memory": _memory,
}


def _apart(part: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures of a part, measured in a process that nothing else was done in."""
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        result = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "bench.transcription", "--inside", part, folder]
        command += ["--threads", str(arguments.threads)] + ["--quick"] * arguments.quick
        ended = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
        if ended or not result.exists():
            print(f"{part} ended with {ended}", flush=True)
            return {f"{part}_failed": ended}
        return json.loads(result.read_text())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="short runs, to see that it works")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts alone")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of the engine")
    parser.add_argument("--inside", nargs=2, metavar=("PART", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        part, folder = arguments.inside
        figures = PARTS[part](arguments.quick, arguments.threads, Path(folder))
        write_json(Path(folder) / "figures.json", figures)
        sys.exit()
    return arguments


if __name__ == "__main__":
    main()
