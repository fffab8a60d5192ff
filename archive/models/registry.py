"""Imports every table once, so that relations and migrations see them all."""

from archive.db import Base
from archive.models import people, programme, recording, searches, transcript, users, workers

__all__ = [
    "Base",
    "people",
    "programme",
    "recording",
    "searches",
    "transcript",
    "users",
    "workers",
]
