"""Filling in the app's forms as a browser does, with the token that the page carries."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories as make

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def token(client: FlaskClient, address: str = "/login") -> str:
    """The token against forged requests, from a page this client was given."""
    found = TOKEN.search(client.get(address).get_data(as_text=True))
    assert found, f"no form on {address}"
    return found[1]


def submit(client: FlaskClient, address: str, to: str | None = None, **values) -> TestResponse:
    """Opens the page at `address`, fills in its form and sends it, to `to` where that differs."""
    return client.post(to or address, data={"csrf_token": token(client, address)} | values)


def log_in(client: FlaskClient, name: str, password: str = make.PASSWORD) -> TestResponse:
    """Logs in on the page for it."""
    answer = submit(client, "/login", name=name, password=password)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer
