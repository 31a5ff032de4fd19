"""Reads of lane requests, and the facts of a port call from their three sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from accounts import tenancy
from accounts.models import Account
from fastlane.lanes.circumstances import Circumstances
from fastlane.lanes.filing import Filing, parse
from fastlane.lanes.life import HOLDS_THE_CALL
from fastlane.lanes.models import AgencyFact, LaneDecision, LaneRequest, Misuse
from fastlane.rules import LANES, RuleSet, Source, paths
from fastlane.rules.facts import plain
from trusted_trader.standing.queries import standing

AQUA = LANES["aqua"]
AGENCY_PATHS = frozenset(path for path, fact in paths(AQUA.facts).items() if fact.source is Source.AGENCY)
NOTICE = "notice_of_arrival_received"  # the agency's word on what the agent declares
MISUSE_COUNTS = relativedelta(months=12)


@dataclass(frozen=True, slots=True)
class Known:
    """A fact of the agency as it stands: value, who says so, and when it was observed (aware)."""

    value: Any
    source: str
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a decision needs: the facts' document, what is not confirmed, the life's part, and where each is from."""

    document: Mapping[str, Any]
    unconfirmed: frozenset[str]
    circumstances: Circumstances
    sources: Mapping[str, Any]
    operator: Account | None  # who runs the terminal
    stale_after: datetime | None  # when the first fact of the agency, of those that are fresh, is too old (aware)


def filing_of(request: LaneRequest) -> Filing:
    return parse(request.form)


def agency_facts(imo: str, voyage: str, port: str) -> dict[str, Known]:
    """What the agency's systems know of a port call: of each path the newest observation."""
    rows = AgencyFact.objects.filter(imo=imo, voyage=voyage, port=port).order_by("path", "-observed_at", "-pk")
    return {row.path: Known(row.value, row.source, row.observed_at) for row in rows.distinct("path")}


def operator_of(rule_set: RuleSet, terminal: str) -> Account | None:
    """The account of the operator that reference data name for a terminal."""
    row = rule_set.reference.terminals.get(terminal)
    if row is None or not row.operator_account:
        return None
    return Account.objects.select_related("company").filter(number=row.operator_account).first()


def gather(request: LaneRequest, rule_set: RuleSet, *, now: datetime) -> Gathered:
    """The facts of a request as they stand now. Standing is told for the time of unlading, as it is known now."""
    filing = filing_of(request)
    when = max(filing.eta or now, now)
    known = agency_facts(request.imo, request.voyage, request.port)
    document = _declared(filing, request, rule_set, now=now)
    document["carrier"] = _member(request.account, when, business=True)
    operator = operator_of(rule_set, request.terminal)
    document["terminal"] |= {
        "operator": _member(operator, when),
        "approved": rule_set.reference.terminal_approved(request.terminal, when.date()),
    }
    observed = {path: fact.observed_at for path, fact in known.items() if path in AGENCY_PATHS}
    stale = rule_set.reference.stale(observed, now)
    for path in AGENCY_PATHS & known.keys():
        _put(document, path, known[path].value)
    notice = known.get(NOTICE)
    if notice is not None and notice.value is False:
        document["notice_of_arrival_ref"] = ""
    circumstances = Circumstances(
        notice_confirmed=notice is not None,
        misused=Misuse.objects.filter(account=request.account, found_at__gt=now - MISUSE_COUNTS).exists(),
        lifted=lifted(request),
    )
    sources = _sources(known, stale, operator)
    fresh = {path: at for path, at in observed.items() if path not in stale}
    return Gathered(
        document, (AGENCY_PATHS - known.keys()) | stale, circumstances, sources, operator,
        rule_set.reference.stale_after(fresh),
    )  # fmt: skip


def grown_old(request: LaneRequest, rule_set: RuleSet, *, now: datetime) -> bool:
    """Whether a fact of the agency on this port call is too old to count."""
    known = agency_facts(request.imo, request.voyage, request.port)
    observed = {path: fact.observed_at for path, fact in known.items() if path in AGENCY_PATHS}
    return bool(rule_set.reference.stale(observed, now))


def _declared(filing: Filing, request: LaneRequest, rule_set: RuleSet, *, now: datetime) -> dict[str, Any]:
    """What the agent declares, under the names that the rules use."""
    document: dict[str, Any] = {
        "terminal": {"code": filing.terminal},
        "containers_delivered_direct": filing.containers_delivered_direct,
        "vessel": {"imo": filing.ship.imo, "type": filing.ship.type},
        "cargo_type": filing.cargo_type,
        "port_code": filing.port,
        "f3171": {
            "attached": True,  # the filing is the form
            "box9_5_ticked": filing.operations.box_5,
            "box9_other_text": filing.operations.other_text,
        },
        "notice_of_arrival_ref": filing.notice_of_arrival_ref,
        "cargo": {"fumigation_on_arrival": filing.fumigation_on_arrival},
        "fsmc_certificate": filing.fsmc_certificate,
        "crew": {"undertaking_signed": filing.crew_undertaking},
        "stowaways": filing.stowaways,
        "passengers": filing.passengers,
        "last_us_port": {"formal_entry_done": filing.formal_entry_done},
        "voyage": filing.voyage,
        "port_calls_24m": {
            "received_at": _text(request.calls_received_at),
            "calls": [plain(call) for call in filing.port_calls] if filing.port_calls is not None else None,
        },
        "eta": _text(filing.eta),
        "submitted_at": _text(request.submitted_at or now),
        "now": _text(now),
    }
    return document


def _member(account: Account | None, when: datetime, *, business: bool = False) -> dict[str, Any]:
    view = standing(account, at=when) if account else None
    facts: dict[str, Any] = {
        "ctpat_status": view.level if view else "none",
        "in_good_standing": view.in_good_standing if view else False,
    }
    if business and account:
        facts["business_type"] = account.entity_type
    return facts


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    head, _, rest = path.partition(".")
    if rest:
        _put(document.setdefault(head, {}), rest, value)
    else:
        document[head] = value


def _sources(known: Mapping[str, Known], stale: frozenset[str], operator: Account | None) -> dict[str, Any]:
    """Where each fact of the agency is from, for those who may see it; the operator that was looked at."""
    facts = {
        path: {"source": fact.source, "observed_at": _text(fact.observed_at), "stale": path in stale}
        for path, fact in sorted(known.items())
    }
    return {"agency": facts, "operator": operator.number if operator else None}


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def lifted(request: LaneRequest) -> tuple[str, ...]:
    """The codes that an officer's last approval of this request has lifted."""
    row = LaneDecision.objects.filter(request=request).exclude(overridden_by=None).order_by("-number").first()
    return tuple(sorted(rule["code"] for rule in row.rules)) if row and row.status == "approved" else ()


def duplicate(request: LaneRequest, **changes: str) -> LaneRequest | None:
    """Another request that holds this port call (rule AQ-08)."""
    key = {"imo": request.imo, "voyage": request.voyage, "port": request.port} | changes
    with tenancy.enter(tenancy.Scope.SYSTEM):  # also of another carrier
        rows = LaneRequest.objects.filter(**key, status__in=sorted(HOLDS_THE_CALL)).exclude(pk=request.pk)
        return rows.first()


def newest(request: LaneRequest) -> LaneDecision | None:
    return request.decisions.order_by("-number").first()


def newest_of(requests: Iterable[LaneRequest]) -> dict[int, LaneDecision]:
    """The newest decision of each request that has one, by the request's key."""
    rows = LaneDecision.objects.filter(request__in=requests).order_by("request_id", "-number").distinct("request_id")
    return {row.request_id: row for row in rows}


def reply_due(request: LaneRequest) -> datetime | None:
    """When the reply is due: 12 hours before arrival (rule AQ-28)."""
    return request.eta - timedelta(hours=12) if request.eta else None


def call_voyage(voyage: str) -> str:
    """A voyage number as it stands in the key of a port call: one spelling for 118e and 118E."""
    return " ".join(voyage.upper().split())


def fields_of(filing: Filing) -> dict[str, Any]:
    """The columns that repeat what the form says, for queues and constraints."""
    return {
        "imo": filing.ship.imo or "",
        "voyage": call_voyage(filing.voyage or ""),
        "port": filing.port or "",
        "terminal": filing.terminal or "",
        "eta": filing.eta,
        "form": plain(filing),
    }


__all__ = ["AGENCY_PATHS", "AQUA", "NOTICE", "Gathered", "Known", "gather"]
