"""A lane's answers as partners get them: outcome, the rules that fired, and how long one may rely on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.http import http_date

from fastlane.lanes import deciding, queries
from fastlane.lanes.life import COMPANY_WORD, LIVE, NO_YES, State
from fastlane.lanes.models import LaneRequest
from fastlane.publishing import cache, keys
from fastlane.publishing.members import moment
from fastlane.rules import LANES, Decision, Fired, RuleSet
from fastlane.rules.rule import DESIGN, TAGS

LONGEST_SECONDS = 60  # the contract's limit for an answer about a lane
ENTRY = "A refusal of this lane is not a refusal to unlade: ordinary preliminary entry remains possible."


def fired(rules: Iterable[Fired], *, whole: bool) -> list[dict[str, str]]:
    """The rules that fired. `whole` tells the full reason, to staff and to who gave the facts himself.

    Else a rule whose cause is for staff alone has no code of its own, and several of them are told once.
    """
    told = [
        {
            "code": rule.code if whole else rule.public_code,
            "outcome": str(rule.outcome),
            "reason": rule.reason if whole else rule.public_reason,
            "authority": rule.authority if whole else rule.public_authority,
            "tag": rule.tag if whole or not rule.hidden else DESIGN,
        }
        for rule in rules
    ]
    return [entry for place, entry in enumerate(told) if entry not in told[:place]]


def what_if(lane: str, document: Mapping[str, Any], decision: Decision) -> dict[str, Any]:
    """The answer to facts that somebody gave: nothing is stored, and nothing is signed, as it speaks of nobody."""
    at = document.get(LANES[lane].dated_by)
    return {
        "lane": lane,
        "port": document.get("port_code"),
        "at": at if isinstance(at, str) else None,
        "outcome": str(decision.outcome),
        "rules": fired(decision.rules, whole=True),
        "rule_set": decision.rule_set,
    }


def request_answer(row: LaneRequest, *, now: datetime) -> cache.Answer:
    """A request as it stands, signed; unchanged as long as nothing changed and the statement holds."""
    content = _content(row, now=now)
    depends_on = json.dumps([content, keys.ring().kid], sort_keys=True)
    return cache.shared(
        row.account_id, f"lane:{row.reference}", depends_on, now=now.timestamp(), sign=lambda: _signed(content, now)
    )


def _content(row: LaneRequest, *, now: datetime) -> dict[str, Any]:
    kept = queries.newest(row)
    status = State(row.status)
    rules = [Fired.from_json(rule) for rule in kept.rules] if kept else []
    if status in deciding.YES and kept is not None:
        # A yes is asked for once more as it is told: no yes outlives its reason, not even by the worker's moment.
        decision, gathered, _decided = deciding.answer(row, at=now)
        if not deciding.still_yes(row, decision, gathered):
            status, rules = State.VOID, list(decision.rules)
    outcome = {"approved": "eligible", "refused": "ineligible", "void": "ineligible", "revoked": "ineligible"}
    content: dict[str, Any] = {
        "id": row.reference,
        "account": row.account.number,
        "lane": row.lane,
        "imo": row.imo,
        "voyage": row.voyage,
        "port": row.port,
        "terminal": row.terminal,
        "at": moment(row.eta) if row.eta else None,
        "status": str(status),
        "status_text": COMPANY_WORD[status],
        "outcome": outcome.get(str(status), kept.outcome if kept else None),
        "rules": fired(rules, whole=False),
        "rule_set": kept.rule_set if kept else None,
        "submitted_at": moment(row.submitted_at) if row.submitted_at else None,
        "decided_at": moment(row.decided_at) if row.decided_at else None,
        "reply_due_at": _due(row),
        "events": {
            name: moment(value)
            for name, value in (
                ("all_fast", row.all_fast_at),
                ("first_container", row.first_container_at),
                ("crew_cleared", row.crew_cleared_at),
            )
            if value is not None
        },
    }
    if status in NO_YES:
        content["what_remains"] = ENTRY
    return content


def _due(row: LaneRequest) -> str | None:
    due = queries.reply_due(row)
    return moment(due) if due and row.status in LIVE else None


def _signed(content: Mapping[str, Any], now: datetime) -> cache.Answer:
    as_of = now.replace(microsecond=now.microsecond // 1000 * 1000)
    valid_until = as_of + timedelta(seconds=min(settings.STATEMENT_SECONDS, LONGEST_SECONDS))
    body = dict(content) | {"as_of": moment(as_of), "valid_until": moment(valid_until)}
    body["statement"] = keys.ring().sign(body)
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return cache.answer(text.encode(), last_modified=http_date(as_of.timestamp()), valid_until=valid_until.timestamp())


def lanes(rule_set: RuleSet) -> dict[str, Any]:
    """Everything about the lanes: rules with authority, tag and dates, facts' schema and example, ports, terminals."""
    reference = rule_set.reference
    rows = reference.rows()
    return {
        "rule_set": rule_set.version,
        "tags": dict(TAGS),
        "lanes": [
            {
                "code": lane.code,
                "title": lane.title,
                "rules": [
                    {
                        "code": rule.code,
                        "outcome": str(rule.outcome),
                        "text": rule.text,
                        "authority": rule.authority,
                        "tag": rule.tag,
                        "in_force": [
                            {"from": str(period.start), "to": str(period.until) if period.until else None}
                            for period in reference.law.get(rule.code, ())
                        ],
                    }
                    for rule in lane.rules
                ],
                "acting_elsewhere": [
                    {
                        "code": rule.code,
                        "text": rule.text,
                        "authority": rule.authority,
                        "tag": rule.tag,
                        "acts": rule.acts,
                    }
                    for rule in lane.listed
                ],
                "facts": lane.schema(),
                "example": lane.example(),
                "example_note": lane.example_note,
            }
            for lane in LANES.values()
        ],
        "ports": [row | {"terminals": _terminals(rows, row["code"])} for row in rows["ports"]],
        "phases": rows["phases"],
        "moth_periods": rows["moth_periods"],
        "settings": rows["settings"],
    }


def _terminals(rows: Mapping[str, list[dict[str, str]]], port: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in terminal.items() if name != "operator_account"}
        | {"approvals": [row for row in rows["approvals"] if row["terminal"] == terminal["code"]]}
        for terminal in rows["terminals"]
        if terminal["port"] == port
    ]
