"""Every paper passes the twelve checks in each language, and each check notices its own fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

import pikepdf
import pytest

from tests.trusted_trader.papers import checks, structure
from tests.trusted_trader.papers.samples import AT, SAMPLES
from trusted_trader.papers.signing import local_signer, sign

ORDER = {
    "certificate": ("Demonstration", "Certificate of Membership", "Harbor & Finch Imports", "Certified (Tier I)",
                    "VALID THROUGH", "TTC-2026-000187", "March 8, 2027", "Does it hold today?", "Margaret Oyelaran"),
    "letter": ("Demonstration", "Ms. Ada Finch", "March 9, 2026, 11:30 a.m. EDT (2026-03-09 15:30 UTC)",
               "Your application is refused", "Dear Ms. Finch", "Reasons", "1.", "The evidence does not show",
               "How to appeal, and by when", "June 7, 2026", "What happens next", "Margaret Oyelaran"),
    "receipt": ("We have received your application", "TT-APP-000931", "Submitted by", "3f79bb", "What happens next",
                "What was sworn", "It is true and complete.", "Company facts", "Żaneta Ó Briain",
                "Security vision", "1.1", "Must", "Our chief executive", "<and>", "Evidence:", "1.2", "Should",
                "Supplementary", "1.3", "Not answered"),
    "agreement": ("Partner agreement", "Version 2026-1", "This agreement is between", "1. A voluntary partnership",
                  "Your company joins.", "Signature", "Ada Finch", "192.0.2.17", "3f79bb"),
    "profile": ("Security profile of Harbor", "Still open", "Criterion 1.3 has no answer.", "Company facts", "1.1"),
    "case": ("Case TT-APP-000931", "In review", "How to check", "Files in the bundle", "events.jsonl",
             "Verdict: Accepted", "History", "Submitted the application.", "for Harbor & Finch",
             "Reason: The photo shows another site."),
}  # fmt: skip
NAMES = sorted(SAMPLES)


@cache
def made(name: str, language: str = "en") -> bytes:
    make, paper = SAMPLES[name]
    return make(replace(paper, language=language))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_a_paper(check: Callable[[pikepdf.Pdf], str], name: str, language: str) -> None:
    with pikepdf.open(BytesIO(made(name, language))) as pdf:
        assert check(pdf) == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_reads_in_order(name: str) -> None:
    with pikepdf.open(BytesIO(made(name))) as pdf:
        assert checks.reads_in_order(pdf, ORDER[name]) == ""


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_paper_tells_its_own_language(language: str) -> None:
    with pikepdf.open(BytesIO(made("letter", language))) as pdf:
        assert pdf.Root.Lang == language


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_the_signature_takes_nothing_away(
    check: Callable[[pikepdf.Pdf], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    signer = local_signer(tmp_path_factory.getbasetemp() / "keys")
    with pikepdf.open(BytesIO(sign(made("certificate"), reason="Issued", at=AT, signer=signer))) as pdf:
        assert check(pdf) == ""


# --- Controls: a paper with one fault, which the check must name ---


def first(pdf: pikepdf.Pdf, tag: str) -> pikepdf.Dictionary:
    return next(element.source for element in structure.tree(pdf).walk() if element.tag == tag)


def without_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.MarkInfo


def without_the_claim(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as metadata:
        del metadata["pdfuaid:part"]


def without_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def without_title(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = " "


def with_a_level_left_out(pdf: pikepdf.Pdf) -> None:
    first(pdf, "H2").S = pikepdf.Name.H3


def with_a_strange_header(pdf: pikepdf.Pdf) -> None:
    first(pdf, "TD").A.Headers = pikepdf.Array([pikepdf.String("nowhere")])


def with_a_silent_picture(pdf: pikepdf.Pdf) -> None:
    del first(pdf, "Figure").Alt


def with_a_font_left_out(pdf: pikepdf.Pdf) -> None:
    del structure.fonts(pdf)[0].DescendantFonts[0].FontDescriptor.FontFile2


def with_a_font_without_letters(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].Resources.Font[next(iter(pdf.pages[0].Resources.Font.keys()))].ToUnicode


def with_words_outside(pdf: pikepdf.Pdf) -> None:
    instructions = [
        instruction
        for instruction in pikepdf.parse_content_stream(pdf.pages[0])
        if str(instruction.operator) not in {"BDC", "BMC", "EMC"}
    ]
    pdf.pages[0].Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def with_a_paragraph_in_a_list(pdf: pikepdf.Pdf) -> None:
    first(pdf, "LI").S = pikepdf.Name.P


FAULTS: tuple[tuple[str, Callable[[pikepdf.Pdf], None], Callable[[pikepdf.Pdf], str]], ...] = (
    ("receipt", without_tags, checks.is_tagged),
    ("receipt", without_the_claim, checks.says_it_is_pdf_ua),
    ("receipt", without_language, checks.has_its_language),
    ("receipt", without_title, checks.has_a_title_that_is_shown),
    ("receipt", with_a_level_left_out, checks.has_headings_in_order),
    ("receipt", with_a_strange_header, checks.has_table_headers),
    ("certificate", with_a_silent_picture, checks.has_alternatives_for_pictures),
    ("receipt", with_a_font_left_out, checks.has_its_fonts_inside),
    ("receipt", with_a_font_without_letters, checks.has_letters_behind_its_glyphs),
    ("receipt", with_words_outside, checks.has_all_its_words_marked),
    ("receipt", with_a_paragraph_in_a_list, checks.has_whole_lists),
)


@pytest.mark.parametrize(("name", "spoil", "check"), FAULTS, ids=lambda value: getattr(value, "__name__", value))
def test_a_check_notices_a_paper(
    name: str, spoil: Callable[[pikepdf.Pdf], None], check: Callable[[pikepdf.Pdf], str]
) -> None:
    with pikepdf.open(BytesIO(made(name))) as pdf:
        spoil(pdf)
        assert check(pdf)


def test_every_check_has_its_fault() -> None:
    assert {check for _, _, check in FAULTS} == set(checks.CHECKS)


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_read_backwards_is_noticed(name: str) -> None:
    with pikepdf.open(BytesIO(made(name))) as pdf:
        part = first(pdf, "Part")
        part.K = pikepdf.Array(list(part.K)[::-1])
        assert checks.reads_in_order(pdf, ORDER[name])
