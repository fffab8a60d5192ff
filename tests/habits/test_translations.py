"""The German interface is whole: every sentence of the code, with its gaps and its marks."""

import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from archive.errors import FAILURES
from archive.models.programme import Visibility
from archive.models.recording import LogEntry, RenditionKind, State
from archive.models.users import UserRole
from archive.parts import Parts
from setup.place import ROOT
from setup.translations import FOLDER, update_translations
from tests import factories as make
from tests.forms import log_in, token
from transcripts.engines.weights import SIZES

CATALOGUE = FOLDER / "de/LC_MESSAGES/messages.po"
GAP = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"alt", "aria-label", "content", "label", "placeholder", "title"}  # attributes people meet
EMPTY = {"img", "input", "br", "hr", "meta", "link", "source", "track", "path", "rect", "col"}
SILENT = {"script", "style", "meta", "link"}


def messages(path: Path = ROOT / CATALOGUE) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="de")


def forms(message: Message) -> list[tuple[str, str]]:
    """Each English form with its German one."""
    if isinstance(message.id, tuple):
        return list(zip(message.id, message.string, strict=True))
    return [(message.id, message.string)]


def german() -> list[str]:
    return [text for message in messages() if message.id for _, text in forms(message)]


# The catalogue


def test_catalogue_is_what_the_code_says(tmp_path: Path):
    """Otherwise: `make translations`, and translate what it counts."""
    shutil.copytree(ROOT / "archive", tmp_path / "archive", ignore=_without_sentences)

    update_translations(tmp_path)

    assert (tmp_path / CATALOGUE).read_text("utf-8") == (ROOT / CATALOGUE).read_text("utf-8")


def test_every_sentence_is_translated():
    waiting = [m.id for m in messages() if m.id and (m.fuzzy or not all(dict(forms(m)).values()))]

    assert waiting == []
    assert messages().obsolete == {}
    assert messages().fuzzy is False


def test_gaps_are_the_same_in_both_languages():
    different = [
        (english, text)
        for message in messages()
        if message.id
        for english, text in forms(message)
        if sorted(GAP.findall(english)) != sorted(GAP.findall(text))
    ]

    assert different == []


def test_one_and_many_differ():
    """“1 Beitrag”, “2 Beiträge”: a plural that is the same as its singular was copied."""
    plurals = [m.string for m in messages() if isinstance(m.id, tuple)]

    assert [p for p in plurals if len(set(p)) < 2] == []
    assert len(plurals) > 3


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("straight quotation marks", r"\""),
        ("straight apostrophes", r"'"),
        ("English quotation marks", r"”|“\w"),
        ("three dots instead of an ellipsis", r"\.\.\."),
        ("two spaces", r"  "),
        ("a space at an end", r"^\s|\s$"),
        ("a hyphen as a dash", r" - "),
        ("a long dash", r"—"),
        ("an ellipsis without a space before it", r"\w…"),
        ("a number parted from its unit", r"\d (Byte|Sekunden|Minuten|MB|%)"),
        ("informal address", r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b"),
        ("a second word for a thing", r"(?i)\b(session|recording|event|login|user|cue)s?\b(?!\))"),
    ],
)
def test_german_is_set_as_in_print(fault: str, pattern: str):
    assert [text for text in german() if re.search(pattern, text)] == [], fault


def test_quotation_marks_come_in_pairs():
    """Each „ is followed by its “ before the next one opens, but for one step inside another."""

    def is_wrong(text: str) -> bool:
        depth = 0
        for mark in re.findall("[„“]", text):
            depth += 1 if mark == "„" else -1
            if depth not in (0, 1):
                return True
        return depth != 0

    assert [text for text in german() if is_wrong(text)] == []


@pytest.mark.parametrize("pattern", [r"\"", r"'", r"\.\.\.", r"  ", r"—"])
def test_english_is_set_as_in_print(pattern: str):
    english = [e for message in messages() if message.id for e, _ in forms(message)]

    assert [text for text in english if re.search(pattern, text)] == []


# The pages


def test_no_page_holds_a_text_that_is_the_same_in_both_languages(
    archive: FlaskClient, as_whom: Callable[[str], FlaskClient]
):
    """Such a text was not marked for translation, or is somebody's content."""
    same = {e for m in messages() if m.id for e, text in forms(m) if e == text}
    content = same | CONTENT | set(SIZES) | available_timezones()
    left = {}
    for who, addresses in {
        "visitor": [*PUBLIC, "/login"],
        "admin": [*PUBLIC, *DESK],
        "staff": DESK,
    }.items():
        client = as_whom(who)
        for address in addresses:
            english, german = (read(client, address, language) for language in ("en", "de"))
            common = {text for text in english & german if LETTERS.search(text)}
            left[who, address] = {text for text in common if not _made_of(text, content)}

    assert {place: texts for place, texts in left.items() if texts} == {}


@pytest.mark.parametrize(
    ("address", "values", "said"),
    [
        (
            "/desk/events/new",
            {"title": "x" * 301, "starts_on": "gestern", "timezone": "Mars/Olympus"},
            [
                "Höchstens 300 Zeichen.",
                "Kein gültiges Datum.",
                "Geben Sie den letzten Tag an.",
                "Keine gültige Auswahl.",
            ],
        ),
        (
            "/desk/events/new",
            {"title": " ", "starts_on": "2026-06-13", "ends_on": "2026-06-12"},
            ["Geben Sie der Veranstaltung einen Titel.", "Der letzte Tag liegt vor dem ersten."],
        ),
        (
            "/desk/sessions/new",
            {"kind": "opera", "starts_at": "morgen", "line_up-0-person": "999"},
            [
                "Geben Sie dem Beitrag einen Titel.",
                "Keine gültige Auswahl.",
                "Kein gültiges Datum mit Zeit.",
            ],
        ),
        ("/desk/people/new", {"affiliation": "x" * 301}, ["Geben Sie den Namen an."]),
        ("/desk/users", {"role": "king"}, ["Geben Sie einen Namen an.", "Keine gültige Auswahl."]),
        ("/desk/users", {"name": "admin", "role": "staff"}, ["Einen Zugang mit diesem Namen"]),
        (
            "/desk/account",
            {"current": "falsch", "new": "kurz", "again": "anders"},
            ["Mindestens 10 Zeichen.", "Die beiden neuen Passwörter stimmen nicht überein."],
        ),
    ],
)
def test_forms_complain_in_german(
    archive: FlaskClient, as_whom: Callable[[str], FlaskClient], address: str, values, said
):
    client = as_whom("admin")
    data = {"csrf_token": token(client, "/search")} | values

    complaints = {
        language: problems(client.post(address, data=data, headers={"Accept-Language": language}))
        for language in ("de", "en")
    }

    assert all(any(s in found for found in complaints["de"]) for s in said), complaints["de"]
    assert complaints["de"] & complaints["en"] == set()
    assert len(complaints["de"]) >= len(said)


def test_summary_of_a_form_names_what_is_wrong_inside_its_parts(
    archive: FlaskClient, as_whom: Callable[[str], FlaskClient]
):
    client = as_whom("admin")
    data = {"csrf_token": token(client, "/search"), "title": "Neu", "line_up-0-person": "999"}

    page = client.post("/desk/sessions/new", data=data, headers={"Accept-Language": "de"})

    assert '<a href="#line_up-0-person">Keine gültige Auswahl.</a>' in page.get_data(as_text=True)


def test_unwelcome_upload_is_refused_in_german(
    archive: FlaskClient, as_whom: Callable[[str], FlaskClient]
):
    client = as_whom("admin")
    answer = client.post(
        "/desk/sessions/talk/recordings?name=leer.mp4",
        data=b"",
        content_type="application/octet-stream",
        headers={
            "Accept": "application/json",
            "Accept-Language": "de",
            "X-CSRFToken": token(client, "/search"),
        },
    )

    assert answer.get_json()["message"].startswith("„leer.mp4“ ist leer")


# The archive these pages show

PUBLIC = [
    "/",
    "/events/event",
    "/people/mara",
    "/people/nobody-s",
    "/sessions/talk?t=3",
    "/sessions/sound",
    "/sessions/unlisted",
    "/sessions/bare",
    "/sessions/queued",
    "/sessions/waiting",
    "/sessions/failed-no_speech",
    "/search",
    "/search?q=Verwaltung",
    "/search?q=Verwaltung&event=event&kind=talk&language=de&person=mara",
    "/search?q=Verwaltung&event=nirgends",
    "/search?q=xylophon",
    "/search?q=-Verwaltung",
    "/search?q=*",
    f"/search?q={'wort ' * 300}",
    "/nirgends",
]
DESK = [
    "/desk",
    "/desk?state=none",
    "/desk?title=xylophon",
    "/desk/events",
    "/desk/events/new",
    "/desk/events/event",
    "/desk/events/event/deletion",
    "/desk/people",
    "/desk/people/new",
    "/desk/people/mara",
    "/desk/people/mara/deletion",
    "/desk/sessions/new",
    "/desk/sessions/talk",
    "/desk/sessions/unlisted",
    "/desk/sessions/bare",
    "/desk/sessions/failed-no_speech",
    "/desk/sessions/talk/edit",
    "/desk/sessions/talk/deletion",
    "/desk/sessions/talk/recordings/new",
    "/desk/recordings/1/removal",
    "/desk/users",
    "/desk/account",
]
# What is written into that archive: no sentence of ours.
CONTENT = {
    "Podium",
    "Eine Tagung",
    "Hamburg",
    "Mara Lind",
    "Amt für Musterhausen",
    "Nils Niemand",
    "Ein Titel",
    "Saal Eins",
    "Verwaltung",
    "mitschnitt.mp4",
    "Lore Redner",
    "Deutsch",
    "English",
    "admin",
    "organiser",
    "staff",
    *("xylophon", "wort", "nirgends", "event", "talk"),
    *("WebVTT", "SRT", "JSON", "MB", "GB"),
    *(f"{reason}.mp4" for reason in [*FAILURES, "something new"]),
}


@pytest.fixture
def archive(client: FlaskClient, db: DatabaseSession, parts: Parts) -> FlaskClient:
    """Sessions of every kind and state, with a recording for each reason to fail."""
    for role in UserRole:
        make.a_user(db, role)
    event = make.an_event(db, slug="event", title="Eine Tagung")
    room = make.a_room(db, event, name="Saal Eins")
    mara = make.a_person(db, slug="mara", name="Mara Lind", affiliation="Amt für Musterhausen")
    make.a_person(db, slug="nobody-s", name="Nils Niemand")
    given = {"title": "Ein Titel", "room_id": room.id}
    cues = [make.timed_cue("Die Verwaltung.", 2.0, 4.0, "Lore Redner")] * 5
    make.a_talk(db, parts, event, [mara], cues, model="samples", slug="talk", **given)
    make.a_talk(
        db, parts, event, [mara], cues, kind_of_file=RenditionKind.AUDIO, slug="sound", **given
    )
    make.a_talk(
        db, parts, event, [mara], cues, slug="unlisted", visibility=Visibility.UNLISTED, **given
    )
    make.a_session(db, event, slug="bare", language=None, starts_at=None, title="Ein Titel")
    for state in (State.QUEUED, State.WORKING, State.WAITING_FOR_MODEL):
        slug = "waiting" if state == State.WAITING_FOR_MODEL else str(state)
        make.a_recording(db, make.a_session(db, event, slug=slug, **given), state=state)
    for reason in [*FAILURES, "something new"]:
        session = make.a_session(db, event, slug=f"failed-{reason}", **given)
        name = f"{reason}.mp4"
        recording = make.a_recording(
            db,
            session,
            original_name=name,
            state=State.FAILED,
            failure=reason,
            failure_details={"name": name},
        )
        db.add(LogEntry(recording_id=recording.id, attempt=1, step="probe", message="stopped"))
    db.commit()
    return client


@pytest.fixture
def as_whom(archive: FlaskClient) -> Callable[[str], FlaskClient]:
    """A client of the archive for a role."""
    app = archive.application

    def client(who: str) -> FlaskClient:
        made = app.test_client()
        if who != "visitor":
            log_in(made, who)
        return made

    return client


def read(client: FlaskClient, address: str, language: str) -> set[str]:
    """The texts of a page, with those that only assistive technology speaks."""
    page = client.get(address, headers={"Accept-Language": language}).get_data(as_text=True)
    assert f'<html lang="{language}">' in page, address
    assert "%(" not in page, address  # a gap that nothing filled
    return Texts.of(page)


def problems(answer) -> set[str]:
    """The complaints in the summary above a form."""
    assert answer.status_code == 400
    summary = answer.get_data(as_text=True).split("error-summary")[1].split("</ul>")[0]
    return Texts.of("<a>" + summary.split("<ul>")[1])


class Texts(HTMLParser):
    """Collects what people read or hear, but for what is marked as being in a language of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.silent: list[bool] = []

    @classmethod
    def of(cls, page: str) -> set[str]:
        """The texts of `page`."""
        reader = cls()
        reader.feed(page)
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        foreign = tag != "html" and any(name == "lang" for name, _ in attrs)
        silent = foreign or tag in SILENT or any(self.silent)
        if tag not in EMPTY:
            self.silent.append(silent)
        for name, value in attrs:
            if (name in SPOKEN or name.startswith("data-says")) and not silent:
                self.handle_text(value or "")

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in EMPTY:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.silent):
            self.handle_text(data)

    def handle_text(self, text: str) -> None:
        """Keeps a text without the space around it."""
        if text.strip():
            self.found.add(" ".join(text.split()))


def _made_of(text: str, known: set[str]) -> bool:
    """Whether nothing but known texts, numbers and marks is in it."""
    for part in sorted(known, key=len, reverse=True):
        text = text.replace(part, "")
    return not LETTERS.search(text)


def _without_sentences(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in ("static", "__pycache__") or name.endswith(".mo")}
