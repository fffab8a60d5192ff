import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.strategies import any_text
from transcripts.search.clauses import Clause, Kind, Restriction, Speaker
from transcripts.search.grammar import MOST_CLAUSES
from transcripts.search.query import (
    LONGEST,
    Note,
    Query,
    by_speaker,
    only_words,
    parse,
    without,
)
from transcripts.search.terms import analyse


def shape(text: str) -> list[str]:
    """The clauses of a query as they would be typed most plainly."""
    query = parse(text)
    wanted = [plainly(clause) for clause in query.wanted]
    wanted += ["@" + names(speaker) for speaker in query.speakers]
    unwanted = ["-" + plainly(clause) for clause in query.unwanted]
    return wanted + unwanted + ["-@" + names(speaker) for speaker in query.unwanted_speakers]


def names(speaker: Speaker) -> str:
    return " ".join(plainly(word) for word in speaker.words)


def plainly(clause: Clause) -> str:
    words = " ".join(clause.words)
    parts = [plainly(part) for part in clause.parts]
    plain = {
        Kind.WORD: words,
        Kind.PREFIX: f"{words}*",
        Kind.PHRASE: f'"{words}"',
        Kind.EITHER: f"({' | '.join(parts)})",
        Kind.NEAR: f"({f' ~{clause.distance} '.join(parts)})",
    }[clause.kind]
    return f"title:{plain}" if clause.in_title else plain


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("Häuser  aus Glas", ["haeuser", "aus", "glas"]),
        ('"Häuser aus Glas"', ['"haeuser aus glas"']),
        ('"Häuser"', ["haeuser"]),
        ("„Häuser aus“ Glas", ['"haeuser aus"', "glas"]),
        ("“glass houses” »aus Glas« «en verre»", ['"glass houses"', '"aus glas"', '"en verre"']),
        ("Verw*", ["verw*"]),
        ("STRASS*", ["strass*"]),
        ("Haus -Garten", ["haus", "-garten"]),
        ('"im Haus"-Garten', ['"im haus"', "garten"]),
        ("Haus −Garten –Hof", ["haus", "-garten", "-hof"]),
        ('Haus -"im Garten" -Hof*', ["haus", '-"im garten"', "-hof*"]),
        ("IT-Sicherheit", ['"it sicherheit"']),
        ("E-Gov*", ['"e gov"']),
        ("Teilnehmer*innen", ["teilnehmerinnen"]),
        ("Teilnehmer:in*", ["teilnehmerin*"]),
        ("Ha\u0308user Ver\u00adwaltung", ["haeuser", "verwaltung"]),
        ("it’s", ["its"]),
        ("Haus\tGarten\nHof\u200bTor", ["haus", "garten", "hof", "tor"]),
    ],
)
def test_query_is_understood(typed, understood):
    assert shape(typed) == understood


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ('"Häuser aus', ['"haeuser aus"']),
        ('Häuser" aus', ["haeuser", "aus"]),
        ('""', []),
        ('"', []),
        ("*", []),
        ("a*", ["a"]),
        ("**", []),
        ("Haus**", ["haus*"]),
        ("-", []),
        ("Haus -", ["haus"]),
        ("- Haus", ["haus"]),
        ("--Haus", ["-haus"]),
        ("-*", []),
        ("Haus AND (Garten OR NOT Hof)", ["haus", "and", "(garten | not)", "hof"]),
        ("headline:Haus NEAR/3", ['"headline haus"', '"near 3"']),
        ("Haus)", ["haus"]),
        ("((Haus", ["haus"]),
        ("() Haus ( )", ["haus"]),
        ("(" * 300 + "Haus", ["haus"]),
        ("OR", []),
        ("OR Haus OR", ["haus"]),
        ("Haus OR OR Hof", ["(haus | hof)"]),
        ("near:5", []),
        ("Haus near:5", ["haus"]),
        ("near:5 Haus", ["haus"]),
        ("Haus near:5 -Hof", ["haus", "-hof"]),
        ("Haus near:5 (Hof Tor)", ["haus", "hof", "tor"]),
        ("Haus near:x Hof", ["haus", '"near x"', "hof"]),
        ("'; DROP TABLE x; --", ["drop", "table", "x"]),
        ("%_\\ & | ! <-> :*", []),
        ("Ha\0us", ["ha", "us"]),
        ("🏠", []),
        ("", []),
        ("   ", []),
    ],
)
def test_nonsense_is_understood_as_far_as_it_goes(typed, understood):
    assert shape(typed) == understood


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("speaker:Beispiel", ["@beispiel"]),
        ("sprecher:Örtel", ["@oertel"]),
        ("Sprecherin:Örtel Haus", ["haus", "@oertel"]),
        ("SPEAKER:Ada", ["@ada"]),
        ('speaker:"Dr. Anna Beispiel" Haus', ["haus", "@dr anna beispiel"]),
        ("Haus sprecher:„Anna Beispiel“ -Hof", ["haus", "@anna beispiel", "-hof"]),
        ("speaker: Ada Haus", ["haus", "@ada"]),
        ("speaker:Müller-Lüdenscheidt", ["@mueller luedenscheidt"]),
        ("speaker:Beisp*", ["@beisp*"]),
        ('speaker:"Anna Bei*"', ["@anna bei*"]),
        ("speaker:Ada speaker:Jon", ["@ada", "@jon"]),
        ('speaker:"Ada Ek" sprecher:"Ek Ada"', ["@ada ek"]),
        ("Haus -speaker:Ada", ["haus", "-@ada"]),
        ('Haus –sprecher:"Ada Ek" -Hof', ["haus", "-hof", "-@ada ek"]),
        ("Sprecher:innen", ["sprecherinnen"]),
        ("alle Sprecher:innen, die Sprecher:in", ["alle", "sprecherinnen", "die", "sprecherin"]),
        ("Sprecher Haus", ["sprecher", "haus"]),
        ('"speaker: Ada"', ['"speaker ada"']),
        ("Lautsprecher:Ada", ['"lautsprecher ada"']),
        ("speaker:", ["speaker"]),
        ("speaker: ", ["speaker"]),
        ('speaker:""', []),
        ('speaker:"Ada', ["@ada"]),
        ("speaker:*", []),
        ("speaker:…", []),
        ("--speaker:Ada", ['-"speaker ada"']),
        ("speaker:speaker:Ada", ["@speaker ada"]),
        ('speaker:Ada"im Haus"', ['"im haus"', "@ada"]),
        ('speaker:"\' OR 1=1" Haus', ["haus", "@or 1"]),
        ("speaker:ß", ["@ss"]),
    ],
)  # fmt: skip
def test_speaker_is_understood(typed, understood):
    assert shape(typed) == understood


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("Haus OR Hof", ["(haus | hof)"]),
        ("Haus ODER Hof | Tor", ["(haus | hof | tor)"]),
        ("Haus OR Hof Glas", ["(haus | hof)", "glas"]),
        ("Glas Haus OR Hof", ["glas", "(haus | hof)"]),
        ("(Haus Glas) OR Hof", ["(haus | hof)", "(glas | hof)"]),
        ("(Haus OR Hof) (Glas OR Stein)", ["(haus | hof)", "(glas | stein)"]),
        ("((Haus OR Hof) OR Tor)", ["(haus | hof | tor)"]),
        ('"im Haus" OR Ho*', ['("im haus" | ho*)']),
        ("Haus OR Haus", ["haus"]),
        ("haus or hof", ["haus", "or", "hof"]),
        ("-(Haus OR Hof) Tor", ["tor", "-haus", "-hof"]),
        ("Tor -(Haus Hof)", ["tor", "-haus", "-hof"]),
        ("Bürger(innen) OR Rat", ["(buergerinnen | rat)"]),
        ("f(x)", ["f", "x"]),
        ("Haus near:5 Hof", ["(haus ~5 hof)"]),
        ("Haus nahe: Hof", ["(haus ~10 hof)"]),
        ("Haus near:9999 Hof", ["(haus ~100 hof)"]),
        ("Haus near:5 Hof near:3 Tor", ["(haus ~5 hof)", "(hof ~3 tor)"]),
        ('"im Haus" near:5 Ho*', ['("im haus" ~5 ho*)']),
        ("(Haus OR Hof) near:2 Tor", ["((haus | hof) ~2 tor)"]),
        ("title:Haus", ["title:haus"]),
        ('Titel:"im Haus" Hof', ['title:"im haus"', "hof"]),
        ("title:Hau* OR Hof", ["(title:hau* | hof)"]),
        ("title:Haus near:2 Hof", ["title:haus", "hof"]),
        ("title:", ["title"]),
        ("Titel: Haus", ["titel", "haus"]),
        ("year:morgen", ["morgen"]),
    ],
)
def test_choices_nearness_and_titles_are_understood(typed, understood):
    assert shape(typed) == understood


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("year:2026", Restriction("year", ("2026",))),
        ("Jahr:2024-2026", Restriction("year", ("2024", "2025", "2026"))),
        ("year:2024 year:2026", Restriction("year", ("2024", "2026"))),
        ("-year:2024", Restriction("year", ("2024",), unwanted=True)),
        ("kind:panel", Restriction("kind", ("panel",))),
        ("Art:Podium", Restriction("kind", ("podium",))),
        ("lang:DE", Restriction("language", ("de",))),
        ('event:"Digitale Kommune"', Restriction("event", ("digitale kommune",))),
        ("Veranstaltung:Kommune*", Restriction("event", ("kommune*",))),
    ],
)
def test_restrictions_are_understood(typed, understood):
    query = parse(f"Haus {typed}")

    assert query.restrictions == (understood,)
    assert shape(query.text) == ["haus"]
    assert only_words(query) == "Haus"


@pytest.mark.parametrize("typed", ["speaker:Ada OR speaker:Jon", "Haus year:2025 OR year:2026"])
def test_values_of_one_field_may_be_joined_by_or(typed):
    assert parse(typed).notes == ()


def test_choice_of_very_many_is_cut():
    query = parse(" OR ".join(f"w{n}" for n in range(MOST_CLAUSES + 5)))

    assert Note.TOO_MANY in query.notes
    assert len(query.wanted[0].parts) == MOST_CLAUSES


def test_speaker_keeps_the_name_as_it_was_typed():
    assert [s.typed for s in parse('speaker:Örtel sprecher:" Dr. Ek "').speakers] == [
        "Örtel",
        "Dr. Ek",
    ]


@pytest.mark.parametrize("name", ["Dr. Ada Örtel-Nagy", "Ada „Ach“ Ek", 'A"b"c', "Ek*", "Zoë"])
def test_query_by_speaker_asks_for_the_whole_name(name):
    (speaker,) = parse(by_speaker(name)).speakers
    (same,) = parse(by_speaker(name, "Haus", "sprecher:")).speakers

    assert speaker.words == same.words
    assert parse(by_speaker(name, "Haus")).wanted == parse("Haus").wanted
    assert [w.words[0] for w in speaker.words] == [t.exact for t in analyse(name, None)]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("speaker:Ada", "sprecher:Jon Haus"),
        ("sprecher:jon", "speaker:Ada Haus -sprecher:ADA"),
        ("sprecher:Ida", "speaker:Ada sprecher:Jon Haus -sprecher:ADA"),
        ("speaker:Ada speaker:Jon", "Haus"),
    ],
)
def test_speaker_can_be_taken_out_of_a_query(typed, left):
    query = parse("speaker:Ada sprecher:Jon Haus -sprecher:ADA")

    assert without(query, parse(typed).speakers) == left


@given(any_text | st.text(st.characters(), max_size=200))
def test_every_query_is_understood_without_an_error(typed):
    query = parse(typed)
    speakers = [*query.speakers, *query.unwanted_speakers]

    assert all(word.kind != Kind.PHRASE for speaker in speakers for word in speaker.words)
    names = [word for speaker in speakers for word in speaker.words]
    clauses = (leaf for one in (*query.wanted, *query.unwanted, *names) for leaf in one.leaves())
    for clause in clauses:
        assert clause.words
        assert all(word.isalnum() and word == word.lower() for word in clause.words)
        assert (len(clause.words) > 1) == (clause.kind == Kind.PHRASE)


@given(any_text)
def test_every_name_is_understood_without_an_error(typed):
    for query in (parse(f"speaker:{typed}"), parse(f'-sprecher:"{typed}" Haus')):
        speakers = [*query.speakers, *query.unwanted_speakers]

        assert all(speaker.words for speaker in speakers)
        assert parse(query.text) == query
        assert len(without(query, speakers)) <= len(query.text)


@given(any_text)
def test_query_means_the_same_when_its_text_is_asked_again(typed):
    query = parse(typed)

    assert parse(query.text) == query


def test_word_has_the_stems_of_both_languages():
    assert parse("Häuser").wanted == (
        Clause(Kind.WORD, ("haeuser",), ("haeuser", "haus"), "Häuser"),
    )


def test_small_word_has_no_stems():
    assert parse("sich").wanted == (Clause(Kind.WORD, ("sich",), (), "sich"),)


def test_word_with_hyphen_is_a_phrase_that_may_be_written_as_one_word():
    assert parse("E-Mails").wanted == (Clause(Kind.PHRASE, ("e", "mails"), ("email",), "E-Mails"),)


def test_phrase_of_several_words_has_no_other_forms():
    assert parse('"Ende-zu-Ende sicher"').wanted[0].stems == ()


def test_clause_that_comes_twice_counts_once():
    assert shape("Haus haus HAUS -Hof -hof") == ["haus", "-hof"]


def test_word_and_beginning_are_two_clauses():
    assert shape("haus* haus") == ["haus*", "haus"]


def test_query_is_empty_where_nothing_is_wanted():
    assert not parse("-Haus")
    assert parse("Haus")


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("", ()),
        ("Haus -Garten", ()),
        ("-Haus", (Note.ONLY_EXCLUDED,)),
        ("…", (Note.NOTHING_TO_SEARCH,)),
        ("year:2026", (Note.ONLY_NARROWED,)),
        ("Haus -Hof OR Tor", (Note.NOT_IN_CHOICE,)),
        ("Haus OR year:2026", (Note.NOT_IN_CHOICE,)),
        ("x" * (LONGEST + 1), (Note.TOO_LONG,)),
        (" ".join(f"w{n}" for n in range(MOST_CLAUSES + 1)), (Note.TOO_MANY,)),
        (" ".join(f"speaker:w{n}" for n in range(MOST_CLAUSES + 1)), (Note.TOO_MANY,)),
        ("speaker:Ada", ()),
        ("Haus -speaker:Ada", ()),
        ("-speaker:Ada", (Note.ONLY_EXCLUDED,)),
        ('speaker:""', (Note.NOTHING_TO_SEARCH,)),
    ],
)
def test_query_says_what_it_ignored(typed, notes):
    assert parse(typed).notes == notes


def test_query_that_is_too_long_is_cut():
    assert shape("x " * LONGEST + "y") == ["x"]


def test_too_many_clauses_lose_the_last_and_the_unwanted_first():
    wanted = [f"w{n}" for n in range(MOST_CLAUSES - 1)]

    assert shape(" ".join(["-u0", "-u1", *wanted])) == [*wanted, "-u0"]
    assert shape(" ".join(["-u0", *wanted, "w90", "w91"])) == [*wanted, "w90"]


def test_query_keeps_what_was_typed_in_one_line():
    assert parse(" Häuser \n -Glas ") == Query(
        "Häuser -Glas", parse("Häuser").wanted, parse("-Glas").unwanted
    )
