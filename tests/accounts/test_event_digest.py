"""The hash of an event is the one that its plain definition gives, byte for byte, whatever the fields hold."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.events import HASHED, digest, plain

TEXT = st.text(max_size=20)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5.5))]))
# Any value in any field: a forger isn't bound by the columns' types.
ROWS = st.fixed_dictionaries(dict.fromkeys(HASHED, VALUE) | {"at": TIMES, "changes": st.dictionaries(TEXT, VALUE)})


def defined(row: dict[str, object]) -> str:
    """The definition, as somebody else would write it from the documentation."""
    fields = {name: plain(row["at"]) if name == "at" else row[name] for name in HASHED}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@settings(max_examples=500, deadline=None)
@given(ROWS)
def test_a_hash_is_what_its_definition_says(row):
    assert digest(row) == defined(row)


def test_a_number_and_its_text_have_different_hashes():
    row = dict.fromkeys(HASHED) | {"at": datetime(2026, 11, 2, tzinfo=UTC), "changes": {}, "company_id": 12}
    assert digest(row) != digest(row | {"company_id": "12"})
    assert digest(row) != digest(row | {"internal": "null"})


def test_a_known_event_keeps_its_hash():
    """Hashes already written can't change."""
    row = dict.fromkeys(HASHED, 'é\n"x') | {"at": datetime(2026, 11, 2, 15, tzinfo=UTC), "changes": {"b": 1, "a": None}}
    assert digest(row) == defined(row)
    assert digest(row) == KNOWN


KNOWN = "ea81e9108d0643f006bb379c5af0582b965de702d862e98ffca722043aff1b5e"
