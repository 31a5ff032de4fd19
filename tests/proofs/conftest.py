"""The house of the crawls, built once a module in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests import builders
from tests.proofs.house import House, furnish
from tests.world import QUICK_PASSWORDS


@pytest.fixture(name="house", scope="module")
def a_house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), QUICK_PASSWORDS, transaction.atomic():
        with builders.system():
            made = furnish()
        yield made
        transaction.set_rollback(True)
