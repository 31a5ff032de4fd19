"""Replay an edition over the last year's decisions: who would fare differently, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from accounts import effects
from accounts.effects.models import Effect
from fastlane.lanes.circumstances import Circumstances, with_circumstances
from fastlane.lanes.models import LaneDecision
from fastlane.rulebook import queries
from fastlane.rulebook.models import Edition
from fastlane.rulebook.operations import REPLAY
from fastlane.rules import Decision, FactsRefused, RuleSet, decide_again

YEAR = timedelta(days=365)
MOST_KEPT = 500
CHUNK = 2_000


@effects.handler(REPLAY)
def replay_edition(effect: Effect) -> str:
    edition = Edition.objects.get(pk=effect.payload["edition"])
    edition.replay = summary(queries.of_edition(edition.pk), since=effect.created_at - YEAR)
    edition.save(update_fields=["replay"])
    return f"{edition.replay['differ']} of {edition.replay['decisions']} differ"


def summary(rule_set: RuleSet, *, since: datetime) -> dict[str, Any]:
    """Counts, the turns by outcome, and the first decisions that would be others, with the rules that make it so."""
    decisions, differ, kept = 0, 0, []
    turns: Counter[str] = Counter()
    for number, difference in enumerate(differences(rule_set, since=since), start=1):
        decisions = number
        if difference is None:
            continue
        differ += 1
        turns[f"{difference['old']} → {difference['new']}"] += 1
        if len(kept) < MOST_KEPT:
            kept.append(difference)
    return {"done": True, "decisions": decisions, "differ": differ, "turns": dict(turns), "rows": kept}


def differences(rule_set: RuleSet, *, since: datetime) -> Iterator[dict[str, Any] | None]:
    """One entry for each decision of the rules since a moment: None where it stays the same."""
    rows = LaneDecision.objects.filter(at__gte=since).order_by("pk")
    fields = (
        "pk",
        "request__reference",
        "request__account__number",
        "at",
        "outcome",
        "rules",
        "facts",
        "circumstances",
    )
    for pk, reference, account, at, outcome, rules, facts, circumstances in rows.values_list(*fields).iterator(CHUNK):
        old = sorted(rule["code"] for rule in rules)
        try:
            decision = again(facts, circumstances, rule_set)
        except FactsRefused as refused:
            yield _told(reference, account, at, outcome, "unreadable", {"problem": str(refused)})
            continue
        new = sorted(decision.codes)
        if (outcome, old) == (decision.outcome, new):
            yield None
            continue
        why = {
            "more": [fired.reason for fired in decision.rules if fired.code not in old],
            "fewer": [code for code in old if code not in new],
        }
        yield _told(reference, account, at, outcome, decision.outcome, why) | {"decision": pk}


def again(facts: str, circumstances: dict[str, Any], rule_set: RuleSet) -> Decision:
    """A kept decision taken anew under a rule set. Raises FactsRefused when its facts no longer fit.

    A terminal's approval is a fact of the decision and a row of the rule set; the rule set's own word is taken, so that
    an edition that changes approvals shows whom it concerns. Under the decision's own rule set it is the same word.
    """
    return with_circumstances(
        decide_again("aqua", _as_approved(facts, rule_set), rule_set), Circumstances.from_json(circumstances)
    )


def _as_approved(facts: str, rule_set: RuleSet) -> str:
    document = json.loads(facts)
    terminal, eta = document.get("terminal", {}), document.get("eta")
    if eta is None or terminal.get("code") is None or "approved" not in terminal:
        return facts
    when = max(eta, document.get("now", eta))  # as the facts were gathered: the arrival, or the moment after it
    approved = rule_set.reference.terminal_approved(terminal["code"], datetime.fromisoformat(when).date())
    if approved == terminal["approved"]:
        return facts
    terminal["approved"] = approved
    return json.dumps(document)


def same_again(row: LaneDecision) -> bool:
    """Whether a kept decision comes out bit by bit the same under its own rule set (rules and outcome)."""
    decision = again(row.facts, row.circumstances, queries.by_version(row.rule_set))
    return json.dumps(decision.as_json(), sort_keys=True) == json.dumps(
        {"outcome": row.outcome, "rules": row.rules, "rule_set": row.rule_set}, sort_keys=True
    )


def _told(reference: str, account: str, at: datetime, old: str, new: str, why: dict[str, Any]) -> dict[str, Any]:
    return {"request": reference, "account": account, "at": at.isoformat(), "old": old, "new": str(new), **why}
