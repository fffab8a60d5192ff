"""Adds every command to `flask`."""

from flask import Flask

from archive.cli.home import doctor, prepare
from archive.cli.models import models
from archive.cli.recordings import ingest, worker
from archive.cli.samples import samples
from archive.cli.search import search
from archive.cli.streaming import stream
from archive.cli.users import users
from archive.cli.voices import voices
from config import Settings


def register_commands(app: Flask, settings: Settings) -> None:
    """Adds the commands to `app`; they find the settings in its extensions."""
    app.extensions["podium_settings"] = settings
    for command in (prepare, doctor, ingest, stream, worker):
        app.cli.add_command(command)
    for group in (users, models, samples, search, voices):
        app.cli.add_command(group)
