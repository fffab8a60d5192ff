"""Whether search gives first what was meant: a judged set of queries on a small archive.

    python -m bench.judged

ndcg10    how well the first ten stand, 1 is the best order there is (doi.org/10.1145/582415.582418)
recall50  which part of what helps is among the first fifty

A query about nothing in the archive counts 1 where nothing is found, and 0 otherwise.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from bench.judged_archive import JUDGED, TALKS, Talk
from samples import recordings
from tests.databases import sqlite_engine
from transcripts.search.index import SearchIndex
from transcripts.search.query import parse
from transcripts.search.results import Document, Filters, Passage

SAMPLES = Path(recordings.__file__).parent
FIRST, MANY = 10, 50


def main() -> None:
    for query, (gain, found) in judged().items():
        if gain < 1:
            print(f"{gain:.2f}  {query}: {', '.join(found)}")
    print(measure_judged())


def measure_judged() -> dict[str, float]:
    """The means over all queries."""
    each = judged()
    recalls = [_recall(found, JUDGED[query]) for query, (_, found) in each.items()]
    return {
        "ndcg10": round(mean(gain for gain, _ in each.values()), 4),
        "recall50": round(mean(recalls), 4),
        "judged_queries": len(each),
    }


def judged() -> dict[str, tuple[float, list[str]]]:
    """For each query its gain and the sessions found, best first."""
    with TemporaryDirectory(prefix="podium-judged-") as folder:
        engine = sqlite_engine(Path(folder) / "judged.sqlite")
        with engine.begin() as connection:
            index, keys = SearchIndex(), []
            index.create(connection)
            for number, (key, document, passages) in enumerate(_archive(), 1):
                index.put(connection, replace(document, session_id=number), passages)
                keys.append(key)
            found = {query: _found(connection, index, query, keys) for query in JUDGED}
        engine.dispose()
    return {query: (_gain(each, JUDGED[query]), each) for query, each in found.items()}


def _found(
    connection: Connection, index: SearchIndex, query: str, keys: Sequence[str]
) -> list[str]:
    asked = parse(query)
    filters = Filters(restrictions=asked.restrictions)
    results = index.search(connection, asked, filters, per_page=MANY)
    return [keys[hit.session_id - 1] for hit in results.hits]


def _gain(found: Sequence[str], helps: Mapping[str, int]) -> float:
    """The normalised discounted cumulative gain of the first ten."""
    if not helps:
        return float(not found)
    best = sorted(helps.values(), reverse=True)[:FIRST]
    got = [helps.get(key, 0) for key in found[:FIRST]]
    return _discounted(got) / _discounted(best)


def _discounted(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _recall(found: Sequence[str], helps: Mapping[str, int]) -> float:
    if not helps:
        return float(not found)
    return len(helps.keys() & set(found[:MANY])) / len(helps)


def _archive() -> Iterator[tuple[str, Document, list[Passage]]]:
    for talk in TALKS:
        yield talk.key, _document(talk), _passages(talk)
    programme = json.loads((SAMPLES / "programme.json").read_text())
    truth = json.loads((SAMPLES / "truth.json").read_text())
    names = {person["slug"]: person["name"] for person in programme["persons"]}
    for session in programme["sessions"]:
        said = truth[session["slug"]]
        talk = Talk(
            session["slug"],
            said["language"],
            session["title"],
            tuple(
                dict.fromkeys(
                    names[one["speaker"]] for one in said["sentences"] if one["speaker"] in names
                )
            ),
            session.get("abstract", ""),
            (),
            session["kind"],
        )
        yield (
            talk.key,
            _document(talk),
            [
                Passage(
                    one["start"],
                    one["end"],
                    one["text"],
                    talk.language,
                    n,
                    names.get(one["speaker"]),
                )
                for n, one in enumerate(said["sentences"])
            ],
        )


def _document(talk: Talk) -> Document:
    return Document(
        session_id=0,
        event_id=talk.year,
        kind=talk.kind,
        language=talk.language,
        visibility="public",
        starts_at=datetime(talk.year, 6, 1, tzinfo=UTC),
        title=talk.title,
        abstract=talk.abstract,
        people=tuple((sum(map(ord, name)), name) for name in talk.people),
    )


def _passages(talk: Talk) -> list[Passage]:
    return [
        Passage(n * 5.0, n * 5.0 + 4, text, talk.language, n, talk.people[n % len(talk.people)])
        for n, text in enumerate(talk.said)
    ]


if __name__ == "__main__":
    main()
