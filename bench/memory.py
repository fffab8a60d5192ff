"""Peak memory of planning and of transcription against the length of a recording.

Pages of the mapped file are the kernel's to drop, so they are told apart: `RssAnon` of
/proc/PID/status is what a process holds itself, `VmRSS` what of it and of files is in memory. Each
length is measured in a fresh process, with whatever processes it starts, from the moment at which
models are loaded and have been used.
"""

import json
import os
import re
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from archive.models.recording import SAMPLES_MODEL
from archive.wiring import engines
from config import ROOT, Settings
from media.audio import open_speech
from samples.expand import expand
from samples.long import write_long_recording
from transcripts.engines.engine import Options
from transcripts.engines.scripted import ScriptedEngine
from transcripts.speech import SAMPLE_RATE, plan_chunks, speech_probabilities
from transcripts.stitch import stitch
from transcripts.transcribe import transcribe_chunk

MB = 1000**2


def measure_memory(quick: bool, threads: int, folder: Path) -> dict[str, Any]:
    """`peak_mb`: what the longest recording takes beyond the model, in MB of the process's own."""
    expand(folder / "models" / SAMPLES_MODEL)
    hour = folder / "hour.wav"
    write_long_recording(hour, 600 if quick else 3600, 7)
    details: dict[str, Any] = {}
    lengths = {"1 min": 60, "5 min": 300} if quick else {"1 min": 60, "1 h": 3600, "10 h": 36000}
    for name, seconds in lengths.items():
        file = folder / "talk.wav"
        _repeated(hour, file, seconds)
        for engine in ("samples", "scripted"):
            if engine == "samples" and seconds > 3600:
                continue
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "bench.memory",
                    str(folder),
                    str(file),
                    engine,
                    str(threads),
                ],
                cwd=ROOT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            details[f"{name}, {engine}"] = json.loads(done.stdout.splitlines()[-1])
            print(f"  {name}, {engine}: {details[f'{name}, {engine}']}", flush=True)
        file.unlink()
    return {"peak_mb": details[f"{name}, scripted"]["own_mb"], "peak_mb_detail": details}


def main() -> None:
    """Measures one file and prints the figures as JSON: FOLDER FILE ENGINE THREADS."""
    folder, file, name, threads = sys.argv[1:]
    settings = Settings(home=Path(folder), database_url="", threads=int(threads), device="cpu")
    real = name == "samples"
    engine = engines(settings)(SAMPLES_MODEL) if real else ScriptedEngine("Guten Tag".split() * 99)
    second = np.zeros(SAMPLE_RATE, np.int16)
    speech_probabilities(second)
    engine.transcribe(second, Options(language="de"))
    with _peak() as before:
        pass
    with _peak() as planning:
        samples = open_speech(Path(file))
        plan = plan_chunks(speech_probabilities(samples), len(samples))
    with _peak() as hearing:
        options = Options(language="de")
        cues = stitch([transcribe_chunk(engine, samples, chunk, options) for chunk in plan])
    print(
        json.dumps(
            {
                "own_mb": _more(max(planning["RssAnon"], hearing["RssAnon"]), before["RssAnon"]),
                "own_mb_planning": _more(planning["RssAnon"], before["RssAnon"]),
                "own_mb_transcription": _more(hearing["RssAnon"], before["RssAnon"]),
                "with_file_pages_mb": _more(
                    max(planning["VmRSS"], hearing["VmRSS"]), before["VmRSS"]
                ),
                "before_mb": round(before["RssAnon"] / MB, 1),
                "audio_s": round(len(samples) / SAMPLE_RATE),
                "chunks": len(plan),
                "cues": len(cues),
            }
        )
    )


@contextmanager
def _peak() -> Iterator[dict[str, int]]:
    """The highest memory in bytes while inside, looked at fifty times a second and at the end."""
    peak = _memory()
    over = threading.Event()

    def look() -> None:
        for key, value in _memory().items():
            peak[key] = max(peak[key], value)

    def watch() -> None:
        while not over.wait(0.02):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()
        look()


def _memory() -> dict[str, int]:
    """`RssAnon` and `VmRSS` of this process and of its children, bytes."""
    sums = {"RssAnon": 0, "VmRSS": 0}
    for process in _family(os.getpid()):
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:  # it has just ended
            continue
        for key in sums:
            found = re.search(rf"^{key}:\s+(\d+) kB", status, re.MULTILINE)
            sums[key] += int(found[1]) * 1024 if found else 0
    return sums


def _family(process: int) -> list[int]:
    children: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children += [int(child) for child in path.read_text().split()]
        except OSError:
            continue
    return [process, *(one for child in children for one in _family(child))]


def _more(peak: int, before: int) -> float:
    return round(max(0, peak - before) / MB, 1)


def _repeated(source: Path, target: Path, seconds: int) -> None:
    """The same sound again and again, written in small pieces."""
    with wave.open(str(source)) as sound, wave.open(str(target), "wb") as file:
        file.setparams(sound.getparams())
        left = seconds * SAMPLE_RATE
        while left:
            frames = sound.readframes(min(left, 10 * SAMPLE_RATE))
            if not frames:
                sound.rewind()
                continue
            file.writeframes(frames)
            left -= len(frames) // 2


if __name__ == "__main__":
    main()
