"""A session's page as the server sends it: it works without JavaScript."""

import json
import re
from dataclasses import replace
from io import BytesIO

import docx
import pytest

from archive.models.programme import Visibility
from archive.models.recording import RenditionKind, State, Step
from archive.models.transcript import ChunkState, Origin, Revision
from archive.models.users import UserRole
from archive.pages.words import at_seconds
from archive.queries.text import word_steps
from tests import factories as make
from tests.forms import log_in
from transcripts.cues import Cue, Word


def body(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def spoken(html: str) -> list[str]:
    """The text of the cues marked as spoken."""
    found = re.findall(r'<a class="cue"[^>]*aria-current="true"[^>]*>(.*?)</a>', html, re.S)
    return [text.strip() for text in found]


@pytest.fixture
def talk(db, parts):
    session = make.a_talk(db, parts, people=[make.a_person(db)], slug="talk")
    db.commit()
    return session


def test_page_shows_video_captions_and_transcript(client, talk):
    html = body(client, "/sessions/talk")
    assert re.search(r'<source src="/media/\d+/talk\.mp4" type="video/mp4">', html)
    assert '<track kind="captions" src="/sessions/talk/transcript.vtt" srclang="de"' in html
    assert html.count('class="cue"') == len(make.TALK)
    assert '<div class="transcript__text" lang="de">' in html


def test_cue_is_a_link_to_its_second(client, talk):
    html = body(client, "/sessions/talk")
    assert 'href="/sessions/talk?t=4.7"' in html


def test_t_opens_the_video_there_and_marks_the_cue(client, talk):
    html = body(client, "/sessions/talk?t=4.7")
    assert "talk.mp4#t=4.7" in html
    assert spoken(html) == ["um Häuser aus Glas und um Straßen ohne Namen."]


def test_nonsense_in_t_is_answered_with_the_page(client, talk):
    for t in (
        *("-5", "nan", "inf", "-inf", "1e400", "", "abc", "1:2:3:4:5", "%00", "9" * 400, "١٢"),
        *("1h", "h", "::", "1::2", "0x10", "1_000"),
    ):
        body(client, f"/sessions/talk?t={t}")


def test_t_is_understood_as_people_write_times():
    written = ("83.4", "83,4", "1:23.4", "1m23.4s", "0:01:23.4")
    assert [at_seconds(t) for t in written] == pytest.approx([83.4] * len(written))


def test_t_beyond_the_end_opens_the_end(client, talk):
    assert spoken(body(client, "/sessions/talk?t=99999")) == [
        "Vielen Dank für Ihre Aufmerksamkeit."
    ]


def test_q_marks_the_words_searched(client, talk):
    html = body(client, "/sessions/talk?q=Haus")
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["Häuser", "Haus"]


def test_unknown_slug_is_a_page_with_a_search_field(client, db, parts):
    answer = client.get("/sessions/nobody")
    assert answer.status_code == 404
    assert 'action="/search"' in answer.get_data(as_text=True)


def test_speakers_are_named_where_they_change(client, db, parts):
    cues = [
        make.timed_cue("Guten Tag.", 0, 1, "Ada"),
        make.timed_cue("Wie geht es?", 1, 2, "Ada"),
        make.timed_cue("Gut, danke.", 2, 3, "Ben"),
    ]
    make.a_talk(db, parts, cues=cues, slug="panel")
    db.commit()
    html = body(client, "/sessions/panel")
    assert re.findall(r'para__speaker">(.*?)<', html) == ["Ada", "Ben"]


def test_samples_model_is_named_on_the_page(client, db, parts):
    make.a_talk(db, parts, slug="sample", model="samples")
    db.commit()
    assert "it only knows the sample texts" in body(client, "/sessions/sample")


def test_other_models_are_named_as_provenance_only(client, talk):
    html = body(client, "/sessions/talk")
    assert "it only knows the sample texts" not in html
    assert "faster-whisper 1.2.1" in html


def test_audio_recording_is_heard(client, db, parts):
    make.a_talk(db, parts, slug="radio", kind_of_file=RenditionKind.AUDIO)
    db.commit()
    html = body(client, "/sessions/radio")
    assert "<audio" in html and "<video" not in html


def test_session_without_a_recording_says_so(client, db):
    make.a_session(db, slug="bare")
    db.commit()
    assert "This session was not recorded" in body(client, "/sessions/bare")


def test_recording_under_way_shows_its_progress(client, db):
    session = make.a_session(db, slug="busy")
    make.a_recording(db, session, state=State.WORKING, step=Step.RENDITION, progress=0.23)
    db.commit()
    html = body(client, "/sessions/busy")
    assert "Preparing the video" in html
    assert 'data-url="/sessions/busy/progress.json"' in html


def test_video_plays_while_the_text_is_being_made(client, db, parts):
    session = make.a_session(db, slug="half")
    recording = make.a_recording(db, session, state=State.WORKING, step=Step.TRANSCRIPTION)
    make.a_rendition(db, parts, recording)
    db.commit()
    html = body(client, "/sessions/half")
    assert "<video" in html and "The transcript is being made" in html


def test_waiting_for_the_model_leaves_the_video_playable(client, db, parts):
    session = make.a_session(db, slug="patient")
    recording = make.a_recording(db, session, state=State.WAITING_FOR_MODEL)
    make.a_rendition(db, parts, recording)
    db.commit()
    html = body(client, "/sessions/patient")
    assert "<video" in html and "The transcript follows later" in html
    assert "models fetch" not in html  # how to mend it concerns staff


def test_visitor_reads_no_reason_of_a_failure(client, db):
    session = make.a_session(db, slug="broken")
    make.a_recording(db, session, state=State.FAILED, failure="not_media")
    db.commit()
    html = body(client, "/sessions/broken")
    assert "not available yet" in html
    assert "mitschnitt.mp4" not in html


def test_replacement_is_shown_only_when_it_is_ready(client, db, parts, talk):
    recording = make.a_recording(db, talk, state=State.WORKING, step=Step.TRANSCRIPTION)
    rendition = make.a_rendition(db, parts, recording)
    db.commit()
    assert f"/media/{rendition.id}/" not in body(client, "/sessions/talk")
    recording.state = State.READY
    db.commit()
    assert f"/media/{rendition.id}/" in body(client, "/sessions/talk")


def test_progress_changes_its_version_when_there_is_more_to_show(client, db, parts):
    session = make.a_session(db, slug="busy")
    recording = make.a_recording(db, session, state=State.WORKING, step=Step.PROBE, progress=0.1)
    db.commit()
    first = client.get("/sessions/busy/progress.json").get_json()
    recording.progress = 0.4
    db.commit()
    moved = client.get("/sessions/busy/progress.json").get_json()
    make.a_rendition(db, parts, recording)
    db.commit()
    playable = client.get("/sessions/busy/progress.json").get_json()
    assert first["version"] == moved["version"] != playable["version"]
    assert (first["progress"], moved["progress"], playable["playable"]) == (0.1, 0.4, True)


@pytest.mark.parametrize(
    ("format", "mime", "start"),
    [
        ("vtt", "text/vtt", "WEBVTT"),
        ("srt", "application/x-subrip", "1\n"),
        ("ttml", "application/ttml+xml", "<?xml"),
        ("txt", "text/plain", ""),
        ("md", "text/markdown", "# "),
        ("json", "application/json", "{"),
    ],
)
def test_transcript_file_holds_the_words(client, talk, format, mime, start):
    answer = client.get(f"/sessions/talk/transcript.{format}")
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (200, mime)
    assert text.startswith(start)
    assert "ohne Namen" in text


def test_transcript_is_a_word_document_too(client, talk):
    answer = client.get("/sessions/talk/transcript.docx?download")

    text = " ".join(paragraph.text for paragraph in docx.Document(BytesIO(answer.data)).paragraphs)
    assert "ohne Namen" in text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="talk.docx"'


def test_captions_may_have_a_time_for_each_word(client, talk):
    plain = client.get("/sessions/talk/transcript.vtt")
    timed = client.get("/sessions/talk/transcript.vtt?words")

    assert "<00:00:00.760>" in timed.get_data(as_text=True)
    assert "<00:00:00.760>" not in plain.get_data(as_text=True)
    assert plain.headers["ETag"] != timed.headers["ETag"]


def test_transcript_json_has_words_with_times_for_each_cue(client, talk):
    cues = json.loads(client.get("/sessions/talk/transcript.json").get_data())["cues"]
    assert len(cues) == len(make.TALK)
    assert [cues[0]["words"][0][key] for key in ("text", "start")] == ["Guten", 0.4]


def test_words_come_with_their_times(client, talk):
    found = client.get("/sessions/talk/words.json").get_json()
    assert len(found["cues"]) == len(make.TALK)
    assert len(found["cues"][0]) == len(make.TALK[0][1].split())
    assert found["cues"][0][:2] == [0, 36]  # hundredths of a second: since the cue, the word before


def test_transcript_file_is_not_sent_twice(client, talk):
    tag = client.get("/sessions/talk/transcript.vtt").headers["ETag"]
    again = client.get("/sessions/talk/transcript.vtt", headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize("format", ["exe", "", "vtt.exe", "VTT"])
def test_unknown_transcript_format_is_not_found(client, talk, format):
    assert client.get(f"/sessions/talk/transcript.{format}").status_code == 404


def test_transcript_without_a_text_is_not_found(client, db):
    make.a_session(db, slug="bare")
    db.commit()
    assert client.get("/sessions/bare/transcript.vtt").status_code == 404


def test_public_page_describes_the_video_for_machines(client, talk):
    html = body(client, "/sessions/talk")
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S).group(1)
    assert json.loads(data)["@type"] == "VideoObject"
    assert '<meta property="og:video" content="http://localhost/media/' in html


def test_title_with_markup_stays_text(client, db, parts):
    make.a_talk(db, parts, slug="evil", title="</script><script>alert(1)</script>", abstract="<b>")
    db.commit()
    html = body(client, "/sessions/evil")
    assert "<script>alert" not in html


def test_unlisted_page_opens_but_asks_not_to_be_found(client, db, parts):
    make.a_talk(db, parts, slug="hidden", visibility=Visibility.UNLISTED)
    db.commit()
    html = body(client, "/sessions/hidden")
    assert '<meta name="robots" content="noindex">' in html
    assert "og:title" not in html


def test_line_in_another_language_than_the_transcript_says_so(client, db, parts):
    cues = [
        replace(make.timed_cue(text, n, n + 1), language=language)
        for n, (text, language) in enumerate(
            [("Guten Morgen.", None), ("Good morning.", "en"), ("Weiter geht es.", "de")]
        )
    ]
    make.a_talk(db, parts, cues=cues, slug="mixed", language="de", other_languages=["en"])
    db.commit()
    html = body(client, "/sessions/mixed?q=mornings")
    assert '<div class="transcript__text" lang="de">' in html
    assert re.findall(r'<a class="cue" id="(cue-\d)"[^>]*? lang="(\w+)"', html) == [("cue-1", "en")]
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["morning"]  # by the rules of English


# What is written down so far


@pytest.fixture
def half(db, parts):
    """A recording of which the second of five stretches of twenty seconds is heard."""
    session = make.a_session(db, slug="half")
    recording = make.a_recording(
        db, session, state=State.WORKING, step=Step.TRANSCRIPTION, duration=100.0
    )
    make.a_rendition(db, parts, recording)
    for number in range(5):
        make.a_chunk(db, recording, number)
    db.flush()
    db.refresh(recording)
    hear(recording, 1, "Guten Morgen.")
    db.commit()
    return recording


def hear(recording, number: int, text: str, language: str = "de") -> None:
    row = recording.chunk_rows[number]
    row.state, row.cues = ChunkState.DONE, [[number * 20.0, number * 20 + 4.5, text, language]]


def read(html: str) -> list[str]:
    """The text as blocks: what is said, and what is told of stretches without a text."""
    found = re.findall(
        r'<a class="cue"[^>]*>(.*?)</a>|<span class="missing__words">(.*?)</span>', html, re.S
    )
    return [(said or missing).strip() for said, missing in found]


def test_visitor_reads_what_is_written_down_so_far(client, half):
    html = body(client, "/sessions/half?t=21")
    assert read(html) == [
        "0:00–0:20 is still being written down",
        "Guten Morgen.",
        "0:40–1:40 is still being written down",
    ]
    assert "Provisional" in html
    assert 'href="/sessions/half?t=20"' in html
    assert spoken(html) == ["Guten Morgen."]
    assert "transcript.vtt" not in html  # files are made of transcripts that are done


def test_text_of_several_languages_says_which_it_is_in(client, db, half):
    hear(half, 3, "Good morning.", "en")
    db.commit()
    html = body(client, "/sessions/half")
    assert '<div class="transcript__text" lang="de">' in html
    assert re.findall(r'<a class="cue"[^>]*? lang="(\w+)"[^>]*>\s*Good', html) == ["en"]


def test_main_language_is_the_one_heard_most_where_none_is_declared(client, db, half):
    half.language = None
    hear(half, 1, "Good morning.", "en")
    db.commit()
    assert '<div class="transcript__text" lang="en">' in body(client, "/sessions/half")


def test_stretch_that_failed_is_told_from_those_to_come(client, db, half):
    half.chunk_rows[2].state = ChunkState.FAILED
    db.commit()
    assert read(body(client, "/sessions/half"))[2:] == [
        "0:40–1:00 could not be written down",
        "1:00–1:40 is still being written down",
    ]


def test_text_stays_readable_when_the_work_fails(client, db, half):
    half.state, half.failure = State.FAILED, "engine_failed"
    db.commit()
    html = body(client, "/sessions/half")
    assert read(html) == [
        "0:00–0:20 is not written down",
        "Guten Morgen.",
        "0:40–1:40 is not written down",
    ]
    assert "The transcript is incomplete" in html


def test_text_stays_readable_while_the_work_is_paused(client, db, half):
    half.state = State.PAUSED
    db.commit()
    html = body(client, "/sessions/half")
    assert "Guten Morgen." in html and "The work is paused" in html


def test_nothing_is_shown_as_text_before_a_word_is_written_down(client, db, half):
    half.chunk_rows[1].cues = []
    db.commit()
    html = body(client, "/sessions/half")
    assert "data-transcript" not in html
    shown = re.search(r'data-version="([^"]+)"', html).group(1)
    assert client.get("/sessions/half/progress.json").get_json()["version"] == shown


def test_chunks_of_an_earlier_attempt_are_not_shown(client, db, half):
    half.attempt += 1
    db.commit()
    assert "Guten Morgen." not in body(client, "/sessions/half")


def test_old_transcript_stays_while_a_new_one_is_being_made(client, db, parts, talk):
    recording = talk.recordings[0]
    recording.state, recording.attempt = State.WORKING, 2
    before = client.get("/sessions/talk/progress.json").get_json()["version"]
    make.a_chunk(
        db, recording, 0, state=ChunkState.DONE, cues=[[0.0, 2.0, "Ganz neuer Text.", "de"]]
    )
    db.commit()
    html = body(client, "/sessions/talk")
    assert "Ganz neuer Text." not in html and "Provisional" not in html
    assert html.count('class="cue"') == len(make.TALK)
    assert "The old text stays until the new one is ready." in html
    after = client.get("/sessions/talk/progress.json").get_json()["version"]
    assert after.split("-")[:4] == before.split("-")[:4]


def test_progress_changes_its_version_with_each_stretch_written_down(client, db, half):
    def version() -> str:
        return client.get("/sessions/half/progress.json").get_json()["version"]

    first = version()
    assert f'data-version="{first}"' in body(client, "/sessions/half")
    hear(half, 2, "Es geht weiter.")
    db.commit()
    assert version() != first


def test_what_is_written_down_so_far_is_not_searched(client, half):
    assert "Guten Morgen." not in body(client, "/search?q=Morgen")


def test_draft_session_shows_no_visitor_what_is_written_down(client, db, half):
    half.session.visibility = Visibility.DRAFT
    db.commit()
    assert client.get("/sessions/half").status_code == 404


# How the text was made


@pytest.fixture
def made(db, parts):
    """A draft by a machine, with all that it may say about itself."""
    words = (("Die", 0.98), ("Verwaltunk", 0.3), ("[unverständlich]", 0.0), ("ist", 0.9))
    timed = tuple(Word(text, n, n + 0.9, sure) for n, (text, sure) in enumerate(words))
    cue = Cue(0.0, 3.9, " ".join(word.text for word in timed), timed)
    session = make.a_session(db, slug="made")
    recording = make.a_recording(db, session)
    make.a_rendition(db, parts, recording)
    revision = make.a_transcript(db, recording, [cue])
    revision.details = {
        "draft": True,
        "terms": "Mara Lindqvist, OZG",
        "languages": ["de", "en"],
        "caught": [
            {
                "kind": "loop",
                "start": 12.0,
                "end": 14.0,
                "remedy": "decoded_again",
                "text": "und und und",
            },
            {"kind": "new", "start": 15.0, "remedy": "strange"},
            {"kind": "phrase"},
        ],
        "failed": [{"start": 20.0, "end": 40.0, "reason": "its worker died 3 times"}],
        "glossary": [
            {"start": start, "before": before, "after": "ekom21"}
            for start, before in ((5.0, "E-Kom 21"), (6.0, "Ekom"), (65.0, "E-Kom 21"))
        ],
    }
    db.commit()
    return revision


@pytest.fixture
def staff(client, db):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    log_in(client, "staff")
    return client


def test_staff_read_how_the_text_was_made(staff, made):
    html = body(staff, "/sessions/made")
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace("\N{NO-BREAK SPACE}", " ")
    for said in (
        "small, by faster-whisper 1.2.1",
        "fast draft, of lower quality",
        "German, English",
        "Mara Lindqvist, OZG",
        "73 % on average",
        "1 of 3 words uncertain (33 %)",
        "0:12 Words repeated over and over: heard again and replaced und und und",
        "0:15 new: strange",
        "0:20–0:40 The worker broke down 3 times there.",
        "Corrected from the event’s glossary E-Kom 21 ekom21 0:05 , 1:05 Ekom ekom21 0:06",
    ):
        assert said in text
    assert 'href="/sessions/made?t=12" data-moment="12.0"' in html


def test_uncertain_words_are_told_to_staff_alone(staff, made):
    doubtful = r'<u class="doubtful" title="Uncertain: 30\N{NO-BREAK SPACE}%">Verwaltunk</u>'
    visitor = staff.application.test_client()
    assert len(re.findall(doubtful, body(staff, "/sessions/made"))) == 1
    html = body(visitor, "/sessions/made")
    assert "Die Verwaltunk <span" in html and "doubtful" not in html and "making" not in html


def test_inaudible_words_are_a_note_that_a_voice_can_read(client, made):
    assert (
        '<span class="inaudible" role="note" aria-label="unverständliche Stelle">'
        "[unverständlich]</span> ist"
    ) in body(client, "/sessions/made")


def test_special_words_stay_what_they_are_where_the_search_finds_something(staff, made):
    html = body(staff, "/sessions/made?q=Verwaltunk")
    assert re.search(
        r'<u class="doubtful"[^>]*><mark>Verwaltunk</mark></u> <span class="inaud', html
    )


def test_what_is_found_may_run_over_an_uncertain_word(staff, made):
    html = body(staff, '/sessions/made?q="die+verwaltunk"')
    assert re.search(r"<mark>Die </mark><u [^>]*><mark>Verwaltunk</mark></u> <span", html)


def test_everyone_learns_of_a_fast_draft_and_of_what_is_missing(client, made):
    html = body(client, "/sessions/made")
    assert "Fast draft, of lower quality" in html
    assert read(html)[1:] == ["0:20–0:40 could not be written down"]


def test_revision_without_details_is_shown_to_staff_too(staff, db, made):
    made.details = {}
    db.commit()
    html = body(staff, "/sessions/made")
    assert "no words in particular" in html and "Caught and repaired" not in html
    assert "Corrected from" not in html


@pytest.mark.parametrize("reviewed", [True, False])
def test_of_a_text_corrected_by_people_only_what_nobody_reviewed_is_uncertain(
    staff, db, made, reviewed
):
    made.origin = Origin.PERSON
    for cue in made.cues:
        cue.reviewed = reviewed
    db.commit()
    html = body(staff, "/sessions/made")
    assert ("doubtful" in html) is not reviewed
    assert "How this text was made" not in html


@pytest.mark.parametrize("who", ["visitor", "staff"])
def test_offered_text_is_told_to_staff_alone(client, db, talk, who):
    shown = talk.recordings[0].transcripts[0].current
    db.add(
        Revision(transcript_id=shown.transcript_id, number=2, origin=Origin.MACHINE, offered=True)
    )
    if who == "staff":
        make.a_user(db, UserRole.STAFF)
    db.commit()
    if who == "staff":
        log_in(client, "staff")

    page = body(client, "/sessions/talk")

    assert ("New machine text" in page) is (who == "staff")
    assert "offenes Haus" in page


@pytest.mark.parametrize(
    ("text", "words", "steps"),
    [
        ("Guten Tag.", [("Guten", 1.0), ("Tag.", 1.5)], (0, 50)),
        ("Guten Tag.", [], ()),
        ("Guten Tag.", [("Guten Tag.", 1.2)], (20, 0)),  # one that stands for two
        ("E-Government jetzt", [("E", 1.0), ("-Government", 1.2), ("jetzt", 2.0)], (0, 100)),
        ("Guten Tag.", [("Guten", 1.5), ("Tag.", 1.2)], (50, 0)),  # never backwards
        ("Eins zwei drei", [("Eins", 1.0), ("drei", 3.0)], (0, 0, 200)),  # one that nobody timed
        ("Ganz anders", [("Guten", 1.0)], (0, 0)),
        ("", [("Guten", 1.0)], ()),
    ],
)
def test_times_of_words_are_those_of_the_words_in_the_text(text, words, steps):
    assert word_steps(text, 1.0, words) == steps
