"""Where servers and the command line find Podium: settings -> parts -> app."""

import gc

from archive.app import create_app
from archive.cli.register import register_commands
from archive.telemetry import configure_logging
from archive.wiring import make_parts, secret_key
from config import read_settings

settings = read_settings()
configure_logging(settings.log_format)
app = create_app(
    make_parts(settings),
    secret_key=secret_key(settings.home),
    secure_cookies=settings.secure_cookies,
    trusted_proxies=settings.trusted_proxies,
)
register_commands(app, settings)
gc.freeze()  # what is there now stays; to look through it for garbage stops everything for 0.15 s
