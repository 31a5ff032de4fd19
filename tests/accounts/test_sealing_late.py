"""An event that is committed late, with a lower id than one already sealed, is sealed all the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from accounts import events, tenancy
from accounts.sealing import writing
from accounts.sealing.keys import seal_key
from tests.builders import NOW

LATE = (
    "insert into accounts_event (subject, sequence, at, operation, actor_kind, actor_id, object_type, object_id,"
    " changes, reason, internal, channel, request_id, previous_hash, hash)"
    " values ('account:late', 1, now(), 'x', 'system', '', '', '', '{}', '', false, '', '', '', 'late')"
)


pytestmark = pytest.mark.django_db(transaction=True)


def sealed_after_a_late_commit(folder: Path) -> set[str]:
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as slow:
        slow.execute(LATE)  # its id is taken now, its commit comes later
        with tenancy.enter(tenancy.Scope.SYSTEM):
            events.record("account:quick", "x", actor=None, at=NOW)
        assert writing.write_seal()
        slow.commit()
    writing.write_seal()
    assert writing.write_seal() is None
    seals, faults = writing.read_seals(folder, seal_key())
    assert not faults
    return set(writing.sealed_heads(seals))


def test_an_event_that_commits_after_a_later_one_is_sealed(settings, tmp_path):
    settings.SEALS_DIR = str(tmp_path)
    assert sealed_after_a_late_commit(tmp_path) == {"account:quick", "account:late"}


def test_looking_no_further_back_than_the_last_seal_would_miss_it(settings, tmp_path, monkeypatch):
    """The control: ids alone don't tell what was sealed."""
    settings.SEALS_DIR = str(tmp_path)
    monkeypatch.setattr(writing, "LONGEST_TRANSACTION", timedelta())
    assert sealed_after_a_late_commit(tmp_path) == {"account:quick"}
