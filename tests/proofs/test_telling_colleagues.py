"""Staff tell one another things from their own pages, where row-level security keeps each inbox to its reader."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts import notices, tenancy
from accounts.models import Notice
from accounts.roles import Role
from tests import builders


@pytest.mark.parametrize("scope", [tenancy.Scope.STAFF, tenancy.Scope.USER])
def test_who_tells_a_colleague_need_not_see_the_inbox(db: None, scope: tenancy.Scope) -> None:
    teller, reader = (
        builders.staff("Sue Supervisor", Role.SUPERVISOR),
        builders.staff("Sam Specialist", Role.SPECIALIST),
    )
    with tenancy.enter(scope, user_id=teller.pk):
        notices.tell([reader], kind="test", subject="It comes back", body="Look again.", at=timezone.now())
        assert not Notice.objects.filter(subject="It comes back").exists()
    with builders.system():
        assert Notice.objects.get(subject="It comes back").user == reader
