"""A request in print: form 3171 as it was filled in, and the decision, both signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fastlane.lanes import showing
from fastlane.lanes.filing import Filing
from fastlane.lanes.forms.facts import BOX, label_of
from fastlane.lanes.life import NO_YES, State
from fastlane.lanes.models import LaneDecision, LaneRequest
from fastlane.lanes.zones import local
from fastlane.rulebook import queries as rulebook
from fastlane.rules.facts import Fact, described
from trusted_trader import papers
from trusted_trader.application.printing import carried
from trusted_trader.papers import signing
from trusted_trader.standing.papers import signer


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form, or a declaration that goes with it (no number)."""

    number: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPaper(papers.Paper):
    """Form 3171 as it was filled in. `sent_at` is None while it is a draft."""

    reference: str
    status: str
    sent_at: datetime | None
    boxes: tuple[Box, ...]
    lists: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    declarations: tuple[Box, ...]
    calls: int

    @property
    def title(self) -> str:
        return _("Form 3171 of request %(reference)s") % {"reference": self.reference}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPaper(papers.Paper):
    """A decision on a request, as its company reads it."""

    reference: str
    number: int
    decided_at: datetime
    heading: str
    outcome: str
    ship: str
    imo: str
    voyage: str
    port: str
    terminal: str
    eta: str
    rules: tuple[showing.RuleLine, ...]
    rule_set: str
    facts_sha256: str
    by: str
    reason: str
    remains: str

    @property
    def title(self) -> str:
        return _("Decision %(number)s on request %(reference)s") % {"number": self.number, "reference": self.reference}


def form(row: LaneRequest, at: datetime) -> bytes:
    """The filled form as a signed PDF."""
    boxes, declarations, lists = _boxes(row.form, row)
    paper = FormPaper(
        **carried(row.account, at),
        reference=row.reference,
        status=showing.situation(row, at).word,
        sent_at=row.submitted_at,
        boxes=boxes,
        lists=lists,
        declarations=declarations,
        calls=len(row.form.get("port_calls") or []),
    )
    return signing.sign(papers.make("form_3171", paper), reason=_("Form filed"), at=at, signer=signer())


def _boxes(document: Mapping[str, Any], row: LaneRequest) -> tuple[Any, Any, Any]:
    boxes: list[Box] = []
    declarations: list[Box] = []
    lists: list[Any] = []

    def take(of: type, under: Mapping[str, Any], group: str = "") -> None:
        for name, fact in described(of).items():
            if fact.most and fact.group:
                if name != "port_calls":
                    lists.append(_list(fact, under.get(name) or []))
            elif fact.group:
                take(fact.group, under.get(name) or {}, label_of(fact) if name == "arriving_from" else "")
            else:
                value = _eta(row) if name == "eta" else showing.value_words(under.get(name))
                box = BOX.match(fact.description)
                label = f"{group}: {label_of(fact)}" if group else label_of(fact)
                line = Box(box[1] if box else "", label, value)
                (boxes if box else declarations).append(line)

    take(Filing, document)
    boxes.sort(key=lambda line: [int(part) for part in line.number.partition("-")[0].split(".")])
    return tuple(boxes), tuple(declarations), tuple(lists)


def _list(fact: Fact, entries: list[Mapping[str, Any]]) -> Any:
    assert fact.group is not None  # noqa: S101 - a list of groups
    names = described(fact.group)
    box = BOX.match(fact.description)
    title = f"{box[1]}. {label_of(fact)}" if box else label_of(fact)
    rows = tuple(tuple(showing.value_words(entry.get(name)) for name in names) for entry in entries)
    return title, tuple(label_of(inner) for inner in names.values()), rows


def _eta(row: LaneRequest) -> str:
    if row.eta is None:
        return "–"
    there = local(row.eta, row.port)
    return f"{there:%Y-%m-%d %H:%M} {there.tzname()} ({row.eta:%Y-%m-%d %H:%M} UTC)"


def decision(kept: LaneDecision) -> bytes:
    """A decision as a signed PDF. It says what held when it was taken, under the rule set of then."""
    row = kept.request
    reference = rulebook.by_version(kept.rule_set).reference
    port, terminal = reference.port(row.port), reference.terminals.get(row.terminal)
    line = showing.decision_line(kept, whole=False)
    remains = str(showing.ENTRY) if State(kept.status) in NO_YES else ""
    paper = DecisionPaper(
        **carried(row.account, kept.at),
        reference=row.reference,
        number=kept.number,
        decided_at=kept.at,
        heading=line.status_word,
        outcome=line.outcome_word,
        ship=row.form.get("ship", {}).get("name", ""),
        imo=row.imo,
        voyage=row.voyage,
        port=f"{row.port} {port.name}" if port else row.port,
        terminal=f"{row.terminal} {terminal.name}" if terminal else row.terminal,
        eta=_eta(row),
        rules=line.rules,
        rule_set=kept.rule_set,
        facts_sha256=kept.facts_sha256,
        by=_("A port officer") if kept.overridden_by_id else _("The rules"),
        reason=kept.reason,
        remains=remains,
    )
    return signing.sign(papers.make("lane_decision", paper), reason=_("Decision"), at=kept.at, signer=signer())
