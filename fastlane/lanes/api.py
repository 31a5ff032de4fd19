"""The API's calls about lanes: what they are, what would happen if, requests for a port call, the agency's facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts import identifiers, tenancy
from accounts.models import Account, Consent
from accounts.refusals import Refused
from fastlane.lanes import agency, describing, filing, operations, queries, telling
from fastlane.lanes.acting import Actor
from fastlane.lanes.agency import Observation
from fastlane.lanes.models import LaneRequest
from fastlane.publishing import conditional, documents, idempotency, members, problems
from fastlane.publishing.views import POLL_SECONDS, PartnerView, calling
from fastlane.rulebook import queries as rulebook
from fastlane.rules import LANES, FactsRefused, Problem, evaluate
from fastlane.rules.aqua_facts import VOYAGE
from fastlane.rules.kinds import IMO, MOMENT, Kind, Wrong

# Where the values stand that a guard of the table speaks of.
POINTERS = {"arrival_ahead": "/eta", "form_filled": "/", "arrived": "/happened_at"}


class LanesView(PartnerView):
    """The lanes, their rules in force, facts, ports and terminals."""

    route = "api:lanes"

    http_method_names = ["get", "head"]

    @describing.lanes
    def get(self, request: Request) -> HttpResponse:
        return conditional.answer(request, conditional.written(telling.lanes(rulebook.in_force(timezone.now()))))


class WhatIfView(PartnerView):
    """Facts in, outcome out; nothing is stored."""

    route = "api:what_if"

    http_method_names = ["post"]

    @describing.what_if
    def post(self, request: Request, lane: str) -> HttpResponse:
        known = LANES.get(lane)
        if known is None:
            raise NotFound
        document = documents.read(request)
        try:
            facts = known.parse(document)
        except FactsRefused as refused:
            raise documents.refused(refused.problems) from refused
        rule_set = rulebook.in_force(timezone.now())
        decision = evaluate(known, facts, rule_set.reference, rule_set=rule_set.version)
        return _json(telling.what_if(lane, document, decision))


class RequestsView(PartnerView):
    """File a request for a port call."""

    route = "api:lane_requests"

    http_method_names = ["post"]

    @describing.file_request
    @idempotency.once
    def post(self, request: Request) -> HttpResponse:
        now = timezone.now()
        document = documents.read(request)
        carrier = document.pop("carrier", None) if isinstance(document, dict) else None
        given = _filing(document)
        account = _filed_for(calling(request).client_id, carrier)
        if missing := filing.missing(given):
            raise documents.refused(missing)
        actor = Actor(client_id=calling(request).client_id)
        with _portal(), _refusals():
            row = operations.draft(account=account, filing=given, actor=actor, at=now)
            row = operations.submit(request=row, actor=actor, at=now)
            answer = telling.request_answer(row, now=now)
        response = HttpResponse(answer.body, status=201, content_type="application/json")
        response.headers["Location"] = settings.PUBLIC_URL + reverse("api:lane_request", args=[row.reference])
        response.headers["ETag"] = answer.etag
        return response


class RequestView(PartnerView):
    """A request as it stands; change its arrival, terminal or voyage."""

    route = "api:lane_request"

    http_method_names = ["get", "head", "patch"]

    @describing.request
    def get(self, request: Request, reference: str) -> HttpResponse:
        row = _own(request, reference)
        with _portal():
            answer = telling.request_answer(row, now=timezone.now())
        headers = {"X-Poll-Interval": str(POLL_SECONDS), "Last-Modified": answer.last_modified}
        return conditional.answer(request, answer.body, etag=answer.etag, headers=headers)

    @describing.amend_request
    @idempotency.once
    def patch(self, request: Request, reference: str) -> HttpResponse:
        document = documents.read(request)
        if not isinstance(document, dict) or not document or document.keys() - {"eta", "terminal", "voyage"}:
            raise problems.WrongValue("", "fields", "Send eta, terminal or voyage, and nothing else.")
        given = _filing(document)
        changes = {name: getattr(given, name) for name in document}
        if empty := [name for name, value in changes.items() if value is None]:
            raise problems.WrongValue(f"/{empty[0]}", "required", "This can be changed, not taken away.")
        row = _own(request, reference, to_write=True)
        with _portal(), _refusals():
            row = operations.amend(request=row, changes=changes, actor=_actor(request), at=timezone.now())
        return _told(row)


class EventsView(PartnerView):
    """Report what happened on arrival."""

    route = "api:lane_request_events"

    http_method_names = ["post"]

    @describing.report_event
    @idempotency.once
    def post(self, request: Request, reference: str) -> HttpResponse:
        document = _object(request, {"kind", "happened_at", "remark"})
        kind = document.get("kind")
        if kind not in describing.EVENT_KINDS:
            raise problems.WrongValue("/kind", "choice", f"Choose one of: {', '.join(describing.EVENT_KINDS)}.")
        happened_at = _moment(document.get("happened_at"), "/happened_at")
        remark = _text(document.get("remark", ""), "/remark", 300)
        row = _own(request, reference, to_write=True)
        with _portal(), _refusals():
            operations.report(
                request=row, kind=str(kind), happened_at=happened_at, remark=remark, actor=_actor(request),
                at=timezone.now(),
            )  # fmt: skip
        return _told(row, status=201)


class WithdrawView(PartnerView):
    """Take a request back."""

    route = "api:lane_request_withdraw"

    http_method_names = ["post"]

    @describing.withdraw_request
    @idempotency.once
    def post(self, request: Request, reference: str) -> HttpResponse:
        reason = ""
        if request._request.body:
            reason = _text(_object(request, {"reason"}).get("reason", ""), "/reason", 300)
        row = _own(request, reference, to_write=True)
        with _portal(), _refusals():
            operations.withdraw(request=row, reason=reason, actor=_actor(request), at=timezone.now())
        return _told(row)


class FactsView(PartnerView):
    """What the agency's own systems know about a port call."""

    route = "api:port_call_facts"

    http_method_names = ["put"]

    @describing.put_facts
    @idempotency.once_if_asked
    def put(self, request: Request, imo: str, voyage: str, port: str) -> HttpResponse:
        now = timezone.now()
        found = _object(request, {"facts"}).get("facts")
        if not isinstance(found, dict) or not found:
            raise problems.WrongValue("/facts", "type", "Give an object: each fact by its name.")
        told = [_observation(path, value) for path, value in found.items()]
        call = {
            "imo": _of_kind(IMO, imo, "/imo"),
            "voyage": queries.call_voyage(_of_kind(VOYAGE, voyage, "/voyage")),
            "port": _port(port),
        }
        with _portal():
            try:
                agency.observe(**call, observations=told, actor=_actor(request), at=now)
            except FactsRefused as refused:
                raise documents.refused(refused.problems) from refused
            known = queries.agency_facts(**call)
        return _json(
            call
            | {
                "facts": {
                    path: {"value": fact.value, "source": fact.source, "observed_at": members.moment(fact.observed_at)}
                    for path, fact in sorted(known.items())
                }
            }
        )


def _observation(path: str, value: Any) -> Observation:
    pointer = f"/facts/{path[:60]}"
    if not isinstance(value, dict) or value.keys() != {"value", "source", "observed_at"}:
        raise problems.WrongValue(pointer, "fields", "Give value, source and observed_at.")
    return Observation(
        path,
        value["value"],
        _text(value["source"], f"{pointer}/source", agency.MOST_SOURCE),
        _moment(value["observed_at"], f"{pointer}/observed_at"),
    )


def _of_kind(kind: Kind, word: str, pointer: str) -> str:
    """A word of the address, read as the same word of a filing is."""
    try:
        return str(kind.read(word))
    except Wrong as wrong:
        raise problems.WrongValue(pointer, wrong.code, wrong.detail) from wrong


def _port(code: str) -> str:
    if len(code) != 4 or not (code.isascii() and code.isdigit()):
        raise problems.WrongValue("/port", "form", "Give the port's Schedule D code, four digits.")
    return code


def _object(request: Request, known: set[str]) -> dict[str, Any]:
    document = documents.read(request)
    if not isinstance(document, dict):
        raise problems.WrongValue("", "type", "Give an object.")
    if unknown := sorted(document.keys() - known):
        raise problems.WrongValue(f"/{unknown[0][:60]}", "unknown_field", "This field is not known here. Remove it.")
    return document


def _text(value: Any, pointer: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or not (value.isprintable() or not value):
        raise problems.WrongValue(pointer, "text", f"Give a line of text of at most {most} characters.")
    return value


def _moment(value: Any, pointer: str) -> datetime:
    try:
        moment = MOMENT.read(value)
    except Wrong as wrong:
        raise problems.WrongValue(pointer, wrong.code, wrong.detail) from wrong
    assert isinstance(moment, datetime)  # noqa: S101 - what MOMENT reads
    return moment


def _filing(document: Any) -> filing.Filing:
    try:
        return filing.parse(document)
    except FactsRefused as refused:
        raise documents.refused(refused.problems) from refused


def _filed_for(client_id: str, carrier: Any) -> Account:
    """The carrier's account, when its company lets this client file. Unknown, foreign and not allowed are the same."""
    if not isinstance(carrier, dict) or carrier.keys() != {"scheme", "value"}:
        raise problems.WrongValue("/carrier", "required", "Give the carrier as an object of scheme and value.")
    if carrier["scheme"] not in identifiers.API_SCHEMES or not isinstance(carrier["value"], str):
        raise problems.WrongValue(
            "/carrier/scheme", "choice", f"Choose one of: {', '.join(identifiers.API_SCHEMES)}; the value is text."
        )
    account = members.find(client_id, carrier["scheme"], carrier["value"], "sea_carrier")
    if not isinstance(account, Account) or not _lets_act(client_id, account.pk):
        raise NotFound
    return account


def _lets_act(client_id: str, account_id: int) -> bool:
    rows = Consent.objects.filter(account=account_id, partner__client_id=client_id, revoked_at=None, acts=True)
    return rows.exists()


def _own(request: Request, reference: str, *, to_write: bool = False) -> LaneRequest:
    """A request that this client filed, as long as the company lets it look (and write); a terminal's system reads the
    calls at the terminal.
    """
    client_id = calling(request).client_id
    row = LaneRequest.objects.readable_by(client_id).filter(reference=reference).first()
    if row is not None and to_write and row.client_id != client_id:
        raise NotFound
    if row is None or (to_write and not _lets_act(client_id, row.account_id)):
        raise NotFound
    return row


def _actor(request: Request) -> Actor:
    return Actor(client_id=calling(request).client_id)


def _portal() -> Any:
    """The portal's own eyes: what a client may do was asked before, by its scope and the company's consent."""
    return tenancy.enter(tenancy.Scope.SYSTEM)


class _refusals:
    """Turns an operation's no into a problem: a conflict, or a value that is wrong with its pointer."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if not isinstance(error, Refused):
            return
        if error.field or error.code in POINTERS:
            pointer = f"/{error.field}" if error.field else POINTERS[error.code]
            raise documents.refused([Problem(pointer, error.code, str(error))]) from error
        raise problems.Refusal("conflict", str(error)) from error


def _told(row: LaneRequest, *, status: int = 200) -> HttpResponse:
    with _portal():
        row.refresh_from_db()
        answer = telling.request_answer(row, now=timezone.now())
    response = HttpResponse(answer.body, status=status, content_type="application/json")
    response.headers["ETag"] = answer.etag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _json(content: dict[str, Any]) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(conditional.written(content), content_type="application/json", headers=headers)
