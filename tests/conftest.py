"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests import services

JOURNEYS = services.ROOT / "tests" / "journeys"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys come last: their site's worker would do the effects of other tests, and their browser keeps a loop."""
    items.sort(key=lambda item: JOURNEYS in item.path.parents)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Once the migrations are done, tests act as the app's role, so that row-level security binds them."""
    with django_db_blocker.unblock():
        services.act_as_app()
    yield
    with django_db_blocker.unblock():
        services.act_as_owner()


@pytest.fixture
def as_owner(db: None) -> Callable[[], AbstractContextManager[None]]:
    """`with as_owner():` lifts row-level security, to look at or prepare what the portal itself couldn't."""
    return services.as_owner
