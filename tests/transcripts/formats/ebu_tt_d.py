"""What EBU-TT-D asks of a file (EBU Tech 3380), as far as a transcript has to do with it."""

import re
from xml.etree import ElementTree

TT = "{http://www.w3.org/ns/ttml}"
TTP = "{http://www.w3.org/ns/ttml#parameter}"
TTS = "{http://www.w3.org/ns/ttml#styling}"
TTM = "{http://www.w3.org/ns/ttml#metadata}"
EBUTTM = "{urn:ebu:tt:metadata}"
EBUTTS = "{urn:ebu:tt:style}"
XML = "{http://www.w3.org/XML/1998/namespace}"

# Below which elements each may stand, and which attributes it must and may have.
RULES = {
    "tt": ({""}, {f"{TTP}timeBase", f"{XML}lang"}, {f"{TTP}cellResolution", f"{XML}space"}),
    "head": ({"tt"}, set(), set()),
    "metadata": ({"head"}, set(), set()),
    "styling": ({"head"}, set(), set()),
    "style": (
        {"styling"},
        {f"{XML}id"},
        {f"{TTS}{n}" for n in "direction fontFamily fontSize lineHeight textAlign color".split()}
        | {f"{TTS}{n}" for n in "backgroundColor fontStyle fontWeight unicodeBidi".split()}
        | {f"{EBUTTS}linePadding", f"{EBUTTS}multiRowAlign"},
    ),
    "layout": ({"head"}, set(), set()),
    "region": (
        {"layout"},
        {f"{XML}id", f"{TTS}origin", f"{TTS}extent"},
        {"style", f"{TTS}displayAlign", f"{TTS}padding", f"{TTS}writingMode"},
    ),
    "body": ({"tt"}, set(), {"style"}),
    "div": ({"body"}, set(), {"region", "style", f"{XML}lang"}),
    "p": ({"div"}, {f"{XML}id", "begin", "end"}, {"region", "style", f"{XML}lang", f"{TTM}agent"}),
    "span": ({"p"}, set(), {"style", f"{XML}lang", f"{TTM}agent"}),
    "br": ({"p", "span"}, set(), set()),
}
ORDER = {"tt": ["head", "body"], "head": ["metadata", "styling", "layout"]}
WHOLE = {"tt": {"head"}, "head": {"styling", "layout"}, "body": {"div"}, "div": {"p"}}
WHOLE |= {"styling": {"style"}, "layout": {"region"}}
PERCENT = r"\d+(?:\.\d+)?%"
VALUES = {
    f"{TTP}timeBase": "media",
    f"{TTP}cellResolution": r"[1-9]\d* [1-9]\d*",
    f"{XML}lang": r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*",
    f"{XML}id": r"[A-Za-z_][\w.-]*",
    "begin": r"\d{2,}:[0-5]\d:[0-5]\d(?:\.\d+)?",
    "end": r"\d{2,}:[0-5]\d:[0-5]\d(?:\.\d+)?",
    f"{TTS}origin": f"{PERCENT} {PERCENT}",
    f"{TTS}extent": f"{PERCENT} {PERCENT}",
    f"{TTS}displayAlign": "before|center|after",
    f"{TTS}fontFamily": "default|(?:monospace|proportional)?(?:SansS|s|S)erif",
    f"{TTS}fontSize": PERCENT,
    f"{TTS}lineHeight": f"normal|{PERCENT}",
    f"{TTS}textAlign": "left|center|right|start|end",
    f"{TTS}color": r"#[\da-fA-F]{6}(?:[\da-fA-F]{2})?",
    f"{TTS}backgroundColor": r"#[\da-fA-F]{6}(?:[\da-fA-F]{2})?",
    f"{TTS}direction": "ltr|rtl",
    f"{TTS}unicodeBidi": "normal|embed|bidiOverride",
    f"{EBUTTS}linePadding": r"\d+(?:\.\d+)?c",
}
REFERENCES = ("style", "region", f"{TTM}agent")
STANDARD = "urn:ebu:tt:distribution:2018-04"


def check_ebu_tt_d(file: str) -> ElementTree.Element:
    """The root of a file; fails with a sentence where it leaves the rules."""
    root = ElementTree.fromstring(file.encode("utf-8"))
    ids = [e.get(f"{XML}id") for e in root.iter() if e.get(f"{XML}id")]
    assert len(set(ids)) == len(ids), "an id is there twice"
    _check(root, "", ids)
    assert [e.text for e in root.iter(f"{EBUTTM}conformsToStandard")] == [STANDARD]
    return root


def _check(element: ElementTree.Element, parent: str, ids: list[str]) -> None:
    assert element.tag.startswith(TT), f"{element.tag} is no element of EBU-TT-D"
    name = element.tag.removeprefix(TT)
    below, must, may = RULES[name]
    assert parent in below, f"{name} below {parent}"
    assert must <= set(element.attrib) <= must | may, f"attributes of {name}: {element.attrib}"
    for attribute, value in element.attrib.items():
        if pattern := VALUES.get(attribute):
            assert re.fullmatch(pattern, value), f"{attribute} of {name}: {value}"
        if attribute in REFERENCES:
            assert set(value.split()) <= set(ids), f"{name} refers to {value}, which is nowhere"
    children = [child.tag.removeprefix(TT) for child in element]
    assert WHOLE.get(name, set()) <= set(children), f"{name} is not whole: {children}"
    if name in ORDER:
        assert children == [child for child in ORDER[name] if child in children]
    if name == "metadata":
        return
    if name not in ("p", "span"):
        texts = [element.text, *(child.tail for child in element)]
        assert not "".join(filter(None, texts)).strip(), f"text in {name}"
    for child in element:
        _check(child, name, ids)
