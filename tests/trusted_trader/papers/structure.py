"""Read a tagged PDF the way a screen reader does: its structure tree, and the words behind each leaf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf


@dataclass
class Element:
    """A node of the structure tree, its kids in order; leaves of a page's content are (page, MCID) pairs."""

    tag: str
    source: pikepdf.Dictionary
    kids: list[Element | tuple[int, int]] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    def leaves(self) -> Iterator[tuple[int, int]]:
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.leaves()
            else:
                yield kid


def tree(pdf: pikepdf.Pdf) -> Element:
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    return _element(pdf.Root.StructTreeRoot, pages, 0)


def _element(node: pikepdf.Dictionary, pages: dict[tuple[int, int], int], page: int) -> Element:
    if "/Pg" in node:
        page = pages[node.Pg.objgen]
    element = Element(str(node.get("/S", "")).lstrip("/"), node)
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            element.kids.append((page, kid))
        elif kid.get("/Type") != "/OBJR":
            element.kids.append(_element(kid, pages, page))
    return element


def spoken(pdf: pikepdf.Pdf) -> str:
    """The document's words in the order of its structure, spaces made single."""
    words = [texts(page) for page in pdf.pages]
    parts = (words[page].get(mcid, "") for page, mcid in tree(pdf).leaves())
    return " ".join(" ".join(parts).split())


def texts(page: pikepdf.Page) -> dict[int | None, str]:
    """The words of each marked piece of a page; under None what is not marked at all."""
    found: dict[int | None, str] = {}
    marks: list[int | str | None] = []
    font: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator in {"BDC", "BMC"}:
            properties = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
            marks.append(int(properties["/MCID"]) if "/MCID" in properties else "artifact")
        elif operator == "EMC":
            marks.pop()
        elif operator == "Tf":
            font = letters(page.Resources.Font[operands[0]])
        elif operator in {"Tj", "TJ"}:
            strings = operands[0] if operator == "TJ" else [operands[0]]
            raw = b"".join(bytes(part) for part in strings if isinstance(part, pikepdf.String))
            codes = (int.from_bytes(raw[place : place + 2]) for place in range(0, len(raw), 2))
            mark = marks[-1] if marks else None
            if not isinstance(mark, str):
                found[mark] = found.get(mark, "") + "".join(font.get(code, "\ufffd") for code in codes)
    return found


def letters(font: pikepdf.Dictionary) -> dict[int, str]:
    """What each glyph of a font means, as its ToUnicode map says."""
    if "/ToUnicode" not in font:
        return {}
    pairs = re.findall(rb"<([0-9a-fA-F]+)> <([0-9a-fA-F]+)>\n(?!begin)", font.ToUnicode.read_bytes())
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Every font of every page and of the forms drawn there."""
    found: dict[tuple[int, int], pikepdf.Dictionary] = {}

    def collect(resources: pikepdf.Dictionary) -> None:
        for font in resources.get("/Font", {}).values():
            found[font.objgen] = font
        for form in resources.get("/XObject", {}).values():
            collect(form.get("/Resources", pikepdf.Dictionary()))

    for page in pdf.pages:
        collect(page.Resources)
    return list(found.values())
