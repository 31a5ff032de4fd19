"""The demonstration's pages: who there is to be, and the mail that was sent."""

from django.http import Http404, HttpRequest, HttpResponse


def people(request: HttpRequest) -> HttpResponse:
    raise Http404


def mail(request: HttpRequest) -> HttpResponse:
    raise Http404
