"""Many may ask at once: a few are searched for at a time, and all are answered."""

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.databases import sqlite_engine
from transcripts.search import index as search_index
from transcripts.search.index import AT_ONCE, SearchIndex
from transcripts.search.query import parse
from transcripts.search.ranking import Search
from transcripts.search.results import Document, Filters, Passage


def test_few_searches_work_at_a_time_and_all_are_answered(tmp_path, monkeypatch):
    engine, index = sqlite_engine(tmp_path / "index.sqlite"), SearchIndex()
    words = ["Haus", "Garten", "See", "Wald"]
    with engine.begin() as connection:
        index.create(connection)
        for id_ in range(1, 9):
            passages = [Passage(0.0, 2.0, f"{words[id_ % 4]} und Meer", "de", 0)]
            document = Document(id_, 1, "talk", "de", "public", None, "Rede")
            index.put(connection, document, passages)
    busy, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(AT_ONCE)  # none goes on before so many are there

    class Watched(Search):
        def ranking(self, *asked):
            nonlocal busy, most
            with lock:
                busy += 1
                most = max(most, busy)
            together.wait(timeout=30)
            found = super().ranking(*asked)
            with lock:
                busy -= 1
            return found

    monkeypatch.setattr(search_index, "Search", Watched)

    def ask(number: int) -> list[int]:
        with engine.connect() as connection:
            hits = index.search(connection, parse(words[number % 4]), Filters()).hits
        return sorted(hit.session_id for hit in hits)

    with ThreadPoolExecutor(4 * AT_ONCE) as pool:
        answers = list(pool.map(ask, range(4 * AT_ONCE)))
    engine.dispose()

    assert answers == [[n % 4 or 4, n % 4 + 4 if n % 4 else 8] for n in range(4 * AT_ONCE)]
    assert most == AT_ONCE
