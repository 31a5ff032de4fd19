"""Words, copies and dates are found in what people really write."""

from datetime import date

import pytest

from trusted_trader.checks.words import copied_share, labelled_dates, listed, months_before, other_script_share, words


def test_a_script_without_spaces_counts_each_sign_as_a_word():
    assert len(words("警备员每天早上检查大门和围栏")) > 10
    assert words("Guard's gate-house") == ("guard's", "gate-house")


def test_a_copy_is_seen_whatever_its_case_and_marks():
    source = "Are gates and other entry or exit points staffed or monitored?"
    assert copied_share("ARE gates, and other entry or exit points - staffed or monitored", source) == 1.0
    assert copied_share("Two guards walk the fence at night and note what they see", source) == 0.0
    assert copied_share("gates", source) == 0.0


def test_half_of_a_copy_counts_half():
    assert 0.3 < copied_share("one two three four five six seven", "one two three four five") < 0.7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Issued: 2026-05-03", [date(2026, 5, 3)]),
        ("effective date March 3rd, 2026", [date(2026, 3, 3)]),
        ("Approved on 14 Sept 2025 by", [date(2025, 9, 14)]),
        ("Dated 2026-02-30", []),
        ("Issued 03/04/2026", []),
        ("We began on 3 May 2026", []),
    ],
)
def test_only_dates_that_a_document_calls_its_own_are_read(text, expected):
    assert list(labelled_dates(text)) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
        (date(2026, 12, 31), 13, date(2025, 11, 30)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, expected):
    assert months_before(day, months) == expected


def test_letters_of_another_script_are_counted():
    assert other_script_share("Añejo façade 12") == 0.0
    assert other_script_share("Охрана") == 1.0
    assert other_script_share("12 %") == 0.0


def test_a_long_list_is_cut_and_counted():
    assert listed(["a", "b", "c"]) == "a, b, c"
    assert listed("abcde") == "a, b, c +2"
