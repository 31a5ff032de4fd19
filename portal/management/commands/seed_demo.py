"""Make the demonstration world whole, and tell how to sign in to it."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from fastlane.demo import awaiting
from fastlane.demo import story as lanes
from portal import demo_client
from portal.environment import local_secret
from trusted_trader.demo import people, story
from trusted_trader.demo.companies import Plan, identifier, plans
from trusted_trader.demo.reviewing import ACTED_FOR

LOCK = 7_411_001
EXAMPLE = "brightharbor"  # in good standing, one account, and the partner may see it
LANES_EXAMPLE = {"lane": "aqua", "port": "2704", "terminal": "W185"}  # where its carrier may ask for AQUA
PATIENCE = 60.0


class Command(BaseCommand):
    help = "Load the demonstration world (safe to repeat) and print its sign-ins."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a list for people")
        parser.add_argument(
            "--even-though-this-is-not-a-development-server", action="store_true", dest="anyway",
            help="load made-up companies and known passwords although this is a deployment (PORTAL_DEBUG=no)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEVELOPMENT and not options["anyway"]:
            raise CommandError(
                "This is not a development server: the demonstration world brings people with known passwords. "
                "To load it all the same, add --even-though-this-is-not-a-development-server."
            )
        _await_database()
        key = local_secret("demo")
        try:
            with _alone():
                partner = demo_client.ready(key)
                demo_client.people_ready(key, partner, at=timezone.now())
                now = timezone.now()
                story.tell(key, partner, now=now)
                lanes.tell(now=now)
        except story.Unfinished as failure:
            raise CommandError(str(failure)) from failure
        found = _world(key)
        self.stdout.write(json.dumps(found, indent=1) if options["json"] else _list(found))


def _await_database() -> None:
    """Right after the first start the tables may still be on their way."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select 1 from accounts_account limit 1")
                cursor.execute("select 1 from django_migrations where app = 'trusted_trader' limit 1")
            return
        except DatabaseError as error:
            connection.close()
            if time.monotonic() > give_up:
                raise CommandError(
                    f"The database does not answer, or has no tables yet. Start the portal first. ({error})"
                ) from error
            time.sleep(0.5)


@contextmanager
def _alone() -> Iterator[None]:
    """A second run waits here until the first has made the world whole."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


def _world(key: str) -> dict[str, Any]:
    lines = awaiting.lines(people.CAST, at=timezone.now())
    lines |= {person.email: demo_client.AWAITS for person in demo_client.PEOPLE}
    example, carrier = _plan(EXAMPLE), _plan(ACTED_FOR[0])
    return {
        "whole": story.whole() and lanes.whole(),
        "address": settings.PUBLIC_URL,
        "companies": len(plans()),
        "sign_ins": [
            {
                "role": person.role.value,
                "name": person.name,
                "email": person.email,
                "password": people.password(key, person.email),
                "totp_secret": people.totp_secret(key, person.email),
                "what_awaits": lines[person.email],
                "try": person.tries,
            }
            for person in (*people.CAST, *demo_client.PEOPLE)
        ],
        "api_client": {
            "client_id": demo_client.client_id(key),
            "client_secret": demo_client.client_secret(key),
            "scopes": list(demo_client.SCOPES),
            "example": {"scheme": "duns", "value": identifier(example, "duns").replace("-", "")},
            "lanes_example": LANES_EXAMPLE | {"carrier": {"scheme": "scac", "value": identifier(carrier, "scac")}},
        },
        "sandbox_client": {
            "client_id": demo_client.sandbox_id(key),
            "client_secret": demo_client.sandbox_secret(key),
            "scopes": list(demo_client.SCOPES),
        },
    }


def _plan(key: str) -> Plan:
    return next(plan for plan in plans() if plan.key == key)


def _list(found: dict[str, Any]) -> str:
    rows = [f"{p['role']:<20} {p['email']:<42} {p['password']:<42} {p['totp_secret']}" for p in found["sign_ins"]]
    client = found["api_client"]
    return "\n".join([*rows, "", f"partner client       {client['client_id']}  {client['client_secret']}"])
