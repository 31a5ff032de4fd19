"""No life begins in the middle: the database takes a new row in its first state alone."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.builders import NOW
from tests.world import a_world, in_the_system  # noqa: F401 - fixtures
from trusted_trader.application.models import Application
from trusted_trader.standing.models import StandingChange

pytestmark = pytest.mark.usefixtures("in_system")


@pytest.mark.parametrize("status", ["certified", "submitted", "withdrawn"])
def test_an_application_begins_as_a_draft(world, status):
    account = world.beginner.account
    with pytest.raises(IntegrityError, match="begins as draft"), transaction.atomic():
        Application.objects.create(company_id=account.company_id, account=account, status=status, edition="2020-03")
    # Control: at its beginning the row meets another rule, that there is one open application alone.
    with pytest.raises(IntegrityError, match="one_open_application_per_account"), transaction.atomic():
        Application.objects.create(company_id=account.company_id, account=account, edition="2020-03")


def test_a_proposal_begins_as_proposed(world):
    values = {
        "company_id": world.member.company.pk, "account": world.member.account, "kind": "suspend", "reason": "Because.",
        "letter": "", "proposed_by": world.staff.director, "proposed_at": NOW,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="begins as proposed"), transaction.atomic():
        StandingChange.objects.create(**values, status="confirmed", concluded_by=world.staff.deputy, concluded_at=NOW)
    assert StandingChange.objects.create(**values).pk
