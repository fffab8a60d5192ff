"""An engine in a process of its own.

A call of CTranslate2 cannot be interrupted, so work that is cancelled and does not stop is killed.
The process gives its memory back wholly when it ends, and where memory runs out the system takes it
and not the worker. It is spawned, never forked: CTranslate2 does not survive a fork
(https://github.com/OpenNMT/CTranslate2/issues/539).
"""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from transcripts.engines.child import Child
from transcripts.engines.engine import Engine, Heard, Options, stop_if

STOPPING = 4.0  # seconds that cancelled work has to stop before its process is killed
ASKING = 0.5  # seconds between two looks at whether the work is cancelled


class Apart:
    """Runs an engine in a child process, which starts with the first call.

    One call runs at a time, others wait. The child ends when it was unused for a while, when it is
    closed, and when this process ends in whatever way.
    """

    def __init__(self, make: Callable[[], Engine], *, idle_seconds: float = 600.0) -> None:
        """make: what can be pickled, such as a functools.partial of an engine's class. It is called
        here too, to know the engine's name, and must not load the model. idle_seconds: until an
        unused child ends."""
        known = make()
        self.name = known.name
        self.version = known.version
        self.model = known.model
        self.weights = known.weights
        self._make = make
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._timer: threading.Timer | None = None

    def transcribe(
        self,
        audio: np.ndarray,
        options: Options,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Heard:
        """As an Engine does. cancelled: is asked twice a second, and takes five seconds at most.

        Raises EngineDied where the process ends in the middle; the next call starts another.
        """
        stop_if(cancelled)
        while not self._lock.acquire(timeout=ASKING):
            stop_if(cancelled)
        try:
            if self._timer is not None:
                self._timer.cancel()
            return self._hear(audio, options, progress, cancelled)
        finally:
            self._end_later()
            self._lock.release()

    def close(self) -> None:
        """Ends the child, after the call that runs; the next call starts another."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._end()

    def _hear(
        self,
        audio: np.ndarray,
        options: Options,
        progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Heard:
        """Whatever goes wrong, it leaves a child that waits for work, or none."""
        if self._child is None or not self._child.is_alive():
            self._end()
            self._child = Child(self._make, self.name, self.model)
        child = self._child
        try:
            self._answer(child, None, cancelled)  # that it is there
            child.say("hear", (options, _pcm(audio)))
            return self._answer(child, progress, cancelled)
        except Exception:
            if not child.rest(STOPPING):
                self._kill()
            raise
        except BaseException:  # whoever presses Ctrl-C does not wait
            self._kill()
            raise

    def _answer(
        self,
        child: Child,
        progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Any:
        """What the child answers, None where it has nothing to do; raises what was raised there."""
        while child.working:
            stop_if(cancelled)
            kind, content = child.next(ASKING)
            if kind == "failed":
                raise content
            if kind == "done":
                return content
            if kind == "progress" and progress is not None:
                progress(content)
        return None

    def _end(self) -> None:
        if self._child is not None:
            self._child.end(STOPPING)
            self._child = None

    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _end_later(self) -> None:
        if self._child is not None:
            self._timer = threading.Timer(self._idle_seconds, self._end_unused, [self._child])
            self._timer.daemon = True
            self._timer.start()

    def _end_unused(self, child: Child) -> None:
        if self._lock.acquire(blocking=False):  # else it is used
            try:
                if self._child is child:
                    self._end()
            finally:
                self._lock.release()


def _pcm(audio: np.ndarray) -> bytes:
    """The slice as int16."""
    if audio.dtype != np.int16:
        audio = np.clip(np.round(audio * 32768.0), -32768, 32767).astype(np.int16)
    return audio.tobytes()
