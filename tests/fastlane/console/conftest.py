"""Somebody who looks after a partner's client, somebody who doesn't, and an administrator."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from fastlane.console import operations
from tests import builders
from tests.accounts.signing_in import signed_in
from tests.fastlane.conftest import Partner


@dataclass
class Cast:
    steward: User
    stranger: User
    administrator: User


@pytest.fixture
def cast(partner: Partner) -> Cast:
    with builders.system():
        made = Cast(
            builders.a_user("Petra Partner"),
            builders.a_user("Stan Stranger"),
            builders.staff("Alma Administrator", Role.ADMINISTRATOR),
        )
    operations.name_steward(partner=partner.row, user=made.steward, actor=made.administrator, at=timezone.now())
    return made


@pytest.fixture
def steward(cast: Cast) -> Client:
    return signed_in(cast.steward)
