"""`kill -9` of a rebuild of the search index: nothing is lost, and it goes on where it was."""

import subprocess
import sys
import time

from sqlalchemy import select

from archive.wiring import make_parts
from tests import factories as make
from tests.pipeline.installation import PATIENCE, ROOT, Installation
from transcripts.search import rebuilding
from transcripts.search.query import parse
from transcripts.search.results import Filters
from transcripts.search.tables import documents

TALKS, CUES = 40, 60


def test_killed_rebuild_goes_on_where_it_was(either_installation: Installation) -> None:
    installation = either_installation
    parts = make_parts(installation.settings)
    with parts.sessions.begin() as db:
        event = make.an_event(db)
        cues = [make.timed_cue(f"Guten Morgen, das ist Satz {n}.", n, n + 1) for n in range(CUES)]
        ids = [make.a_talk(db, parts, event, cues=cues).id for _ in range(TALKS)]

    place = _killed_halfway(installation, ids)

    before = _stamps(installation)
    with parts.engine.connect() as connection:
        found = parts.index.search(connection, parse("Morgen"), Filters())
    assert (found.total_sessions, found.total_moments) == (TALKS, CUES * TALKS)
    done = installation.flask("search", "rebuild").stdout
    assert done.startswith(f"{ids.index(place) + 1} of {TALKS} sessions were done before")
    after = _stamps(installation)
    assert {id_ for id_ in ids if after[id_] == before[id_]} == {id_ for id_ in ids if id_ <= place}
    assert installation.flask("search", "check").returncode == 0
    parts.engine.dispose()


def _killed_halfway(installation: Installation, ids: list[int]) -> int:
    """Begins a rebuild and kills it; returns the last session that it had done."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "search", "rebuild"],
        cwd=ROOT,
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    installation.processes.append(process)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and _place(installation) < ids[TALKS // 3]:
        time.sleep(0.005)
    installation.kill(process)
    place = _place(installation)
    assert ids[0] < place < ids[-1]
    return place


def _place(installation: Installation) -> int:
    with installation.sessions() as db:
        return rebuilding.place(db.connection())


def _stamps(installation: Installation) -> dict[int, int]:
    with installation.sessions() as db:
        return dict(db.execute(select(documents.c.session_id, documents.c.stamp)).all())
