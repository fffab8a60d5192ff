"""What the web and the pipeline are handed: database, store, search index, jobs and a few values."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from archive.jobs import Jobs
from media.storage.store import Store
from transcripts.search.index import SearchIndex


@dataclass(frozen=True)
class Parts:
    """Made once by `archive/wiring.py` for each process."""

    engine: Engine
    sessions: sessionmaker[Session]
    store: Store
    index: SearchIndex
    jobs: Jobs
    work: Path  # folder of half-done work
    models: Path  # folder of Whisper models
    model: str  # the Whisper model for uploads that name none
    whisper: str  # faster-whisper or openai-whisper
    upload_limit: int  # bytes
    reserve: int  # bytes of disk that stay free
    site_name: str
    site_url: str  # empty: that of the request
    languages: tuple[str, ...]  # of the interface
    timezone: str  # of new events
