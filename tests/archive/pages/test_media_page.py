"""The bytes of renditions: ranges, tags, and who gets them."""

import pytest

from archive.models.programme import Visibility
from archive.models.recording import RenditionKind
from tests import factories as make


@pytest.fixture
def rendition(db, parts):
    session = make.a_session(db, slug="talk")
    rendition = make.a_rendition(db, parts, make.a_recording(db, session))
    db.commit()
    return rendition


def address(rendition) -> str:
    return f"/media/{rendition.id}/talk.mp4"


def test_video_is_sent_whole(client, rendition):
    answer = client.get(address(rendition))
    assert answer.status_code == 200
    assert answer.mimetype == "video/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.get_data() == make.sample_files()[RenditionKind.VIDEO].read_bytes()


def test_range_is_answered_with_just_those_bytes(client, rendition):
    whole = make.sample_files()[RenditionKind.VIDEO].read_bytes()
    answer = client.get(address(rendition), headers={"Range": "bytes=100-199"})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert answer.get_data() == whole[100:200]


def test_last_bytes_can_be_asked_for(client, rendition):
    whole = make.sample_files()[RenditionKind.VIDEO].read_bytes()
    answer = client.get(address(rendition), headers={"Range": "bytes=-7"})
    assert (answer.status_code, answer.get_data()) == (206, whole[-7:])


def test_range_beyond_the_end_is_refused(client, rendition):
    answer = client.get(address(rendition), headers={"Range": "bytes=999999999-"})
    assert answer.status_code == 416


def test_head_tells_the_size_without_the_bytes(client, rendition):
    answer = client.head(address(rendition))
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert int(answer.headers["Content-Length"]) == rendition.size


def test_known_bytes_are_not_sent_again(client, rendition):
    tag = client.get(address(rendition)).headers["ETag"]
    assert client.get(address(rendition), headers={"If-None-Match": tag}).status_code == 304


def test_another_name_leads_to_the_right_one(client, rendition):
    answer = client.get(f"/media/{rendition.id}/anything.exe")
    assert (answer.status_code, answer.location) == (302, address(rendition))


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "talk.mp4/../../x", "x" * 5000])
def test_no_name_leads_out_of_the_store(client, rendition, name):
    assert client.get(f"/media/{rendition.id}/{name}").status_code in (302, 404)


def test_unknown_rendition_is_not_found(client, rendition):
    for number in ("0", "999999", "99999999999999999999", "-1", "abc"):
        assert client.get(f"/media/{number}/talk.mp4").status_code == 404


def test_lost_file_is_not_found(client, rendition, parts):
    parts.store.path(rendition.key).unlink()
    assert client.get(address(rendition)).status_code == 404


def test_session_taken_down_stops_its_media_at_once(client, rendition, db):
    tag = client.get(address(rendition)).headers["ETag"]
    rendition.recording.session.visibility = Visibility.DRAFT
    db.commit()
    assert client.get(address(rendition)).status_code == 404
    assert client.get(address(rendition), headers={"If-None-Match": tag}).status_code == 404
    assert client.get(address(rendition), headers={"Range": "bytes=0-9"}).status_code == 404
