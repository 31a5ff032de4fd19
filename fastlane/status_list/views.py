"""The status list as anyone may fetch it, also through a cache."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from fastlane.publishing import conditional
from fastlane.publishing.views import OpenView
from fastlane.status_list import describing
from fastlane.status_list.models import PublishedList
from fastlane.status_list.operations import ASK_AGAIN_SECONDS, TYPE

LARGEST = 2**31 - 1


class Anything(BaseContentNegotiation):
    """There is one form alone, whatever is accepted."""

    def select_parser(self, request, parsers):  # type: ignore[no-untyped-def]
        return None

    def select_renderer(self, request, renderers, format_suffix=None):  # type: ignore[no-untyped-def]
        return renderers[0], renderers[0].media_type


class StatusListView(OpenView):
    http_method_names = ["get", "head"]
    content_negotiation_class = Anything

    @describing.status_list
    def get(self, request: Request, number: int) -> HttpResponse:
        row = PublishedList.objects.filter(number=number).only("token", "etag").first() if number <= LARGEST else None
        if row is None or not row.token:
            raise NotFound
        return conditional.answer(
            request,
            row.token.encode(),
            etag=row.etag,
            content_type=f"application/{TYPE}",
            headers={
                "Cache-Control": f"public, max-age={ASK_AGAIN_SECONDS}",
                "Access-Control-Allow-Origin": "*",
            },
        )
