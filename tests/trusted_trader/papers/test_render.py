"""Rendering: the same file for the same input, nothing fetched, nothing of the reader's text taken for markup."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.template import engines
from weasyprint import HTML

from tests.trusted_trader.papers import structure
from tests.trusted_trader.papers.samples import AGREEMENT, AT, CERTIFICATE, LETTER, PROFILE, SAMPLES
from trusted_trader import papers
from trusted_trader.papers import LetterKind, RenderRefused
from trusted_trader.papers import render as rendering

ROOT = Path(__file__).resolve().parents[3]


def words(pdf: bytes) -> str:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return structure.spoken(opened)


def pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


# --- The same input, the same bytes ---

ANOTHER_PROCESS = """
import hashlib, django
django.setup()
from tests.trusted_trader.papers.samples import SAMPLES
print(*(hashlib.sha256(make(paper)).hexdigest() for make, paper in SAMPLES.values()))
"""


def test_another_process_elsewhere_makes_the_same_bytes() -> None:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LANG": "de_DE.UTF-8",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings"),
    }
    there = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )

    assert there.stdout.split() == [hashlib.sha256(make(paper)).hexdigest() for make, paper in SAMPLES.values()]


def test_another_moment_makes_another_file() -> None:
    assert papers.letter(LETTER) != papers.letter(replace(LETTER, issued_at=AT + timedelta(seconds=1)))


def test_a_paper_carries_its_date_not_todays() -> None:
    with pikepdf.open(BytesIO(papers.letter(LETTER))) as pdf:
        assert str(pdf.docinfo.CreationDate).startswith("D:20260309")


# --- Nothing is fetched ---


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Templates by name: whatever stands in the list is the page."""
    source: list[str] = []
    monkeypatch.setattr(rendering, "render_to_string", lambda _name, _context: source[0])
    return source


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/x.png", "https://example.org/x.png", "file:///etc/passwd", "../render.py", "ftp://example.org/x",
     "fonts/../../__init__.py", "fonts/%2e%2e/%2e%2e/__init__.py", "//example.org/x.png"],
)  # fmt: skip
def test_a_foreign_address_stops_the_paper(address: str, page: list[str]) -> None:
    page.append(f'<html lang="en"><title>x</title><img alt="x" src="{address}">')

    with pytest.raises(RenderRefused):
        rendering.render("x.html", {}, title="x")


def test_the_projects_own_files_are_given_out(page: list[str]) -> None:
    page.append('<html lang="en"><title>x</title><link rel="stylesheet" href="paper.css"><p>x')

    assert rendering.render("x.html", {}, title="x").startswith(b"%PDF-1.7")


def test_without_the_guard_a_file_elsewhere_would_be_read(tmp_path: Path, page: list[str]) -> None:
    (tmp_path / "secret.css").write_text('p::after { content: "leaked"; font-family: "DejaVu Sans" }')
    page.append(f'<html lang="en"><title>x</title><link rel="stylesheet" href="{tmp_path.as_uri()}/secret.css"><p>x')

    assert "leaked" in words(HTML(string=page[0]).write_pdf(pdf_variant="pdf/ua-1"))
    with pytest.raises(RenderRefused):
        rendering.render("x.html", {}, title="x")


# --- The reader's text stays text ---

MARKUP = '<img src="http://127.0.0.1:9/x"> {{ paper }} </p><h1>Hi</h1> "); @import url(http://127.0.0.1:9/)'


def test_markup_in_a_text_is_printed_as_it_was_written() -> None:
    assert MARKUP in words(papers.letter(replace(LETTER, body=MARKUP)))
    assert MARKUP in words(papers.certificate(replace(CERTIFICATE, company=MARKUP)))


def test_markup_in_a_footer_cannot_leave_it() -> None:
    hostile = 'x"\n; } } body { display: none } @import url(http://127.0.0.1:9/); a { content: "'

    assert "You may appeal" in words(papers.letter(replace(LETTER, reference=hostile)))
    assert "1. A voluntary" in words(papers.agreement(replace(AGREEMENT, agreement_title=hostile)))


def test_the_templates_would_do_harm_without_escaping() -> None:
    template = engines["django"].from_string("{{ text|safe }}")

    assert template.render({"text": MARKUP}) == MARKUP


# --- What the papers say ---


def test_a_certificate_holds_through_the_day_before_its_end() -> None:
    text = words(papers.certificate(replace(CERTIFICATE, valid_until_date=date(2027, 3, 1))))

    assert "February 28, 2027" in text
    assert "March 1, 2027" not in text


@pytest.mark.parametrize(
    ("level", "tier", "words_"),
    [
        ("certified", 1, "Certified (Tier I)"),
        ("validated", 3, "Validated (Tier III)"),
        ("certified", None, "Certified"),
    ],
)
def test_a_certificate_names_level_and_tier(level: str, tier: int | None, words_: str) -> None:
    paper = replace(CERTIFICATE, level=level, tier=tier)

    assert paper.level_words == words_
    assert words_ in words(papers.certificate(paper))


@pytest.mark.parametrize("size", ["Letter", "A4"])
@pytest.mark.parametrize("company", ["Ox", "W" * 60, "Lange Name Gesellschaft " * 8])
def test_a_certificate_is_one_page_whatever_the_name(company: str, size: str) -> None:
    paper = replace(CERTIFICATE, company=company, trade_name=company, size=size)

    assert pages(papers.certificate(paper)) == 1


def test_only_a_demonstration_says_so() -> None:
    assert "Demonstration" in words(papers.certificate(CERTIFICATE))
    assert "Demonstration" not in words(papers.certificate(replace(CERTIFICATE, demo=False)))


def test_the_code_leads_to_the_public_check() -> None:
    with pikepdf.open(BytesIO(papers.certificate(CERTIFICATE))) as pdf:
        figure = next(element for element in structure.tree(pdf).walk() if element.tag == "Figure")

    assert str(figure.source.Alt) == f"QR code that opens {CERTIFICATE.verify_url}"


@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_letter_has_its_heading(kind: LetterKind) -> None:
    paper = replace(LETTER, kind=kind)

    assert paper.heading in words(papers.letter(paper))


def test_a_letter_without_appeal_speaks_of_none() -> None:
    text = words(papers.letter(replace(LETTER, kind=LetterKind.CERTIFIED, appeal_until_date=None, reasons=())))

    assert "appeal" not in text
    assert "Reasons" not in text


def test_times_carry_both_zones_in_summer_and_winter() -> None:
    winter = replace(LETTER, written_at=AT.replace(month=1))

    assert "March 9, 2026, 11:30 a.m. EDT (2026-03-09 15:30 UTC)" in words(papers.letter(LETTER))
    assert "January 9, 2026, 10:30 a.m. EST (2026-01-09 15:30 UTC)" in words(papers.letter(winter))


def test_an_agreement_keeps_every_word_and_makes_headings_of_its_numbers() -> None:
    clauses = AGREEMENT.clauses

    assert [clause.heading for clause in clauses] == ["", "1. A voluntary partnership"]
    assert "\n\n".join("\n".join(filter(None, (c.heading, c.text))) for c in clauses) == AGREEMENT.text


def test_a_name_in_another_alphabet_is_printed() -> None:
    text = words(papers.profile(replace(PROFILE, company="Αθήνα Ναυτιλιακή · Жёлтый Груз · Đà Nẵng")))

    assert "Αθήνα Ναυτιλιακή · Жёлтый Груз" in text
