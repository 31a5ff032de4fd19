"""manage.py decide_low_value FILE --out FILE: decide a file of low-value parcels, and say how it came out."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fastlane.rules import RuleSet
from fastlane.rules.bulk import FileRefused, decide_file


class Command(BaseCommand):
    help = (
        "Decide low-value parcels from CSV or Parquet (port calls from .jsonl) and write each with outcome, rules and "
        "reasons. Bad rows are listed by line beside the output and left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to decide: .csv, .parquet or .jsonl")
        parser.add_argument("--out", type=Path, required=True, help="the file to write")

    def handle(self, *args: Any, file: Path, out: Path, **options: Any) -> None:
        rule_set = RuleSet.packaged()
        try:
            tally = decide_file(file, out, rule_set)
        except (FileRefused, OSError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{tally.decided:,} rows decided under rule set {rule_set.version}, written to {out}.")
        for outcome, count in sorted(tally.outcomes.items()):
            self.stdout.write(f"  {outcome}: {count:,}")
        self.stdout.write(f"{tally.bad:,} bad rows were left out; {tally.bad_rows} lists them by line.")
