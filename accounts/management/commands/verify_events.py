"""Verify every event chain and seal, and say where the first fault of each is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import tenancy
from accounts.events import HASHED
from accounts.events.verifying import chain_faults
from accounts.models import Event
from accounts.sealing.keys import seal_key
from accounts.sealing.writing import missing_seals, read_seals, sealed_heads


class Command(BaseCommand):
    help = "Verify the event chains against their hashes and the seals outside the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seals", type=Path, default=Path(settings.SEALS_DIR), help="folder of the seals")

    def handle(self, *args: Any, **options: Any) -> None:
        seals, seal_faults = read_seals(options["seals"], seal_key())
        with tenancy.enter(tenancy.Scope.SYSTEM):
            rows = Event.objects.order_by("subject", "sequence").values(*HASHED, "hash").iterator(chunk_size=5000)
            counted = 0

            def counting() -> Any:
                nonlocal counted
                for row in rows:
                    counted += 1
                    yield row

            faults = [*seal_faults, *missing_seals(seals), *map(str, chain_faults(counting(), sealed_heads(seals)))]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in {counted} events and {len(seals)} seals.")
        self.stdout.write(f"{counted} events and {len(seals)} seals hold.")
