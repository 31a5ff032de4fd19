"""Bring the demonstration world to life, company by company; whatever is there already is left alone."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts import effects, origin
from accounts.models import Company, Effect, Invitation, Notice, PartnerClient
from trusted_trader import agreement
from trusted_trader.application import operations, queries
from trusted_trader.application.evidence import CHECK, own_files
from trusted_trader.application.models import Application, Evidence
from trusted_trader.criteria import Criterion
from trusted_trader.demo import answers, papers, people, reviewing, second_account, validating
from trusted_trader.demo.companies import SUBMITTED, Plan, dice, plans
from trusted_trader.demo.founding import (
    Days,
    Founded,
    as_portal,
    company_of,
    describe_business,
    documents_as_of,
    found,
    load,
    names,
)
from trusted_trader.demo.reviewing import Staff

MOST_LINKS = 12  # a document at more criteria than this is rarely read for each
FRESH = timedelta(days=3)


class Unfinished(Exception):
    """The world could not be made whole; the message says what is missing."""


def tell(key: str, partner: PartnerClient, *, only: Collection[str] = (), now: datetime) -> None:
    """Make the world whole. `only` names companies (all by default). Raises Unfinished."""
    days = Days(now)
    wanted = [plan for plan in plans() if not only or plan.key in only]
    with origin.coming_from("command"):
        with as_portal():
            staff = Staff(people.sign_in_ready(key, people.CAST, at=days.at(400)))
        for plan in wanted:
            with as_portal():
                if company := found(plan, days):
                    _check_evidence(company)
        made = {plan.key: _live(plan, staff, partner, days) for plan in wanted}
        for member in made.values():
            with as_portal():
                validating.validate(member, staff, days)
                second_account.open_second(member, days)
        with as_portal():
            if not Invitation.objects.filter(accepted_at=None).exists():
                reviewing.furnish(made, staff, days)
        settle(days)


def whole(only: Collection[str] = ()) -> bool:
    """Whether every company is there and has come at least as far as its plan says."""
    with as_portal():
        for plan in plans():
            if not only or plan.key in only:
                first = Application.objects.filter(company=company_of(plan)).order_by("pk").first()
                if first is None or (plan.plan in SUBMITTED and first.status == "draft"):
                    return False
    return True


def progress() -> tuple[int, int]:
    """How many companies are there, of how many."""
    with as_portal():
        return sum(company_of(plan) is not None for plan in plans()), len(plans())


# --- One company --------------------------------------------------------------------------------------------------


def _live(plan: Plan, staff: Staff, partner: PartnerClient, days: Days) -> Founded:
    """Write, submit and review in one transaction, so that a run cut short leaves no half a case."""
    with as_portal():
        made = load(plan)
        if made.application.status != "draft" or made.application.eligibility or plan.plan == "draft0":
            return made
        describe_business(made, days)
        _answer(made, days)
        if plan.plan == "withdrawndraft":
            reason = "The owners have sold the freight station; there is nothing left to certify."
            operations.withdraw(application=made.application, reason=reason, actor=made.officer, at=days.at(20))
        if plan.plan in SUBMITTED:
            operations.submit(
                application=made.application, actor=made.officer, at=days.at(plan.ago, 11, plan.number % 50),
                address="192.0.2.7", sworn_version=agreement.current_statement().version, fresh_factor=True,
            )  # fmt: skip
            made = load(plan)
            if plan.key == "cinderdock":
                reviewing.declare_tie(made, staff)
            reviewing.Case(made, staff, days).review()
        if reviewing.consents(made):
            reviewing.grant(made, partner, days)
    return made


def _answer(made: Founded, days: Days) -> None:
    plan = made.plan
    criteria = queries.criteria_of(made.application)
    texts = answers.write(plan, criteria, names(plan))
    links = _links(made, criteria, texts)
    first = documents_as_of(plan) + 22 if plan.plan in SUBMITTED else plan.ago - 1
    for place, (number, answer) in enumerate(texts.items()):
        ago = max(first - place * 18 // len(texts), documents_as_of(plan) + 1 if plan.plan in SUBMITTED else 0)
        at = days.at(ago, 8 + place % 9, place * 7 % 60)
        writer = made.writers[place // 9 % len(made.writers)]
        operations.save_answer(
            account=made.account,
            number=number,
            state=answer.state,
            text=answer.text,
            because=answer.because,
            version=0,
            actor=writer,
            at=at,
        )
        if links.get(number):
            operations.link_evidence(account=made.account, number=number, evidence=links[number], actor=writer, at=at)


def _links(made: Founded, criteria: Sequence[Criterion], texts: dict[str, answers.Answer]) -> dict[str, list[Evidence]]:
    """The documents of each answer: official musts first, as one document may not stand for everything."""
    ready = {row.title: row for row in Evidence.objects.filter(company=made.company, state=Evidence.State.READY)}
    by_chapter: dict[str, list[Evidence]] = {}
    for paper in papers.kinds():
        row = next((row for title, row in ready.items() if title.startswith(paper.title)), None)
        for chapter in paper.chapters if row else ():
            by_chapter.setdefault(chapter, []).append(row)  # type: ignore[arg-type]
    pictures = {"5": "docks", "6": "seal", "9": "fence", "10": "gate"}
    kind = made.plan.entity_type
    used: dict[int, int] = {}
    found: dict[str, list[Evidence]] = {}
    order = sorted(criteria, key=lambda c: (c.level(kind) != "must", c.supplementary))
    for criterion in order:
        number = criterion.number
        if number not in texts or texts[number].state != "implemented":
            continue
        chapter = number.partition(".")[0]
        rows = by_chapter.get(chapter) or by_chapter.get("1", [])
        must = criterion.level(kind) == "must" and not criterion.supplementary
        strong = must or criterion.supplementary or dice(made.plan.key, "linked", number) % 3 == 0
        picked = [row for row in rows if must or (strong and used.get(row.pk, 0) < MOST_LINKS)]
        picture = next((row for title, row in ready.items() if f"Photo: {pictures.get(chapter, '-')} " in title), None)
        if picture and used.get(picture.pk, 0) < 4:
            picked.append(picture)
        for row in picked:
            used[row.pk] = used.get(row.pk, 0) + 1
        found[number] = picked
    return found


# --- Evidence and effects -----------------------------------------------------------------------------------------


def _check_evidence(company: Company) -> None:
    """Check the files this company has just brought, in its own transaction. Raises Unfinished."""
    rows = Evidence.objects.filter(company=company)
    subjects = [f"evidence:{key}" for key in rows.values_list("key", flat=True)]
    with own_files():
        for pk in Effect.objects.filter(kind=CHECK, subject__in=subjects).values_list("pk", flat=True):
            effects.run(pk)
    if refused := rows.exclude(state=Evidence.State.READY).first():
        raise Unfinished(f"{refused} of {company} did not pass its checks: {refused.refusal or refused.state}.")


def settle(days: Days) -> None:
    """Run what is still due, so that letters and notices are there, and mark older notices as read."""
    give_up = time.monotonic() + 120
    while True:
        with as_portal():
            due = Q(done_at=None, cancelled_at=None, not_before__lte=timezone.now(), attempts=0)
            left = list(Effect.objects.filter(due).order_by("pk").values_list("pk", flat=True)[:200])
        if not left or time.monotonic() > give_up:
            break
        if not sum(map(effects.run, left)):
            time.sleep(0.2)
    with as_portal():
        old = Notice.objects.filter(read_at=None, created_at__lt=days.now - FRESH)
        old.update(read_at=days.now - FRESH)
