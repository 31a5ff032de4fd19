"""Answers go on into a second, made-up edition, or are set aside; none is lost."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trusted_trader.criteria import carry_over, edition, load
from trusted_trader.entity_types import EntityType

OLD = edition("2020-03")
NEW = load(Path(__file__).parent / "data" / "made-up.toml")
NUMBERS = [criterion.number for criterion in OLD.criteria]


def carried(*numbers, entity_type=None):
    return carry_over(OLD, NEW, {number: f"answer to {number}" for number in numbers}, entity_type)


def test_an_unchanged_criterion_keeps_its_answer():
    assert carried("1.1").kept == {"1.1": "answer to 1.1"}


def test_changed_words_ask_for_confirmation():
    assert carried("1.3").to_confirm == {"1.3": "answer to 1.3"}


def test_a_changed_level_asks_for_confirmation_by_those_it_binds():
    assert "2.3" in carried("2.3").to_confirm
    assert "2.3" in carried("2.3", entity_type=EntityType.HIGHWAY_CARRIER).to_confirm
    assert "2.3" in carried("2.3", entity_type=EntityType.IMPORTER).kept
    assert "1.4" in carried("1.4", entity_type=EntityType.IMPORTER).to_confirm
    assert "1.4" in carried("1.4", entity_type=EntityType.EXPORTER).kept


def test_a_renumbered_criterion_takes_its_answer_along_to_confirm():
    assert carried("1.2").to_confirm == {"1.9": "answer to 1.2"}


def test_what_is_no_longer_asked_is_dropped_under_its_old_number():
    assert carried("4.1").dropped == {"4.1": "answer to 4.1"}
    assert carried("2.2", entity_type=EntityType.IMPORTER).dropped == {"2.2": "answer to 2.2"}
    assert carried("2.2", entity_type=EntityType.EXPORTER).kept == {"2.2": "answer to 2.2"}


def test_a_number_that_now_means_something_else_takes_the_renumbered_answer():
    for numbers in (("2.1", "2.4"), ("2.4", "2.1")):
        result = carried(*numbers)
        assert result.to_confirm == {"2.1": "answer to 2.4"}
        assert result.dropped == {"2.1": "answer to 2.1"}


def test_the_same_edition_keeps_everything():
    result = carry_over(OLD, OLD, dict.fromkeys(NUMBERS, True))
    assert set(result.kept) == set(NUMBERS)
    assert not result.to_confirm
    assert not result.dropped


def test_answers_to_numbers_nobody_knows_are_dropped_and_not_lost():
    assert carried("77.1", "").dropped == {"77.1": "answer to 77.1", "": "answer to "}


@given(st.sets(st.sampled_from([*NUMBERS, "1.9", "77.1"])), st.sampled_from([None, *EntityType]))
def test_every_answer_ends_in_exactly_one_place(numbers, entity_type):
    result = carried(*numbers, entity_type=entity_type)
    answers = [*result.kept.values(), *result.to_confirm.values(), *result.dropped.values()]
    assert sorted(answers) == sorted(f"answer to {number}" for number in numbers)
    assert not set(result.kept) & set(result.to_confirm)
