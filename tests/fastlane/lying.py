"""Settings of an API that lies, for controls: some answers are undescribed, and one key opens as well as another."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.settings import *  # noqa: F403
from portal.settings import MIDDLEWARE

MIDDLEWARE = ["tests.fastlane.lying.Lie", *MIDDLEWARE]
PLANTED = b'{"member": "anybody"}'


class Lie:
    """Answers every question about members, whoever asks; and the keys with a status that nobody described."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/v1/members/"):
            return HttpResponse(PLANTED, content_type="application/json")
        if request.path_info.startswith("/.well-known/"):
            return HttpResponse("{}", status=418, content_type="application/json")
        return self.get_response(request)
