"""Ask every rule of a lane about its facts, and put the answers together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from fastlane.rules.facts import AGENCY, look_up, struck
from fastlane.rules.outcome import Outcome, weightiest
from fastlane.rules.rule import A_PERSON_MUST_LOOK, Decision, Fired, Law, Missing, Params, Rule
from fastlane.rules.rule import gettext_noop as _

if TYPE_CHECKING:
    from fastlane.rules.lanes import Lane
    from fastlane.rules.reference import Reference

NOT_GIVEN = _("Not given: %(facts)s. Add it and ask again.")
NOT_CONFIRMED = _("Not confirmed yet: %(facts)s. %(who)s confirms it.")
NOT_CONFIRMED_PUBLIC = _("Not confirmed yet. %(who)s confirms it.")
NO_LAW = _("No law that allows this is in force on the date of arrival.")


def evaluate(
    lane: Lane,
    facts: object,
    reference: Reference,
    *,
    rule_set: str,
    unconfirmed: Iterable[str] = (),
) -> Decision:
    """Decide by the date of arrival and return every rule that fired.

    A needed fact that is missing makes its rule fire: incomplete where it is to be declared or the portal's to know,
    manual review where an agency is to confirm it. `unconfirmed` names agency facts that are not confirmed or too old.
    """
    facts = struck(facts, unconfirmed)
    on = _day(attrgetter(lane.dated_by)(facts))
    # A rule that looks at the day needs it, so it is missed before it could see this first of all days.
    today = Law(reference, on or date.min, None)
    fired = [said for rule in lane.rules if (said := _ask(lane, rule, facts, today, on)) is not None]
    return Decision(weightiest(said.outcome for said in fired), tuple(fired), rule_set)


def _day(arrival: object) -> date | None:
    if isinstance(arrival, datetime):
        return arrival.date()
    return arrival if isinstance(arrival, date) else None


def _ask(lane: Lane, rule: Rule, facts: object, law: Law, on: date | None) -> Fired | None:
    if rule.when is not None:
        path, value = rule.when
        known = attrgetter(path)(facts)
        if known != value:
            return missing(lane, rule, (path,)) if known is None else None
    if dates := law.reference.law.get(rule.code):
        if on is None:
            return missing(lane, rule, (lane.dated_by,))
        period = law.reference.law_on(rule.code, on)
        if period is None:
            side = "before" if on < dates[0].start else "after"
            return _fired(rule, rule.outcome, NO_LAW) if side in rule.outside_law else None
        law = Law(law.reference, on, period.amount)
    values = rule.values(facts)
    if None in values and None in values[: len(rule.needs)]:
        return _unknown(lane, rule, values)
    answer = rule.fires(law, *values) if rule.law else rule.fires(*values)
    if isinstance(answer, Missing):
        return missing(lane, rule, answer.paths)
    if not answer:
        return None
    params = tuple(sorted(answer.items())) if isinstance(answer, Mapping) else ()
    return _fired(rule, rule.outcome, rule.text, params, rule.public_text)


def _unknown(lane: Lane, rule: Rule, values: tuple[object, ...]) -> Fired | None:
    paths = tuple(path for path, value in zip(rule.needs, values, strict=False) if value is None)
    return None if rule.silent_without.intersection(paths) else missing(lane, rule, paths)


def missing(lane: Lane, rule: Rule, paths: tuple[str, ...]) -> Fired:
    """Return what a rule says when facts it needs are missing. What people can add themselves comes first."""
    facts = [look_up(lane.facts, path) for path in paths]
    to_add = [fact for fact in facts if fact.source is not AGENCY]
    if to_add:
        titles = ", ".join(dict.fromkeys(fact.title for fact in to_add))
        return _fired(rule, Outcome.INCOMPLETE, NOT_GIVEN, (("facts", titles),))
    titles = ", ".join(dict.fromkeys(fact.title for fact in facts))
    who = facts[0].confirmed_by
    params: Params = (("facts", titles), ("who", who))
    masked = NOT_CONFIRMED_PUBLIC if rule.public_text == A_PERSON_MUST_LOOK else ""
    return _fired(rule, Outcome.MANUAL_REVIEW, NOT_CONFIRMED, params, masked)


def _fired(rule: Rule, outcome: Outcome, message: str, params: Params = (), public: str = "") -> Fired:
    return Fired(rule.code, outcome, message, params, rule.authority, rule.tag, public or message)
