"""Queues and how work is put on them. Besides `pipeline` and `worker` the only file that knows DBOS.

The queue lives in the application's own database, so a recording and its work are stored in one
transaction: there is no recording without work and no work without a recording.
"""

import logging
import threading
import uuid
from pathlib import PurePosixPath
from typing import Any

from dbos import DBOS, DBOSClient
from sqlalchemy import Engine, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session

from archive.models.recording import Recording

MEDIA = "media"  # probing and renditions: processor and disk
WHISPER = "whisper"  # turns at the engine: the GPU, or all cores
STREAMING = "streaming"  # sizes, previews and voices: hours, for which no upload should wait
SHORT = "short"  # planning and publishing: seconds, which should wait for neither of the others
APPLICATION = "podium"
# Running work belongs to a version of the pipeline's steps, not of the code around them: raise this
# when the order or the names of the steps in pipeline.py change.
PIPELINE_VERSION = "4"


class CurrentSqlite(SQLiteDialect_pysqlite):
    """SQLite through `pysqlite3`, for libraries that make an engine from a URL by themselves."""

    driver = "current"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        import pysqlite3.dbapi2

        return pysqlite3.dbapi2


registry.register("sqlite.current", __name__, "CurrentSqlite")


class Jobs:
    """Puts work on the queues; the workers take it from there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._client: DBOSClient | None = None
        self._lock = threading.Lock()

    def process(self, db: Session, recording_id: int, attempt: int) -> None:
        """Queues the whole pipeline for a recording, in the caller's transaction."""
        self._enqueue(db, "make_playable", MEDIA, recording_id, attempt)

    def transcribe(self, db: Session, recording_id: int, attempt: int) -> None:
        """Queues only the transcription of a recording that has its speech planned."""
        self._enqueue(db, "transcribe", SHORT, recording_id, attempt)

    def stream(self, db: Session, recording_id: int, run: int) -> None:
        """Queues the making of the sizes and previews of a recording that plays."""
        self._enqueue(db, "stream", STREAMING, recording_id, run)

    def hear(self, db: Session, count: int) -> None:
        """Queues a turn at the engine for each of `count` chunks that wait."""
        for _ in range(count):
            self._put(db, "hear", WHISPER, f"hear-{uuid.uuid4()}")

    def _enqueue(
        self, db: Session, workflow: str, queue: str, recording_id: int, attempt: int
    ) -> None:
        id_ = workflow_id(workflow, db.get_one(Recording, recording_id), attempt)
        self._put(db, workflow, queue, id_, recording_id, attempt)

    def _put(self, db: Session, workflow: str, queue: str, id_: str, *arguments: int) -> None:
        self._connected().enqueue_in_transaction(
            db,
            {
                "workflow_name": workflow,
                "queue_name": queue,
                "workflow_id": id_,
                "app_version": PIPELINE_VERSION,
            },
            *arguments,
        )

    def _connected(self) -> DBOSClient:
        with self._lock:
            if self._client is None:
                self._client = DBOSClient(
                    system_database_engine=self._engine, application_name=APPLICATION
                )
            return self._client


def workflow_id(workflow: str, recording: Recording, attempt: int) -> str:
    """The id of one attempt at a recording: queueing it twice is queueing it once.

    SQLite gives the number of a recording that was removed to the next one, whose work would then
    count as done; the folder of its file belongs to it alone.
    """
    return f"{workflow}-{recording.id}-{attempt}-{PurePosixPath(recording.key).parent.name}"


def migrate_queues(url: str) -> None:
    """Creates or upgrades the tables of the queues in the database at `url`."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite+current")
    DBOS.migrate(parsed.render_as_string(hide_password=False))
