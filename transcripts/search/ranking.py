"""Finds and ranks sessions; what is looked at closely are only those that may come first.

A session's score is the sum over the wanted clauses of their rarity (the logarithm of how few
sessions have them) times where and how they occur: in the title, in a name, in what was said, in
subtitle and abstract; the exact word counts more than its stem; and more again where all clauses
meet in one cue. Equal scores, as where only a speaker is asked for: the newer session first. Scores
are rounded, so that all databases give equal hits in equal order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from transcripts.search.catalogue import Catalogue
from transcripts.search.lookup import Asked, asked_for
from transcripts.search.query import Clause, Query, Speaker
from transcripts.search.reading import SHIFT, Cues, Reader
from transcripts.search.tables import Field
from transcripts.search.vocabulary import Entry

WEIGHTS = {Field.TITLE: 8.0, Field.PEOPLE: 8.0, Field.ABOUT: 2.0}
EXACT = 1.25  # times, where a field has the very word
MEETING = 3.0  # times the rarity, where all clauses meet in one cue
COUNTED = 10_000  # moments that are counted exactly
FIRST_LOOK = 64  # sessions that are looked at closely in one go, at first
MOST_LOOKED_AT = 2_000  # sessions


@dataclass(frozen=True)
class Proof:
    """What a close look at some sessions shows. rows: of sessions that match, ascending.

    cues: of all that were looked at. moments: the cues that answer, of all rows. meets: rows in which
    all clauses meet in one cue. said, very: for each clause, the cues that have it, and that have the
    very word, once for each time.
    """

    cues: Cues
    rows: np.ndarray
    moments: np.ndarray
    meets: np.ndarray
    said: tuple[np.ndarray, ...]
    very: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Ranking:
    """Sessions that match, by row of the catalogue, and their moments as far as they are counted.

    whole: whether every session was looked at as closely as its place and its moments ask for.
    """

    found: np.ndarray
    scores: np.ndarray
    moments: int
    whole: bool


class Search:
    """One search in an index as it stands: first by counts, then, where it matters, by places."""

    def __init__(
        self, connection: Connection, catalogue: Catalogue, query: Query, visible: np.ndarray
    ) -> None:
        self.query = query
        self.catalogue = catalogue
        self.visible = visible
        self.reader = Reader(connection, catalogue)
        speakers = (*query.speakers, *query.unwanted_speakers)
        names = [word for speaker in speakers for word in speaker.words]
        self.asked = asked_for(connection, [*query.wanted, *query.unwanted, *names])
        self.wanted = [self.asked[clause] for clause in query.wanted]
        self.unwanted = [self.asked[clause] for clause in query.unwanted]
        self.reader.prepare(self._entries(names))
        self._told: dict[tuple[Clause, Field], tuple[np.ndarray, np.ndarray]] = {}

    def _entries(self, names: Sequence[Clause]) -> Iterator[Entry]:
        for asked in (*self.wanted, *self.unwanted):
            yield from asked.tallied
            for fields in (*asked.words, asked.forms):
                for field in WEIGHTS:
                    yield from fields.get(field, ())
                if not asked.tallied:
                    yield from fields.get(Field.SPEECH, ())
        for name in names:
            yield from self.asked[name].very(Field.SPEAKER)

    # By counts

    def ranking(self, chosen: np.ndarray, enough: int) -> Ranking:
        """The sessions that match; among the chosen, the first `enough` stand in their order."""
        candidates = self.visible & ~self._barred()
        for asked in self.wanted:
            candidates &= self._may_have(asked)
        if self.query.speakers:
            candidates &= self._may_speak(self.query.speakers)
        if self._needs_places():
            return self._looked_at(candidates, chosen)
        return self._counted(candidates, chosen, enough)

    def _needs_places(self) -> bool:
        """Whether counts do not tell which sessions match."""
        query = self.query
        phrase = any(asked.is_phrase for asked in self.wanted)
        return bool(phrase or query.unwanted or query.speakers or query.unwanted_speakers)

    def _may_have(self, asked: Asked) -> np.ndarray:
        said = self._spoken(asked)[0] > 0
        if self.query.speakers:
            return said
        for field in WEIGHTS:
            said |= self.told(asked, field)[0]
        return said

    def _spoken(self, asked: Asked) -> tuple[np.ndarray, np.ndarray]:
        """In how many cues of each session a clause is, at most, and its very word."""
        if asked.is_phrase:
            words = [self.reader.counts(word.get(Field.SPEECH, ())) for word in asked.words]
            very = np.minimum.reduce(words)
        else:
            very = self.reader.counts(asked.tallied or asked.very(Field.SPEECH))
        return very + self.reader.counts(asked.other(Field.SPEECH)), very

    def _may_speak(self, speakers: Sequence[Speaker]) -> np.ndarray:
        some = np.zeros(len(self.catalogue), bool)
        for speaker in speakers:
            all_words = np.ones(len(self.catalogue), bool)
            for word in speaker.words:
                all_words &= self.reader.counts(self.asked[word].very(Field.SPEAKER)) > 0
            some |= all_words
        return some

    def told(self, asked: Asked, field: Field) -> tuple[np.ndarray, np.ndarray]:
        """Whether each visible session has a clause in a field that is told, and its very word."""
        key = (asked.clause, field)
        if key not in self._told:
            if asked.is_phrase:
                very = self._phrase_told(asked, field)
            else:
                very = self.reader.counts(asked.very(field)) > 0
            forms = self.reader.counts(asked.other(field)) > 0
            self._told[key] = (very | forms) & self.visible, very & self.visible
        return self._told[key]

    def _phrase_told(self, asked: Asked, field: Field) -> np.ndarray:
        has = self.visible.copy()
        for word in asked.words:
            has &= self.reader.counts(word.get(field, ())) > 0
        found = np.zeros(len(self.catalogue), bool)
        found[self._phrase(asked, field, np.flatnonzero(has)) >> SHIFT] = True
        return found

    def _phrase(self, asked: Asked, field: Field, rows: np.ndarray) -> np.ndarray:
        """Where a phrase begins in the sessions of these rows."""
        first, *others = (self.reader.places(word.get(field, ()), rows) for word in asked.words)
        for distance, places in enumerate(others, 1):
            first = first[np.isin(first + distance, places)]
        return first

    def _barred(self) -> np.ndarray:
        """Sessions that are about something unwanted."""
        barred = np.zeros(len(self.catalogue), bool)
        for asked in self.unwanted:
            for field in WEIGHTS:
                barred |= self.told(asked, field)[0]
        return barred

    def _counted(self, found: np.ndarray, chosen: np.ndarray, enough: int) -> Ranking:
        """Where counts tell which sessions match, and all of the order but where clauses meet."""
        parts, rarities = [], 0.0
        for asked in self.wanted:
            said, very = self._spoken(asked)
            points = np.log2(1.0 + said) + np.log2(1.0 + very) + self._points_told(asked)
            rarity = self._rarity((points > 0) & self.visible)
            rarities += rarity
            parts.append(rarity * points)
        scores = np.where(found, np.sum(parts, axis=0), 0.0)
        bonus = MEETING * rarities if len(self.wanted) > 1 else 0.0
        order = self.catalogue.ordered(found & chosen, np.round(scores, 6))
        if len(self.wanted) == 1 and self._is_counted_exactly():
            scores = np.round(scores, 6)
            moments = int(self._spoken(self.wanted[0])[0][order].sum())
            return Ranking(found, scores, moments, True)
        moments, looked, step = 0, 0, FIRST_LOOK
        while looked < len(order):
            batch = order[looked : looked + step]
            proof = self.proof(batch)
            scores[proof.meets] += bonus
            moments += len(proof.moments)
            looked += len(batch)
            step *= 4
            best = np.sort(scores[order[:looked]])[::-1]
            settled = (
                len(self.wanted) == 1
                or looked >= len(order)
                or (len(best) >= enough and best[enough - 1] >= scores[order[looked]] + bonus)
            )
            if (settled and moments > COUNTED) or looked >= MOST_LOOKED_AT:
                break
        return Ranking(found, np.round(scores, 6), moments, looked >= len(order))

    def _is_counted_exactly(self) -> bool:
        """Whether no two entries of the one clause can be in the same cue."""
        (asked,) = self.wanted
        return len(asked.tallied or asked.any(Field.SPEECH)) <= 1

    def _points_told(self, asked: Asked) -> np.ndarray:
        points = np.zeros(len(self.catalogue))
        if self.query.speakers:
            return points
        for field, weight in WEIGHTS.items():
            told, very = self.told(asked, field)
            points += np.where(very, weight * EXACT, np.where(told, weight, 0.0))
        return points

    def _rarity(self, has: np.ndarray) -> float:
        """What is rare is so among the visible ones: the others do not exist, not even in the order."""
        return float(np.log(1.0 + self.visible.sum() / max(1, has.sum())))

    # By places

    def _looked_at(self, candidates: np.ndarray, chosen: np.ndarray) -> Ranking:
        """Where only places tell which sessions match."""
        bound = np.zeros(len(self.catalogue))
        for asked in self.wanted:
            said, very = self._spoken(asked)
            bound += np.log2(1.0 + said) + np.log2(1.0 + very) + self._points_told(asked)
        order = self.catalogue.ordered(candidates, bound + 1000.0 * chosen)[:MOST_LOOKED_AT]
        proof = self.proof(np.sort(order))
        found = np.zeros(len(self.catalogue), bool)
        found[proof.rows] = True
        scores = np.zeros(len(self.catalogue))
        rarities = 0.0
        for asked, said, very in zip(self.wanted, proof.said, proof.very, strict=True):
            size = len(self.catalogue)
            rows = proof.cues.row
            points = (
                np.log2(1.0 + np.bincount(rows[said], minlength=size))
                + np.log2(1.0 + np.bincount(rows[np.unique(very)], minlength=size))
                + self._points_told(asked)
            )
            rarity = self._rarity((points > 0) & self.visible)
            rarities += rarity
            scores += rarity * points
        if len(self.wanted) > 1:
            scores[proof.meets] += MEETING * rarities
        moments = proof.moments[chosen[proof.cues.row[proof.moments]]]
        whole = len(order) == candidates.sum()
        return Ranking(found, np.round(scores, 6), len(moments), bool(whole))

    def proof(self, rows: np.ndarray) -> Proof:
        """Looks closely at the sessions of these rows."""
        cues = self.reader.cues(rows)
        allowed = self._allowed(cues, rows)
        if not self.wanted:
            moments = self._turns(cues, rows)
            moments = moments[allowed[moments]]
            there = np.unique(cues.row[moments])
            return Proof(cues, there, moments, there, (), ())
        said, very = [], []
        for asked in self.wanted:
            all_of, exact = self._heard(asked, cues, rows)
            said.append(all_of[allowed[all_of]])
            very.append(exact[allowed[exact]])
        has = np.ones(len(self.catalogue), bool)
        for asked, each in zip(self.wanted, said, strict=True):
            own = np.zeros(len(self.catalogue), bool)
            own[cues.row[each]] = True
            if not self.query.speakers:
                for field in WEIGHTS:
                    own |= self.told(asked, field)[0]
            has &= own
        together = said[0]
        for each in said[1:]:
            together = together[np.isin(together, each)]
        matching = rows[has[rows]]
        meets = np.intersect1d(cues.row[together], matching)
        either = np.unique(np.concatenate(said))
        is_met = np.zeros(len(self.catalogue), bool)
        is_met[meets] = True
        moments = np.union1d(together, either[~is_met[cues.row[either]]])
        moments = moments[has[cues.row[moments]]]
        return Proof(cues, np.sort(matching), moments, meets, tuple(said), tuple(very))

    def _heard(self, asked: Asked, cues: Cues, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The cues that have a clause, and those that have its very words, once for each time."""
        if asked.is_phrase:
            exact = self._phrase(asked, Field.SPEECH, rows)
        else:
            exact = self.reader.places(self._within(asked, rows), rows)
        forms = self.reader.places(asked.other(Field.SPEECH), rows)
        exact, forms = cues.of_places(exact), cues.of_places(forms)
        return np.union1d(exact, forms), exact

    def _within(self, asked: Asked, rows: np.ndarray) -> Sequence:
        """The entries of a word or a beginning; of those with tallies only what these sessions have."""
        entries = asked.very(Field.SPEECH)
        if not asked.tallied:
            return entries
        there = self.reader.entries(rows)
        known = np.unique(np.concatenate(list(there.values()))) if there else np.zeros(0, np.int64)
        ids = np.array([entry.id for entry in entries], np.int64)
        return [entries[n] for n in np.flatnonzero(np.isin(ids, known)).tolist()]

    def _allowed(self, cues: Cues, rows: np.ndarray) -> np.ndarray:
        """Whether each cue counts: by whom it is said, and that nothing unwanted is in it."""
        allowed = np.ones(len(cues), bool)
        if self.query.speakers:
            allowed[:] = False
            for speaker in self.query.speakers:
                allowed[self._said_by(speaker, cues, rows)] = True
        for speaker in self.query.unwanted_speakers:
            allowed[self._said_by(speaker, cues, rows)] = False
        for asked in self.unwanted:
            allowed[self._heard(asked, cues, rows)[0]] = False
        return allowed

    def _said_by(self, speaker: Speaker, cues: Cues, rows: np.ndarray) -> np.ndarray:
        both: np.ndarray | None = None
        for word in speaker.words:
            numbers = self.reader.places(self.asked[word].very(Field.SPEAKER), rows)
            found = cues.numbered(numbers)
            both = found if both is None else both[np.isin(both, found)]
        return np.zeros(0, np.int64) if both is None else both

    def _turns(self, cues: Cues, rows: np.ndarray) -> np.ndarray:
        turns: Mapping[int, np.ndarray] = self.reader.turns(rows)
        found = [numbers + (row << SHIFT) for row, numbers in sorted(turns.items())]
        return cues.numbered(np.concatenate(found)) if found else np.zeros(0, np.int64)
