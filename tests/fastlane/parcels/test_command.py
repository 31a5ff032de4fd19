"""The command decides under the rule set that is, or was, in force, and says which."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fastlane.rulebook import queries as rulebook
from fastlane.rules import LANES
from tests import builders
from tests.fastlane.lanes import harbor
from tests.fastlane.rules.documents import PACKAGED
from tests.fastlane.rules.test_bulk import GOOD, write_csv

pytestmark = pytest.mark.django_db


def said(source: Path, out: Path, *options: str) -> str:
    told = StringIO()
    call_command("decide_low_value", str(source), "--out", str(out), *options, stdout=told)
    return told.getvalue()


def test_parcels_are_decided_under_the_rule_set_in_force(tmp_path: Path) -> None:
    source, out = write_csv(tmp_path / "in.csv", [GOOD]), tmp_path / "out.csv"
    at = timezone.now()
    with builders.system():
        harbor.put_in_force(harbor.build(), "Fifty dollars", [("law", "S3-01", {"amount": "50"})], at=at)
        version = rulebook.in_force(at).version
    now = said(source, out)
    assert "ineligible: 1" in now
    assert f"Rule set: {version}, in force on {timezone.now().astimezone(UTC):%Y-%m-%d}" in now
    assert pl.read_csv(out)["rule_set"].to_list() == [version]
    before = (at - timedelta(days=2_000)).date().isoformat()
    told = said(source, out, "--at", before)
    assert f"Rule set: {PACKAGED.version}, in force on {before} 00:00 UTC." in told
    assert " eligible: 1" in told


def test_port_calls_are_decided_under_the_rule_set_in_force(tmp_path: Path) -> None:
    source, out = tmp_path / "calls.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(LANES["aqua"].example()))
    at = timezone.now()
    with builders.system():
        harbor.put_in_force(harbor.build(), "Other names", [("ports", "2704", {"name": "Los Angeles Harbor"})], at=at)
        version = rulebook.in_force(at).version
    assert version in said(source, out)
    assert json.loads(out.read_text())["rule_set"] == version


@pytest.mark.parametrize("when", ["yesterday", "2026-12-14T09:30"])
def test_a_time_that_is_none_or_has_no_zone_is_not_guessed(tmp_path: Path, when: str) -> None:
    with pytest.raises(CommandError, match=r"Give a day|time zone"):
        said(write_csv(tmp_path / "in.csv", [GOOD]), tmp_path / "out.csv", "--at", when)
