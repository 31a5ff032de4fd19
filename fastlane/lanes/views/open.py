"""What every signed-in person may read and try: the lanes with their rules, and what would happen if."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries as who
from accounts.http import AuthenticatedRequest
from fastlane.lanes import deciding, showing, telling
from fastlane.lanes.forms.facts import FactsForm, Options, label_of
from fastlane.lanes.models import LaneRequest
from fastlane.lanes.zones import zone_of
from fastlane.rulebook import queries as rulebook
from fastlane.rulebook.models import Activation
from fastlane.rules import LANES, RuleSet, decide, paths
from fastlane.rules.lanes import Lane
from fastlane.rules.outcome import Outcome
from fastlane.rules.rule import TAGS

VARIANTS = ("a", "b")


def lane_rules(request: AuthenticatedRequest) -> HttpResponse:
    """Lanes, rules with authority, tag and dates, ports and terminals, as they are in force now."""
    now = timezone.now()
    told = telling.lanes(rulebook.in_force(now))
    since = Activation.objects.filter(status="confirmed", starts_at__lte=now).order_by("-starts_at", "-pk").first()
    context = {
        "told": told,
        "since": since,
        "lanes": [lane | {"title": _(lane["title"]), "rules": [_in_words(r) for r in lane["rules"]],
                          "acting_elsewhere": [_in_words(r) for r in lane["acting_elsewhere"]]}
                  for lane in told["lanes"]],
        "tags": [(tag, _(words)) for tag, words in TAGS.items()],
        "demonstration": "demonstration",  # how a source says that its row is made up
    }  # fmt: skip
    return render(request, "fastlane/lanes/rules.html", context)


def _in_words(rule: Mapping[str, Any]) -> dict[str, Any]:
    more = {"text": _placeholders(_(rule["text"])), "tag_word": _(TAGS[rule["tag"]])}
    if "outcome" in rule:
        more["outcome_word"] = showing.OUTCOME_WORD[Outcome(rule["outcome"])]
    if "acts" in rule:
        more["acts"] = _(rule["acts"])
    return dict(rule) | more


def _placeholders(text: str) -> str:
    """A rule's sentence as a rule, not as a finding: its open values in brackets."""
    return text.replace("%(", "[").replace(")s", "]").replace("%%", "%")


@dataclass(frozen=True, slots=True)
class Variant:
    """What the rules make of one variant of the facts."""

    name: str
    outcome: Outcome
    outcome_word: str
    rules: tuple[showing.RuleLine, ...]
    alone: frozenset[str]  # the codes that fire in this variant only


def lane_what_if(request: AuthenticatedRequest, lane: str) -> HttpResponse:
    """Two variants of the facts side by side, and what the rules make of each. Nothing is stored."""
    known = LANES.get(lane)
    if known is None:
        raise Http404
    start, origin = _start(request, known)
    port = start.get("port_code")
    options = Options(zone=zone_of(port) if isinstance(port, str) else "UTC")
    data = request.POST or None
    forms = [FactsForm(known.facts, data, document=start, options=options, prefix=name) for name in VARIANTS]
    for name, form in zip(VARIANTS, forms, strict=True):
        for field in form.fields.values():
            field.label = f"{field.label} ({name.upper()})"
    if data is not None and "copy" in request.POST and forms[0].is_valid():
        forms[1] = FactsForm(known.facts, document=forms[0].document(), options=options, prefix="b")
        for field in forms[1].fields.values():
            field.label = f"{field.label} (B)"
        return _page(request, known, forms, origin)
    if data is None:
        return _page(request, known, forms, origin)
    if not all(form.is_valid() for form in forms):
        return _page(request, known, forms, origin, status=422)
    rule_set = rulebook.in_force(timezone.now())
    documents = [form.document() for form in forms]
    variants = _compared([_variant(n, known, d, rule_set) for n, d in zip("AB", documents, strict=True)])
    changed = list(_changed(known, *documents))
    return _page(request, known, forms, origin, variants=variants, changed=changed, rule_set=rule_set.version)


def _start(request: AuthenticatedRequest, lane: Lane) -> tuple[dict[str, Any], str]:
    """Where both variants begin: a request's facts as this reader may see them, else the lane's example."""
    reference = request.POST.get("request") or request.GET.get("request", "")
    if not reference or lane.code != "aqua":
        return lane.example(), ""
    row = LaneRequest.objects.select_related("account__company").filter(reference=reference[:20]).first()
    staff = request.asking.is_staff
    if row is None or (staff and who.is_tied(request.user.pk, row.company_id)):
        raise Http404
    _decision, _gathered, decided = deciding.answer(row, at=timezone.now())
    document: dict[str, Any] = json.loads(decided.facts)
    for path in () if staff else showing.HIDDEN:
        _drop(document, path)
    return document, row.reference


def _drop(document: dict[str, Any], path: str) -> None:
    head, _dot, rest = path.partition(".")
    if rest and isinstance(document.get(head), dict):
        _drop(document[head], rest)
    elif not rest:
        document.pop(head, None)


def _variant(name: str, lane: Lane, document: dict[str, Any], rule_set: RuleSet) -> Variant:
    decision = decide(lane, lane.parse(document), rule_set).decision
    word = str(showing.OUTCOME_WORD[decision.outcome])
    return Variant(name, decision.outcome, word, showing.rule_lines(decision.rules, whole=True), frozenset())


def _compared(both: list[Variant]) -> list[Variant]:
    codes = [{(rule.code, rule.reason) for rule in variant.rules} for variant in both]
    alone = [frozenset(code for code, _reason in codes[n] - codes[1 - n]) for n in (0, 1)]
    return [replace(variant, alone=alone[n]) for n, variant in enumerate(both)]


def _changed(lane: Lane, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The facts in which the variants differ: title and both values."""
    for path, fact in paths(lane.facts).items():
        a, b = showing.look_up(one, path), showing.look_up(other, path)
        if a != b:
            yield label_of(fact), showing.value_words(a), showing.value_words(b)


def _page(
    request: AuthenticatedRequest, lane: Lane, forms: list[FactsForm], origin: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    sections = zip(*(form.sections() for form in forms), strict=True)
    variants = more.get("variants", [])
    context = {
        "lane": lane,
        "title": showing.lane_title(lane.code),
        "note": _(lane.example_note) if lane.example_note else "",
        "origin": origin,
        "forms": forms,
        "failed": any(form.errors for form in forms),
        "sections": [(a.title, list(zip(a.fields, b.fields, strict=True))) for a, b in sections],
        "lanes": [(code, showing.lane_title(code)) for code in LANES],
        "same": bool(variants) and variants[0].outcome == variants[1].outcome,
        **more,
    }
    return render(request, "fastlane/lanes/what_if.html", context, status=status)
