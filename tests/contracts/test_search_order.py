"""Which session comes first: the better one, then the newer one, or as the reader asks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from transcripts.search.results import Order


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"title": "Haus"}, {"cues": ["Haus"]}),
        ({"title": "Haus"}, {"abstract": "Haus"}),
        ({"people": ((7, "Mara Haus"),)}, {"abstract": "Haus"}),
        ({"title": "Haus"}, {"title": "Häuser"}),
        ({"cues": ["Haus"]}, {"cues": ["Häuser"]}),
        ({"cues": ["Haus", "Haus"]}, {"cues": ["Haus"]}),
        ({"abstract": "Haus", "cues": ["Haus"]}, {"abstract": "Haus"}),
    ],
)
def test_better_session_comes_first(shelf, better, worse):
    for session_id, values in ((1, better), (2, worse), (4, worse), (3, better)):
        shelf.add(
            session_id, *values.get("cues", ()), **{k: v for k, v in values.items() if k != "cues"}
        )

    assert shelf.found("Haus") == [3, 1, 4, 2]  # fmt: skip


def test_session_in_which_all_words_meet_comes_first(shelf):
    shelf.add(1, "ein Haus aus Glas")
    shelf.add(2, "ein Haus", "ein Glas", "noch ein Haus", "noch ein Glas")

    assert shelf.found("Haus Glas") == [1, 2]


def test_rare_word_counts_more_than_a_common_one(shelf):
    shelf.add(2, "Zikade", title="Haus")
    shelf.add(1, "Haus", title="Zikade")
    for session_id in range(3, 20):
        shelf.add(session_id, "Haus")

    assert shelf.found("Haus Zikade") == [1, 2]


def test_newer_session_comes_first_where_both_are_as_good(shelf):
    noon = datetime(2026, 6, 12, 12, tzinfo=UTC)
    shelf.add(1, "Haus", starts_at=noon)
    shelf.add(2, "Haus", starts_at=None)
    shelf.add(
        3, "Haus", starts_at=datetime(2026, 6, 12, 13, 30, tzinfo=timezone(timedelta(hours=2)))
    )
    shelf.add(4, "Haus", starts_at=noon + timedelta(days=1))

    assert shelf.found("Haus") == [4, 1, 3, 2]  # fmt: skip


@pytest.mark.parametrize("query", ["Zentrum", "Zentrum OR Garten", "Zentrum Tag"])
def test_word_counts_more_than_its_form_and_that_more_than_a_compound(shelf, query):
    for session_id, word in ((1, "Rechenzentrum"), (2, "Zentrum"), (3, "Zentren")):
        shelf.add(session_id, f"guten Tag, das {word}")

    assert shelf.found(query) == [2, 3, 1]


def test_compound_in_a_title_counts_less_than_the_word_and_more_than_speech(shelf):
    shelf.add(1, title="Das Rechenzentrum")
    shelf.add(2, "das Zentrum")
    shelf.add(3, title="Das Zentrum")

    assert shelf.found("Zentrum") == [3, 1, 2]


def test_exact_name_comes_before_what_only_shares_its_stem(shelf):
    shelf.add(2, people=((7, "Eva Lang"),))
    shelf.add(1, people=((8, "Eva Langer"),))

    assert shelf.found("Langer")[0] == 1
    assert shelf.found("Lang")[0] == 2


def test_order_may_be_by_date_or_by_speaker(shelf):
    for session_id, day, name, text in (
        (1, 3, "Örtel", "Haus"), (2, 1, "Zoll", "Haus Haus Haus"), (3, 2, "oben", "Haus"),
    ):  # fmt: skip
        moment = datetime(2026, 6, day, tzinfo=UTC)
        shelf.add(session_id, text, starts_at=moment, people=((session_id, name),))
    shelf.add(4, "Haus Haus", starts_at=None)

    def found(order: Order, **paging: int) -> list[int]:
        return [hit.session_id for hit in shelf.search("Haus", order=order, **paging).hits]

    assert found(Order.RELEVANCE) == [1, 3, 2, 4]
    assert found(Order.NEWEST) == [1, 3, 2, 4]
    assert found(Order.SPEAKER) == [3, 1, 2, 4]
    assert found(Order.SPEAKER, page=2, per_page=2) == [2, 4]
    phrase = shelf.search('"Haus Haus"', order=Order.SPEAKER)
    assert [hit.session_id for hit in phrase.hits] == [2, 4]
