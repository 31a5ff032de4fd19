"""The sample code runs as it is printed, in every language that this machine has."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import PartnerClient
from fastlane.console import operations
from tests import builders
from tests.accounts.signing_in import signed_in
from tests.fastlane.conftest import Member, a_partner
from tests.fastlane.feed.test_feed import run_effects

HOW = {
    "Python": ("poll.py", [sys.executable, "poll.py"]),
    "curl": ("poll.sh", ["bash", "poll.sh"]),
    "Java": ("Poll.java", ["java", "Poll.java"]),
}


def printed(partner: PartnerClient) -> dict[str, str]:
    """The samples as they stand on the page of a client's steward."""
    with builders.system():
        steward = builders.a_user("Petra Partner")
    operations.name_steward(partner=partner, user=steward, actor=None, at=timezone.now())
    page = signed_in(steward).get(f"/partners/{partner.pk}/code/").content.decode()
    found = re.findall(r'aria-label="(Python|curl|Java)"><code>(.*?)</code></pre>', page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


@pytest.fixture
def world(
    transactional_db: None, live_server: object, new_member: Callable[..., Member]
) -> tuple[Member, dict[str, str], dict[str, str]]:
    member, partner = new_member(), a_partner()
    member.consents_to(partner)
    run_effects()
    return member, printed(partner.row), os.environ | {
        "PORTAL": live_server.url, "CLIENT_ID": partner.client_id, "CLIENT_SECRET": partner.secret,  # type: ignore[attr-defined]
        "ACCOUNT": member.account.number,
    }  # fmt: skip


def test_every_sample_runs_as_printed(world: tuple[Member, dict[str, str], dict[str, str]], tmp_path: Path) -> None:
    member, samples, environment = world
    assert samples.keys() == HOW.keys()
    here = [name for name in HOW if shutil.which(HOW[name][1][0])]
    print(f"\nrun here: {', '.join(here)}")
    assert {"Python", "curl"} <= set(here)
    for name in here:
        file, command = HOW[name]
        (tmp_path / file).write_text(samples[name])
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
        )
        assert "200" in done.stdout or '"in_good_standing":true' in done.stdout, name
        assert "304" in done.stdout, name
        assert "consent.given" in done.stdout, name
        assert member.account.number in done.stdout, name
