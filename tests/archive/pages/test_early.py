"""The first part of a session's page goes out while its text is still rendered."""

import re

import brotli
import pytest

from tests import factories as make

BROTLI = {"Accept-Encoding": "br"}


@pytest.fixture
def talk(db, parts):
    make.a_talk(db, parts, slug="talk")
    db.commit()
    return "/sessions/talk"


def test_first_part_can_be_read_before_the_rest_is_there(client, talk):
    sent = iter(client.get(talk, headers=BROTLI, buffered=False).response)
    reader = brotli.Decompressor()
    first = reader.process(next(sent)).decode()
    assert "</head>" in first and "<video" in first
    assert 'id="transcript"' not in first
    rest = "".join(reader.process(part).decode() for part in sent)
    assert 'id="transcript"' in rest and rest.rstrip().endswith("</html>")


def test_both_parts_are_the_page_that_others_get_whole(client, talk):
    early = client.get(talk, headers=BROTLI)
    whole = client.get(talk)
    assert brotli.decompress(early.data) == whole.data
    assert b"<!--" not in whole.data


def test_who_refuses_brotli_gets_none(client, talk):
    for accepted in ("br;q=0, gzip", "gzip", "identity"):
        sent = client.get(talk, headers={"Accept-Encoding": accepted})
        assert sent.headers.get("Content-Encoding") != "br"


def test_forms_of_the_page_can_be_sent(client, talk):
    """Their token is that of the cookie, which comes before the first part."""
    page = brotli.decompress(client.get(talk, headers=BROTLI).data).decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    chosen = {"language": "de", "csrf_token": token}
    assert client.post("/language", data=chosen).status_code == 302
    assert client.post("/language", data=chosen | {"csrf_token": "x"}).status_code == 400
