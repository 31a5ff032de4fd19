"""A request in words for its pages: who acts next and by when, the rules that fired, and the facts with their sources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fastlane.lanes import queries
from fastlane.lanes.filing import Filing
from fastlane.lanes.forms.facts import label_of
from fastlane.lanes.life import COMPANY_WORD, STAFF_WORD, State
from fastlane.lanes.models import LaneDecision, LaneRequest
from fastlane.rules import LANES, Fired, Outcome, Source, paths
from fastlane.rules.aqua_facts import PORT_OFFICER
from fastlane.rules.facts import Fact, described
from fastlane.rules.rule import TAGS

OUTCOME_WORD = {
    Outcome.ELIGIBLE: gettext_lazy("Eligible"),
    Outcome.INELIGIBLE: gettext_lazy("Not eligible"),
    Outcome.INCOMPLETE: gettext_lazy("Something is missing"),
    Outcome.MANUAL_REVIEW: gettext_lazy("A person must look"),
    Outcome.NOT_REQUIRED: gettext_lazy("No permission needed"),
}
TRIGGER_WORD = {
    "filed": gettext_lazy("The request was sent"),
    "changed": gettext_lazy("The port call was changed"),
    "standing": gettext_lazy("A standing changed"),
    "facts": gettext_lazy("The agency told new facts"),
    "rule set": gettext_lazy("Another rule set came into force"),
    "eta-24": gettext_lazy("24 hours before arrival"),
    "eta-12": gettext_lazy("12 hours before arrival"),
    "arrival": gettext_lazy("On arrival"),
    "facts' age": gettext_lazy("A fact of the agency grew too old"),
    "officer": gettext_lazy("A port officer decided"),
}
SOURCE_WORD = {
    Source.PORTAL: gettext_lazy("known to this portal"),
    Source.DECLARED: gettext_lazy("declared by the agent"),
    Source.AGENCY: gettext_lazy("known to the agency"),
}
# Facts behind rules whose cause is for staff alone: the company reads that a person must look, and no more.
HIDDEN = frozenset(
    path
    for rule in queries.AQUA.rules
    if rule.public_text
    for path in (*rule.needs, *rule.may)
    if paths(queries.AQUA.facts).get(path) and paths(queries.AQUA.facts)[path].source is Source.AGENCY
)
ENTRY = gettext_lazy(
    "A refusal of this lane is not a refusal to unlade: ask for ordinary preliminary entry. "
    "The port director may still grant it (19 CFR 4.8 and 4.30)."
)
FILE_BEFORE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that fired, in words."""

    code: str
    outcome: str
    outcome_word: str
    reason: str
    authority: str
    tag_word: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision of a request, ready to read."""

    row: LaneDecision
    trigger: str
    outcome_word: str
    status_word: str
    rules: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact with where it is from. `state` is "", "missing" or "stale"; `observed_at` is aware."""

    path: str
    title: str
    value: str
    source: str
    system: str = ""
    observed_at: datetime | None = None
    state: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a request stands: its word, who acts next and how, and by when (aware, None: no clock runs)."""

    word: str
    who: str
    what: str
    due_at: datetime | None = None
    late: bool = False


def rule_lines(rules: Iterable[Fired | Mapping[str, Any]], *, whole: bool) -> tuple[RuleLine, ...]:
    """The rules that fired; a company reads public code and reason alone, the same words once."""
    lines = (_rule_line(r if isinstance(r, Fired) else Fired.from_json(r), whole=whole) for r in rules)
    return tuple(dict.fromkeys(lines))


def _rule_line(fired: Fired, *, whole: bool) -> RuleLine:
    params = {name: _(value) if isinstance(value, str) and value else value for name, value in fired.params}
    message = fired.message if whole else fired.public_message
    return RuleLine(
        fired.code if whole else fired.public_code, str(fired.outcome), str(OUTCOME_WORD[fired.outcome]),
        _(message) % params, fired.authority if whole else _(fired.public_authority), _(TAGS.get(fired.tag, fired.tag)),
    )  # fmt: skip


def decision_line(row: LaneDecision, *, whole: bool) -> DecisionLine:
    words = STAFF_WORD if whole else COMPANY_WORD
    return DecisionLine(
        row,
        str(TRIGGER_WORD.get(row.trigger, row.trigger)),
        str(OUTCOME_WORD[Outcome(row.outcome)]),
        _(words[State(row.status)]),
        rule_lines(row.rules, whole=whole),
    )


def situation(row: LaneRequest, now: datetime, *, staff: bool = False) -> Situation:
    """Who acts next and by when. A reply is due 12 hours before arrival; a request is filed 24 hours before."""
    state = State(row.status)
    due = queries.reply_due(row)
    agent, officer = _("The vessel agent"), _("A port officer")
    latest = row.eta - FILE_BEFORE if row.eta else None
    steps: dict[State, tuple[str, str, datetime | None]] = {
        State.DRAFT: (agent, _("Fill in the form and send it, 24 hours before arrival at the latest."), latest),
        State.SUBMITTED: (_("The portal"), _("The rules decide in this moment."), due),
        State.INCOMPLETE: (agent, _("Add what the rules miss, then send the request again."), latest),
        State.MANUAL_REVIEW: (officer, _("Looks at what the rules left to a person, and answers."), due),
        State.APPROVED: (agent, _("Begin cargo work on arrival, and report what happens there."), None),
        State.NOT_REQUIRED: (agent, _("No AQUA approval is needed. Report what happens on arrival."), None),
        State.REFUSED: (agent, str(ENTRY), None),
        State.VOID: (agent, str(ENTRY), None),
        State.REVOKED: (_("The programme"), str(ENTRY), None),
    }
    who, what, by = steps.get(state, (_("Nobody"), _("Nothing more happens with this request."), None))
    words = STAFF_WORD if staff else COMPANY_WORD
    return Situation(_(words[state]), who, what, by, late=by is not None and by <= now)


def declared(form: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the agent declared, by group: title and its lines of label and value, as on the form."""
    groups: list[tuple[str, list[tuple[str, str]]]] = [(_("The port call"), [])]
    for name, fact in described(Filing).items():
        value = form.get(name)
        if fact.most and fact.group:
            entries = [(str(n), entry_words(fact, entry)) for n, entry in enumerate(value or [], start=1)]
            if name != "port_calls":
                groups.append((label_of(fact), entries))
        elif fact.group:
            inner = [(label_of(f), value_words((value or {}).get(n))) for n, f in described(fact.group).items()]
            groups.append((label_of(fact), inner))
        else:
            groups[0][1].append((label_of(fact), value_words(value)))
    calls = len(form.get("port_calls") or [])
    told = ngettext("%(n)s port call", "%(n)s port calls", calls) % {"n": calls} if calls else "–"
    groups[0][1].append((_("Port calls of 24 months"), told))
    return groups


def entry_words(fact: Fact, entry: Mapping[str, Any]) -> str:
    """An entry of a list in one line."""
    assert fact.group is not None  # noqa: S101 - a list of groups
    return ", ".join(value_words(entry[name]) for name in described(fact.group) if entry.get(name) not in (None, ""))


def fact_lines(
    document: Mapping[str, Any],
    sources: Mapping[str, Any],
    *,
    unconfirmed: Iterable[str] = (),
    whole: bool,
) -> list[FactLine]:
    """Every fact with source; `whole` shows the agency's, too, with the system that told it and when."""
    agency = sources.get("agency", {})
    open_ = frozenset(unconfirmed)
    lines = []
    for path, fact in paths(queries.AQUA.facts).items():
        if not whole and path in HIDDEN:
            continue
        told = agency.get(path, {})
        value = look_up(document, path)
        state = "stale" if told.get("stale") else "missing" if path in open_ or value is None else ""
        if fact.optional and not value:
            continue
        who = _(fact.confirmed_by) if fact.confirmed_by else ""
        system, seen = told.get("source", ""), _moment(told.get("observed_at"))
        source = str(SOURCE_WORD[fact.source])
        lines.append(FactLine(path, _title(fact), value_words(value), source, system, seen, state, who))
    return lines + _notice(agency, whole=whole)


def _notice(agency: Mapping[str, Any], *, whole: bool) -> list[FactLine]:
    """The agency's word on the Notice of Arrival, which the facts of the rules don't hold."""
    if not whole:
        return []
    told = agency.get(queries.NOTICE, {})
    return [
        FactLine(
            queries.NOTICE, _("Notice of Arrival received"), _("told") if told else "–",
            str(SOURCE_WORD[Source.AGENCY]), told.get("source", ""), _moment(told.get("observed_at")),
            "" if told else "missing", _(PORT_OFFICER),
        )
    ]  # fmt: skip


def _title(fact: Fact) -> str:
    label = label_of(fact)
    return f"{label}: {_(fact.description)}" if fact.description else label


def look_up(document: Mapping[str, Any], path: str) -> Any:
    """The value under a dotted path, or None."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def value_words(value: Any) -> str:
    """A JSON value as people read it; a list is told by its length."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ngettext("%(n)s entry", "%(n)s entries", len(value)) % {"n": len(value)}
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def kept_facts(row: LaneDecision) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.facts)
    return found


def age_words(observed_at: datetime | None, now: datetime) -> str:
    """How long ago a fact was observed."""
    if observed_at is None:
        return "–"
    minutes = max(int((now - observed_at).total_seconds() // 60), 0)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


def lane_title(code: str) -> str:
    return _(LANES[code].title)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
