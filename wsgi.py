"""Where the web server finds Podium: settings -> wiring -> create_app."""

from archive.wiring import web

app = web()
