"""The page of a session of three hours: as light as it has to be on a phone."""

import gzip
import random

import pytest

from tests import factories as make
from transcripts.cues import Cue

HOURS = 3
WORDS = 30_000
LIMIT = 250_000  # bytes of the page, compressed
ONSETS, VOWELS, ENDS = (
    "b d f g h k l m n r s t w z st sch".split(),
    "aeiouäü",
    " n r s t l ng ch".split(" "),
)


def speech(seed: int = 7) -> list[Cue]:
    """As many words as people say in three hours; the common ones come often, as in any language."""
    chance = random.Random(seed)
    parts = (ONSETS, VOWELS, ENDS)
    lexicon = [
        "".join(chance.choice(part) for _ in range(chance.choice((1, 2, 2, 3))) for part in parts)
        for _ in range(6000)
    ]
    weights = [1 / (rank + 3) for rank in range(len(lexicon))]
    length = HOURS * 3600 / WORDS
    cues, said = [], 0
    while said < WORDS:
        count = chance.randint(5, 13)
        words = chance.choices(lexicon, weights, k=count)
        start = round(said * length + chance.random() * 0.2, 2)
        end = round((said + count) * length - 0.05, 2)
        text = " ".join(words).capitalize() + chance.choice(("", "", ",", ".", "?"))
        cues.append(make.timed_cue(text, start, end, f"Sprecherin {said // 900 % 4}"))
        said += count
    return cues


@pytest.fixture
def epic(db, parts):
    make.a_talk(db, parts, cues=speech(), slug="epic")
    db.commit()


def test_words_are_no_lighter_than_those_of_a_real_talk():
    """The figure below would mean nothing if the made-up text were easy to compress."""
    text = " ".join(cue.text for cue in speech()).encode()

    assert len(gzip.compress(text, 6)) > 75_000  # as 30,000 words of German prose have


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_page_of_three_hours_is_light(client, epic, encoding):
    answer = client.get("/sessions/epic", headers={"Accept-Encoding": encoding})

    assert answer.headers["Content-Encoding"] == encoding
    assert len(answer.get_data()) <= LIMIT
