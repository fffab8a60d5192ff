"""What search finds, as pairs that a librarian would check: the specification of its language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Whether `query` finds a session in which `text` is said in `language`."""

    query: str
    text: str
    found: bool
    language: str | None = "de"

    def __str__(self) -> str:
        return f"{self.query} {'->' if self.found else '-/>'} {self.text} ({self.language})"


def finds(*pairs: tuple[str, str], language: str | None = "de") -> list[Case]:
    return [Case(query, text, True, language) for query, text in pairs]


def misses(*pairs: tuple[str, str], language: str | None = "de") -> list[Case]:
    return [Case(query, text, False, language) for query, text in pairs]


PLAIN = [
    *finds(
        ("Haus", "ein Haus"), ("haus", "Ein HAUS!"), ("Haus Glas", "ein Haus aus Glas"),
        ("Glas Haus", "ein Haus aus Glas"), ("und", "Haus und Hof"), ("2026", "im Jahr 2026"),
        ("ß", "ein ß"), ("Haus!", "ein Haus"), ("(Haus)", "ein Haus"), ("Haus,", "ein Haus"),
        ("Haus/Hof", "Haus/Hof am Meer"), ("C++", "wir schreiben C++"),
        ("§ 35", "nach § 35 des Gesetzes"), ("50 %", "rund 50 % der Fälle"),
        ("E-Mail", "eine E-Mail"), ("Müller", "Frau Müller sagt"),
    ),
    *misses(
        ("Haus", "eine Haustür"), ("Haus Glas", "ein Haus aus Stein"), ("-Glas", "ein Haus"),
        ("", "ein Haus"), ("…", "ein … Haus"), ("Haus", "der Hausmann"),
    ),
]  # fmt: skip

STEMS = [
    *finds(
        ("Häuser", "ein Haus"), ("Haus", "viele Häuser"), ("Verwaltungen", "die Verwaltung"),
        ("Verwaltung", "der Verwaltungen"), ("Gemeinde", "alle Gemeinden"),
        ("Kommunen", "eine Kommune"), ("Stadt", "die Städte"), ("Städte", "eine Stadt"),
        ("Bürger", "den Bürgern"), ("digital", "digitale Dienste"),
        ("digitalen", "es ist digital"), ("sicher", "ein sicheres Netz"),
        ("arbeiten", "wer arbeitet"), ("gearbeitet", "sie haben gearbeitet"),
        ("Zentren", "ein Zentrum"), ("Zentrum", "viele Zentren"), ("Daten", "die Daten"),
        ("Netze", "ein Netz"), ("Förderung", "die Förderungen"), ("Kind", "alle Kinder"),
        ("Dienste", "mit dem Dienst"), ("offene", "ein offenes Haus"),
        ("Antrag", "viele Anträge"), ("Ämter", "ein Amt"), ("Räte", "der Rat"),
        ("Schulen", "eine Schule"), ("Akten", "die Akte"), ("Prozesse", "ein Prozess"),
    ),
    *misses(
        ("sich", "die Sicherheit"), ("Sicherheit", "das ergibt sich"), ("Rat", "das Rad"),
        ("Kirche", "die Kirsche"), ("Datei", "die Daten"),
    ),
    *finds(("sich", "das ergibt sich")),
    *finds(
        ("cities", "a city"), ("city", "many cities"), ("running", "we run it"),
        ("services", "a service"), ("secure", "it is secured"), ("policies", "a policy"),
        ("children", "the children"), ("network", "networks"), ("talked", "they talk"),
        ("speaking", "she speaks"), ("easily", "easily done"), ("cloud", "in the clouds"),
        ("don't", "don't do it"), ("dont", "don't do it"), ("it's", "it’s here"),
        ("AND", "this and that"), ("happy", "happy people"), ("public", "the publics"),
        ("sky", "the sky"), ("by", "by the way"),
        language="en",
    ),
    *misses(("sky", "the skin"), ("news", "a new plan"), ("us", "the use"), language="en"),
    *finds(("cities", "a city"), ("Haus", "viele Häuser"), language=None),
    *finds(("ville", "la ville"), ("villes", "une ville"), language="fr"),
    *finds(("città", "la citta"), language="it"),
]  # fmt: skip

SPELLINGS = [
    *finds(
        ("Größe", "die Größe"), ("Groesse", "die Größe"), ("GROSSE", "eine große Halle"),
        ("große", "eine grosse Halle"), ("groß", "GROẞ"), ("Haeuser", "viele Häuser"),
        ("häuser", "viele Ha\u0308user"), ("Ha\u0308user", "viele Häuser"),
        ("Strasse", "die Straße"), ("Straße", "die STRASSEN"), ("Mueller", "Frau Müller"),
        ("Müller", "Frau Mueller"), ("oeffentlich", "öffentliche Dienste"),
        ("Öffentlichkeit", "die OEFFENTLICHKEIT"), ("Übersicht", "eine Uebersicht"),
        ("Verwaltungen", "die Ver\u00adwaltung"), ("Café", "im Cafe"), ("cafe", "im Café"),
        ("Søren", "mit Soeren"), ("Ærø", "auf Aeroe"), ("Zoë", "Zoe kommt"),
        ("Strassenbahn", "die Straßenbahn"), ("Fluß", "der Fluss"), ("Muller", "Frau Müller"),
        ("daß", "ich weiß, dass"),
    ),
    *misses(("Größe", "der Gruß")),
    *finds(("naïve", "a naive plan"), ("resume", "a résumé"), language="en"),
]  # fmt: skip

GENDER = finds(
    ("Teilnehmer", "alle Teilnehmer*innen"), ("Teilnehmer:innen", "alle TeilnehmerInnen"),
    ("Teilnehmerinnen", "alle Teilnehmer_innen"), ("Teilnehmer*innen", "die Teilnehmer"),
    ("Teilnehmer/-innen", "die Teilnehmer:innen"), ("Teilnehmer(innen)", "die Teilnehmerinnen"),
    ("TeilnehmerInnen", "ein Teilnehmer"), ("Teilnehmer", "alle Teilnehmer/innen"),
    ("Bürger:innen", "die Bürger"), ("Bürger", "alle Bürger*innen"),
    ("Bürger_in", "eine Bürgerin"), ("Bürgerin", "jede:r Bürger:in"),
    ("Mitarbeiter*in", "ein Mitarbeiter"), ("Mitarbeitende", "alle Mitarbeitenden"),
    ("Expertinnen", "die Expert*innen"), ("Sprecher:in", "die Sprecherin"),
    ("Bürgermeisterin", "die Bürgermeister:innen"), ("Kolleg*innen", "liebe Kolleginnen"),
)  # fmt: skip

JOINED = [
    *finds(
        ("IT-Sicherheit", "die IT-Sicherheit"), ("IT-Sicherheit", "die IT Sicherheit"),
        ("IT-Sicherheit", "die ITSicherheit"), ("itsicherheit", "die IT-Sicherheit"),
        ("Sicherheit", "die IT‑Sicherheit"), ("IT", "die IT-Sicherheit"),
        ("Podiumsdiskussion", "eine Podiums-Diskussion"),
        ("Podiums-Diskussion", "die Podiumsdiskussion"), ("Diskussion", "eine Podiums-Diskussion"),
        ("E-Government", "das EGovernment"), ("eGovernment", "das E-Government"),
        ("Online-Zugangs-Gesetz", "das Onlinezugangsgesetz"),
        ("Onlinezugangsgesetz", "das Online-Zugangs-Gesetz"), ("Wi-Fi", "im WiFi"),
        ("Open-Source", "mit Open Source"), ("Müller-Lüdenscheidt", "Herr Müller-Lüdenscheidt"),
        ("Lüdenscheidt", "Herr Müller-Lüdenscheidt"), ("ekom21", "die ekom21"),
        ("ekom 21", "ekom 21"), ("Rhein-Main", "im Rhein-Main-Gebiet"),
    ),
    *misses(("Diskussion-Podium", "die Podiumsdiskussion"), ("IT-Recht", "die IT-Sicherheit")),
    *finds(("e-mail", "an email"), ("email", "an e-mail"), language="en"),
]  # fmt: skip

COMPOUNDS = [
    *finds(
        ("Zentrum", "das Rechenzentrum"), ("Zentren", "das Rechenzentrum"),
        ("Zentrum", "viele Rechenzentren"), ("Rechenzentrum", "das Landesrechenzentrum"),
        ("Verwaltung", "die Stadtverwaltung"), ("Verwaltung", "die Kommunalverwaltungen"),
        ("Haus", "der Rat, die Rathäuser"),
        ("Sicherheit", "die Datensicherheit"), ("Schutz", "Daten und ihr Schutz: Datenschutz"),
        ("Diskussion", "die Podiumsdiskussion"), ("Strategie", "eine Cloudstrategie"),
        ("Haus", "eine Tür, eine Haustür"), ("Rat", "die Stadt und der Stadtrat"),
        ("Gesetz", "das Onlinezugangsgesetz"), ("Meister", "der Bürgermeister"),
        ("Bürger", "ein Meister, ein Bürgermeister"), ("Daten", "der Schutz, der Datenschutz"),
        ("Tag", "im Bund, im Bundestag"), ("Schule", "die Hochschule"),
        ("Entwicklung", "die Softwareentwicklung"), ("Arbeit", "unsere Projektarbeit"),
        ("Management", "das Projektmanagement"), ("Plattform", "eine Lernplattform"),
        ("Podiumsdiskussion", "die Diskussion auf dem Podium"),
        ("Datenschutz", "der Schutz der Daten"), ("Rathaus", "das Rathaus"),
    ),
    *misses(
        ("Bürger", "ganz neu, Neuburg"), ("Bildung", "das Meinungsbild"),
        ("Arbeiten", "wir verarbeiten"), ("Bildung", "die Ausbildung"), ("Richtung", "die Einrichtung"),
        ("Sicherheit", "die Unsicherheit"), ("Traum", "ein Zeitraum"), ("Eis", "der Kreis"),
        ("Rat", "der Apparat"), ("Bürger", "die Bürgerschaft"), ("Kind", "das ist kindlich"),
        ("Rechenzentrum", "das Zentrum"), ("Podiumsdiskussion", "die Diskussion"),
        ("Zentrum -Rechenzentrum", "das Rechenzentrum"), ('"Zentrum"', "der Zentner"),
    ),
    *misses(("base", "our database"), ("stand", "to understand"), language="en"),
]  # fmt: skip

NUMBERS = [
    *finds(
        ("3", "drei Tage"), ("drei", "3 Tage"), ("25", "fünfundzwanzig Jahre"),
        ("fünfundzwanzig", "25 Jahre"), ("1000", "rund 1.000 Gäste"), ("1.000", "rund 1000 Gäste"),
        ("600", "sechshundert Personen"), ("hundert", "100 Städte"), ("100", "einhundert Städte"),
        ("1989", "neunzehnhundertneunundachtzig"), ("2026", "zweitausendsechsundzwanzig"),
        ("zwölf", "um 12 Uhr"), ("1.234.567", "1234567 Zeilen"), ("3,5", "rund 3,5 Prozent"),
        ("12.30", "um 12.30 Uhr"), ("24.12.2026", "am 24.12.2026"), ("0", "null Fehler"),
    ),
    *misses(("3", "dreißig Tage"), ("30", "drei Tage"), ("1", "ein Tag"), ("10", "1.000 Gäste")),
    *finds(
        ("3", "three days"), ("three", "3 days"), ("25", "twenty-five years"),
        ("twenty-five", "25 years"), ("1,000", "1000 guests"), ("12", "twelve o'clock"),
        language="en",
    ),
    *misses(("1", "one day"), language="en"),
]  # fmt: skip

ABBREVIATIONS = [
    *finds(
        ("KI", "die KI entscheidet"), ("ki", "die KI entscheidet"), ("K.I.", "die KI entscheidet"),
        ("KI", "die K.I. entscheidet"), ("KI-Modell", "ein KI-Modell"), ("KI", "ein KI-Modell"),
        ("z.B.", "also z.B. hier"), ("zB", "also z.B. hier"), ("OZG", "das OZG gilt"),
        ("EU", "die EU-Richtlinie"), ("U.S.A.", "in den USA"), ("EfA", "nach EfA-Prinzip"),
        ("G20", "die G20 tagen"), ("5G", "mit 5G"), ("d.h.", "d.h. morgen"),
    ),
    *misses(("KI", "der Kiosk"), ("OZG", "das Gesetz"), ("EU", "euer Plan")),
]  # fmt: skip

PHRASES = [
    *finds(
        ('"Haus aus Glas"', "ein Haus aus Glas steht"), ('"Haus aus Glas"', "ein Haus, aus Glas"),
        ("„Haus aus Glas“", "ein Haus aus Glas steht"), ("«Haus aus Glas»", "ein Haus aus Glas"),
        ('"haus AUS glas"', "ein Haus aus Glas"), ('"Haus"', "ein Haus"),
        ('"aus Glas" Haus', "ein Haus aus Glas"), ('"Haus aus', "ein Haus aus Glas"),
        ('"in der Größe"', "in der Groesse"),
    ),
    *misses(
        ('"Haus aus Glas"', "aus Glas ein Haus"), ('"Häuser aus Glas"', "ein Haus aus Glas"),
        ('"Haus Glas"', "ein Haus aus Glas"),
    ),
    *finds(('"by the way"', "and by the way it works"), language="en"),
]  # fmt: skip

BEGINNINGS = [
    *finds(
        ("Verw*", "die Verwaltung"), ("Strass*", "der Straßenbau"), ("Stra*", "die Straße"),
        ("Rechen*", "das Rechenzentrum"), ("dig*", "die Digitalisierung"), ("IT-Si*", "IT-Si"),
        ("Ve*", "die Verwaltung"), ("20*", "im Jahr 2026"), ("Grö*", "die Groesse"),
    ),
    *misses(("Waltung*", "die Verwaltung"), ("Haus*", "viele Häuser"), ("Verw*", "Verb und Wort")),
]  # fmt: skip

WITHOUT = [
    *finds(
        ("Haus -Glas", "ein Haus aus Stein"), ('Haus -"Glas aus"', "ein Haus aus Glas"),
        ("Haus -Hof*", "ein Haus aus Glas"), ("Haus -(Hof Tor)", "ein Haus aus Glas"),
    ),
    *misses(
        ("Haus -Glas", "ein Haus aus Glas"), ("Haus -Gläser", "ein Haus aus Glas"),
        ('Haus -"aus Glas"', "ein Haus aus Glas"), ("Haus -Gl*", "ein Haus aus Glas"),
        ("Haus -(Glas OR Stein)", "ein Haus aus Glas"),
    ),
]  # fmt: skip

CHOICES = [
    *finds(
        ("Haus OR Garten", "ein Haus"), ("Haus ODER Garten", "ein Garten"),
        ("Haus | Garten", "ein Garten"), ("(Haus OR Hof) Glas", "ein Hof aus Glas"),
        ("Haus OR Hof Glas", "ein Hof aus Glas"), ("(Haus Glas) OR Tor", "ein Tor"),
        ("(Haus Glas) OR Tor", "ein Haus aus Glas"), ('"aus Stein" OR "aus Glas"', "aus Glas"),
        ("NEAR OR NOT", "near or not"), ("Haus or Hof", "ein Haus or ein Hof"),
        ("((Haus OR (Hof)))", "ein Hof"),
    ),
    *misses(
        ("Haus OR Garten", "ein Hof"), ("(Haus OR Hof) Glas", "ein Hof aus Stein"),
        ("Haus OR Hof Glas", "ein Haus aus Stein"), ("(Haus Glas) OR Tor", "ein Haus"),
        ("Haus or Hof", "ein Haus"),
    ),
]  # fmt: skip

NEARNESS = [
    *finds(
        ("Haus near:2 Glas", "ein Haus aus Glas"), ("Glas near:2 Haus", "ein Haus aus Glas"),
        ('"ein Haus" near:5 Glas', "ein Haus aus Glas"), ("Häuser near:3 Glas", "das Haus aus Glas"),
        ("Haus nahe:2 Glas", "ein Haus aus Glas"), ("Haus near: Glas", "ein Haus aus Glas"),
        ("Gl* near:2 Haus", "ein Haus aus Glas"),
        ("(Hof OR Haus) near:2 Glas", "ein Haus aus Glas"),
    ),
    *misses(
        ("Haus near:1 Glas", "ein Haus aus Glas"), ("Haus near:3 Stein", "ein Haus aus Glas"),
        ("Haus near:3 Haus", "ein Haus aus Glas"),
        ("Haus near:3 Glas", "ein Haus steht am Meer und ist aus Glas"),
    ),
]  # fmt: skip

CASES = [
    *PLAIN, *STEMS, *SPELLINGS, *GENDER, *JOINED, *COMPOUNDS, *NUMBERS, *ABBREVIATIONS, *PHRASES,
    *BEGINNINGS, *WITHOUT, *CHOICES, *NEARNESS,
]  # fmt: skip
