"""A person's page: what they said, and where each word of it can be heard."""

import re
from datetime import UTC, datetime

import pytest

from archive.models.programme import Visibility
from archive.models.transcript import CueRow, Origin, Revision, Transcript
from tests import factories as make
from transcripts.search.query import parse

MARA, JON = "Mara Lindqvist", "Jon Ek"


@pytest.fixture
def mara(db):
    return make.a_person(db, slug="mara", name=MARA)


def said(*cues: tuple[str | None, str], seconds: float = 10) -> list:
    """Cues one after the other, each a speaker and what they said."""
    return [
        make.timed_cue(text, n * seconds, (n + 1) * seconds, speaker)
        for n, (speaker, text) in enumerate(cues)
    ]


def text(client, address: str = "/people/mara") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ")


def turns(html: str) -> list[tuple[str, str, str]]:
    """Of each turn that is shown: its address, its words, its length."""
    return re.findall(
        r'class="moment" href="([^"]+)".*?<q[^>]*>(.*?)</q> <span[^>]*>(.*?)</span>', html, re.S
    )


def total(html: str) -> list[str]:
    return re.findall(r'page-head__spoken">(.*?)<', html)


def test_turns_are_cues_of_the_person_in_a_row(client, db, parts, mara):
    make.a_talk(
        db, parts, people=[mara], slug="talk",
        cues=said(
            (MARA, "Guten Morgen."), (MARA, "Es geht los."), (JON, "Danke."),
            (MARA, "Bitte."), (None, "Hm."), (MARA, "Noch etwas."),
        ),
    )  # fmt: skip
    db.commit()
    html = text(client)

    assert turns(html) == [
        ("/sessions/talk?t=0", "Guten Morgen. Es geht los.", "20 sec"),
        ("/sessions/talk?t=30", "Bitte.", "10 sec"),
        ("/sessions/talk?t=50", "Noch etwas.", "10 sec"),
    ]
    assert "Speaks for 40 sec in 3 turns" in html
    assert total(html) == ["Speaks for 40 sec in 1 session"]


def test_time_is_summed_over_sessions_newest_first(client, db, parts, mara):
    for slug, year in (("old", 2020), ("new", 2026)):
        make.a_talk(
            db, parts, people=[mara], slug=slug, starts_at=datetime(year, 1, 1, tzinfo=UTC),
            cues=said((MARA, slug), (JON, "ja"), seconds=2160),
        )  # fmt: skip
    make.a_session(db, people=[mara])
    db.commit()
    html = text(client)

    assert [words for _, words, _ in turns(html)] == ["new", "old"]
    assert total(html) == ["Speaks for 1 hr 12 min in 2 sessions"]


def test_long_turn_is_quoted_from_its_beginning(client, db, parts, mara):
    words = "Die Verwaltung der Zukunft ist ein offenes Haus. " * 30
    make.a_talk(db, parts, people=[mara], cues=said((MARA, words), (JON, "ja"), (MARA, "x" * 500)))
    db.commit()
    (_, first, _), (_, endless, _) = turns(text(client))

    assert len(first) <= 140 and first.endswith(" …") and words.startswith(first[:-2])
    assert endless == "x" * 140 + " …"


def test_first_five_turns_are_shown_and_all_on_demand(client, db, parts, mara):
    for slug in ("talk", "other"):
        cues = said(*[(MARA if n % 2 else JON, f"Satz {n}") for n in range(86)])
        make.a_talk(db, parts, people=[mara], slug=slug, cues=cues)
    db.commit()
    html = text(client)

    assert len(turns(html)) == 10
    assert html.count("All 43 moments") == 2
    (link,) = re.findall(r'href="(/people/mara\?session=talk#said-talk)"', html)
    whole = text(client, link)
    assert len(turns(whole)) == 48
    assert whole.count("All 43 moments") == 1
    assert 'href="/people/mara#said-talk">Only the first moments' in whole
    assert turns(text(client, "/people/mara?session=nowhere")) == turns(html)


@pytest.mark.parametrize(
    ("visibility", "shown"),
    [(Visibility.PUBLIC, 1), (Visibility.UNLISTED, 0), (Visibility.DRAFT, 0)],
)
def test_visitors_see_what_was_said_in_public(client, db, parts, mara, visibility, shown):
    make.a_talk(db, parts, people=[mara], cues=said((MARA, "Geheim.")), visibility=visibility)
    make.a_session(db, people=[mara])
    db.commit()
    html = text(client)

    assert len(turns(html)) == len(total(html)) == html.count("Geheim.") == shown


def test_staff_see_what_was_said_in_drafts(organiser, db, parts, mara):
    make.a_talk(
        db, parts, people=[mara], cues=said((MARA, "Entwurf.")), visibility=Visibility.DRAFT
    )
    db.commit()

    assert [words for _, words, _ in turns(text(organiser))] == ["Entwurf."]


def test_nobody_guesses_which_of_two_people_of_one_name_spoke(client, db, parts, mara):
    namesake = make.a_person(db, slug="mara-2", name=MARA)
    make.a_talk(db, parts, people=[mara, namesake], slug="both", cues=said((MARA, "Wer?")))
    make.a_talk(db, parts, people=[mara], slug="alone", cues=said((MARA, "Ich.")))
    db.commit()

    assert [address for address, *_ in turns(text(client))] == ["/sessions/alone?t=0"]
    assert turns(text(client, "/people/mara-2")) == []


def test_only_where_the_person_is_on_stage(client, db, parts, mara):
    make.a_talk(db, parts, people=[make.a_person(db)], cues=said((MARA, "Fremd.")))
    make.a_talk(db, parts, people=[mara], cues=said((JON, "Nicht ich."), (None, "Wer?")))
    db.commit()
    html = text(client)

    assert (turns(html), total(html)) == ([], [])
    assert 'name="speaker"' not in html


def test_only_the_shown_revision_counts(client, db, parts, mara):
    talk = make.a_talk(db, parts, people=[mara], cues=said((MARA, "Alt."), (MARA, "Alt.")))
    (recording,) = talk.recordings
    (transcript,) = recording.transcripts
    english = Transcript(recording_id=recording.id, language="en", translation=True)
    db.add(english)
    db.flush()
    for where, number, words, offered in (
        (transcript, 2, "Neu.", False), (transcript, 3, "Offered.", True), (english, 1, "New.", False),
    ):  # fmt: skip
        cue = CueRow(position=0, start=5, end=9, text=words, speaker=MARA)
        db.add(
            Revision(
                transcript_id=where.id, number=number, origin=Origin.MACHINE, offered=offered,
                cues=[cue],
            )
        )  # fmt: skip
        db.flush()
    db.commit()

    assert [words for _, words, _ in turns(text(client))] == ["Neu."]


def test_words_are_told_in_their_language(client, db, parts, mara):
    talk = make.a_talk(
        db, parts, people=[mara], cues=said((MARA, "Hallo."), (JON, "x"), (MARA, "Hi."))
    )
    talk.recordings[0].transcripts[0].revisions[0].cues[2].language = "en"
    db.commit()

    assert re.findall(r'<q class="moment__text" lang="(\w+)">', text(client)) == ["de", "en"]


def test_search_asks_for_what_the_person_said(client, db, parts, mara):
    make.a_talk(
        db, parts, people=[mara], slug="talk", cues=said((JON, "Ein Haus."), (MARA, "Ein Haus."))
    )
    db.commit()
    html = text(client)
    (name,) = re.findall(r'type="hidden" name="speaker" value="([^"]+)"', html)

    found = text(client, f"/search?speaker={name}&q=Haus")

    assert "What did Mara Lindqvist say?" in html
    assert f'value="speaker:&#34;{MARA}&#34; Haus"' in found
    assert re.findall(r'class="moment" href="([^"]+)"', found) == ["/sessions/talk?t=10&amp;q=Haus"]


def test_hostile_names_and_words_are_text(client, db, parts):
    name = 'A"b <script>„c“'
    person = make.a_person(db, slug="mara", name=name)
    make.a_talk(db, parts, people=[person], cues=said((name, "<script>1</script> x")))
    db.commit()
    html = text(client)

    assert "<script>1" not in html
    assert [words for _, words, _ in turns(html)] == ["&lt;script&gt;1&lt;/script&gt; x"]
    found = client.get("/search", query_string={"speaker": name, "q": "x"})
    assert "1 moment" in found.get_data(as_text=True)


def test_german_page_asks_in_german(client, db, parts, mara):
    make.a_talk(db, parts, people=[mara], cues=said((MARA, "Ein Haus.")))
    db.commit()
    german = {"Accept-Language": "de"}

    html = client.get("/people/mara", headers=german).get_data(as_text=True)
    found = client.get(f"/search?speaker={MARA}&q=Haus", headers=german).get_data(as_text=True)

    assert "Spricht 10" in html and "in 1 Beitrag" in html
    (typed,) = re.findall(r'id="q"[^>]* value="([^"]*)"', found)
    assert typed == f"sprecher:&#34;{MARA}&#34; Haus"
    assert parse(typed.replace("&#34;", '"')).speakers == parse(f'speaker:"{MARA}"').speakers
