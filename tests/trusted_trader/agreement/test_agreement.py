"""A signed text keeps its words."""

import hashlib

import pytest

from trusted_trader.agreement import TEXTS, TextAltered, current, current_statement, get, get_statement, load


def test_the_current_text_is_found_again_by_its_version():
    assert get(current().version) == current()
    assert get_statement(current_statement().version) == current_statement()
    assert current().text != current_statement().text


def test_an_unknown_version_is_refused():
    with pytest.raises(LookupError, match="1999-1"):
        get("1999-1")
    with pytest.raises(LookupError, match="1999-1"):
        get_statement("1999-1")


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.toml")), ids=lambda path: path.stem)
def test_each_text_fits_its_digest_and_is_named_by_kind_and_version(path):
    kind, agreement = load(path)
    assert path.stem == f"{kind}-{agreement.version}"
    assert agreement.sha256 == hashlib.sha256(agreement.text.encode()).hexdigest()


def test_one_changed_word_is_noticed(tmp_path):
    words = (TEXTS / "partner-2026-1.toml").read_text(encoding="utf-8")
    altered = tmp_path / "partner-2026-1.toml"
    altered.write_text(words.replace("within 90 days", "within 60 days"), encoding="utf-8")
    with pytest.raises(TextAltered, match="new version"):
        load(altered)
    altered.write_text(words, encoding="utf-8")
    assert load(altered)[1] == current()


def test_the_agreement_has_its_clauses_and_can_be_read_at_a_sitting():
    text = current().text
    assert 400 <= len(text.split()) <= 600
    for word in ("voluntary", "criteria", "true", "incident", "visits", "appeal", "data", "officer"):
        assert word in text.lower()
