"""The bytes of renditions: ranges, tags, and who gets them."""

import html
import json
import re

import pytest
from sqlalchemy import event

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


# Folders ------------------------------------------------------------------------------------


@pytest.fixture
def hls(db, parts, rendition):
    made = make.a_folder(db, parts, rendition.recording)
    db.commit()
    return made


@pytest.fixture
def sprites(db, parts, rendition):
    made = make.a_folder(db, parts, rendition.recording, RenditionKind.SPRITES)
    db.commit()
    return made


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("master.m3u8", "application/vnd.apple.mpegurl"),
        ("360.m3u8", "application/vnd.apple.mpegurl"),
        ("360.mp4", "video/mp4"),
        ("sound.m4a", "audio/mp4"),
    ],
)
def test_every_file_of_a_ladder_is_sent_as_what_it_is(client, hls, parts, name, mime):
    answer = client.get(f"/media/{hls.id}/hls/{name}")

    assert (answer.status_code, answer.mimetype) == (200, mime)
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.get_data() == parts.store.path(f"renditions/1/hls-1/{name}").read_bytes()


def test_everything_that_the_playlists_name_is_there(client, hls):
    """As a player does: every address is taken relative to that of the list it stands in."""
    base, asked = f"/media/{hls.id}/hls/", ["master.m3u8"]
    for name in asked:
        answer = client.get(base + name)
        assert answer.status_code == 200, name
        if name.endswith(".m3u8"):
            text = answer.get_data(as_text=True)
            found = re.findall(r'URI="([^"]+)"', text)
            found += [line for line in text.splitlines() if line and line[0] != "#"]
            asked += sorted(set(found) - set(asked))
    assert set(asked) == set(hls.details["files"])


def test_segment_is_a_range_of_a_file(client, hls, parts):
    whole = parts.store.path("renditions/1/hls-1/480.mp4").read_bytes()
    answer = client.get(f"/media/{hls.id}/hls/480.mp4", headers={"Range": "bytes=900-1899"})

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes 900-1899/{len(whole)}"
    assert answer.get_data() == whole[900:1900]
    again = {"Range": "bytes=0-9", "If-Range": answer.headers["ETag"]}
    assert client.get(f"/media/{hls.id}/hls/480.mp4", headers=again).status_code == 206


def test_segment_costs_a_visitor_one_query(client, hls, parts):
    asked = []
    event.listen(parts.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    client.get(f"/media/{hls.id}/hls/480.mp4", headers={"Range": "bytes=900-1899"})

    assert len(asked) == 1, asked


def test_sheet_of_previews_is_a_picture(client, sprites):
    answer = client.get(f"/media/{sprites.id}/sprites/sheet-1.jpg")

    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.get_data()[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    "name",
    [
        "999.m3u8",
        "video.mp4",
        "../video.mp4",
        "..%2fvideo.mp4",
        "%2e%2e/video.mp4",
        "..%5cvideo.mp4",
        "/etc/passwd",
        "%00",
        "master.m3u8%00",
        "x" * 5000,
        "",
    ],
)
def test_folder_gives_out_its_own_files_alone(client, hls, sprites, name):
    for folder in (f"{hls.id}/hls", f"{sprites.id}/sprites"):
        assert client.get(f"/media/{folder}/{name}").status_code == 404


def test_folder_is_no_file_and_a_file_no_folder(client, hls, sprites, rendition):
    for address_ in (
        f"/media/{hls.id}/talk.m3u8",
        f"/media/{sprites.id}/talk.jpg",
        f"/media/{rendition.id}/hls/video.mp4",
        f"/media/{rendition.id}/sprites/talk.mp4",
        f"/media/{hls.id}/sprites/master.m3u8",
        f"/media/{sprites.id}/hls/sheet-1.jpg",
    ):
        assert client.get(address_).status_code == 404, address_


def test_session_taken_down_stops_its_stream_at_once(client, hls, sprites, db):
    addresses = [f"/media/{hls.id}/hls/{name}" for name in hls.details["files"]]
    addresses.append(f"/media/{sprites.id}/sprites/sheet-1.jpg")
    tags = {a: client.get(a).headers["ETag"] for a in addresses}
    assert {
        client.get(a, headers={"If-None-Match": tag}).status_code for a, tag in tags.items()
    } == {304}

    hls.recording.session.visibility = Visibility.DRAFT
    db.commit()

    for address_, tag in tags.items():
        for headers in ({}, {"If-None-Match": tag}, {"Range": "bytes=0-9"}):
            assert client.get(address_, headers=headers).status_code == 404


def test_stream_of_a_draft_is_for_its_staff_alone(organiser, hls, db):
    hls.recording.session.visibility = Visibility.DRAFT
    db.commit()

    answer = organiser.get(f"/media/{hls.id}/hls/360.mp4", headers={"Range": "bytes=0-9"})

    assert answer.status_code == 206
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_page_tells_of_the_stream_and_the_previews(client, hls, sprites):
    page = html.unescape(client.get("/sessions/talk").get_data(as_text=True))

    assert f'data-hls="/media/{hls.id}/hls/master.m3u8"' in page
    told = json.loads(re.search(r'data-sprites="(\{.*?\})"', page)[1])
    assert told == {
        "interval": 2.0,
        "width": 160,
        "height": 120,
        "columns": 10,
        "rows": 10,
        "count": 4,
        "urls": [f"/media/{sprites.id}/sprites/sheet-1.jpg"],
    }
    assert 'og:video" content="http://localhost/media/1/talk.mp4"' in page


def test_page_of_a_plain_video_tells_of_neither(client, rendition):
    page = client.get("/sessions/talk").get_data(as_text=True)

    assert "data-hls" not in page
    assert "data-sprites" not in page
