"""What is said in the three sample videos, and by which voice.

Every sentence is made from the patterns of `samples.vocabulary`. The people are invented.
"""

from dataclasses import dataclass

from samples.speech import Voice


@dataclass(frozen=True)
class Line:
    """A sentence, its speaker (a slug), and the pause after it in seconds."""

    speaker: str
    text: str
    pause: float


@dataclass(frozen=True)
class Slide:
    """A slide that is shown from the line with index `line` on."""

    line: int
    heading: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """One sample: its session, language, lines and slides."""

    slug: str
    language: str
    file: str
    lines: tuple[Line, ...]
    slides: tuple[Slide, ...]


AUDIENCE = "audience"

VOICES: dict[str, Voice] = {
    "mira-lenz": Voice("de", "f2", speed=139, pitch=53),
    "jonas-falk": Voice("de", "m3", speed=143, pitch=41),
    "anna-berg": Voice("de", "f3", speed=137, pitch=57),
    "emil-roth": Voice("de", "m1", speed=134, pitch=33),
    "clara-winter": Voice("de", "f1", speed=146, pitch=61),
    AUDIENCE: Voice("de", "m7", speed=141, pitch=48),
    "nora-hill": Voice("en", "f2", speed=141, pitch=54),
}


def _lines(*spoken: tuple[str, str]) -> tuple[Line, ...]:
    """Lines with pauses between 0.5 and 1.1 s, longer where the speaker changes."""
    pauses = (0.55, 0.7, 0.5, 0.8, 0.6)
    lines = []
    for place, (speaker, text) in enumerate(spoken):
        changes = place + 1 < len(spoken) and spoken[place + 1][0] != speaker
        lines.append(Line(speaker, text, 1.1 if changes else pauses[place % len(pauses)]))
    return tuple(lines)


def _said_by(speaker: str, *texts: str) -> tuple[Line, ...]:
    return _lines(*((speaker, text) for text in texts))


PORTAL = Script(
    slug="ein-portal-fuer-alle-dienste",
    language="de",
    file="talk-de.mp4",
    lines=_said_by(
        "mira-lenz",
        "Guten Tag und herzlich willkommen beim Digitalforum Musterregion.",
        "Mein Name ist Mira Lenz.",
        "Ich spreche heute über das digitale Bürgerportal.",
        "Viele Bürgerinnen und Bürger wünschen sich einfache Dienste.",
        "Sie möchten einen Antrag am Abend stellen.",
        "Früher mussten sie dafür ins Rathaus kommen.",
        "Das kostet Zeit, und niemand wartet gern.",
        "Deshalb haben wir vor drei Jahren begonnen.",
        "Zuerst haben wir zwölf Gemeinden gefragt, was sie brauchen.",
        "Die Antwort war klar: ein Portal für alle Dienste.",
        "Heute sind achtzig Dienste online.",
        "Die Verwaltung spart jede Woche viele Stunden.",
        "Der Datenschutz ist dabei besonders wichtig.",
        "Alle Daten liegen in unserem Rechenzentrum.",
        "Jeder Zugriff wird geprüft und gespeichert.",
        "Wir haben auch Fehler gemacht.",
        "Am Anfang war das Formular zu lang.",
        "Ältere Menschen brauchen Hilfe am Telefon.",
        "Darum gibt es in jedem Rathaus einen Platz zum Üben.",
        "Im nächsten Jahr kommt die Anmeldung für Kinder dazu.",
        "Unser Ziel bleibt einfach.",
        "Die Technik soll den Menschen dienen.",
        "Vielen Dank für Ihre Aufmerksamkeit.",
    ),
    slides=(
        Slide(0, "Ein Portal für alle Dienste"),
        Slide(
            3,
            "Was sich Menschen wünschen",
            ("einfache Dienste", "am Abend, von zu Hause", "ohne zu warten"),
        ),
        Slide(
            7,
            "Wie wir begonnen haben",
            ("zwölf Gemeinden gefragt", "eine klare Antwort", "achtzig Dienste online"),
        ),
        Slide(
            12, "Datenschutz", ("eigenes Rechenzentrum", "jeder Zugriff geprüft", "und gespeichert")
        ),
        Slide(
            15,
            "Was wir gelernt haben",
            ("kürzere Formulare", "Hilfe am Telefon", "ein Platz zum Üben"),
        ),
        Slide(19, "Wie es weitergeht", ("Anmeldung für Kinder", "das Ziel bleibt einfach")),
    ),
)

PANEL = Script(
    slug="cloud-sicherheit-in-kommunen",
    language="de",
    file="panel-de.mp4",
    lines=_lines(
        ("jonas-falk", "Herzlich willkommen zur Diskussion über Cloud-Sicherheit in Kommunen."),
        ("jonas-falk", "Mein Name ist Jonas Falk."),
        ("jonas-falk", "Auf der Bühne sind Anna Berg, Emil Roth und Clara Winter."),
        ("jonas-falk", "Frau Berg, wie sicher ist die Cloud für eine kleine Gemeinde?"),
        ("anna-berg", "Vielen Dank für die Frage."),
        ("anna-berg", "Eine kleine Gemeinde kann ein Rechenzentrum nicht allein schützen."),
        ("anna-berg", "In der Cloud arbeiten Fachleute Tag und Nacht."),
        ("anna-berg", "Aber die Verantwortung bleibt bei der Verwaltung."),
        ("jonas-falk", "Herr Roth, was sagen Sie dazu?"),
        ("emil-roth", "Ich sehe das etwas anders."),
        ("emil-roth", "Zuerst müssen wir wissen, wo die Daten liegen."),
        ("emil-roth", "Der Schlüssel gehört in die Hand der Kommune."),
        ("emil-roth", "Ohne Verschlüsselung gibt es kein Vertrauen."),
        ("jonas-falk", "Frau Winter, was raten Sie den Städten?"),
        ("clara-winter", "Ich rate zu einem Notfallplan."),
        ("clara-winter", "Jede Stadt soll zwei Mal im Jahr üben."),
        ("clara-winter", "Ein gutes Backup ist wichtiger als ein teures Produkt."),
        ("clara-winter", "Nach dem Angriff zählt jede Stunde."),
        ("jonas-falk", "Gibt es eine Frage aus dem Publikum?"),
        (AUDIENCE, "Guten Tag, ich komme aus einer kleinen Gemeinde."),
        (AUDIENCE, "Wer hilft uns, wenn am Wochenende etwas passiert?"),
        ("anna-berg", "Sie rufen das Lagezentrum an."),
        ("anna-berg", "Dort ist immer jemand am Telefon."),
        ("emil-roth", "Und bitte ändern Sie sofort alle Passwörter."),
        ("jonas-falk", "Die Zeit ist leider um."),
        ("jonas-falk", "Vielen Dank für das Gespräch."),
    ),
    slides=(Slide(0, "Cloud-Sicherheit in Kommunen"),),
)

REGION = Script(
    slug="open-data-in-a-smart-region",
    language="en",
    file="talk-en.mp4",
    lines=_said_by(
        "nora-hill",
        "Good morning and welcome to the digital forum.",
        "My name is Nora Hill.",
        "Today I want to talk about open data in a smart region.",
        "A smart region is not about gadgets.",
        "It is about people and their daily life.",
        "We started with three small towns.",
        "Each town had its own system, and nothing worked together.",
        "So we asked a simple question.",
        "What do people really need?",
        "They want a bus that comes on time.",
        "They want clean air and safe streets.",
        "We put forty sensors along the river.",
        "Every sensor sends the water level once an hour.",
        "The data is open, and everyone can use it.",
        "Last spring the river rose very fast.",
        "The fire service got a warning two hours earlier.",
        "That is the moment when a network pays off.",
        "Privacy comes first.",
        "We never store faces or names.",
        "Open standards keep us free.",
        "If a vendor leaves, the data stays with us.",
        "My advice is to start small.",
        "Share your results and your mistakes.",
        "Thank you for listening.",
        "I am happy to take your questions.",
    ),
    slides=(
        Slide(0, "Open data in a smart region"),
        Slide(3, "People first", ("three small towns", "each with its own system")),
        Slide(7, "A simple question", ("a bus that comes on time", "clean air", "safe streets")),
        Slide(
            11,
            "Forty sensors",
            ("along the river", "the water level, once an hour", "open to everyone"),
        ),
        Slide(14, "The river in spring", ("a warning two hours earlier",)),
        Slide(17, "What we hold on to", ("privacy comes first", "open standards keep us free")),
        Slide(21, "Start small", ("share your results", "and your mistakes")),
    ),
)

SCRIPTS: tuple[Script, ...] = (PORTAL, PANEL, REGION)
