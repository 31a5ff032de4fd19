"""The editions are whole, and what they say of themselves fits."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from trusted_trader.criteria import BadEdition, Level, current, edition, editions, load, order
from trusted_trader.criteria.loading import EDITIONS, NEWEST
from trusted_trader.criteria.model import FACTS
from trusted_trader.entity_types import EntityType

MADE_UP = Path(__file__).parent / "data" / "made-up.toml"
COUNTS = {
    EntityType.IMPORTER: (60, 36, 56),
    EntityType.EXPORTER: (61, 37, 54),
    EntityType.HIGHWAY_CARRIER: (72, 39, 41),
    EntityType.MEXICAN_LONG_HAUL_CARRIER: (71, 39, 42),
    EntityType.RAIL_CARRIER: (70, 33, 49),
    EntityType.SEA_CARRIER: (77, 31, 44),
    EntityType.AIR_CARRIER: (65, 32, 55),
    EntityType.CUSTOMS_BROKER: (62, 28, 62),
    EntityType.CONSOLIDATOR: (65, 46, 41),
    EntityType.THIRD_PARTY_LOGISTICS: (66, 51, 35),
    EntityType.MARINE_PORT_TERMINAL_OPERATOR: (65, 37, 50),
    EntityType.FOREIGN_MANUFACTURER: (60, 37, 55),
}


@pytest.fixture
def first():
    return edition("2020-03")


def test_there_are_152_criteria_in_twelve_categories(first):
    assert len(first.criteria) == len({criterion.number for criterion in first.criteria}) == 152
    assert [category.number for category in first.categories] == list(range(1, 13))
    assert {criterion.category for criterion in first.criteria} == {category.code for category in first.categories}
    assert len({category.focus_area for category in first.categories}) == 3
    assert all(category.title.startswith("Describe ") for category in first.categories)


def test_criteria_stand_in_the_order_of_their_numbers(first):
    numbers = [criterion.number for criterion in first.criteria]
    assert numbers == sorted(numbers, key=order)
    assert numbers.index("4.10") == numbers.index("4.9") + 1
    assert numbers != sorted(numbers)


@pytest.mark.parametrize("entity_type", EntityType)
def test_each_entity_type_has_its_count_of_musts_and_shoulds(first, entity_type):
    count = Counter(criterion.levels[entity_type] for criterion in first.criteria)
    assert (count[Level.MUST], count[Level.SHOULD], count[Level.NA]) == COUNTS[entity_type]
    asked = first.for_entity(entity_type)
    assert len(asked) == count[Level.MUST] + count[Level.SHOULD]
    grouped = first.by_category(entity_type)
    assert [c for criteria in grouped.values() for c in criteria] == list(asked)
    assert list(grouped) == [c for c in first.categories if c in grouped]


def test_house_numbers_are_supplementary_and_official_ones_are_not(first):
    house = {criterion.number for criterion in first.criteria if criterion.supplementary}
    assert len(house) == 53
    assert {"3.51", "12.55"} <= house
    assert "5.29" not in house
    for criterion in first.criteria:
        assert criterion.supplementary == (criterion.confidence == "low") == ("house number" in criterion.note)


def test_every_criterion_has_help_of_its_own_in_short_sentences(first):
    assert len({criterion.help for criterion in first.criteria}) == 152
    for criterion in first.criteria:
        sentences = re.split(r"(?<=[.?]) ", criterion.help)
        assert 1 <= len(sentences) <= 3
        assert criterion.help.endswith(".")
        assert criterion.help not in (criterion.question, criterion.evidence)
        for sentence in sentences:
            assert 4 <= len(sentence.split()) <= 25, (criterion.number, sentence)


def test_every_criterion_names_evidence_confidence_and_known_facts(first):
    for criterion in first.criteria:
        assert criterion.topic
        assert criterion.question.endswith("?")
        assert criterion.evidence
        assert criterion.note
        assert criterion.confidence in {"high", "medium", "low"}
        assert criterion.tied_to <= FACTS
    assert {fact for criterion in first.criteria for fact in criterion.tied_to} == FACTS


def test_yearly_criteria_want_evidence_of_the_last_year(first):
    yearly = {criterion.number for criterion in first.criteria if criterion.evidence_fresh_months == 12}
    assert yearly == {"1.3", "2.1", "2.3", "4.6", "6.1", "7.36", "9.8", "12.6"}
    assert {criterion.evidence_fresh_months for criterion in first.criteria} == {12, None}


def test_an_unknown_number_is_none_and_an_unknown_edition_is_refused(first):
    assert first.get("1.1").number == "1.1"
    assert first.get("99.1") is None
    assert first.get("") is None
    assert first.category("seal_security").number == 6
    with pytest.raises(LookupError, match="1999"):
        edition("1999")
    with pytest.raises(LookupError, match="catering"):
        first.category("catering")


def test_the_edition_in_force_follows_the_day(monkeypatch, first):
    assert current(date(2020, 1, 1)) == first
    assert current(date(2026, 11, 24)) == first
    with pytest.raises(LookupError, match="2019-12-31"):
        current(date(2019, 12, 31))
    later = load(MADE_UP)
    monkeypatch.setattr("trusted_trader.criteria.editions", lambda: (first, later))
    assert current(date(2029, 12, 31)) == first
    assert current(date(2030, 1, 1)) == later


def test_what_load_takes_by_default_is_the_newest_edition():
    assert load() == editions()[-1]
    assert {path.stem for path in EDITIONS.glob("*.toml")} == {path.stem for path in EDITIONS.glob("*.csv")}
    assert NEWEST.exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("made-up.csv", "\n1.9,", "\n1.1,", "twice"),
        ("made-up.csv", "\n1.9,", "\n2.9,", "doesn't fit"),
        ("made-up.toml", '"1.9"', '"1.8"', "1.8"),
    ],
)
def test_files_that_contradict_themselves_are_refused(tmp_path, name, old, new, said):
    for source in (MADE_UP, MADE_UP.with_suffix(".csv")):
        words = source.read_text(encoding="utf-8")
        assert source.name != name or old in words
        (tmp_path / source.name).write_text(words.replace(old, new) if source.name == name else words, encoding="utf-8")
    with pytest.raises(BadEdition, match=said):
        load(tmp_path / "made-up.toml")
    assert load(MADE_UP).id == "made-up"


def test_an_unknown_level_is_refused(tmp_path):
    (tmp_path / "made-up.toml").write_text(MADE_UP.read_text(encoding="utf-8"), encoding="utf-8")
    words = MADE_UP.with_suffix(".csv").read_text(encoding="utf-8")
    (tmp_path / "made-up.csv").write_text(words.replace(",must,", ",may,", 1), encoding="utf-8")
    with pytest.raises(ValueError, match="may"):
        load(tmp_path / "made-up.toml")
