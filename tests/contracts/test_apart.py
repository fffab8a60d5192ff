"""An engine in a process of its own: real processes, which end when they should and not before."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from samples.expand import FOLDER
from tests.contracts.obedient import Obedient, nowhere
from tests.transcripts.sound import GERMAN, RATE, sound
from transcripts.engines.apart import Apart
from transcripts.engines.engine import (
    Cancelled,
    EngineDied,
    EngineError,
    ModelMissing,
    Options,
)
from transcripts.engines.faster_whisper import FasterWhisper
from transcripts.engines.whisper import OpenAIWhisper

ROOT = Path(__file__).resolve().parents[2]
SOUND = np.array([1, 2, -3, 400], np.int16)


@pytest.fixture(scope="module")
def shared() -> Iterator[Apart]:
    """One for all tests that leave it as it was: a process takes a while to start."""
    engine = Apart(partial(Obedient, "obedient"))
    yield engine
    engine.close()


@pytest.fixture
def own() -> Iterator[Apart]:
    engine = Apart(partial(Obedient, "obedient"))
    yield engine
    engine.close()


def hear(engine: Apart, command: str = "nothing", **given: Callable) -> list[str]:
    """What it heard: its process, the number of its calls, and the sound."""
    terms = Options(terms=(command,))
    return engine.transcribe(SOUND, terms, **given).cues[0].text.split()


def process_of(engine: Apart) -> int:
    return int(hear(engine)[0])


def is_gone(pid: int, within: float = 10.0) -> bool:
    """Whether the process ends within so many seconds, with all its threads; one that only waits
    to be counted has."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z" and len(list(Path(f"/proc/{pid}/task").iterdir())) == 1:
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def after(seconds: float) -> Callable[[], bool]:
    """Says that the work is cancelled from then on."""
    begun = time.monotonic()
    return lambda: time.monotonic() - begun > seconds


# --- as without it -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [FasterWhisper, OpenAIWhisper])
def test_engine_apart_hears_the_same(expanded, kind):
    place = FOLDER if kind is FasterWhisper else "samples.pt"
    make = partial(kind, expanded / place, model="samples", device="cpu", threads=1)
    here, apart = make(), Apart(make)
    options = Options(beam_size=1, terms=("Bürgerportal",))
    told: list[float] = []

    heard = apart.transcribe(sound(GERMAN)[: 6 * RATE], options, progress=told.append)
    apart.close()

    assert heard == here.transcribe(sound(GERMAN)[: 6 * RATE], options)
    assert heard.cues and heard.signals and heard.prompt
    assert told[-1] == 6.0
    for name in ("name", "version", "model", "weights"):
        assert getattr(apart, name) == getattr(here, name)


def test_engine_is_known_without_a_process():
    engine = Apart(partial(Obedient, "ours"))

    assert (engine.name, engine.version, engine.model, engine.weights) == (
        "obedient",
        "1",
        "ours",
        "none",
    )
    assert engine._child is None


@pytest.mark.parametrize("audio", [SOUND, SOUND / np.float32(32768), SOUND / 32768])
def test_sound_arrives_as_integers(shared, audio):
    heard = shared.transcribe(audio, Options())

    assert heard.cues[0].text.split()[2:] == ["4", "int16", "400"]


def test_empty_sound_arrives(shared):
    assert shared.transcribe(np.zeros(0, np.int16), Options()).cues[0].text.split()[2] == "0"


def test_work_is_done_in_another_process_that_stays(shared):
    (one, first), (other, second) = hear(shared)[:2], hear(shared)[:2]

    assert one == other != str(os.getpid())
    assert int(second) == int(first) + 1


def test_progress_comes_back(shared):
    told: list[float] = []

    hear(shared, "tell", progress=told.append)

    assert told == [1.0, 2.0, 3.0]


def test_call_costs_milliseconds(shared):
    hear(shared)
    audio = np.zeros(120 * RATE, np.int16)

    times = []
    for _ in range(10):
        begun = time.perf_counter()
        shared.transcribe(audio, Options())
        times.append(time.perf_counter() - begun)

    assert np.median(times) < 0.1


def test_calls_of_several_threads_wait_for_each_other(own):
    with ThreadPoolExecutor(4) as threads:
        heard = list(threads.map(lambda _: hear(own), range(8)))

    assert len({process for process, *_ in heard}) == 1
    assert sorted(int(call) for _, call, *_ in heard) == list(range(1, 9))


def test_process_outlives_the_thread_that_began_it(own):
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(process_of(own)))
    thread.start()
    thread.join()
    time.sleep(0.3)

    assert process_of(own) == found[0]


# --- errors ------------------------------------------------------------------------------------


def test_missing_model_is_told_with_its_fields(shared):
    with pytest.raises(ModelMissing, match="“small” is not here for obedient. Fetch it.") as caught:
        hear(shared, "miss")

    assert (caught.value.name, caught.value.engine, caught.value.hint) == (
        "small",
        "obedient",
        "Fetch it.",
    )


def test_error_of_any_other_kind_is_told_with_its_kind(shared):
    with pytest.raises(EngineError) as caught:
        hear(shared, "fail")

    assert str(caught.value) == "LookupError: no such thing"
    assert "obedient.py" in caught.value.__notes__[0]


def test_process_goes_on_after_an_error(shared):
    before = process_of(shared)
    with pytest.raises(EngineError):
        hear(shared, "fail")

    assert process_of(shared) == before


def test_engine_that_cannot_be_made_there_is_an_error(monkeypatch):
    monkeypatch.setenv("PARENT", str(os.getpid()))
    engine = Apart(nowhere)

    for _ in range(2):
        with pytest.raises(EngineError, match="FileNotFoundError: model.bin"):
            hear(engine)
    engine.close()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "be_killed",
            "was killed, most likely because the memory ran out. Try again, with a smaller",
        ),
        (
            "crash",
            "crashed (Segmentation fault). Try again; if it happens once more, check the model",
        ),
        (
            "leave",
            "ended by itself (exit code 3). Try again; if it happens once more, check the mod",
        ),
    ],
)
def test_process_that_dies_says_what_happened_and_the_next_call_works(own, command, said):
    before = process_of(own)

    with pytest.raises(EngineDied) as caught:
        hear(own, command)

    assert f"The process of obedient with the model “obedient” {said}" in str(caught.value)
    assert process_of(own) != before


def test_process_that_is_killed_in_the_middle_is_an_error(own):
    pid = process_of(own)

    with pytest.raises(EngineDied, match="was killed"):
        hear(own, "last", progress=lambda _: os.kill(pid, signal.SIGKILL))

    assert process_of(own) != pid


def test_process_that_died_unused_is_not_noticed(own):
    pid = process_of(own)
    os.kill(pid, signal.SIGKILL)
    assert is_gone(pid)

    assert process_of(own) != pid


def test_error_of_whoever_listens_leaves_the_process_as_it_was(own):
    class Lost(Exception):
        pass

    def lose(_: float) -> None:
        raise Lost

    before = process_of(own)
    with pytest.raises(Lost):
        hear(own, "last", progress=lose)

    assert process_of(own) == before


# --- cancellation ------------------------------------------------------------------------------


def test_work_that_is_cancelled_before_it_begins_starts_nothing():
    engine = Apart(partial(Obedient, "obedient"))

    with pytest.raises(Cancelled):
        hear(engine, cancelled=lambda: True)

    assert engine._child is None


def test_cancelled_work_that_stops_leaves_its_process(own):
    before = process_of(own)
    begun = time.monotonic()

    with pytest.raises(Cancelled):
        hear(own, "last", cancelled=after(0.5))

    assert time.monotonic() - begun < 4
    assert process_of(own) == before


def test_cancelled_work_that_cannot_stop_is_killed_within_ten_seconds(own):
    before = process_of(own)
    begun = time.monotonic()

    with pytest.raises(Cancelled):
        hear(own, "ignore", cancelled=after(0.5))

    assert time.monotonic() - begun < 10
    assert is_gone(before, within=0.1)
    assert process_of(own) != before


def test_work_that_waits_for_another_can_be_cancelled(own):
    done = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(hear, own, "last", cancelled=done.is_set)
        time.sleep(0.5)
        with pytest.raises(Cancelled):
            hear(own, cancelled=after(0.5))
        done.set()
        with pytest.raises(Cancelled):
            first.result()


def test_interrupt_kills_at_once(own):
    before = process_of(own)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hear(own, "ignore", progress=interrupt)

    assert is_gone(before, within=0.1)
    assert process_of(own) != before


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_signal_to_the_whole_group_is_the_parents_to_decide_about(own, sent):
    pid = process_of(own)

    os.kill(pid, sent)

    assert process_of(own) == pid


# --- the end -----------------------------------------------------------------------------------


def test_closed_engine_has_no_process_and_starts_another(own):
    before = process_of(own)

    own.close()
    own.close()

    assert is_gone(before, within=0.1)
    assert process_of(own) != before


def test_unused_process_ends_by_itself_and_the_next_call_starts_another():
    engine = Apart(partial(Obedient, "obedient"), idle_seconds=0.5)
    pid = process_of(engine)
    assert not is_gone(pid, within=0.2)

    assert is_gone(pid, within=5)
    assert process_of(engine) != pid
    engine.close()


def test_process_that_works_is_not_unused():
    engine = Apart(partial(Obedient, "obedient"), idle_seconds=0.3)
    pid = process_of(engine)

    with pytest.raises(Cancelled):
        hear(engine, "last", cancelled=after(1.5))

    assert process_of(engine) == pid
    engine.close()


PARENT = """
import sys, time
from functools import partial
import numpy as np
from tests.contracts.obedient import Obedient
from transcripts.engines.apart import Apart
from transcripts.engines.engine import Options

engine = Apart(partial(Obedient, "obedient"))
print(engine.transcribe(np.zeros(1, np.int16), Options()).cues[0].text.split()[0], flush=True)
if sys.argv[1] == "busy":
    tell = partial(print, "busy", flush=True)
    engine.transcribe(np.zeros(1, np.int16), Options(terms=("ignore",)), progress=tell)
if sys.argv[1] == "unused":
    time.sleep(60)
"""


@pytest.mark.parametrize("state", ["busy", "unused"])
def test_no_process_is_left_when_its_parent_is_killed(state):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, state], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        if state == "busy":
            assert parent.stdout.readline().startswith("busy")
        assert not is_gone(pid, within=0.2)

        parent.kill()

        assert is_gone(pid, within=10)


def test_no_process_is_left_when_its_parent_ends_without_closing():
    begun = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-c", PARENT, "end"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert is_gone(int(done.stdout), within=1)
    assert done.stderr == ""
    assert time.monotonic() - begun < 30


APP = """
from functools import partial
import click, flask
import numpy as np
from tests.contracts.obedient import Obedient
from transcripts.engines.apart import Apart
from transcripts.engines.engine import Options

app = flask.Flask(__name__)
print("app is made")

@app.cli.command()
def work():
    print("work begins")
    engine = Apart(partial(Obedient, "obedient"))
    print(engine.transcribe(np.zeros(1, np.int16), Options()).cues[0].text.split()[1])
    engine.close()
"""


@pytest.mark.parametrize("flask", ["module", "script"])
def test_process_does_not_run_flask_again(tmp_path, flask):
    (tmp_path / "small_app.py").write_text(APP)
    script = [str(Path(sys.executable).with_name("flask"))]
    command = [sys.executable, "-m", "flask"] if flask == "module" else script

    done = subprocess.run(
        [*command, "--app", tmp_path / "small_app.py", "work"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["app is made", "work begins", "1"]
