"""The guide's examples run as they are printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from joserfc.errors import JoseError

from tests.fastlane.conftest import SUSPENDED, Member, a_partner

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def block(language: str, holding: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return next(text for text in blocks if holding in text)


@pytest.fixture
def environment(
    transactional_db: None, live_server: object, new_member: Callable[..., Member]
) -> tuple[Member, dict[str, str]]:
    member, partner = new_member(), a_partner()
    member.consents_to(partner)
    return member, os.environ | {
        "PORTAL": live_server.url, "CLIENT_ID": partner.client_id, "CLIENT_SECRET": partner.secret,  # type: ignore[attr-defined]
        "SCHEME": "account", "VALUE": member.account.number, "PAUSE": "0",
    }  # fmt: skip


def test_the_python_client_polls_and_is_told_304(environment: tuple[Member, dict[str, str]], tmp_path: Path) -> None:
    member, values = environment
    program = tmp_path / "client.py"
    program.write_text(block("python", "class Member"))

    def run() -> list[str]:
        return subprocess.run(
            [sys.executable, program], env=values, capture_output=True, text=True, check=True, timeout=60
        ).stdout.splitlines()

    said = run()
    assert [line.split()[:2] for line in said] == [["200", "trusted"], ["304", "trusted"], ["304", "trusted"]]
    member.becomes(SUSPENDED)
    assert run()[0].startswith("200 not trusted The member is suspended.")


def test_the_curl_lines_end_in_a_304(environment: tuple[Member, dict[str, str]], tmp_path: Path) -> None:
    _, values = environment
    done = subprocess.run(
        ["bash", "-euc", block("bash", "curl")],
        env=values,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert '"in_good_standing":true' in done.stdout
    assert done.stdout.strip().endswith("304")


def test_the_statement_is_checked_by_the_printed_function(
    environment: tuple[Member, dict[str, str]], tmp_path: Path
) -> None:
    _, values = environment
    space: dict[str, object] = {}
    exec(block("python", "content_of"), space)  # noqa: S102 - the guide's own text
    with urlopen(f"{values['PORTAL']}/.well-known/jwks.json") as answer:
        published = json.load(answer)
    answered = subprocess.run(
        ["bash", "-euc", block("bash", "curl")], env=values, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    statement = re.search(r'"statement":"([^"]+)"', answered.stdout).group(1)  # type: ignore[union-attr]
    assert b'"good"' in space["content_of"](statement, published)  # type: ignore[operator]
    with pytest.raises(JoseError):
        space["content_of"](statement[:-8] + "AAAAAAAA", published)  # type: ignore[operator]
