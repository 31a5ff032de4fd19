"""Many cases at once: rows as operations leave them, without the work behind them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from accounts.models import Account, Company, User
from tests import services
from tests.builders import NOW
from tests.racing import run
from trusted_trader import urgency
from trusted_trader.application.models import Application
from trusted_trader.review.models import Flag, Note

STATES = ("submitted", "in_review", "waiting_for_company", "recommended", "certified", "withdrawn", "draft")
KINDS = ("importer", "exporter", "sea_carrier", "customs_broker")


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """A block in which no trigger fires: rows may come as they would be in the middle of their lives."""
    with services.as_owner():
        run("set local session_replication_role = replica")
        yield
        run("set local session_replication_role = origin")


def many_cases(count: int, people: list[User], *, seed: int = 7, start: int = 0) -> list[Application]:
    """This many cases in all states, offices, kinds and risks, some flagged and noted; the same for the same seed."""
    chance = random.Random(seed)
    companies = Company.objects.bulk_create(
        Company(legal_name=f"{chance.choice(['Heron', 'Cedar', 'Osprey'])} Line {start + n} Example", created_at=NOW)
        for n in range(count)
    )
    accounts = Account.objects.bulk_create(
        Account(company=c, number=f"TT-8{start + n:07d}", entity_type=KINDS[n % 4], opened_at=NOW)
        for n, c in enumerate(companies)
    )
    with past_the_triggers():
        cases = Application.objects.bulk_create(_case(account, chance, people) for account in accounts)
    flagged = chance.sample(cases, count // 5)
    Flag.objects.bulk_create(
        Flag(
            company_id=c.company_id,
            application=c,
            title="Look",
            owner=people[0],
            raised_at=NOW,
            cleared_at=NOW if n % 3 == 0 else None,
        )
        for n, c in enumerate(flagged)
    )
    Note.objects.bulk_create(
        Note(company_id=c.company_id, application=c, text="A note", written_by=people[0], written_at=NOW)
        for c in flagged
    )
    return cases


def _case(account: Account, chance: random.Random, people: list[User]) -> Application:
    status = chance.choice(STATES)
    submitted = NOW - timedelta(days=chance.randrange(120))
    due = submitted + timedelta(days=90)
    risk = chance.choice(["low", "medium", "high"])
    reviewer = chance.choice(people) if status in {"in_review", "waiting_for_company", "recommended"} else None
    return Application(
        company_id=account.company_id,
        account=account,
        status=status,
        edition="2020-03",
        submitted_at=submitted,
        due_at=None if status in {"certified", "withdrawn", "draft"} else due,
        paused_at=NOW if status == "waiting_for_company" else None,
        reviewer=reviewer,
        recommender=reviewer if status == "recommended" else None,
        decided_by=people[0] if status == "certified" else None,
        office=chance.choice(["north", "south", "gulf", "pacific"]),
        risk_tier=risk,
        risk_points=chance.randrange(100),
        urgency=urgency.score(status=status, due_at=due, risk_tier=risk, submitted_at=submitted),
    )
