"""Answers when something went wrong: a page that says what to do and carries a reference, or a problem document."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from fastlane.publishing import problems


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person reads: the page's title, what happened, what to do."""

    title: object
    what: object
    todo: object


FAILURES = {
    400: Failure(
        _("We could not read this request"),
        _("Something in the address or in the form was not in a shape we know."),
        _("Go back, check what you entered, and send it again."),
    ),
    403: Failure(
        _("You cannot open this page"),
        _("Your role does not include it, or it needs a sign-in that you do not have yet."),
        _("If your work needs it, ask an officer of your company or your supervisor."),
    ),
    404: Failure(
        _("We could not find this page"),
        _("The address may be wrong, the thing may be gone, or it is not for your account."),
        _("Check the address, or go back to the start page."),
    ),
    500: Failure(
        _("The fault is ours"),
        _("Something failed on our side. Nothing you sent was half saved."),
        _("Try again in a few minutes. If it fails again, write to us with the reference below."),
    ),
}
STALE_FORM = Failure(
    _("This form had waited too long"),
    _("For your safety a form is accepted only from the session it was opened in. Nothing was saved."),
    _("Go back, reload the page, and send the form again. Copy long texts first."),
)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, FAILURES[400])


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, FAILURES[403])


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, FAILURES[404])


def handler500(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, FAILURES[500])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, STALE_FORM)


def _answer(request: HttpRequest, status: int, failure: Failure) -> HttpResponse:
    reference = getattr(request, "request_id", "")
    if request.path_info.startswith("/api/"):
        return problems.by_status(request, status)
    # Without the request: its context processors read the database, which may be what failed.
    context = {"failure": failure, "status": status, "reference": reference, "support_email": settings.SUPPORT_EMAIL}
    return HttpResponse(render_to_string("errors/error.html", context), status=status)
