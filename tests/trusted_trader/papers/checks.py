"""Twelve checks of a PDF for people who can't see it. Each returns what is wrong, or an empty string."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pikepdf

from tests.trusted_trader.papers import structure


def is_tagged(pdf: pikepdf.Pdf) -> str:
    marked = pdf.Root.get("/MarkInfo", {}).get("/Marked")
    return "" if marked and "/StructTreeRoot" in pdf.Root else "The file has no tags."


def says_it_is_pdf_ua(pdf: pikepdf.Pdf) -> str:
    with pdf.open_metadata() as metadata:
        return "" if metadata.get("pdfuaid:part") == "1" else "The file does not claim PDF/UA-1."


def has_its_language(pdf: pikepdf.Pdf) -> str:
    return "" if str(pdf.Root.get("/Lang", "")) in {"en", "es"} else "The language is not told."


def has_a_title_that_is_shown(pdf: pikepdf.Pdf) -> str:
    shown = pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")
    return (
        "" if shown and str(pdf.docinfo.get("/Title", "")).strip() else "There is no title, or readers show the name."
    )


def has_headings_in_order(pdf: pikepdf.Pdf) -> str:
    levels = [
        int(element.tag[1]) for element in structure.tree(pdf).walk() if element.tag[:1] == "H" and element.tag[1:]
    ]
    if levels.count(1) != 1 or levels[0] != 1:
        return f"One first heading is needed, first of all: {levels}."
    return "" if all(later - earlier <= 1 for earlier, later in pairwise(levels)) else f"A level is left out: {levels}."


def has_table_headers(pdf: pikepdf.Pdf) -> str:
    for table in (element for element in structure.tree(pdf).walk() if element.tag == "Table"):
        cells = list(table.walk())
        known = {str(cell.source.ID) for cell in cells if cell.tag == "TH"}
        for cell in (cell for cell in cells if cell.tag == "TD"):
            named = {str(header) for header in cell.source.get("/A", {}).get("/Headers", [])}
            if not named or not named <= known:
                return "A cell names no header, or one that is not there."
    return ""


def has_alternatives_for_pictures(pdf: pikepdf.Pdf) -> str:
    figures = (element for element in structure.tree(pdf).walk() if element.tag == "Figure")
    missing = [figure for figure in figures if not str(figure.source.get("/Alt", "")).strip()]
    return "A picture has no words." if missing else ""


def has_its_fonts_inside(pdf: pikepdf.Pdf) -> str:
    for font in structure.fonts(pdf):
        descriptor = font.DescendantFonts[0].get("/FontDescriptor", {})
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            return f"{font.BaseFont} is not in the file."
    return ""


def has_letters_behind_its_glyphs(pdf: pikepdf.Pdf) -> str:
    return (
        "A glyph stands for no letter."
        if any("\ufffd" in text for page in pdf.pages for text in structure.texts(page).values())
        else ""
    )


def has_all_its_words_marked(pdf: pikepdf.Pdf) -> str:
    unmarked = [text for page in pdf.pages if (text := structure.texts(page).get(None, "").strip())]
    return f"Words outside any tag: {unmarked}." if unmarked else ""


def has_whole_lists(pdf: pikepdf.Pdf) -> str:
    for element in structure.tree(pdf).walk():
        kids = {kid.tag for kid in element.kids if isinstance(kid, structure.Element)}
        if element.tag == "L" and not kids <= {"LI", "Caption", "L"}:
            return f"A list holds {kids}."
        if element.tag == "LI" and "LBody" not in kids:
            return "An item of a list has no body."
    return ""


def reads_in_order(pdf: pikepdf.Pdf, phrases: tuple[str, ...]) -> str:
    words, place = structure.spoken(pdf), 0
    for phrase in phrases:
        found = words.find(phrase, place)
        if found < 0:
            return f"“{phrase}” is not read, or too early."
        place = found + len(phrase)
    return ""


CHECKS: tuple[Callable[[pikepdf.Pdf], str], ...] = (
    is_tagged,
    says_it_is_pdf_ua,
    has_its_language,
    has_a_title_that_is_shown,
    has_headings_in_order,
    has_table_headers,
    has_alternatives_for_pictures,
    has_its_fonts_inside,
    has_letters_behind_its_glyphs,
    has_all_its_words_marked,
    has_whole_lists,
)
