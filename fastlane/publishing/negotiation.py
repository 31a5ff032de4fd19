"""The API speaks JSON and nothing else: who accepts it gets it, everybody else a 406."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

ACCEPTED = frozenset({"application/json", "application/problem+json", "application/*", "*/*"})


class JsonAlone(BaseContentNegotiation):
    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:
        return next((parser for parser in parsers if request.content_type.startswith(parser.media_type)), None)

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        wanted = request.META.get("HTTP_ACCEPT", "*/*")
        if not accepts_json(wanted):
            raise NotAcceptable
        return renderers[0], renderers[0].media_type


def accepts_json(accept: str) -> bool:
    """Does an Accept header take JSON (a range with q=0 is a refusal)?"""
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        refused = any(p.replace(" ", "").startswith("q=0") and not p.strip("q=0. ") for p in parameters)
        if kind in ACCEPTED and not refused:
            return True
    return False
