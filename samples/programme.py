"""The event, people and sessions of the samples, as `programme.json` has them."""

import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent
PROGRAMME = SAMPLES / "programme.json"
TRUTH = SAMPLES / "truth.json"
VIDEOS = SAMPLES / "videos"


def programme() -> dict[str, Any]:
    """Keys ``event``, ``persons`` and ``sessions``; files are relative to this folder."""
    return json.loads(PROGRAMME.read_text("utf-8"))


def truth() -> dict[str, Any]:
    """Per session slug: language, file, seconds, sentences and words with true times (s)."""
    return json.loads(TRUTH.read_text("utf-8"))
