"""Word differences lose nothing and stay quick."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusted_trader import text_diff
from trusted_trader.text_diff import Piece, sides, word_diff

TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(["gate ", "seal ", "a", "\n", " "])).map("".join))


@given(TEXTS, TEXTS)
def test_the_pieces_joined_give_back_both_texts(old, new):
    before, after = sides(word_diff(old, new))
    assert "".join(p.text for p in before) == old
    assert "".join(p.text for p in after) == new


@given(TEXTS)
def test_equal_texts_show_no_change(text):
    assert {p.op for p in word_diff(text, text)} <= {"same"}


def test_only_the_changed_word_is_marked():
    assert word_diff("Guards check seals daily.", "Guards check locks daily.") == (
        Piece("same", "Guards check "),
        Piece("del", "seals "),
        Piece("ins", "locks "),
        Piece("same", "daily."),
    )


@pytest.mark.parametrize("separator", [" ", "\n"])
def test_very_long_texts_stay_whole_and_quick(separator):
    old = separator.join(f"w{n % 7}" for n in range(60_000))
    new = separator.join(f"w{n % 11}" for n in range(60_000))
    begun = time.process_time()
    before, after = sides(word_diff(old, new))
    assert ("".join(p.text for p in before), "".join(p.text for p in after)) == (old, new)
    assert time.process_time() - begun < 5


def test_the_bound_is_what_makes_a_difference_coarse(monkeypatch):
    old, new = "one two three", "one 2 three 4"
    assert len(word_diff(old, new)) > 2
    monkeypatch.setattr(text_diff, "MOST_PAIRS", 0)
    assert [p.op for p in word_diff(old, new)] == ["del", "ins"]
