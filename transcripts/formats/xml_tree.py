"""A small tree of XML that somebody brings: no document types, no entities, no network.

Python's expat reads it, and the first sign of a document type ends the reading, so nothing that such a
type could declare is ever looked at.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from transcripts.formats.errors import FormatError
from transcripts.formats.reading import MOST_CUES

DEEPEST = 40  # elements inside each other
MOST = 5 * MOST_CUES  # elements


@dataclass(slots=True)
class Node:
    """An element. name and the names of attributes are without their namespaces.

    parts: texts and elements, in order. line: where it begins, counted from 1.
    """

    name: str
    attributes: dict[str, str]
    line: int
    parts: list["Node | str"] = field(default_factory=list)

    def children(self, *names: str) -> list["Node"]:
        """The elements of these names right below."""
        return [part for part in self.parts if isinstance(part, Node) and part.name in names]

    def text(self) -> str:
        """All text in it, as it stands."""
        return "".join(part if isinstance(part, str) else part.text() for part in self.parts)


def parsed(file: str | bytes) -> Node:
    """The element around everything; raises FormatError."""
    encoding = "utf-8" if isinstance(file, str) else None
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_text = True
    tree = _Tree(parser)
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.letters
    parser.StartDoctypeDeclHandler = tree.doctype
    try:
        parser.Parse(file.encode("utf-8", "replace") if isinstance(file, str) else file, True)
    except expat.ExpatError as error:
        raise FormatError("not_xml", error.lineno, found=expat.ErrorString(error.code)) from error
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError("not_xml", 1, found="an unknown encoding") from error
    return tree.root


class _Tree:
    """What the parser tells, as nodes."""

    root: Node

    def __init__(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        self._open: list[Node] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        line = self._parser.CurrentLineNumber
        if self._count > MOST:
            raise FormatError("too_many", line, limit=MOST_CUES)
        if len(self._open) >= DEEPEST:
            raise FormatError("not_xml", line, found="elements too deep inside each other")
        node = Node(_local(name), {_local(n): value for n, value in attributes.items()}, line)
        if self._open:
            self._open[-1].parts.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def letters(self, text: str) -> None:
        self._open[-1].parts.append(text)

    def doctype(self, *_: object) -> None:
        raise FormatError("forbidden_xml", self._parser.CurrentLineNumber)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
