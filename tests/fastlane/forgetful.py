"""Settings of a portal that forgets to look for changes, for a control: its fast path says again what it once said."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.settings import *  # noqa: F403
from portal.settings import MIDDLEWARE

MIDDLEWARE = ["tests.fastlane.forgetful.Forget", *MIDDLEWARE]


class Forget:
    """Does nothing with a request; making it plants the fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        from fastlane.publishing import fastpath

        fastpath._stands = lambda *_: True
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
