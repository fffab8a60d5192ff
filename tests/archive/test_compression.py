"""Text is sent compressed to whoever can read that; media are sent as they are."""

import brotli
import pytest

from tests import factories as make


@pytest.fixture
def talk(db, parts):
    session = make.a_talk(db, parts, slug="talk")
    db.commit()
    return session


PAGES = ("/", "/sessions/talk", "/sessions/talk/transcript.json", "/static/js/session.js")


@pytest.mark.parametrize("address", PAGES)
def test_text_is_compressed_for_browsers_that_can_read_it(client, talk, address):
    plain = client.get(address)
    sent = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert sent.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in sent.headers["Vary"]
    assert len(brotli.decompress(sent.data)) == len(plain.data)
    assert len(sent.data) < len(plain.data)


def test_gzip_alone_is_enough(client, talk):
    sent = client.get("/sessions/talk", headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "address", ["/sessions/talk/transcript.ttml", "/sessions/talk/transcript.json"]
)
def test_what_is_compressed_is_not_sent_again_unless_it_has_changed(client, talk, address):
    accepted = {"Accept-Encoding": "br"}
    first = client.get(address, headers=accepted)
    assert first.headers["Content-Encoding"] == "br"
    again = client.get(address, headers=accepted | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_media_are_sent_as_they_are_and_in_parts(client, talk):
    rendition = talk.recordings[0].renditions[0]
    address = f"/media/{rendition.id}/talk.mp4"
    accepted = {"Accept-Encoding": "br, gzip", "Range": "bytes=0-9"}
    sent = client.get(address, headers=accepted)
    assert sent.status_code == 206
    assert "Content-Encoding" not in sent.headers
    assert len(sent.data) == 10
    sent.close()
