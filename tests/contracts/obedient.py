"""An engine that does what the first term says: for tests of what stands around an engine."""

import os
import signal
import time
from collections.abc import Callable

import numpy as np

from transcripts.cues import Cue
from transcripts.engines.engine import Heard, ModelMissing, Options, stop_if


class Obedient:
    """Hears its process, the number of its calls, and the number of samples."""

    name = "obedient"
    version = "1"
    weights = "none"

    def __init__(self, model: str = "obedient") -> None:
        self.model = model
        self._calls = 0

    def transcribe(
        self,
        audio: np.ndarray,
        options: Options,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Heard:
        self._calls += 1
        getattr(self, options.terms[0] if options.terms else "nothing")(progress, cancelled)
        text = f"{os.getpid()} {self._calls} {len(audio)} {audio.dtype} {int(audio.sum())}"
        return Heard((Cue(0.0, 1.0, text),), "de")

    def close(self) -> None:
        """Has nothing to free."""

    def nothing(self, *_: object) -> None:
        """Works without a word."""

    def tell(self, progress: Callable[[float], None], _: object) -> None:
        for seconds in (1.0, 2.0, 3.0):
            progress(seconds)

    def last(self, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
        """Works for a minute, and stops when it is told to."""
        for tick in range(600):
            progress(tick / 10 + 0.1)
            stop_if(cancelled)
            time.sleep(0.1)

    def ignore(self, progress: Callable[[float], None], _: object) -> None:
        """Works for a minute, and cannot be stopped."""
        progress(0.1)
        time.sleep(60)

    def be_killed(self, *_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def crash(self, *_: object) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def leave(self, *_: object) -> None:
        os._exit(3)

    def miss(self, *_: object) -> None:
        raise ModelMissing("small", "obedient", "Fetch it.")

    def fail(self, *_: object) -> None:
        raise LookupError("no such thing")


def nowhere() -> Obedient:
    """Cannot be made in a child."""
    if os.getenv("PARENT") != str(os.getpid()):
        raise FileNotFoundError("model.bin")
    return Obedient()
