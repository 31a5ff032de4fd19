"""Good files of every allowed kind, made afresh: what honest companies upload."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache

import openpyxl
import pikepdf
from openpyxl.comments import Comment
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from weasyprint import HTML

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SENTENCE = "Seal policy of Harbor Example Ltd"


def packed(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def content_types(main: str) -> str:
    kind = "application/vnd.openxmlformats-officedocument." + main
    return f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="{kind}"/></Types>'


def relations(*entries: str) -> str:
    return f'<Relationships xmlns="{RELS}">{"".join(entries)}</Relationships>'


def relation(kind: str, target: str, mode: str = "External") -> str:
    return f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def docx_parts(body: str = "", **more: bytes | str) -> dict[str, bytes | str]:
    first = f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"
    document = f'<w:document xmlns:w="{W}"><w:body>{first}{body}</w:body></w:document>'
    return {
        "[Content_Types].xml": content_types("wordprocessingml.document.main+xml"),
        "_rels/.rels": relations(relation("officeDocument", "word/document.xml", "Internal")),
        "word/document.xml": document,
    } | more


def pptx_parts(slides: int = 2) -> dict[str, bytes | str]:
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    return {
        "[Content_Types].xml": content_types("presentationml.presentation.main+xml"),
        "_rels/.rels": relations(relation("officeDocument", "ppt/presentation.xml", "Internal")),
        "ppt/presentation.xml": "<presentation/>",
    } | {f"ppt/slides/slide{n}.xml": f"<sld {a}><a:p><a:t>{SENTENCE}</a:t></a:p></sld>" for n in range(slides)}


def odt(body: str = "", **more: bytes | str) -> bytes:
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    content = (
        f'<o:document-content xmlns:o="{office}" xmlns:t="{text}" xmlns:x="http://www.w3.org/1999/xlink">'
        f"<t:p>{SENTENCE}</t:p>{body}</o:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        parts = {"content.xml": content, "styles.xml": "<styles/>", "META-INF/manifest.xml": "<manifest/>"} | more
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def picture(form: str, mode: str = "RGB", size: tuple[int, int] = (320, 240), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 60).convert(mode).save(buffer, form, **options)
    return buffer.getvalue()


def deep_png() -> bytes:
    buffer = io.BytesIO()
    Image.new("I;16", (64, 64), 40_000).save(buffer, "PNG")
    return buffer.getvalue()


def phone_photo() -> bytes:
    """A photo with camera data, and a gain map behind it as phones write it."""
    camera = Image.Exif()
    camera[0x010F], camera[0x0112] = "Example Camera", 6
    return picture("JPEG", exif=camera) + picture("JPEG", "L", (80, 60))


def two_pictures() -> bytes:
    buffer = io.BytesIO()
    first, second = Image.new("RGB", (64, 64), "navy"), Image.new("RGB", (64, 64), "teal")
    first.save(buffer, "MPO", save_all=True, append_images=[second])
    return buffer.getvalue()


def pdf(pages: int = 2, link: str = "", text: str = SENTENCE) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(pages):
        canvas.drawString(72, 720, f"{text}, page {number + 1}")
        if link:
            canvas.linkURL(link, (72, 700, 200, 720))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@cache
def woven_pdf() -> bytes:
    return HTML(string=f"<html lang=en><title>T</title><h1>{SENTENCE}</h1><p>Révisé à Nogales").write_pdf()


def scanned_pdf() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (1240, 1754), "ivory").save(buffer, "PDF")
    return buffer.getvalue()


def changed_pdf(**options: object) -> bytes:
    """A PDF that opens at its first page, saved again by another program."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])
        document.save(buffer, **options)
    return buffer.getvalue()


def workbook(rows: int = 3, link: str = "", note: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for number in range(rows):
        sheet.append([number, SENTENCE, f"Gate {number % 7}", 12.5])
    if link:
        sheet["B1"].hyperlink = link
    if note:
        sheet["B2"].comment = Comment(note, "Harbor Example")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_parts(package: bytes, **parts: bytes | str) -> bytes:
    """Return a package with further parts, or with other content for those it has."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()} | parts)


GOOD = {
    "two pages.pdf": pdf,
    "with web link.pdf": lambda: pdf(link="https://www.example.org/seals"),
    "with mail link.PDF": lambda: pdf(link="mailto:gate@harbor.example"),
    "woven.pdf": woven_pdf,
    "scanned.pdf": scanned_pdf,
    "opens at page one.pdf": changed_pdf,
    "object streams.pdf": lambda: changed_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linear.pdf": lambda: changed_pdf(linearize=True),
    "padded.pdf": lambda: pdf() + b"\r\n\x00\x00",
    "three hundred pages.pdf": lambda: pdf(300),
    "photo.jpg": lambda: picture("JPEG"),
    "photo.jpeg": lambda: picture("JPEG", quality=95, progressive=True),
    "grey.jpg": lambda: picture("JPEG", "L"),
    "print colours.jpg": lambda: picture("JPEG", "CMYK"),
    "phone.JPG": phone_photo,
    "two pictures.jpg": two_pictures,
    "twelve megapixels.jpg": lambda: picture("JPEG", size=(4000, 3000)),
    "gate.png": lambda: picture("PNG"),
    "see-through.png": lambda: picture("PNG", "RGBA"),
    "palette.png": lambda: picture("PNG", "P"),
    "deep.png": deep_png,
    "bit.png": lambda: picture("PNG", "1"),
    "yard.webp": lambda: picture("WEBP"),
    "lossless.webp": lambda: picture("WEBP", "RGBA", lossless=True),
    "policy.docx": lambda: packed(docx_parts()),
    "linked policy.docx": lambda: packed(
        docx_parts(**{"word/_rels/document.xml.rels": relations(relation("hyperlink", "https://www.example.org/"))})
    ),
    "illustrated.docx": lambda: packed(docx_parts(**{"word/media/image1.png": picture("PNG")})),
    "numbered.docx": lambda: packed(docx_parts(f'<w:p xmlns:w="{W}"><w:fldSimple w:instr=" PAGE "/></w:p>')),
    "visitors.xlsx": workbook,
    "twenty thousand rows.xlsx": lambda: workbook(20_000),
    "linked.xlsx": lambda: workbook(link="https://www.example.org/"),
    "noted.xlsx": lambda: workbook(note="Seen by the gate"),
    "printed.xlsx": lambda: with_parts(workbook(), **{"xl/printerSettings/printerSettings1.bin": b"\x00P\x00r" * 80}),
    "training.pptx": lambda: packed(pptx_parts()),
    "rules.odt": odt,
    "linked.odt": lambda: odt('<t:p><t:a x:href="https://www.example.org/">more</t:a></t:p>'),
    "guards.csv": lambda: b"name,phone,balance\r\nA. Example,+1 555 0100,-12.50\r\n=====,,\r\n",
    "semicolons.csv": lambda: "Nombre;Teléfono\nPeña;+52 55 0100\n".encode("cp1252"),
    "marked.csv": lambda: "név,kapu\nŐrség,3\n".encode("utf-8-sig"),
    "notes.txt": lambda: b"Gate 3 < gate 4; R&D keeps the keys.\n",
    "wide notes.txt": lambda: "夜间巡逻记录\n".encode("utf-16"),
    "acta de reunión.txt": lambda: "Acta: revisión de sellos\n".encode(),
}  # fmt: skip
