"""manage.py decide_low_value FILE --out FILE: decide a file of low-value parcels, and say how it came out."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fastlane.rulebook import queries as rulebook
from fastlane.rules.bulk import FileRefused, decide_file


def moment(text: str) -> datetime:
    """A moment with its zone; a day alone is its beginning in UTC, as the rules count days."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("Give a day such as 2026-12-14, or a moment such as 2026-12-14T09:30Z.") from None
    if read.tzinfo is None:
        if len(text) > len("2026-12-14"):
            raise ArgumentTypeError("Say the time zone, for example Z or -05:00. It is not guessed.")
        return read.replace(tzinfo=UTC)
    return read


class Command(BaseCommand):
    help = (
        "Decide low-value parcels from CSV or Parquet (port calls from .jsonl) and write each with outcome, rules and "
        "reasons, under the rule set in force. Bad rows are listed by line beside the output and left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to decide: .csv, .parquet or .jsonl")
        parser.add_argument("--out", type=Path, required=True, help="the file to write")
        parser.add_argument(
            "--at",
            type=moment,
            help="decide under the rule set that was in force then (a day or a moment); default: now",
        )

    def handle(self, *args: Any, file: Path, out: Path, at: datetime | None = None, **options: Any) -> None:
        at = at or timezone.now()
        rule_set = rulebook.in_force(at)
        try:
            tally = decide_file(file, out, rule_set)
        except (FileRefused, OSError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{tally.decided:,} rows decided, written to {out}.")
        self.stdout.write(f"Rule set: {rule_set.version}, in force on {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")
        for outcome, count in sorted(tally.outcomes.items()):
            self.stdout.write(f"  {outcome}: {count:,}")
        self.stdout.write(f"{tally.bad:,} bad rows were left out; {tally.bad_rows} lists them by line.")
