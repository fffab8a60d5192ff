"""How fast search answers in an archive of any size, on each database and beside bare tantivy.

    python -m bench.search [--cues N] [--backends sqlite,postgresql,tantivy] [--quick] [--json FILE]
                           [--kept FOLDER]

The archive is made from a seed (bench/made_archive.py). Every kind of query is asked with different
words, first by an index that has read nothing yet (cold), then once more (warm), and by 16 at once.
tantivy has one document for each cue and gives the ten best, with their number: no sessions, no
facets, no right to see. Queries of both go in turns, so that what else the machine does meets both.

p50_ms, p95_ms        from question to answer, over all kinds, over those that tantivy has, for each
suggested_p95_ms      from letters to suggestions, with two to five letters of words and names
ratio_to_tantivy_p95  over all queries of the kinds that tantivy has too, and of each of these kinds
bytes_per_cue         the index on the disk, texts included
cues_per_s            loading, everything in transactions, and making the archive meanwhile; not where a
                      kept archive is asked once more
"""

import argparse
import gc
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from bench.judged import measure_judged
from bench.made_archive import CUES, MadeArchive, Tongue
from bench.report import print_table, write_json
from bench.tantivy_index import BESIDE, TantivyIndex
from tests.databases import postgres_engine, sqlite_engine
from transcripts.search.index import SearchIndex
from transcripts.search.loading import load
from transcripts.search.query import parse
from transcripts.search.results import Filters

ASKED = 20  # queries of each kind
ASKERS = 16
PUBLIC = Filters(visibilities=frozenset({"public"}))

Ask = Callable[[str], object]


def main() -> None:
    arguments = _arguments()
    cues = 20_000 if arguments.quick else arguments.cues
    archive = MadeArchive()
    kinds = queries(archive, cues, 5 if arguments.quick else ASKED)
    figures: dict[str, Any] = {"cues": cues, "queries": ASKED, **measure_judged()}
    with ExitStack() as stack:
        folder = arguments.kept or Path(tempfile.mkdtemp(prefix="podium-bench-"))
        folder.mkdir(parents=True, exist_ok=True)
        if not arguments.kept:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        backends: dict[str, Backend] = {}
        for name in arguments.backends.split(","):
            backends[name] = stack.enter_context(BACKENDS[name](folder))
            loaded = {} if backends[name].holds(cues) else backends[name].load(archive, cues)
            figures[name] = loaded | {"bytes_per_cue": round(backends[name].size() / cues, 1)}
            print(f"{name}: {figures[name]}", flush=True)
        gc.freeze()  # as the app does when it has started
        for name, kind in measure(backends, kinds).items():
            figures[name] |= kind
        for name, backend in backends.items():
            figures[name] |= at_once(backend, kinds)
            if isinstance(backend, Backend):
                figures[name]["suggested_p95_ms"] = suggested(backend, archive)
    _compare(figures, list(backends))
    _print(figures, list(backends), list(kinds))
    write_json(arguments.json, figures)


# What is asked


def queries(archive: MadeArchive, cues: int, count: int) -> dict[str, list[str]]:
    """Different queries of each kind, German and English in turns."""
    random = np.random.default_rng(7)
    tongues = list(archive.tongues.values())
    names = [archive.session(1 + n % max(1, cues // 1000))[0].people[0][1] for n in range(count)]

    def word(tongue: Tongue, first: int, last: int) -> str:
        return str(tongue.words[int(random.integers(first, last))])

    def each(make: Callable[[Tongue, int], str]) -> list[str]:
        return [make(tongues[n % len(tongues)], n) for n in range(count)]

    def phrase(tongue: Tongue) -> str:
        return " ".join(tongue.words[tongue.phrases[int(random.zipf(1.4)) % 50]].tolist())

    return {
        "rare word": each(lambda t, _: word(t, 20_000, 60_000)),
        "middling word": each(lambda t, _: word(t, 500, 3_000)),
        "small word": each(lambda t, _: word(t, 0, 40)),
        "two words": each(lambda t, _: f"{word(t, 60, 400)} {word(t, 60, 400)}"),
        "two small words": each(lambda t, _: f"{word(t, 0, 40)} {word(t, 0, 40)}"),
        "two letters": each(lambda t, _: word(t, 100, 2_000)[:2] + "*"),
        "four letters": each(lambda t, _: word(t, 100, 2_000)[:4] + "*"),
        "phrase": each(lambda t, _: f'"{phrase(t)}"'),
        "phrase of small words": each(lambda t, _: f'"{word(t, 0, 12)} {word(t, 0, 12)}"'),
        "without": each(lambda t, _: f"{word(t, 100, 400)} -{word(t, 100, 400)}"),
        "one or another": each(lambda t, _: f"{word(t, 100, 400)} OR {word(t, 100, 400)}"),
        "near": each(lambda t, _: f"{word(t, 100, 400)} near:10 {word(t, 100, 400)}"),
        "speaker": each(lambda _, n: f'speaker:"{names[n]}"'),
        "speaker and word": each(lambda t, n: f'{word(t, 0, 40)} speaker:"{names[n]}"'),
        "year": each(lambda t, n: f"{word(t, 100, 400)} year:{2016 + n % 10}"),
        "misspelt": each(lambda t, _: _misspelt(word(t, 5_000, 9_000))),
    }


def _misspelt(word: str) -> str:
    middle = len(word) // 2
    return word[:middle] + word[middle - 1] + word[middle:]


# Who answers


class Backend:
    """An index on a database that is made for it and goes with it."""

    def __init__(self, engine: Engine, size: Callable[[], int]) -> None:
        self.engine = engine
        self.size = size
        self.kinds: Sequence[str] | None = None

    def holds(self, cues: int) -> bool:
        """Whether so many are loaded already."""
        with self.engine.begin() as connection:
            index = SearchIndex()
            return index.is_there(connection) and len(index.sessions(connection)) * CUES >= cues

    def load(self, archive: MadeArchive, cues: int) -> dict[str, float]:
        with self.engine.begin() as connection:
            SearchIndex().create(connection)
        started = time.perf_counter()
        for _ in load(self.engine.begin, archive.sessions(cues)):
            pass
        took = time.perf_counter() - started
        self._tidy()
        return {"cues_per_s": round(cues / took)}

    def _tidy(self) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
            if self.engine.dialect.name == "sqlite":
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def asker(self) -> Ask:
        """Somebody who has asked nothing yet."""
        index = SearchIndex()

        def ask(query: str) -> object:
            with self.engine.connect() as connection:
                return index.search(connection, parse(query), PUBLIC)

        return ask


class _SQLite:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "search.sqlite"

    def __enter__(self) -> Backend:
        self.engine = sqlite_engine(self.path)
        return Backend(self.engine, self._size)

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    def _size(self) -> int:
        with self.engine.connect() as connection:
            pages, free, size = (
                connection.scalar(text(f"PRAGMA {name}")) or 0
                for name in ("page_count", "freelist_count", "page_size")
            )
        return (pages - free) * size


class _PostgreSQL:
    def __init__(self, _: Path) -> None:
        self.stack = ExitStack()

    def __enter__(self) -> Backend:
        engine = self.stack.enter_context(postgres_engine())

        def size() -> int:
            with engine.connect() as connection:
                return connection.scalar(text("SELECT pg_database_size(current_database())")) or 0

        return Backend(engine, size)

    def __exit__(self, *_: object) -> None:
        self.stack.close()


BACKENDS = {"sqlite": _SQLite, "postgresql": _PostgreSQL, "tantivy": TantivyIndex}


# Measuring


def measure(
    backends: Mapping[str, Any], kinds: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Any]]:
    """Cold and warm times of each kind, ms, the backends in turns."""
    cold = _rounds({name: backend.asker() for name, backend in backends.items()}, backends, kinds)
    askers = {name: backend.asker() for name, backend in backends.items()}
    _rounds(askers, backends, kinds)
    warm = _rounds(askers, backends, kinds)
    return {
        name: {
            "p50_ms": _quantile(warm[name], 0.5),
            "p95_ms": _quantile(warm[name], 0.95),
            "cold_p95_ms": _quantile(cold[name], 0.95),
        }
        for name in backends
    }


def _rounds(
    askers: Mapping[str, Ask], backends: Mapping[str, Any], kinds: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, list[float]]]:
    took: dict[str, dict[str, list[float]]] = {name: {} for name in askers}
    for kind, asked in kinds.items():
        for query in asked:
            for name, ask in askers.items():
                if backends[name].kinds is None or kind in backends[name].kinds:
                    started = time.perf_counter()
                    ask(query)
                    passed = (time.perf_counter() - started) * 1000
                    took[name].setdefault(kind, []).append(passed)
    return took


def at_once(backend: Any, kinds: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The same with many askers at a time, each in a thread, as the web server has them."""
    ask = backend.asker()
    asked = [
        (kind, query)
        for kind, queries in kinds.items()
        if backend.kinds is None or kind in backend.kinds
        for query in queries
    ]
    waiting: Iterator[tuple[str, str]] = iter(asked)
    lock, took = threading.Lock(), dict[str, list[float]]()

    def work() -> None:
        while True:
            with lock:
                following = next(waiting, None)
            if following is None:
                return
            kind, query = following
            started = time.perf_counter()
            ask(query)
            passed = (time.perf_counter() - started) * 1000
            with lock:
                took.setdefault(kind, []).append(passed)

    started = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    all_of = [passed for each in took.values() for passed in each]
    return {
        "at_once_p95_ms": round(float(np.quantile(all_of, 0.95)), 1),
        "at_once_queries_per_s": round(len(asked) / seconds, 1),
    }


def suggested(backend: Backend, archive: MadeArchive) -> float:
    """What it takes to suggest something while somebody types, ms."""
    index, took = SearchIndex(), []
    words = [
        str(tongue.words[at]) for tongue in archive.tongues.values() for at in (60, 400, 3_000)
    ]
    with backend.engine.connect() as connection:
        for _ in range(2):  # the first time the catalogue is read
            took = []
            for word in [*words, *archive.names[:6]]:
                for letters in range(2, min(6, len(word))):
                    started = time.perf_counter()
                    index.suggested(connection, word[:letters], PUBLIC.visibilities)
                    took.append((time.perf_counter() - started) * 1000)
    return round(float(np.quantile(took, 0.95)), 1)


def _quantile(took: Mapping[str, Sequence[float]], share: float) -> dict[str, float]:
    sets = {
        "all": [passed for each in took.values() for passed in each],
        "as tantivy": [passed for kind in BESIDE for passed in took[kind]],
        **took,
    }
    return {name: round(float(np.quantile(each, share)), 1) for name, each in sets.items()}


def _compare(figures: dict[str, Any], names: Sequence[str]) -> None:
    """How many times tantivy's p95 each takes, over the kinds that both have."""
    if "tantivy" not in names:
        return
    bare = figures["tantivy"]["p95_ms"]
    for name in names:
        own = figures[name]["p95_ms"]
        figures[name]["ratio_to_tantivy_p95"] = {
            "all": round(own["as tantivy"] / max(0.1, bare["as tantivy"]), 2),
            **{kind: round(own[kind] / max(0.1, bare[kind]), 2) for kind in BESIDE},
        }


def _print(figures: dict[str, Any], names: Sequence[str], kinds: Sequence[str]) -> None:
    rows = []
    for kind in ("all", "as tantivy", *kinds):
        row: dict[str, Any] = {"ms": kind}
        for name in names:
            for share in ("p50_ms", "p95_ms", "cold_p95_ms"):
                row[f"{name} {share.removesuffix('_ms')}"] = figures[name][share].get(kind, "")
        rows.append(row)
    print_table(rows)
    for name in names:
        rest = {k: v for k, v in figures[name].items() if not k.endswith("p50_ms")}
        print(
            name, json.dumps({k: v for k, v in rest.items() if k not in ("p95_ms", "cold_p95_ms")})
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cues", type=int, default=1_000_000, help="how large the archive is")
    parser.add_argument("--backends", default="sqlite,postgresql,tantivy")
    parser.add_argument("--quick", action="store_true", help="20,000 cues, few queries")
    parser.add_argument(
        "--kept", type=Path, help="a folder for the archives, to be asked again another time"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
