"""The bytes of one file and the kind it claims to be, with the checks that hold for every kind."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import puremagic

from trusted_trader.evidence_files.report import MB, Limits, RefusedFile

HEAD = 4_096
# The antivirus test string, in two parts so that no scanner takes this source for it.
TEST_SIGNATURE = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MARKUP = re.compile(
    r"<\s*(?:script|html|iframe|svg|object|embed|body|meta\s)|<!doctype\s+html|<\?php|<%@|javascript:|\+ADw-", re.I
)
MARKUP_BYTES = re.compile(MARKUP.pattern.encode(), re.I)


class Family(Enum):
    """Formats that are read in the same way."""

    PDF = "pdf"
    PICTURE = "picture"
    PACKAGE = "package"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Kind:
    """An allowed format: `extension` is the one we write, `signature` its first bytes."""

    extension: str
    media_type: str
    family: Family
    signature: re.Pattern[bytes]


def _kind(extension: str, media_type: str, family: Family, signature: bytes) -> Kind:
    return Kind(extension, media_type, family, re.compile(signature, re.DOTALL))


OOXML = "application/vnd.openxmlformats-officedocument."
ZIP = rb"PK\x03\x04"
JPEG = _kind("jpg", "image/jpeg", Family.PICTURE, rb"\xff\xd8\xff")
KINDS: Mapping[str, Kind] = {
    "pdf": _kind("pdf", "application/pdf", Family.PDF, rb"%PDF-\d\.\d"),
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": _kind("png", "image/png", Family.PICTURE, rb"\x89PNG\r\n\x1a\n"),
    "webp": _kind("webp", "image/webp", Family.PICTURE, rb"RIFF.{4}WEBP"),
    "docx": _kind("docx", OOXML + "wordprocessingml.document", Family.PACKAGE, ZIP),
    "xlsx": _kind("xlsx", OOXML + "spreadsheetml.sheet", Family.PACKAGE, ZIP),
    "pptx": _kind("pptx", OOXML + "presentationml.presentation", Family.PACKAGE, ZIP),
    "odt": _kind("odt", "application/vnd.oasis.opendocument.text", Family.PACKAGE, ZIP),
    "csv": _kind("csv", "text/csv", Family.TEXT, rb""),
    "txt": _kind("txt", "text/plain", Family.TEXT, rb""),
}
# First bytes that no text begins with, whatever its name says.
NOT_TEXT = re.compile(
    rb"%PDF-|%!PS|\{\\rtf|#!|MZ\x90|\x7fELF|PK\x03\x04|\x89PNG|\xff\xd8\xff|GIF8|RIFF|\xd0\xcf\x11\xe0"
)


@dataclass(frozen=True, slots=True)
class Content:
    """One file as the checks see it."""

    data: bytes
    kind: Kind
    limits: Limits


def found_kind(data: bytes) -> str:
    """Return what the first bytes look like, as an extension, or "unknown"."""
    try:
        matches = puremagic.magic_string(data[:HEAD])
    except (puremagic.PureError, ValueError):
        return "unknown"
    return next((m.extension.lstrip(".") for m in matches if m.extension), "unknown")


def not_empty(content: Content) -> None:
    """Refuse a file without content."""
    if not content.data.strip(b"\x00\t\r\n "):
        raise RefusedFile("empty")


def not_too_large(content: Content) -> None:
    """Refuse a file above the size limit."""
    if len(content.data) > content.limits.size:
        raise RefusedFile("too_large", limit=content.limits.size // MB)


def content_fits_name(content: Content) -> None:
    """Refuse a file whose first bytes are of another kind than its name."""
    text = content.kind.family is Family.TEXT
    fits = not NOT_TEXT.match(content.data) if text else content.kind.signature.match(content.data)
    if not fits:
        raise RefusedFile("kind_mismatch", named=content.kind.extension.upper(), found=found_kind(content.data))


def no_test_signature(content: Content) -> None:
    """Refuse the antivirus test string anywhere in the raw bytes."""
    refuse_test_signature(content.data)


def refuse_test_signature(data: bytes) -> None:
    """Refuse the antivirus test string; readers call this for every part they unpack."""
    if TEST_SIGNATURE in data:
        raise RefusedFile("test_signature")


def no_archive_behind(content: Content) -> None:
    """Refuse a file that zip and Java readers, which look from the end, open as an archive."""
    if content.kind.family is not Family.PACKAGE and zipfile.is_zipfile(io.BytesIO(content.data)):
        raise RefusedFile("second_format")


CHECKS: tuple[Callable[[Content], None], ...] = (
    not_too_large,
    not_empty,
    content_fits_name,
    no_test_signature,
    no_archive_behind,
)
