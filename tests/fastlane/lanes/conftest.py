"""The harbor, built once a module through operations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests import builders
from tests.fastlane.lanes.harbor import Harbor, build
from tests.world import QUICK_PASSWORDS


@pytest.fixture(scope="module")
def harbor(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Harbor]:
    with django_db_blocker.unblock(), QUICK_PASSWORDS, transaction.atomic():
        with builders.system():
            made = build()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def quay(harbor: Harbor, db: None) -> Iterator[Harbor]:
    """The harbor seen by the portal's own eyes."""
    with builders.system():
        yield harbor
