"""Make a PDF of a template: tagged (PDF/UA-1), fonts inside, no network, the same bytes for the same input."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

ASSETS = Path(__file__).parent / "assets"


class RenderRefused(Exception):
    """A template asked for something outside the project's own files."""


class ProjectFiles(URLFetcher):  # type: ignore[misc]
    """Gives out data: addresses and the files in `assets`, and stops the rendering at anything else."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        own_file = parts.scheme == "file" and Path(unquote(parts.path)).resolve().is_relative_to(ASSETS)
        if parts.scheme != "data" and not own_file:
            raise FatalURLFetchingError(f"A paper may not fetch {url[:200]}.")
        return super().fetch(url, headers)


def render(template: str, context: Mapping[str, Any], *, title: str, language: str = "en") -> bytes:
    """The template as a PDF. Dates inside come from the context alone, the identifier from the rendered page.

    Raises RenderRefused when the page names a file or address that is not the project's own.
    """
    with translation.override(language):
        page = render_to_string(template, {**context, "title": title, "language": language})
    try:
        pdf: bytes = HTML(string=page, base_url=f"{ASSETS.as_uri()}/", url_fetcher=ProjectFiles()).write_pdf(
            pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(page.encode()).digest()[:16]
        )
    except FatalURLFetchingError as error:
        raise RenderRefused(str(error)) from error
    return pdf
