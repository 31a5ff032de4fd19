"""PDF: whole, open, bounded, and without anything that acts when the file is opened."""

import io
import re
import zlib
from collections.abc import Callable, Iterator

import pikepdf

from trusted_trader.evidence_files.content import MARKUP_BYTES, Content, refuse_test_signature
from trusted_trader.evidence_files.pdf_text import text_of
from trusted_trader.evidence_files.report import Limits, Reading, RefusedFile

SNIFFED = 1_024  # browsers look for markup this far
OBJECT = b" obj"
END = b"%%EOF"
DEEPEST = 40
RUNNING = {
    *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"),
    *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView"),
}
ACTIVE_KEYS = ("/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/3DD")
ACTIVE_KINDS = {"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
ATTACHED_KEYS = ("/EF", "/EmbeddedFiles")
SAFE_ADDRESS = re.compile(rb"\s*(https?://|mailto:|tel:|#|www\.)", re.I)
FLATE = {"/FlateDecode", "/Fl"}


def whole_file(content: Content) -> None:
    """Refuse bytes behind the end mark, and markup where a browser would look for it."""
    end = content.data.rfind(END)
    if end < 0:
        raise RefusedFile("damaged")
    if content.data[end + len(END) :].strip(b"\x00\t\n\f\r "):
        raise RefusedFile("hidden_data")


def no_markup_in_front(content: Content) -> None:
    """Refuse web page code at the beginning."""
    if MARKUP_BYTES.search(content.data[:SNIFFED]):
        raise RefusedFile("markup")


def few_objects(content: Content) -> None:
    """Refuse too many objects, counted before they are parsed."""
    if content.data.count(OBJECT) > content.limits.objects:
        raise RefusedFile("too_complex")


def few_pages(pdf: pikepdf.Pdf, limits: Limits) -> None:
    """Refuse too many pages."""
    if len(pdf.pages) > limits.pages:
        raise RefusedFile("too_many_pages", limit=limits.pages)


def not_encrypted(pdf: pikepdf.Pdf, _limits: Limits) -> None:
    """Refuse protected files, also those that open without a password."""
    if pdf.is_encrypted:
        raise RefusedFile("encrypted")


def bounded_objects(pdf: pikepdf.Pdf, limits: Limits) -> None:
    """Refuse too many objects packed inside streams."""
    if len(pdf.objects) > limits.objects:
        raise RefusedFile("too_complex")


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary of the file, also those inside others; references are met as objects of their own."""
    waiting = [(thing, 0) for thing in [*pdf.objects, pdf.trailer]]
    while waiting:
        thing, depth = waiting.pop()
        if depth > DEEPEST:
            raise RefusedFile("too_complex")
        if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
            yield thing
            inner = [value for _key, value in thing.items()]
        elif isinstance(thing, pikepdf.Array):
            inner = list(thing)
        else:
            continue
        containers = (pikepdf.Dictionary, pikepdf.Array)
        waiting += [(one, depth + 1) for one in inner if isinstance(one, containers) and not one.is_indirect]


def nothing_runs(pdf: pikepdf.Pdf, _limits: Limits) -> None:
    """Refuse scripts, programs, forms that send, media players, dynamic forms and odd links."""
    for item in _dictionaries(pdf):
        for key in ACTIVE_KEYS:
            if key in item:
                raise RefusedFile("active_content", found=key[1:])
        action = str(item.get("/S", ""))
        if action in RUNNING or str(item.get("/Subtype", "")) in ACTIVE_KINDS:
            raise RefusedFile("active_content", found=action[1:] or "media")
        if "/URI" in item and action == "/URI" and not SAFE_ADDRESS.match(bytes(item["/URI"])):
            raise RefusedFile("active_content", found="URI")


def opens_quietly(pdf: pikepdf.Pdf, _limits: Limits) -> None:
    """Refuse an action at opening; a plain destination, as text processors write it, only sets the view."""
    action = pdf.Root.get("/OpenAction")
    if action is None or isinstance(action, pikepdf.Array):
        return
    if not isinstance(action, pikepdf.Dictionary) or str(action.get("/S", "")) != "/GoTo":
        raise RefusedFile("active_content", found="OpenAction")


def nothing_attached(pdf: pikepdf.Pdf, _limits: Limits) -> None:
    """Refuse files inside the file."""
    for item in _dictionaries(pdf):
        attached = str(item.get("/Type", "")) == "/EmbeddedFile" or str(item.get("/Subtype", "")) == "/FileAttachment"
        if attached or any(key in item for key in ATTACHED_KEYS):
            raise RefusedFile("attachment")


def _unpack(stream: pikepdf.Stream, limit: int) -> bytes:
    """Undo the leading Flate filters of a stream, never beyond the limit; other filters grow little or not at all."""
    filters = stream.get("/Filter", pikepdf.Array())
    names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    data = stream.read_raw_bytes()
    for name in names:
        if name not in FLATE:
            break
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(data, limit)
        if len(data) == limit:
            raise RefusedFile("expands_too_much")
    return data


def bounded_streams(pdf: pikepdf.Pdf, limits: Limits) -> None:
    """Refuse streams and pictures that grow beyond the limits, and the test string inside them."""
    total = 0
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        if str(item.get("/Subtype", "")) == "/Image":
            if int(item.get("/Width", 0)) * int(item.get("/Height", 0)) > limits.pixels:
                raise RefusedFile("too_many_pixels")
            continue
        data = _unpack(item, limits.stream)
        total += len(data)
        if total > limits.unpacked:
            raise RefusedFile("expands_too_much")
        refuse_test_signature(data)


RAW_CHECKS: tuple[Callable[[Content], None], ...] = (whole_file, no_markup_in_front, few_objects)
CHECKS: tuple[Callable[[pikepdf.Pdf, Limits], None], ...] = (
    not_encrypted,
    bounded_objects,
    few_pages,
    opens_quietly,
    nothing_runs,
    nothing_attached,
    bounded_streams,
)


def read(content: Content) -> Reading:
    """Check a PDF and return its pages and the text of the first of them."""
    for check in RAW_CHECKS:
        check(content)
    try:
        # Without recovery: what has to be guessed at would be guessed differently by another program.
        with pikepdf.open(io.BytesIO(content.data), attempt_recovery=False) as pdf:
            for check_pdf in CHECKS:
                check_pdf(pdf, content.limits)
            return Reading(pages=len(pdf.pages), text=text_of(pdf, content.limits.text))
    except pikepdf.PasswordError as protected:
        raise RefusedFile("encrypted") from protected
    except pikepdf.PdfError as broken:
        raise RefusedFile("damaged") from broken
