"""Office documents (DOCX, XLSX, PPTX, ODT): zip packages of XML without macros, objects, entities or outside parts."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from trusted_trader.evidence_files import archives
from trusted_trader.evidence_files.content import Content
from trusted_trader.evidence_files.report import MB, Reading, RefusedFile

TYPES, ODF_TYPE = "[Content_Types].xml", "mimetype"
MAIN_TYPE: Mapping[str, bytes] = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
XML = {"xml", "rels", "rdf"}
PICTURES = {"png", "jpg", "jpeg", "jfif", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg", "wdp"}
PASSIVE = XML | PICTURES | {"vml", "odttf", "fntdata", "psmdcp"}
MACRO_NAME = re.compile(r"(^|/)(vbaproject|vbadata|activex|macrosheets|basic|scripts)(/|\.|$)", re.I)
ATTACHED_NAME = re.compile(r"(^|/)(embeddings|oleobject|object \d+)(/|\.|\d|$)", re.I)
PRINTER = re.compile(r"xl/printerSettings/[^/]+\.bin")
ATTACHED_START = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"%PDF")
OUTSIDE = re.compile(r"\s*(https?:|ftp:|file:|smb:|\\\\|//)", re.I)
SAFE_LINK = re.compile(r"\s*(https?://|mailto:|tel:|#|[^:\\]*$)", re.I)
SCRIPT = re.compile(rb"<\s*script|javascript:|\son\w+\s*=|<!entity|<!doctype", re.I)
LOADING_FIELD = re.compile(r"\b(DDE(AUTO)?|INCLUDETEXT|INCLUDEPICTURE)\b", re.I)

TEXT_PART: Mapping[str, re.Pattern[str]] = {
    "docx": re.compile(r"word/document\.xml"),
    "xlsx": re.compile(r"xl/(sharedStrings|worksheets/[^/]+)\.xml"),
    "pptx": re.compile(r"ppt/slides/[^/]+\.xml"),
    "odt": re.compile(r"content\.xml"),
}
PAGE_PART: Mapping[str, re.Pattern[str]] = {
    "xlsx": re.compile(r"xl/worksheets/[^/]+\.xml"),
    "pptx": re.compile(r"ppt/slides/[^/]+\.xml"),
}
TEXT_TAGS = {"t", "p", "h", "span", "a"}
BREAK_TAGS = {"p", "h", "si", "c"}
TABLE_PART = re.compile(r"xl/(sharedStrings|worksheets/[^/]+)\.xml")
LARGE_TABLE = 2 * MB


class Part(NamedTuple):
    """One file inside the package."""

    name: str
    data: bytes

    @property
    def extension(self) -> str:
        return self.name.rpartition("/")[2].rpartition(".")[2].lower()


def no_macros(part: Part) -> None:
    """Refuse macro code, controls and macro sheets, and documents that state they carry them."""
    stated = part.name == TYPES and b"macroenabled" in part.data.lower()
    if stated or MACRO_NAME.search(part.name) or b"script:event-listener" in part.data:
        raise RefusedFile("macros")


def nothing_attached(part: Part) -> None:
    """Refuse embedded objects and archives, known by place or by their first bytes."""
    if ATTACHED_NAME.search(part.name) or part.data.startswith(ATTACHED_START):
        raise RefusedFile("attachment")


def passive_parts(part: Part) -> None:
    """Refuse parts that are neither XML, pictures, fonts nor printer settings."""
    plain = part.extension in PASSIVE or PRINTER.fullmatch(part.name)
    if not plain and part.name not in {ODF_TYPE, "layout-cache"}:
        raise RefusedFile("unsafe_part", found=part.extension or part.name[:40])


def no_script(part: Part) -> None:
    """Refuse scripts in drawings."""
    if part.extension in {"svg", "vml"} and SCRIPT.search(part.data):
        raise RefusedFile("unsafe_part", found=part.extension)


PART_CHECKS: tuple[Callable[[Part], None], ...] = (no_macros, nothing_attached, passive_parts, no_script)


class _Reader:
    """Take text, and what reaches outside, from one part while it is parsed."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.fields: list[str] = []  # instructions of fields, often cut into pieces
        self.outside: list[tuple[str, str]] = []  # kind of relation, target
        self.encrypted = False
        self._open: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self._open.append(name)
        self.encrypted |= name == "encryption-data"
        if name == "Relationship" and attributes.get("TargetMode", "").lower() == "external":
            self.outside.append((attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")))
        if name == "ddeLink":
            self.outside.append((name, ""))
        for attribute, value in attributes.items():
            if attribute.endswith("}href") and OUTSIDE.match(value):
                self.outside.append(("hyperlink" if name == "a" else name, value))
            if attribute.endswith("}instr"):
                self.fields.append(value + " ")

    def data(self, text: str) -> None:
        if not self._open:
            return
        if self._open[-1] == "instrText":
            self.fields.append(text)
        elif self._open[-1] in TEXT_TAGS:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        if self._open.pop() in BREAK_TAGS:
            self.pieces.append("\n")

    def close(self) -> None:
        """Nothing to build: what was taken is in the fields."""


class _WellFormed:
    """Take nothing; without handlers expat runs at full speed."""

    def close(self) -> None:
        """Nothing to build."""


def parse_xml(data: bytes, target: _Reader | _WellFormed) -> None:
    """Parse one XML part; a document type or entity is refused, as no office program writes one."""
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException as hostile:
        raise RefusedFile("unsafe_structure") from hostile
    except ParseError as broken:
        raise RefusedFile("damaged") from broken


def no_outside_parts(reader: _Reader) -> None:
    """Refuse parts loaded from elsewhere, and links that are no plain web, mail or phone links."""
    if any(kind != "hyperlink" or not SAFE_LINK.match(target) for kind, target in reader.outside):
        raise RefusedFile("outside_link")


def no_loading_fields(reader: _Reader) -> None:
    """Refuse fields that start programs or load files."""
    if LOADING_FIELD.search("".join(reader.fields)):
        raise RefusedFile("outside_link")


def not_encrypted(reader: _Reader) -> None:
    """Refuse OpenDocument files with a password; OOXML with a password is no zip at all."""
    if reader.encrypted:
        raise RefusedFile("encrypted")


XML_CHECKS: tuple[Callable[[_Reader], None], ...] = (no_outside_parts, no_loading_fields, not_encrypted)


def of_stated_kind(seen: Mapping[str, bytes], content: Content) -> None:
    """Refuse a package that is not the document its name says."""
    kind = content.kind
    if kind.extension == "odt":
        fits = seen.get(ODF_TYPE) == kind.media_type.encode() and "META-INF/manifest.xml" in seen
    else:
        fits = MAIN_TYPE[kind.extension] in seen.get(TYPES, b"")
    if not fits:
        raise RefusedFile("kind_mismatch", named=kind.extension.upper(), found="zip")


WHOLE_CHECKS: tuple[Callable[[Mapping[str, bytes], Content], None], ...] = (of_stated_kind,)


def _read_xml(part: Part, text_part: re.Pattern[str]) -> str:
    """Check one XML part and return its text, or "" where the part holds none."""
    if len(part.data) > LARGE_TABLE and TABLE_PART.fullmatch(part.name):
        parse_xml(part.data, _WellFormed())  # cells reach outside only through parts that are read in full
        return ""
    reader = _Reader()
    parse_xml(part.data, reader)
    for check in XML_CHECKS:
        check(reader)
    return "".join(reader.pieces) if text_part.fullmatch(part.name) else ""


def read(content: Content) -> Reading:
    """Check an office document part by part; return its text, and the number of slides or sheets."""
    limits, extension = content.limits, content.kind.extension
    page_part = PAGE_PART.get(extension)
    pages, xml, texts = 0, 0, [""]
    seen: dict[str, bytes] = {}
    with archives.opened(content) as archive:
        for part in (Part(*named) for named in archives.parts(archive, limits.unpacked)):
            for check in PART_CHECKS:
                check(part)
            seen[part.name] = part.data if part.name in {TYPES, ODF_TYPE} else b""
            pages += bool(page_part and page_part.fullmatch(part.name))
            if part.extension in XML:
                xml += len(part.data)
                if xml > limits.xml:
                    raise RefusedFile("too_complex")
                texts.append(_read_xml(part, TEXT_PART[extension]))
    for check_whole in WHOLE_CHECKS:
        check_whole(seen, content)
    text = re.sub(r"\n\s*", "\n", "".join(texts)).strip()
    return Reading(pages=pages if page_part else None, text=text[: limits.text])
