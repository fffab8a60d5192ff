"""A file is chosen, looked at and only then imported; what cannot be is refused with a reason."""

import html
import io
import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_correction import Said, save_correction
from archive.models.people import Person
from archive.models.transcript import CueRow, Origin, Revision, Transcript
from archive.models.users import User, UserRole
from archive.pages.desk.import_words import FOUND, PROBLEMS, REPAIRS
from archive.pages.desk.imports import MOST_SPEAKERS
from archive.parts import Parts
from archive.security import FORM_BYTES
from tests import factories as make
from tests.forms import log_in, token
from transcripts.cues import Cue
from transcripts.formats import errors, reading
from transcripts.formats.reading import LIMIT
from transcripts.formats.registry import FORMATS

ADDRESS = "/desk/sessions/rede/import"
SRT = """1
00:00:00,500 --> 00:00:02,000
Mara Lindqvist: Guten Morgen.

2
00:00:02,500 --> 00:00:07,000
Heute geht es um Rathäuser.

3
00:00:08,000 --> 00:00:15,000
Vielen Dank.
"""
VTT = """WEBVTT

00:00.500 --> 00:02.000
<v Mara Lindqvist>Guten Morgen.

00:02.500 --> 00:07.000
<v Örtel>Heute geht es um Rathäuser.

00:08.000 --> 00:15.000
<v Publikum>Danke.
"""


@pytest.fixture
def session(db: DatabaseSession):
    """A talk of 16 seconds that a machine has written down, and its line-up."""
    people = [make.a_person(db, name=name) for name in ("Mara Lindqvist", "Ada Örtel")]
    session = make.a_session(db, people=people, slug="rede", title="Rede")
    make.a_transcript(db, make.a_recording(db, session))
    make.a_user(db, UserRole.STAFF)
    db.commit()
    return session


@pytest.fixture
def staff(client: FlaskClient, session) -> FlaskClient:
    log_in(client, "staff")
    return client


def sent(client: FlaskClient, content: str | bytes, name: str = "rede.srt", **values: str):
    data = content.encode() if isinstance(content, str) else content
    form = {"csrf_token": token(client, ADDRESS), "language": "de"} | values
    return client.post(ADDRESS, data=form | {"file": (io.BytesIO(data), name)})


def looked(client: FlaskClient, content: str | bytes, name: str = "rede.srt", **values: str):
    """The address of the preview, and what it says."""
    answer = sent(client, content, name, **values)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = client.get(answer.location)
    assert page.status_code == 200
    return answer.location, said(page)


def said(answer) -> str:
    """What a page says, as plain text."""
    body = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def imported(client: FlaskClient, address: str, **values: str):
    return client.post(address, data={"csrf_token": token(client, address)} | values)


def revisions(db: DatabaseSession) -> list[Revision]:
    db.expire_all()
    return list(db.scalars(select(Revision).order_by(Revision.id)))


# Looking at it ---------------------------------------------------------------------------------------


def test_form_offers_the_language_of_the_session_and_is_linked(staff: FlaskClient):
    page = staff.get(ADDRESS).get_data(as_text=True)

    assert '<option value="de" selected>' in page
    assert 'accept=".vtt,.webvtt,.srt,.ttml,.xml,.dfxp,.itt,.json"' in page
    for address in ("/desk/sessions/rede", "/desk/sessions/rede/history"):
        assert f'href="{ADDRESS}"' in staff.get(address).get_data(as_text=True)


def test_form_offers_the_other_language_of_the_interface_whatever_the_text_is_in(
    staff: FlaskClient,
):
    html = staff.get(ADDRESS).get_data(as_text=True)

    assert 'name="language" value="de" lang="de">Deutsch<' in html
    assert "English</button>" not in html


def test_preview_says_what_is_in_the_file_and_changes_nothing(staff: FlaskClient, db):
    _, text = looked(staff, SRT)

    for part in (
        "Nothing has changed yet.",
        "What was said: German",
        "Format SubRip",
        "Lines 3",
        "From, to 0:00–0:15 of 0:16",
        "Words 9",
        "Mara Lindqvist 3 lines on stage",
        "0:00 Mara Lindqvist: Guten Morgen.",
    ):
        assert part in text
    assert "Repaired" not in text
    assert [one.origin for one in revisions(db)] == [Origin.MACHINE]


def test_preview_asks_who_those_are_who_are_not_on_stage(staff: FlaskClient, session, db):
    address, _ = looked(staff, VTT, "rede.vtt")
    page = staff.get(address).get_data(as_text=True)
    oertel = db.scalars(select(Person).where(Person.name == "Ada Örtel")).one()

    assert 'for="speaker-0"' not in page  # Mara Lindqvist is on stage
    assert (
        f'<option value="person-{oertel.id}" selected>Ada Örtel</option>' in page
    )  # “Örtel” alone
    assert 'for="speaker-2">Publikum' in page


def test_preview_tells_what_was_repaired_and_left_out(staff: FlaskClient):
    disordered = SRT.replace("00:00:00,500 --> 00:00:02,000", "00:00:09,000 --> 00:00:10,000")
    empty = disordered + "\n4\n00:00:15,100 --> 00:00:15,900\n\n\n5\n"
    _, text = looked(staff, empty.encode("windows-1252"))

    assert "its letters were read as windows-1252. Look at the umlauts." in text
    assert "The captions did not stand in the order of their times; now they do." in text
    assert "1 caption without words was left out." in text
    assert "A number without a caption was left out." in text
    assert "Heute geht es um Rathäuser." in text


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("00:00:15", "00:01:15", "The last line ends at 1:15, but the recording at 0:16."),
        ("00:00:08,000 --> 00:00:15", "00:00:07,000 --> 00:00:07", "covers less than half"),
    ],
)
def test_preview_warns(staff: FlaskClient, old: str, new: str, warning: str):
    assert warning not in looked(staff, SRT)[1]
    assert warning in looked(staff, SRT.replace(old, new))[1]


def test_preview_warns_of_another_language_than_the_file_says(staff: FlaskClient):
    said = json.dumps({"language": "en", "segments": [{"start": 0, "end": 12, "text": "Hello."}]})

    assert (
        "The file says that it is in another language: English." in looked(staff, said, "a.json")[1]
    )
    assert "The file says" not in looked(staff, said, "a.json", language="en")[1]


def test_preview_tells_of_corrections_that_are_not_finished(staff, session, parts, db):
    machine = revisions(db)[0]
    user = db.scalars(select(User)).one()
    patch = Said(0, 0, (Cue(0.4, 2.2, "Moin."),))
    save_correction(parts, user.id, machine.transcript_id, machine.id, [patch])

    assert "1 correction of this text is not finished. It is kept" in looked(staff, SRT)[1]


def test_preview_warns_where_another_language_would_be_displaced(staff, session, parts, db):
    machine = revisions(db)[0]
    user = db.scalars(select(User)).one()
    patch = Said(0, 0, (Cue(0.4, 2.2, "Moin."),))
    save_correction(parts, user.id, machine.transcript_id, machine.id, [patch])

    text = looked(staff, SRT, language="en")[1]
    assert "What is shown so far is in another language: German." in text
    assert "1 correction of the text that is shown so far is not finished. It stays" in text
    assert "so far" not in looked(staff, SRT, language="en", translation="1")[1]
    assert "so far" not in looked(staff, SRT)[1]


def test_preview_of_what_whisper_writes_says_that_it_is_cut_again(staff: FlaskClient):
    text = "Guten Morgen. " + "Heute geht es um Häuser aus Glas und um Straßen ohne Namen. " * 3
    whisper = json.dumps({"segments": [{"start": 0.0, "end": 15.0, "text": text}]})

    assert (
        "From 1 caption: those that are too long to read are cut again."
        in looked(staff, whisper, "whisper.json")[1]
    )


def test_preview_of_a_crowd_asks_for_the_first_only(staff: FlaskClient):
    lines = [
        {"start": n / 10, "end": n / 10, "text": "Ja.", "speaker": f"S{n}"} for n in range(150)
    ]
    address, text = looked(staff, json.dumps({"segments": lines}), "crowd.json")

    assert staff.get(address).get_data(as_text=True).count("<select") == MOST_SPEAKERS
    assert "100 more keep their names as they are." in text


# Importing it ----------------------------------------------------------------------------------------


def test_import_shows_the_text_with_the_names_that_were_decided(staff: FlaskClient, db):
    address, _ = looked(staff, VTT, "Rede.vtt")
    values = dict(
        re.findall(r'<option value="(person-\d+)"[^>]*>(Ada Örtel)', staff.get(address).text)
    )
    (oertel,) = values

    answer = imported(staff, address, **{"speaker-1": oertel, "speaker-2": "nobody"})

    assert answer.location == "/sessions/rede"
    page = staff.get("/sessions/rede").get_data(as_text=True)
    assert "“Rede.vtt” is imported with 3 lines, as revision 2." in page
    assert "Heute geht es um Rathäuser." in page
    assert "Imported from a file on" in page
    newest = revisions(db)[-1]
    assert [cue.speaker for cue in newest.cues] == ["Mara Lindqvist", "Ada Örtel", None]
    assert newest.details["file"] == "Rede.vtt"
    history = said(staff.get("/desk/sessions/rede/history"))
    assert "Imported from “Rede.vtt” · staff" in history


def test_name_is_kept_unless_something_else_was_decided(staff: FlaskClient, db):
    address, _ = looked(staff, VTT, "rede.vtt")
    imported(staff, address, **{"speaker-1": "person-9999999", "speaker-2": "keep"})

    assert [cue.speaker for cue in revisions(db)[-1].cues] == [
        "Mara Lindqvist",
        "Örtel",
        "Publikum",
    ]


def test_import_sent_twice_is_one(staff: FlaskClient, db):
    address, _ = looked(staff, SRT)
    first, second = imported(staff, address), imported(staff, address)

    assert first.location == second.location == "/sessions/rede"
    assert len(revisions(db)) == 2


def test_translation_is_read_beside_what_was_said_and_removed_again(client, session, db):
    make.a_user(db)
    db.commit()
    log_in(client, "organiser")
    address, text = looked(client, VTT, "en.vtt", language="en", translation="1")
    assert "Translation: English" in text
    answer = imported(client, address)

    assert answer.location == "/sessions/rede?language=en"
    history = said(client.get("/desk/sessions/rede/history"))
    assert history.index("What was said: German") < history.index("Translation: English")
    removal = "/desk/sessions/rede/history/translations/en/removal"
    assert "all its" not in said(client.get(removal))
    assert imported(client, removal).location == "/desk/sessions/rede/history"
    assert [one.language for one in db.scalars(select(Transcript))] == ["de"]
    assert db.scalars(select(CueRow.text)).all() == [cue.text for cue in make.talk_cues()]


def test_staff_see_no_way_to_remove_a_translation(staff: FlaskClient):
    address, _ = looked(staff, VTT, "en.vtt", language="en", translation="1")
    imported(staff, address)

    assert "removal" not in staff.get("/desk/sessions/rede/history").get_data(as_text=True)


# Refusing it -----------------------------------------------------------------------------------------

DOCTYPE = '<!DOCTYPE tt [<!ENTITY a "aaaa">]>\n<tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>'


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        ("", "leer.srt", "The file holds no captions. Choose another file."),
        ("1\n00:00:00,000 --> 00:00:01,000\n \n", "a.srt", "The file holds no captions."),
        ("Nur Text.", "rede.srt", "Line 1: A caption needs a line with its times above its text."),
        ("1\n00:00:05,0 --> 00:00:01,0\nA\n", "a.srt", "Line 2: The caption ends before it starts"),
        ("x", "rede.pdf", "“rede.pdf” is none of the formats that can be read. Bring one of these"),
        ("x", "rede.docx", "Word cannot be read, for it says of no sentence when it was spoken."),
        (b"\x00\x01\x02", "a.srt", "Line 1: This is not text in UTF-8."),
        (DOCTYPE, "a.ttml", "The file declares a document type, which may hide anything."),
        ("{", "a.json", "This is not JSON: Expecting property name enclosed in double quotes."),
        ("[" * 100_000, "a.json", "This is not JSON: it is too deep, or a number in it too long."),
        ("{}", "a.json", "no transcript of Podium, Whisper or faster-whisper: it has neither"),
        (SRT.replace("00:00:15", "99999999:00:15"), "a.srt", "These are no times"),
        (
            json.dumps({"segments": [{"start": 0, "end": 1, "text": "a" * 10_001}]}),
            "a.json",
            "The caption has more than 10000 characters. Split it.",
        ),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused(staff, db, parts, content, name, sentence):
    answer = sent(staff, content, name)

    assert answer.status_code == 422
    assert sentence in said(answer)
    assert len(revisions(db)) == 1
    assert not list((parts.work / "uploads").glob("import-*"))


def test_file_that_is_too_large_is_refused(staff: FlaskClient, parts: Parts):
    answer = sent(staff, b"a" * (LIMIT + 1), "a.srt")
    assert answer.status_code == 422
    assert f"The file is larger than {LIMIT} bytes." in said(answer)
    assert not list((parts.work / "uploads").glob("import-*"))


def test_what_is_much_too_large_is_not_even_read(staff: FlaskClient):
    answer = sent(staff, b"a" * (LIMIT + FORM_BYTES), "a.srt")

    assert answer.status_code == 413
    assert "The file is too large" in said(answer)


def test_file_is_refused_where_the_disk_has_no_room(staff: FlaskClient, app, parts: Parts):
    csrf = token(staff, ADDRESS)
    app.extensions["podium"] = replace(parts, reserve=10**18)

    data = {"csrf_token": csrf, "language": "de", "file": (io.BytesIO(SRT.encode()), "a.srt")}
    answer = staff.post(ADDRESS, data=data)

    assert answer.status_code == 507
    assert "The disk of the archive is full" in said(answer)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"language": ""}, "Choose the language of the text."),
        ({"language": "xx"}, "Choose the language of the text."),
        ({"translation": "1"}, "What was said is there in this language already"),
    ],
)
def test_what_is_said_of_the_file_must_be_possible(staff, db, values, sentence):
    answer = sent(staff, SRT, **values)

    assert (answer.status_code, len(revisions(db))) == (422, 1)
    assert sentence in said(answer)
    assert ("checked" in answer.get_data(as_text=True)) == ("translation" in values)


def test_form_without_a_file_says_so(staff: FlaskClient):
    data = {"csrf_token": token(staff, ADDRESS), "language": "de"}

    answer = staff.post(ADDRESS, data=data)

    assert "Choose a file first." in said(answer)


def test_text_in_the_language_of_a_translation_is_refused_even_at_the_last_moment(staff, db):
    address, _ = looked(staff, SRT, language="en")
    translation, _ = looked(staff, VTT, "en.vtt", language="en", translation="1")
    imported(staff, translation)

    answer = imported(staff, address)

    assert answer.location == ADDRESS
    assert "There is a translation in this language." in said(staff.get(ADDRESS))
    assert len(revisions(db)) == 2


def test_session_without_a_recording_says_what_to_do_first(staff: FlaskClient, db):
    make.a_session(db, slug="bare")
    db.commit()
    page = said(staff.get("/desk/sessions/bare/import"))
    data = {"csrf_token": token(staff, "/search"), "file": (io.BytesIO(SRT.encode()), "a.srt")}

    assert "A transcript belongs to a recording, and this session has none yet." in page
    assert staff.post("/desk/sessions/bare/import", data=data).status_code == 422


def test_file_of_somebody_else_or_of_another_session_is_not_there(staff, session, db, parts):
    make.a_transcript(db, make.a_recording(db, make.a_session(db, slug="andere")))
    make.a_user(db, UserRole.STAFF, name="bea")
    db.commit()
    address, _ = looked(staff, SRT)
    elsewhere = address.replace("/rede/", "/andere/")
    made_up = f"{ADDRESS}/{'A' * 22}"
    odd = f"{ADDRESS}/..%2Fpodium.sqlite"

    for where in (elsewhere, made_up, odd):
        assert staff.get(where).status_code in (302, 404)
    staff.post("/logout", data={"csrf_token": token(staff, ADDRESS)})
    log_in(staff, "bea")
    answer = staff.get(address)
    assert (answer.status_code, answer.location) == (302, ADDRESS)
    assert "This file is not here any more. Choose it once more." in said(staff.get(ADDRESS))


# Words -----------------------------------------------------------------------------------------------


def test_sentences_are_those_of_the_library():
    facts = dict.fromkeys(
        ("limit", "found", "formats", "format", "encoding", "known", "number"), "x"
    )
    ours = {kind: str(sentence) % facts for kind, sentence in PROBLEMS.items()}

    assert ours == {kind: text.format(**facts) for kind, text in errors.PROBLEMS.items()}
    assert {kind: str(sentence) for kind, sentence in REPAIRS.items()} == reading.REPAIRS
    assert all(str(said) == found for found, said in FOUND.items())
    assert {f.name for f in FORMATS.values() if f.read} == {"vtt", "srt", "ttml", "json"}
