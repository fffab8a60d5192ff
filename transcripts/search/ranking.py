"""Finds and ranks sessions; what is looked at closely are only those that may come first.

A session's score is the sum over the wanted clauses of their rarity (the logarithm of how few
sessions have them) times where and how they occur: in the title, in a name, in what was said, in
subtitle and abstract; the exact word counts more than its stem, and that more than a part of a
compound; and more again where all clauses meet in one cue. Equal scores, as where only a speaker is
asked for: the newer session first. Scores are rounded, so that all databases give equal hits in equal
order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from transcripts.search.catalogue import Catalogue
from transcripts.search.clauses import Kind, Speaker
from transcripts.search.cues import NOWHERE, SHIFT, Cues, KeptCues
from transcripts.search.evidence import Evidence, Levels
from transcripts.search.lookup import Asked, asked_for, speaking
from transcripts.search.query import Query
from transcripts.search.reading import Reader
from transcripts.search.results import Order
from transcripts.search.sets import common, distinct, is_among, union
from transcripts.search.tables import Field

WEIGHTS = {Field.TITLE: 8.0, Field.PEOPLE: 8.0, Field.ABOUT: 2.0}
EXACT = 1.25  # times, where a field has the very word
LESS = 0.5  # times, where it answers less well
MEETING = 3.0  # times the rarity, where all clauses meet in one cue
COUNTED = 10_000  # moments that are counted exactly
FIRST_LOOK = 64  # sessions that are looked at closely in one go, at first
MOST_LOOKED_AT = 2_000  # sessions
GROWTH = 16  # times as many sessions as before are looked at next, at most


@dataclass(frozen=True)
class Proof:
    """What a close look at some sessions shows. rows: of sessions that match, ascending.

    moments: the cues that answer, of all rows. meets: rows in which all clauses meet in one cue.
    heard: of each clause, its cues.
    """

    rows: np.ndarray
    moments: np.ndarray
    meets: np.ndarray
    heard: tuple[Levels, ...]


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
        self,
        connection: Connection,
        catalogue: Catalogue,
        cues: KeptCues,
        query: Query,
        visible: np.ndarray,
    ) -> None:
        self.query = query
        self.catalogue = catalogue
        self.visible = visible
        self.reader = Reader(connection, catalogue, cues)
        self.evidence = Evidence(self.reader, catalogue, visible)
        speakers = (*query.speakers, *query.unwanted_speakers)
        names = [word for speaker in speakers for word in speaker.words]
        self.names = speaking(connection, names) if names else {}
        asked = asked_for(connection, [*query.wanted, *query.unwanted])
        self.wanted = [asked[clause] for clause in query.wanted]
        self.unwanted = [asked[clause] for clause in query.unwanted]
        needed = [e for a in (*self.wanted, *self.unwanted) for e in self.evidence.prepare(a)]
        needed += [entry for name in names for entry in self.names[name]]
        self.reader.prepare(needed)

    def told(self) -> Mapping[Field, np.ndarray]:
        """Which sessions have a wanted clause, as a whole, in each field that is told."""
        none = np.zeros(len(self.catalogue), bool)
        return {
            field: np.logical_or.reduce(
                [none, *(self.evidence.told(a, field).said for a in self.wanted)]
            )
            for field in WEIGHTS
        }

    # By counts

    def ranking(self, chosen: np.ndarray, enough: int, order: Order = Order.RELEVANCE) -> Ranking:
        """The sessions that match; among the chosen, the first `enough` stand in their order."""
        candidates = self.visible & ~self._barred()
        for asked in self.wanted:
            candidates &= self._may_have(asked)
        if self.query.speakers:
            candidates &= self._may_speak(self.query.speakers)
        if self._needs_places():
            return self._looked_at(candidates, chosen, enough, order)
        return self._counted(candidates, chosen, enough, order)

    def _needs_places(self) -> bool:
        """Whether counts do not tell which sessions match."""
        query = self.query
        by_places = any(
            leaf.clause.kind is Kind.PHRASE or leaf.apart
            for asked in self.wanted
            for leaf in asked.leaves()
        )
        near = any(_has_near(asked) for asked in self.wanted)
        return bool(
            by_places or near or query.unwanted or query.speakers or query.unwanted_speakers
        )

    def _may_have(self, asked: Asked) -> np.ndarray:
        has = self.evidence.spoken(asked).said > 0
        for field in self._fields(asked):
            has |= self.evidence.told(asked, field).said
        return has

    def _fields(self, asked: Asked) -> Sequence[Field]:
        """The fields beside speech that count: what a speaker is to have said must be said."""
        if self.query.speakers and not asked.clause.in_title:
            return ()
        return tuple(WEIGHTS)

    def _may_speak(self, speakers: Sequence[Speaker]) -> np.ndarray:
        some = np.zeros(len(self.catalogue), bool)
        for speaker in speakers:
            all_words = np.ones(len(self.catalogue), bool)
            for word in speaker.words:
                all_words &= self.reader.counts(self.names[word]) > 0
            some |= all_words
        return some

    def _barred(self) -> np.ndarray:
        """Sessions that are about something unwanted."""
        barred = np.zeros(len(self.catalogue), bool)
        for asked in self.unwanted:
            for field in WEIGHTS:
                barred |= self.evidence.told(asked, field).said
        return barred

    def _counted(self, found: np.ndarray, chosen: np.ndarray, enough: int, by: Order) -> Ranking:
        """Where counts tell which sessions match, and all of the order but where clauses meet."""
        parts, rarities = [], 0.0
        for asked in self.wanted:
            points = _points(self.evidence.spoken(asked)) + self._points_told(asked)
            rarity = self._rarity((points > 0) & self.visible)
            rarities += rarity
            parts.append(rarity * points)
        scores = np.where(found, np.sum(parts, axis=0), 0.0)
        bonus = MEETING * rarities
        order = self.catalogue.ordered(found & chosen, np.round(scores, 6), by)
        if len(self.wanted) == 1:
            return self._counted_alone(found, order, np.round(scores, 6))
        ahead, moments, looked, step = self._at_least(order), 0, 0, FIRST_LOOK
        while looked < len(order):
            batch = order[looked : looked + step]
            proof = self.proof(batch)
            scores[proof.meets] += bonus
            moments += len(proof.moments)
            looked += len(batch)
            best = np.sort(scores[order[:looked]])[::-1]
            settled = (
                by is not Order.RELEVANCE
                or looked >= len(order)
                or (len(best) >= enough and best[enough - 1] >= scores[order[looked]] + bonus)
            )
            if (settled and moments + ahead[looked] > COUNTED) or looked >= MOST_LOOKED_AT:
                break
            step = _next_look(step, looked, moments, ahead[looked:])
        return self._as_counted(found, scores, moments, ahead[looked:])

    def _counted_alone(self, found: np.ndarray, order: np.ndarray, scores: np.ndarray) -> Ranking:
        """Of one clause: looks only where two of its words may be in the same cue."""
        (asked,) = self.wanted
        alone = self.evidence.alone(asked)[order]
        moments = int(self.evidence.spoken(asked).said[order[alone]].sum())
        others, looked, step = order[~alone], 0, FIRST_LOOK
        ahead = self._at_least(others)
        most = min(len(others), MOST_LOOKED_AT)
        while looked < most and moments + ahead[looked] <= COUNTED:
            batch = others[looked : looked + step]
            moments += len(self.proof(batch).moments)
            looked += len(batch)
            step = _next_look(step, looked, moments, ahead[looked:])
        return self._as_counted(found, scores, moments, ahead[looked:])

    def _at_least(self, order: np.ndarray) -> np.ndarray:
        """How many moments the sessions from each place of the order on have at least, all together.

        One of a session in which all clauses are said, as they may meet in one cue; else as many as the
        most frequent of them.
        """
        said = [asked for asked in self.wanted if not asked.clause.in_title]
        least = [self.evidence.least(asked)[order] for asked in said] or [np.zeros(len(order))]
        may_meet = np.logical_and.reduce([each > 0 for each in least]) & (len(said) > 1)
        each = np.where(may_meet, 1, np.maximum.reduce(least)).astype(np.int64)
        return np.append(np.cumsum(each[::-1])[::-1], 0)

    def _as_counted(
        self, found: np.ndarray, scores: np.ndarray, moments: int, ahead: np.ndarray
    ) -> Ranking:
        """ahead: of the sessions that were not looked at, and an end."""
        whole = len(ahead) == 1
        if not whole and moments + ahead[0] > COUNTED:
            moments = max(moments, COUNTED)
        return Ranking(found, np.round(scores, 6), moments, whole)

    def _points_told(self, asked: Asked) -> np.ndarray:
        points = np.zeros(len(self.catalogue))
        for field in self._fields(asked):
            told, weight = self.evidence.told(asked, field), WEIGHTS[field]
            points += np.where(told.said, weight * LESS, 0.0)
            points += np.where(told.well, weight * (1 - LESS), 0.0)
            points += np.where(told.very, weight * (EXACT - 1), 0.0)
        return points

    def _rarity(self, has: np.ndarray) -> float:
        """What is rare is so among the visible ones: the others do not exist, not even in the order."""
        return float(np.log(1.0 + self.visible.sum() / max(1, has.sum())))

    # By places

    def _looked_at(
        self, candidates: np.ndarray, chosen: np.ndarray, enough: int, by: Order
    ) -> Ranking:
        """Where only places tell which sessions match: those first that may have the best of them."""
        size = len(self.catalogue)
        bound = np.zeros(size)
        for asked in self.wanted:
            bound += _points(self.evidence.spoken(asked)) + self._points_told(asked)
        first = self.catalogue.ordered(candidates & chosen, bound, by)
        others = self.catalogue.ordered(candidates & ~chosen, bound, by)
        order = np.concatenate([first, others])
        found, meets = np.zeros(size, bool), np.zeros(size, bool)
        heard = [Levels(np.zeros(size), np.zeros(size), np.zeros(size)) for _ in self.wanted]
        moments, looked, step = 0, 0, min(FIRST_LOOK, MOST_LOOKED_AT)
        while looked < min(len(order), MOST_LOOKED_AT):
            proof = self.proof(np.sort(order[looked : looked + step]))
            found[proof.rows] = True
            meets[proof.meets] = True
            moments += int(chosen[self.reader.cues.rows(proof.moments)].sum())
            heard = [
                all_of.plus(_of_sessions(one, self.reader.cues, size))
                for all_of, one in zip(heard, proof.heard, strict=True)
            ]
            looked += step
            left = np.zeros(max(0, len(order) - looked) + 1, np.int64)  # whether they match is open
            step = min(_next_look(step, looked, moments, left), MOST_LOOKED_AT - looked)
            if moments > COUNTED and (found & chosen).sum() >= enough:
                break
        scores, rarities = np.zeros(size), 0.0
        for asked, each in zip(self.wanted, heard, strict=True):
            points = np.where(found, _points(each) + self._points_told(asked), 0.0)
            rarity = self._rarity((points > 0) & self.visible)
            rarities += rarity
            scores += rarity * points
        if len(self.wanted) > 1:
            scores[meets] += MEETING * rarities
        return Ranking(found, np.round(scores, 6), moments, looked >= len(order))

    def proof(self, rows: np.ndarray) -> Proof:
        """Looks closely at the sessions of these rows."""
        cues = self.reader.cues
        if not self.wanted:
            moments = self._limits(rows).within(self._turns(rows))
            there = distinct(cues.rows(moments))
            return Proof(there, moments, there, ())
        self.evidence.look(self.wanted, rows)
        stands = [self.evidence.stands(asked, rows) for asked in self.wanted]
        limits = self._limits(distinct(np.concatenate([each.said for each in stands]) >> SHIFT))
        heard = [each.in_cues(cues).only(limits.within) for each in stands]
        has = np.ones(len(self.catalogue), bool)
        for asked, each in zip(self.wanted, heard, strict=True):
            own = np.zeros(len(self.catalogue), bool)
            own[cues.rows(each.said)] = True
            for field in self._fields(asked):
                own |= self.evidence.told(asked, field).said
            has &= own
        matching = rows[has[rows]]
        said = [
            each.said
            for asked, each in zip(self.wanted, heard, strict=True)
            if not asked.clause.in_title
        ]
        if not said:
            return Proof(np.sort(matching), NOWHERE, NOWHERE, tuple(heard))
        together = said[0]
        for each in said[1:]:
            together = common(together, each)
        meets = distinct(cues.rows(together))
        meets = meets[has[meets]]
        either = distinct(np.concatenate(said)) if len(said) > 1 else together
        is_met = np.zeros(len(self.catalogue), bool)
        is_met[meets] = True
        moments = union(together, either[~is_met[cues.rows(either)]])
        moments = moments[has[cues.rows(moments)]]
        return Proof(np.sort(matching), moments, meets, tuple(heard))

    def _limits(self, rows: np.ndarray) -> "_Limits":
        """Which cues of the sessions of these rows count."""
        query, said_by = self.query, self.evidence.said_by
        by = [said_by(speaker, self.names, rows) for speaker in query.speakers]
        barred = [said_by(speaker, self.names, rows) for speaker in query.unwanted_speakers]
        barred += [
            self.evidence.stands(asked, rows).in_cues(self.reader.cues).said
            for asked in self.unwanted
        ]
        return _Limits(
            distinct(np.concatenate(by)) if by else None,
            distinct(np.concatenate(barred)) if barred else None,
        )

    def _turns(self, rows: np.ndarray) -> np.ndarray:
        turns: Mapping[int, np.ndarray] = self.reader.turns(rows)
        found = [numbers + (row << SHIFT) for row, numbers in sorted(turns.items())]
        return self.reader.cues.numbered(np.concatenate(found)) if found else NOWHERE


@dataclass(frozen=True)
class _Limits:
    """Which cues count: those said by whom is asked for, and none that has something unwanted."""

    said_by: np.ndarray | None
    barred: np.ndarray | None

    def within(self, cues: np.ndarray) -> np.ndarray:
        """Those of the cues that count."""
        if self.said_by is not None:
            cues = cues[is_among(cues, self.said_by)]
        return cues if self.barred is None else cues[~is_among(cues, self.barred)]


def _next_look(last: int, looked: int, moments: int, ahead: np.ndarray) -> int:
    """How many sessions to look at next: as many as are likely to have the moments that are missing.

    Four times as many as before, where it is only the order that is waited for.
    ahead: how many moments those that are left have at least, all together, and an end.
    """
    missing = COUNTED + 1 - moments - int(ahead[0])
    left = len(ahead) - 1
    if missing <= 0 or not left:
        return last * 4
    gained = moments / looked - int(ahead[0]) / left  # by each that is looked at
    likely = int(missing / gained * 1.1) if gained > 0 else left
    return min(last * GROWTH, max(FIRST_LOOK // 4, likely))


def _has_near(asked: Asked) -> bool:
    return asked.clause.kind is Kind.NEAR or any(_has_near(part) for part in asked.parts)


def _points(spoken: Levels) -> np.ndarray:
    """What is said often counts more, but ever less so."""
    said, well, very = (np.log2(1.0 + each) for each in (spoken.said, spoken.well, spoken.very))
    return LESS * said + (1 - LESS) * well + very


def _of_sessions(heard: Levels, cues: Cues, size: int) -> Levels:
    """In how many cues of each session a clause is."""
    levels = (heard.said, heard.well, distinct(heard.very))
    return Levels(*(np.bincount(cues.rows(each), minlength=size) for each in levels))
