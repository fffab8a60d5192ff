import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.transcripts.formats.samples import TALK
from tests.transcripts.strategies import any_text, said
from transcripts.cues import Cue
from transcripts.formats.errors import PROBLEMS, FormatError
from transcripts.formats.reading import REPAIRS, Repairs
from transcripts.formats.registry import FORMATS, About, format_of, read, write

ABOUT = About("de", "Ein Haus", "Archiv", lambda seconds: f"https://talks.example/?t={seconds}")
READABLE = [name for name, format_ in FORMATS.items() if format_.read]


def test_formats_have_a_suffix_a_type_and_a_title_of_their_own():
    assert list(FORMATS) == ["vtt", "srt", "ttml", "txt", "md", "docx", "json"]
    suffixes = [s for format_ in FORMATS.values() for s in (format_.suffix, *format_.others)]
    assert len(set(suffixes)) == len(suffixes)
    assert len({format_.mime for format_ in FORMATS.values()}) == len(FORMATS)
    assert len({format_.title for format_ in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_written(name):
    assert len(write(name, TALK, ABOUT)) > 70
    assert isinstance(write(name, [], About()), bytes)


@pytest.mark.parametrize("name", READABLE)
def test_what_can_be_read_comes_back(name):
    reading = read(name, write(name, TALK, ABOUT), names=["Mara Lindqvist", "Jon Ek"])

    assert reading.cues == TALK
    assert reading.language in ("de", None)


@pytest.mark.parametrize("name", ["txt", "md", "docx"])
def test_what_has_no_times_cannot_be_read(name):
    with pytest.raises(FormatError, match="WebVTT, SubRip, TTML"):
        read(name, b"Guten Morgen.")


@pytest.mark.parametrize("name", READABLE)
def test_no_captions_are_an_error(name):
    with pytest.raises(FormatError, match="holds no captions"):
        read(name, write(name, [], ABOUT))


@pytest.mark.parametrize("name", READABLE)
def test_a_file_that_is_too_large_is_not_looked_at(name):
    file = write(name, TALK, ABOUT)

    with pytest.raises(FormatError, match=f"larger than {len(file) - 1} bytes"):
        read(name, file, limit=len(file) - 1)
    assert len(read(name, file, limit=len(file)).cues) == 3


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("talk.VTT", "vtt"),
        ("talk.de.srt", "srt"),
        ("talk.xml", "ttml"),
        ("talk.dfxp", "ttml"),
        ("talk.json", "json"),
        ("talk.txt", "txt"),
    ],
)
def test_format_is_known_by_its_suffix(filename, name):
    assert format_of(filename).name == name


def test_webvtt_is_known_by_its_first_word():
    assert format_of("talk.txt", write("vtt", TALK, ABOUT)).name == "vtt"
    assert format_of("talk", b"\xef\xbb\xbfWEBVTT").name == "vtt"


def test_unknown_suffix_is_an_error_that_names_what_can_be_read():
    with pytest.raises(FormatError, match="“talk.pdf” is none of .*: WebVTT, SubRip, TTML"):
        format_of("talk.pdf")


def test_errors_repeat_only_a_little_of_a_file():
    error = FormatError("bad_times", 7, found="\x1b[31m" + "x" * 500)

    assert str(error).startswith("Line 7: These are no times: [31mxxx")
    assert len(str(error)) < 200


def test_every_kind_of_problem_and_repair_is_used():
    sources = "".join(path.read_text() for path in (ROOT / "transcripts/formats").glob("*.py"))

    assert [kind for kind in PROBLEMS if f'FormatError("{kind}"' not in sources] == []
    assert [kind for kind in REPAIRS if f'.add("{kind}"' not in sources] == []


def test_repairs_are_counted_by_their_kind():
    repairs = Repairs()
    for line in (3, 5):
        repairs.add("order", line)

    (repair,) = repairs.all()
    assert (repair.kind, repair.line, repair.times) == ("order", 3, 2)


def bodies(text: str) -> list[str]:
    return [
        text,
        f"WEBVTT\n\n{text}",
        f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}",
        f"1\n00:00:01,000 --> 00:00:02,000\n{text}",
        f'<tt><body><p begin="1s" end="2s">{text}</p></body></tt>',
        f'{{"segments": [{{"start": 1, "end": 2, "text": {text}}}]}}',
    ]


@given(text=any_text | said)
@pytest.mark.parametrize("name", READABLE)
def test_reading_anything_gives_cues_or_a_format_error(name, text):
    for body in bodies(text):
        lines = body.count("\n") + body.count("\r") + 1
        assert (outcome(name, body.encode()) or 1) in range(1, lines + 1)


@given(file=st.binary(max_size=80))
@pytest.mark.parametrize("name", READABLE)
def test_reading_any_bytes_gives_cues_or_a_format_error(name, file):
    outcome(name, file)


def outcome(name: str, file: bytes) -> int | None:
    """The line of the error, None where there is none; every cue can be stored and shown."""
    try:
        reading = read(name, file)
    except FormatError as error:
        return error.line
    for cue in reading.cues:
        assert 0 <= cue.start <= cue.end
        assert storable(cue)
    return None


def storable(cue: Cue) -> bool:
    said = "".join([cue.text, cue.speaker or "", *(word.text for word in cue.words)])
    return "\0" not in said and said.encode("utf-8") is not None
