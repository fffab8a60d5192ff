"""What runs in the process of an engine: it hears what comes through a pipe, and answers."""

import ctypes
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection

import numpy as np

from transcripts.engines.engine import Engine, EngineError, Options

PR_SET_PDEATHSIG = 1  # of prctl(2)
DISPENSABLE = "500"  # of proc(5), oom_score_adj: rather this process than another of its size

Task = tuple[Options, bytes]


def serve(pipe: Connection, make: Callable[[], Engine], parent: int) -> None:
    """Works until it is told to end, or until the process `parent` is gone. Never returns.

    Comes in: ("hear", (options, int16 sound)), ("stop", None), ("end", None). Goes out: ("done",
    None) once, to say that it is there; then for each sound ("progress", seconds), and in the end
    ("done", Heard) or ("failed", EngineError).
    """
    _live_and_die_with(parent)
    tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(pipe, tasks, stop), daemon=True).start()
    engine: Engine | None = None
    pipe.send(("done", None))
    while (task := tasks.get()) is not None:
        options, sound = task
        try:
            engine = engine or make()
            heard = engine.transcribe(
                np.frombuffer(sound, np.int16),
                options,
                progress=lambda seconds: pipe.send(("progress", seconds)),
                cancelled=stop.is_set,
            )
            pipe.send(("done", heard))
        except Exception as error:
            pipe.send(("failed", _portable(error)))
    os._exit(0)  # CTranslate2 and ONNX Runtime may wait for each other for ever in a slower end


def _live_and_die_with(parent: int) -> None:
    """Signals to the whole group are the parent's to decide about; its death is this one's too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write(DISPENSABLE)
        except OSError:
            pass
    if os.getppid() != parent:  # it died before that
        os._exit(0)


def _listen(
    pipe: Connection, tasks: "queue.SimpleQueue[Task | None]", stop: threading.Event
) -> None:
    while True:
        try:
            kind, content = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)  # nobody is left who could want the work
        if kind == "hear":
            stop.clear()
            tasks.put(content)
        elif kind == "stop":
            stop.set()
        else:
            tasks.put(None)


def _portable(error: Exception) -> EngineError:
    """The error as it is, if it is an engine's and survives the way; else one that describes it."""
    try:
        if isinstance(error, EngineError) and type(pickle.loads(pickle.dumps(error))) is type(
            error
        ):
            return error
    except Exception:  # an error's own way to be pickled fails in any way
        pass
    described = EngineError(f"{type(error).__name__}: {error}")
    described.add_note(traceback.format_exc())
    return described
