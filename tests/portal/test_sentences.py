"""Sentences in data files are found for translation: those that people read, and no authority."""

from __future__ import annotations

import ast

import pytest

from portal import sentences
from trusted_trader import criteria, entity_types, programme
from trusted_trader.entity_types import EntityType


@pytest.fixture(scope="module")
def found() -> set[str]:
    return {text for _file, text in sentences.sentences()}


def test_every_file_of_the_list_has_sentences():
    files = {file for file, _text in sentences.sentences()}
    for pattern in sentences.SHOWN:
        there = {str(path.relative_to(sentences.ROOT)) for path in sentences.ROOT.glob(pattern)}
        assert there
        assert there <= files, pattern


def test_what_pages_show_is_among_them(found):
    edition = criteria.editions()[-1]
    for criterion in edition.criteria:
        assert {criterion.topic, criterion.question, criterion.help} <= found
    for kind in EntityType:
        facts = entity_types.for_type(kind)
        assert facts.title in found
        assert {text for q in facts.questions for text in (q.text, q.why, q.if_no)} <= found
    assert set(programme.refusal_reasons().values()) <= found


def test_authorities_and_codes_are_not(found):
    assert not [text for text in found if "U.S.C." in text and len(text) < 80]
    assert "calendar" not in found


def test_the_code_can_be_read_and_says_each_sentence_once(found):
    lines = [node.value.args[0].value for node in ast.parse(sentences.as_code()).body]
    assert len(lines) == len(set(lines)) == len(found)
    assert set(lines) == found
