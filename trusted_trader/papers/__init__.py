"""The papers people take home: fill in the dataclass of a paper, get its PDF. Nothing here reads the database."""

from __future__ import annotations

import base64
from typing import Any

from django.utils import translation
from django.utils.safestring import mark_safe

from trusted_trader.papers import guilloche, qr, render
from trusted_trader.papers.contexts import (
    AgreementPaper,
    Answer,
    BundleFile,
    CasePaper,
    CertificatePaper,
    EventLine,
    LetterKind,
    LetterPaper,
    Paper,
    ProfilePaper,
    Reason,
    ReceiptPaper,
    Section,
)
from trusted_trader.papers.render import RenderRefused

__all__ = [
    "AgreementPaper",
    "Answer",
    "BundleFile",
    "CasePaper",
    "CertificatePaper",
    "EventLine",
    "LetterKind",
    "LetterPaper",
    "Paper",
    "ProfilePaper",
    "Reason",
    "ReceiptPaper",
    "RenderRefused",
    "Section",
    "agreement",
    "case",
    "certificate",
    "letter",
    "make",
    "profile",
    "receipt",
]

# Width and height in millimetres of a page that lies on its long side.
LANDSCAPE = {"Letter": (279.4, 215.9), "A4": (297.0, 210.0)}


def certificate(paper: CertificatePaper) -> bytes:
    """The certificate as an unsigned PDF of one page; see trusted_trader.papers.signing for the signature."""
    with translation.override(paper.language):
        # Our own markup; its only outside part, the address, is escaped by segno.
        code = mark_safe(qr.svg(paper.verify_url))  # noqa: S308
    return make("certificate", paper, qr=code, background=_data(guilloche.page(*LANDSCAPE[paper.size])))


def letter(paper: LetterPaper) -> bytes:
    """A letter that tells a decision, its reasons, how to appeal and by when."""
    return make("letter", paper)


def receipt(paper: ReceiptPaper) -> bytes:
    """The receipt for a submission, with a copy of all that was submitted."""
    return make("receipt", paper)


def agreement(paper: AgreementPaper) -> bytes:
    """An agreement as it was signed."""
    return make("agreement", paper)


def profile(paper: ProfilePaper) -> bytes:
    """The whole security profile in print."""
    return make("profile", paper)


def case(paper: CasePaper) -> bytes:
    """The cover of a case bundle."""
    return make("case", paper)


def make(name: str, paper: Paper, **extra: Any) -> bytes:
    """Any paper by its template in `pdf/`; later apps bring papers of their own."""
    with translation.override(paper.language):
        title = paper.title
    return render.render(
        f"pdf/{name}.html",
        {"paper": paper, "seal": _data(guilloche.seal()), **extra},
        title=title,
        language=paper.language,
    )


def _data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
