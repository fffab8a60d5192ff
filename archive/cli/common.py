"""What commands share: the settings, and how they tell what cannot be done."""

from typing import NoReturn

import click
from flask import current_app

from config import Settings


def settings() -> Settings:
    """The settings this process was started with."""
    return current_app.extensions["podium_settings"]


def refuse(message: str) -> NoReturn:
    """Ends the command with one sentence for a person, and exit status 1."""
    raise click.ClickException(message)


def size(count: float) -> str:
    """A number of bytes for people: 1.4 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit in ("B", "kB") else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
