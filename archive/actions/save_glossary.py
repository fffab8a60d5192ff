"""The glossary of an event is written."""

from archive.models.programme import Event
from archive.parts import Parts
from archive.queries.glossary import edition_of
from transcripts.glossary import Entry, Problem, parse, plain


class GlossaryChanged(Exception):
    """Somebody else has changed the glossary meanwhile."""


class GlossaryRefused(Exception):
    """A glossary has problems."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(str(problems))
        self.problems = problems


def save_glossary(parts: Parts, event_id: int, text: str, edition: str) -> None:
    """Puts a text in the place of the one that `edition_of` calls `edition`.

    Raises GlossaryChanged where that is not what stands there, and GlossaryRefused; nothing changes
    then.
    """
    if problems := parse(text).problems:
        raise GlossaryRefused(problems)
    with parts.sessions.begin() as db:
        event = db.get_one(Event, event_id, with_for_update=True)
        if edition_of(event.glossary) != edition:
            raise GlossaryChanged
        lines = [plain(line) for line in text.splitlines()]
        event.glossary = "\n".join(dict.fromkeys(line for line in lines if line))


def add_to_glossary(parts: Parts, event_id: int, right: str, wrong: str) -> bool:
    """Adds what is written wrongly to the line of its right writing; False where it is there already.

    Raises GlossaryRefused, and changes nothing then.
    """
    right, wrong = plain(right), plain(wrong)
    asked = parse(f"{right} = {wrong}")
    if asked.problems or asked.entries != (Entry(right, (wrong,)),):
        raise GlossaryRefused(asked.problems or (Problem(1, "signs", wrong),))
    with parts.sessions.begin() as db:
        event = db.get_one(Event, event_id, with_for_update=True)
        before = parse(event.glossary)
        after = _with(event.glossary, right, wrong)
        read = parse(after)
        if problems := tuple(one for one in read.problems if one not in before.problems):
            raise GlossaryRefused(problems)
        if {*read.entries} == {*before.entries}:
            return False
        event.glossary = after
        return True


def _with(text: str, right: str, wrong: str) -> str:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if plain(line.partition("=")[0]) == right:
            known = [plain(form) for form in line.partition("=")[2].replace(";", ",").split(",")]
            if wrong in known:
                return text
            lines[number] = f"{line}, {wrong}" if "=" in line else f"{right} = {wrong}"
            return "\n".join(lines)
    return "\n".join([*lines, f"{right} = {wrong}"])
