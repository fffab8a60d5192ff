"""What is wrong with a file that holds a transcript, and what was repaired, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from transcripts.formats.errors import FormatError
from transcripts.formats.reading import Repair

# The sentences of transcripts/formats/errors.py.
PROBLEMS = {
    "empty": lazy_gettext("The file holds no captions. Choose another file."),
    "too_large": lazy_gettext(
        "The file is larger than %(limit)s bytes. Split it, or leave out what is no caption."
    ),
    "too_many": lazy_gettext("The file holds more than %(limit)s captions. Split it."),
    "encoding": lazy_gettext("This is not text in %(encoding)s. Save the file as UTF-8."),
    "unknown": lazy_gettext(
        "“%(found)s” is none of the formats that can be read. Bring one of these: %(formats)s."
    ),
    "no_reader": lazy_gettext(
        "%(format)s cannot be read, for it says of no sentence when it was spoken. Bring one of"
        " these: %(formats)s."
    ),
    "no_header": lazy_gettext(
        "A WebVTT file begins with the word WEBVTT. Write it into the first line, or choose SubRip"
        " if the file is one."
    ),
    "no_times": lazy_gettext(
        "A caption needs a line with its times above its text. Write one, as in 00:00:01.000 -->"
        " 00:00:02.000."
    ),
    "no_end": lazy_gettext(
        "This caption has no end. Give it one with the attribute “end” or “dur”."
    ),
    "bad_times": lazy_gettext(
        "These are no times: %(found)s. Write them as in 00:00:01.000 --> 00:00:02.000."
    ),
    "backwards": lazy_gettext(
        "The caption ends before it starts: %(found)s. Correct one of its times."
    ),
    "out_of_range": lazy_gettext(
        "This time lies before the recording or has no end: %(found)s. Correct it."
    ),
    "long_text": lazy_gettext("The caption has more than %(limit)s characters. Split it."),
    "not_xml": lazy_gettext("This is not XML: %(found)s. Export the file again."),
    "forbidden_xml": lazy_gettext(
        "The file declares a document type, which may hide anything. Remove the line that begins"
        " with <!DOCTYPE."
    ),
    "not_ttml": lazy_gettext(
        "A TTML file has the element “tt” around everything, and this one has “%(found)s”. Export it"
        " again as TTML or EBU-TT-D."
    ),
    "other_clock": lazy_gettext(
        "The times of this file count from %(found)s, not from the start of the recording. Export it"
        " with times of the media (ttp:timeBase “media”)."
    ),
    "one_by_one": lazy_gettext(
        "The captions of this file are timed one after the other (timeContainer “seq”). Export it as"
        " EBU-TT-D."
    ),
    "not_json": lazy_gettext("This is not JSON: %(found)s. Export the file again."),
    "not_captions": lazy_gettext(
        "This is JSON, but no transcript of Podium, Whisper or faster-whisper: %(found)s. Export it"
        " again."
    ),
    "version": lazy_gettext(
        "This transcript has version %(found)s, and this Podium knows version %(known)s. Bring it to"
        " a newer Podium."
    ),
    "bad_cue": lazy_gettext("Caption %(number)s is not whole: %(found)s. Export the file again."),
}
# What the library says inside of these.
FOUND = {
    "it has neither “cues” nor “segments”": lazy_gettext("it has neither “cues” nor “segments”"),
    "it is too deep, or a number in it too long": lazy_gettext(
        "it is too deep, or a number in it too long"
    ),
    "its captions are no list": lazy_gettext("its captions are no list"),
    "it has no start, end and text": lazy_gettext("it has no start, end and text"),
    "one of its words is none": lazy_gettext("one of its words is none"),
    "a text is missing": lazy_gettext("a text is missing"),
    "a time is missing or is no second of it": lazy_gettext(
        "a time is missing or is no second of it"
    ),
    "it ends before it starts": lazy_gettext("it ends before it starts"),
}
# The sentences of transcripts/formats/reading.py.
REPAIRS = {
    "encoding": lazy_gettext(
        "The file is not UTF-8; its letters were read as windows-1252. Look at the umlauts."
    ),
    "order": lazy_gettext("The captions did not stand in the order of their times; now they do."),
    "blank_line": lazy_gettext(
        "There was an empty line inside a caption; what follows it belongs to the caption."
    ),
    "no_blank_line": lazy_gettext(
        "There was no empty line between two captions; the times begin a new one."
    ),
    "number": lazy_gettext("A number without a caption was left out."),
    "word_times": lazy_gettext(
        "The times of some words do not run forward; their captions keep only their own."
    ),
}
REFUSED = {
    "nothing_said": lazy_gettext(
        "There is no transcript of what was said yet, so there is nothing to translate. Import that"
        " first, or wait until it is written down."
    ),
    "same_language": lazy_gettext(
        "What was said is there in this language already, and a translation is in another one."
        " Choose the language of the file."
    ),
    "is_translation": lazy_gettext(
        "There is a translation in this language. Import the file as a translation, or remove that"
        " translation first; the history shows it."
    ),
}


def problem_sentence(error: FormatError) -> str:
    """What is wrong with a file, in which line, and what to do next."""
    facts = {name: FOUND.get(fact, fact) for name, fact in error.facts.items()}
    sentence = str(PROBLEMS[error.kind]) % facts
    if error.line is None:
        return sentence
    return _("Line %(line)s: %(sentence)s", line=error.line, sentence=sentence)


def repair_sentence(repair: Repair) -> str:
    """What was put right, where first, and how often."""
    sentence = str(REPAIRS[repair.kind])
    if repair.line is None:
        return sentence
    if repair.times == 1:
        return _("Line %(line)s: %(sentence)s", line=repair.line, sentence=sentence)
    return _(
        "Line %(line)s and %(more)s more: %(sentence)s",
        line=repair.line,
        more=repair.times - 1,
        sentence=sentence,
    )
