"""Picks the parts by the settings: which database, which store, which Whisper."""

import secrets
import threading
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from archive.actions.mail_notices import Post, mail_notices
from archive.db import make_engine, make_sessions
from archive.jobs import Jobs
from archive.models import registry  # noqa: F401  (all tables, before the first query)
from archive.parts import Parts
from archive.workshop import Workshop
from config import Settings
from media.storage.local import LocalStore
from transcripts.engines.apart import Apart
from transcripts.engines.engine import Engine, ModelMissing
from transcripts.engines.faster_whisper import FasterWhisper
from transcripts.engines.weights import locate
from transcripts.engines.whisper import OpenAIWhisper
from transcripts.search.index import SearchIndex


def make_parts(settings: Settings) -> Parts:
    """Everything the web and the pipeline share."""
    engine = make_engine(settings.database)
    return Parts(
        engine=engine,
        sessions=make_sessions(engine),
        store=LocalStore(settings.media),
        index=SearchIndex(),
        jobs=Jobs(engine),
        work=settings.work,
        models=settings.models,
        model=settings.model,
        whisper=settings.engine,
        upload_limit=settings.max_upload_bytes,
        reserve=settings.reserve_bytes,
        site_name=settings.site_name,
        site_url=settings.site_url.rstrip("/"),
        languages=settings.languages,
        timezone=settings.timezone,
    )


def make_workshop(settings: Settings, parts: Parts, worker: str) -> Workshop:
    """What the worker of that name works with."""
    return Workshop(
        parts=parts,
        whisper=engines(settings),
        chunk_seconds=settings.chunk_seconds,
        beam_size=settings.beam_size,
        worker=worker,
        voices=settings.voices,
        heights=settings.ladder,
    )


def engines(settings: Settings) -> Callable[[str], Engine]:
    """A function from a model's name to its engine; the one last used stays loaded."""
    kinds = {"faster-whisper": FasterWhisper, "openai-whisper": OpenAIWhisper}
    make = kinds[settings.engine]
    lock = threading.Lock()
    loaded: dict[str, Engine] = {}

    def engine_of(model: str) -> Engine:
        with lock:
            if model not in loaded:
                path = locate(model, settings.engine, settings.models)
                for other in loaded.values():
                    other.close()
                loaded.clear()
                loaded[model] = Apart(
                    partial(
                        make,
                        path,
                        model=model,
                        device=settings.device,
                        compute_type=settings.compute_type,
                        threads=settings.threads,
                    ),
                    idle_seconds=settings.idle_seconds,
                )
            return loaded[model]

    return engine_of


def mail_sender(settings: Settings, parts: Parts) -> Callable[[], None]:
    """A function that sends the notices that wait for it; without a mail server it does nothing."""
    post = Post(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password,
        security=settings.smtp_security,
        sender=settings.mail_from,
    )
    return partial(mail_notices, parts, post) if settings.smtp_host else lambda: None


def model_is_there(settings: Settings) -> Callable[[str], bool]:
    """A function that says whether the configured engine can load the model of a name."""

    def is_there(model: str) -> bool:
        try:
            locate(model, settings.engine, settings.models)
        except ModelMissing:
            return False
        return True

    return is_there


@cache
def secret_key(home: Path) -> str:
    """The key that signs cookies: made once, kept in the home folder, readable by its owner."""
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = home / f"secret_key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        try:
            path.hardlink_to(fresh)  # the first of several processes wins
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text().strip()
