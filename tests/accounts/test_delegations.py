"""A vessel agent acts for a company until a day, sees lanes alone, and loses everything when the time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import effects, operations, queries
from accounts.effects.models import Effect
from accounts.models import Event, Invitation, Membership
from accounts.refusals import Refused
from accounts.roles import Role
from tests import builders
from tests.accounts.signing_in import signed_in
from tests.builders import system


def invited(world, *, days: int = 30):
    agent = builders.a_user("Ada Agent")
    until = timezone.now() + timedelta(days=days)
    with system():
        _row, token = operations.invite(
            company=world.company, email=agent.email, role=Role.VESSEL_AGENT, actor=world.users["officer"],
            at=timezone.now(), until=until,
        )  # fmt: skip
    return agent, operations.accept_invitation(token=token, actor=agent, at=timezone.now())


@pytest.mark.parametrize("days", [None, -1, 0, 800])
def test_a_delegation_needs_an_end_within_two_years(world, days):
    until = None if days is None else timezone.now() + timedelta(days=days)
    with system(), pytest.raises(Refused) as refused:
        operations.invite(
            company=world.company, email="a@example.org", role=Role.VESSEL_AGENT, actor=world.users["officer"],
            at=timezone.now() + timedelta(seconds=1), until=until,
        )  # fmt: skip
    assert refused.value.field == "until"


def test_an_agent_sees_none_of_the_companys_pages(world):
    agent, _membership = invited(world)
    client = signed_in(agent)
    for page in ("", "sites/", "people/", "members/"):
        assert client.get(f"/companies/{world.company.pk}/{page}").status_code == 403
    assert client.get(f"/accounts/{world.account.number}/").status_code == 403
    # Control: a company user reads them.
    assert signed_in(world.users["company_user"]).get(f"/companies/{world.company.pk}/").status_code == 200


def test_when_the_time_is_over_the_rights_are_gone_at_once_and_the_end_is_recorded(world):
    agent, membership = invited(world)
    with system():
        assert queries.role_in(agent, world.company.pk) == Role.VESSEL_AGENT
        effect = Effect.objects.get(kind=operations.LAPSE, payload__membership=membership.pk)
    assert effect.not_before == membership.until
    with time_machine.travel(membership.until, tick=False), system():
        # Before any worker has run.
        assert queries.role_in(agent, world.company.pk) is None
        assert not Membership.objects.in_force().filter(user=agent).exists()
        assert effects.run(effect.pk)
        assert Membership.objects.get(pk=membership.pk).ended_at == membership.until
        assert Event.objects.filter(operation="membership.lapse").exists()
        assert not operations.lapse_delegation(membership_id=membership.pk, at=membership.until)


def test_the_officer_invites_an_agent_on_the_members_page(world):
    client = signed_in(world.users["officer"])
    page = f"/companies/{world.company.pk}/members/"
    wrong = client.post(page, {"email": "ada@example.org", "role": "vessel_agent"})
    assert "Say until when" in wrong.content.decode()
    day = (timezone.now() + timedelta(days=60)).date().isoformat()
    assert client.post(page, {"email": "ada@example.org", "role": "vessel_agent", "until": day}).status_code == 302
    with system():
        assert Invitation.objects.get(email="ada@example.org").until is not None
