"""An index of quotations: sessions, and in them the moments where the words were said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import listed, listed_visibilities
from archive.models.people import Person
from archive.models.programme import Event, Session
from archive.models.recording import Recording, State
from archive.models.users import User
from archive.queries.cards import SessionCard, session_cards
from transcripts.search.clauses import Restriction
from transcripts.search.highlight import Fragment
from transcripts.search.index import SearchIndex
from transcripts.search.query import Query
from transcripts.search.results import (
    Facets,
    Filters,
    Moment,
    Order,
    Results,
    Reviewed,
    SessionHit,
)
from transcripts.search.terms import words

PER_PAGE = 10
MOMENTS = 3
UNKNOWN = -1  # the id of nothing


@dataclass(frozen=True)
class Choice:
    """What the visitor narrowed the search to; None: everything."""

    event: str | None = None  # slug
    person: str | None = None  # slug
    kind: str | None = None
    language: str | None = None
    year: str | None = None
    reviewed: str | None = None  # how much of the transcript


@dataclass(frozen=True)
class Option:
    """One value of a filter, with the number of sessions behind it."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class FoundSession:
    """A session that matches, with its best moments."""

    card: SessionCard
    title: tuple[Fragment, ...]
    subtitle: tuple[Fragment, ...]
    abstract: tuple[Fragment, ...]  # empty where it did not match
    people: Mapping[int, tuple[Fragment, ...]]  # person id -> marked name, where it matched
    moments: tuple[Moment, ...]
    moment_count: int
    moment_starts: tuple[float, ...]  # seconds, of all moments (at most 500)


@dataclass(frozen=True)
class SearchPage:
    """Everything the search page says."""

    total_sessions: int
    total_moments: int
    more: bool  # than these, at least
    found: tuple[FoundSession, ...]
    page: int
    pages: int
    events: tuple[Option, ...]
    people: tuple[Option, ...]
    kinds: tuple[Option, ...]  # labels are the values themselves
    languages: tuple[Option, ...]
    years: tuple[Option, ...]
    reviewed: tuple[Option, ...]
    meant: str | None  # what was probably meant, where a word is nowhere
    speakers_known: bool  # whether any of the speakers asked for says anything at all


@dataclass(frozen=True)
class ArchiveSize:
    """How much there is to search."""

    sessions: int
    seconds: float


def search_page(
    db: DatabaseSession,
    index: SearchIndex,
    user: User | None,
    query: Query,
    choice: Choice,
    page: int,
    order: Order = Order.RELEVANCE,
) -> SearchPage:
    """The sessions `user` may see that match `query` within `choice`."""
    filters = filters_of(db, user, query, choice)
    results = _results(db, index, query, filters, page, order)
    cards = {card.id: card for card in session_cards(db, [hit.session_id for hit in results.hits])}
    return SearchPage(
        total_sessions=results.total_sessions,
        total_moments=results.total_moments,
        more=results.more,
        found=tuple(
            _found(cards[hit.session_id], hit) for hit in results.hits if hit.session_id in cards
        ),
        page=results.page,
        pages=results.pages,
        events=_event_options(db, results.facets, choice),
        people=_person_options(db, results.facets, choice),
        kinds=_plain_options(results.facets.kinds, choice.kind),
        languages=_plain_options(results.facets.languages, choice.language),
        years=_year_options(results.facets.years, choice.year),
        reviewed=_plain_options(results.facets.reviewed, choice.reviewed),
        meant=results.meant,
        speakers_known=results.total_sessions > 0
        or _speak(db, index, query, Filters(visibilities=filters.visibilities)),
    )


def filters_of(db: DatabaseSession, user: User | None, query: Query, choice: Choice) -> Filters:
    """What `user` may find, narrowed down by the choice and by the query itself."""
    event_id, person_id = _chosen_ids(db, choice)
    return Filters(
        visibilities=listed_visibilities(user),
        event_id=event_id,
        person_id=person_id,
        language=choice.language,
        kind=choice.kind,
        year=_number(choice.year),
        reviewed=_reviewed(choice.reviewed),
        restrictions=tuple(_restriction(db, one) for one in query.restrictions),
    )


def choice_labels(db: DatabaseSession, choice: Choice) -> dict[str, str]:
    """What the chosen filters are called; events and people by name, the rest by value."""
    labels = {name: value for name, value in vars(choice).items() if value}
    if choice.event:
        title = db.scalar(select(Event.title).where(Event.slug == choice.event))
        labels["event"] = title or choice.event
    if choice.person:
        name = db.scalar(select(Person.name).where(Person.slug == choice.person))
        labels["person"] = name or choice.person
    return labels


def archive_size(db: DatabaseSession, user: User | None) -> ArchiveSize:
    """How many sessions with a recording `user` may search, and their length."""
    longest = (
        select(Recording.session_id, func.max(Recording.duration).label("seconds"))
        .join(Session, Recording.session_id == Session.id)
        .where(listed(user), Recording.state != State.FAILED)
        .group_by(Recording.session_id)
        .subquery()
    )
    total = func.coalesce(func.sum(longest.c.seconds), 0.0)
    sessions, seconds = db.execute(select(func.count(), total).select_from(longest)).one()
    return ArchiveSize(sessions=sessions, seconds=float(seconds))


def _number(year: str | None) -> int | None:
    if year is None:
        return None
    return int(year) if year.isdecimal() and len(year) <= 4 else UNKNOWN


def _reviewed(value: str | None) -> Reviewed | str | None:
    """An unknown value stays one that nothing has."""
    return Reviewed(value) if value in list(Reviewed) else value


def _restriction(db: DatabaseSession, restriction: Restriction) -> Restriction:
    """Events by their ids: those whose title has all the words, or whose address it is."""
    if restriction.field != "event":
        return restriction
    events = db.execute(select(Event.id, Event.slug, Event.title)).all()
    found = {
        str(id_)
        for typed in restriction.values
        for id_, slug, title in events
        if typed == slug or ((wanted := set(words(typed))) and wanted <= set(words(title)))
    }
    return replace(restriction, values=tuple(sorted(found)))


def _results(
    db: DatabaseSession,
    index: SearchIndex,
    query: Query,
    filters: Filters,
    page: int,
    order: Order,
) -> Results:
    """The page asked for, or the last one where there are not that many."""

    def results(number: int) -> Results:
        return index.search(
            db.connection(),
            query,
            filters,
            page=number,
            per_page=PER_PAGE,
            moments_per_session=MOMENTS,
            order=order,
        )

    found = results(page)
    return results(found.pages) if 0 < found.pages < page else found


def _speak(db: DatabaseSession, index: SearchIndex, query: Query, filters: Filters) -> bool:
    """Whether the speakers that `query` asks for say anything; true where it asks for none."""
    alone = replace(query, wanted=(), unwanted=(), unwanted_speakers=())
    return not alone or index.search(db.connection(), alone, filters).total_sessions > 0


def _chosen_ids(db: DatabaseSession, choice: Choice) -> tuple[int | None, int | None]:
    """The ids behind the chosen slugs; an unknown slug becomes an id that nothing has."""
    event = person = None
    if choice.event:
        event = db.scalar(select(Event.id).where(Event.slug == choice.event)) or UNKNOWN
    if choice.person:
        person = db.scalar(select(Person.id).where(Person.slug == choice.person)) or UNKNOWN
    return event, person


def _found(card: SessionCard, hit: SessionHit) -> FoundSession:
    return FoundSession(
        card=card,
        title=hit.title,
        subtitle=hit.subtitle,
        abstract=hit.abstract or (),
        people=_people(hit),
        moments=hit.moments,
        moment_count=hit.moment_count,
        moment_starts=hit.moment_starts,
    )


def _event_options(db: DatabaseSession, facets: Facets, choice: Choice) -> tuple[Option, ...]:
    rows = db.execute(
        select(Event.id, Event.slug, Event.title).where(
            or_(Event.id.in_(list(facets.events)), Event.slug == (choice.event or ""))
        )
    )
    return _options(
        Option(slug, title, facets.events.get(id_, 0), slug == choice.event)
        for id_, slug, title in rows
    )


def _person_options(db: DatabaseSession, facets: Facets, choice: Choice) -> tuple[Option, ...]:
    rows = db.execute(
        select(Person.id, Person.slug, Person.name).where(
            or_(Person.id.in_(list(facets.people)), Person.slug == (choice.person or ""))
        )
    )
    return _options(
        Option(slug, name, facets.people.get(id_, 0), slug == choice.person)
        for id_, slug, name in rows
    )


def _plain_options(counts: Mapping[str, int], chosen: str | None) -> tuple[Option, ...]:
    values = {value: count for value, count in counts.items() if value}
    if chosen:
        values.setdefault(chosen, 0)
    return _options(Option(value, value, count, value == chosen) for value, count in values.items())


def _year_options(counts: Mapping[int, int], chosen: str | None) -> tuple[Option, ...]:
    """The newest first."""
    options = _plain_options({str(year): count for year, count in counts.items()}, chosen)
    return tuple(sorted(options, key=lambda option: option.value, reverse=True))


def _options(options: Iterable[Option]) -> tuple[Option, ...]:
    """Most sessions first, then by name."""
    return tuple(sorted(options, key=lambda o: (-o.count, o.label.casefold(), o.value)))


def _people(hit: SessionHit) -> dict[int, tuple[Fragment, ...]]:
    return {person_id: tuple(fragments) for person_id, fragments in hit.people}
