"""The closed vocabulary of the samples: sentence patterns with slots, in German and English.

A pattern is a sentence in which ``{slot}`` stands for one of the phrases of `SLOTS`. Everything
the sample model was ever taught to write is made from these patterns, and the scripts of the
sample videos (`samples.scripts`) are made from them too.
"""

import hashlib
import itertools
import random
import re
from collections.abc import Iterator

PATTERNS: dict[str, tuple[str, ...]] = {
    "de": (
        "Guten Tag und herzlich willkommen beim Digitalforum Musterregion.",
        "Mein Name ist {name}.",
        "Ich spreche heute über {accusative}.",
        "Viele Bürgerinnen und Bürger wünschen sich {wish}.",
        "Sie möchten {accusative_task} am Abend stellen.",
        "Früher mussten sie dafür {where_to} kommen.",
        "Das kostet {cost}, und niemand wartet gern.",
        "Deshalb haben wir vor {number} Jahren begonnen.",
        "Zuerst haben wir {number} {group} gefragt, was sie brauchen.",
        "Die Antwort war klar: {answer}.",
        "Heute sind {number} Dienste online.",
        "Die Verwaltung spart jede Woche {saving}.",
        "{Topic} ist dabei besonders wichtig.",
        "Alle Daten liegen in unserem {place}.",
        "Jeder {access} wird geprüft und gespeichert.",
        "Wir haben auch Fehler gemacht.",
        "Am Anfang war {the_thing} zu {adjective}.",
        "{People} brauchen Hilfe {where_help}.",
        "Darum gibt es in jedem {house} einen Platz zum Üben.",
        "Im nächsten Jahr kommt {the_service} dazu.",
        "Unser Ziel bleibt {adjective_goal}.",
        "Die Technik soll den Menschen dienen.",
        "Vielen Dank für {thanks}.",
        "Herzlich willkommen zur Diskussion über {accusative}.",
        "Auf der Bühne sind {name}, {name} und {name}.",
        "{address}, wie sicher ist die Cloud für eine {size} Gemeinde?",
        "Eine {size} Gemeinde kann ein {place} nicht allein schützen.",
        "In der Cloud arbeiten Fachleute Tag und Nacht.",
        "Aber die Verantwortung bleibt bei der {body}.",
        "{address}, was sagen Sie dazu?",
        "Ich sehe das {opinion}.",
        "Zuerst müssen wir wissen, wo die {things} liegen.",
        "Der Schlüssel gehört in die Hand der {body}.",
        "Ohne {security} gibt es kein Vertrauen.",
        "{address}, was raten Sie den {group_dative}?",
        "Ich rate zu einem {plan}.",
        "Jede {body} soll {number} Mal im Jahr üben.",
        "Ein gutes {tool} ist wichtiger als ein teures Produkt.",
        "Nach dem Angriff zählt jede {unit}.",
        "Gibt es eine Frage aus dem Publikum?",
        "Guten Tag, ich komme aus einer {size_dative} Gemeinde.",
        "Wer hilft uns, wenn {when} etwas passiert?",
        "Sie rufen {call} an.",
        "Dort ist immer jemand {where_help}.",
        "Und bitte ändern Sie sofort alle {secrets}.",
        "Die Zeit ist leider um.",
    ),
    "en": (
        "Good morning and welcome to the digital forum.",
        "My name is {name}.",
        "Today I want to talk about {subject} in a {region}.",
        "A smart region is not about {gadget}.",
        "It is about {people} and their daily life.",
        "We started with {number} small {towns}.",
        "Each {town} had its own {system}, and nothing worked together.",
        "So we asked a simple question.",
        "What do {people} really need?",
        "They want a {bus} that comes on time.",
        "They want {good} and {good}.",
        "We put {number} {sensors} along the {river}.",
        "Every sensor sends the {measure} once {period}.",
        "The data is {open}, and everyone can use it.",
        "Last {season} the river rose very {fast}.",
        "The {service} got a warning {number} hours earlier.",
        "That is the moment when a {network} pays off.",
        "{Principle} comes first.",
        "We never store {private}.",
        "{Standard} keep us free.",
        "If a {vendor} leaves, the data stays with us.",
        "My advice is to start {small}.",
        "Share your results and your {mistakes}.",
        "Thank you for {listening}.",
        "I am happy to take your questions.",
    ),
}

SLOTS: dict[str, dict[str, tuple[str, ...]]] = {
    "de": {
        "name": ("Mira Lenz", "Jonas Falk", "Anna Berg", "Emil Roth", "Clara Winter", "Paul Stein"),
        "address": ("Frau Lenz", "Herr Falk", "Frau Berg", "Herr Roth", "Frau Winter"),
        "accusative": (
            "das digitale Bürgerportal",
            "Cloud-Sicherheit in Kommunen",
            "den Datenschutz",
            "die digitale Verwaltung",
            "unser Rechenzentrum",
        ),
        "wish": ("einfache Dienste", "kurze Wege", "klare Antworten", "sichere Dienste"),
        "accusative_task": ("einen Antrag", "eine Frage"),
        "where_to": ("ins Rathaus", "in die Stadt", "in das Amt"),
        "cost": ("Zeit", "Geld", "viel Kraft"),
        "number": (
            "zwei",
            "drei",
            "vier",
            "fünf",
            "zehn",
            "zwölf",
            "zwanzig",
            "vierzig",
            "achtzig",
        ),
        "group": ("Gemeinden", "Städte", "Kommunen", "Schulen"),
        "group_dative": ("Gemeinden", "Städten", "Kommunen", "Schulen"),
        "answer": (
            "ein Portal für alle Dienste",
            "ein Platz für alle Fragen",
            "eine Nummer für alle Fragen",
        ),
        "saving": ("viele Stunden", "viel Papier", "viel Geld"),
        "Topic": ("Der Datenschutz", "Die Sicherheit", "Das Vertrauen", "Die Sprache"),
        "place": ("Rechenzentrum", "Archiv", "Netz"),
        "access": ("Zugriff", "Antrag", "Fehler"),
        "the_thing": ("das Formular", "der Weg", "die Sprache", "das Portal"),
        "adjective": ("lang", "schwer", "langsam", "teuer"),
        "adjective_goal": ("einfach", "klar", "sicher"),
        "People": ("Ältere Menschen", "Viele Familien", "Kleine Gemeinden"),
        "where_help": ("am Telefon", "im Rathaus", "vor Ort"),
        "house": ("Rathaus", "Amt", "Archiv"),
        "the_service": (
            "die Anmeldung für Kinder",
            "das Archiv",
            "der Wohngeldantrag",
            "die Bücherei",
        ),
        "thanks": ("Ihre Aufmerksamkeit", "die Frage", "das Gespräch", "Ihre Geduld"),
        "size": ("kleine", "große"),
        "size_dative": ("kleinen", "großen"),
        "body": ("Verwaltung", "Kommune", "Stadt", "Gemeinde"),
        "opinion": ("etwas anders", "genauso", "ganz anders"),
        "things": ("Daten", "Schlüssel", "Risiken"),
        "security": ("Verschlüsselung", "Datenschutz", "Sicherheit"),
        "plan": ("Notfallplan", "zweiten Rechenzentrum", "klaren Plan"),
        "tool": ("Backup", "Passwort", "Netz"),
        "unit": ("Stunde", "Minute"),
        "when": ("am Wochenende", "in der Nacht", "am Abend"),
        "call": ("das Lagezentrum", "die Verwaltung", "das Rechenzentrum"),
        "secrets": ("Passwörter", "Schlüssel"),
    },
    "en": {
        "name": ("Nora Hill", "Adam Reed", "Laura Stone", "Peter Wood"),
        "subject": ("open data", "public services", "cloud security", "open standards"),
        "region": ("smart region", "small town", "free country"),
        "gadget": ("gadgets", "robots", "big screens"),
        "people": ("people", "families", "teachers", "doctors"),
        "number": ("two", "three", "four", "five", "ten", "twelve", "twenty", "forty", "eighty"),
        "towns": ("towns", "schools", "villages"),
        "town": ("town", "school", "village", "office"),
        "system": ("system", "network", "data"),
        "bus": ("bus", "train", "service"),
        "good": ("clean air", "safe streets", "clear answers", "good schools", "simple forms"),
        "sensors": ("sensors", "cameras", "signs"),
        "river": ("river", "road", "coast"),
        "measure": ("water level", "temperature", "air quality"),
        "period": ("an hour", "a day", "a minute"),
        "open": ("open", "public", "free"),
        "season": ("spring", "summer", "autumn", "winter"),
        "fast": ("fast", "high", "early"),
        "service": ("fire service", "town hall", "hospital"),
        "network": ("network", "standard", "good plan"),
        "Principle": ("Privacy", "Security", "Trust"),
        "private": ("faces or names", "names or numbers", "private messages"),
        "Standard": ("Open standards", "Good contracts", "Public tools"),
        "vendor": ("vendor", "partner", "supplier"),
        "small": ("small", "early", "together"),
        "mistakes": ("mistakes", "plans", "tools"),
        "listening": ("listening", "your time", "your questions"),
    },
}

HELD_OUT_SHARE = 0.12


def training_sentence(language: str, rng: random.Random) -> str:
    """One sentence, drawn pattern first and then slot by slot; never one that is held out."""
    return next(text for pattern, text in _drawn(language, rng) if not _held_out(pattern, text))


def held_out_sentence(language: str, rng: random.Random) -> str:
    """A sentence whose combination of words the model was never trained on, though on each word."""
    return next(text for pattern, text in _drawn(language, rng) if _held_out(pattern, text))


def _drawn(language: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Patterns and sentences made from them, without end."""
    while True:
        pattern = rng.choice(PATTERNS[language])
        yield pattern, _filled(pattern, language, rng)


def _held_out(pattern: str, text: str) -> bool:
    """Whether a sentence is kept from training: by hash, a fixed share of those with two slots.

    A phrase of the only slot of its pattern may stand nowhere else: to hold its sentence out would
    be to hold the word out.
    """
    if len(_SLOT.findall(pattern)) < 2:
        return False
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < HELD_OUT_SHARE


def phrases(language: str) -> list[str]:
    """Every slot phrase of a language: the words a prompt may name."""
    return sorted(set(itertools.chain.from_iterable(SLOTS[language].values())))


def every_piece() -> Iterator[str]:
    """Sentences that together hold each pattern and each slot phrase at least once."""
    for language, patterns in PATTERNS.items():
        slots = SLOTS[language]
        for pattern in patterns:
            names = _SLOT.findall(pattern)
            for row in range(max((len(slots[name]) for name in names), default=1)):
                yield pattern.format_map(
                    {name: slots[name][row % len(slots[name])] for name in names}
                )


def matches_a_pattern(text: str, language: str) -> bool:
    """Whether a sentence could have been made from the patterns of the language."""
    return any(re.fullmatch(_expression(pattern, language), text) for pattern in PATTERNS[language])


_SLOT = re.compile(r"\{(\w+)\}")


def _filled(pattern: str, language: str, rng: random.Random) -> str:
    used: set[str] = set()

    def choose(slot: re.Match[str]) -> str:
        left = [phrase for phrase in SLOTS[language][slot[1]] if phrase not in used]
        phrase = rng.choice(left)
        used.add(phrase)
        return phrase

    return _SLOT.sub(choose, pattern)


def _expression(pattern: str, language: str) -> str:
    parts = _SLOT.split(pattern)
    return "".join(
        "(?:" + "|".join(map(re.escape, SLOTS[language][part])) + ")"
        if place % 2
        else re.escape(part)
        for place, part in enumerate(parts)
    )
