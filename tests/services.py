"""PostgreSQL and Valkey for one test run, and the role under which the tests see the database.

Importing this module needs no Django: the settings are read after `use`.
"""

from __future__ import annotations

import atexit
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.core.management.base import CommandError
from django.db import OperationalError, connections
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from psycopg.pq import TransactionStatus

from portal import embedded

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / ".local" / "test"
RUN_FOLDER = "PORTAL_TEST_RUN"


def use() -> None:
    """Point the environment to this run's services; the first process of the run starts them, and ends them.

    xdist's workers and the portal's processes started by tests inherit the environment. Each worker has its own
    folder and Valkey database.
    """
    if RUN_FOLDER not in os.environ:
        _clear_left_over_runs()
        folder = RUNS / str(os.getpid())
        atexit.register(_end_run, folder, os.getpid())
        services, _ = embedded.start(folder, durable=False)
        os.environ |= {
            RUN_FOLDER: str(folder),
            "DATABASE_URL": services["database_url"],
            "DATABASE_OWNER_URL": services["database_owner_url"],
            "BROKER_URL": services["broker_url"],
            "PORTAL_LOCAL": str(folder / "main"),
        }
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number = int(worker.removeprefix("gw")) + 1
        os.environ["BROKER_URL"] = f"{os.environ['BROKER_URL'].rpartition('/')[0]}/{number}"
        os.environ["PORTAL_LOCAL"] = str(Path(os.environ[RUN_FOLDER]) / worker)


def process_environment() -> dict[str, str]:
    """For the portal's own processes started by a test: this run's services, on the test's database."""
    name = connections["default"].settings_dict["NAME"]
    urls = {key: f"{os.environ[key].rpartition('/')[0]}/{name}" for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return os.environ | urls | {"DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUNBUFFERED": "1"}


# --- The role -------------------------------------------------------------------------------------------------
# Tests log in as the owner, who makes the test database, and then act as the app's role, as the portal does: only
# so does row-level security bite. What builds and empties tables acts as the owner again.

_acts_as_app = False


def act_as_app() -> None:
    """From now on every connection to the test database acts as the app's role."""
    global _acts_as_app
    _acts_as_app = True
    connection_created.connect(_take_role, dispatch_uid="tests.take_role")
    TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]
    if connections["default"].connection is not None:
        _take_role(None, connections["default"])


def act_as_owner() -> None:
    """For the end of the run: the test database is removed by its owner."""
    global _acts_as_app
    _acts_as_app = False
    _give_role_back()


@contextmanager
def as_owner() -> Iterator[None]:
    """A block in which row-level security and the app's missing rights don't hold (this thread's connection)."""
    _give_role_back()
    try:
        yield
    finally:
        connection = connections["default"]
        failed = connection.connection and connection.connection.info.transaction_status == TransactionStatus.INERROR
        # A failed transaction takes the change of role with it when it is rolled back.
        if _acts_as_app and not failed:
            _take_role(None, connection)


def _take_role(sender: object, connection: Any, **_: object) -> None:
    if _acts_as_app and connection.alias == "default":
        with connection.cursor() as cursor:
            cursor.execute(f"set role {embedded.APP_ROLE}")


def _give_role_back() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("reset role")


_fixture_teardown = TransactionTestCase._fixture_teardown


def _empty_tables(case: TransactionTestCase) -> None:
    """Empty them; a worker that is just ending may hold one for a moment, and PostgreSQL then gives one of both up."""
    for left in (4, 3, 2, 1, 0):
        try:
            with as_owner():
                _fixture_teardown(case)
        except CommandError as error:
            if not left or not isinstance(error.__cause__, OperationalError):
                raise
            time.sleep(0.5)
        else:
            return


# --- The folder -----------------------------------------------------------------------------------------------


def _end_run(folder: Path, starter: int) -> None:
    if os.getpid() == starter:  # not in a process forked from it
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _clear_left_over_runs() -> None:
    """A run that was killed could not clear up behind itself."""
    for folder in RUNS.glob("*"):
        if folder.name.isdigit() and not psutil.pid_exists(int(folder.name)):
            embedded.stop(folder)
            shutil.rmtree(folder, ignore_errors=True)
