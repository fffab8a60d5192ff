"""What can be wrong with a file that somebody brings, and what to do about it."""

SHOWN = 60  # characters of a file that a message repeats

PROBLEMS = {
    "empty": "The file holds no captions. Choose another file.",
    "too_large": "The file is larger than {limit} bytes. Split it, or leave out what is no caption.",
    "too_many": "The file holds more than {limit} captions. Split it.",
    "encoding": "This is not text in {encoding}. Save the file as UTF-8.",
    "unknown": "“{found}” is none of the formats that can be read. Bring one of these: {formats}.",
    "no_reader": "{format} cannot be read, for it says of no sentence when it was spoken. Bring one of"
    " these: {formats}.",
    "no_header": "A WebVTT file begins with the word WEBVTT. Write it into the first line, or choose"
    " SubRip if the file is one.",
    "no_times": "A caption needs a line with its times above its text. Write one, as in"
    " 00:00:01.000 --> 00:00:02.000.",
    "no_end": "This caption has no end. Give it one with the attribute “end” or “dur”.",
    "bad_times": "These are no times: {found}. Write them as in 00:00:01.000 --> 00:00:02.000.",
    "backwards": "The caption ends before it starts: {found}. Correct one of its times.",
    "out_of_range": "This time lies before the recording or has no end: {found}. Correct it.",
    "long_text": "The caption has more than {limit} characters. Split it.",
    "not_xml": "This is not XML: {found}. Export the file again.",
    "forbidden_xml": "The file declares a document type, which may hide anything. Remove the line that"
    " begins with <!DOCTYPE.",
    "not_ttml": "A TTML file has the element “tt” around everything, and this one has “{found}”. Export"
    " it again as TTML or EBU-TT-D.",
    "other_clock": "The times of this file count from {found}, not from the start of the recording."
    " Export it with times of the media (ttp:timeBase “media”).",
    "one_by_one": "The captions of this file are timed one after the other (timeContainer “seq”)."
    " Export it as EBU-TT-D.",
    "not_json": "This is not JSON: {found}. Export the file again.",
    "not_captions": "This is JSON, but no transcript of Podium, Whisper or faster-whisper: {found}."
    " Export it again.",
    "version": "This transcript has version {found}, and this Podium knows version {known}. Bring it to"
    " a newer Podium.",
    "bad_cue": "Caption {number} is not whole: {found}. Export the file again.",
}


class FormatError(ValueError):
    """A file that cannot be read.

    kind: a key of `PROBLEMS`, for those who say it in another language. line: counted from 1, None
    where the problem is in no line. facts: what the sentence names. The text says what is wrong, in
    which line, and what to do next.
    """

    def __init__(self, kind: str, line: int | None = None, **facts: object) -> None:
        self.kind = kind
        self.line = line
        self.facts = {name: _shown(fact) for name, fact in facts.items()}
        sentence = PROBLEMS[kind].format(**self.facts)
        super().__init__(sentence if line is None else f"Line {line}: {sentence}")


def _shown(fact: object) -> str:
    text = "".join(c if c.isprintable() else " " for c in str(fact)[: SHOWN + 1]).strip()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
