"""What an inspection answers, the limits it applies, and the sentence for each refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MB = 1_000_000
ACCEPTED = "accepted"


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation without translating it; this package knows no Django."""
    return message


_ = gettext_noop

REASONS: Mapping[str, str] = {
    ACCEPTED: _("The file passed all checks."),
    "kind_not_allowed": _(
        "Files of the kind %(found)s are not taken. Save it as PDF, JPEG, PNG, DOCX, XLSX, PPTX, ODT, CSV or TXT."
    ),
    "empty": _("The file is empty. Choose the right file and upload it again."),
    "too_large": _("The file is larger than %(limit)s MB. Split it, or save it with smaller pictures."),
    "kind_mismatch": _("The name says %(named)s, but the content does not. Save it as %(named)s and upload the copy."),
    "test_signature": _("The file carries a virus test signature. Check your computer, then upload a clean copy."),
    "second_format": _("The file can be read as a second kind of file. Export it again and upload the clean copy."),
    "hidden_data": _("Extra data is hidden before or behind the content. Save the file again and upload the copy."),
    "markup": _("The file contains web page code. Remove the code, or save the document as PDF."),
    "damaged": _("The file is damaged or not complete. Open it, save it again and upload the copy."),
    "encrypted": _("The file is protected by a password. Remove the protection and upload it again."),
    "active_content": _("The file contains scripts or actions (%(found)s). Print it to a new PDF and upload that."),
    "attachment": _("Other files are packed inside this one. Upload each file on its own."),
    "macros": _("The document contains macros. Save it without macros, or as PDF, and upload that."),
    "outside_link": _("The document loads parts from another place. Save it as PDF and upload that."),
    "unsafe_part": _("The document contains a part that is not taken (%(found)s). Save it as PDF and upload that."),
    "unsafe_structure": _("The document is packed in an unusual way. Save it as PDF and upload that."),
    "expands_too_much": _("The file grows far too large when opened. Save it again, or split it."),
    "too_many_pages": _("The file has more than %(limit)s pages. Split it and upload the parts."),
    "too_many_pixels": _("The picture has too many pixels. Save it in a smaller size and upload that."),
    "too_complex": _("The file has too many parts to be checked. Print it to a new PDF, or split it."),
    "animated": _("The picture is animated. Save one still picture and upload that."),
    "formulas": _("The table contains formulas. Save it with values alone and upload that."),
    "not_text": _("The file is not plain text. Save it as plain text in UTF-8, or as PDF."),
    "not_read_safely": _("The file could not be read safely. Save it again, or as PDF, and upload the copy."),
    "virus": _("The virus scanner found %(found)s. Check your computer, then upload a clean copy."),
    "scanner_unavailable": _("The virus scanner can't be reached, so the file is not taken yet. Try again later."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a file may have. Sizes are bytes; the figures are house rules."""

    size: int = 25 * MB
    pages: int = 500
    pixels: int = 60_000_000
    picture_memory: int = 120 * MB  # what decoding one picture may take
    objects: int = 100_000  # of a PDF
    stream: int = 32 * MB  # one unpacked PDF stream that is no picture
    entries: int = 2_000  # of a document that is a zip package
    unpacked: int = 100 * MB  # all of a package or all streams of a PDF
    xml: int = 40 * MB  # all XML of a package
    ratio: int = 200  # unpacked by packed size of a large part
    text: int = 20_000  # characters of text handed back


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome for one file.

    `code` is a key of REASONS; `message` % `params` is the sentence for the company, `reason` the same in English.
    `pages` counts pages, slides or sheets, and is None where the format has none. `safe_name` is ours to show.
    """

    accepted: bool
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    media_type: str = ""
    sha256: str = ""
    size: int = 0
    pages: int | None = None
    text: str = ""
    safe_name: str = ""

    @property
    def message(self) -> str:
        """The translatable sentence with its placeholders."""
        return REASONS[self.code]

    @property
    def reason(self) -> str:
        """The sentence in English: what is wrong, and what to do."""
        return self.message % self.params


class RefusedFile(Exception):
    """A check said no; `code` is a key of REASONS."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader learned from a file that passed its checks."""

    pages: int | None
    text: str
