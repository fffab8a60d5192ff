"""A process that works for this one, and how to talk to it.

It ends when this process does: the system kills it with its parent (prctl, on Linux), and a thread
of its own sees the end of the pipe.
"""

import atexit
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from multiprocessing.connection import wait
from typing import Any

from transcripts.engines.engine import Engine, EngineDied
from transcripts.engines.inside import serve


class Child:
    """A started process that serves an engine. working: it has still to answer; at first, that it
    is there. Not for several threads at once."""

    def __init__(self, make: Callable[[], Engine], engine: str, model: str) -> None:
        self.working = True
        self._named = (engine, model)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, make, os.getpid()), name=f"{engine} {model}", daemon=True
        )
        _start(self._process)
        theirs.close()
        atexit.register(self.kill)

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    def say(self, kind: str, content: Any = None) -> None:
        """Sends `hear` (options and sound), `stop` or `end`; raises EngineDied."""
        self.working = self.working or kind == "hear"
        try:
            self._pipe.send((kind, content))
        except OSError:
            self._died()

    def next(self, seconds: float) -> tuple[str, Any]:
        """What it says within that time: `progress`, `done`, `failed`, or else `nothing`.

        Raises EngineDied.
        """
        wait([self._pipe, self._process.sentinel], seconds)
        try:
            if self._pipe.poll():
                kind, content = self._pipe.recv()
                self.working = kind == "progress"
                return kind, content
        except (EOFError, OSError):
            self._died()
        if not self._process.is_alive():
            self._died()
        return "nothing", None

    def rest(self, seconds: float) -> bool:
        """Asks it to stop its work; whether it did within that time, and waits for more."""
        until = time.monotonic() + seconds
        try:
            if self.working:
                self.say("stop")
            while self.working and time.monotonic() < until:
                self.next(until - time.monotonic())
        except EngineDied:
            return False
        return not self.working and self.is_alive()

    def end(self, seconds: float) -> None:
        """Asks it to end, and kills it if it has not within that time."""
        try:
            self.say("end")
        except EngineDied:
            pass
        self._process.join(seconds)
        self.kill()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.join()
        self._pipe.close()
        atexit.unregister(self.kill)

    def _died(self) -> None:
        self._process.join(1.0)
        self.kill()
        engine, model = self._named
        raise EngineDied(
            f"The process of {engine} with the model “{model}” {_what_happened(self._process.exitcode)}"
        )


def _what_happened(exit_code: int | None) -> str:
    """The end of a process, and what to do, for a sentence that begins with the process."""
    if exit_code == -signal.SIGKILL:
        return (
            "was killed, most likely because the memory ran out. Try again, with a smaller model or"
            " more memory if it happens once more."
        )
    if exit_code is not None and exit_code < 0:
        ended = f"crashed ({signal.strsignal(-exit_code)})"
    else:
        ended = f"ended by itself (exit code {exit_code})"
    return f"{ended}. Try again; if it happens once more, check the model with: flask models check."


def _start(process: multiprocessing.Process) -> None:
    """Starts it in a thread that never ends: with the thread that started it, the system would
    take the process for an orphan and kill it (prctl(2), PR_SET_PDEATHSIG)."""
    started: Future[None] = Future()
    _starter(os.getpid()).put((process, started))
    started.result()


@cache
def _starter(pid: int) -> queue.SimpleQueue:
    """What is to be started, for the thread of this process (`pid`: a fork has no threads)."""
    waiting: queue.SimpleQueue = queue.SimpleQueue()

    def work() -> None:
        while True:
            process, started = waiting.get()
            try:
                process.start()
            except BaseException as error:
                started.set_exception(error)
            else:
                started.set_result(None)

    threading.Thread(target=work, name="starts engines", daemon=True).start()
    return waiting
