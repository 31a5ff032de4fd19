"""Enforce the policy table, and run each request in one transaction under its tenant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from accounts import events, machines, once, origin, queries, tenancy
from accounts.models import User
from accounts.policy import Factor, Row, Table, Who, owners
from accounts.policy.principals import NOBODY, Asking, asking_user


class Refused(Exception):
    """The table says no; `answer` is what the caller gets."""

    def __init__(self, answer: HttpResponseBase | Exception, why: str) -> None:
        super().__init__(why)
        self.answer = answer


@lru_cache(maxsize=1)
def policy_table() -> Table:
    found: Table = import_string(settings.POLICY_TABLE)
    return found


class PolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        channel = "api" if request.path_info.startswith("/api/") else "admin" if match.app_name == "admin" else "page"
        with origin.coming_from(
            channel, request_id=getattr(request, "request_id", ""), address=request.META.get("REMOTE_ADDR", "")
        ):
            return self._answer(request, match)

    def _answer(self, request: HttpRequest, match: ResolverMatch) -> HttpResponseBase:
        request.asking = NOBODY  # type: ignore[attr-defined]
        request.policy_row = row_for(match, request.method or "GET")  # type: ignore[attr-defined]
        if request.policy_row and request.policy_row.who == {Who.ANYONE} and not request.path_info.startswith("/api/"):  # type: ignore[attr-defined]
            return self._open(request)
        try:
            with transaction.atomic():
                asking = principal(request)
                request.asking = asking  # type: ignore[attr-defined]
                with tenancy.enter(
                    tenancy.Scope.STAFF
                    if asking.is_staff
                    else tenancy.Scope.PARTNER
                    if asking.client_id
                    else tenancy.Scope.USER,
                    user_id=asking.user.pk if asking.user else None,
                    companies=asking.memberships,
                    client_id=asking.client_id,
                ):
                    allow(request, match, asking)
                    return self._view(request)
        except Refused as refused:
            self._note_refusal(request, match, refused)
            request.refusal = refused.answer  # type: ignore[attr-defined]
            if isinstance(refused.answer, HttpResponseBase):
                return refused.answer
            return self.get_response(request)

    def _open(self, request: HttpRequest) -> HttpResponseBase:
        """A page for anyone: under the user's own tenancy when signed in, else seeing no company's rows."""
        user = request.user
        signed_in = isinstance(user, User)
        with transaction.atomic():
            if signed_in:
                request.asking = principal(request)  # type: ignore[attr-defined]
            asking: Asking = request.asking  # type: ignore[attr-defined]
            named = (
                tenancy.enter(
                    tenancy.Scope.STAFF if asking.is_staff else tenancy.Scope.USER,
                    user_id=asking.user.pk if asking.user else None,
                    companies=asking.memberships,
                )
                if signed_in
                else nullcontext()
            )
            with named:
                return self._view(request)

    def _view(self, request: HttpRequest) -> HttpResponseBase:
        """Run the view, once per form; a failure leaves nothing behind."""
        key = once.key_of(request)
        if key and not once.first(key):
            return HttpResponseRedirect(once.led_to(key) or request.get_full_path())
        response = self.get_response(request)
        if response.status_code >= 500 or getattr(request, "view_failed", False):
            transaction.set_rollback(True)
        elif key:
            once.remember(key, once.leads_to(response))
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """The last gate: a view runs only when the table has let this very request through."""
        refusal = getattr(request, "refusal", None)
        if isinstance(refusal, Exception):
            raise refusal
        if getattr(request, "policy_row", None) is None and _serves(view, request.method or "GET"):
            raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A view that fails, even with a 404, leaves nothing behind."""
        request.view_failed = True  # type: ignore[attr-defined]

    def _note_refusal(self, request: HttpRequest, match: ResolverMatch, refused: Refused) -> None:
        """A refused try by someone known leaves an event of its own."""
        asking: Asking = request.asking  # type: ignore[attr-defined]
        if asking.user is None or isinstance(refused.answer, HttpResponseBase):
            return
        with tenancy.enter(tenancy.Scope.SYSTEM):
            events.record(
                f"user:{asking.user.pk}",
                "access.refused",
                actor=asking.user,
                at=timezone.now(),
                reason=f"{request.method} {match.view_name}: {refused}",
                internal=True,
            )


def _serves(view: object, method: str) -> bool:
    """Would the view do anything on this method? False only for a class that will answer 405."""
    served = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if served is None:
        return True
    name = "get" if method == "HEAD" else method.lower()
    return name in served.http_method_names and hasattr(served, name)


def row_for(match: ResolverMatch, method: str) -> Row | None:
    return policy_table().get(match.view_name, {}).get(method)


def principal(request: HttpRequest) -> Asking:
    """Who is asking: a machine by its token on the API, else the signed-in user."""
    if request.path_info.startswith("/api/"):
        machine = machines.of(request)
        return Asking(scopes=machine.scopes, client_id=machine.client_id) if machine else NOBODY
    user = request.user
    if not isinstance(user, User):
        return NOBODY
    with tenancy.enter(tenancy.Scope.USER, user_id=user.pk):
        return asking_user(request, user)


def allow(request: HttpRequest, match: ResolverMatch, asking: Asking) -> None:
    """Raise Refused unless the table lets this principal through."""
    row: Row | None = request.policy_row  # type: ignore[attr-defined]
    if row is None:
        known = policy_table().get(match.view_name)
        if known:
            return  # the view answers 405 for a method it doesn't know; process_view refuses the rest
        raise Refused(PermissionDenied(), "no policy row")
    if Who.ANYONE in row.who:
        return
    if request.path_info.startswith("/api/"):
        return _allow_machine(row, asking)
    if asking.user is None:
        raise Refused(_to(reverse("account_login"), request), "not signed in")
    if asking.factor == Factor.NONE and Who.HALF_SIGNED_IN not in row.who:
        raise Refused(_to(reverse("second_factor"), request), "one factor")
    if row.own:
        _allow_owner(row, match, asking)
    elif not row.who & {Who.SIGNED_IN, Who.HALF_SIGNED_IN} and not row.who & asking.roles:
        raise Refused(PermissionDenied(), "role")
    if row.factor == Factor.FRESH and asking.factor != Factor.FRESH:
        raise Refused(_to(reverse("account_reauthenticate"), request), "stale factor")


def _allow_owner(row: Row, match: ResolverMatch, asking: Asking) -> None:
    company_id = owners.company_of(row.own, match.kwargs[row.own])
    role = asking.memberships.get(company_id) if company_id else None
    if role is None and asking.staff_roles & row.who:
        if company_id and asking.user and queries.is_tied(asking.user.pk, company_id):
            raise Refused(Http404(), "tie")  # kept out of its cases, and so out of its papers
        return
    if role is None:
        # Foreign and missing look the same.
        raise Refused(Http404(), "stranger")
    if role not in row.who and Who.SIGNED_IN not in row.who:
        raise Refused(PermissionDenied(), "role")


def _allow_machine(row: Row, asking: Asking) -> None:
    """Scopes are judged here; the API's own authentication words the 401 and 403."""
    if asking.client_id and not any(f"scope:{scope}" in row.who for scope in asking.scopes):
        raise Refused(PermissionDenied(), "scope")


def _page_before(request: HttpRequest) -> str:
    """The page of ours from which a form was sent: after signing in again, one is back at the same question."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _to(url: str, request: HttpRequest) -> HttpResponseRedirect:
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else _page_before(request)
    return HttpResponseRedirect(f"{url}?{urlencode({'next': back})}")
