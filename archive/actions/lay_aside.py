"""A file that somebody brings is laid aside between being looked at and being imported.

It lies with the uploads, where the worker removes after a day what nobody came back for.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from archive.parts import Parts

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class LaidAside:
    """A file with a transcript, and what was said of it.

    name: of the file. language: BCP 47. translation: of what was said, into that language.
    """

    user_id: int
    session_id: int
    name: str
    language: str
    translation: bool


def lay_aside(parts: Parts, about: LaidAside, file: bytes) -> str:
    """Keeps the file; the token it is found by, which nobody can guess."""
    token = secrets.token_urlsafe(16)
    path = _path(parts, token)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        part.write_bytes(json.dumps(asdict(about)).encode() + b"\n" + file)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return token


def laid_aside(
    parts: Parts, token: str, *, user_id: int, session_id: int
) -> tuple[LaidAside, bytes] | None:
    """What a user laid aside for a session; None where it is gone, or somebody else's."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        head, _, file = _path(parts, token).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    about = LaidAside(**json.loads(head))
    return (about, file) if (about.user_id, about.session_id) == (user_id, session_id) else None


def _path(parts: Parts, token: str) -> Path:
    return parts.work / "uploads" / f"import-{token}"
